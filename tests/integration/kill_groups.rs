//! The process is killed at every named step of what admins and members do with groups, and
//! started again: it is done once, everywhere.

use nous_api::ids::ConversationId;
use nous_api::rows::{GroupDetails, GroupStanding, MemberState};
use nous_api::{groups, message_requests};

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::Scene;

/// Lives are extended once a day, not by what was asked for.
const OF_EVERY_DAY: [&str; 2] = ["group.extended", "group.extending"];

/// Alice, who has made a group of this name with Bob, a contact of hers, and Chloe, who runs
/// beside; and the process that does what Alice does.
struct Story {
    scene: Scene,
    bob: Person,
    chloe: Person,
    child: Child,
}

impl Story {
    async fn begin() -> Self {
        let (scene, alice, bob) = Scene::alice_and_bob().await;
        let chloe = scene.person("Chloe").await;
        for person in [&bob, &chloe] {
            alice.send(&person.id, "may I").await;
            person.until_text(&alice.id, "may I").await;
            person.send(&alice.id, "yes").await;
            alice.until_text(&person.id, "yes").await;
        }
        alice.app.shutdown().await;
        let child = Child::of(&scene, "Alice");
        Self {
            scene,
            bob,
            chloe,
            child,
        }
    }

    /// Every step of a command, done in peace.
    async fn steps(&self, command: &[&str]) -> Vec<String> {
        let steps = self.child.finish("group.", command).await;
        let is_asked_for = |step: &String| !OF_EVERY_DAY.contains(&step.as_str());
        let steps: Vec<String> = steps.into_iter().filter(is_asked_for).collect();
        assert!(steps.len() > 8, "{steps:?}");
        steps
    }

    /// Kills the command at a step, and lets another process finish what is written down.
    async fn kill(&self, step: &str, command: &[&str]) {
        let end = self.child.run(step, 1, command).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        self.child.finish("group.", &["group-settle"]).await;
    }

    async fn create(&self, name: &str) {
        self.child
            .finish("group.", &["group-create", name, &self.bob.id])
            .await;
        until_joined(&self.bob, name).await;
    }
}

/// The group of this name, once somebody is in it.
async fn until_joined(person: &Person, name: &str) -> ConversationId {
    person
        .until(&format!("in {name}"), async |person| {
            let rows = person.list().await;
            let is_it = |group: &nous_api::rows::GroupSummary| group.standing == GroupStanding::Joined;
            let mut found = rows
                .into_iter()
                .filter(|row| row.name.as_deref() == Some(name) && row.group.as_ref().is_some_and(is_it));
            found.next().map(|row| row.id)
        })
        .await
}

async fn until_group(
    person: &Person,
    id: &ConversationId,
    what: &str,
    is_so: impl Fn(&GroupDetails) -> bool,
) -> GroupDetails {
    person
        .until(what, async |person| {
            let details = groups::get_group(&person.app, id.clone()).await.ok()?;
            is_so(&details).then_some(details)
        })
        .await
}

fn state_of(details: &GroupDetails, person: &Person) -> Option<MemberState> {
    let mut members = details.members.iter();
    members
        .find(|member| member.account_id == person.id)
        .map(|member| member.state)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_making_a_group_its_members_are_invited_once() {
    let story = Story::begin().await;
    let steps = story.steps(&["group-create", "in peace", &story.bob.id]).await;
    until_joined(&story.bob, "in peace").await;
    for step in &steps {
        let name = format!("killed at {step}");
        story.kill(step, &["group-create", &name, &story.bob.id]).await;
        let id = until_joined(&story.bob, &name).await;
        let details = until_group(&story.bob, &id, "both are known", |group| {
            group.members.len() == 2
        })
        .await;
        assert_eq!(state_of(&details, &story.bob), Some(MemberState::Joined));
    }
    let groups = story.bob.list().await;
    let count = groups.iter().filter(|row| row.group.is_some()).count();
    assert_eq!(count, steps.len() + 1, "each once");
    let asking = message_requests::list_requests(
        &story.bob.app,
        nous_api::requests::ListRequestsRequest {
            cursor: None,
            limit: 10,
        },
    );
    assert_eq!(asking.await.expect("the requests").total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_adding_and_removing_somebody_they_are_in_and_out() {
    let story = Story::begin().await;
    let add = |name: &'static str| ["group-add", name, &story.chloe.id];
    let remove = |name: &'static str| ["group-remove", name, &story.chloe.id];
    story.create("Rowers").await;
    let adding = story.steps(&add("Rowers")).await;
    let removing = story.steps(&remove("Rowers")).await;
    let with_bob = until_joined(&story.bob, "Rowers").await;
    for turn in 0..adding.len().max(removing.len()) {
        let step = adding.get(turn).or(adding.first()).expect("a step");
        story.kill(step, &add("Rowers")).await;
        let id = until_joined(&story.chloe, "Rowers").await;
        let text = format!("added, killed at {step}");
        story.bob.send(&with_bob.0, &text).await;
        story.chloe.until_text(&id.0, &text).await;
        let step = removing.get(turn).or(removing.first()).expect("a step");
        story.kill(step, &remove("Rowers")).await;
        until_group(&story.chloe, &id, &format!("out, killed at {step}"), |group| {
            group.standing == GroupStanding::Removed
        })
        .await;
        until_group(&story.bob, &with_bob, "two are left", |group| {
            group.members.len() == 2
        })
        .await;
    }
    drop(story.scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_renaming_promoting_and_leaving_it_is_done_once() {
    let story = Story::begin().await;
    story.create("first").await;
    let renaming = story.steps(&["group-rename", "first", "in peace"]).await;
    let id = until_joined(&story.bob, "in peace").await;
    let mut name = "in peace".to_owned();
    for step in &renaming {
        let next = format!("killed at {step}");
        story.kill(step, &["group-rename", &name, &next]).await;
        until_joined(&story.bob, &next).await;
        name = next;
    }
    story
        .child
        .finish("group.", &["group-promote", &name, &story.bob.id])
        .await;
    until_group(&story.bob, &id, "an admin", |group| group.is_admin).await;
    story.kill("group.sealed", &["group-leave", &name]).await;
    until_group(&story.bob, &id, "alone", |group| group.members.len() == 1).await;
}
