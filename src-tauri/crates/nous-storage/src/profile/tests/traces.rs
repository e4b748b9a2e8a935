//! What disappeared is on no page: of the database, of its log, of its backups, in use or free.

use std::path::{Path, PathBuf};

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use nous_protocol::account::AccountId;
use nous_protocol::config::fields::{Timer, TimerStart};

use super::*;
use crate::conversations;
use crate::db::Writer;
use crate::disappearing::{self, Erasable, Life, LifeTask};
use crate::ids::ConversationKey;
use crate::messages::{self, MessageKind, NewMessage};

const PAGE: usize = 4_096;
/// IV and MAC, behind the content of each page.
const RESERVED: usize = 80;
/// Before the content of the first page, in clear.
const SALT: usize = 16;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// A word of what disappears, and one of what stays.
const GOES: &str = "quincunx";
const STAYS: &str = "evergreen";

/// The sealed pages of a database or of a log, with their numbers.
fn sealed_pages(file: &Path) -> Vec<(u32, Vec<u8>)> {
    let bytes = fs::read(file).unwrap_or_default();
    if file.extension().is_none_or(|end| end != "db-wal") {
        let pages = bytes.chunks_exact(PAGE).map(<[u8]>::to_vec);
        return (1..).zip(pages).collect();
    }
    let frames = bytes.get(WAL_HEADER..).unwrap_or_default();
    let frames = frames.chunks_exact(FRAME_HEADER + PAGE);
    let page = |frame: &[u8]| {
        let number = u32::from_be_bytes(frame[..4].try_into().unwrap());
        (number, frame[FRAME_HEADER..].to_vec())
    };
    frames.map(page).collect()
}

fn opened(number: u32, sealed: &[u8], key: &DatabaseKey) -> Vec<u8> {
    let (content, rest) = sealed.split_at(PAGE - RESERVED);
    let clear = if number == 1 { SALT } else { 0 };
    let mut content = content[clear..].to_vec();
    let iv: [u8; 16] = rest[..16].try_into().unwrap();
    Decryptor::<Aes256>::new(key.as_bytes().into(), &iv.into())
        .decrypt_padded::<NoPadding>(&mut content)
        .unwrap();
    content
}

/// The pages of a database or of a log, opened.
pub(super) fn pages(file: &Path, key: &DatabaseKey) -> Vec<Vec<u8>> {
    let pages = sealed_pages(file).into_iter();
    pages
        .map(|(number, sealed)| opened(number, &sealed, key))
        .collect()
}

fn holds(file: &Path, word: &str, key: &DatabaseKey) -> bool {
    let is_in = |page: &Vec<u8>| page.windows(word.len()).any(|part| part == word.as_bytes());
    pages(file, key).iter().any(is_in)
}

/// The files of a profile in which a word stands: the database, its log, its backups.
fn holding(dir: &Path, word: &str, key: &DatabaseKey) -> Vec<PathBuf> {
    let backups = backup::list(&dir.join("backup")).unwrap();
    let own = ["nous.db", "nous.db-wal"].map(|name| dir.join(name));
    let files = own
        .into_iter()
        .chain(backups.into_iter().map(|backup| backup.path));
    files.filter(|file| holds(file, word, key)).collect()
}

/// Who writes.
pub(super) const AUTHOR: AccountId = AccountId::from_x25519([2; 32]);

/// A message that came from them.
pub(super) fn message(
    conversation: ConversationKey,
    number: u32,
    sent: Timestamp,
    body: String,
    content: String,
) -> NewMessage {
    NewMessage {
        conversation,
        author: AUTHOR,
        is_own: false,
        is_received: true,
        kind: MessageKind::Text,
        body,
        sent,
        received: sent,
        order: sent,
        state: None,
        is_unread: true,
        client_token: None,
        server_hash: format!("{number:043}"),
        expires: None,
        content: Some(content.into_bytes()),
        event: None,
        mentions_us: false,
        quote: None,
    }
}

/// Sixty messages, of which each third disappears.
fn write(writer: &mut Writer<'_>, now: Timestamp) -> Result<(), StorageError> {
    let conversation = conversations::ensure(writer, AUTHOR, now)?;
    let life = Life {
        timer: Timer {
            start: TimerStart::Sent,
            seconds: 3_600,
        },
        ends: Some(now + Duration::from_secs(3_600)),
        task: LifeTask::None,
    };
    for number in 0..60_u32 {
        let is_timed = number % 3 == 0;
        let word = if is_timed { GOES } else { STAYS };
        let sent = now + Duration::from_millis(number.into());
        let body = format!("{word}{number} and {}", "more of it ".repeat(9));
        let message = message(conversation, number, sent, body, format!("content {word}"));
        let key = messages::insert(writer, &message)?;
        if is_timed {
            disappearing::set_life(writer, key, &life, now)?;
        }
    }
    conversations::refresh(writer, &[conversation])
}

#[tokio::test]
async fn what_disappeared_is_on_no_page_and_was_found_before() {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::open_or_create(dir.path(), &options()).unwrap();
    let (db, now) = (profile.database(), options().now);
    let key = key_of(dir.path());
    db.write(move |writer| write(writer, now)).await.unwrap();
    let backup = profile.back_up(now).await.unwrap().path;
    let found = holding(dir.path(), GOES, &key);
    assert!(!found.is_empty() && !found.contains(&backup), "{found:?}");
    assert!(holds(&backup, STAYS, &key), "the search finds what is there");

    let at_its_end = now + Duration::from_secs(3_600);
    let erased = db.write(move |writer| {
        disappearing::hide_ended(writer, at_its_end)?;
        disappearing::erase(writer, Erasable::Ended, at_its_end)
    });
    assert_eq!(erased.await.unwrap().len(), 20);
    assert!(db.truncate_wal(Duration::ZERO).await.unwrap());
    assert_eq!(holding(dir.path(), GOES, &key), Vec::<PathBuf>::new());
    assert!(holds(&dir.path().join("nous.db"), STAYS, &key));
}
