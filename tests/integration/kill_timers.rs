//! The process is killed at every named step of messages that disappear, and started again.

use std::time::Duration;

use nous_api::ids::TimestampMs;
use nous_api::rows::{MessageBody, MessageRow, Timer, TimerKind};
use nous_api::timers;

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::Scene;

const HOUR_MS: i64 = 3_600_000;
const HALF_A_DAY: Timer = Timer {
    kind: TimerKind::AfterSend,
    seconds: 43_200,
};
/// A child that is not killed by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

/// Alice and Bob have written to each other.
async fn friends() -> (Scene, Person, Person) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.until_text(&alice.id, "hello").await;
    bob.send(&alice.id, "hello yourself").await;
    alice.until_text(&bob.id, "hello yourself").await;
    (scene, alice, bob)
}

async fn killed_at(child: &Child, step: &str, command: &[&str]) {
    let end = tokio::time::timeout(PATIENCE, child.run(step, 1, command)).await;
    assert_eq!(end, Ok(End::Killed(step.to_owned())));
}

/// The lines that say how long messages stay.
async fn lines(person: &Person, with: &str) -> Vec<MessageRow> {
    let rows = person.timeline(with).await.into_iter();
    rows.filter(|row| matches!(row.body, MessageBody::TimerChanged { .. }))
        .collect()
}

fn end_of(row: &MessageRow) -> Option<TimestampMs> {
    row.disappears.and_then(|disappears| disappears.ends_at)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_timer_is_set_it_is_set_everywhere() {
    let (scene, alice, bob) = friends().await;
    let alice_id = alice.id.clone();
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let seconds = HALF_A_DAY.seconds.to_string();
    let set = ["timer", &bob.id, &seconds];
    killed_at(&child, "timer.set", &set).await;
    // Nothing is set twice: what was written down goes out.
    child.finish("timer.", &set).await;
    let alice = alice.restart().await;
    for (person, with) in [(&bob, &alice_id), (&alice, &bob.id), (&second, &bob.id)] {
        let row = person
            .until("told", async |person| lines(person, with).await.pop())
            .await;
        assert!(matches!(row.body, MessageBody::TimerChanged { timer, .. } if timer == HALF_A_DAY));
        assert_eq!(lines(person, with).await.len(), 1, "once");
    }
    for device in [&alice, &second] {
        device
            .until("it is set", async |device| {
                let rows = device.list().await;
                rows.iter().any(|row| row.timer == HALF_A_DAY).then_some(())
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_an_expiry_the_message_is_gone() {
    let (scene, alice, bob) = friends().await;
    let with = alice.conversation(&bob.id).await;
    timers::set_timer(&alice.app, with, HALF_A_DAY)
        .await
        .expect("set");
    alice.send(&bob.id, "soon gone").await;
    bob.until_text(&alice.id, "soon gone").await;
    bob.app.shutdown().await;
    scene.control().advance_ms(13 * HOUR_MS);
    let child = Child::of(&scene, "Bob");
    // Killed inside the transaction, it comes again.
    for step in ["expiry.erasing", "expiry.erasing", "expiry.erased"] {
        killed_at(&child, step, &["stay"]).await;
    }
    let bob = bob.restart().await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, ["hello", "hello yourself"]);
    alice
        .until("gone with its author too", async |alice| {
            let texts = alice.texts(&bob.id).await;
            (texts == ["hello", "hello yourself"]).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_swarm_is_told_when_a_message_ends_all_devices_agree() {
    let (scene, alice, bob) = friends().await;
    let alice_id = alice.id.clone();
    let second = alice.second_device(&scene, "Alice's second").await;
    let timer = Timer {
        kind: TimerKind::AfterRead,
        ..HALF_A_DAY
    };
    let with = bob.conversation(&alice_id).await;
    timers::set_timer(&bob.app, with, timer).await.expect("set");
    bob.send(&alice_id, "read me").await;
    for device in [&alice, &second] {
        let row = device.until_text(&bob.id, "read me").await;
        assert!(row.disappears.is_some() && end_of(&row).is_none(), "unread");
    }
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    // Its answer was not written down: it is told again.
    for _ in 0..2 {
        killed_at(&child, "life.told", &["read", &bob.id]).await;
    }
    let alice = alice.restart().await;
    let row = alice.until_text(&bob.id, "read me").await;
    let ends = end_of(&row).expect("it was read");
    let texts = |row: &MessageRow| crate::person::text_of(row) == "read me";
    second
        .until("the same end", async |second| {
            let rows = second.timeline(&bob.id).await;
            let end = rows.iter().find(|row| texts(row)).and_then(end_of);
            end.is_some_and(|end| end.0.abs_diff(ends.0) < 1_000)
                .then_some(())
        })
        .await;
}
