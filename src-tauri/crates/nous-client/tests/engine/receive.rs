//! Receiving.

use std::time::Duration;

use nous_client::engine::look_at_parked;
use nous_client::poll::poll_to_the_end;
use nous_protocol::account::AccountId;
use nous_protocol::content::{Disappearing, Extras, Message, Outgoing, OutgoingBody, Profile, encode};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_storage::messages::{MessageKind, SendState};
use nous_storage::{conversations, inbox};
use nous_testkit::ManualClock;
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};

const LIFE: Duration = Duration::from_secs(14 * 86_400);

pub(crate) fn sealed_content(from: Person, to: AccountId, content: &[u8], sent: Timestamp) -> Vec<u8> {
    envelope::seal(&from.keys(), &to, &padding::pad(content), sent, &mut rand::rng())
        .unwrap()
        .0
}

pub(crate) fn sealed(from: Person, to: AccountId, body: OutgoingBody, sent: Timestamp) -> Vec<u8> {
    let outgoing = Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body,
    };
    sealed_content(from, to, &encode(&outgoing), sent)
}

/// A receipt for a message of `to`.
pub(crate) fn receipt(from: Person, to: AccountId, read: Timestamp) -> Vec<u8> {
    sealed(
        from,
        to,
        OutgoingBody::Receipt(vec![read]),
        Timestamp::from_ms(read.as_ms() + 1),
    )
}

pub(crate) fn text(body: &str) -> OutgoingBody {
    OutgoingBody::Message(Box::new(Message {
        body: body.to_owned(),
        ..Message::default()
    }))
}

pub(crate) fn named(body: &str, name: &str, updated: u64) -> OutgoingBody {
    signed(body, name, Some(updated))
}

/// With a name and, if the client tells it, when that was changed.
pub(crate) fn signed(body: &str, name: &str, updated_seconds: Option<u64>) -> OutgoingBody {
    let profile = Profile {
        name: Some(name.to_owned()),
        picture: None,
        updated_seconds,
    };
    let extras = Extras {
        profile: Some(profile),
        ..Extras::default()
    };
    OutgoingBody::Message(Box::new(Message {
        body: body.to_owned(),
        extras,
        ..Message::default()
    }))
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ManualClock::START.as_ms() + ms)
}

impl World {
    pub(crate) fn send(&self, from: Person, to: Person, body: OutgoingBody, sent: Timestamp) {
        self.swarm.put(to.id(), sealed(from, to.id(), body, sent), LIFE);
    }
}

pub(crate) async fn poll(device: &Device) -> u32 {
    poll_to_the_end(&device.core, &device.api()).await.unwrap()
}

pub(crate) async fn dropped(device: &Device) -> Vec<(String, u32)> {
    device.read(inbox::drop_counts).await
}

pub(crate) async fn row(device: &Device, with: Person) -> Option<conversations::Conversation> {
    device
        .read(move |reader| conversations::by_ids(reader, &[with.id().into()]))
        .await
        .pop()
}

/// The name inside a request.
pub(crate) async fn given_name(device: &Device, from: Person) -> String {
    let inside = device.read(move |reader| nous_storage::requests::find(reader, from.id()));
    inside.await.unwrap().given_name
}

