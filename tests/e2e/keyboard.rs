//! From the first start to a sent message without a mouse.

use anyhow::Result;
use thirtyfour::Key;

use crate::scene::Scene;
use crate::window::Window;

/// Moves the focus by Tab until it stands on this test id.
async fn tab_to(window: &Window, test_id: &str) -> Result<()> {
    for _ in 0..40 {
        if window.focused().await? == test_id {
            return Ok(());
        }
        window.press(&char::from(Key::Tab).to_string()).await?;
    }
    anyhow::bail!(
        "{test_id} cannot be reached by Tab; the focus is on {:?}",
        window.focused().await?
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_from_first_start_to_a_sent_message_by_keyboard() -> Result<()> {
    let scene = Scene::new().await?;
    let bob = scene.open("bob").await?;
    let bob_id = bob.create_account("Bob").await?;
    let alice = scene.open("alice").await?;
    let enter = char::from(Key::Enter).to_string();

    tab_to(&alice, "welcome-create").await?;
    alice.press(&enter).await?;
    alice.wait("name-input").await?;
    tab_to(&alice, "name-input").await?;
    alice.press("Alice").await?;
    alice.press(&enter).await?;
    alice.wait("protect-skip").await?;
    tab_to(&alice, "protect-skip").await?;
    alice.press(&enter).await?;
    alice.wait("new-button").await?;
    alice.chord(&[Key::Control, Key::Shift], 'm').await?;
    alice.wait("address-input").await?;
    tab_to(&alice, "address-input").await?;
    alice.press(&bob_id).await?;
    alice
        .wait_css("[data-testid='address-next']:not([disabled])")
        .await?;
    alice.press(&enter).await?;
    alice.wait("composer-input").await?;
    assert_eq!(alice.focused().await?, "composer-input");
    alice.press("no mouse needed").await?;
    alice.press(&enter).await?;
    alice.wait_state("no mouse needed", "sent").await?;
    bob.open_request("no mouse needed").await?;
    Ok(())
}
