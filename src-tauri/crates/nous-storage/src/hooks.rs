//! What backups and restores do with the tables of messages.
//!
//! Each statement may use `:now_ms`. They run in this order in one transaction, on a
//! database of the newest version.

use nous_protocol::time::Timestamp;
use rusqlite::Connection;

use crate::error::StorageError;

/// On each fresh backup: removes what a backup must not hold, such as messages with a
/// timer. The backup may be of an older version: name only tables that it can have.
pub(crate) const STRIP_BACKUP: &[&str] = &[];

/// On each restored backup, before anything is shown: carries out again what is noted in
/// `erased`, and marks sends of the last day as “may have been sent”.
pub(crate) const AFTER_RESTORE: &[&str] = &[
    "DELETE FROM messages WHERE id IN (
         SELECT m.id FROM erased e
         JOIN conversations c ON c.account_id = e.conversation
         JOIN messages m ON m.author = e.author AND m.sent_ms = e.sent_ms AND m.conversation = c.id)",
    "UPDATE messages SET state = 6, error = 'mayHaveBeenSent' WHERE state IN (1, 2, 6) AND id IN (
         SELECT message FROM outbox WHERE queued_ms >= :now_ms - 86400000)",
    "UPDATE outbox SET is_stopped = 1, error = 'mayHaveBeenSent' WHERE kind <> 3 AND queued_ms >= :now_ms - 86400000",
    "UPDATE messages SET state = 1 WHERE state = 2",
];

/// Runs `statements` in one transaction.
///
/// # Errors
/// The first failure; nothing is kept then.
pub(crate) fn run(conn: &Connection, statements: &[&str], now: Timestamp) -> Result<(), StorageError> {
    let transaction = conn.unchecked_transaction()?;
    for sql in statements {
        let mut statement = transaction.prepare(sql)?;
        match statement.parameter_index(":now_ms")? {
            Some(_) => statement.execute(&[(":now_ms", &now.as_ms())])?,
            None => statement.execute([])?,
        };
    }
    Ok(transaction.commit()?)
}
