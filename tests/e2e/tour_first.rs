//! Every screen before the main window: first start, restoring, the locked profile.

use anyhow::Result;
use nous_protocol::mnemonic;
use nous_testkit::Person;
use thirtyfour::{By, Key};

use crate::pictures::{Look, escape, in_every_look};
use crate::scene::Scene;
use crate::window::Window;

/// Nobody's words: the last one is no word of the list, nor the beginning of one.
const ALMOST_A_PHRASE: &str = "abbey abbey abbey abbey abbey abbey abbey abbey abbey abbey abbey abbey qqqqq";
const PASSWORD: &str = "correct horse battery";

async fn tour(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &look.start()).await?;
    alice.wait("welcome-create").await?;
    look.assert_worn(&alice).await?;
    look.keep(&alice, "first-start").await?;
    alice.click("welcome-privacy").await?;
    alice.wait_css("[role='dialog']").await?;
    look.keep(&alice, "privacy").await?;
    escape(&alice).await?;
    create(look, &alice).await?;
    alice.wait("own-account-id").await?;
    look.keep(&alice, "first-run").await?;
    let words = phrase(look, &alice).await?;
    alice.close().await?;
    unlock(look, &scene).await?;
    restore_known(look, &scene, &words).await?;
    restore(look, &scene).await
}

async fn create(look: Look, window: &Window) -> Result<()> {
    window.click("welcome-create").await?;
    window.wait("name-input").await?;
    look.keep(window, "create").await?;
    window.click("create-submit").await?;
    window
        .wait_css("[data-testid='name-input'][aria-invalid='true']")
        .await?;
    look.keep(window, "create-empty").await?;
    window.type_into("name-input", "Élodie").await?;
    window.click("create-submit").await?;
    window.wait("protect-skip").await?;
    look.keep(window, "protect").await?;
    window.type_into("password-input", PASSWORD).await?;
    window.type_into("password-repeat", "something else").await?;
    window.press(&char::from(Key::Enter).to_string()).await?;
    window.wait_css("[role='alert'], [aria-invalid='true']").await?;
    look.keep(window, "protect-differs").await?;
    let repeat = window.wait("password-repeat").await?;
    repeat.clear().await?;
    repeat.send_keys(PASSWORD).await?;
    window.press(&char::from(Key::Enter).to_string()).await
}

/// The recovery phrase as the settings show it: behind the password.
async fn phrase(look: Look, window: &Window) -> Result<String> {
    window.click("settings-button").await?;
    window.click("settings-phrase").await?;
    window.wait("show-phrase").await?;
    look.keep(window, "settings-phrase-locked").await?;
    window
        .session()
        .find(By::Css(
            "main input[type='password'], form input[type='password']",
        ))
        .await?
        .send_keys(PASSWORD)
        .await?;
    window.click("show-phrase").await?;
    window.wait("phrase-words").await?;
    look.keep(window, "settings-phrase").await?;
    let script = "return [...document.querySelectorAll(\"[data-testid='phrase-words'] li\")]
        .map(li => li.lastChild.textContent.trim()).join(' ')";
    Ok(window.session().execute(script, Vec::new()).await?.convert()?)
}

async fn unlock(look: Look, scene: &Scene) -> Result<()> {
    let alice = scene.open_with("alice", &look.start()).await?;
    alice.wait("unlock-password").await?;
    look.keep(&alice, "locked").await?;
    alice.type_into("unlock-password", "not the password").await?;
    alice.click("unlock-submit").await?;
    alice
        .wait_css("[data-testid='unlock-password'][aria-invalid='true']")
        .await?;
    look.keep(&alice, "locked-wrong").await?;
    // The next one takes the place of the wrong one.
    alice.press(PASSWORD).await?;
    alice.click("unlock-submit").await?;
    alice.wait("settings-button").await?;
    alice.close().await?;
    Ok(())
}

/// An account of which the network knows nothing, restored while no node answers at first.
async fn restore(look: Look, scene: &Scene) -> Result<()> {
    let laptop = scene.open_with("laptop", &look.start()).await?;
    laptop.click("welcome-restore").await?;
    laptop.wait("phrase-input").await?;
    look.keep(&laptop, "restore").await?;
    laptop.type_into("phrase-input", ALMOST_A_PHRASE).await?;
    laptop.wait_css(".unknown-words li").await?;
    let mark = laptop.wait_css(".unknown").await?.css_value("box-shadow").await?;
    assert!(mark.contains("inset"), "an unknown word is marked: {mark}");
    look.keep(&laptop, "restore-unknown-word").await?;
    let field = laptop.wait("phrase-input").await?;
    field.clear().await?;
    scene.control().stop_all().await?;
    let words = mnemonic::encode(&Person::Chloe.seed());
    field.send_keys(words.expose().to_uppercase()).await?;
    laptop.wait_css(".count .right").await?;
    look.keep(&laptop, "restore-right").await?;
    laptop.click("restore-submit").await?;
    laptop.wait_css("progress").await?;
    look.keep(&laptop, "restoring").await?;
    scene.control().start_all().await?;
    laptop.wait("name-input").await?;
    look.keep(&laptop, "ask-name").await
}

/// An account that another device has made: its name comes from the network, nobody asks.
async fn restore_known(look: Look, scene: &Scene, words: &str) -> Result<()> {
    let tablet = scene.open_with("tablet", &look.start()).await?;
    tablet.click("welcome-restore").await?;
    tablet.type_into("phrase-input", words).await?;
    tablet.click("restore-submit").await?;
    tablet.click("protect-skip").await?;
    tablet.click("own-avatar").await?;
    tablet.wait_text("[role='dialog']", "Élodie").await?;
    let page = tablet.page().await?;
    assert!(!page.contains("phrase-reminder"), "who typed the phrase has it");
    look.keep(&tablet, "restored").await
}

in_every_look!(tour);
