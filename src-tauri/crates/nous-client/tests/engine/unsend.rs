//! Deleting for everyone, on all devices, and what others unsend.

use nous_client::deleting::{self, worker};
use nous_client::engine::look_at_parked;
use nous_client::error::ClientError;
use nous_network::{LinkState, SwarmError};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::content::{self, Disappearing, Extras, Message, Outgoing, OutgoingBody, Target};
use nous_protocol::time::Timestamp;
use nous_storage::deletions::{self, Extent};
use nous_storage::ids::MessageKey;
use nous_storage::inbox::{self, Parked};
use nous_storage::messages::{MessageKind, SendState};
use nous_testkit::Person::{self, Alice, Bob, Chloe};
use nous_testkit::ScriptedSwarm;

use crate::device::{Device, World};
use crate::receive::{at, dropped, poll, row, text};

fn unsend(of: Person, sent: Timestamp) -> OutgoingBody {
    OutgoingBody::Unsend(Target {
        timestamp: sent,
        author: of.id().to_string(),
    })
}

async fn sent(device: &Device, to: Person, text: &str) -> MessageKey {
    let key = device.write(to, text).await;
    device.until_state(key, SendState::Sent).await;
    device.until_outbox_is_empty().await;
    key
}

/// The rows of messages, without those about them.
async fn shown(device: &Device, with: Person) -> Vec<(MessageKind, String)> {
    let rows = device.timeline(with.id()).await.into_iter();
    rows.filter(|row| row.kind != MessageKind::Accepted)
        .map(|row| (row.kind, row.body))
        .collect()
}

async fn found(device: &Device, with: Person, text: &str) -> MessageKey {
    let rows = device.timeline(with.id()).await;
    rows.iter().find(|row| row.body == text).unwrap().key
}

fn said(text: &str) -> (MessageKind, String) {
    (MessageKind::Text, text.to_owned())
}

fn gone() -> (MessageKind, String) {
    (MessageKind::DeletedForAll, String::new())
}

async fn delete(device: &Device, key: MessageKey, extent: Extent) -> Result<(), ClientError> {
    deleting::delete(&device.core, &device.api(), vec![key], extent).await
}

fn keeps(world: &World, of: Person, hash: &str) -> bool {
    let kept = world.swarm.kept_in(of.id(), Namespace::MESSAGES);
    kept.iter().any(|kept| kept.hash == hash)
}

/// A message of Alice to Bob, which another device of hers sent.
fn own_copy(body: &str) -> OutgoingBody {
    OutgoingBody::Message(Box::new(Message {
        body: body.to_owned(),
        extras: Extras {
            sync_target: Some(Bob.id()),
            ..Extras::default()
        },
        ..Message::default()
    }))
}

/// Alice's device, which does nothing by itself, with such a message.
async fn with_own_copy(world: &World) -> (Device, MessageKey) {
    let alice = world.device(Alice).await;
    world.send(Alice, Alice, own_copy("regretted"), at(0));
    poll(&alice).await;
    let key = alice.timeline(Bob.id()).await[0].key;
    (alice, key)
}

#[tokio::test(start_paused = true)]
async fn a_message_deleted_for_everyone_is_gone_here_there_and_on_the_other_device() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    let (phone, bob) = (world.restored_device(Alice).await, world.device(Bob).await);
    let key = sent(&laptop, Bob, "regretted").await;
    sent(&laptop, Bob, "meant").await;
    for device in [&phone, &bob] {
        poll(device).await;
    }
    let hash = laptop.message(key).await.unwrap().server_hash;
    let of_bob = bob.timeline(Alice.id()).await[0].server_hash.clone();
    assert!(keeps(&world, Alice, &hash) && keeps(&world, Bob, &of_bob));
    delete(&laptop, key, Extent::Everyone).await.unwrap();
    laptop.until_outbox_is_empty().await;
    assert!(!keeps(&world, Alice, &hash));
    for device in [&phone, &bob] {
        poll(device).await;
    }
    for (device, with) in [(&laptop, Bob), (&phone, Bob), (&bob, Alice)] {
        assert_eq!(shown(device, with).await, [gone(), said("meant")]);
    }
    assert_eq!(row(&bob, Alice).await.unwrap().unread_count, 1);
    worker::once(&bob.core, &bob.api()).await.unwrap();
    assert!(!keeps(&world, Bob, &of_bob), "our own swarm has it no more");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_after_it_was_unsent_is_not_shown() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, unsend(Alice, at(0)), at(5));
    poll(&bob).await;
    assert!(row(&bob, Alice).await.is_none(), "nobody is met by it");
    world.send(Alice, Bob, text("late"), at(0));
    world.send(Alice, Bob, text("another"), at(1));
    assert_eq!(poll(&bob).await, 1);
    assert_eq!(shown(&bob, Alice).await, [said("another")]);
    assert_eq!(dropped(&bob).await, [("unsent".to_owned(), 1)]);
    worker::once(&bob.core, &bob.api()).await.unwrap();
    assert_eq!(world.swarm.kept(Bob.id()).len(), 2, "the unsend and the other");
}

