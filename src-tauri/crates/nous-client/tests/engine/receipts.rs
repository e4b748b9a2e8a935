//! Read receipts.

use std::time::Duration;

use nous_client::receipts;
use nous_network::{LinkState, SwarmError};
use nous_protocol::content::{self, Incoming, OutgoingBody};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::ids::MessageKey;
use nous_storage::messages::SendState;
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};
use crate::receive::{at, text};

/// Whoever has written to each other, with everything allowed.
pub(crate) async fn friends(world: &World) -> (Device, Device) {
    let (alice, bob) = (
        world.device(Alice).await.started(),
        world.device(Bob).await.started(),
    );
    for device in [&alice, &bob] {
        device.allow_all().await;
        device.engine().control().set_used(true);
    }
    alice.write(Bob, "hello").await;
    bob.until_texts(Alice, &["hello"]).await;
    bob.write(Alice, "hi").await;
    alice.until_texts(Bob, &["hello", "hi"]).await;
    for device in [&alice, &bob] {
        device.until_outbox_is_empty().await;
    }
    (alice, bob)
}

/// What was stored for somebody, opened, in order.
pub(crate) fn arrived(world: &World, to: Person) -> Vec<Incoming> {
    let kept = world.swarm.kept(to.id());
    let opened = kept.iter().map(|kept| {
        let opened = envelope::open(&to.keys(), &kept.data).unwrap();
        content::parse(&opened.content, opened.envelope_timestamp)
            .unwrap()
            .content
    });
    opened.collect()
}

/// The receipts that were stored for somebody.
fn receipts_for(world: &World, to: Person) -> Vec<Vec<Timestamp>> {
    let told = arrived(world, to)
        .into_iter()
        .filter_map(|content| match content {
            Incoming::Receipt(sent) => Some(sent),
            _ => None,
        });
    told.collect()
}

async fn newest(device: &Device, with: Person) -> MessageKey {
    device.timeline(with.id()).await.last().unwrap().key
}

async fn sent(device: &Device, key: MessageKey) -> Timestamp {
    device.message(key).await.unwrap().sent
}

/// Alice writes, Bob gets it; answers Alice's row.
async fn write_to_bob(alice: &Device, bob: &Device, body: &str) -> MessageKey {
    let key = alice.write(Bob, body).await;
    let body = body.to_owned();
    bob.until("it is there", || async {
        bob.texts(Alice).await.last() == Some(&body)
    })
    .await;
    key
}

async fn read_all(device: &Device, with: Person) {
    receipts::read(&device.core, with.id(), None).await.unwrap();
}

async fn a_while(device: &Device) {
    device
        .pass(Duration::from_secs(30), Duration::from_millis(500))
        .await;
}

#[tokio::test(start_paused = true)]
async fn one_receipt_says_all_that_was_read_within_two_seconds() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    read_all(&bob, Alice).await;
    bob.until_outbox_is_empty().await;
    let before = receipts_for(&world, Alice).len();
    let one = write_to_bob(&alice, &bob, "one").await;
    let seen = newest(&bob, Alice).await;
    let two = write_to_bob(&alice, &bob, "two").await;
    receipts::read(&bob.core, Alice.id(), Some(seen)).await.unwrap();
    bob.pass(Duration::from_secs(1), Duration::from_millis(100)).await;
    read_all(&bob, Alice).await;
    alice.until_state(two, SendState::Read).await;
    assert_eq!(alice.state(one).await, Some(SendState::Read));
    let receipts = receipts_for(&world, Alice);
    let expected = vec![sent(&alice, one).await, sent(&alice, two).await];
    assert_eq!(receipts[before..], [expected]);
}

