//! Read circles and typing dots, between two real windows.

use anyhow::Result;
use thirtyfour::By;

use crate::scene::{Scene, befriend};
use crate::window::Window;

const ARRIVED: &str = "[data-testid='message'][data-own='false']";

/// Turns a setting of the privacy page over, and comes back to the conversation with somebody.
async fn turn(window: &Window, test_id: &str, with: &str) -> Result<()> {
    window.click("settings-button").await?;
    window.click("settings-privacy").await?;
    window.click(test_id).await?;
    window.click("rail-conversations").await?;
    window
        .wait_text("[data-testid='conversation-row']", with)
        .await?
        .click()
        .await?;
    window.wait("composer-input").await?;
    Ok(())
}

/// Alice and Bob have written to each other and have each other's conversation open.
async fn friends(scene: &Scene) -> Result<(Window, Window)> {
    let ((alice, _), (bob, bob_id)) = scene.two_people().await?;
    befriend(&alice, &bob, &bob_id).await?;
    Ok((alice, bob))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_circles_come_only_if_the_reader_has_receipts_on() -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = friends(&scene).await?;
    turn(&alice, "read-receipts", "Bob").await?;
    alice.send("Nobody tells me").await?;
    bob.wait_text(ARRIVED, "Nobody tells me").await?;
    // Whatever Bob's window would have told of it is older than his answer.
    bob.send("I was here").await?;
    alice.wait_text(ARRIVED, "I was here").await?;
    alice.wait_state("Nobody tells me", "sent").await?;

    turn(&bob, "read-receipts", "Alice").await?;
    alice.send("Now I am told").await?;
    bob.wait_text(ARRIVED, "Now I am told").await?;
    let read = alice.wait_state("Now I am told", "read").await?;
    let circles = read.find_all(By::Css("[data-icon='read'] circle.full")).await?;
    assert_eq!(circles.len(), 2, "two circles that overlap");
    alice.wait_state("Nobody tells me", "sent").await?;
    alice.picture("read-circles").await?;

    turn(&alice, "read-receipts", "Bob").await?;
    alice.wait_state("Now I am told", "sent").await?;
    alice.close().await?;
    bob.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dots_come_and_end_with_the_message() -> Result<()> {
    let scene = Scene::new().await?;
    let (alice, bob) = friends(&scene).await?;
    turn(&alice, "typing-indicators", "Bob").await?;
    turn(&bob, "typing-indicators", "Alice").await?;
    bob.type_into("composer-input", "I am wri").await?;
    alice
        .wait_css("[data-testid='typing-line'] [data-icon='typing']")
        .await?;
    alice.wait("list-typing").await?;
    alice.picture("typing").await?;
    bob.press("ting\u{e007}").await?;
    alice.wait_text(ARRIVED, "I am writing").await?;
    alice.wait_gone("[data-icon='typing']").await?;
    alice.close().await?;
    bob.close().await?;
    Ok(())
}
