//! Restoring an account with everything in it, and leaving it.

use std::fs;
use std::path::Path;

use nous_api::requests::{DeleteAccountRequest, SetPasswordRequest};
use nous_api::rows::{ConversationRow, DeletionRow, DeletionState, GroupKind, Stage};
use nous_api::{account, boot, conversations, groups, leaving};
use nous_tests::phone;

use crate::child::{Child, End};
use crate::person::Person;
use crate::scene::{Scene, swarm_account};

#[tokio::test(flavor = "multi_thread")]
async fn a_third_device_has_all_that_the_first_and_a_phone_know() {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.send(&alice.id, "read").await;
    alice.until_text(&bob.id, "read").await;
    let with_bob = alice.conversation(&bob.id).await;
    conversations::mark_read(&alice.app, with_bob.clone())
        .await
        .expect("read");
    conversations::set_pinned(&alice.app, with_bob, true)
        .await
        .expect("a pin");
    alice.send(&alice.id, "a note").await;
    bob.send(&alice.id, "not read yet").await;
    alice.until_text(&bob.id, "not read yet").await;
    let words = account::get_recovery_phrase(&alice.app, None)
        .await
        .expect("a phrase")
        .words;
    phone::join_groups(scene.network(), &words).await.expect("groups");

    let third = alice.second_device(&scene, "Alice's third").await;
    third.until_text(&bob.id, "not read yet").await;
    third.until_text(&alice.id, "a note").await;
    let shown = third
        .until("groups are shown", async |third| {
            let shown = groups::list_kept_groups(&third.app).await.expect("groups");
            (!shown.is_empty()).then_some(shown)
        })
        .await;
    let shown: Vec<_> = shown
        .iter()
        .map(|row| (row.kind, row.name.as_deref(), row.is_pinned))
        .collect();
    assert_eq!(shown, [(GroupKind::Community, Some("Seeds"), false)]);
    third
        .until("what the first knows is there", async |third| {
            let own = account::get_account(&third.app).await.expect("an account");
            let rows = third.list().await;
            let bob_row = rows.iter().find(|row| row.account_id == bob.id)?;
            let is_there = own.display_name == "Alice"
                && !own.is_restoring
                && bob_row.is_pinned
                && bob_row.unread_count == 1
                && bob_row.name.as_deref() == Some("Bob")
                && rows.iter().any(|row| row.account_id == alice.id)
                && rows.iter().any(is_the_garden);
            is_there.then_some(())
        })
        .await;
    assert_eq!(third.texts(&bob.id).await, ["hello", "read", "not read yet"]);
}

/// The group of the phone, as it was pinned there.
fn is_the_garden(row: &ConversationRow) -> bool {
    row.group.is_some() && row.is_pinned && row.name.as_deref() == Some("Jardin partagé")
}

async fn stage(person: &Person) -> Stage {
    boot::get_boot_state(&person.app).await.expect("a state").stage
}

async fn delete(person: &Person, from_network: bool) {
    let request = DeleteAccountRequest {
        password: None,
        from_network,
    };
    leaving::delete_account(&person.app, request)
        .await
        .expect("it begins");
}

/// Waits until a deletion goes on no more.
async fn ended(person: &Person) -> DeletionRow {
    person
        .until("the deletion ended", async |person| {
            let row = leaving::get_deletion(&person.app).await.expect("a row")?;
            (row.state != DeletionState::Running).then_some(row)
        })
        .await
}

/// The nodes that still hold something of an account.
fn holders(scene: &Scene, id: &str) -> usize {
    let mut nodes: Vec<usize> = scene
        .control()
        .stored(&swarm_account(id))
        .iter()
        .map(|message| message.node)
        .collect();
    nodes.dedup();
    nodes.len()
}

