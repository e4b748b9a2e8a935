//! Two windows, two people: the way of one message there and back.

use std::time::Duration;

use anyhow::Result;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_out_is_ticked_and_answered() -> Result<()> {
    let scene = Scene::new().await?;
    let ((alice, _), (bob, bob_id)) = scene.two_people().await?;

    // As copied from a printed page: line breaks in and around, a stray word.
    let (head, tail) = bob_id.split_at(33);
    alice.write_to(&format!("\n my ID: {head}\n{tail}\n\n")).await?;
    assert_eq!(alice.focused().await?, "composer-input");
    // Slow enough for a person to see that it is on its way.
    scene.slow_down(Duration::from_millis(700));
    alice.send("Hello Bob, do you read me?").await?;
    alice.wait_state("do you read me?", "sending").await?;
    let sent = alice.wait_state("do you read me?", "sent").await?;
    scene.speed_up();
    let icon = sent.find(thirtyfour::By::Css("[role='img']")).await?;
    assert_eq!(alice.role_and_name(&icon).await?.1, "Sent");

    bob.open_request("do you read me?").await?;
    bob.wait_text("[data-testid='message'][data-own='false']", "do you read me?")
        .await?;
    bob.send("Loud and clear").await?;
    bob.wait_state("Loud and clear", "sent").await?;
    alice
        .wait_text("[data-testid='message'][data-own='false']", "Loud and clear")
        .await?;
    // Answering accepts: each sees the other's name now.
    alice.wait_text("[data-testid='conversation-row']", "Bob").await?;
    bob.wait_text("[data-testid='conversation-row']", "Alice").await?;
    assert_eq!(alice.count("do you read me?").await?, 1);
    assert_eq!(bob.count("do you read me?").await?, 1);
    alice.close().await?;
    bob.close().await?;
    Ok(())
}
