//! Deleting messages that are on their way, and those that are old.

use std::time::Duration;

use nous_client::error::ClientError;
use nous_client::{send, space};
use nous_network::{LinkState, SwarmError};
use nous_protocol::account::ConversationId;
use nous_protocol::content::{self, Incoming};
use nous_protocol::envelope;
use nous_protocol::time::Timestamp;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, SendState};
use nous_storage::outbox;
use nous_testkit::Person::{Alice, Bob, Chloe};

use crate::device::{Device, World};
use crate::files::send_file;
use crate::setup::{files_of, friends};

async fn delete(device: &Device, key: MessageKey) {
    send::delete(&device.core, vec![key]).await.unwrap();
    assert!(device.message(key).await.is_none());
}

/// What Bob's swarm keeps, in order: a text, or the sent time that is taken back.
fn kept(world: &World) -> Vec<Result<String, Timestamp>> {
    let open = |data: &[u8]| {
        let opened = envelope::open(&Bob.keys(), data).unwrap();
        assert_eq!(opened.sender, Alice.id());
        let parsed = content::parse(&opened.content, opened.envelope_timestamp).unwrap();
        match parsed.content {
            Incoming::Message(message) => Ok(message.body),
            Incoming::Unsend(target) => {
                assert_eq!(target.author, Alice.id().to_string());
                Err(target.timestamp)
            }
            other => panic!("unexpected: {other:?}"),
        }
    };
    world
        .swarm
        .kept(Bob.id())
        .iter()
        .map(|kept| open(&kept.data))
        .collect()
}

async fn sent(device: &Device, text: &str) {
    let key = device.write(Bob, text).await;
    device.until_state(key, SendState::Sent).await;
    device.until_outbox_is_empty().await;
}

/// Waits until the first row has its bytes: only the way out is missing.
async fn until_sealed(device: &Device) {
    let is_sealed = || async { device.outbox_rows().await[0].sealed.is_some() };
    device.until("sealed", is_sealed).await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_is_cancelled() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "never mind").await;
    delete(&alice, key).await;
    assert!(alice.outbox_rows().await.is_empty());
    world.swarm.set_link(LinkState::Connected);
    sent(&alice, "this one").await;
    assert_eq!(kept(&world), [Ok("this one".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_waits_for_a_path_is_called_back() {
    let world = World::new();
    world.swarm.lose_paths();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "never mind").await;
    until_sealed(&alice).await;
    delete(&alice, key).await;
    assert!(alice.outbox_rows().await.is_empty());
    world.swarm.build_paths();
    sent(&alice, "this one").await;
    assert_eq!(kept(&world), [Ok("this one".to_owned())]);
}

/// The path comes at the moment of the deletion: the attempt does not hear of it while it
/// waits, and only the question before the first byte keeps it back.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_gets_its_path_when_it_is_called_back_does_not_leave() {
    let world = World::new();
    world.swarm.be_deaf();
    world.swarm.lose_paths();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "never mind").await;
    until_sealed(&alice).await;
    delete(&alice, key).await;
    world.swarm.build_paths();
    sent(&alice, "this one").await;
    assert_eq!(kept(&world), [Ok("this one".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_conversation_calls_back_what_waits_for_a_path() {
    let world = World::new();
    world.swarm.lose_paths();
    let alice = world.device(Alice).await.started();
    alice.write(Bob, "never mind").await;
    until_sealed(&alice).await;
    assert!(send::delete_conversation(&alice.core, Bob.id()).await.unwrap());
    assert!(alice.outbox_rows().await.is_empty());
    world.swarm.build_paths();
    sent(&alice, "this one").await;
    assert_eq!(kept(&world), [Ok("this one".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_whose_bytes_have_left_is_unsent_after_it() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "too late").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() == 1 })
        .await;
    let time = alice.message(key).await.unwrap().sent;
    delete(&alice, key).await;
    world.swarm.open_gate();
    alice.until_outbox_is_empty().await;
    assert_eq!(kept(&world), [Ok("too late".to_owned()), Err(time)]);
}

#[tokio::test(start_paused = true)]
async fn what_an_unanswered_attempt_may_have_stored_is_unsent() {
    let world = World::new();
    world.swarm.fail_stores([SwarmError::Timeout]);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "perhaps stored").await;
    alice
        .until("tried", || async {
            alice
                .outbox_rows()
                .await
                .first()
                .is_some_and(|row| row.may_be_stored)
        })
        .await;
    let time = alice.message(key).await.unwrap().sent;
    delete(&alice, key).await;
    alice.until_outbox_is_empty().await;
    assert_eq!(kept(&world), [Err(time)]);
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_may_have_stored_is_unsent() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "perhaps stored").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() == 1 })
        .await;
    let alice = alice.reopened().await;
    world.swarm.lose_paths();
    world.swarm.open_gate();
    let alice = alice.started();
    alice
        .until("recovered", || async {
            alice.outbox_rows().await[0].may_be_stored
        })
        .await;
    let time = alice.message(key).await.unwrap().sent;
    delete(&alice, key).await;
    world.swarm.build_paths();
    alice.until_outbox_is_empty().await;
    assert_eq!(kept(&world), [Err(time)]);
}

