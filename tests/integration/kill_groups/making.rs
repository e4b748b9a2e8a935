//! A group is made.

use nous_api::rows::{GroupEvent, MemberState};

use super::{Cast, Killed, is_about, requests, state_of, until_group, until_joined, until_told};

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_making_a_group_its_members_are_invited_once() {
    let cast = Cast::meet().await;
    let bob = &cast.bob;
    let alice = Killed::instead_of(&cast.scene, &cast.alice, "Alice").await;
    let expected = [
        "group.sealed",
        "group.stored",
        "group.confirmed",
        "group.invited",
        "group.inviteNoted",
    ];
    let steps = alice
        .steps(&["group-create", "in peace", &bob.id], &expected)
        .await;
    until_joined(bob, "in peace").await;
    let mut made = Vec::new();
    for step in &steps {
        let name = format!("killed at {step}");
        alice.kill(step, &["group-create", &name, &bob.id]).await;
        let id = until_joined(bob, &name).await;
        let details = until_group(bob, &id, "both are known", |group| group.members.len() == 2).await;
        assert_eq!(state_of(&details, &bob.id), Some(MemberState::Joined));
        made.push((id, step));
    }
    // What would come twice has come by now.
    for (id, step) in &made {
        until_told(bob, id, step, |event| *event == GroupEvent::Invited).await;
        let is_it = |event: &GroupEvent| matches!(event, GroupEvent::Added { people, .. } if is_about(people, &bob.id));
        until_told(bob, id, step, is_it).await;
    }
    let groups = bob.list().await;
    let count = groups.iter().filter(|row| row.group.is_some()).count();
    assert_eq!(count, steps.len() + 1, "each once");
    assert_eq!(requests(bob).await.len(), 0);
}
