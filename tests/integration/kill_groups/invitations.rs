//! An invitation by somebody unknown is accepted, declined, and sent again.

use nous_api::ids::ConversationId;
use nous_api::requests::AddGroupMembersRequest;
use nous_api::rows::{GroupEvent, MemberState};
use nous_api::{groups, message_requests};

use super::{Cast, Killed, OF_EVERY_PUSH, create, requests, state_of, told, until_group, until_joined};
use crate::person::Person;
use crate::scene::Scene;

/// Waits until somebody is asked into a group, by one request and one line.
async fn until_asked(person: &Person, id: &ConversationId, what: &str) {
    person
        .until(what, async |person| {
            let asked = requests(person).await;
            asked.iter().any(|request| request.id == *id).then_some(())
        })
        .await;
    assert_asked_once(person, id, what).await;
}

async fn assert_asked_once(person: &Person, id: &ConversationId, what: &str) {
    // Of nodes that are behind, another one is asked.
    for _ in 0..2 {
        person.poll().await;
    }
    assert_eq!(requests(person).await.len(), 1, "{what}");
    let count = told(person, id, |event| *event == GroupEvent::Invited).await;
    assert_eq!(count, 1, "{what}");
}

async fn add(admin: &Person, id: &ConversationId, person: &Person) {
    let request = AddGroupMembersRequest {
        conversation: id.clone(),
        members: vec![person.id.clone()],
        with_history: false,
    };
    groups::add_group_members(&admin.app, request)
        .await
        .expect("added");
}

/// Somebody new, whom an admin adds, and who is asked.
async fn guest(scene: &Scene, admin: &Person, id: &ConversationId, name: &str) -> (Person, Killed) {
    let guest = scene.person(name).await;
    add(admin, id, &guest).await;
    until_asked(&guest, id, name).await;
    let killed = Killed::instead_of(scene, &guest, name).await;
    (guest, killed)
}

/// The guest is in for the admin; at home one line says that they were invited, one that they
/// came in.
async fn assert_came_in(admin: &Person, guest: Person, id: &ConversationId, what: &str) {
    until_group(admin, id, what, |group| {
        state_of(group, &guest.id) == Some(MemberState::Joined)
    })
    .await;
    let guest = guest.restart().await;
    for event in [GroupEvent::Invited, GroupEvent::Joined] {
        let count = told(&guest, id, |told| *told == event).await;
        assert_eq!(count, 1, "{what}: {event:?}");
    }
    assert_eq!(requests(&guest).await.len(), 0, "{what}");
    let text = format!("I am in: {what}");
    guest.send(&id.0, &text).await;
    admin.until_text(&id.0, &text).await;
    guest.app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_accepting_an_invitation_one_is_in_once() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let id = create(&alice, "Rowers", &[&bob]).await;
    let (dora, of_dora) = guest(&scene, &alice, &id, "Dora").await;
    let expected = [
        "requests.decided",
        "group.joined",
        "group.taken",
        "group.sealed",
        "group.stored",
        "group.confirmed",
    ];
    let steps = of_dora.steps(&["group-accept", "Rowers"], &expected).await;
    assert_came_in(&alice, dora, &id, "in peace").await;
    for (number, step) in steps.iter().enumerate() {
        let (guest, killed) = guest(&scene, &alice, &id, &format!("Guest {number}")).await;
        killed.kill(step, &["group-accept", "Rowers"]).await;
        assert_came_in(&alice, guest, &id, &format!("killed at {step}")).await;
    }
    let details = groups::get_group(&alice.app, id).await.expect("details");
    assert_eq!(details.members.len(), steps.len() + 3, "nobody else");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_declining_an_invitation_it_is_gone_and_nobody_is_told() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    let id = create(&alice, "Rowers", &[&bob]).await;
    let (dora, of_dora) = guest(&scene, &alice, &id, "Dora").await;
    let steps = of_dora
        .steps(&["group-decline", "Rowers"], &["requests.decided"])
        .await;
    let mut guests = vec![dora];
    for (number, step) in steps.iter().enumerate() {
        let (guest, killed) = guest(&scene, &alice, &id, &format!("Guest {number}")).await;
        killed.kill(step, &["group-decline", "Rowers"]).await;
        guests.push(guest);
    }
    for guest in guests {
        let guest = guest.restart().await;
        guest.poll().await;
        let groups: Vec<_> = guest
            .list()
            .await
            .into_iter()
            .filter(|row| row.id == id)
            .collect();
        assert!(groups.is_empty(), "neither a group nor a request");
        let seen = until_group(&alice, &id, "Alice has it", |group| !group.members.is_empty()).await;
        assert_eq!(state_of(&seen, &guest.id), Some(MemberState::InvitationSent));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_inviting_again_one_is_asked_once() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let dora = cast.scene.person("Dora").await;
    let id = create(&cast.alice, "Rowers", &[bob, &dora]).await;
    until_joined(bob, "Rowers").await;
    until_asked(&dora, &id, "for the first time").await;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    let resend = ["group-resend", "Rowers", &dora.id];
    let decline = async || {
        let declined = message_requests::decline_request(&dora.app, id.clone()).await;
        declined.expect("declined");
    };
    decline().await;
    bob.send(&id.0, "before the first").await;
    let expected = [&OF_EVERY_PUSH[..], &["group.invited", "group.inviteNoted"]].concat();
    let steps = alice.steps(&resend, &expected).await;
    until_asked(&dora, &id, "in peace").await;
    for step in &steps {
        decline().await;
        bob.send(&id.0, &format!("before {step}")).await;
        alice.kill(step, &resend).await;
        until_asked(&dora, &id, &format!("killed at {step}")).await;
    }
    // One who has not answered yet is reminded without another request or line.
    alice.finish(&resend).await;
    assert_asked_once(&dora, &id, "asked twice").await;
    let details = groups::get_group(&bob.app, id.clone()).await.expect("details");
    assert_eq!(details.members.len(), 3, "nobody twice");
}
