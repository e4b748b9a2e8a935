//! Messages that live only so long.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::{NOW, later, open};
use nous_protocol::account::AccountId;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::{Database, Writer};
use nous_storage::deletions;
use nous_storage::disappearing::{self, Beginning, Erasable, Life, LifeTask};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, MessageKind, NewMessage};

const HOUR_S: i64 = 3_600;
const HOUR_MS: i64 = 3_600_000;

fn bob() -> AccountId {
    AccountId::from_x25519([2; 32])
}

const fn hour(start: TimerStart) -> Timer {
    Timer {
        start,
        seconds: HOUR_S,
    }
}

fn text(conversation: ConversationKey, ms: i64, body: &str) -> NewMessage {
    NewMessage {
        conversation,
        author: bob(),
        is_own: false,
        is_received: true,
        kind: MessageKind::Text,
        body: body.to_owned(),
        sent: later(ms),
        received: later(ms),
        order: later(ms),
        state: None,
        is_unread: true,
        client_token: None,
        server_hash: "h".repeat(43),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}

/// A message of Bob with a life.
fn write(writer: &mut Writer<'_>, ms: i64, body: &str, life: &Life) -> Result<MessageKey, StorageError> {
    let conversation = conversations::ensure(writer, bob(), NOW)?;
    let key = messages::insert(writer, &text(conversation, ms, body))?;
    disappearing::set_life(writer, key, life, NOW)?;
    conversations::refresh(writer, &[conversation])?;
    Ok(key)
}

async fn with_life(db: &Database, ms: i64, body: &'static str, life: Life) -> MessageKey {
    db.write(move |writer| write(writer, ms, body, &life))
        .await
        .unwrap()
}

fn ending(ms: i64) -> Life {
    Life {
        timer: hour(TimerStart::Sent),
        ends: Some(later(ms)),
        task: LifeTask::None,
    }
}

/// What the list and the timeline show: the number of unread messages, and the texts.
async fn shown(db: &Database) -> (u32, Vec<String>) {
    db.read(|reader| {
        let row = conversations::by_ids(reader, &[bob().into()])?.pop();
        let unread = row.as_ref().map_or(0, |row| row.unread_count);
        let key = row.map_or(ConversationKey(0), |row| row.key);
        let rows = messages::before(reader, key, None, 100)?;
        Ok((unread, rows.into_iter().rev().map(|row| row.body).collect()))
    })
    .await
    .unwrap()
}

async fn hide(db: &Database, now: Timestamp) -> usize {
    let hidden = db.write(move |writer| disappearing::hide_ended(writer, now));
    hidden.await.unwrap().len()
}

#[tokio::test]
async fn what_has_ended_is_hidden_and_comes_back_if_the_clock_was_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    with_life(db, 0, "first", ending(HOUR_MS)).await;
    let second = with_life(db, 1, "second", ending(2 * HOUR_MS)).await;
    assert_eq!(hide(db, later(HOUR_MS - 1)).await, 0);
    assert_eq!(hide(db, later(HOUR_MS)).await, 1);
    assert_eq!(shown(db).await, (1, vec!["second".to_owned()]));
    assert_eq!(hide(db, later(9 * HOUR_MS)).await, 1);
    assert_eq!(shown(db).await, (0, Vec::new()));
    let gone = db.read(move |reader| messages::by_keys(reader, &[second]));
    assert!(gone.await.unwrap().is_empty());
    assert_eq!(hide(db, NOW).await, 2, "the clock was wrong");
    assert_eq!(shown(db).await.0, 2);
    let outlook = db
        .read(|reader| disappearing::outlook(reader, NOW))
        .await
        .unwrap();
    assert_eq!(outlook.next, Some(later(HOUR_MS)));
    assert!(!outlook.has_hidden && !outlook.is_stale && !outlook.has_tasks);
}

#[tokio::test]
async fn only_what_is_hidden_and_has_ended_is_erased() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    with_life(db, 0, "first", ending(HOUR_MS)).await;
    with_life(db, 1, "second", ending(2 * HOUR_MS)).await;
    let at = later(HOUR_MS);
    let erase = |which, now| db.write(move |writer| disappearing::erase(writer, which, now));
    assert!(
        erase(Erasable::Ended, at).await.unwrap().is_empty(),
        "nothing is hidden"
    );
    hide(db, at).await;
    let week = Duration::from_secs(7 * 86_400);
    assert!(erase(Erasable::HiddenFor(week), at).await.unwrap().is_empty());
    assert_eq!(erase(Erasable::Ended, at).await.unwrap().len(), 1);
    assert_eq!(hide(db, NOW).await, 0, "it does not come back");
    hide(db, later(2 * HOUR_MS)).await;
    db.write(move |writer| disappearing::count_hidden_time(writer, week))
        .await
        .unwrap();
    assert_eq!(erase(Erasable::HiddenFor(week), NOW).await.unwrap().len(), 1);
    assert_eq!(shown(db).await, (0, Vec::new()));
}

