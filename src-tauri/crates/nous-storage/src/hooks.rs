//! What backups and restores do with the tables of messages.
//!
//! Each statement may use `:now_ms`. They run in this order in one transaction, on a
//! database of the newest version.

use nous_protocol::time::Timestamp;
use rusqlite::Connection;

use crate::error::StorageError;

/// On each fresh backup: removes what a backup must not hold, such as messages with a
/// timer.
const STRIP_BACKUP: &[&str] = &[
    // What was on its way was not called back.
    "UPDATE outbox SET attempts = 0 WHERE message IN (SELECT id FROM messages WHERE timer_kind > 0)",
    "DELETE FROM messages WHERE timer_kind > 0",
    // A folded row stands for what stays parked only.
    "UPDATE messages SET folded_count = folded_count - (
         SELECT count(*) FROM parked p WHERE p.message = messages.id AND p.ends_ms IS NOT NULL)
     WHERE kind = 2 AND content IS NULL AND id IN (SELECT message FROM parked WHERE ends_ms IS NOT NULL)",
    "DELETE FROM messages WHERE kind = 2 AND content IS NULL AND folded_count <= 0
       AND id IN (SELECT message FROM parked WHERE ends_ms IS NOT NULL)",
    "DELETE FROM parked WHERE ends_ms IS NOT NULL",
    "UPDATE conversations SET
         last_message = (SELECT m.id FROM messages m WHERE m.conversation = conversations.id AND m.kind <> 9
                         ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT 1),
         unread_count = (SELECT count(*) FROM messages m
                         WHERE m.conversation = conversations.id AND m.is_unread = 1),
         unread_mentions = (SELECT count(*) FROM messages m
                            WHERE m.conversation = conversations.id AND m.is_unread = 1 AND m.mentions_us = 1)",
];

/// On each restored backup, before anything is shown: carries out again what is noted in
/// `erased`, and marks sends of the last day as “may have been sent”.
pub(crate) const AFTER_RESTORE: &[&str] = &[
    "DELETE FROM messages WHERE id IN (
         SELECT m.id FROM erased e
         JOIN conversations c ON c.account_id = e.conversation
         JOIN messages m ON m.author = e.author AND m.sent_ms = e.sent_ms AND m.conversation = c.id)",
    "UPDATE messages SET state = 6, error = 'mayHaveBeenSent' WHERE state IN (1, 2, 6) AND id IN (
         SELECT message FROM outbox WHERE queued_ms >= :now_ms - 86400000)",
    "UPDATE outbox SET is_stopped = 1, may_be_stored = 1, error = 'mayHaveBeenSent'
     WHERE kind <> 3 AND queued_ms >= :now_ms - 86400000",
    "UPDATE messages SET state = 1 WHERE state = 2",
    // Nor are their files uploaded before the person acts.
    "UPDATE attachments SET state = 6, error = 'mayHaveBeenSent' WHERE state IN (0, 1)
       AND message IN (SELECT message FROM outbox WHERE is_stopped = 1)",
    "DELETE FROM transfers WHERE is_upload = 1 AND attachment IN (SELECT id FROM attachments WHERE state = 6)",
    // The copy was changed without its log: what its pages still hold is looked for again (`db/gaps.rs`).
    "DELETE FROM settings WHERE key = 'pages.left'",
];

/// Removes from a fresh backup what it must not hold. It may be of an older version, before a migration:
/// one that knows no timers has nothing of the kind.
///
/// # Errors
/// What the disk said; nothing is kept then.
pub(crate) fn strip_backup(conn: &Connection, now: Timestamp) -> Result<(), StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('messages') WHERE name = 'timer_kind')";
    let knows_timers: bool = conn.query_row(sql, [], |row| row.get(0))?;
    if knows_timers {
        run(conn, STRIP_BACKUP, now)?;
    }
    Ok(())
}

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
