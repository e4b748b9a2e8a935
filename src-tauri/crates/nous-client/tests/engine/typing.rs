//! Typing indicators.

use std::time::Duration;

use nous_client::receipts;
use nous_network::LinkState;
use nous_protocol::content::{Incoming, OutgoingBody};
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};
use crate::receipts::{arrived, friends};
use crate::receive::at;

/// The signs of typing that were stored for Bob.
fn signs(world: &World) -> Vec<bool> {
    let signs = arrived(world, Bob)
        .into_iter()
        .filter_map(|content| match content {
            Incoming::Typing { started } => Some(started),
            _ => None,
        });
    signs.collect()
}

async fn seconds(device: &Device, seconds: u64) {
    device
        .pass(Duration::from_secs(seconds), Duration::from_millis(250))
        .await;
}

fn is_shown(bob: &Device) -> bool {
    bob.core.typing.who() == [Alice.id()]
}

#[tokio::test(start_paused = true)]
async fn the_other_sees_it_while_keys_come_and_a_little_longer() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    alice.core.typing.typed(Bob.id(), true);
    bob.until("shown", || async { is_shown(&bob) }).await;
    assert_eq!(signs(&world), [true]);
    let mut events = bob.core.hub.subscribe();
    seconds(&alice, 30).await;
    assert_eq!(signs(&world), [true, false], "ten seconds without a key");
    assert!(!is_shown(&bob));
    let (_, dirty) = events.next().await.unwrap();
    assert!(dirty.typing);
    assert!(alice.outbox_rows().await.is_empty(), "never written down");
}

#[tokio::test(start_paused = true)]
async fn a_sign_that_nothing_renews_fades_after_fifteen_seconds() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    let mut events = bob.core.hub.subscribe();
    world.send(Alice, Bob, OutgoingBody::Typing { started: true }, bob.now());
    bob.until("shown", || async { is_shown(&bob) }).await;
    seconds(&bob, 14).await;
    assert!(is_shown(&bob));
    while !events.next().await.unwrap().1.typing {}
    seconds(&bob, 2).await;
    assert!(!is_shown(&bob));
    assert!(events.next().await.unwrap().1.typing, "the screen is told");
}

#[tokio::test(start_paused = true)]
async fn a_message_ends_the_sign_without_another() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    alice.core.typing.typed(Bob.id(), true);
    bob.until("shown", || async { is_shown(&bob) }).await;
    alice.write(Bob, "done").await;
    bob.until_texts(Alice, &["hello", "hi", "done"]).await;
    assert!(!is_shown(&bob));
}

#[tokio::test(start_paused = true)]
async fn an_emptied_field_takes_the_sign_back() {
    let world = World::new();
    let (alice, bob) = friends(&world).await;
    alice.core.typing.typed(Bob.id(), true);
    bob.until("shown", || async { is_shown(&bob) }).await;
    alice.core.typing.typed(Bob.id(), false);
    bob.until("gone", || async { !is_shown(&bob) }).await;
    assert_eq!(signs(&world), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn both_must_have_it_on() {
    for (from, to) in [(false, false), (false, true), (true, false), (true, true)] {
        let world = World::new();
        let (alice, bob) = friends(&world).await;
        alice.allow(false, from).await;
        bob.allow(false, to).await;
        alice.core.typing.typed(Bob.id(), true);
        seconds(&bob, 8).await;
        assert_eq!(!signs(&world).is_empty(), from, "told");
        assert_eq!(is_shown(&bob), from && to, "{from} {to}");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_before_both_have_accepted() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    alice.allow_all().await;
    alice.write(Bob, "a request").await;
    alice.until_outbox_is_empty().await;
    alice.core.typing.typed(Bob.id(), true);
    seconds(&alice, 30).await;
    assert!(signs(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_was_typed_offline_is_never_told() {
    let world = World::new();
    let (alice, _bob) = friends(&world).await;
    world.swarm.set_link(LinkState::Offline);
    alice.core.typing.typed(Bob.id(), true);
    seconds(&alice, 3).await;
    world.swarm.set_link(LinkState::Connected);
    seconds(&alice, 3).await;
    assert!(signs(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_old_sign_says_nothing() {
    let world = World::new();
    let (_alice, bob) = friends(&world).await;
    seconds(&bob, 30).await;
    world.send(Alice, Bob, OutgoingBody::Typing { started: true }, at(0));
    seconds(&bob, 8).await;
    assert!(!is_shown(&bob));
    receipts::read(&bob.core, Alice.id(), None).await.unwrap();
}
