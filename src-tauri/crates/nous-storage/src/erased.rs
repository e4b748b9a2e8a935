//! Deleted messages, noted for 30 days: a restored backup must not bring them back.
//!
//! Source: `architecture.md` §10.

use std::time::Duration;

use nous_protocol::account::SwarmAccount;
use nous_protocol::time::Timestamp;

use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// How long a deletion is noted: longer than any backup lives.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A message that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Erased {
    /// The conversation's address: prefix and key, 33 bytes, or a community's room.
    pub conversation: Vec<u8>,
    /// Who wrote it.
    pub author: SwarmAccount,
    /// The message's own time.
    pub sent: Timestamp,
}

/// Notes deletions, in the transaction that carries them out.
///
/// # Errors
/// What the database said.
pub fn note(writer: &mut Writer<'_>, messages: &[Erased], now: Timestamp) -> Result<(), StorageError> {
    let rows: Vec<(String, String, i64)> = messages
        .iter()
        .map(|m| (hex::encode(&m.conversation), m.author.to_string(), m.sent.as_ms()))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| StorageError::Value("a list of messages"))?;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO erased (conversation, author, sent_ms, erased_ms)
             SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, ?2 FROM json_each(?1) WHERE true
             ON CONFLICT (conversation, author, sent_ms) DO UPDATE SET erased_ms = excluded.erased_ms",
        )?
        .execute((rows, now.as_ms()))?;
    Ok(())
}

/// The statement of [`contains`].
pub(crate) const CONTAINS: &str =
    "SELECT EXISTS (SELECT 1 FROM erased WHERE conversation = ?1 AND author = ?2 AND sent_ms = ?3)";

/// Whether this message was deleted here in the last 30 days.
///
/// # Errors
/// What the database said.
pub fn contains(reader: &Reader<'_>, message: &Erased) -> Result<bool, StorageError> {
    let values = (
        &message.conversation,
        message.author.as_bytes().as_slice(),
        message.sent.as_ms(),
    );
    Ok(reader
        .conn()
        .prepare_cached(CONTAINS)?
        .query_row(values, |row| row.get(0))?)
}

/// The statement of [`prune`].
pub(crate) const PRUNE: &str = "DELETE FROM erased WHERE erased_ms < ?1";

/// Forgets deletions of more than 30 days ago; returns how many.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    Ok(writer
        .conn()
        .prepare_cached(PRUNE)?
        .execute([(now - KEPT).as_ms()])?)
}
