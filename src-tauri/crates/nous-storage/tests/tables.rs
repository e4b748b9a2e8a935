//! The core tables keep what they are given.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{HOUR_MS, NOW, later, open};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_storage::cursors::{self, Place};
use nous_storage::erased::{self, Erased};
use nous_storage::error::StorageError;
use nous_storage::{network_state, seen_hashes, settings};

const ALICE: SwarmAccount = SwarmAccount::from_bytes([5; 33]);
const BOB: SwarmAccount = SwarmAccount::from_bytes([6; 33]);
const INBOX: Namespace = Namespace::MESSAGES;

#[tokio::test]
async fn a_setting_is_read_back_replaced_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|w| settings::set(w, "theme", &"dark")).await.unwrap();
    db.write(|w| settings::set(w, "theme", &"light")).await.unwrap();
    assert_eq!(
        db.read(|r| settings::get::<String>(r, "theme"))
            .await
            .unwrap()
            .as_deref(),
        Some("light")
    );
    assert_eq!(
        db.read(|r| settings::get::<u32>(r, "theme")).await.unwrap(),
        None,
        "another form counts as unset"
    );
    db.write(|w| settings::remove(w, "theme")).await.unwrap();
    assert_eq!(
        db.read(|r| settings::get::<String>(r, "theme")).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_setting_without_a_name_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let refused = profile.database().write(|w| settings::set(w, "", &1)).await;
    assert!(matches!(refused, Err(StorageError::Constraint { .. })));
}

#[tokio::test]
async fn each_network_has_its_state() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|w| network_state::save(w, "aa", b"one", NOW))
        .await
        .unwrap();
    db.write(|w| network_state::save(w, "bb", b"two", NOW))
        .await
        .unwrap();
    db.write(|w| network_state::save(w, "aa", b"three", NOW))
        .await
        .unwrap();
    assert_eq!(
        db.read(|r| network_state::load(r, "aa"))
            .await
            .unwrap()
            .as_deref(),
        Some(b"three".as_slice())
    );
    assert_eq!(db.read(|r| network_state::load(r, "cc")).await.unwrap(), None);
}

#[tokio::test]
async fn a_cursor_belongs_to_account_node_and_namespace() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let place = |account, node, namespace| Place {
        account,
        node,
        namespace,
    };
    let end = later(HOUR_MS);
    db.write(move |w| cursors::advance(w, place(&ALICE, &[1; 32], INBOX), "first", end))
        .await
        .unwrap();
    db.write(move |w| cursors::advance(w, place(&ALICE, &[1; 32], INBOX), "second", end))
        .await
        .unwrap();
    let read =
        async |place: Place<'static>, now| db.read(move |r| cursors::last_hash(r, place, now)).await.unwrap();
    assert_eq!(
        read(place(&ALICE, &[1; 32], INBOX), NOW).await.as_deref(),
        Some("second")
    );
    assert_eq!(read(place(&ALICE, &[2; 32], INBOX), NOW).await, None);
    assert_eq!(read(place(&BOB, &[1; 32], INBOX), NOW).await, None);
    assert_eq!(read(place(&ALICE, &[1; 32], Namespace(-32768)), NOW).await, None);
    assert_eq!(
        read(place(&ALICE, &[1; 32], INBOX), end).await,
        None,
        "the node has forgotten that message"
    );
    assert_eq!(db.write(move |w| cursors::prune(w, end)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_forgotten_account_is_read_from_the_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let place = |account| Place {
        account,
        node: &[1; 32],
        namespace: INBOX,
    };
    for account in [&ALICE, &BOB] {
        db.write(move |w| cursors::advance(w, place(account), "h", later(1)))
            .await
            .unwrap();
    }
    db.write(|w| cursors::forget_account(w, &ALICE)).await.unwrap();
    assert_eq!(
        db.read(move |r| cursors::last_hash(r, place(&ALICE), NOW))
            .await
            .unwrap(),
        None
    );
    assert!(
        db.read(move |r| cursors::last_hash(r, place(&BOB), NOW))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn seen_hashes_are_found_in_their_box_until_they_expire() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|w| seen_hashes::note(w, &ALICE, INBOX, &[("a", later(10)), ("b", later(20))]))
        .await
        .unwrap();
    // Again, with an earlier end: the later one stays.
    db.write(|w| seen_hashes::note(w, &ALICE, INBOX, &[("b", later(5))]))
        .await
        .unwrap();
    let asked = ["a", "b", "c"];
    let found = db
        .read(move |r| seen_hashes::seen_among(r, &ALICE, INBOX, &asked))
        .await
        .unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    assert!(
        db.read(move |r| seen_hashes::seen_among(r, &BOB, INBOX, &asked))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(db.write(|w| seen_hashes::prune(w, later(10))).await.unwrap(), 1);
    let found = db
        .read(move |r| seen_hashes::seen_among(r, &ALICE, INBOX, &asked))
        .await
        .unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn deletions_are_noted_for_thirty_days() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let message = |sent| Erased {
        conversation: vec![5; 33],
        author: ALICE,
        sent,
    };
    db.write(move |w| erased::note(w, &[message(NOW), message(later(-1))], NOW))
        .await
        .unwrap();
    assert!(
        db.read(move |r| erased::contains(r, &message(later(-1))))
            .await
            .unwrap()
    );
    assert!(
        !db.read(move |r| erased::contains(r, &message(later(1))))
            .await
            .unwrap()
    );
    assert_eq!(
        db.write(|w| erased::prune(w, later(30 * 24 * HOUR_MS)))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        db.write(|w| erased::prune(w, later(30 * 24 * HOUR_MS + 1)))
            .await
            .unwrap(),
        2
    );
    assert!(
        !db.read(move |r| erased::contains(r, &message(NOW)))
            .await
            .unwrap()
    );
}
