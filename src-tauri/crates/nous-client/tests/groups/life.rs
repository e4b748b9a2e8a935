//! The life of groups, as the apps of their members carry it on by themselves.

use nous_client::groups::create::{NewGroup, create};
use nous_client::groups::facts::{self, FactsChange};
use nous_client::groups::people::{self, Added, MemberAction};
use nous_client::groups::{error::GroupError, leaving};
use nous_client::requests;
use nous_protocol::account::GroupId;
use nous_protocol::config::user_groups::Removal;
use nous_storage::groups::details::Standing;
use nous_storage::groups::members::Step;
use nous_storage::messages::{GroupEvent, MessageKind, SendState};
use nous_testkit::Person::{self, Alice, Bob, Chloe};

use crate::device::{Device, World};

fn named(people: &[Person]) -> Vec<(nous_protocol::account::AccountId, String)> {
    people
        .iter()
        .map(|person| (person.id(), person.name().to_owned()))
        .collect()
}

pub(crate) async fn made(alice: &Device, people: &[Person]) -> GroupId {
    let new = NewGroup {
        name: "Rowers".to_owned(),
        description: "On Sundays".to_owned(),
        people: named(people),
        ..NewGroup::default()
    };
    create(&alice.core, "Alice", new).await.unwrap()
}

/// Alice's group with Bob, who knows her and is in it at once.
pub(crate) async fn of_two(world: &World) -> (Device, Device, GroupId) {
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    bob.knows(Alice).await;
    let (alice, bob) = (alice.started(), bob.started());
    let id = made(&alice, &[Bob]).await;
    until_joined(&alice, id, Bob).await;
    (alice, bob, id)
}

pub(crate) async fn until_joined(admin: &Device, id: GroupId, person: Person) {
    admin
        .until_member(id, person, |member| {
            member.is_some_and(|member| member.invitation == Step::Done)
        })
        .await;
}

