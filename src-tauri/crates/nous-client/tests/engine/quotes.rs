//! Messages that answer others.

use nous_client::ClientError;
use nous_client::events::Ids;
use nous_client::send::{self, Draft};
use nous_protocol::content::{Incoming, Message, OutgoingBody, Target};
use nous_protocol::time::Timestamp;
use nous_storage::ids::MessageKey;
use nous_storage::messages::Quoted;
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};
use crate::receipts::{arrived, friends};
use crate::receive::text;
use crate::setup;

async fn key_of(device: &Device, with: Person, body: &str) -> MessageKey {
    let rows = device.timeline(with.id()).await;
    rows.iter().find(|row| row.body == body).unwrap().key
}

/// Writes a message that answers another one.
async fn answer(
    device: &Device,
    to: Person,
    body: &str,
    quote: MessageKey,
) -> Result<MessageKey, ClientError> {
    let draft = Draft {
        quote: Some(quote),
        ..setup::draft(body)
    };
    send::submit(&device.core, to.id(), draft).await
}

async fn quoted(device: &Device, with: Person, body: &str) -> Quoted {
    let key = key_of(device, with, body).await;
    device.message(key).await.unwrap().quote.unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_shows_the_original_on_every_device() {
    let world = World::new();
    let (laptop, bob) = friends(&world).await;
    let phone = world.restored_device(Alice).await.started();
    phone.until_texts(Bob, &["hello", "hi"]).await;
    let hi = key_of(&laptop, Bob, "hi").await;
    answer(&laptop, Bob, "to that", hi).await.unwrap();
    let texts = ["hello", "hi", "to that"];
    bob.until_texts(Alice, &texts).await;
    phone.until_texts(Bob, &texts).await;
    for (device, with, is_own) in [(&laptop, Bob, false), (&phone, Bob, false), (&bob, Alice, true)] {
        let quoted = quoted(device, with, "to that").await;
        assert_eq!(quoted.message, Some(key_of(device, with, "hi").await));
        assert_eq!((quoted.preview.as_str(), quoted.is_own), ("hi", is_own));
    }
    let told = arrived(&world, Bob);
    assert!(
        told.iter()
            .any(|content| matches!(content, Incoming::Message(message) if message.quote.is_some()))
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_deleted_original_and_it_cannot_be_answered() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let hi = key_of(&alice, Bob, "hi").await;
    answer(&alice, Bob, "to that", hi).await.unwrap();
    bob.until_texts(Alice, &["hello", "hi", "to that"]).await;
    let original = key_of(&bob, Alice, "hi").await;
    send::delete(&bob.core, vec![original]).await.unwrap();
    let shown = quoted(&bob, Alice, "to that").await;
    assert!(shown.is_deleted && shown.preview.is_empty());
    let refused = answer(&bob, Alice, "again", original).await;
    assert_eq!(refused, Err(ClientError::NoMessage));
    // What comes later brings nothing of it back.
    alice.write(Bob, "more").await;
    bob.until_texts(Alice, &["hello", "", "to that", "more"]).await;
}

#[tokio::test(start_paused = true)]
async fn an_original_that_comes_late_is_shown() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let now = bob.now();
    let earlier = Timestamp::from_ms(now.as_ms() - 5);
    let body = Message {
        body: "as I said".to_owned(),
        quote: Some(Target {
            timestamp: earlier,
            author: Alice.id().to_string(),
        }),
        ..Message::default()
    };
    world.send(Alice, Bob, OutgoingBody::Message(Box::new(body)), now);
    bob.until_texts(Alice, &["hello", "hi", "as I said"]).await;
    let before = quoted(&bob, Alice, "as I said").await;
    assert_eq!((before.message, before.is_deleted), (None, false));
    world.send(Alice, Bob, text("this"), earlier);
    bob.until_texts(Alice, &["hello", "hi", "this", "as I said"])
        .await;
    assert_eq!(quoted(&bob, Alice, "as I said").await.preview, "this");
}

#[tokio::test]
async fn who_deletes_a_message_here_hears_that_its_answer_changed_too() {
    let dir = tempfile::tempdir().unwrap();
    let client = setup::alice(dir.path(), setup::devices().0).await;
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    let original = client.send(own, setup::draft("this")).await.unwrap().key;
    let draft = Draft {
        quote: Some(original),
        ..setup::draft("to that")
    };
    let answer = client.send(own, draft).await.unwrap().key;
    let mut changes = client.subscribe();
    let (seq, _) = changes.next().await.unwrap();
    client.hub().acknowledge(seq);
    client.delete_messages(vec![original]).await.unwrap();
    let (_, changed) = changes.next().await.unwrap();
    let both = Ids::Some([original, answer].into());
    assert_eq!(changed.messages[&own.into()], both);
    client.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_message_without_a_time_names_it_rightly() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let clock = world.clock.network_clock(Some(0));
    let alice = alice.reopened_with_clock(clock).await;
    let first = alice.write(Bob, "first").await;
    answer(&alice, Bob, "second", first).await.unwrap();
    let alice = alice.started();
    bob.until_texts(Alice, &["hello", "hi", "first", "second"]).await;
    assert_eq!(quoted(&bob, Alice, "second").await.preview, "first");
    alice.until_outbox_is_empty().await;
    assert_eq!(quoted(&alice, Bob, "second").await.message, Some(first));
}
