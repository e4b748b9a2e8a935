//! Reactions: to the other, to our other devices, and what comes in another order.

use nous_client::ClientError;
use nous_client::engine::look_at_parked;
use nous_client::reactions::{offered, react};
use nous_client::send;
use nous_network::{LinkState, SwarmError};
use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::content::{
    Disappearing, Extras, Incoming, Outgoing, OutgoingBody, Reaction, Target, encode,
};
use nous_protocol::time::Timestamp;
use nous_storage::inbox;
use nous_storage::messages::{Message, SendState};
use nous_testkit::Person::{self, Alice, Bob};

use crate::device::{Device, World};
use crate::receipts::{arrived, friends};
use crate::receive::{at, dropped, poll, text};

/// The message with this text.
async fn message(device: &Device, with: Person, body: &str) -> Message {
    let rows = device.timeline(with.id()).await;
    rows.into_iter().find(|row| row.body == body).unwrap()
}

/// The emoji under the message with this text, with how many people.
async fn shown(device: &Device, with: Person, body: &str) -> Vec<(String, u32)> {
    let reactions = message(device, with, body).await.reactions;
    reactions
        .into_iter()
        .map(|reacted| (reacted.emoji, reacted.count))
        .collect()
}

async fn until_shown(device: &Device, with: Person, body: &str, emoji: &[(&str, u32)]) {
    let expected: Vec<(String, u32)> = emoji
        .iter()
        .map(|(emoji, count)| ((*emoji).to_owned(), *count))
        .collect();
    device
        .until(&format!("{body}: {emoji:?}"), || async {
            shown(device, with, body).await == expected
        })
        .await;
}

/// A reaction to the message of this author and time, or its removal.
fn reaction(author: AccountId, sent: Timestamp, emoji: &str, remove: bool) -> OutgoingBody {
    let reaction = Reaction {
        target: Target {
            timestamp: sent,
            author: author.to_string(),
        },
        emoji: emoji.to_owned(),
        remove,
    };
    OutgoingBody::Reaction(reaction, Extras::default())
}

