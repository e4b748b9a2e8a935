//! A full disk: said in words, and nothing is lost or doubled by it.

use crate::child::Child;
use crate::scene::Scene;

/// What one file may hold, in KiB: from too little to open the profile to enough for all.
const ROOMS: [u64; 7] = [4, 48, 64, 96, 128, 192, 100_000];

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_on_a_full_disk_says_so() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let stage = child.with_room(4, &["stage"]).await.expect("a stage");
    assert!(stage.contains("DiskFull"), "{stage}");
    let stage = child.with_room(100_000, &["stage"]).await.expect("a stage");
    assert_eq!(stage.trim(), "Ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_while_sending_arrives_once_when_there_is_room() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let (mut expected, mut refused) = (Vec::new(), 0);
    for room in ROOMS {
        let text = format!("with room for {room} KiB");
        let command = ["send", &bob.id, &text];
        if let Err(error) = child.with_room(room, &command).await {
            assert!(error.contains("DiskFull"), "{error}");
            refused += 1;
        }
        child.finish("send.", &command).await;
        bob.until_text(&alice_id, &text).await;
        expected.push(text);
    }
    assert!((2..ROOMS.len()).contains(&refused), "{refused}");
    bob.poll().await;
    assert_eq!(bob.texts(&alice_id).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_while_receiving_comes_again() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let bob_id = bob.id.clone();
    bob.app.shutdown().await;
    let child = Child::of(&scene, "Bob");
    let (mut expected, mut refused) = (Vec::new(), 0);
    for room in ROOMS {
        let text = format!("{room} KiB {}", "x".repeat(1_500));
        alice.send(&bob_id, &text).await;
        expected.push(text);
        if let Err(error) = child.with_room(room, &["receive"]).await {
            assert!(error.contains("DiskFull"), "{error}");
            refused += 1;
        }
    }
    assert!((2..ROOMS.len()).contains(&refused), "{refused}");
    child.finish("receive.", &["receive"]).await;
    let bob = bob.restart().await;
    assert_eq!(bob.texts(&alice.id).await, expected);
}