#[tokio::test(start_paused = true)]
async fn a_message_stands_in_its_conversation_unread_with_the_senders_name() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, named("hello", "Alice", 5), at(0));
    assert_eq!(poll(&bob).await, 1);
    let conversation = row(&bob, Alice).await.unwrap();
    assert_eq!(
        (conversation.name.as_str(), conversation.unread_count),
        ("", 1),
        "a name is seen inside a request only"
    );
    assert_eq!(given_name(&bob, Alice).await, "Alice");
    assert!(conversation.is_listed && conversation.has_approved_me && !conversation.is_approved);
    assert_eq!(bob.texts(Alice).await, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_answered_automatically() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    world.send(Alice, Bob, text("hello"), at(0));
    bob.until_texts(Alice, &["hello"]).await;
    bob.pass(Duration::from_secs(60), Duration::from_secs(1)).await;
    assert!(world.swarm.attempts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_same_message_under_another_hash_is_dropped() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("hello"), at(0));
    world.send(Alice, Bob, text("hello"), at(0));
    assert_eq!(poll(&bob).await, 1);
    assert_eq!(dropped(&bob).await, [("duplicate".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_swarm_that_shows_everything_again_brings_nothing_new() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("hello"), at(0));
    poll(&bob).await;
    let account = Bob.id().into();
    bob.core
        .db
        .write(move |writer| nous_storage::cursors::forget_account(writer, &account))
        .await
        .unwrap();
    assert_eq!(poll(&bob).await, 0);
    assert_eq!(bob.texts(Alice).await, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_from_next_year_keeps_its_time_and_takes_its_place() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let next_year = at(365 * 86_400_000);
    world.send(Alice, Bob, text("future"), next_year);
    poll(&bob).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    world.send(Alice, Bob, text("now"), world.clock.now());
    poll(&bob).await;
    assert_eq!(bob.texts(Alice).await, ["future", "now"]);
    assert_eq!(bob.timeline(Alice.id()).await[0].sent, next_year);
}

#[tokio::test(start_paused = true)]
async fn a_late_message_goes_to_its_place() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("second"), at(-1_000));
    poll(&bob).await;
    world.send(Alice, Bob, text("first"), at(-2_000));
    poll(&bob).await;
    assert_eq!(bob.texts(Alice).await, ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn broken_bytes_and_bad_signatures_are_counted_and_never_asked_again() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.swarm.put(Bob.id(), b"rubbish".to_vec(), LIFE);
    world.swarm.put(
        Bob.id(),
        sealed(Alice, Chloe.id(), text("for Chloé"), at(0)),
        LIFE,
    );
    let mut changed = sealed(Alice, Bob.id(), text("hello"), at(0));
    if let Some(byte) = changed.get_mut(100) {
        *byte ^= 1;
    }
    world.swarm.put(Bob.id(), changed, LIFE);
    assert_eq!(poll(&bob).await, 0);
    let total: u32 = dropped(&bob).await.iter().map(|(_, count)| count).sum();
    assert_eq!(total, 3);
    assert_eq!(poll(&bob).await, 0);
    let total: u32 = dropped(&bob).await.iter().map(|(_, count)| count).sum();
    assert_eq!(total, 3);
}

#[tokio::test(start_paused = true)]
async fn a_content_with_another_time_than_its_envelope_is_dropped() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let outgoing = Outgoing {
        sent: at(0),
        disappearing: Disappearing::default(),
        body: text("hello"),
    };
    world.swarm.put(
        Bob.id(),
        sealed_content(Alice, Bob.id(), &encode(&outgoing), at(5)),
        LIFE,
    );
    assert_eq!(poll(&bob).await, 0);
    assert_eq!(dropped(&bob).await, [("timestampMismatch".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_person_is_not_heard() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let now = bob.now();
    let block = move |writer: &mut nous_storage::db::Writer<'_>| {
        let key = conversations::ensure(writer, Alice.id(), now)?;
        conversations::set_blocked(writer, key, true)
    };
    bob.core.db.write(block).await.unwrap();
    world.send(Alice, Bob, text("hello"), at(0));
    assert_eq!(poll(&bob).await, 0);
    assert_eq!(dropped(&bob).await, [("blocked".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_sync_target_from_somebody_else_drops_the_message() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let extras = Extras {
        sync_target: Some(Chloe.id()),
        ..Extras::default()
    };
    let body = Message {
        body: "forged".into(),
        extras,
        ..Message::default()
    };
    world.send(Alice, Bob, OutgoingBody::Message(Box::new(body)), at(0));
    assert_eq!(poll(&bob).await, 0);
    assert_eq!(dropped(&bob).await, [("foreignSyncTarget".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn another_device_shows_what_was_sent_in_the_right_conversation() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    let desktop = world.device(Alice).await;
    laptop.write(Bob, "to Bob").await;
    laptop.write(Alice, "to myself").await;
    laptop.until_outbox_is_empty().await;
    assert_eq!(poll(&desktop).await, 2);
    assert_eq!(desktop.texts(Bob).await, ["to Bob"]);
    assert_eq!(desktop.texts(Alice).await, ["to myself"]);
    let message = &desktop.timeline(Bob.id()).await[0];
    assert_eq!(
        (message.is_own, message.is_unread, message.state),
        (true, false, Some(SendState::Sent))
    );
    assert!(row(&desktop, Bob).await.unwrap().is_approved);
    assert_eq!(
        laptop.texts(Bob).await,
        ["to Bob"],
        "its own copy does not come back"
    );
}

#[tokio::test(start_paused = true)]
async fn the_newer_profile_wins() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, named("1", "Newest", 9), at(1));
    world.send(Alice, Bob, named("2", "Old", 3), at(2));
    poll(&bob).await;
    assert_eq!(given_name(&bob, Alice).await, "Newest");
    world.send(Alice, Bob, named("3", "Newer still", 10), at(3));
    poll(&bob).await;
    assert_eq!(given_name(&bob, Alice).await, "Newer still");
}

/// A field number that no version has used: 99, four bytes.
pub(crate) const UNKNOWN: &[u8] = &[0x9a, 0x06, 0x04, 1, 2, 3, 4];

#[tokio::test(start_paused = true)]
async fn unknown_contents_of_a_friend_are_parked_and_fold_into_one_row() {
    let world = World::new();
    let bob = world.device(Bob).await;
    bob.write(Alice, "hello").await;
    world.send(Alice, Bob, text("hi"), at(0));
    for n in 1..4 {
        world
            .swarm
            .put(Bob.id(), sealed_content(Alice, Bob.id(), UNKNOWN, at(n)), LIFE);
    }
    poll(&bob).await;
    let folded: Vec<_> = bob
        .timeline(Alice.id())
        .await
        .into_iter()
        .filter(|m| m.kind == MessageKind::Unsupported)
        .collect();
    assert_eq!(
        folded
            .iter()
            .map(|m| (m.folded_count, m.is_unread))
            .collect::<Vec<_>>(),
        [(3, false)]
    );
    assert_eq!(bob.read(inbox::parked).await[0].content, UNKNOWN);
    assert_eq!(bob.read(inbox::parked_count).await, 3);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_content_that_the_next_version_reads_leaves_the_folded_row() {
    let world = World::new();
    let bob = world.device(Bob).await;
    bob.write(Alice, "hello").await;
    world.send(Alice, Bob, text("hi"), at(0));
    for n in 1..3 {
        world
            .swarm
            .put(Bob.id(), sealed_content(Alice, Bob.id(), UNKNOWN, at(n)), LIFE);
    }
    poll(&bob).await;
    let folded = || async {
        let rows = bob.timeline(Alice.id()).await.into_iter();
        let mut folded = rows.filter(|row| row.kind == MessageKind::Unsupported);
        folded.next().map(|row| (row.key, row.folded_count))
    };
    let (row, count) = folded().await.unwrap();
    assert_eq!(count, 2);
    // The version that comes reads the first of them.
    let first = bob.read(inbox::parked).await.remove(0);
    let hash = first.hash.clone();
    let outgoing = Outgoing {
        sent: first.envelope,
        disappearing: Disappearing::default(),
        body: text("now I can read it"),
    };
    let readable = inbox::Parked {
        content: encode(&outgoing),
        message: Some(row),
        ..first
    };
    let replaced = bob.core.db.write(move |writer| {
        inbox::unpark(writer, &hash)?;
        inbox::park(writer, &readable)
    });
    replaced.await.unwrap();
    assert_eq!(look_at_parked(&bob.core, "9.0.0").await.unwrap(), 1);
    assert_eq!(folded().await, Some((row, 1)));
    let texts = bob.texts(Alice).await;
    assert!(texts.contains(&"now I can read it".to_owned()), "{texts:?}");
    assert_eq!(bob.read(inbox::parked_count).await, 1);
}

#[tokio::test(start_paused = true)]
async fn unknown_contents_of_strangers_are_parked_without_a_row() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world
        .swarm
        .put(Bob.id(), sealed_content(Alice, Bob.id(), UNKNOWN, at(0)), LIFE);
    poll(&bob).await;
    assert_eq!(bob.read(inbox::parked_count).await, 1);
    assert!(bob.timeline(Alice.id()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn short_lived_unknown_contents_are_not_kept() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.swarm.put(
        Bob.id(),
        sealed_content(Alice, Bob.id(), UNKNOWN, at(0)),
        Duration::from_secs(300),
    );
    poll(&bob).await;
    assert_eq!(bob.read(inbox::parked_count).await, 0);
}

#[tokio::test(start_paused = true)]
async fn parked_contents_are_tried_again_once_by_each_version() {
    let world = World::new();
    let bob = world.device(Bob).await;
    let sent = at(0);
    let outgoing = Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: text("now I can read it"),
    };
    let parked = inbox::Parked {
        hash: "h".repeat(43),
        sender: Alice.id(),
        namespace: nous_protocol::account::Namespace::MESSAGES,
        envelope: sent,
        received: sent,
        expires: sent + LIFE,
        reason: "unknown".into(),
        content: encode(&outgoing),
        message: None,
    };
    bob.core
        .db
        .write(move |writer| inbox::park(writer, &parked))
        .await
        .unwrap();
    assert_eq!(look_at_parked(&bob.core, "9.0.0").await.unwrap(), 1);
    assert_eq!(bob.texts(Alice).await, ["now I can read it"]);
    assert_eq!(bob.read(inbox::parked_count).await, 0);
    assert_eq!(look_at_parked(&bob.core, "9.0.0").await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_stays_unknown_stays_parked() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world
        .swarm
        .put(Bob.id(), sealed_content(Alice, Bob.id(), UNKNOWN, at(0)), LIFE);
    poll(&bob).await;
    look_at_parked(&bob.core, "9.0.0").await.unwrap();
    assert_eq!(bob.read(inbox::parked_count).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_friends_receipt_marks_that_conversation_only() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    alice.allow_all().await;
    let to_bob = alice.write(Bob, "hello").await;
    let to_chloe = alice.write(Chloe, "salut").await;
    alice.until_outbox_is_empty().await;
    let times = [
        alice.message(to_bob).await.unwrap().sent,
        alice.message(to_chloe).await.unwrap().sent,
    ];
    world.send(Bob, Alice, text("hi"), at(10));
    world.send(Bob, Alice, OutgoingBody::Receipt(times.to_vec()), at(11));
    alice.until_state(to_bob, SendState::Read).await;
    assert_eq!(alice.state(to_chloe).await, Some(SendState::Sent));
    assert!(alice.message(to_bob).await.unwrap().read.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_strangers_receipt_is_ignored() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    alice.allow_all().await;
    let key = alice.write(Bob, "hello").await;
    alice.until_outbox_is_empty().await;
    let sent = alice.message(key).await.unwrap().sent;
    world.send(Bob, Alice, OutgoingBody::Receipt(vec![sent]), at(11));
    alice
        .until("counted", || async { !dropped(&alice).await.is_empty() })
        .await;
    assert_eq!(alice.state(key).await, Some(SendState::Sent));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_messages_are_one_batch_of_events() {
    let world = World::new();
    let bob = world.device(Bob).await;
    for n in 0..1_000 {
        world.send(Alice, Bob, text(&n.to_string()), at(n));
    }
    let mut stream = bob.core.hub.subscribe();
    assert_eq!(poll(&bob).await, 1_000);
    let (_, dirty) = stream.next().await.unwrap();
    assert_eq!(dirty.messages[&Alice.id().into()], nous_client::events::Ids::All);
    assert_eq!(bob.texts(Alice).await.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn two_devices_write_in_the_same_millisecond_and_both_have_both() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    let phone = world.restored_device(Alice).await.started();
    laptop.settle().await;
    phone.settle().await;
    let to_bob = laptop.write(Bob, "to Bob").await;
    let to_chloe = phone.write(Chloe, "to Chloe").await;
    let sent = |message: Option<nous_storage::messages::Message>| message.unwrap().sent;
    assert_eq!(
        sent(laptop.message(to_bob).await),
        sent(phone.message(to_chloe).await),
        "one time"
    );
    for device in [&laptop, &phone] {
        device.until_texts(Bob, &["to Bob"]).await;
        device.until_texts(Chloe, &["to Chloe"]).await;
    }
}