#[tokio::test(start_paused = true)]
async fn both_must_have_receipts_on() {
    for (sender, reader) in [(false, false), (false, true), (true, false), (true, true)] {
        let world = World::new();
        let (alice, bob) = friends(&world).await;
        alice.allow(sender, false).await;
        bob.allow(reader, false).await;
        let key = write_to_bob(&alice, &bob, "read me").await;
        read_all(&bob, Alice).await;
        a_while(&alice).await;
        let told: Vec<_> = receipts_for(&world, Alice).into_iter().flatten().collect();
        assert_eq!(told.contains(&sent(&alice, key).await), reader, "sent");
        let is_read = alice.state(key).await == Some(SendState::Read);
        assert_eq!(is_read, sender && reader, "{sender} {reader}");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_asks_to_be_a_contact_is_told_nothing() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    bob.allow_all().await;
    world.send(Alice, Bob, text("a request"), at(0));
    bob.until_texts(Alice, &["a request"]).await;
    read_all(&bob, Alice).await;
    a_while(&bob).await;
    assert!(world.swarm.attempts().is_empty());
    assert!(bob.outbox_rows().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_note_to_self_of_another_device_is_not_answered() {
    let world = World::new();
    let (laptop, phone) = (
        world.device(Alice).await.started(),
        world.restored_device(Alice).await.started(),
    );
    phone.allow_all().await;
    laptop.write(Alice, "note").await;
    phone.until_texts(Alice, &["note"]).await;
    read_all(&phone, Alice).await;
    a_while(&phone).await;
    assert!(receipts_for(&world, Alice).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_waits_is_not_sent_after_the_setting_went_off() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let key = write_to_bob(&alice, &bob, "read me").await;
    read_all(&bob, Alice).await;
    assert_eq!(bob.outbox_rows().await.len(), 1);
    bob.allow(false, false).await;
    assert!(bob.outbox_rows().await.is_empty());
    bob.allow(true, false).await;
    a_while(&bob).await;
    assert_eq!(alice.state(key).await, Some(SendState::Sent));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_waits_is_not_sent_to_somebody_who_was_blocked() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    read_all(&bob, Alice).await;
    let block =
        |writer: &mut nous_storage::db::Writer<'_>, key| conversations::set_blocked(writer, key, true);
    nous_client::config_sync::actions::change_conversation(&bob.core, Alice.id(), block)
        .await
        .unwrap();
    bob.until_outbox_is_empty().await;
    assert!(receipts_for(&world, Alice).is_empty());
}

#[tokio::test(start_paused = true)]
async fn receipts_survive_the_end_of_the_process_and_wait_for_the_connection() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    read_all(&bob, Alice).await;
    bob.until_outbox_is_empty().await;
    let before = receipts_for(&world, Alice).len();
    let keys = [
        write_to_bob(&alice, &bob, "one").await,
        write_to_bob(&alice, &bob, "two").await,
    ];
    world.swarm.set_link(LinkState::Offline);
    let first = bob.timeline(Alice.id()).await[2].key;
    receipts::read(&bob.core, Alice.id(), Some(first)).await.unwrap();
    let bob = bob.reopened().await;
    read_all(&bob, Alice).await;
    let rows = bob.outbox_rows().await;
    assert_eq!(rows.len(), 1, "nobody has tried: still one content");
    let bob = bob.started();
    world.swarm.set_link(LinkState::Connected);
    bob.until_outbox_is_empty().await;
    for key in keys {
        alice.until_state(key, SendState::Read).await;
    }
    assert_eq!(receipts_for(&world, Alice).len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_receipt_in_trouble_holds_no_message() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let one = write_to_bob(&alice, &bob, "one").await;
    read_all(&bob, Alice).await;
    world
        .swarm
        .fail_stores((0..4).map(|_| SwarmError::NodeTrouble(500)));
    bob.pass(Duration::from_secs(3), Duration::from_millis(100)).await;
    let answer = bob.write(Alice, "answer").await;
    bob.until_state(answer, SendState::Sent).await;
    alice.until_state(one, SendState::Read).await;
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_comes_before_the_message_of_another_device_waits_for_it() {
    let world = World::new();
    let (laptop, bob) = friends(&world).await;
    let phone = world.restored_device(Alice).await.started();
    phone.allow_all().await;
    phone.until_texts(Bob, &["hello", "hi"]).await;
    world.swarm.refuse(Alice.id(), SwarmError::Timeout);
    let key = write_to_bob(&laptop, &bob, "read me").await;
    laptop.until_state(key, SendState::NotSynced).await;
    let name = sent(&laptop, key).await;
    world.send(Bob, Alice, OutgoingBody::Receipt(vec![name]), bob.now());
    laptop.until_state(key, SendState::Read).await;
    a_while(&phone).await;
    assert_eq!(phone.texts(Bob).await, ["hello", "hi"]);
    world.swarm.accept(Alice.id());
    phone.until_texts(Bob, &["hello", "hi", "read me"]).await;
    let copy = phone.timeline(Bob.id()).await.pop().unwrap();
    assert_eq!((copy.state, copy.sent), (Some(SendState::Read), name));
    assert!(copy.read.is_some());
}
