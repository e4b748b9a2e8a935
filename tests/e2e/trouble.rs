//! What breaks, and that nothing is lost or doubled by it.

use std::time::Duration;

use anyhow::Result;
use thirtyfour::By;

use crate::pictures::open_menu;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn with_every_node_down_it_waits_and_goes_out_by_itself() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, _), (bob, bob_id)) = scene.two_people().await?;
    alice.write_to(&bob_id).await?;
    scene.control().stop_all().await?;
    alice.send("written in the dark").await?;
    let waiting = alice
        .wait_text("[data-testid='message']", "written in the dark")
        .await?;
    let state = waiting.attr("data-state").await?.unwrap_or_default();
    assert!(state == "queued" || state == "sending", "{state}");
    alice.wait_state("written in the dark", "queued").await?;
    scene.control().start_all().await?;
    alice.wait_state("written in the dark", "sent").await?;
    bob.open_request("written in the dark").await?;
    bob.wait_text("[data-testid='message']", "written in the dark")
        .await?;
    assert_eq!(bob.count("written in the dark").await?, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_says_why_and_try_again_sends_one_copy() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, _), (bob, bob_id)) = scene.two_people().await?;
    alice.write_to(&bob_id).await?;
    scene.refuse_stores(&bob_id, true)?;
    alice.send("please take this").await?;
    let failed = alice.wait_state("please take this", "failed").await?;
    alice
        .wait_text("[data-testid='message'][data-state='failed']", "Not sent")
        .await?;
    scene.refuse_stores(&bob_id, false)?;
    open_menu(&alice, &failed).await?;
    alice
        .wait_text("[role='menuitem']", "Try again")
        .await?
        .click()
        .await?;
    alice.wait_state("please take this", "sent").await?;
    bob.open_request("please take this").await?;
    bob.wait_text("[data-testid='message']", "please take this")
        .await?;
    // A second copy would have come with the message after it.
    alice.send("and this one").await?;
    bob.wait_text("[data-testid='message']", "and this one").await?;
    assert_eq!(bob.count("please take this").await?, 1);
    assert_eq!(scene.stored(&bob_id)?, 2, "each message once in the swarm");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_during_a_send_it_goes_out_once_after_the_restart() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, _), (bob, bob_id)) = scene.two_people().await?;
    alice.write_to(&bob_id).await?;
    // Every node is slow: the attempt runs when the power goes.
    scene.slow_down(Duration::from_secs(3));
    alice.send("survives a power cut").await?;
    alice.wait_state("survives a power cut", "sending").await?;
    alice.kill()?;
    scene.speed_up();
    let alice = scene.open("alice").await?;
    alice.click("conversation-row").await?;
    alice.wait_state("survives a power cut", "sent").await?;
    bob.open_request("survives a power cut").await?;
    alice.send("and so does the next").await?;
    bob.wait_text("[data-testid='message']", "and so does the next")
        .await?;
    assert_eq!(bob.count("survives a power cut").await?, 1);
    assert_eq!(scene.stored(&bob_id)?, 2, "each message once in the swarm");
    assert_eq!(alice.session().find_all(By::Testid("message")).await?.len(), 2);
    Ok(())
}
