//! Language and theme, chosen by the person: at once, and after a restart.

use anyhow::Result;
use thirtyfour::By;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn language_and_theme_act_at_once_and_stay() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open("alice").await?;
    alice.wait("welcome-create").await?;
    let choice = alice.wait_css("select").await?;
    choice.find(By::Css("option[value='fr']")).await?.click().await?;
    alice.wait_css("html[lang='fr']").await?;
    alice.create_account("Élodie").await?;
    alice.wait_css("html[data-theme='light']").await?;
    alice.click("theme-toggle").await?;
    alice.wait_css("html[data-theme='dark']").await?;
    alice.close().await?;
    let alice = scene.open("alice").await?;
    alice.wait("settings-button").await?;
    alice.wait_css("html[lang='fr'][data-theme='dark']").await?;
    Ok(())
}
