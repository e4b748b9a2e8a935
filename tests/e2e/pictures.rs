//! Every screen in both themes and languages, kept to be looked at; and what must hold on each.

use anyhow::Result;
use thirtyfour::{By, Key};

use crate::scene::Scene;
use crate::window::{Start, Window};

/// What no screen may do: scroll sideways, or cut a button's label.
async fn assert_nothing_is_cut_off(window: &Window, screen: &str) -> Result<()> {
    let script = "
        const wide = document.documentElement.scrollWidth > window.innerWidth + 1;
        const cut = [...document.querySelectorAll('button')]
            .filter(b => b.offsetParent !== null && b.scrollWidth > b.clientWidth + 2
                && getComputedStyle(b).overflow === 'hidden'
                && getComputedStyle(b).textOverflow !== 'ellipsis')
            .map(b => b.textContent.trim());
        return JSON.stringify({ wide, cut });";
    let found: String = window.session().execute(script, Vec::new()).await?.convert()?;
    assert_eq!(found, r#"{"wide":false,"cut":[]}"#, "{screen}");
    Ok(())
}

async fn keep(window: &Window, screen: &str, theme: &str, language: &str) -> Result<()> {
    assert_nothing_is_cut_off(window, screen).await?;
    window.picture(&format!("{screen}-{theme}-{language}")).await
}

/// Sets the theme as the settings page does, and waits until the page wears it.
async fn wear(window: &Window, theme: &str) -> Result<()> {
    for _ in 0..3 {
        let root = window.session().find(By::Css("html")).await?;
        if root.attr("data-theme").await?.as_deref() == Some(theme) {
            return Ok(());
        }
        window.click("theme-toggle").await?;
    }
    window.wait_css(&format!("html[data-theme='{theme}']")).await?;
    Ok(())
}

async fn walk(language: &'static str) -> Result<()> {
    let scene = Scene::new().await?;
    let start = Start {
        language: Some(language),
        ..Start::default()
    };
    let bob = scene.open_with("bob", &start).await?;
    let bob_id = bob.create_account("Élodie").await?;
    let alice = scene.open_with("alice", &start).await?;
    if language == "fr" {
        let choice = alice.wait_css("select").await?;
        choice.find(By::Css("option[value='fr']")).await?.click().await?;
        alice.wait_css("html[lang='fr']").await?;
    }
    let lang = alice.session().find(By::Css("html")).await?.attr("lang").await?;
    assert_eq!(lang.as_deref(), Some(language));
    alice.wait("welcome-create").await?;
    keep(&alice, "first-start", "light", language).await?;
    alice.create_account("Alice").await?;
    for theme in ["light", "dark"] {
        wear(&alice, theme).await?;
        keep(&alice, "empty", theme, language).await?;
        alice.write_to(&bob_id).await?;
        keep(&alice, "conversation-empty", theme, language).await?;
        alice.send(&format!("Bonjour {theme} ✓")).await?;
        alice.wait_state(&format!("Bonjour {theme}"), "sent").await?;
        keep(&alice, "conversation", theme, language).await?;
        scene.refuse_stores(&bob_id, true)?;
        alice.send(&format!("refusé {theme}")).await?;
        alice.wait_state(&format!("refusé {theme}"), "failed").await?;
        keep(&alice, "failed", theme, language).await?;
        scene.refuse_stores(&bob_id, false)?;
        alice.click("settings-button").await?;
        alice.wait_css("nav a, nav button").await?;
        keep(&alice, "settings", theme, language).await?;
        alice.press(&char::from(Key::Escape).to_string()).await?;
        alice.click("path-dot").await?;
        keep(&alice, "path", theme, language).await?;
        alice.press(&char::from(Key::Escape).to_string()).await?;
        alice.click("new-button").await?;
        keep(&alice, "new", theme, language).await?;
        alice.press(&char::from(Key::Escape).to_string()).await?;
    }
    alice.resize(360, 720).await?;
    alice.wait("composer-input").await?;
    keep(&alice, "narrow", "dark", language).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_english() -> Result<()> {
    walk("en").await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_in_french() -> Result<()> {
    walk("fr").await
}
