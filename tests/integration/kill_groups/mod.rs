//! The process is killed at every named step of what people do with groups, and started again:
//! it is done once, everywhere.
//!
//! | Module | What is done |
//! | --- | --- |
//! | this one | who is there, and who is killed |
//! | `making` | a group is made |
//! | `members` | people are added and removed, by admins; proposed, by members |
//! | `invitations` | an invitation is accepted, declined, sent again |
//! | `facts` | name, description, timer, picture |
//! | `sayings` | what was said is deleted for everyone |
//! | `leaving` | somebody is promoted; groups are left and ended |

mod facts;
mod invitations;
mod leaving;
mod making;
mod members;
mod sayings;

use nous_api::groups;
use nous_api::ids::ConversationId;
use nous_api::requests::{CreateGroupRequest, ListRequestsRequest};
use nous_api::rows::{
    GroupDetails, GroupEvent, GroupStanding, GroupSummary, MemberState, MessageBody, PersonRef, RequestRow,
};
use nous_protocol::keys::{IdentityKeys, Seed};

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::Scene;

/// Lives are extended once a day, not by what was asked for.
const OF_EVERY_DAY: [&str; 2] = ["group.extended", "group.extending"];
/// Every job that tells all members of something goes through these.
const OF_EVERY_PUSH: [&str; 6] = [
    "group.confirmed",
    "group.confirming",
    "group.edited",
    "group.pushed",
    "group.sealed",
    "group.stored",
];

/// Alice, Bob and Chloe, of whom Bob and Chloe know Alice only.
struct Cast {
    scene: Scene,
    alice: Person,
    bob: Person,
    chloe: Person,
}

impl Cast {
    async fn meet() -> Self {
        let (scene, alice, bob) = Scene::alice_and_bob().await;
        let chloe = scene.person("Chloe").await;
        for person in [&bob, &chloe] {
            alice.send(&person.id, "may I").await;
            person.until_text(&alice.id, "may I").await;
            person.send(&alice.id, "yes").await;
            alice.until_text(&person.id, "yes").await;
        }
        Self {
            scene,
            alice,
            bob,
            chloe,
        }
    }
}

/// A process in somebody's place, which is killed.
struct Killed(Child);

impl Killed {
    /// In the place of somebody, whose own app ends.
    async fn instead_of(scene: &Scene, person: &Person, name: &str) -> Self {
        person.app.shutdown().await;
        Self(Child::of(scene, name))
    }

    /// A command done in peace.
    async fn finish(&self, command: &[&str]) {
        self.0.finish("group.", command).await;
    }

    /// The same: every step of it, with those that make it what it is.
    async fn steps(&self, command: &[&str], expected: &[&str]) -> Vec<String> {
        let is_asked_for = |step: &String| {
            let is_of_groups = step.starts_with("group.") || step.starts_with("requests.");
            is_of_groups && !OF_EVERY_DAY.contains(&step.as_str())
        };
        let all = self.0.finish("", command).await;
        let steps: Vec<String> = all.into_iter().filter(is_asked_for).collect();
        for step in expected {
            assert!(steps.iter().any(|met| met == step), "no {step} in {steps:?}");
        }
        steps
    }

    /// Kills the command at a step, and lets another process finish what is written down.
    async fn kill(&self, step: &str, command: &[&str]) {
        self.kill_at((step, 1), command).await;
    }

    /// The same when it comes to the step for the `turn`-th time.
    async fn kill_at(&self, (step, turn): (&str, u64), command: &[&str]) {
        let end = self.0.run(step, turn, command).await;
        assert_eq!(end, End::Killed(step.to_owned()));
        self.finish(&["group-settle"]).await;
    }
}

/// Accounts without an app.
fn strangers(count: usize) -> Vec<String> {
    let stranger = |_| {
        let keys = IdentityKeys::from_seed(&Seed::generate(&mut rand::rng()));
        keys.account_id().to_string()
    };
    (0..count).map(stranger).collect()
}

async fn create(person: &Person, name: &str, members: &[&Person]) -> ConversationId {
    let request = CreateGroupRequest {
        name: name.to_owned(),
        description: String::new(),
        members: members.iter().map(|member| member.id.clone()).collect(),
        all_are_admins: false,
        picture: None,
    };
    let made = groups::create_group(&person.app, request).await;
    made.expect("a group").id
}

/// The group of this name, once somebody is in it.
async fn until_joined(person: &Person, name: &str) -> ConversationId {
    person
        .until(&format!("in {name}"), async |person| {
            let rows = person.list().await;
            let is_in =
                |group: &GroupSummary| group.standing == GroupStanding::Joined && group.member_count > 0;
            let mut found = rows
                .into_iter()
                .filter(|row| row.name.as_deref() == Some(name) && row.group.as_ref().is_some_and(is_in));
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

fn state_of(details: &GroupDetails, account_id: &str) -> Option<MemberState> {
    let mut members = details.members.iter();
    members
        .find(|member| member.account_id == account_id)
        .map(|member| member.state)
}

/// How many lines of somebody's timeline tell of such an event.
async fn told(person: &Person, id: &ConversationId, is_it: impl Fn(&GroupEvent) -> bool) -> usize {
    let rows = person.timeline(&id.0).await;
    let is_told = |body: &MessageBody| matches!(body, MessageBody::GroupEvent { event } if is_it(event));
    rows.iter().filter(|row| is_told(&row.body)).count()
}

/// Waits until somebody's timeline tells of an event, and not twice.
async fn until_told(person: &Person, id: &ConversationId, what: &str, is_it: impl Fn(&GroupEvent) -> bool) {
    person
        .until(what, async |person| {
            (told(person, id, &is_it).await > 0).then_some(())
        })
        .await;
    assert_eq!(told(person, id, &is_it).await, 1, "{what}");
}

/// Whether an event is about one person only.
fn is_about(people: &[PersonRef], account_id: &str) -> bool {
    matches!(people, [person] if person.account_id == account_id)
}

/// What somebody is asked.
async fn requests(person: &Person) -> Vec<RequestRow> {
    let request = ListRequestsRequest {
        cursor: None,
        limit: 100,
    };
    let page = nous_api::message_requests::list_requests(&person.app, request).await;
    page.expect("requests").rows
}
