//! Every screen of the main window, wide and narrow.

use anyhow::Result;
use thirtyfour::Key;

use crate::pictures::{Look, choose, escape, in_every_look, open_menu};
use crate::scene::Scene;
use crate::window::{Start, Window};

async fn tour(look: Look) -> Result<()> {
    let scene = Scene::new().await?;
    let bob = scene.open_with("bob", &Start::default()).await?;
    let bob_id = bob.create_account("Élodie Durand").await?;
    let alice = scene.open_with("alice", &look.start()).await?;
    let alice_id = alice.create_account("Alice").await?;
    look.assert_worn(&alice).await?;
    look.keep(&alice, "empty").await?;
    new_message(look, &alice, &bob_id).await?;
    look.keep(&alice, "conversation-empty").await?;
    alice.send("Salut ! On se voit demain ?").await?;
    alice.wait_state("On se voit demain", "sent").await?;
    bob.write_to(&alice_id).await?;
    bob.send("Oui, à midi : https://example.org/rendez-vous?lieu=gare")
        .await?;
    alice.wait_text("[data-testid='message']", "à midi").await?;
    look.keep(&alice, "conversation").await?;
    trouble(look, &scene, &alice, &bob_id).await?;
    dialogs(look, &alice).await?;
    settings(look, &alice).await?;
    narrow(look, &alice).await
}

async fn new_message(look: Look, window: &Window, id: &str) -> Result<()> {
    window.click("new-button").await?;
    window.click("add-new-message").await?;
    let field = window.wait("address-input").await?;
    look.keep(window, "new").await?;
    window.insert(&id[..60]).await?;
    window.wait_css("[role='dialog'] [role='alert']").await?;
    look.keep(window, "new-nearly-an-id").await?;
    field.clear().await?;
    field.click().await?;
    let other = nous_testkit::Person::Chloe.id();
    window.insert(&format!("Élodie {id}, Chloé {other}")).await?;
    window.wait_css("fieldset input[type='radio']").await?;
    look.keep(window, "new-several").await?;
    field.clear().await?;
    field.click().await?;
    window.insert(&format!("« {id} »\n")).await?;
    window.wait("recognised").await?;
    look.keep(window, "new-recognised").await?;
    window
        .wait_css("[data-testid='address-next']:not([disabled])")
        .await?
        .click()
        .await?;
    window.wait("composer-input").await?;
    Ok(())
}

/// A message that failed, one that waits, and the page that lists them.
async fn trouble(look: Look, scene: &Scene, window: &Window, id: &str) -> Result<()> {
    scene.refuse_stores(id, true)?;
    window.send("Refusé par le réseau").await?;
    window.wait_state("Refusé par", "failed").await?;
    window.send("Refusé aussi").await?;
    let failed = window.wait_state("Refusé aussi", "failed").await?;
    look.keep(window, "failed").await?;
    open_menu(window, &failed).await?;
    look.keep(window, "message-menu").await?;
    escape(window).await?;
    scene.refuse_stores(id, false)?;
    scene.control().stop_all().await?;
    window.send("message sans connexion").await?;
    window.wait_state("message sans connexion", "queued").await?;
    window
        .wait_css("[data-testid='path-dot']:not([data-state='connected'])")
        .await?;
    look.keep(window, "waiting").await?;
    window.click("path-dot").await?;
    window.wait("failed-list").await?;
    window.wait("queue").await?;
    look.keep(window, "network-trouble").await?;
    scene.control().start_all().await?;
    window.click("retry-all").await?;
    window
        .wait_css("[data-testid='path-dot'][data-state='connected'][data-failed='0']")
        .await?;
    window.click("test-connection").await?;
    window
        .wait_css("[data-testid='test-connection']:not([aria-busy='true'])")
        .await?;
    look.keep(window, "network").await?;
    escape(window).await
}

async fn dialogs(look: Look, window: &Window) -> Result<()> {
    let message = window.wait_text("[data-testid='message']", "demain").await?;
    open_menu(window, &message).await?;
    choose(window, -2).await?;
    window.wait_css("[role='dialog'] dl").await?;
    look.keep(window, "message-info").await?;
    escape(window).await?;
    open_menu(window, &message).await?;
    choose(window, -1).await?;
    window.wait_css("[role='alertdialog']").await?;
    look.keep(window, "delete-message").await?;
    escape(window).await?;
    window
        .wait_css("[data-testid='message'] a, [data-testid='message'] button.link")
        .await?
        .click()
        .await?;
    window.wait("link-address").await?;
    look.keep(window, "link").await?;
    escape(window).await?;
    let row = window.wait("conversation-row").await?;
    open_menu(window, &row).await?;
    look.keep(window, "conversation-menu").await?;
    choose(window, -1).await?;
    window.wait_css("[role='alertdialog']").await?;
    look.keep(window, "delete-conversation").await?;
    escape(window).await?;
    window.click("conversation-banner").await?;
    window.wait("details-panel").await?;
    look.keep(window, "person").await?;
    window.click("details-close").await?;
    window.click("own-avatar").await?;
    window.wait_css("[role='dialog'] svg").await?;
    look.keep(window, "profile").await?;
    escape(window).await?;
    window.chord(&[Key::Control], '/').await?;
    window.wait_css("[role='dialog']").await?;
    look.keep(window, "shortcuts").await?;
    escape(window).await
}

async fn settings(look: Look, window: &Window) -> Result<()> {
    window.click("settings-button").await?;
    for section in [
        "profile",
        "privacy",
        "appearance",
        "language",
        "conversations",
        "password",
        "data",
        "help",
    ] {
        window.click(&format!("settings-{section}")).await?;
        window
            .wait_css(&format!(
                "[data-testid='settings-{section}'][aria-current='page']"
            ))
            .await?;
        look.keep(window, &format!("settings-{section}")).await?;
    }
    window.click("rail-conversations").await
}

/// 360 px wide; then the largest text.
async fn narrow(look: Look, window: &Window) -> Result<()> {
    window.resize(360, 720).await?;
    window.wait("composer-input").await?;
    window.wait_end().await?;
    look.keep(window, "narrow-conversation").await?;
    window.click("back").await?;
    window.wait("conversation-row").await?;
    look.keep(window, "narrow-list").await?;
    window.click("new-button").await?;
    window.click("add-new-message").await?;
    window.wait("address-input").await?;
    look.keep(window, "narrow-new").await?;
    escape(window).await?;
    window.click("path-dot").await?;
    window.wait("new-path").await?;
    look.keep(window, "narrow-network").await?;
    escape(window).await?;
    window.click("settings-button").await?;
    window.wait("settings-phrase").await?;
    look.keep(window, "narrow-settings").await?;
    window.click("settings-appearance").await?;
    window.wait("text-size").await?.click().await?;
    window.press(&char::from(Key::End).to_string()).await?;
    look.keep(window, "narrow-large-text").await?;
    window.resize(1280, 900).await?;
    window.click("rail-conversations").await?;
    window.wait("conversation-row").await?;
    look.keep(window, "large-text").await
}

in_every_look!(tour);
