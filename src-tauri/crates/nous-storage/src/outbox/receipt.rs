//! Read receipts that wait to go out: one content for what is read within a short while.
//!
//! Source: `messages.md` §8.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use super::CopyKind;
use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::{ConversationKey, OutboxKey};

/// After messages and configs.
const PRIORITY: i64 = 2;

/// A receipt to send. Its sent time is fixed when it is sealed.
#[derive(Debug, Clone)]
pub struct NewReceipt {
    /// Whose messages were read.
    pub conversation: ConversationKey,
    /// Whose swarm.
    pub destination: AccountId,
    /// The encoded content, without padding and without a time.
    pub content: Vec<u8>,
    /// What this machine's clock says now.
    pub written_local: Timestamp,
    /// Its life in the swarm, in ms.
    pub ttl_ms: i64,
    /// Not before.
    pub first_attempt: Timestamp,
    /// Now.
    pub queued: Timestamp,
    /// The end of trying.
    pub give_up: Timestamp,
}

/// The newest receipt of a conversation that nobody has tried to send, with its content.
///
/// # Errors
/// What the database said.
pub fn waiting_receipt(
    writer: &Writer<'_>,
    conversation: ConversationKey,
) -> Result<Option<(OutboxKey, Vec<u8>)>, StorageError> {
    let sql = "SELECT id, content FROM outbox
               WHERE conversation = ?1 AND kind = ?2 AND priority = ?3 AND is_stopped = 0 AND attempts = 0
               ORDER BY id DESC LIMIT 1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row((conversation, CopyKind::Control.code(), PRIORITY), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?)
}

/// Writes a receipt down.
///
/// # Errors
/// What the database said.
pub fn enqueue_receipt(writer: &mut Writer<'_>, new: &NewReceipt) -> Result<OutboxKey, StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO outbox (conversation, kind, priority, destination, content, sent_ms, ttl_ms, queued_ms,
                                 give_up_ms, next_attempt_ms, written_local_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
            new.conversation,
            CopyKind::Control.code(),
            PRIORITY,
            new.destination.to_bytes().as_slice(),
            &new.content,
            new.ttl_ms,
            new.queued.as_ms(),
            new.give_up.as_ms(),
            new.first_attempt.as_ms(),
            new.written_local.as_ms(),
        ))?;
    Ok(OutboxKey(writer.conn().last_insert_rowid()))
}

/// Replaces the content of a receipt that nobody has tried to send. `false` if there is none
/// of that number.
///
/// # Errors
/// What the database said.
pub fn extend_receipt(
    writer: &mut Writer<'_>,
    key: OutboxKey,
    content: &[u8],
    written_local: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE outbox SET content = ?2, written_local_ms = ?3 WHERE id = ?1 AND attempts = 0";
    let values = (key, content, written_local.as_ms());
    Ok(writer.conn().prepare_cached(sql)?.execute(values)? > 0)
}

/// Removes every receipt that waits: none is to be sent any more.
///
/// # Errors
/// What the database said.
pub fn drop_receipts(writer: &mut Writer<'_>) -> Result<usize, StorageError> {
    let sql = "DELETE FROM outbox WHERE kind = ?1 AND priority = ?2";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute((CopyKind::Control.code(), PRIORITY))?)
}
