//! The process is killed at every named step of sending and receiving, and started again.

use std::collections::BTreeSet;

use nous_api::deleting;
use nous_api::rows::{MessageBody, MessageState};
use nous_protocol::account::Namespace;

use crate::child::{Child, End};
use crate::scene::{Scene, swarm_account};

/// A step comes once for the contact's copy and once for the copy for own devices.
const TURNS: u64 = 2;
/// Steps of the message, not of a copy; of a batch, of which a poll brings one.
const ONCE: [&str; 10] = [
    "receive.announced",
    "receive.applied",
    "receive.committed",
    "receive.committing",
    "receive.fetched",
    "receive.opened",
    "send.submitted",
    "send.submitting",
    "send.timed",
    "send.writing",
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

/// What any node keeps in somebody's box of messages.
fn stored(scene: &Scene, id: &str) -> BTreeSet<String> {
    let all = scene.control().stored(&swarm_account(id)).into_iter();
    all.filter(|message| message.namespace == Namespace::MESSAGES)
        .map(|message| message.hash)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_their_own_swarm_forgets_what_was_unsent_it_is_gone_there_too() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let before = stored(&scene, &bob.id);
    let id = alice.send(&bob.id, "regretted").await;
    bob.until_text(&alice.id, "regretted").await;
    bob.app.shutdown().await;
    let regretted = &stored(&scene, &bob.id) - &before;
    assert_eq!(regretted.len(), 1);
    deleting::delete_for_everyone(&alice.app, vec![id])
        .await
        .expect("asked");
    alice
        .until("the request is stored", async |_| {
            let asked = &stored(&scene, &bob.id) - &before;
            (asked.len() > 1).then_some(())
        })
        .await;
    Child::of(&scene, "Bob").die("delete.forgotten", &["stay"]).await;
    assert!(stored(&scene, &bob.id).is_disjoint(&regretted));
    let bob = bob.restart().await;
    let gone = bob.timeline(&alice.id).await;
    let gone = gone.iter().filter(|row| row.body == MessageBody::DeletedForAll);
    assert_eq!(gone.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_deleting_a_note_it_is_gone_on_all_devices_and_no_other() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let own = alice.id.clone();
    let second = alice.second_device(&scene, "Alice's second").await;
    let texts: Vec<String> = (0..=DELETE_STEPS.len())
        .map(|number| format!("regretted, {number}"))
        .collect();
    for text in texts.iter().map(String::as_str).chain(["meant"]) {
        alice.send(&own, text).await;
    }
    second.until_text(&own, "meant").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let mut left = texts.iter();
    let first = left.next().expect("a text");
    let steps = child.finish("delete.", &["unnote", &own, first]).await;
    assert_eq!(steps.into_iter().collect::<Vec<_>>(), DELETE_STEPS);
    for (step, text) in DELETE_STEPS.into_iter().zip(left) {
        child.die(step, &["unnote", &own, text]).await;
        // Nobody asks again.
        child.finish("delete.", &["unsaid", &own, text]).await;
    }
    let alice = alice.restart().await;
    for device in [&alice, &second] {
        device
            .until("only one is left", async |device| {
                (device.texts(&own).await == ["meant"]).then_some(())
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_a_reaction_was_written_down_it_is_there_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let alice_id = alice.id.clone();
    alice.send(&bob.id, "may I").await;
    bob.until_text(&alice_id, "may I").await;
    bob.send(&alice_id, "yes").await;
    alice.until_text(&bob.id, "yes").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let react = ["react", &bob.id, "yes", "👍"];
    child.die("reactions.written", &react).await;
    // What is so already is not done again.
    let steps = child.finish("reactions.", &react).await;
    assert!(steps.is_empty(), "{steps:?}");
    let alice = alice.restart().await;
    for (person, with) in [(&alice, &bob.id), (&bob, &alice_id)] {
        person
            .until("one reaction", async |person| {
                let rows = person.timeline(with).await;
                let row = rows.iter().find(|row| crate::person::text_of(row) == "yes")?;
                let reactions: Vec<(&str, u32)> = row
                    .reactions
                    .iter()
                    .map(|reaction| (reaction.emoji.as_str(), reaction.count))
                    .collect();
                (reactions == [("👍", 1)]).then_some(())
            })
            .await;
    }
}

/// Every step of deleting a message that our own swarm has.
const DELETE_STEPS: [&str; 3] = ["delete.done", "delete.noted", "delete.swarm"];

/// Every step of sending that a message without trouble goes through in a process that has
/// not heard the network's time yet.
const SEND_STEPS: [&str; 10] = [
    "send.begun",
    "send.committed",
    "send.committing",
    "send.sealed",
    "send.stored",
    "send.storing",
    "send.submitted",
    "send.submitting",
    "send.timed",
    "send.writing",
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