/// Alice with messages and configs in her swarm.
async fn alice_with_data() -> (Scene, Person, Person) {
    let (scene, alice, bob) = Scene::alice_and_bob().await;
    alice.send(&bob.id, "hello").await;
    bob.send(&alice.id, "for you").await;
    alice.until_text(&bob.id, "for you").await;
    alice
        .until("it is in the swarm", async |alice| {
            (holders(&scene, &alice.id) > 0).then_some(())
        })
        .await;
    (scene, alice, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_deleted_from_the_network_is_gone_at_every_node() {
    let (scene, alice, bob) = alice_with_data().await;
    let swarm = scene.control().swarm_of(&swarm_account(&alice.id)).len();
    delete(&alice, true).await;
    let row = ended(&alice).await;
    assert_eq!(row.state, DeletionState::Done);
    assert_eq!((row.nodes as usize, row.confirmed as usize), (swarm, swarm));
    assert!(row.deleted >= 2 && row.error.is_none(), "{row:?}");
    assert_eq!(holders(&scene, &alice.id), 0);
    assert_eq!(stage(&alice).await, Stage::NoAccount);
    let kept = bob.texts(&alice.id).await;
    assert!(
        kept.ends_with(&["hello".to_owned(), "for you".to_owned()]),
        "his own stay: {kept:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_down_is_counted_and_asked_again() {
    let (scene, alice, _bob) = alice_with_data().await;
    let members = scene.control().swarm_of(&swarm_account(&alice.id));
    let down = *members.first().expect("a node");
    scene.control().stop(down).await.expect("a stop");
    delete(&alice, true).await;
    let row = ended(&alice).await;
    assert_eq!(row.state, DeletionState::Partly);
    assert_eq!(
        (row.nodes as usize, row.confirmed as usize),
        (members.len(), members.len() - 1),
        "{row:?}"
    );
    assert_eq!(stage(&alice).await, Stage::Deleting);
    assert_eq!(holders(&scene, &alice.id), 1, "it holds what it had");

    scene.control().start(down).await.expect("a start");
    leaving::retry_deletion(&alice.app).await.expect("a retry");
    let row = ended(&alice).await;
    assert_eq!(
        (row.state, row.confirmed),
        (DeletionState::Done, row.nodes),
        "{row:?}"
    );
    assert_eq!(holders(&scene, &alice.id), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_taken_back_keeps_the_account_and_stores_it_again() {
    let (scene, alice, bob) = alice_with_data().await;
    scene.control().stop_all().await.expect("a stop");
    delete(&alice, true).await;
    assert_eq!(ended(&alice).await.confirmed, 0);
    scene.control().start_all().await.expect("a start");
    leaving::cancel_deletion(&alice.app).await.expect("taken back");
    assert_eq!(stage(&alice).await, Stage::Ready);
    bob.send(&alice.id, "are you there?").await;
    alice.until_text(&bob.id, "are you there?").await;
    assert!(holders(&scene, &alice.id) > 0);
}

/// What no erased profile may hold.
fn assert_is_erased(dir: &Path, before: &[u8]) {
    assert!(!dir.join("erasing.json").exists());
    assert_ne!(fs::read(dir.join("key.json")).expect("a key"), before);
    let backups = fs::read_dir(dir.join("backup")).expect("a folder");
    assert_eq!(backups.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_leaving_it_is_ended_at_the_next_start() {
    for step in ERASE_STEPS {
        let scene = Scene::new().await;
        let alice = scene.person("Alice").await;
        alice.send(&alice.id, "a note").await;
        alice.app.shutdown().await;
        let dir = scene.profile("Alice");
        let before = fs::read(dir.join("key.json")).expect("a key");
        let child = Child::of(&scene, "Alice");
        assert_eq!(child.run(step, 1, &["erase"]).await, End::Killed(step.to_owned()));
        child.finish("erase.", &["erase"]).await;
        assert_is_erased(&dir, &before);
    }
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    alice.app.shutdown().await;
    let child = Child::of(&scene, "Alice");
    let steps = child.finish("erase.", &["erase"]).await;
    let mut steps: Vec<_> = steps.into_iter().collect();
    steps.sort();
    assert_eq!(steps, ERASE_STEPS);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_nodes_are_asked_it_goes_on_by_itself() {
    for step in ["leave.noted", "leave.answered", "erase.key"] {
        let (scene, alice, _bob) = alice_with_data().await;
        let id = alice.id.clone();
        alice.app.shutdown().await;
        let dir = scene.profile("Alice");
        let before = fs::read(dir.join("key.json")).expect("a key");
        let child = Child::of(&scene, "Alice");
        assert_eq!(
            child.run(step, 1, &["delete"]).await,
            End::Killed(step.to_owned())
        );
        child.finish("leave.", &["delete"]).await;
        assert_is_erased(&dir, &before);
        assert_eq!(holders(&scene, &id), 0, "{step}");
    }
}

/// Every step of erasing a profile.
const ERASE_STEPS: [&str; 5] = [
    "erase.database",
    "erase.done",
    "erase.folders",
    "erase.key",
    "erase.noted",
];

/// Somebody whose swarm is another one than this account's.
async fn elsewhere(scene: &Scene, id: &str) -> Person {
    let swarm = |id: &str| scene.control().swarm_of(&swarm_account(id));
    let mut number = 0;
    loop {
        number += 1;
        let person = scene.person(&format!("Bob {number}")).await;
        if swarm(&person.id) != swarm(id) {
            return person;
        }
        person.app.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_locked_nothing_is_fetched() {
    let scene = Scene::new().await;
    let alice = scene.person("Alice").await;
    let bob = elsewhere(&scene, &alice.id).await;
    alice.send(&bob.id, "hello").await;
    let request = SetPasswordRequest {
        current: None,
        new: Some("correct horse".to_owned()),
    };
    account::set_password(&alice.app, request)
        .await
        .expect("a password");
    let members = scene.control().swarm_of(&swarm_account(&alice.id));
    let is_read = |method: &str| method.contains("retrieve");
    let reads = || -> usize {
        let seen = members.iter().flat_map(|node| scene.control().seen(*node));
        seen.filter(|seen| seen.method.as_deref().is_some_and(is_read))
            .count()
    };
    assert!(reads() > 0, "she polls");
    boot::lock(&alice.app).await.expect("locked");
    let before = reads();
    // A whole exchange with others takes its time meanwhile.
    for text in ["are you there?", "and now?"] {
        bob.send(&alice.id, text).await;
        bob.send(&bob.id, text).await;
    }
    assert_eq!(reads(), before, "nobody asked for what is hers");
    assert_eq!(stage(&alice).await, Stage::Locked);
    boot::unlock(&alice.app, "correct horse".to_owned())
        .await
        .expect("open");
    alice.until_text(&bob.id, "and now?").await;
}
