//! The process is killed at every named step of sending and receiving, and started again.

use nous_api::rows::{MessageBody, MessageState};

use crate::child::{Child, End};
use crate::scene::Scene;

/// A step comes once for the contact's copy and once for the copy for own devices.
const TURNS: u64 = 2;
/// Steps of the message, not of a copy; of a batch, of which a poll brings one.
const ONCE: [&str; 9] = [
    "receive.announced",
    "receive.applied",
    "receive.committed",
    "receive.committing",
    "receive.fetched",
    "receive.opened",
    "send.submitted",
    "send.submitting",
    "send.timed",
];

/// Each step with each of its turns.
fn kills(steps: &'static [&'static str]) -> impl Iterator<Item = (&'static str, u64)> {
    steps.iter().flat_map(|step| {
        let turns = if ONCE.contains(step) { 1 } else { TURNS };
        (1..=turns).map(move |turn| (*step, turn))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_sending_a_message_arrives_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    let second = alice.second_device(&scene, "Alice's second").await;
    alice.send(&bob.id, "from the window").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let steps = child.finish("send.", &["send", &bob.id, "in peace"]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), SEND_STEPS);
    let mut expected = vec!["from the window".to_owned(), "in peace".to_owned()];
    for (step, turn) in kills(&SEND_STEPS) {
        let text = format!("killed at {step}, turn {turn}");
        let command = ["send", &bob.id, &text];
        let end = child.run(step, turn, &command).await;
        assert_eq!(end, End::Killed(step.to_owned()), "turn {turn}");
        child.finish("send.", &command).await;
        bob.until_text(&alice_id, &text).await;
        expected.push(text);
    }
    bob.poll().await;
    assert_eq!(bob.texts(&alice_id).await, expected, "each once, in order");
    second.until_text(&bob.id, expected.last().expect("a text")).await;
    assert_eq!(second.texts(&bob.id).await, expected, "on the other device too");
    let alice = alice.restart().await;
    let rows = alice.timeline(&bob.id).await;
    assert_eq!(
        rows.iter().map(crate::person::text_of).collect::<Vec<_>>(),
        expected
    );
    assert!(rows.iter().all(|row| row.state == Some(MessageState::Sent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_receiving_a_message_is_there_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let bob_id = bob.id.clone();
    bob.app.shutdown().await;
    let child = Child::of(&scene, "Bob");
    alice.send(&bob_id, "in peace").await;
    let steps = child.finish("receive.", &["receive"]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), RECEIVE_STEPS);
    let mut expected = vec!["in peace".to_owned()];
    for (step, turn) in kills(&RECEIVE_STEPS) {
        let text = format!("killed at {step}, turn {turn}");
        alice.send(&bob_id, &text).await;
        expected.push(text);
        let end = child.run(step, turn, &["receive"]).await;
        assert_eq!(end, End::Killed(step.to_owned()), "turn {turn}");
        child.finish("receive.", &["receive"]).await;
    }
    let bob = bob.restart().await;
    bob.poll().await;
    assert_eq!(bob.texts(&alice.id).await, expected, "each once, in order");
    let unread = bob.list().await.first().map(|row| row.unread_count);
    assert_eq!(unread, u32::try_from(expected.len()).ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_deleting_for_everyone_a_message_is_gone_everywhere_and_no_other() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    let second = alice.second_device(&scene, "Alice's second").await;
    let texts: Vec<String> = (0..=DELETE_STEPS.len())
        .map(|number| format!("regretted, {number}"))
        .collect();
    for text in texts.iter().map(String::as_str).chain(["meant"]) {
        alice.send(&bob.id, text).await;
    }
    for (person, with) in [(&bob, &alice_id), (&second, &bob.id)] {
        person.until_text(with, "meant").await;
    }
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let mut left = texts.iter();
    let first = left.next().expect("a text");
    let steps = child.finish("delete.", &["unsay", &bob.id, first]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), DELETE_STEPS);
    for (step, text) in DELETE_STEPS.into_iter().zip(left) {
        let end = child.run(step, 1, &["unsay", &bob.id, text]).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        // Nobody asks again.
        child.finish("delete.", &["unsaid", &bob.id, text]).await;
    }
    let alice = alice.restart().await;
    for (person, with) in [(&alice, &bob.id), (&bob, &alice_id), (&second, &bob.id)] {
        person
            .until("only one is left", async |person| {
                let rows = person.timeline(with).await;
                let gone = rows.iter().filter(|row| row.body == MessageBody::DeletedForAll);
                (gone.count() == texts.len()).then_some(())
            })
            .await;
        let rows = person.timeline(with).await;
        let is_text = |body: &MessageBody| matches!(body, MessageBody::Text { .. });
        let said = rows.iter().filter(|row| is_text(&row.body));
        assert_eq!(said.map(crate::person::text_of).collect::<Vec<_>>(), ["meant"]);
    }
}

/// Every step of deleting a message that our own swarm has.
const DELETE_STEPS: [&str; 3] = ["delete.done", "delete.noted", "delete.swarm"];

/// Every step of sending that a message without trouble goes through in a process that has
/// not heard the network's time yet.
const SEND_STEPS: [&str; 9] = [
    "send.begun",
    "send.committed",
    "send.committing",
    "send.sealed",
    "send.stored",
    "send.storing",
    "send.submitted",
    "send.submitting",
    "send.timed",
];

/// Every step of receiving that a message without trouble goes through.
const RECEIVE_STEPS: [&str; 6] = [
    "receive.announced",
    "receive.applied",
    "receive.committed",
    "receive.committing",
    "receive.fetched",
    "receive.opened",
];
