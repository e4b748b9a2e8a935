//! Reading the outbox.

use super::{COLUMNS, CopyKind, OutboxRow, read_row};
use crate::columns::{count, json};
use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey, OutboxKey};

/// Everything in the outbox, oldest first; at most 500 rows.
///
/// # Errors
/// What the database said.
pub fn list(reader: &Reader<'_>) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!("SELECT {COLUMNS} ORDER BY o.id LIMIT 500");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of one message, oldest first.
///
/// # Errors
/// What the database said.
pub fn of_message(reader: &Reader<'_>, message: MessageKey) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!("SELECT {COLUMNS} WHERE o.message = ?1 ORDER BY o.id");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([message], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of these messages that were tried, own copies excepted: a node may have them, or
/// get them right now.
///
/// # Errors
/// What the database said.
pub fn tried(reader: &Reader<'_>, messages: &[MessageKey]) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE o.message IN (SELECT value FROM json_each(?1))
           AND (o.attempts > 0 OR o.may_be_stored = 1) AND o.kind <> ?2
         ORDER BY o.id"
    );
    let messages = json(&messages.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((messages, CopyKind::Own.code()), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of one conversation.
///
/// # Errors
/// What the database said.
pub fn keys_of(reader: &Reader<'_>, conversation: ConversationKey) -> Result<Vec<OutboxKey>, StorageError> {
    let mut statement = reader
        .conn()
        .prepare_cached("SELECT id FROM outbox WHERE conversation = ?1")?;
    let rows = statement.query_map([conversation], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether something of a conversation waits to go out, and not for the person.
///
/// # Errors
/// What the database said.
pub fn is_waiting(reader: &Reader<'_>, conversation: ConversationKey) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE conversation = ?1 AND is_stopped = 0)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| row.get(0))?)
}

/// How many messages wait to go out to others; own copies and contents without a message do
/// not count.
///
/// # Errors
/// What the database said.
pub fn waiting(reader: &Reader<'_>) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM outbox WHERE is_stopped = 0 AND kind IN (0, 2, 4)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| count(row, 0))?)
}
