//! People are added and removed, by admins; proposed, by members.

use nous_api::groups;
use nous_api::rows::{GroupEvent, GroupStanding};

use super::{
    Cast, Killed, OF_EVERY_PUSH, create, is_about, state_of, strangers, told, until_group, until_joined,
    until_told,
};

/// What adding goes through besides.
const OF_ADDING: [&str; 2] = ["group.invited", "group.inviteNoted"];
/// What removing goes through besides.
const OF_REMOVING: [&str; 3] = ["group.removed", "group.removing", "group.shutOut"];

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_adding_and_removing_somebody_they_are_in_and_out() {
    let Cast {
        scene,
        alice,
        bob,
        chloe,
    } = Cast::meet().await;
    let alice = Killed::instead_of(&scene, &alice, "Alice").await;
    let add = ["group-add", "Rowers", &chloe.id];
    let remove = ["group-remove", "Rowers", &chloe.id];
    alice.finish(&["group-create", "Rowers", &bob.id]).await;
    let with_bob = until_joined(&bob, "Rowers").await;
    bob.send(&with_bob.0, "before the first").await;
    let adding = alice
        .steps(&add, &[&OF_EVERY_PUSH[..], &OF_ADDING].concat())
        .await;
    let chloes = until_joined(&chloe, "Rowers").await;
    chloe.send(&chloes.0, "from Chloe").await;
    bob.until_text(&with_bob.0, "from Chloe").await;
    let removing = alice
        .steps(&remove, &[&OF_EVERY_PUSH[..], &OF_REMOVING].concat())
        .await;
    for turn in 0..adding.len().max(removing.len()) {
        let step = adding.get(turn).or(adding.first()).expect("a step");
        let before = format!("said before, {turn}");
        bob.send(&with_bob.0, &before).await;
        alice.kill(step, &add).await;
        let id = until_joined(&chloe, "Rowers").await;
        // What was said while she was out is shared with her.
        chloe.until_text(&id.0, &before).await;
        let text = format!("Chloe, {turn}");
        chloe.send(&id.0, &text).await;
        bob.until_text(&with_bob.0, &text).await;
        let step = removing.get(turn).or(removing.first()).expect("a step");
        alice.kill(step, &remove).await;
        until_group(&chloe, &id, &format!("out, killed at {step}"), |group| {
            group.standing == GroupStanding::Removed
        })
        .await;
        until_group(&bob, &with_bob, "two are left", |group| group.members.len() == 2).await;
        bob.until("with what she wrote", async |bob| {
            let texts = bob.texts(&with_bob.0).await;
            (!texts.contains(&text)).then_some(())
        })
        .await;
    }
    let rounds = adding.len().max(removing.len()) + 1;
    alice.finish(&["group-say", "Rowers", "the end"]).await;
    bob.until_text(&with_bob.0, "the end").await;
    let is_added =
        |event: &GroupEvent| matches!(event, GroupEvent::Added { people, .. } if is_about(people, &chloe.id));
    let is_removed =
        |event: &GroupEvent| matches!(event, GroupEvent::Removed { people } if is_about(people, &chloe.id));
    assert_eq!(told(&bob, &with_bob, is_added).await, rounds, "added");
    assert_eq!(told(&bob, &with_bob, is_removed).await, rounds, "removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_removing_somebody_whose_messages_stay_they_are_out_once() {
    let cast = Cast::meet().await;
    let (bob, chloe) = (&cast.bob, &cast.chloe);
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    let others = strangers(24);
    let mut making = vec!["group-create", "Rowers", &bob.id, &chloe.id];
    making.extend(others.iter().map(String::as_str));
    alice.finish(&making).await;
    let id = until_joined(bob, "Rowers").await;
    let chloes = until_joined(chloe, "Rowers").await;
    chloe.send(&chloes.0, "this stays").await;
    bob.until_text(&id.0, "this stays").await;
    let expected = [&OF_EVERY_PUSH[..], &OF_REMOVING].concat();
    let steps = alice
        .steps(&["group-remove-only", "Rowers", &chloe.id], &expected)
        .await;
    let is_out = |group: &nous_api::rows::GroupDetails| group.standing == GroupStanding::Removed;
    until_group(chloe, &chloes, "Chloe is out", is_out).await;
    let mut removed = vec![chloe.id.as_str()];
    for (turn, step) in steps.iter().enumerate() {
        let member = others.get(turn).expect("somebody for each step");
        bob.send(&id.0, &format!("before, {turn}")).await;
        alice.kill(step, &["group-remove-only", "Rowers", member]).await;
        until_group(bob, &id, &format!("out, killed at {step}"), |group| {
            state_of(group, member).is_none()
        })
        .await;
        removed.push(member);
    }
    alice.finish(&["group-say", "Rowers", "the end"]).await;
    bob.until_text(&id.0, "the end").await;
    for member in removed {
        let is_it =
            |event: &GroupEvent| matches!(event, GroupEvent::Removed { people } if is_about(people, member));
        until_told(bob, &id, "removed", is_it).await;
    }
    let left = others.len() - steps.len() + 2;
    let details = groups::get_group(&bob.app, id.clone()).await.expect("details");
    assert_eq!(details.members.len(), left, "nobody else");
    assert!(bob.texts(&id.0).await.contains(&"this stays".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_a_members_wish_to_add_somebody_they_are_added_once() {
    let cast = Cast::meet().await;
    let (alice, chloe) = (&cast.alice, &cast.chloe);
    let id = create(alice, "Rowers", &[&cast.bob, chloe]).await;
    until_joined(&cast.bob, "Rowers").await;
    until_joined(chloe, "Rowers").await;
    let bob = Killed::instead_of(&cast.scene, &cast.bob, "Bob").await;
    bob.finish(&["group-await", "Rowers"]).await;
    let newcomers = strangers(24);
    let mut newcomers = newcomers.iter().map(String::as_str);
    let first = newcomers.next().expect("somebody");
    alice.send(&id.0, "before the first").await;
    let steps = bob.steps(&["group-add", "Rowers", first], &OF_EVERY_PUSH).await;
    let mut wished = vec![first];
    // Admins' apps take their time: all wishes are out before the first is waited for.
    for step in &steps {
        let newcomer = newcomers.next().expect("somebody for each step");
        alice.send(&id.0, &format!("before {step}")).await;
        bob.kill(step, &["group-add", "Rowers", newcomer]).await;
        wished.push(newcomer);
    }
    for newcomer in &wished {
        until_group(chloe, &id, "all are in", |group| {
            state_of(group, newcomer).is_some()
        })
        .await;
    }
    alice.send(&id.0, "the end").await;
    chloe.until_text(&id.0, "the end").await;
    let texts = chloe.texts(&id.0).await;
    for newcomer in &wished {
        let is_it = |event: &GroupEvent| matches!(event, GroupEvent::Added { people, .. } if is_about(people, newcomer));
        until_told(chloe, &id, "added", is_it).await;
        let asking = format!("@{newcomer}");
        let count = texts.iter().filter(|text| text.contains(&asking)).count();
        assert_eq!(count, 1, "asked for once");
    }
    let details = groups::get_group(&chloe.app, id.clone()).await.expect("details");
    assert_eq!(details.members.len(), wished.len() + 3, "nobody else");
}
