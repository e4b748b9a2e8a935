//! Receipts for messages that are not here yet.
//!
//! Source: `messages.md` §8.

use std::time::Duration;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;

use crate::columns::json;
use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// How long a receipt waits for its message.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The most that wait in one conversation; the oldest go.
pub const MOST_PENDING: u32 = 2_000;

/// Keeps the receipts among these for which the conversation has no message of `author`.
///
/// # Errors
/// What the database said.
pub fn keep_pending(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    author: &AccountId,
    sent: &[Timestamp],
    read: Timestamp,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sent = json(&sent.iter().map(|at| at.as_ms()).collect::<Vec<_>>())?;
    let conn = writer.conn();
    let kept = conn
        .prepare_cached(
            "INSERT INTO pending_receipts (conversation, sent_ms, read_ms, received_ms)
             SELECT DISTINCT ?1, value, ?4, ?5 FROM json_each(?3)
             WHERE NOT EXISTS (SELECT 1 FROM messages m
                               WHERE m.author = ?2 AND m.sent_ms = value AND m.conversation = ?1)
             ON CONFLICT (conversation, sent_ms) DO NOTHING",
        )?
        .execute((
            conversation,
            author.to_bytes().as_slice(),
            sent,
            read.as_ms(),
            now.as_ms(),
        ))?;
    if kept > 0 {
        conn.prepare_cached(
            "DELETE FROM pending_receipts WHERE conversation = ?1 AND sent_ms IN (
                 SELECT sent_ms FROM pending_receipts WHERE conversation = ?1
                 ORDER BY received_ms DESC, sent_ms DESC LIMIT -1 OFFSET ?2)",
        )?
        .execute((conversation, MOST_PENDING))?;
    }
    Ok(())
}

/// An own message has come: it is read if a receipt waits for it. Whether one did.
///
/// # Errors
/// What the database said.
pub fn take_pending(writer: &mut Writer<'_>, message: MessageKey) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let marked = conn
        .prepare_cached(
            "UPDATE messages SET state = 5, error = '', read_ms = p.read_ms FROM pending_receipts p
             WHERE messages.id = ?1 AND messages.is_own = 1
               AND p.conversation = messages.conversation AND p.sent_ms = messages.sent_ms",
        )?
        .execute([message])?;
    if marked > 0 {
        conn.prepare_cached(
            "DELETE FROM pending_receipts WHERE (conversation, sent_ms) IN (
                 SELECT conversation, sent_ms FROM messages WHERE id = ?1)",
        )?
        .execute([message])?;
    }
    Ok(marked > 0)
}

/// Removes what has waited too long.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let sql = "DELETE FROM pending_receipts WHERE received_ms < ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute([now.earlier(KEPT).as_ms()])?)
}
