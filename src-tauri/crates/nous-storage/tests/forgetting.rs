//! What is kept for a time only, and what is shown of it meanwhile.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::Path;

use common::{HOUR_MS, NOW, later, open};
use nous_protocol::account::{AccountId, GroupId, Namespace};
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Approval};
use nous_storage::db::{Database, Writer};
use nous_storage::disappearing::{self, Changed, Erasable};
use nous_storage::error::StorageError;
use nous_storage::groups::deletions::{self, Erased};
use nous_storage::groups::parked::{self, ParkedMessage, Reason};
use nous_storage::groups::{self, shut_out};
use nous_storage::ids::MessageKey;
use nous_storage::inbox::{self, Parked};
use nous_storage::messages::{self, MessageKind, NewMessage};

const DAY_MS: i64 = 24 * HOUR_MS;

fn bob() -> AccountId {
    AccountId::from_x25519([2; 32])
}

fn rowers() -> GroupId {
    GroupId::from_ed25519([3; 32])
}

/// Folds one more content into a row of the conversation with Bob.
fn fold(writer: &mut Writer<'_>) -> Result<MessageKey, StorageError> {
    let conversation = conversations::ensure(writer, bob(), NOW)?;
    let row = NewMessage {
        conversation,
        author: bob(),
        is_own: false,
        is_received: false,
        kind: MessageKind::Unsupported,
        body: String::new(),
        sent: NOW,
        received: NOW,
        order: NOW,
        state: None,
        is_unread: false,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    };
    let key = messages::fold_unsupported(writer, &row)?;
    conversations::refresh(writer, &[conversation])?;
    Ok(key)
}

/// Parks a content of Bob that came at a moment.
fn park(writer: &mut Writer<'_>, hash: &str, received: Timestamp) -> Result<MessageKey, StorageError> {
    let row = fold(writer)?;
    let content = Parked {
        message: Some(row),
        ..content_of(bob(), hash, received)
    };
    inbox::park(writer, &content)?;
    Ok(row)
}

/// A content of somebody, without a row.
fn content_of(sender: AccountId, hash: &str, received: Timestamp) -> Parked {
    Parked {
        hash: hash.to_owned(),
        sender,
        namespace: Namespace::MESSAGES,
        envelope: NOW,
        received,
        expires: received,
        reason: "unknown".to_owned(),
        content: vec![7; 10],
        message: None,
    }
}

/// How many contents the row of the conversation with Bob stands for; `None`: there is none.
async fn folded(db: &Database) -> Option<u32> {
    let read = db.read(|reader| {
        let last = conversations::by_ids(reader, &[bob().into()])?.pop();
        let key = last.unwrap().key;
        Ok(messages::before(reader, key, None, 10)?.pop())
    });
    read.await.unwrap().map(|row| row.folded_count)
}

fn row_of(changed: &[Changed]) -> Vec<MessageKey> {
    changed.iter().map(|changed| changed.message).collect()
}

#[tokio::test]
async fn a_folded_row_stands_for_what_is_kept_and_goes_with_the_last_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let row = db
        .write(|writer| {
            park(writer, "old", NOW)?;
            park(writer, "as old", NOW)?;
            park(writer, "new", later(100 * DAY_MS))?;
            let row = park(writer, "ends", later(100 * DAY_MS))?;
            disappearing::end_parked(writer, "ends", later(101 * DAY_MS))?;
            Ok(row)
        })
        .await
        .unwrap();
    assert_eq!(folded(db).await, Some(4));
    let old = db.write(|writer| inbox::prune(writer, later(181 * DAY_MS)));
    assert_eq!(row_of(&old.await.unwrap()), [row], "once, though it lost two");
    assert_eq!(folded(db).await, Some(2));
    let none = db.write(|writer| inbox::prune(writer, later(181 * DAY_MS)));
    assert!(none.await.unwrap().is_empty());
    let ended = db.write(|writer| disappearing::erase(writer, Erasable::Ended, later(101 * DAY_MS)));
    assert_eq!(row_of(&ended.await.unwrap()), [row]);
    assert_eq!(folded(db).await, Some(1));
    let last = db.write(|writer| inbox::prune(writer, later(281 * DAY_MS)));
    assert_eq!(row_of(&last.await.unwrap()), [row]);
    assert_eq!(folded(db).await, None);
    let shown = db.read(|reader| conversations::by_ids(reader, &[bob().into()]));
    assert!(shown.await.unwrap()[0].last_message.is_none());
}

#[tokio::test]
async fn a_folded_row_does_not_stand_for_what_made_room() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let made = db.write(|writer| {
        for number in 0..1_005 {
            park(writer, &format!("{number:0>43}"), NOW)?;
        }
        inbox::keep_within(writer)
    });
    assert_eq!(made.await.unwrap().len(), 1);
    assert_eq!(folded(db).await, Some(1_000));
}

