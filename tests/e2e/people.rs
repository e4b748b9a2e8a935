//! Requests, names, and what is decided about people: two devices of an account beside a contact.

use anyhow::Result;
use thirtyfour::By;

use crate::leaving::{ENGLISH, FRENCH, phrase, restore};
use crate::pictures::Look;
use crate::scene::Scene;
use crate::window::Window;

const ROW: &str = "[data-testid='conversation-row']";

/// Opens the details of the open conversation and chooses one of their actions.
async fn decide(window: &Window, action: &str) -> Result<()> {
    let panel = By::Css("[data-testid='details-panel']");
    if window.session().find(panel).await.is_err() {
        window.click("conversation-banner").await?;
        window.wait("details-panel").await?;
    }
    window.click(action).await
}

/// Alice asks, Bob accepts: who learns which name, and when.
async fn request(look: Look, scene: &Scene) -> Result<(Window, Window)> {
    let alice = scene.open_with("alice", &look.start()).await?;
    alice.create_account("Alice Martin").await?;
    let bob = scene.open_with("bob", &look.start()).await?;
    let bob_id = bob.create_account("Bob Durand").await?;
    alice.write_to(&bob_id).await?;
    alice.send("may I write to you?").await?;
    alice.wait_state("may I write to you?", "sent").await?;
    alice.wait("request-waiting").await?;
    look.keep(&alice, "request-sent").await?;

    bob.wait("requests-row").await?;
    look.keep(&bob, "request-arrived").await?;
    bob.click("requests-row").await?;
    let request = bob
        .wait_text("[data-testid='request-row']", "may I write to you?")
        .await?;
    look.keep(&bob, "requests").await?;
    assert!(
        !bob.page().await?.contains("Alice Martin"),
        "the list of requests names nobody"
    );
    request.click().await?;
    bob.wait_text("[data-testid='request-name']", "Alice Martin")
        .await?;
    look.keep(&bob, "request-inside").await?;
    bob.resize(360, 720).await?;
    look.keep(&bob, "narrow-request").await?;
    bob.resize(1280, 900).await?;
    assert!(
        !alice.page().await?.contains("Bob Durand"),
        "nobody has told Alice a name"
    );
    bob.click("request-accept").await?;
    bob.wait_text(ROW, "Alice Martin").await?;
    // All of it is on the screen: there is no way down.
    bob.wait_gone("[data-testid='jump-to-bottom']").await?;
    alice
        .wait_text("[data-testid='message-event']", "Bob Durand")
        .await?;
    alice.wait_text(ROW, "Bob Durand").await?;
    alice.wait_gone("[data-testid='request-waiting']").await?;
    look.keep(&alice, "request-accepted").await?;
    Ok((alice, bob))
}

/// What one device decides, the other shows.
async fn two_devices(look: Look, scene: &Scene, laptop: &Window) -> Result<()> {
    let words = phrase(laptop).await?;
    let tablet = scene.open_with("tablet", &look.start()).await?;
    restore(&tablet, &words).await?;
    tablet.wait_text(ROW, "Bob Durand").await?.click().await?;
    tablet
        .wait_text("[data-testid='message']", "may I write to you?")
        .await?;
    laptop.click("rail-conversations").await?;
    laptop.wait_text(ROW, "Bob Durand").await?.click().await?;
    decide(laptop, "details-nickname").await?;
    look.keep(laptop, "nickname").await?;
    laptop.wait("nickname-input").await?.click().await?;
    laptop.insert("Bobby").await?;
    laptop.click("nickname-save").await?;
    laptop.wait_text(ROW, "Bobby").await?;
    tablet.wait_text(ROW, "Bobby").await?;
    look.keep(laptop, "details").await?;
    decide(laptop, "details-pin").await?;
    tablet.wait_css(&format!("{ROW} .lucide-pin")).await?;
    decide(laptop, "details-block").await?;
    laptop.wait_css("[role='alertdialog']").await?;
    look.keep(laptop, "block").await?;
    laptop.click("confirm").await?;
    laptop.wait("blocked-bar").await?;
    tablet.wait("blocked-bar").await?;
    look.keep(&tablet, "blocked").await?;
    tablet.click("unblock").await?;
    tablet.wait("composer-input").await?;
    laptop.wait("composer-input").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_and_two_devices_in_english_and_light() -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, _bob) = request(ENGLISH, &scene).await?;
    two_devices(ENGLISH, &scene, &alice).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_names_and_two_devices_in_french_and_dark() -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, _bob) = request(FRENCH, &scene).await?;
    two_devices(FRENCH, &scene, &alice).await
}
