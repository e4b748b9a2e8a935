//! The time of what was written while the time was in doubt: as many nodes are asked as it takes.

use nous_client::send::worker::OutboxWorker;
use nous_network::Tasks;
use nous_protocol::account::SwarmAccount;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::StorageRequest;
use nous_storage::messages::SendState;
use nous_testkit::Asked;
use nous_testkit::Person::{Alice, Bob};

use crate::device::{Device, World};

const TWENTY_MINUTES_MS: i64 = 20 * 60_000;
const HOUR_MS: i64 = 60 * 60_000;

/// How far ahead each member's clock is.
fn set_clocks(world: &World, ahead_ms: [i64; 3]) {
    for (member, ahead_ms) in (1..).zip(ahead_ms) {
        world.swarm.set_ahead(member, ahead_ms);
    }
}

/// Sends what waits, and does nothing else: nobody learns the time beside that.
fn send(device: &Device) {
    let worker = OutboxWorker::new(device.core.clone(), device.api(), device.swarm.connectivity());
    drop(Tasks::new().spawn("outbox", worker.run()));
}

/// How often members of Bob's swarm were asked for the time.
fn asked(world: &World) -> usize {
    let for_the_time = Asked {
        account: SwarmAccount::from(Bob.id()),
        request: Some(StorageRequest::Info),
    };
    let asked = world.swarm.asked();
    asked.iter().filter(|asked| **asked == for_the_time).count()
}

/// Writes to Bob, now as the device knows it, and sends it. By how much the sent time differs from that.
async fn sent_after_ms(alice: &Device) -> i64 {
    let written = alice.now();
    let key = alice.write(Bob, "hello").await;
    let waits = alice.outbox_rows().await;
    assert!(waits.iter().all(|row| row.sent.is_none()), "no time is known");
    send(alice);
    alice.until_state(key, SendState::Sent).await;
    let sent: Timestamp = alice.message(key).await.unwrap().sent;
    sent.as_ms() - written.as_ms()
}

#[tokio::test(start_paused = true)]
async fn a_member_that_contradicts_alone_does_not_date_a_message() {
    let world = World::new();
    let alice = world.device(Alice).await;
    set_clocks(&world, [-HOUR_MS, TWENTY_MINUTES_MS, TWENTY_MINUTES_MS]);
    // A node refused our time.
    alice.core.clock.doubt();
    assert_eq!(
        sent_after_ms(&alice).await,
        TWENTY_MINUTES_MS,
        "what two agree on"
    );
    assert_eq!(asked(&world), 3);
}

#[tokio::test(start_paused = true)]
async fn as_soon_as_two_members_agree_no_more_are_asked() {
    let world = World::new();
    let alice = world.device(Alice).await;
    set_clocks(&world, [TWENTY_MINUTES_MS, TWENTY_MINUTES_MS, HOUR_MS]);
    alice.core.clock.doubt();
    assert_eq!(sent_after_ms(&alice).await, TWENTY_MINUTES_MS);
    assert_eq!(asked(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn what_no_two_members_agree_on_stays_as_it_was() {
    let world = World::new();
    let alice = world.device(Alice).await;
    set_clocks(&world, [HOUR_MS, TWENTY_MINUTES_MS, -TWENTY_MINUTES_MS]);
    alice.core.clock.doubt();
    assert_eq!(sent_after_ms(&alice).await, 0);
    assert_eq!(asked(&world), 3);
    assert!(!alice.core.clock.is_known());
}

#[tokio::test(start_paused = true)]
async fn after_a_member_that_does_not_answer_the_next_one_is_asked() {
    // In doubt two have to agree; else the first that answers counts.
    for (is_doubted, count) in [(false, 2), (true, 3)] {
        let world = World::new();
        let alice = world.device(Alice).await;
        set_clocks(&world, [-HOUR_MS, TWENTY_MINUTES_MS, TWENTY_MINUTES_MS]);
        world.swarm.silence(1);
        if is_doubted {
            alice.core.clock.doubt();
        }
        assert_eq!(sent_after_ms(&alice).await, TWENTY_MINUTES_MS);
        assert_eq!(asked(&world), count);
    }
}

#[tokio::test(start_paused = true)]
async fn without_any_answer_a_message_has_no_time_yet_and_waits() {
    let world = World::new();
    let alice = world.device(Alice).await;
    set_clocks(&world, [TWENTY_MINUTES_MS; 3]);
    (1..=3).for_each(|member| world.swarm.silence(member));
    let written = alice.now();
    let key = alice.write(Bob, "hello").await;
    send(&alice);
    alice
        .until("tried", || async {
            let rows = alice.outbox_rows().await;
            rows.iter().any(|row| !row.error.is_empty())
        })
        .await;
    assert_eq!(asked(&world), 3, "each of them");
    assert!(world.swarm.attempts().is_empty());
    assert!(alice.outbox_rows().await.iter().all(|row| row.sent.is_none()));
    world.swarm.let_speak(2);
    alice.until_state(key, SendState::Sent).await;
    let sent = alice.message(key).await.unwrap().sent;
    assert_eq!(
        sent.as_ms() - written.as_ms(),
        TWENTY_MINUTES_MS,
        "when it was written"
    );
}
