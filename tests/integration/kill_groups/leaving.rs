//! Somebody is promoted; groups are left by admins and members, and ended for everybody.

use nous_api::ids::ConversationId;
use nous_api::rows::{GroupEvent, GroupStanding};

use super::{
    Cast, Killed, OF_EVERY_PUSH, create, is_about, state_of, told, until_group, until_joined, until_told,
};
use crate::person::Person;

/// What leaving ends with.
const ENDED: &str = "group.ended";

/// A group for each of these numbers.
fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Boat {number}")).collect()
}

fn command<'c>(first: &[&'c str], rest: &'c [String]) -> Vec<&'c str> {
    let rest = rest.iter().map(String::as_str);
    first.iter().copied().chain(rest).collect()
}

/// Waits until the others know that somebody left a group, and were told once.
async fn until_left(person: &Person, id: &ConversationId, leaver: &str, what: &str) {
    until_group(person, id, what, |group| state_of(group, leaver).is_none()).await;
    until_told(person, id, what, |event| *event == GroupEvent::Left).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_promoting_somebody_and_then_leaving_both_is_done_once() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    // The only group, that no other's steps are taken for those of leaving.
    alice.finish(&["group-create", "in peace", &bob.id]).await;
    let first = until_joined(bob, "in peace").await;
    bob.send(&first.0, "before").await;
    let expected = [&OF_EVERY_PUSH[..], &["group.invited", "group.inviteNoted"]].concat();
    let promoting = alice
        .steps(&["group-promote", "in peace", &bob.id], &expected)
        .await;
    until_group(bob, &first, "an admin", |group| group.is_admin).await;
    let leaving = alice
        .steps(
            &["group-leave", "in peace"],
            &[&OF_EVERY_PUSH[..], &[ENDED]].concat(),
        )
        .await;
    until_left(bob, &first, &cast.alice.id, "left in peace").await;
    let names = names(promoting.len().max(leaving.len()));
    alice
        .finish(&command(&["group-create-each", &bob.id], &names))
        .await;
    let is_promoted =
        |event: &GroupEvent| matches!(event, GroupEvent::Promoted { people } if is_about(people, &bob.id));
    let mut left = vec![first];
    for (turn, name) in names.iter().enumerate() {
        let id = until_joined(bob, name).await;
        let step = promoting.get(turn).or(promoting.first()).expect("a step");
        bob.send(&id.0, "before").await;
        alice.kill(step, &["group-promote", name, &bob.id]).await;
        until_group(bob, &id, &format!("an admin, killed at {step}"), |group| {
            group.is_admin
        })
        .await;
        let step = leaving.get(turn).or(leaving.first()).expect("a step");
        alice.kill(step, &["group-leave", name]).await;
        until_left(bob, &id, &cast.alice.id, &format!("left, killed at {step}")).await;
        left.push(id);
    }
    // What would come twice has come by now.
    for id in &left {
        until_told(bob, id, "promoted", is_promoted).await;
        until_told(bob, id, "left", |event| *event == GroupEvent::Left).await;
        assert_eq!(told(bob, id, |event| *event == GroupEvent::Invited).await, 1);
    }
    let alice = cast.alice.restart().await;
    let kept = alice.list().await.into_iter().filter(|row| row.group.is_some());
    assert_eq!(kept.count(), 0, "she is in none of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_leaving_a_group_the_others_are_told_once() {
    let cast = Cast::meet().await;
    let (alice, chloe) = (&cast.alice, &cast.chloe);
    let first = create(alice, "in peace", &[&cast.bob, chloe]).await;
    until_joined(chloe, "in peace").await;
    let bob = Killed::instead_of(&cast.scene, &cast.bob, "Bob").await;
    bob.finish(&["group-await", "in peace"]).await;
    let steps = bob
        .steps(
            &["group-leave", "in peace"],
            &[&OF_EVERY_PUSH[..], &[ENDED]].concat(),
        )
        .await;
    until_left(chloe, &first, &cast.bob.id, "left in peace").await;
    let names = names(steps.len());
    let mut left = vec![first];
    for name in &names {
        left.push(create(alice, name, &[&cast.bob, chloe]).await);
    }
    bob.finish(&command(&["group-await"], &names)).await;
    for ((step, name), id) in steps.iter().zip(&names).zip(left.iter().skip(1)) {
        until_joined(chloe, name).await;
        bob.kill(step, &["group-leave", name]).await;
        let what = format!("left, killed at {step}");
        for person in [alice, chloe] {
            until_left(person, id, &cast.bob.id, &what).await;
        }
    }
    for id in &left {
        for person in [alice, chloe] {
            until_told(person, id, "left", |event| *event == GroupEvent::Left).await;
        }
    }
    let bob = cast.bob.restart().await;
    let kept = bob.list().await.into_iter().filter(|row| row.group.is_some());
    assert_eq!(kept.count(), 0, "he is in none of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_ending_a_group_it_ends_for_everybody() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    alice.finish(&["group-create", "in peace", &bob.id]).await;
    let first = until_joined(bob, "in peace").await;
    let steps = alice
        .steps(
            &["group-destroy", "in peace"],
            &[&OF_EVERY_PUSH[..], &[ENDED]].concat(),
        )
        .await;
    let is_over = |group: &nous_api::rows::GroupDetails| group.standing == GroupStanding::Destroyed;
    until_group(bob, &first, "ended in peace", is_over).await;
    let names = names(steps.len());
    alice
        .finish(&command(&["group-create-each", &bob.id], &names))
        .await;
    for (step, name) in steps.iter().zip(&names) {
        let id = until_joined(bob, name).await;
        alice.kill(step, &["group-destroy", name]).await;
        until_group(bob, &id, &format!("ended, killed at {step}"), is_over).await;
    }
    let groups = bob.list().await.into_iter().filter(|row| row.group.is_some());
    assert_eq!(groups.count(), steps.len() + 1, "each once");
    let alice = cast.alice.restart().await;
    let kept = alice.list().await.into_iter().filter(|row| row.group.is_some());
    assert_eq!(kept.count(), 0, "of hers nothing is left");
}