/// Somebody is made an admin, and is one.
pub(crate) async fn promote(admin: &Device, id: GroupId, person: Person) {
    people::act(&admin.core, id, vec![person.id()], MemberAction::Promote)
        .await
        .unwrap();
    admin
        .until_member(id, person, |member| {
            member.is_some_and(|member| member.is_admin && member.promotion == Step::Done)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_in_at_once_and_both_write() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    assert_eq!(bob.standing(id).await, Some(Standing::Joined));
    let details = bob.details(id).await.unwrap();
    assert_eq!(details.description, "On Sundays");
    assert!(details.members_may_add && !details.is_admin);
    let key = alice.write(id, "hello").await;
    bob.until_texts(id, &["hello"]).await;
    bob.write(id, "good morning").await;
    alice.until_texts(id, &["hello", "good morning"]).await;
    bob.until_texts(id, &["hello", "good morning"]).await;
    let sent = alice.timeline(id).await;
    let row = sent.iter().find(|row| row.key == key).unwrap();
    assert_eq!(row.state, Some(SendState::Sent));
    assert_eq!(alice.events(id).await.first(), Some(&GroupEvent::Created));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_a_stranger_is_a_request() {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    let (alice, bob) = (alice.started(), bob.started());
    let id = made(&alice, &[Bob]).await;
    bob.until_standing(id, Standing::Invited).await;
    assert!(bob.group(id).await.is_none(), "nothing is fetched");
    let sent = |member: Option<&nous_storage::groups::members::MemberRow>| {
        member.is_some_and(|member| member.invitation == Step::Sent)
    };
    alice.until_member(id, Bob, sent).await;
    alice.write(id, "are you there?").await;
    requests::accept(&bob.core, id).await.unwrap();
    bob.until_texts(id, &["are you there?"]).await;
    until_joined(&alice, id, Bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_invitation_leaves_nothing() {
    let world = World::new().await;
    let (alice, bob) = (world.device(Alice).await, world.device(Bob).await);
    let (alice, bob) = (alice.started(), bob.started());
    let id = made(&alice, &[Bob]).await;
    bob.until_standing(id, Standing::Invited).await;
    requests::decline(&bob.core, id).await.unwrap();
    assert_eq!(
        (bob.standing(id).await, bob.entry(id).await.is_some()),
        (None, false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_has_somebody_added_by_the_admins_app() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let chloe = world.device(Chloe).await;
    chloe.knows(Alice).await;
    let chloe = chloe.started();
    alice.write(id, "before").await;
    bob.until_texts(id, &["before"]).await;
    let added = people::add(&bob.core, id, named(&[Chloe]), false).await.unwrap();
    assert_eq!(added, Added::Proposed);
    assert!(bob.member(id, Chloe).await.unwrap().is_proposed);
    until_joined(&alice, id, Chloe).await;
    bob.until_member(id, Chloe, |member| {
        member.is_some_and(|member| !member.is_proposed)
    })
    .await;
    bob.write(id, "welcome").await;
    chloe.until_texts(id, &["welcome"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_added_with_history_reads_what_was_said_before() {
    let world = World::new().await;
    let (alice, _bob, id) = of_two(&world).await;
    let chloe = world.device(Chloe).await;
    chloe.knows(Alice).await;
    let chloe = chloe.started();
    alice.write(id, "before").await;
    let added = people::add(&alice.core, id, named(&[Chloe]), true).await.unwrap();
    assert_eq!(added, Added::Now);
    chloe.until_texts(id, &["before"]).await;
    alice.write(id, "after").await;
    chloe.until_texts(id, &["before", "after"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_reads_nothing_more_and_keeps_what_was_said() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    bob.write(id, "one").await;
    alice.until_texts(id, &["one"]).await;
    let remove = MemberAction::Remove { with_messages: true };
    people::act(&alice.core, id, vec![Bob.id()], remove)
        .await
        .unwrap();
    bob.until_standing(id, Standing::Removed).await;
    alice.until_member(id, Bob, |member| member.is_none()).await;
    assert_eq!(bob.entry(id).await.unwrap().removal, Removal::Kicked);
    alice.until_texts(id, &[]).await;
    assert!(alice.events(id).await.contains(&GroupEvent::Removed {
        people: vec![Bob.id()]
    }));
    // Added again, he is in.
    people::add(&alice.core, id, named(&[Bob]), false).await.unwrap();
    until_joined(&alice, id, Bob).await;
    alice.write(id, "again").await;
    bob.until("again", || async {
        bob.texts(id).await.contains(&"again".to_owned())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoted_member_is_an_admin_and_the_last_one_cannot_leave() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let last = leaving::leave(&alice.core, id).await;
    assert!(matches!(last, Err(GroupError::LastAdmin)));
    promote(&alice, id, Bob).await;
    let rename = FactsChange {
        name: Some("Sailors".to_owned()),
        timer_s: Some(86_400),
        ..FactsChange::default()
    };
    facts::change(&bob.core, id, rename).await.unwrap();
    alice
        .until("renamed", || async {
            alice.group(id).await.unwrap().info().name() == "Sailors"
                && alice.details(id).await.unwrap().timer_s == 86_400
        })
        .await;
    leaving::leave(&alice.core, id).await.unwrap();
    alice
        .until("gone", || async { alice.entry(id).await.is_none() })
        .await;
    bob.until("told", || async {
        bob.events(id).await.contains(&GroupEvent::Left)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_taken_out_by_the_admins_app() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    leaving::leave(&bob.core, id).await.unwrap();
    bob.until("gone", || async { bob.entry(id).await.is_none() })
        .await;
    alice.until_member(id, Bob, |member| member.is_none()).await;
    assert!(alice.events(id).await.contains(&GroupEvent::Left));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_ended_is_read_only_for_the_others() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    alice.write(id, "farewell").await;
    bob.until_texts(id, &["farewell"]).await;
    leaving::destroy(&alice.core, id).await.unwrap();
    alice
        .until("gone", || async { alice.entry(id).await.is_none() })
        .await;
    bob.until_standing(id, Standing::Destroyed).await;
    assert_eq!(bob.texts(id).await, ["farewell"]);
    leaving::forget(&bob.core, id).await.unwrap();
    assert_eq!(bob.standing(id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_for_all_is_gone_everywhere() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let key = bob.write(id, "oops").await;
    alice.until_texts(id, &["oops"]).await;
    bob.until("sent", || async {
        let rows = bob.timeline(id).await;
        rows.iter()
            .any(|row| row.key == key && row.state == Some(SendState::Sent))
    })
    .await;
    facts::delete_for_all(&bob.core, id, vec![key]).await.unwrap();
    alice.until_texts(id, &[]).await;
    for device in [&alice, &bob] {
        let rows = device.timeline(id).await;
        let gone = rows.iter().filter(|row| row.kind == MessageKind::DeletedForAll);
        assert_eq!(gone.count(), 1, "a line says so");
    }
    alice.write(id, "mine").await;
    bob.until_texts(id, &["mine"]).await;
    let of_alice = bob.timeline(id).await.pop().unwrap();
    let refused = facts::delete_for_all(&bob.core, id, vec![of_alice.key]).await;
    assert!(matches!(refused, Err(GroupError::NotAdmin)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_admin_deletes_for_all_is_gone_everywhere() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    let key = bob.write(id, "rude").await;
    alice.until_texts(id, &["rude"]).await;
    let seen = alice.timeline(id).await;
    let seen = seen.iter().find(|row| row.body == "rude").unwrap().key;
    facts::delete_for_all(&alice.core, id, vec![seen]).await.unwrap();
    bob.until_texts(id, &[]).await;
    let rows = bob.timeline(id).await;
    let row = rows.iter().find(|row| row.key == key).unwrap();
    assert_eq!(row.kind, MessageKind::DeletedForAll);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_left_goes_without_a_line() {
    let world = World::new().await;
    let (_alice, bob, id) = of_two(&world).await;
    let bob = bob.stopped().await;
    let key = bob.write(id, "never mind").await;
    facts::delete_for_all(&bob.core, id, vec![key]).await.unwrap();
    assert!(bob.timeline(id).await.iter().all(|row| row.key != key));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_see_the_group_is_let_in_again() {
    let world = World::new().await;
    let (alice, bob, id) = of_two(&world).await;
    // Bob lost it: as on a device whose config was erased.
    bob.forget_entry(id).await;
    let repair = MemberAction::Repair { with_history: false };
    people::act(&alice.core, id, vec![Bob.id()], repair)
        .await
        .unwrap();
    alice.write(id, "welcome back").await;
    bob.until("back", || async {
        bob.texts(id).await.contains(&"welcome back".to_owned())
    })
    .await;
    let again = MemberAction::AddAgain { with_history: false };
    people::act(&alice.core, id, vec![Bob.id()], again).await.unwrap();
    alice.write(id, "once more").await;
    bob.until("once more", || async {
        bob.texts(id).await.contains(&"once more".to_owned())
    })
    .await;
}