#[tokio::test(start_paused = true)]
async fn a_message_and_its_unsend_may_come_together_in_either_order() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("one"), at(0));
    world.send(Alice, Bob, unsend(Alice, at(0)), at(1));
    world.send(Alice, Bob, unsend(Alice, at(2)), at(3));
    world.send(Alice, Bob, text("two"), at(2));
    poll(&bob).await;
    assert_eq!(shown(&bob, Alice).await, [gone()]);
}

#[tokio::test(start_paused = true)]
async fn nobody_unsends_what_another_wrote() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    world.send(Alice, Bob, text("by Alice"), at(0));
    poll(&bob).await;
    let key = sent(&bob, Alice, "by Bob").await;
    let by_bob = bob.message(key).await.unwrap().sent;
    world.send(Chloe, Bob, unsend(Alice, at(0)), at(10));
    world.send(Alice, Bob, unsend(Bob, by_bob), at(11));
    poll(&bob).await;
    assert_eq!(shown(&bob, Alice).await, [said("by Alice"), said("by Bob")]);
    let ignored = dropped(&bob).await;
    assert!(
        ignored.contains(&("unsendByAnother".to_owned(), 2)),
        "{ignored:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_our_swarm_does_not_delete_stays_and_is_said() {
    let world = World::new();
    let (alice, key) = with_own_copy(&world).await;
    for break_it in [ScriptedSwarm::fail_sequences, ScriptedSwarm::lose_answers] {
        break_it(&world.swarm, 3);
        let failed = delete(&alice, key, Extent::Everyone).await;
        assert_eq!(failed, Err(ClientError::Swarm(SwarmError::Timeout)));
        assert_eq!(shown(&alice, Bob).await, [said("regretted")]);
        assert!(alice.outbox_rows().await.is_empty(), "nobody is asked");
        assert!(alice.read(deletions::wanted).await.is_empty());
    }
    delete(&alice, key, Extent::Everyone).await.unwrap();
    assert_eq!(shown(&alice, Bob).await, [gone()]);
    let asked = alice.outbox_rows().await.into_iter();
    let asked: Vec<SwarmAccount> = asked.map(|row| row.destination).collect();
    assert_eq!(asked, [Alice, Bob].map(|person| SwarmAccount::from(person.id())));
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_was_cut_off_goes_on_at_the_next_start() {
    let world = World::new();
    let (alice, key) = with_own_copy(&world).await;
    let begun = deleting::begin(&alice.core, vec![key], Extent::Everyone).await;
    assert!(!begun.unwrap().is_empty());
    let alice = alice.reopened().await;
    assert_eq!(shown(&alice, Bob).await, [said("regretted")]);
    world.swarm.fail_sequences(3);
    let alice = alice.started();
    alice
        .until("gone", || async { shown(&alice, Bob).await == [gone()] })
        .await;
    alice.until_outbox_is_empty().await;
    let bob = world.device(Bob).await;
    poll(&bob).await;
    assert!(bob.read(deletions::next_due).await.is_none());
    world.send(Alice, Bob, text("regretted"), at(0));
    poll(&bob).await;
    assert!(shown(&bob, Alice).await.is_empty(), "Bob was asked");
}

#[tokio::test(start_paused = true)]
async fn a_note_deleted_on_all_devices_leaves_no_row() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    let phone = world.restored_device(Alice).await;
    let key = sent(&laptop, Alice, "milk").await;
    poll(&phone).await;
    assert_eq!(shown(&phone, Alice).await, [said("milk")]);
    delete(&laptop, key, Extent::OwnDevices).await.unwrap();
    laptop.until_outbox_is_empty().await;
    poll(&phone).await;
    for device in [&laptop, &phone] {
        assert!(shown(device, Alice).await.is_empty());
    }
    assert_eq!(world.swarm.kept(Alice.id()).len(), 1, "the unsend only");
    // A device that comes later finds nothing either.
    let tablet = world.restored_device(Alice).await;
    poll(&tablet).await;
    assert!(shown(&tablet, Alice).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_own_messages_between_two_and_notes_can_be_deleted_so() {
    let world = World::new();
    let (alice, own) = with_own_copy(&world).await;
    world.send(Bob, Alice, text("by Bob"), at(5));
    world.send(Alice, Alice, text("a note"), at(6));
    poll(&alice).await;
    let by_bob = found(&alice, Bob, "by Bob").await;
    let note = found(&alice, Alice, "a note").await;
    for (key, extent) in [
        (by_bob, Extent::Everyone),
        (note, Extent::Everyone),
        (by_bob, Extent::OwnDevices),
        (own, Extent::OwnDevices),
    ] {
        let refused = delete(&alice, key, extent).await;
        assert_eq!(refused, Err(ClientError::NotDeletable), "{extent:?}");
    }
    let both = deleting::begin(&alice.core, vec![own, by_bob], Extent::Everyone).await;
    assert_eq!(both, Err(ClientError::NotDeletable));
    assert_eq!(
        shown(&alice, Bob).await,
        [said("regretted"), said("by Bob")],
        "all or none"
    );
    delete(&alice, own, Extent::Everyone).await.unwrap();
    delete(&alice, own, Extent::Everyone).await.unwrap();
    assert_eq!(
        shown(&alice, Bob).await,
        [said("by Bob")],
        "what was deleted goes"
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_not_left_is_only_cancelled() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "never mind").await;
    let begun = deleting::begin(&alice.core, vec![key], Extent::Everyone).await;
    assert!(begun.unwrap().is_empty(), "no node is needed for it");
    assert!(alice.message(key).await.is_none());
    assert!(alice.outbox_rows().await.is_empty());
    world.swarm.set_link(LinkState::Connected);
    sent(&alice, Bob, "this one").await;
    assert_eq!(world.swarm.kept(Bob.id()).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_note_that_was_unsent_while_it_was_stored_goes_from_our_swarm() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    // The first note learns the time: that of the next one is known before it is sealed.
    sent(&alice, Alice, "first").await;
    world.swarm.close_gate();
    let before = world.swarm.attempts().len();
    let key = alice.write(Alice, "never mind").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() > before })
        .await;
    nous_client::send::delete(&alice.core, vec![key]).await.unwrap();
    world.swarm.open_gate();
    alice.until_outbox_is_empty().await;
    alice
        .until("deleted", || async {
            // The first note, and the request to erase the second.
            world.swarm.kept(Alice.id()).len() == 2
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn an_unsend_that_an_earlier_version_kept_is_read_after_the_update() {
    let world = World::new();
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("regretted"), at(0));
    poll(&bob).await;
    let content = content::encode(&Outgoing {
        sent: at(5),
        disappearing: Disappearing::default(),
        body: unsend(Alice, at(0)),
    });
    let parked = Parked {
        hash: "unsend".to_owned(),
        sender: Alice.id(),
        namespace: Namespace::MESSAGES,
        envelope: at(5),
        received: at(6),
        expires: at(1_000_000_000),
        reason: "later".to_owned(),
        content,
        message: None,
    };
    bob.core
        .db
        .write(move |writer| inbox::park(writer, &parked))
        .await
        .unwrap();
    look_at_parked(&bob.core, "the next version").await.unwrap();
    assert_eq!(shown(&bob, Alice).await, [gone()]);
    assert_eq!(bob.read(inbox::parked_count).await, 0);
}

#[tokio::test(start_paused = true)]
async fn unknown_contents_that_are_unsent_are_not_counted_any_more() {
    let world = World::new();
    let bob = world.device(Bob).await;
    for n in 0..2 {
        let parked = Parked {
            hash: format!("unknown {n}"),
            sender: Alice.id(),
            namespace: Namespace::MESSAGES,
            envelope: at(n),
            received: at(n),
            expires: at(1_000_000_000),
            reason: "unknown".to_owned(),
            content: vec![1, 2, 3],
            message: None,
        };
        bob.core
            .db
            .write(move |writer| inbox::park(writer, &parked))
            .await
            .unwrap();
    }
    world.send(Alice, Bob, unsend(Alice, at(1)), at(5));
    poll(&bob).await;
    let left = bob.read(inbox::parked).await;
    assert_eq!(
        left.iter().map(|parked| parked.envelope).collect::<Vec<_>>(),
        [at(0)]
    );
}