#[tokio::test]
async fn of_what_has_ended_our_swarm_is_told_nothing_and_deletes_it_once_it_is_erased() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let untold = Life {
        task: LifeTask::Shorten,
        ..ending(HOUR_MS)
    };
    with_life(db, 0, "read", untold).await;
    let at = later(HOUR_MS);
    hide(db, at).await;
    let looked = db.read(move |reader| {
        let has_tasks = disappearing::outlook(reader, at)?.has_tasks;
        Ok((has_tasks, disappearing::open_lives(reader, 10)?.len()))
    });
    assert_eq!(looked.await.unwrap(), (false, 0));
    let due = || db.read(move |reader| Ok(deletions::due_hashes(reader, at, 10)?.0));
    assert!(due().await.unwrap().is_empty(), "the clock may be wrong");
    db.write(move |writer| disappearing::erase(writer, Erasable::Ended, at))
        .await
        .unwrap();
    assert_eq!(due().await.unwrap(), ["h".repeat(43)]);
}

#[tokio::test]
async fn reading_begins_the_time_of_what_was_read_and_a_guess_is_corrected() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let waiting = Life {
        timer: hour(TimerStart::Read),
        ends: None,
        task: LifeTask::None,
    };
    let first = with_life(db, 0, "first", waiting).await;
    with_life(db, 1, "second", waiting).await;
    // This machine is a day ahead, and nobody has said so yet.
    let day_ms = 24 * HOUR_MS;
    let beginning = Beginning {
        at: later(day_ms + 10),
        local: Some(later(day_ms + 10)),
    };
    let begun = db.write(move |writer| {
        let key = conversations::ensure(writer, bob(), NOW)?;
        let begun = disappearing::begin_read(writer, key, Some(first), beginning)?;
        Ok((
            begun,
            disappearing::begin_read(writer, key, Some(first), beginning)?,
        ))
    });
    assert_eq!(begun.await.unwrap(), (1, 0), "it begins once");
    let outlook = db
        .read(|reader| disappearing::outlook(reader, NOW))
        .await
        .unwrap();
    assert!(outlook.has_guesses && outlook.has_tasks);
    db.write(move |writer| disappearing::settle_guesses(writer, day_ms, later(500)))
        .await
        .unwrap();
    let rows = db
        .read(move |reader| messages::by_keys(reader, &[first]))
        .await
        .unwrap();
    assert_eq!(rows[0].ends, Some(later(HOUR_MS + 10)));
    let open = db
        .read(|reader| disappearing::open_lives(reader, 10))
        .await
        .unwrap();
    assert_eq!((open.len(), open[0].task), (1, LifeTask::Shorten));
    let settled = later(HOUR_MS);
    db.write(move |writer| disappearing::settle(writer, first, Some(settled), LifeTask::None))
        .await
        .unwrap();
    let outlook = db
        .read(|reader| disappearing::outlook(reader, NOW))
        .await
        .unwrap();
    assert_eq!((outlook.has_tasks, outlook.next), (false, Some(settled)));
}

#[tokio::test]
async fn a_conversation_shows_the_newest_change_of_its_timer() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let replaced = db.write(|writer| {
        let key = conversations::ensure(writer, bob(), NOW)?;
        let change = |ms| NewMessage {
            kind: MessageKind::TimerChanged,
            ..text(key, ms, "")
        };
        let first = messages::insert(writer, &change(5))?;
        let late = disappearing::replace_timer_changes(writer, key, Some(later(3)))?;
        let newer = disappearing::replace_timer_changes(writer, key, Some(later(9)))?;
        Ok((first, late, newer))
    });
    let (first, late, newer) = replaced.await.unwrap();
    assert_eq!((late, newer), (None, Some(vec![first])));
}

#[tokio::test]
async fn the_setting_of_a_conversation_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let set = |timer| {
        db.write(move |writer| {
            let key = conversations::ensure(writer, bob(), NOW)?;
            disappearing::set_setting(writer, key, timer)?;
            disappearing::setting(&writer.reader(), key)
        })
    };
    let hour = Some(hour(TimerStart::Read));
    assert_eq!(set(hour).await.unwrap(), hour);
    let row = db.read(|reader| conversations::by_ids(reader, &[bob().into()]));
    assert_eq!(row.await.unwrap()[0].timer, hour);
    assert_eq!(set(None).await.unwrap(), None);
}

#[tokio::test]
async fn backups_hold_no_message_that_disappears() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    with_life(db, 0, "goes", ending(HOUR_MS)).await;
    db.write(|writer| {
        let key = conversations::ensure(writer, bob(), NOW)?;
        messages::insert(writer, &text(key, 1, "stays"))?;
        conversations::refresh(writer, &[key])
    })
    .await
    .unwrap();
    let backup = profile.back_up(NOW).await.unwrap();
    assert_eq!(
        shown(db).await.1,
        ["goes", "stays"],
        "the profile itself keeps both"
    );
    profile.close().await;
    drop(profile);
    std::fs::copy(&backup.path, dir.path().join("nous.db")).unwrap();
    for suffix in ["nous.db-wal", "nous.db-shm"] {
        drop(std::fs::remove_file(dir.path().join(suffix)));
    }
    let restored = open(dir.path());
    assert_eq!(shown(restored.database()).await, (1, vec!["stays".to_owned()]));
}
