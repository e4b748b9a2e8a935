//! The files of one conversation, newest first.
//!
//! Source: `product.md` §13.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::Row;

use super::{Attachment, FACTS, FileKind, FileState, read_facts};
use crate::columns::{account, count, json, moment};
use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::messages::TimelinePlace;

/// A file in its place among all of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryFile {
    /// The file.
    pub file: Attachment,
    /// Who sent it.
    pub author: AccountId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Where its message stands.
    pub at: TimelinePlace,
}

/// A message with a link in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryLink {
    /// Who sent it.
    pub author: AccountId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Where it stands.
    pub at: TimelinePlace,
    /// The first 4,000 characters of its text.
    pub body: String,
}

fn files_sql() -> String {
    format!(
        "SELECT f.id, f.message, f.place, f.state, f.error, f.thumbnail_name, f.local_name IS NOT NULL, {FACTS},
                m.author, m.sent_ms, m.order_ms, m.received_ms
         FROM messages AS m INDEXED BY messages_with_media CROSS JOIN attachments AS f ON f.message = m.id
         WHERE m.conversation = ?1 AND m.media <> 0 AND m.is_hidden = 0
           AND (m.order_ms, m.received_ms, m.id) < (?2, ?3, ?4)
           AND f.kind IN (SELECT value FROM json_each(?5)) AND f.place < 32
         ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT ?6"
    )
}

fn read_file(row: &Row<'_>) -> rusqlite::Result<GalleryFile> {
    let message: MessageKey = row.get(1)?;
    Ok(GalleryFile {
        file: Attachment {
            key: row.get(0)?,
            message,
            place: count(row, 2)?,
            state: FileState::from_code(row.get(3)?),
            error: row.get(4)?,
            thumbnail: row.get(5)?,
            is_here: row.get(6)?,
            facts: read_facts(row, 7)?,
        },
        author: account(row, 18)?,
        sent: moment(row, 19)?,
        at: TimelinePlace {
            order: moment(row, 20)?,
            received: moment(row, 21)?,
            key: message,
        },
    })
}

const END: (i64, i64, i64) = (i64::MAX, i64::MAX, i64::MAX);

fn place(before: Option<TimelinePlace>) -> (i64, i64, i64) {
    before.map_or(END, |place| {
        (place.order.as_ms(), place.received.as_ms(), place.key.0)
    })
}

/// Files of these kinds before a place, newest first, those of a message together; at most `limit`
/// and what else the last message has.
///
/// # Errors
/// What the database said.
pub fn files(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    kinds: &[FileKind],
    before: Option<TimelinePlace>,
    limit: u32,
) -> Result<Vec<GalleryFile>, StorageError> {
    let codes: Vec<i64> = kinds.iter().map(|kind| kind.code()).collect();
    let (order, received, key) = place(before);
    let mut statement = reader.conn().prepare_cached(&files_sql())?;
    // A message has at most 32: its files are not torn apart.
    let most = limit.saturating_add(31);
    let rows = statement.query_map(
        (conversation, order, received, key, json(&codes)?, most),
        read_file,
    )?;
    let mut files: Vec<GalleryFile> = rows.collect::<Result<_, _>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if let Some(last) = files.get(limit.saturating_sub(1)).map(|file| file.file.message) {
        let end = files
            .iter()
            .skip(limit)
            .position(|file| file.file.message != last)
            .map_or(files.len(), |more| limit + more);
        files.truncate(end);
    }
    Ok(files)
}

const LINKS: &str = "SELECT m.id, m.author, m.sent_ms, m.order_ms, m.received_ms, substr(m.body, 1, 4000)
    FROM messages AS m
    WHERE m.conversation = ?1 AND m.kind = 0 AND m.is_hidden = 0
      AND (m.order_ms, m.received_ms, m.id) < (?2, ?3, ?4)
      AND (instr(lower(m.body), 'https://') > 0 OR instr(lower(m.body), 'http://') > 0)
    ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT ?5";

/// Messages with links before a place, newest first.
///
/// # Errors
/// What the database said.
pub fn links(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    before: Option<TimelinePlace>,
    limit: u32,
) -> Result<Vec<GalleryLink>, StorageError> {
    let (order, received, key) = place(before);
    let mut statement = reader.conn().prepare_cached(LINKS)?;
    let rows = statement.query_map((conversation, order, received, key, limit), |row| {
        Ok(GalleryLink {
            author: account(row, 1)?,
            sent: moment(row, 2)?,
            at: TimelinePlace {
                order: moment(row, 3)?,
                received: moment(row, 4)?,
                key: row.get(0)?,
            },
            body: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![files_sql(), LINKS.to_owned()]
}
