//! Deletion for everyone, and without a trace.
//!
//! Source: `messages.md` §10, `groups.md` §15.

use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use super::MessageKind;
use super::change::note_erased;
use crate::columns::json;
use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::search;

fn list(keys: &[MessageKey]) -> Result<String, StorageError> {
    json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())
}

/// Takes away what messages say, for they were deleted for everyone: a row stays that says so. What
/// of them waited in the outbox goes. Each deletion is noted for restores.
///
/// # Errors
/// What the database said.
///
/// Source: `messages.md` §10.
pub fn delete_for_all(
    writer: &mut Writer<'_>,
    keys: &[MessageKey],
    now: Timestamp,
) -> Result<(), StorageError> {
    let keys = list(keys)?;
    note_erased(writer, &keys, now)?;
    let conn = writer.conn();
    // The outbox goes last: what was called back in a group is told by the kind of its message.
    conn.prepare_cached(
        "UPDATE messages SET kind = ?2, body = '', content = NULL, event = '', is_unread = 0, mentions_us = 0,
             error = '', state = iif(state IN (1, 2, 4, 6), 3, state)
         WHERE id IN (SELECT value FROM json_each(?1))",
    )?
    .execute((&keys, MessageKind::DeletedForAll.code()))?;
    conn.prepare_cached("DELETE FROM outbox WHERE message IN (SELECT value FROM json_each(?1))")?
        .execute([&keys])?;
    Ok(())
}

/// Removes messages without a trace, with what of them waited in the outbox. Each deletion is noted
/// for restores.
///
/// # Errors
/// What the database said.
pub fn remove(writer: &mut Writer<'_>, keys: &[MessageKey], now: Timestamp) -> Result<(), StorageError> {
    let are_many = search::are_many(keys.len());
    let keys = list(keys)?;
    note_erased(writer, &keys, now)?;
    search::in_bulk(writer, are_many, |writer| {
        let sql = "DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?1))";
        writer.conn().prepare_cached(sql)?.execute([&keys])?;
        Ok(())
    })
}

/// One content less is folded into a row, which goes with the last of them.
///
/// # Errors
/// What the database said.
pub fn unfold(writer: &mut Writer<'_>, key: MessageKey) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "UPDATE messages SET folded_count = folded_count - 1 WHERE id = ?1 AND kind = 2 AND content IS NULL",
    )?
    .execute([key])?;
    conn.prepare_cached(
        "DELETE FROM messages WHERE id = ?1 AND kind = 2 AND content IS NULL AND folded_count <= 0",
    )?
    .execute([key])?;
    Ok(())
}

/// Contents are gone that stood folded in these rows; each is named as often as it loses one. Answers
/// the rows, once each, and where they stand or stood.
///
/// # Errors
/// What the database said.
pub(crate) fn unfold_all(
    writer: &mut Writer<'_>,
    mut folded: Vec<MessageKey>,
) -> Result<Vec<(MessageKey, ConversationKey)>, StorageError> {
    folded.sort_unstable();
    let mut rows: Vec<(MessageKey, ConversationKey)> = Vec::new();
    for key in folded {
        let sql = "SELECT conversation FROM messages WHERE id = ?1";
        let place = writer
            .conn()
            .prepare_cached(sql)?
            .query_row([key], |row| row.get(0))
            .optional()?;
        unfold(writer, key)?;
        if let Some(conversation) = place
            && rows.last().is_none_or(|(last, _)| *last != key)
        {
            rows.push((key, conversation));
        }
    }
    Ok(rows)
}
