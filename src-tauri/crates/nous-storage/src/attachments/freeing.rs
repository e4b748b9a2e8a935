//! Files that go from this device while their messages stay: by age, by size, of a conversation.
//!
//! Only what the server has, or had, goes: a file that still waits to be uploaded is nowhere else. And
//! only what people sent: the picture of a page behind a link is none of their files.
//!
//! Source: `product.md` §14.

use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use rusqlite::Row;

use crate::columns::{conversation, json};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{AttachmentKey, ConversationKey, MessageKey};

/// How long the server has a file of which nobody says more.
const SERVER_LIFE: Duration = Duration::from_secs(14 * 86_400);

/// Which files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Only there; `None`: everywhere.
    pub conversation: Option<ConversationKey>,
    /// Only of messages before this moment.
    pub before: Timestamp,
    /// Only files of more bytes.
    pub larger_than: u64,
}

/// A file that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removable {
    /// Which.
    pub key: AttachmentKey,
    /// Of which message.
    pub message: MessageKey,
    /// In which conversation.
    pub peer: ConversationId,
    /// Its bytes.
    pub bytes: u64,
}

const FITS: &str = "f.local_name IS NOT NULL AND f.state IN (2, 5) AND f.url <> '' AND f.place < 32
    AND m.order_ms < ?1 AND coalesce(f.size_bytes, 0) > ?2 AND (?3 IS NULL OR m.conversation = ?3)
    AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.message = f.message)";

fn page_sql() -> String {
    format!(
        "SELECT f.id, f.message, c.account_id, coalesce(f.size_bytes, 0) FROM attachments AS f
         CROSS JOIN messages AS m ON m.id = f.message CROSS JOIN conversations AS c ON c.id = m.conversation
         WHERE f.id > ?4 AND {FITS} ORDER BY f.id LIMIT ?5"
    )
}

fn read_removable(row: &Row<'_>) -> rusqlite::Result<Removable> {
    Ok(Removable {
        key: row.get(0)?,
        message: row.get(1)?,
        peer: conversation(row, 2)?,
        bytes: row.get::<_, i64>(3)?.unsigned_abs(),
    })
}

fn size_bound(which: &Which) -> i64 {
    i64::try_from(which.larger_than).unwrap_or(i64::MAX)
}

/// Files that may go, behind one of them, in the order of their numbers.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    which: &Which,
    behind: AttachmentKey,
    limit: u32,
) -> Result<Vec<Removable>, StorageError> {
    let mut statement = reader.conn().prepare_cached(&page_sql())?;
    let values = (
        which.before.as_ms(),
        size_bound(which),
        which.conversation,
        behind,
        limit,
    );
    let rows = statement.query_map(values, read_removable)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many files may go, and their bytes.
///
/// # Errors
/// What the database said.
pub fn count(reader: &Reader<'_>, which: &Which) -> Result<(u32, u64), StorageError> {
    let sql = format!(
        "SELECT count(*), coalesce(sum(f.size_bytes), 0) FROM attachments AS f
         JOIN messages AS m ON m.id = f.message WHERE {FITS}"
    );
    let values = (which.before.as_ms(), size_bound(which), which.conversation);
    let (files, bytes): (i64, i64) = reader
        .conn()
        .prepare_cached(&sql)?
        .query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((u32::try_from(files).unwrap_or(u32::MAX), bytes.unsigned_abs()))
}

/// These files are not on this device any more: their names are noted among those that have to
/// follow. Small pictures of them stay. They can be fetched again as long as the server has them.
///
/// # Errors
/// What the database said.
pub fn forget(writer: &mut Writer<'_>, keys: &[AttachmentKey], now: Timestamp) -> Result<(), StorageError> {
    let list = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let conn = writer.conn();
    conn.prepare_cached(
        "INSERT OR IGNORE INTO gone_files (name)
         SELECT local_name FROM attachments
         WHERE id IN (SELECT value FROM json_each(?1)) AND local_name IS NOT NULL",
    )?
    .execute([&list])?;
    // Until when the server has it: as it said, or as long as it has any file.
    conn.prepare_cached(
        "UPDATE attachments SET local_name = NULL, local_key = NULL, error = '',
             state = iif(iif(expires_ms > 0, expires_ms,
                 (SELECT sent_ms FROM messages WHERE messages.id = attachments.message) + ?3) <= ?2, 7, 3)
         WHERE id IN (SELECT value FROM json_each(?1)) AND local_name IS NOT NULL",
    )?
    .execute((&list, now.as_ms(), life_ms()))?;
    Ok(())
}

fn life_ms() -> i64 {
    i64::try_from(SERVER_LIFE.as_millis()).unwrap_or(i64::MAX)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![page_sql()]
}