/// The reactions that were stored for somebody.
fn reactions_for(world: &World, to: Person) -> Vec<(Reaction, Extras)> {
    arrived(world, to)
        .into_iter()
        .filter_map(|content| match content {
            Incoming::Reaction(reaction, extras) => Some((reaction, extras)),
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_reaction_is_shown_at_once_then_to_the_other_and_on_our_other_devices() {
    let world = World::new();
    let (laptop, bob) = friends(&world).await;
    let phone = world.restored_device(Alice).await.started();
    phone.until_texts(Bob, &["hello", "hi"]).await;
    let hi = message(&laptop, Bob, "hi").await;
    react(&laptop.core, hi.key, "😂".into(), false).await.unwrap();
    assert_eq!(shown(&laptop, Bob, "hi").await, [("😂".to_owned(), 1)]);
    until_shown(&bob, Alice, "hi", &[("😂", 1)]).await;
    until_shown(&phone, Bob, "hi", &[("😂", 1)]).await;
    assert!(message(&phone, Bob, "hi").await.reactions[0].is_own);
    assert_eq!(bob.texts(Alice).await, ["hello", "hi"], "no message of its own");
    let for_bob = reactions_for(&world, Bob);
    let profile = for_bob[0].1.profile.as_ref().unwrap();
    assert_eq!((for_bob.len(), profile.name.as_deref()), (1, Some(Alice.name())));
    let for_us = reactions_for(&world, Alice);
    assert!(for_us[0].1.sync_target == Some(Bob.id()) && for_us[0].1.profile.is_none());
    react(
        &phone.core,
        message(&phone, Bob, "hi").await.key,
        "😂".into(),
        true,
    )
    .await
    .unwrap();
    until_shown(&bob, Alice, "hi", &[]).await;
    until_shown(&laptop, Bob, "hi", &[]).await;
}

#[tokio::test(start_paused = true)]
async fn both_may_use_the_same_emoji_and_unread_counts_stay() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    react(
        &alice.core,
        message(&alice, Bob, "hi").await.key,
        "❤️".into(),
        false,
    )
    .await
    .unwrap();
    until_shown(&bob, Alice, "hi", &[("❤️", 1)]).await;
    let row = crate::receive::row(&bob, Alice).await.unwrap();
    assert_eq!(row.unread_count, 1, "the message, which nobody has read");
    react(
        &bob.core,
        message(&bob, Alice, "hi").await.key,
        "❤️".into(),
        false,
    )
    .await
    .unwrap();
    until_shown(&alice, Bob, "hi", &[("❤️", 2)]).await;
}

#[tokio::test(start_paused = true)]
async fn a_reaction_to_a_message_that_is_not_here_waits_for_it() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let sent = bob.now();
    let after = Timestamp::from_ms(sent.as_ms() + 1);
    world.send(Alice, Bob, reaction(Alice.id(), sent, "😮", false), after);
    world.send(Alice, Bob, text("later"), sent);
    bob.until_texts(Alice, &["hello", "hi", "later"]).await;
    assert_eq!(shown(&bob, Alice, "later").await, [("😮".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn the_same_twice_and_taking_back_what_is_not_there_change_nothing() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let hi = message(&bob, Alice, "hi").await;
    let now = bob.now().as_ms();
    let later = |ms| Timestamp::from_ms(now + ms);
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😢", true), later(1));
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😂", false), later(2));
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😂", false), later(3));
    world.send(Alice, Bob, text("and now"), later(4));
    bob.until_texts(Alice, &["hello", "hi", "and now"]).await;
    assert_eq!(shown(&bob, Alice, "hi").await, [("😂".to_owned(), 1)]);
    // What was taken back does not return with a word that comes late.
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😂", true), later(9));
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😂", false), later(8));
    world.send(Alice, Bob, text("the end"), later(10));
    bob.until_texts(Alice, &["hello", "hi", "and now", "the end"])
        .await;
    assert!(shown(&bob, Alice, "hi").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_reaction_to_a_deleted_message_or_of_a_stranger_is_dropped() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let hi = message(&bob, Alice, "hi").await;
    send::delete(&bob.core, vec![hi.key]).await.unwrap();
    let now = bob.now();
    world.send(Alice, Bob, reaction(Bob.id(), hi.sent, "😂", false), now);
    world.send(Person::Chloe, Bob, reaction(Bob.id(), hi.sent, "😂", false), now);
    for word in ["reactionOfStranger", "reactionToDeleted"] {
        bob.until(word, || async {
            let counts = dropped(&bob).await;
            counts.iter().any(|(counted, _)| counted == word)
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_reacts_before_both_have_accepted_nor_to_what_others_do_not_have() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let asked = alice.write(Bob, "may I?").await;
    alice.until_state(asked, SendState::Sent).await;
    let refused = react(&alice.core, asked, "😂".into(), false).await;
    assert_eq!(refused, Err(ClientError::NotAccepted));
    world.swarm.refuse(Alice.id(), SwarmError::Refused(400));
    let failed = alice.write(Alice, "note").await;
    alice.until_state(failed, SendState::Failed).await;
    let refused = react(&alice.core, failed, "😂".into(), false).await;
    assert_eq!(refused, Err(ClientError::NoMessage));
    let refused = react(&alice.core, asked, "hello".into(), false).await;
    assert_eq!(refused, Err(ClientError::NotAnEmoji));
    assert!(message(&alice, Bob, "may I?").await.reactions.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_back_before_it_leaves_is_never_sent() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let hi = message(&alice, Bob, "hi").await;
    world.swarm.set_link(LinkState::Offline);
    react(&alice.core, hi.key, "😡".into(), false).await.unwrap();
    react(&alice.core, hi.key, "😡".into(), true).await.unwrap();
    assert!(shown(&alice, Bob, "hi").await.is_empty());
    assert!(alice.outbox_rows().await.is_empty());
    world.swarm.set_link(LinkState::Connected);
    alice.write(Bob, "never mind").await;
    bob.until_texts(Alice, &["hello", "hi", "never mind"]).await;
    assert!(reactions_for(&world, Bob).is_empty());
}

#[tokio::test(start_paused = true)]
async fn twenty_a_minute_are_sent_and_the_next_one_has_to_wait() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let hi = message(&alice, Bob, "hi").await;
    world.swarm.set_link(LinkState::Offline);
    let emoji = |n: u32| char::from_u32(0x1f600 + n).unwrap().to_string();
    for n in 0..20 {
        react(&alice.core, hi.key, emoji(n), false).await.unwrap();
    }
    let refused = react(&alice.core, hi.key, emoji(20), false).await;
    assert!(
        matches!(refused, Err(ClientError::TooManyReactions(_))),
        "{refused:?}"
    );
    assert_eq!(shown(&alice, Bob, "hi").await.len(), 20);
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    react(&alice.core, hi.key, emoji(20), false).await.unwrap();
    assert_eq!(shown(&alice, Bob, "hi").await.len(), 21);
}

#[tokio::test(start_paused = true)]
async fn a_reaction_that_the_network_refuses_is_shown_no_more() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    let hi = message(&alice, Bob, "hi").await;
    world.swarm.refuse(Bob.id(), SwarmError::Refused(400));
    react(&alice.core, hi.key, "😂".into(), false).await.unwrap();
    until_shown(&alice, Bob, "hi", &[]).await;
    alice.until_outbox_is_empty().await;
    assert!(reactions_for(&world, Alice).is_empty(), "nor on other devices");
}

#[tokio::test(start_paused = true)]
async fn a_reaction_to_a_note_reaches_our_other_devices() {
    let world = World::new();
    let laptop = world.device(Alice).await.started();
    let phone = world.restored_device(Alice).await.started();
    let note = laptop.write(Alice, "milk").await;
    laptop.until_state(note, SendState::Sent).await;
    phone.until_texts(Alice, &["milk"]).await;
    react(&laptop.core, note, "👍".into(), false).await.unwrap();
    until_shown(&phone, Alice, "milk", &[("👍", 1)]).await;
    assert!(reactions_for(&world, Alice)[0].1.sync_target.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_reaction_gets_its_time_when_a_node_has_told_it() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    let phone = world.restored_device(Alice).await.started();
    phone.until_texts(Bob, &["hello", "hi"]).await;
    let clock = world.clock.network_clock(Some(0));
    let alice = alice.reopened_with_clock(clock).await;
    let hi = message(&alice, Bob, "hi").await;
    react(&alice.core, hi.key, "😂".into(), false).await.unwrap();
    assert!(alice.outbox_rows().await.iter().all(|row| row.sent.is_none()));
    let alice = alice.started();
    until_shown(&bob, Alice, "hi", &[("😂", 1)]).await;
    until_shown(&phone, Bob, "hi", &[("😂", 1)]).await;
    alice.until_outbox_is_empty().await;
    react(&alice.core, hi.key, "😂".into(), true).await.unwrap();
    until_shown(&bob, Alice, "hi", &[]).await;
    until_shown(&phone, Bob, "hi", &[]).await;
}

#[tokio::test(start_paused = true)]
async fn reactions_that_an_earlier_version_kept_are_read_after_the_update() {
    let world = World::new();
    let bob = world.device(Bob).await;
    bob.write(Alice, "hello").await;
    world.send(Alice, Bob, text("hi"), at(0));
    poll(&bob).await;
    let sent = at(9);
    let parked = inbox::Parked {
        hash: "h".repeat(43),
        sender: Alice.id(),
        namespace: Namespace::MESSAGES,
        envelope: sent,
        received: sent,
        expires: sent + std::time::Duration::from_secs(86_400),
        reason: "later".into(),
        content: encode(&Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body: reaction(Alice.id(), at(0), "🥰", false),
        }),
        message: None,
    };
    bob.core
        .db
        .write(move |writer| inbox::park(writer, &parked))
        .await
        .unwrap();
    look_at_parked(&bob.core, "9.0.0").await.unwrap();
    assert_eq!(shown(&bob, Alice, "hi").await, [("🥰".to_owned(), 1)]);
    assert_eq!(bob.read(inbox::parked_count).await, 0);
}

#[tokio::test(start_paused = true)]
async fn six_emoji_are_offered_those_used_last_first() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    assert_eq!(alice.read(offered).await, ["😂", "🥰", "😢", "😡", "😮", "😈"]);
    let hi = message(&alice, Bob, "hi").await;
    for emoji in ["👍", "😡"] {
        react(&alice.core, hi.key, emoji.into(), false).await.unwrap();
    }
    assert_eq!(alice.read(offered).await, ["😡", "👍", "😂", "🥰", "😢", "😮"]);
}