#[tokio::test]
async fn what_strangers_sent_makes_room_for_what_friends_sent() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let [friend, stranger] = [3, 4].map(|byte| AccountId::from_x25519([byte; 32]));
    db.write(move |writer| {
        park(writer, "with a row", NOW)?;
        let conversation = conversations::ensure(writer, friend, NOW)?;
        conversations::approve(writer, conversation, Approval::Ours)?;
        inbox::park(writer, &content_of(friend, "without a row", NOW))?;
        conversations::ensure(writer, stranger, NOW)?;
        for number in 0..1_005 {
            inbox::park(writer, &content_of(stranger, &format!("{number:0>43}"), NOW))?;
        }
        inbox::keep_within(writer)
    })
    .await
    .unwrap();
    let kept = db.read(inbox::parked).await.unwrap();
    let hashes: Vec<&str> = kept.iter().map(|parked| parked.hash.as_str()).collect();
    let oldest = format!("{:0>43}", 7);
    assert_eq!(hashes.len(), 1_000);
    assert_eq!(hashes[..3], ["with a row", "without a row", oldest.as_str()]);
    assert_eq!(folded(db).await, Some(1));
}

fn waiting(hash: &str, expires: Timestamp) -> ParkedMessage {
    ParkedMessage {
        hash: hash.to_owned(),
        data: vec![1],
        stored: NOW,
        expires,
        reason: Reason::Later,
    }
}

#[tokio::test]
async fn a_folded_row_of_a_group_stands_for_what_waits_there() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let id = rowers();
    let row = db
        .write(move |writer| {
            let mut row = MessageKey(0);
            for (hash, days) in [("first", 1), ("second", 2), ("third", 3)] {
                row = fold(writer)?;
                parked::park(writer, &id, &waiting(hash, later(days * DAY_MS)))?;
                parked::fold(writer, &id, hash, row)?;
            }
            Ok(row)
        })
        .await
        .unwrap();
    let unsure = db.write(move |writer| parked::prune(writer, &id, None));
    assert!(unsure.await.unwrap().is_empty(), "nobody knows what time it is");
    let pruned = db.write(move |writer| parked::prune(writer, &id, Some(later(DAY_MS))));
    assert_eq!(pruned.await.unwrap(), [row]);
    assert_eq!(folded(db).await, Some(2));
    db.write(move |writer| groups::forget(writer, &id)).await.unwrap();
    assert_eq!(folded(db).await, None);
}

/// The profile with a copy of its database in the place of it.
fn restored(dir: &Path, backup: &Path) -> nous_storage::profile::Profile {
    std::fs::copy(backup, dir.join("nous.db")).unwrap();
    for suffix in ["nous.db-wal", "nous.db-shm"] {
        drop(std::fs::remove_file(dir.join(suffix)));
    }
    open(dir)
}

#[tokio::test]
async fn a_folded_row_in_a_backup_stands_for_what_the_backup_holds() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    profile
        .database()
        .write(|writer| {
            park(writer, "stays", NOW)?;
            park(writer, "ends", NOW)?;
            disappearing::end_parked(writer, "ends", later(DAY_MS))
        })
        .await
        .unwrap();
    let with_one = profile.back_up(NOW).await.unwrap();
    let ending = profile
        .database()
        .write(|writer| disappearing::end_parked(writer, "stays", later(DAY_MS)));
    ending.await.unwrap();
    let with_none = profile.back_up(later(1_000)).await.unwrap();
    assert_eq!(folded(profile.database()).await, Some(2), "here are both");
    profile.close().await;
    drop(profile);
    for (backup, left) in [(with_one, Some(1)), (with_none, None)] {
        let profile = restored(dir.path(), &backup.path);
        assert_eq!(folded(profile.database()).await, left);
        profile.close().await;
    }
}

#[tokio::test]
async fn what_was_deleted_in_a_group_is_remembered_until_it_is_surely_old() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let id = rowers();
    let of = |hash: &str| Erased {
        hash: Some(hash.to_owned()),
        author: None,
        before: NOW,
    };
    let (first, second) = ([of("first")], [of("second")]);
    // The second is noted by a clock that is ten years ahead.
    let ahead = later(3_650 * DAY_MS);
    let noted = db.write(move |writer| {
        deletions::note_erased(writer, &id, &first, NOW)?;
        deletions::note_erased(writer, &id, &second, ahead)?;
        shut_out::note(writer, &id, &[bob()], 1, NOW)?;
        shut_out::note(writer, &id, &[AccountId::from_x25519([4; 32])], 1, ahead)
    });
    noted.await.unwrap();
    let count = || {
        db.read(move |reader| {
            let erased = deletions::erased(reader, &id)?.len();
            Ok((erased, shut_out::of_group(reader, &id)?.len()))
        })
    };
    assert_eq!(count().await.unwrap(), (2, 2));
    let prune = |now: Timestamp| {
        db.write(move |writer| Ok((deletions::prune(writer, now)?, shut_out::prune(writer, now)?)))
    };
    assert_eq!(prune(later(13 * DAY_MS)).await.unwrap(), (0, 0));
    assert_eq!(prune(later(31 * DAY_MS)).await.unwrap(), (1, 1));
    assert_eq!(count().await.unwrap(), (1, 1));
}
