//! Clocks that are wrong or move.

use nous_api::network;

use crate::scene::Scene;

const HOUR_MS: i64 = 60 * 60 * 1000;

#[tokio::test(flavor = "multi_thread")]
async fn messages_carry_the_networks_time() {
    let scene = Scene::new().await;
    scene.control().advance_ms(3 * HOUR_MS);
    let alice = scene.person("Alice").await;
    let bob = scene.person("Bob").await;
    let id = alice.send(&bob.id, "three hours ahead").await;
    let late = scene.control().now_ms() - alice.message(&id).await.sent_at.0;
    assert!(
        (0..60_000).contains(&late),
        "sent {late} ms before the network's now"
    );
    bob.until_text(&alice.id, "three hours ahead").await;
    let deviation = network::get_connectivity(&alice.app)
        .await
        .unwrap()
        .clock_deviation_ms
        .unwrap();
    assert!(
        (deviation + 3 * HOUR_MS).abs() < 60_000,
        "local clock minus network clock: {deviation} ms"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_moves_between_two_messages_loses_none() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "before the clock moved").await;
    bob.until_text(&alice.id, "before the clock moved").await;
    for (hours, text) in [(2, "after it moved ahead"), (-5, "after it moved back")] {
        scene.control().advance_ms(hours * HOUR_MS);
        alice.send(&bob.id, text).await;
        bob.until_text(&alice.id, text).await;
        bob.send(&alice.id, text).await;
        alice
            .until("the answer is there", async |person| {
                let rows = person.timeline(&bob.id).await;
                rows.iter()
                    .any(|row| !row.is_own && crate::person::text_of(row) == text)
                    .then_some(())
            })
            .await;
    }
    assert_eq!(alice.texts(&bob.id).await.len(), 5);
    assert_eq!(bob.texts(&alice.id).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_with_a_wrong_clock_does_no_harm() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let control = scene.control();
    let member = control
        .swarm_of(&crate::scene::swarm_account(&bob.id))
        .into_iter()
        .next()
        .unwrap();
    control.skew_clock(member, 6 * HOUR_MS).unwrap();
    for number in 0..4 {
        let text = format!("past a wrong clock, {number}");
        alice.send(&bob.id, &text).await;
        bob.until_text(&alice.id, &text).await;
    }
    assert_eq!(bob.texts(&alice.id).await.len(), 4);
}
