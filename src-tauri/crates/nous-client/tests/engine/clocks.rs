//! A clock that is wrong takes nothing away, and does not keep what should go.

use std::time::Duration;

use nous_client::deleting::{self, worker};
use nous_client::engine::look_at_parked;
use nous_client::{send, upkeep};
use nous_network::LinkState;
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::content::{OutgoingBody, Target};
use nous_protocol::time::Timestamp;
use nous_storage::cursors::{self, Place};
use nous_storage::deletions::{self, Extent};
use nous_storage::erased::{self, Erased};
use nous_storage::error::StorageError;
use nous_storage::messages::{MessageKind, SendState};
use nous_storage::{inbox, search, seen_hashes};
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};
use crate::receive::{UNKNOWN, at, poll, sealed_content, text};

const LIFE: Duration = Duration::from_secs(14 * 86_400);
const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);
const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;

fn unsend(sent: Timestamp) -> OutgoingBody {
    OutgoingBody::Unsend(Target {
        timestamp: sent,
        author: Alice.id().to_string(),
    })
}

/// Bob's device, with one of each that is kept for a time only.
async fn with_all(world: &World) -> Device {
    let bob = world.device(Bob).await;
    world.send(Alice, Bob, text("deleted here"), at(0));
    let later = sealed_content(Alice, Bob.id(), UNKNOWN, at(1));
    world.swarm.put(Bob.id(), later, LIFE);
    // Before what it is about.
    world.send(Alice, Bob, unsend(at(5)), at(6));
    poll(&bob).await;
    let key = bob.timeline(Alice.id()).await[0].key;
    send::delete(&bob.core, vec![key]).await.unwrap();
    bob
}

/// What is there of that, by name.
async fn kept(world: &World, bob: &Device) -> Vec<&'static str> {
    let hash = world.swarm.kept(Bob.id())[0].hash.clone();
    let own = SwarmAccount::from(Bob.id());
    let read = bob.read(move |reader| {
        let is_followed = |node: u8| -> Result<bool, StorageError> {
            let place = Place {
                account: &own,
                node: &[node; 32],
                namespace: Namespace::MESSAGES,
            };
            Ok(cursors::last_hash(reader, place, at(0))?.is_some())
        };
        let followed: Result<Vec<bool>, StorageError> = (1..=3).map(is_followed).collect();
        let deleted = Erased {
            conversation: Alice.id().to_bytes().to_vec(),
            author: Alice.id().into(),
            sent: at(0),
        };
        let seen = seen_hashes::seen_among(reader, &own, Namespace::MESSAGES, &[hash])?;
        Ok([
            (inbox::parked_count(reader)? == 1, "parked"),
            (deletions::is_unsent(reader, &Alice.id(), at(5))?, "unsent"),
            (erased::contains(reader, &deleted)?, "erased"),
            (!seen.is_empty(), "seen"),
            (followed?.contains(&true), "cursors"),
        ])
    });
    let found = read.await.into_iter().filter(|(is_there, _)| *is_there);
    found.map(|(_, name)| name).collect()
}

const ALL: [&str; 5] = ["parked", "unsent", "erased", "seen", "cursors"];

#[tokio::test(start_paused = true)]
async fn a_start_under_a_clock_ten_years_ahead_forgets_nothing() {
    let world = World::new();
    let bob = with_all(&world).await;
    assert_eq!(kept(&world, &bob).await, ALL);
    let ahead = world.clock.skewed_network_clock(TEN_YEARS_MS);
    let bob = bob.reopened_with_clock(ahead).await;
    assert_eq!(upkeep::forget_old(&bob.core).await.unwrap(), None);
    look_at_parked(&bob.core, "the next version").await.unwrap();
    assert_eq!(kept(&world, &bob).await, ALL);
    poll(&bob).await;
    let sure = upkeep::forget_old(&bob.core).await.unwrap();
    assert_eq!(sure, Some(world.clock.now()), "nodes told the time");
    assert_eq!(kept(&world, &bob).await, ALL);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_forward_while_the_app_runs_forgets_nothing_before_nodes_agree() {
    let world = World::new();
    let bob = with_all(&world).await;
    assert!(bob.core.clock.sure_now().is_some());
    world.clock.jump(TEN_YEARS);
    assert_eq!(upkeep::forget_old(&bob.core).await.unwrap(), None);
    assert_eq!(kept(&world, &bob).await, ALL);
    // Ten years have really passed.
    poll(&bob).await;
    assert!(upkeep::forget_old(&bob.core).await.unwrap().is_some());
    assert!(kept(&world, &bob).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_clock_ten_years_ahead_gives_no_deletion_up() {
    let world = World::new();
    let alice = world.device(Alice).await.started();
    let key = alice.write(Bob, "regretted").await;
    alice.until_state(key, SendState::Sent).await;
    alice.until_outbox_is_empty().await;
    let begun = deleting::begin(&alice.core, vec![key], Extent::Everyone).await;
    assert!(!begun.unwrap().is_empty());
    let ahead = world.clock.skewed_network_clock(TEN_YEARS_MS);
    let alice = alice.reopened_with_clock(ahead).await;
    worker::once(&alice.core, &alice.api()).await.unwrap();
    let kind = alice.message(key).await.map(|row| row.kind);
    assert_eq!(kind, Some(MessageKind::DeletedForAll));
}

#[tokio::test(start_paused = true)]
async fn traces_go_though_the_clock_was_ten_years_ahead_when_they_last_did() {
    let world = World::new();
    let bob = world.device(Bob).await;
    for (n, body) in [(0, "deleted here"), (1, "unsent later")] {
        world.send(Alice, Bob, text(body), at(n));
    }
    poll(&bob).await;
    let key = bob.timeline(Alice.id()).await[0].key;
    send::delete(&bob.core, vec![key]).await.unwrap();
    assert!(bob.read(search::has_traces).await);
    world.swarm.set_link(LinkState::Offline);
    let ahead = world.clock.skewed_network_clock(TEN_YEARS_MS);
    let bob = bob.reopened_with_clock(ahead).await.started();
    bob.until("no traces", || async { !bob.read(search::has_traces).await })
        .await;
    assert!(!bob.core.clock.is_known());
    world.send(Alice, Bob, unsend(at(1)), at(9));
    world.swarm.set_link(LinkState::Connected);
    bob.until("unsent", || async {
        let rows = bob.timeline(Alice.id()).await;
        rows.iter().any(|row| row.kind == MessageKind::DeletedForAll)
    })
    .await;
    assert!(bob.core.clock.is_known());
    bob.pass(Duration::from_secs(61), Duration::from_secs(1)).await;
    bob.until("no traces either", || async {
        !bob.read(search::has_traces).await
    })
    .await;
}
