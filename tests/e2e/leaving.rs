//! Restoring on a third device, the lock, and leaving, in real windows.

use anyhow::Result;
use nous_tests::phone;
use thirtyfour::{By, Key};

use crate::pictures::Look;
use crate::scene::Scene;
use crate::window::Window;

const PASSWORD: &str = "tomates graines samedi";

/// The recovery phrase as the settings show it.
pub(crate) async fn phrase(window: &Window) -> Result<String> {
    window.click("settings-button").await?;
    window.click("settings-phrase").await?;
    window.click("show-phrase").await?;
    window.wait("phrase-words").await?;
    let script = "return [...document.querySelectorAll(\"[data-testid='phrase-words'] li\")]
        .map(li => li.lastChild.textContent.trim()).join(' ')";
    Ok(window.session().execute(script, Vec::new()).await?.convert()?)
}

/// Restores an account in a fresh window, without a password.
pub(crate) async fn restore(window: &Window, words: &str) -> Result<()> {
    window.click("welcome-restore").await?;
    window.type_into("phrase-input", words).await?;
    window.click("restore-submit").await?;
    window.click("protect-skip").await
}

pub(crate) const ENGLISH: Look = Look {
    is_dark: false,
    language: "en",
};
pub(crate) const FRENCH: Look = Look {
    is_dark: true,
    language: "fr",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_third_device_restored_from_the_phrase_shows_everything() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, alice_id), (bob, bob_id)) = scene.two_people().await?;
    alice.write_to(&bob_id).await?;
    alice.send("where shall we meet?").await?;
    alice.wait_state("where shall we meet?", "sent").await?;
    bob.write_to(&alice_id).await?;
    bob.send("at the market").await?;
    alice
        .wait_text("[data-testid='message']", "at the market")
        .await?;
    let words = phrase(&alice).await?;
    phone::join_groups(scene.network()?, &words).await?;

    let tablet = scene.open_with("tablet", &FRENCH.start()).await?;
    restore(&tablet, &words).await?;
    tablet
        .wait_text("[data-testid='conversation-row']", "at the market")
        .await?;
    tablet
        .wait_text("[data-testid='conversation-row']", "Bob")
        .await?;
    tablet
        .wait_text("[data-testid='conversation-row']", "Jardin partagé")
        .await?;
    tablet.click("kept-groups-toggle").await?;
    tablet
        .wait_text("[data-testid='kept-group']", "Seeds")
        .await?
        .click()
        .await?;
    tablet.wait("group-facts").await?;
    FRENCH.keep(&tablet, "kept-group").await?;
    tablet.click("own-avatar").await?;
    tablet.wait_text("[role='dialog']", "Alice").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_read_in_a_locked_window() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &ENGLISH.start()).await?;
    let id = alice.create_account("Alice").await?;
    alice.write_to(&id).await?;
    alice.send("where the seeds are hidden").await?;
    alice.wait_state("where the seeds are hidden", "sent").await?;
    alice.click("settings-button").await?;
    alice.click("settings-password").await?;
    alice.type_into("password-input", PASSWORD).await?;
    alice
        .wait_css("[data-testid='strength'][data-strength='strong']")
        .await?;
    alice.type_into("password-repeat", PASSWORD).await?;
    alice.press(&char::from(Key::Enter).to_string()).await?;
    alice.wait("auto-lock").await?;
    ENGLISH.keep(&alice, "settings-password-set").await?;
    alice.click("rail-conversations").await?;
    alice
        .wait_text("[data-testid='message']", "where the seeds")
        .await?;
    alice.chord(&[Key::Control], 'l').await?;
    alice.wait("unlock-password").await?;
    let page = alice.page().await?;
    for secret in ["where the seeds", "Alice", id.as_str(), PASSWORD] {
        assert!(!page.contains(secret), "the page holds {secret}");
    }
    alice.click("forgotten").await?;
    alice.wait_css("[role='alertdialog']").await?;
    ENGLISH.keep(&alice, "forgotten").await?;
    crate::pictures::escape(&alice).await?;
    alice.type_into("unlock-password", PASSWORD).await?;
    alice.click("unlock-submit").await?;
    alice
        .wait_text("[data-testid='conversation-row']", "where the seeds")
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_from_the_network_and_the_device() -> Result<()> {
    let scene = Scene::new().await?;
    let alice = scene.open_with("alice", &FRENCH.start()).await?;
    let id = alice.create_account("Alice").await?;
    alice.write_to(&id).await?;
    alice.send("a note").await?;
    alice.wait_state("a note", "sent").await?;
    assert!(scene.stored(&id)? > 0);
    alice.click("settings-button").await?;
    alice.click("settings-data").await?;
    alice.wait("log-out").await?;
    FRENCH.keep(&alice, "settings-data").await?;
    alice.click("delete-account").await?;
    let network = alice
        .wait_css("[role='alertdialog'] input[value='network']")
        .await?;
    network.click().await?;
    alice.click("leave-saved").await?;
    FRENCH.keep(&alice, "delete-account").await?;
    alice.click("confirm").await?;
    alice
        .wait_css("[data-testid='deletion'][data-state='done']")
        .await?;
    FRENCH.keep(&alice, "deleted").await?;
    assert_eq!(scene.stored(&id)?, 0);
    alice.click("deletion-close").await?;
    alice.wait("welcome-create").await?;
    let left = alice
        .session()
        .find_all(By::Css("[data-testid='conversation-row']"))
        .await?;
    assert!(left.is_empty());
    Ok(())
}
