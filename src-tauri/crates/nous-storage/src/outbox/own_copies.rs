//! Copies for our own devices of messages that were sent: they go out although the message is deleted on
//! this device.
//!
//! Source: `messages.md` §10.

use super::{COLUMNS, CopyKind, OutboxRow, read_row};
use crate::columns::json;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::MessageKey;

/// The copies for our own devices of those of these messages that were sent, as long as they are not
/// sealed: what they say is with their messages only.
///
/// # Errors
/// What the database said.
pub fn unsealed_own_copies(
    reader: &Reader<'_>,
    messages: &[MessageKey],
) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE o.message IN (SELECT value FROM json_each(?1)) AND o.kind = ?2
           AND o.sealed IS NULL AND m.state IN (3, 4, 5)
         ORDER BY o.id"
    );
    let messages = json(&messages.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((messages, CopyKind::Own.code()), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Messages whose row is about to go entirely leave their sealed copies for our own devices behind, as
/// contents without a message. `keys`: for `json_each`.
///
/// # Errors
/// What the database said.
pub(crate) fn leave_own_copies(writer: &mut Writer<'_>, keys: &str) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET kind = ?2, message = NULL, content = x'', priority = 1, after_row = NULL,
                   is_stopped = 0
               WHERE kind = ?3 AND sealed IS NOT NULL
                 AND message IN (SELECT m.id FROM json_each(?1) AS asked
                                 CROSS JOIN messages AS m ON m.id = asked.value
                                 WHERE m.kind <> 0 AND m.state IN (3, 4, 5))";
    let values = (keys, CopyKind::Control.code(), CopyKind::Own.code());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Removes what of messages waits, but for their sealed copies for our own devices. `keys`: for
/// `json_each`.
///
/// # Errors
/// What the database said.
pub(crate) fn drop_deleted(writer: &mut Writer<'_>, keys: &str) -> Result<(), StorageError> {
    let sql = "DELETE FROM outbox WHERE message IN (SELECT value FROM json_each(?1))
                 AND NOT (kind = ?2 AND sealed IS NOT NULL)";
    let values = (keys, CopyKind::Own.code());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}
