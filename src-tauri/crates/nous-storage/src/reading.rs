//! What was read on this device.
//!
//! Source: `config.md` §12, `messages.md` §8.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::columns::{conversation, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// A message that was unread and is not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NowRead {
    /// Which.
    pub key: MessageKey,
    /// Its name on the network.
    pub sent: Timestamp,
}

/// What reading changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// In the order of the timeline.
    pub messages: Vec<NowRead>,
    /// The other devices do not know how far was read.
    pub has_moved: bool,
}

/// The conversations of the list in which something is unread, or that are marked so.
///
/// # Errors
/// What the database said.
pub fn unread(reader: &Reader<'_>) -> Result<Vec<ConversationId>, StorageError> {
    let sql = "SELECT account_id FROM conversations
               WHERE is_listed = 1 AND is_approved = 1 AND (unread_count > 0 OR is_marked_unread = 1)";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| conversation(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks messages as read, up to one of them with all that stand at the same time, or all of
/// them; the mark as unread goes. Nothing if that message stands elsewhere or is gone.
///
/// # Errors
/// What the database said.
pub fn mark_read(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    up_to: Option<MessageKey>,
) -> Result<Reading, StorageError> {
    let end = match up_to {
        None => Some(i64::MAX),
        Some(message) => place_of(writer, key, message)?,
    };
    let Some(end) = end else {
        return Ok(Reading::default());
    };
    let messages = take_unread(writer, key, end)?;
    let has_moved = move_position(writer, key, end)?;
    Ok(Reading { messages, has_moved })
}

fn place_of(
    writer: &Writer<'_>,
    key: ConversationKey,
    message: MessageKey,
) -> Result<Option<i64>, StorageError> {
    let sql = "SELECT order_ms FROM messages WHERE id = ?2 AND conversation = ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row((key, message), |row| row.get(0))
        .optional()?)
}

fn take_unread(writer: &Writer<'_>, key: ConversationKey, end: i64) -> Result<Vec<NowRead>, StorageError> {
    let sql = "UPDATE messages SET is_unread = 0
               WHERE conversation = ?1 AND is_unread = 1 AND order_ms <= ?2 AND is_hidden = 0
               RETURNING id, sent_ms";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map((key, end), |row| {
        Ok(NowRead {
            key: row.get(0)?,
            sent: moment(row, 1)?,
        })
    })?;
    let mut messages = rows.collect::<Result<Vec<_>, _>>()?;
    messages.sort_by_key(|message| (message.sent, message.key));
    Ok(messages)
}

/// Everything of theirs up to `end` counts as read. Whether that is news for other devices.
fn move_position(writer: &Writer<'_>, key: ConversationKey, end: i64) -> Result<bool, StorageError> {
    let sql = "SELECT order_ms FROM messages WHERE conversation = ?1 AND is_own = 0 AND order_ms <= ?2
               ORDER BY order_ms DESC LIMIT 1";
    let newest: Option<i64> = writer
        .conn()
        .prepare_cached(sql)?
        .query_row((key, end), |row| row.get(0))
        .optional()?;
    let moved: Option<bool> = writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET
                 unread_count = (SELECT count(*) FROM messages m
                                 WHERE m.conversation = ?1 AND m.is_unread = 1 AND m.is_hidden = 0),
                 unread_mentions = (SELECT count(*) FROM messages m
                                    WHERE m.conversation = ?1 AND m.is_unread = 1 AND m.mentions_us = 1
                                      AND m.is_hidden = 0),
                 is_read_unshared = max(is_read_unshared, is_marked_unread, ?2 > last_read_ms),
                 is_marked_unread = 0, last_read_ms = max(last_read_ms, ?2)
             WHERE id = ?1 RETURNING is_read_unshared",
        )?
        .query_row((key, newest.unwrap_or(0)), |row| row.get(0))
        .optional()?;
    Ok(moved.unwrap_or(false))
}
