//! What was said is deleted for everyone: by who said it, and by an admin.

use nous_api::ids::ConversationId;
use nous_api::rows::MessageBody;

use super::{Cast, Killed, OF_EVERY_PUSH, create, until_joined};
use crate::person::{Person, text_of};

/// Enough for each step.
const TEXTS: usize = 24;

/// What is said in order to be deleted: no two are the same.
fn texts() -> Vec<String> {
    (0..TEXTS).map(|number| format!("regretted, {number}")).collect()
}

/// Waits until one message is not there any more.
async fn until_gone(person: &Person, id: &ConversationId, text: &str) {
    person
        .until(&format!("{text:?} is gone"), async |person| {
            let rows = person.timeline(&id.0).await;
            rows.iter().all(|row| text_of(row) != text).then_some(())
        })
        .await;
}

/// Of what was to be deleted the first ones are gone, a line for each, and the rest is there.
async fn assert_gone(person: &Person, id: &ConversationId, texts: &[String], gone: usize) {
    let rows = person.timeline(&id.0).await;
    let deleted = rows.iter().filter(|row| row.body == MessageBody::DeletedForAll);
    assert_eq!(deleted.count(), gone, "each once");
    let (_, rest) = texts.split_at(gone);
    let left: Vec<String> = rows
        .iter()
        .map(text_of)
        .filter(|text| texts.contains(text))
        .collect();
    assert_eq!(left, rest, "nothing else");
}

/// Deletes the first text in peace, then one after the other, killed at each step. Answers how
/// many are gone.
async fn delete(killed: &Killed, id: &ConversationId, texts: &[String], seen_by: [&Person; 2]) -> usize {
    let [talker, _] = seen_by;
    let mut texts = texts.iter();
    let first = texts.next().expect("a text");
    talker.send(&id.0, "before the first").await;
    let steps = killed
        .steps(&["group-delete", "Rowers", first], &OF_EVERY_PUSH)
        .await;
    for person in seen_by {
        until_gone(person, id, first).await;
    }
    for step in &steps {
        let text = texts.next().expect("a text for each step");
        talker.send(&id.0, &format!("before {step}")).await;
        killed.kill(step, &["group-delete", "Rowers", text]).await;
        for person in seen_by {
            until_gone(person, id, text).await;
        }
    }
    steps.len() + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_deleting_an_own_message_for_all_it_is_gone_and_nothing_else() {
    let cast = Cast::meet().await;
    let (alice, chloe) = (&cast.alice, &cast.chloe);
    let id = create(alice, "Rowers", &[&cast.bob, chloe]).await;
    until_joined(&cast.bob, "Rowers").await;
    until_joined(chloe, "Rowers").await;
    let bob = Killed::instead_of(&cast.scene, &cast.bob, "Bob").await;
    let texts = texts();
    let mut saying = vec!["group-say", "Rowers"];
    saying.extend(texts.iter().map(String::as_str));
    bob.finish(&saying).await;
    for person in [alice, chloe] {
        person.until_text(&id.0, texts.last().expect("a text")).await;
    }
    let gone = delete(&bob, &id, &texts, [alice, chloe]).await;
    for person in [alice, chloe] {
        assert_gone(person, &id, &texts, gone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_deleting_somebodys_message_for_all_it_is_gone_and_nothing_else() {
    let cast = Cast::meet().await;
    let (bob, chloe) = (&cast.bob, &cast.chloe);
    let id = create(&cast.alice, "Rowers", &[bob, chloe]).await;
    until_joined(bob, "Rowers").await;
    until_joined(chloe, "Rowers").await;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    let texts = texts();
    for text in &texts {
        bob.send(&id.0, text).await;
    }
    let last = texts.last().expect("a text");
    chloe.until_text(&id.0, last).await;
    alice.finish(&["group-read", "Rowers", last]).await;
    let gone = delete(&alice, &id, &texts, [bob, chloe]).await;
    for person in [bob, chloe] {
        assert_gone(person, &id, &texts, gone).await;
    }
}
