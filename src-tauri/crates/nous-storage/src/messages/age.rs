//! Messages of one conversation that are old enough to be cleared on this device.
//!
//! None that still has something to do goes: it waits to be sent, or to be deleted for the others too. Nor
//! does a row that stands for contents of several times.
//!
//! Source: `product.md` §14.

use nous_protocol::time::Timestamp;

use crate::columns::count;
use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

const OLD: &str = "FROM messages AS m INDEXED BY messages_timeline
    WHERE m.conversation = ?1 AND m.order_ms < ?2 AND m.is_hidden = 0 AND m.folded_count = 0
      AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.message = m.id)
      AND NOT EXISTS (SELECT 1 FROM deletions AS d WHERE d.message = m.id)";

fn old_sql() -> String {
    format!("SELECT m.id {OLD} ORDER BY m.order_ms, m.received_ms, m.id LIMIT ?3")
}

/// The oldest messages of a conversation that stand before a moment.
///
/// # Errors
/// What the database said.
pub fn old(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<MessageKey>, StorageError> {
    let mut statement = reader.conn().prepare_cached(&old_sql())?;
    let rows = statement.query_map((conversation, before.as_ms(), limit), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many messages of a conversation stand before a moment.
///
/// # Errors
/// What the database said.
pub fn old_count(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    before: Timestamp,
) -> Result<u32, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(&format!("SELECT count(*) {OLD}"))?
        .query_row((conversation, before.as_ms()), |row| count(row, 0))?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![old_sql()]
}
