//! The directory of this device: order, search, merging.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_storage::db::Database;
use nous_storage::directory::{self, Entry, Merged, Winner};

fn entry(number: u32, name: &str, note: &str) -> Entry {
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    Entry {
        account: AccountId::from_x25519(key),
        name: name.into(),
        note: note.into(),
    }
}

async fn save(db: &Database, entries: Vec<Entry>) {
    db.write(move |w| directory::save(w, &entries, NOW))
        .await
        .unwrap();
}

async fn names(db: &Database, search: &'static str) -> Vec<String> {
    let rows = db
        .read(move |r| directory::page(r, None, search, 100))
        .await
        .unwrap();
    let total = db.read(move |r| directory::total(r, search)).await.unwrap();
    assert_eq!(usize::try_from(total).unwrap(), rows.len());
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn entries_stand_in_the_order_of_names_and_those_without_one_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(
        db,
        vec![
            entry(1, "", ""),
            entry(2, "zoé", ""),
            entry(3, "Émile", ""),
            entry(4, "Eva", ""),
        ],
    )
    .await;
    assert_eq!(names(db, "").await, ["Émile", "Eva", "zoé", ""]);
}

#[tokio::test]
async fn a_search_finds_beginnings_of_words_without_case_and_accents() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(
        db,
        vec![
            entry(1, "Élodie Martin", "Club d'échecs"),
            entry(0xabcd_ef01, "Martin Luc", ""),
        ],
    )
    .await;
    assert_eq!(names(db, "elo").await, ["Élodie Martin"]);
    assert_eq!(names(db, "MARTIN el").await, ["Élodie Martin"]);
    assert_eq!(names(db, "echecs").await, ["Élodie Martin"]);
    assert_eq!(names(db, "05abcd").await, ["Martin Luc"]);
    assert_eq!(names(db, "odie").await, [""; 0], "only beginnings");
    assert_eq!(names(db, "%").await.len(), 2, "nothing to look for");
}

#[tokio::test]
async fn pages_follow_each_other_also_where_names_are_alike() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(db, (0..25).map(|n| entry(n, "Same", "")).collect()).await;
    let (mut place, mut seen) = (None, Vec::new());
    loop {
        let after = place.clone();
        let rows = db
            .read(move |r| directory::page(r, after.as_ref(), "", 10))
            .await
            .unwrap();
        let Some(last) = rows.last() else { break };
        place = Some(last.place());
        seen.extend(rows.into_iter().map(|row| row.account));
    }
    let all = seen.len();
    seen.dedup();
    assert_eq!((all, seen.len()), (25, 25));
}

#[tokio::test]
async fn what_stands_here_wins_and_what_is_missing_is_filled() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(
        db,
        vec![entry(1, "Mine", ""), entry(2, "", ""), entry(3, "Same", "n")],
    )
    .await;
    let new = || {
        vec![
            entry(1, "Theirs", "note"),
            entry(2, "Two", ""),
            entry(3, "Same", ""),
            entry(4, "Four", ""),
        ]
    };
    let expected = Merged {
        added: 1,
        changed: 2,
        kept: 1,
    };
    let foreseen = db
        .read(move |r| directory::would_merge(r, &new(), Winner::Known))
        .await
        .unwrap();
    assert_eq!(foreseen, expected);
    let done = db
        .write(move |w| directory::merge(w, &new(), Winner::Known, later(1)))
        .await
        .unwrap();
    assert_eq!(done, expected);
    let one = db
        .read(|r| directory::find(r, &entry(1, "", "").account))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((one.name.as_str(), one.note.as_str()), ("Mine", "note"));
    let again = db
        .write(move |w| directory::merge(w, &new(), Winner::Known, later(2)))
        .await
        .unwrap();
    assert_eq!(
        again,
        Merged {
            kept: 4,
            ..Merged::default()
        },
        "twice is once"
    );
}

#[tokio::test]
async fn what_comes_wins_if_asked_so_but_silence_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(db, vec![entry(1, "Mine", "kept")]).await;
    db.write(|w| directory::merge(w, &[entry(1, "Theirs", "")], Winner::New, later(1)))
        .await
        .unwrap();
    let one = db
        .read(|r| directory::find(r, &entry(1, "", "").account))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((one.name.as_str(), one.note.as_str()), ("Theirs", "kept"));
    assert_eq!(names(db, "mine").await, [""; 0], "the search follows the name");
    assert_eq!(names(db, "theirs").await, ["Theirs"]);
}

#[tokio::test]
async fn removed_entries_are_gone() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    save(db, vec![entry(1, "One", ""), entry(2, "Two", "")]).await;
    let gone = [entry(1, "", "").account, entry(9, "", "").account];
    assert_eq!(db.write(move |w| directory::remove(w, &gone)).await.unwrap(), 1);
    assert_eq!(names(db, "").await, ["Two"]);
}
