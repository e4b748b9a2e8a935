//! Read receipts, typing and what was read, between people and between devices.

use nous_api::ids::MessageId;
use nous_api::requests::SetSettingsRequest;
use nous_api::rows::MessageState;
use nous_api::{conversations, reading, settings};

use crate::person::Person;
use crate::scene::Scene;

async fn allow(person: &Person, read_receipts: bool, typing_indicators: bool) {
    let request = SetSettingsRequest {
        read_receipts: Some(read_receipts),
        typing_indicators: Some(typing_indicators),
        ..SetSettingsRequest::default()
    };
    settings::set_settings(&person.app, request)
        .await
        .expect("settings");
}

/// Alice and Bob have written to each other.
async fn friends() -> (Scene, Person, Person) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.until_text(&alice.id, "hello").await;
    bob.send(&alice.id, "hello yourself").await;
    alice.until_text(&bob.id, "hello yourself").await;
    (scene, alice, bob)
}

async fn state(person: &Person, id: &MessageId) -> Option<MessageState> {
    person.message(id).await.state
}

/// Bob's answer comes behind whatever his reading had sent before.
async fn bob_answers(alice: &Person, bob: &Person, text: &str) {
    bob.until("nothing of Bob's waits", async |bob| {
        let is_read = bob.list().await.iter().all(|row| row.unread_count == 0);
        is_read.then_some(())
    })
    .await;
    bob.send(&alice.id, text).await;
    alice.until_text(&bob.id, text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_shows_only_where_both_have_receipts_on() {
    let (_scene, alice, bob) = friends().await;
    let mut last = None;
    for (sender, reader) in [(false, false), (true, false), (false, true), (true, true)] {
        allow(&alice, sender, false).await;
        allow(&bob, reader, false).await;
        let text = format!("sender {sender} reader {reader}");
        let id = alice.send(&bob.id, &text).await;
        let row = bob.until_text(&alice.id, &text).await;
        reading::mark_read_to(&bob.app, row.conversation, row.id)
            .await
            .expect("read");
        if sender && reader {
            let read = alice.until_state(&id, MessageState::Read).await;
            assert!(read.read_at.is_some());
            last = Some(id);
        } else {
            bob_answers(&alice, &bob, &format!("answer to {text}")).await;
            assert_eq!(state(&alice, &id).await, Some(MessageState::Sent), "{text}");
        }
    }
    // Off again: nothing of receipts is shown any more, and on again it is.
    let last = last.expect("one was read");
    allow(&alice, false, false).await;
    let row = alice.message(&last).await;
    assert_eq!((row.state, row.read_at), (Some(MessageState::Sent), None));
    allow(&alice, true, false).await;
    assert_eq!(state(&alice, &last).await, Some(MessageState::Read));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_counts_on_every_device_of_the_sender() {
    let (scene, alice, bob) = friends().await;
    let second = alice.second_device(&scene, "Alice's second").await;
    second.until_text(&bob.id, "hello yourself").await;
    for person in [&alice, &second, &bob] {
        allow(person, true, false).await;
    }
    alice.send(&bob.id, "on both of my devices").await;
    let row = bob.until_text(&alice.id, "on both of my devices").await;
    reading::mark_read_to(&bob.app, row.conversation, row.id)
        .await
        .expect("read");
    for device in [&alice, &second] {
        device
            .until("it is read", async |device| {
                let rows = device.timeline(&bob.id).await;
                let last = rows.last()?;
                (last.state == Some(MessageState::Read)).then_some(())
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_on_one_device_is_read_on_the_other_and_nothing_more() {
    let (scene, alice, bob) = friends().await;
    let second = alice.second_device(&scene, "Alice's second").await;
    for text in ["first", "second", "third"] {
        bob.send(&alice.id, text).await;
    }
    let seen = alice.until_text(&bob.id, "second").await;
    alice.until_text(&bob.id, "third").await;
    second.until_text(&bob.id, "third").await;
    reading::mark_read_to(&alice.app, seen.conversation, seen.id)
        .await
        .expect("read");
    for device in [&alice, &second] {
        device
            .until("one is left", async |device| {
                let rows = device.list().await;
                (rows.first()?.unread_count == 1).then_some(())
            })
            .await;
    }
    let alice = alice.restart().await;
    assert_eq!(alice.list().await[0].unread_count, 1, "after a restart");
    let row = alice.list().await.remove(0);
    conversations::mark_read(&alice.app, row.id).await.expect("read");
    second
        .until("nothing is left", async |second| {
            let rows = second.list().await;
            (rows.first()?.unread_count == 0).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_on_one_device_and_a_message_of_the_other_make_no_double() {
    let (scene, alice, bob) = friends().await;
    let second = alice.second_device(&scene, "Alice's second").await;
    second.until_text(&bob.id, "hello yourself").await;
    let with_bob = alice.conversation(&bob.id).await;
    conversations::delete_conversation(&alice.app, with_bob)
        .await
        .expect("deleted");
    second
        .until("it is gone", async |second| {
            second.list().await.is_empty().then_some(())
        })
        .await;
    second.send(&bob.id, "written after the deletion").await;
    alice.until_text(&bob.id, "written after the deletion").await;
    for device in [&alice, &second] {
        device.poll().await;
        assert_eq!(device.texts(&bob.id).await, ["written after the deletion"]);
        assert_eq!(device.list().await[0].unread_count, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_shows_where_both_have_it_on_and_ends_with_the_message() {
    let (_scene, alice, bob) = friends().await;
    allow(&bob, false, true).await;
    let with_alice = bob.conversation(&alice.id).await;
    reading::set_typing(&bob.app, with_alice.clone(), true)
        .await
        .expect("typing");
    bob.send(&alice.id, "Alice has it off").await;
    alice.until_text(&bob.id, "Alice has it off").await;
    assert!(reading::list_typing(&alice.app).await.expect("a list").is_empty());

    allow(&alice, false, true).await;
    reading::set_typing(&bob.app, with_alice, true)
        .await
        .expect("typing");
    alice
        .until("Bob types", async |alice| {
            let who = reading::list_typing(&alice.app).await.expect("a list");
            (who.len() == 1 && who[0].0 == bob.id).then_some(())
        })
        .await;
    bob.send(&alice.id, "done").await;
    alice.until_text(&bob.id, "done").await;
    assert!(reading::list_typing(&alice.app).await.expect("a list").is_empty());
}
