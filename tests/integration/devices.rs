//! Two devices of one account.

use nous_api::requests::SetSettingsRequest;
use nous_api::rows::MessageState;
use nous_api::{account, conversations, settings};

use crate::person::Person;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_device_shows_what_was_sent_and_received() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.send(&bob.id, "from my first device").await;
    let copy = second.until_text(&bob.id, "from my first device").await;
    assert!(copy.is_own && !copy.is_unread);
    assert_eq!(
        (copy.author.as_str(), copy.state),
        (alice.id.as_str(), Some(MessageState::Sent))
    );

    bob.send(&alice.id, "to all of your devices").await;
    alice.until_text(&bob.id, "to all of your devices").await;
    second.until_text(&bob.id, "to all of your devices").await;
    let texts = ["from my first device", "to all of your devices"];
    assert_eq!(alice.texts(&bob.id).await, texts);
    assert_eq!(second.texts(&bob.id).await, texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_device_writes_and_the_first_shows_it() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let second = alice.second_device(&scene, "Alice's second").await;
    second.send(&bob.id, "from my second device").await;
    alice.until_text(&bob.id, "from my second device").await;
    let received = bob.until_text(&alice.id, "from my second device").await;
    assert_eq!(received.author, alice.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_to_self_comes_to_the_second_device_once() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.send(&alice.id, "remember the second device").await;
    let copy = second.until_text(&alice.id, "remember the second device").await;
    assert!(copy.is_own && !copy.is_unread);
    second.poll().await;
    assert_eq!(second.texts(&alice.id).await, ["remember the second device"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_restored_later_shows_what_the_swarm_still_holds() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "written before the restore").await;
    bob.send(&alice.id, "answered before the restore").await;
    let second = alice.second_device(&scene, "Alice's new").await;
    second.until_text(&bob.id, "answered before the restore").await;
    second.until_text(&bob.id, "written before the restore").await;
    assert_eq!(second.texts(&bob.id).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_a_pin_and_what_was_read_come_to_the_second_device() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.send(&alice.id, "read me").await;
    alice.until_text(&bob.id, "read me").await;
    let with_bob = alice.conversation(&bob.id).await;
    conversations::set_pinned(&alice.app, with_bob.clone(), true)
        .await
        .expect("a pin");
    account::set_display_name(&alice.app, "Alice Liddell".to_owned())
        .await
        .expect("a name");
    let second = alice.second_device(&scene, "Alice's second").await;
    second
        .until("the name and the pin are there", async |second| {
            let name = account::get_account(&second.app)
                .await
                .expect("an account")
                .display_name;
            let rows = second.list().await;
            let is_pinned = rows.iter().any(|row| row.is_pinned && row.unread_count == 1);
            (is_pinned && name == "Alice Liddell").then_some(())
        })
        .await;
    conversations::mark_read(&alice.app, with_bob)
        .await
        .expect("read");
    second
        .until("it is read", async |second| {
            let rows = second.list().await;
            rows.iter().all(|row| row.unread_count == 0).then_some(())
        })
        .await;
    assert_eq!(second.list().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn community_requests_follow_the_account_and_what_a_device_tells_does_not() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let second = alice.second_device(&scene, "Alice's second").await;
    let change = async |device: &Person, accepts: bool, receipts: bool| {
        let request = SetSettingsRequest {
            community_requests: Some(accepts),
            read_receipts: Some(receipts),
            ..SetSettingsRequest::default()
        };
        settings::set_settings(&device.app, request)
            .await
            .expect("settings")
    };
    let is_on = async |device: &Person| {
        let row = settings::get_settings(&device.app).await.expect("settings");
        (row.community_requests, row.read_receipts)
    };
    assert_eq!(is_on(&alice).await, (false, false), "never chosen counts as off");
    assert!(change(&alice, true, true).await.community_requests);
    second
        .until("it is on there too", async |second| {
            (is_on(second).await.0).then_some(())
        })
        .await;
    assert_eq!(
        is_on(&second).await,
        (true, false),
        "receipts stay where they were allowed"
    );
    change(&second, false, false).await;
    alice
        .until("it is off again", async |alice| {
            (!is_on(alice).await.0).then_some(())
        })
        .await;
    let alice = alice.restart().await;
    assert_eq!(is_on(&alice).await, (false, true));
    let name = account::get_account(&alice.app)
        .await
        .expect("an account")
        .display_name;
    assert_eq!(name, "Alice", "the profile that goes with it is the same");
    // A device that is restored later knows it from the network.
    change(&alice, true, false).await;
    let third = alice.second_device(&scene, "Alice's third").await;
    third
        .until("it is on there", async |third| {
            (is_on(third).await.0).then_some(())
        })
        .await;
}
