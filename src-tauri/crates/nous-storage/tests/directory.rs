//! The directory of this device: order, search, merging.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_storage::conversations::{self, Approval, PersonProfile};
use nous_storage::db::Database;
use nous_storage::directory::{self, Entry, Merged, Winner};
use nous_storage::people;

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

/// Somebody with whom there is a conversation, which stands in the list.
async fn met(db: &Database, number: u32, told: &'static str, by: &'static [Approval]) {
    let account = entry(number, "", "").account;
    let told = PersonProfile {
        name: Some(told.to_owned()),
        picture: None,
        updated_s: 1,
    };
    db.write(move |writer| {
        let key = conversations::ensure(writer, account, NOW)?;
        conversations::set_profile(writer, key, &told)?;
        for one in by {
            conversations::approve(writer, key, *one)?;
        }
        people::set_priority(writer, key, 0)
    })
    .await
    .unwrap();
}

/// What somebody is called, and whether the directory says so.
async fn shown(db: &Database, number: u32) -> (String, bool) {
    let account = entry(number, "", "").account;
    let rows = db.read(move |reader| conversations::by_ids(reader, &[account.into()]));
    let row = rows.await.unwrap().pop().unwrap();
    (row.name, row.is_directory_name)
}

#[tokio::test]
async fn the_directory_names_who_has_no_other_name() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let both = &[Approval::Ours, Approval::Theirs];
    met(db, 1, "Told", &[Approval::Ours]).await;
    met(db, 2, "Told", both).await;
    assert_eq!(shown(db, 1).await, (String::new(), false));
    save(db, vec![entry(1, "Listed", "note"), entry(2, "Listed", "")]).await;
    assert_eq!(shown(db, 1).await, ("Listed".to_owned(), true));
    assert_eq!(
        shown(db, 2).await,
        ("Told".to_owned(), false),
        "a contact's own name"
    );

    let account = entry(1, "", "").account;
    let rename = async |nickname: &'static str| {
        let write = db.write(move |writer| {
            let key = conversations::ensure(writer, account, NOW)?;
            people::set_nickname(writer, key, nickname)
        });
        write.await.unwrap();
    };
    rename("Nick").await;
    assert_eq!(shown(db, 1).await, ("Nick".to_owned(), false));
    rename("").await;
    // The name of a contact belongs to the contact.
    save(db, vec![entry(1, "TOLD", "")]).await;
    let short = account.short();
    assert_eq!(shown(db, 1).await, (format!("TOLD ({short})"), true));
    save(db, vec![entry(1, "", "only a note")]).await;
    assert_eq!(shown(db, 1).await, (String::new(), false));
}

#[tokio::test]
async fn the_list_is_searched_by_the_names_of_the_directory_that_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    met(db, 1, "", &[Approval::Ours]).await;
    met(db, 2, "Told", &[Approval::Ours, Approval::Theirs]).await;
    save(db, vec![entry(1, "Zoé Listed", ""), entry(2, "Zoé Hidden", "")]).await;
    let found = async |filter: &'static str| {
        let page = db.read(move |reader| conversations::page(reader, None, filter, 10));
        let rows = page.await.unwrap().into_iter();
        rows.map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(found("zo").await, ["Zoé Listed"]);
    assert_eq!(found("LIST").await, ["Zoé Listed"]);
    assert_eq!(found("told").await, ["Told"]);
    assert!(found("hidden").await.is_empty());
}
