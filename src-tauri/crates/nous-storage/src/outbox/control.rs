//! Contents that no row of the timeline stands for, such as unsend requests.

use nous_protocol::account::SwarmAccount;
use nous_protocol::time::Timestamp;

use super::CopyKind;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, OutboxKey};

/// A content to send that no row of the timeline stands for.
#[derive(Debug, Clone)]
pub struct NewControl {
    /// In which conversation.
    pub conversation: ConversationKey,
    /// Whose swarm.
    pub destination: SwarmAccount,
    /// The encoded content, without padding.
    pub content: Vec<u8>,
    /// Its sent time, as in the content.
    pub sent: Timestamp,
    /// Its life in the swarm, in ms.
    pub ttl_ms: i64,
    /// Not before.
    pub first_attempt: Timestamp,
    /// Now.
    pub queued: Timestamp,
    /// The end of trying.
    pub give_up: Timestamp,
}

/// Writes a content without a message down.
///
/// # Errors
/// What the database said.
pub fn enqueue_control(writer: &mut Writer<'_>, new: &NewControl) -> Result<OutboxKey, StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO outbox (conversation, kind, destination, content, sent_ms, ttl_ms, queued_ms, give_up_ms,
                                 next_attempt_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute((
            new.conversation,
            CopyKind::Control.code(),
            new.destination.as_bytes().as_slice(),
            &new.content,
            new.sent.as_ms(),
            new.ttl_ms,
            new.queued.as_ms(),
            new.give_up.as_ms(),
            new.first_attempt.as_ms(),
        ))?;
    Ok(OutboxKey(writer.conn().last_insert_rowid()))
}

/// The lane of copies for our own devices: trouble with our own swarm does not hold the others.
const OWN_COPIES: i64 = 1;

/// A content without a message is the copy of another one for our own devices: it goes out after
/// that.
///
/// # Errors
/// What the database said.
pub fn send_behind(writer: &mut Writer<'_>, key: OutboxKey, original: OutboxKey) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET after_row = ?2, priority = ?3 WHERE id = ?1";
    let values = (key, original, OWN_COPIES);
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The sent time of a content without a message is fixed at sealing: no node's time is known.
///
/// `written_local`: what this machine's clock says now.
///
/// # Errors
/// What the database said.
pub fn fix_later(
    writer: &mut Writer<'_>,
    key: OutboxKey,
    written_local: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET sent_ms = 0, written_local_ms = ?2 WHERE id = ?1";
    let values = (key, written_local.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// A content without a message begins again as one of this moment: it is sealed anew.
///
/// # Errors
/// What the database said.
pub fn renew(writer: &mut Writer<'_>, key: OutboxKey, sent: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET sealed = NULL, sent_ms = ?2, next_attempt_ms = ?2,
                   give_up_ms = ?2 + (give_up_ms - queued_ms), queued_ms = ?2
               WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key, sent.as_ms()))?;
    Ok(())
}

/// The contents without a message that wait in one conversation.
///
/// # Errors
/// What the database said.
pub fn waiting_controls(
    reader: &Reader<'_>,
    conversation: ConversationKey,
) -> Result<Vec<OutboxKey>, StorageError> {
    let sql = "SELECT id FROM outbox WHERE conversation = ?1 AND kind = ?2";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map((conversation, CopyKind::Control.code()), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes the contents without a message of one conversation due: what they wait for has ended.
/// Receipts wait for nothing of the kind.
///
/// # Errors
/// What the database said.
pub fn hurry_controls(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET next_attempt_ms = ?2
               WHERE conversation = ?1 AND kind = ?3 AND priority = 0 AND attempts = 0 AND is_stopped = 0";
    let values = (conversation, now.as_ms(), CopyKind::Control.code());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}