#[tokio::test(start_paused = true)]
async fn a_note_deleted_while_it_is_stored_does_not_come_back() {
    let world = World::new();
    world.swarm.close_gate();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Alice, "never mind").await;
    alice
        .until("departed", || async { world.swarm.attempts().len() == 1 })
        .await;
    delete(&alice, key).await;
    world.swarm.open_gate();
    alice.until_outbox_is_empty().await;
    nous_client::poll::poll_to_the_end(&alice.core, &alice.api())
        .await
        .unwrap();
    assert!(alice.texts(Alice).await.is_empty());
}

/// Waits until Alice's other device has what she wrote to Bob, and nobody was asked to delete it.
async fn until_on_the_phone(world: &World, alice: &Device, text: &str) {
    alice.until_outbox_is_empty().await;
    let phone = world.restored_device(Alice).await.started();
    phone.until_texts(Bob, &[text]).await;
    nous_client::poll::poll_to_the_end(&alice.core, &alice.api())
        .await
        .unwrap();
    assert!(alice.texts(Bob).await.iter().all(String::is_empty));
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_on_this_device_still_comes_to_the_others() {
    let world = World::new();
    world.swarm.refuse(Alice.id(), SwarmError::Timeout);
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "for the phone too").await;
    alice.until_state(key, SendState::NotSynced).await;
    send::delete(&alice.core, vec![key]).await.unwrap();
    // Its emptied row goes with a second deletion.
    delete(&alice, key).await;
    world.swarm.accept(Alice.id());
    until_on_the_phone(&world, &alice, "for the phone too").await;
    assert_eq!(kept(&world), [Ok("for the phone too".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_nobody_has_sealed_yet_says_all_although_its_message_is_deleted_here() {
    let world = World::new();
    let alice = world.device(Alice).await;
    let key = alice.write(Bob, "for the phone too").await;
    let now = alice.now();
    // As if the process had ended right behind the first copy.
    let stored = alice.core.db.write(move |writer| {
        messages::fix_sent(writer, key, now)?;
        outbox::fix_sent(writer, key, now)?;
        messages::mark_stored(writer, key, now, None)?;
        outbox::delivered(writer, key, now)
    });
    stored.await.unwrap();
    send::delete(&alice.core, vec![key]).await.unwrap();
    let rows = alice.outbox_rows().await;
    assert!(rows.len() == 1 && rows[0].body.is_empty() && rows[0].sealed.is_some());
    let alice = alice.started();
    until_on_the_phone(&world, &alice, "for the phone too").await;
    assert!(kept(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_deleted_stays_deleted_when_the_swarm_brings_it_again() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    sent(&alice, "hello").await;
    let bob = world.device(Bob).await;
    nous_client::poll::poll_to_the_end(&bob.core, &bob.api())
        .await
        .unwrap();
    let key = bob.timeline(Alice.id()).await[0].key;
    send::delete(&bob.core, vec![key]).await.unwrap();
    // Its emptied row goes with a second deletion; then nothing but the note is left.
    send::delete(&bob.core, vec![key]).await.unwrap();
    bob.core
        .db
        .write(|writer| nous_storage::seen_hashes::prune(writer, Timestamp::from_ms(i64::MAX)).map(drop))
        .await
        .unwrap();
    bob.forget_cursors().await;
    nous_client::poll::poll_to_the_end(&bob.core, &bob.api())
        .await
        .unwrap();
    assert!(bob.timeline(Alice.id()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn old_messages_go_from_this_device_with_their_files_and_what_waits_stays() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let file = send_file(&alice, Bob).await;
    alice.until_state(file, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    let all = u32::try_from(alice.timeline(Bob.id()).await.len()).unwrap();
    world.swarm.set_link(LinkState::Offline);
    alice.write(Bob, "waits").await;
    let (core, with_bob) = (&alice.core, ConversationId::from(Bob.id()));
    let soon = alice.now() + Duration::from_secs(60);
    let none = space::clear_old(core, with_bob, Timestamp::from_ms(0)).await;
    assert_eq!(none, Ok(0), "nothing is as old");
    assert_eq!(space::count_old(core, with_bob, soon).await, Ok(all));
    assert_eq!(space::clear_old(core, with_bob, soon).await, Ok(all));
    assert_eq!(alice.texts(Bob).await, ["waits"]);
    alice.until("no file", || async { files_of(&alice) == 0 }).await;
    world.swarm.set_link(LinkState::Connected);
    bob.until_texts(Alice, &["hello", "hello yourself", "", "waits"])
        .await;
    alice.until_outbox_is_empty().await;
    assert_eq!(alice.texts(Bob).await, ["waits"], "nothing comes back");
    let nobody = space::clear_old(core, Chloe.id().into(), soon).await;
    assert_eq!(nobody, Err(ClientError::NoConversation));
}
