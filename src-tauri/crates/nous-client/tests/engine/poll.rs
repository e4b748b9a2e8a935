//! Polling.

use std::time::Duration;

use nous_client::poll::{poll_own, poll_to_the_end};
use nous_network::{LinkState, Tasks};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_storage::cursors::{self, Place};
use nous_testkit::Person::{Alice, Bob};
use tokio::time::Instant;

use crate::device::{Device, World};

async fn cursor(device: &Device, node: u8) -> Option<String> {
    let (account, now) = (SwarmAccount::from(device.person.id()), device.now());
    device
        .read(move |reader| {
            let place = Place {
                account: &account,
                node: &[node; 32],
                namespace: Namespace::MESSAGES,
            };
            cursors::last_hash(reader, place, now)
        })
        .await
}

async fn deliver(world: &World, texts: &[&str]) {
    let alice = world.device(Alice).await.started();
    for text in texts {
        alice.write(Bob, text).await;
    }
    alice.until_outbox_is_empty().await;
}

#[tokio::test(start_paused = true)]
async fn two_members_are_asked_and_merged_by_hash() {
    let world = World::new();
    world.swarm.leave_behind(1);
    world.swarm.leave_behind(2);
    deliver(&world, &["hello"]).await;
    let bob = world.device(Bob).await;
    let before = world.swarm.retrieves().len();
    let mut arrived = 0;
    for _ in 0..20 {
        arrived += poll_own(&bob.core, &bob.api()).await.unwrap().arrived;
    }
    assert_eq!(world.swarm.retrieves().len() - before, 40);
    assert_eq!(
        arrived, 1,
        "the one member that has it is asked sooner or later, and counts once"
    );
}

#[tokio::test(start_paused = true)]
async fn each_member_has_its_own_cursor_saved_with_the_commit() {
    let world = World::new();
    deliver(&world, &["one", "two"]).await;
    let bob = world.device(Bob).await;
    poll_own(&bob.core, &bob.api()).await.unwrap();
    let last = world.swarm.kept(Bob.id()).pop().unwrap().hash;
    let cursors = [
        cursor(&bob, 1).await,
        cursor(&bob, 2).await,
        cursor(&bob, 3).await,
    ];
    assert_eq!(
        cursors
            .iter()
            .filter(|cursor| cursor.as_deref() == Some(&last))
            .count(),
        2
    );
    assert_eq!(cursors.iter().filter(|cursor| cursor.is_none()).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn more_is_followed_to_the_end() {
    let world = World::new();
    deliver(&world, &["1", "2", "3", "4", "5", "6", "7"]).await;
    world.swarm.set_page(2);
    let bob = world.device(Bob).await;
    assert_eq!(poll_to_the_end(&bob.core, &bob.api()).await.unwrap(), 7);
    assert_eq!(bob.texts(Alice).await, ["1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test(start_paused = true)]
async fn the_pace_follows_the_window() {
    let world = World::new();
    let mut bob = world.device(Bob).await;
    bob.start().control().set_used(true);
    let polls = || world.swarm.retrieves().len() / 2;
    bob.pass(Duration::from_secs(60), Duration::from_millis(100))
        .await;
    assert!((11..=14).contains(&polls()), "used: {}", polls());
    let used = polls();
    bob.engine().control().set_used(false);
    bob.pass(Duration::from_secs(60), Duration::from_millis(100))
        .await;
    assert!(
        (3..=6).contains(&(polls() - used)),
        "in the background: {}",
        polls() - used
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_offline_and_the_network_back_polls_at_once() {
    let world = World::new();
    world.swarm.set_link(LinkState::Offline);
    let bob = world.device(Bob).await.started();
    bob.pass(Duration::from_secs(600), Duration::from_secs(1)).await;
    assert!(world.swarm.retrieves().is_empty());
    let back = Instant::now();
    world.swarm.set_link(LinkState::Connected);
    bob.until("a poll", || async { !world.swarm.retrieves().is_empty() })
        .await;
    assert!(back.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn after_sleep_a_poll_and_every_row_are_due() {
    let world = World::new();
    let bob = world.device(Bob).await.started();
    world.swarm.refuse(
        Alice.id(),
        nous_network::SwarmError::TooFast(Duration::from_secs(600)),
    );
    bob.write(Alice, "hello").await;
    bob.until("tried", || async {
        bob.outbox_rows().await.iter().any(|row| !row.error.is_empty())
    })
    .await;
    world.swarm.accept(Alice.id());
    world.clock.jump(Duration::from_secs(3_600));
    let woke = Instant::now();
    bob.until_outbox_is_empty().await;
    assert!(woke.elapsed() < Duration::from_secs(30), "{:?}", woke.elapsed());
}

#[tokio::test(start_paused = true)]
async fn failures_double_the_pause() {
    let world = World::new();
    world.swarm.fail_polls(1_000);
    let bob = world.device(Bob).await.started();
    bob.pass(Duration::from_secs(600), Duration::from_secs(1)).await;
    let polls = world.swarm.retrieves().len() / 2;
    assert!((9..=14).contains(&polls), "{polls}");
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_fails_moves_nothing() {
    let world = World::new();
    deliver(&world, &["hello"]).await;
    let bob = world.device(Bob).await;
    world.swarm.fail_polls(2);
    assert!(poll_own(&bob.core, &bob.api()).await.is_err());
    assert_eq!(cursor(&bob, 1).await, None);
    assert_eq!(poll_own(&bob.core, &bob.api()).await.unwrap().arrived, 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_path_forgets_the_failures_before_it() {
    let world = World::new();
    world.swarm.fail_polls(1_000);
    let bob = world.device(Bob).await.started();
    bob.pass(Duration::from_secs(300), Duration::from_secs(1)).await;
    world.swarm.set_link(LinkState::Building);
    bob.settle().await;
    let before = world.swarm.retrieves().len();
    world.swarm.set_link(LinkState::Connected);
    bob.pass(Duration::from_secs(40), Duration::from_secs(1)).await;
    let polls = (world.swarm.retrieves().len() - before) / 2;
    assert!(polls >= 2, "{polls}");
}

#[tokio::test(start_paused = true)]
async fn when_the_system_tells_of_a_wake_a_poll_is_made_at_once() {
    let world = World::new();
    let mut bob = world.device(Bob).await;
    bob.start();
    bob.until("the first poll", || async { !world.swarm.retrieves().is_empty() })
        .await;
    bob.settle().await;
    let before = world.swarm.retrieves().len();
    let now = Instant::now();
    bob.engine().control().woke();
    while world.swarm.retrieves().len() == before {
        bob.settle().await;
    }
    assert_eq!(Instant::now(), now, "without any time passing");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_slow_does_not_hold_what_the_other_brought() {
    let world = World::new();
    deliver(&world, &["quick"]).await;
    let bob = world.device(Bob).await;
    world.swarm.slow_polls(1);
    let (core, api) = (bob.core.clone(), bob.api());
    let tasks = Tasks::new();
    let poll = tasks.spawn("poll", async move { poll_own(&core, &api).await });
    bob.until_texts(Alice, &["quick"]).await;
    assert!(!poll.is_finished());
    world.swarm.quicken();
    let polled = poll.await.unwrap().unwrap().unwrap();
    assert_eq!(polled.arrived, 1);
}
