//! Messages that came before this version could read their files: what they said was kept.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;

use super::{PointedFile, has_any, insert_received};
use crate::columns::{conversation, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// A message whose content was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierMessage {
    /// Its number.
    pub key: MessageKey,
    /// In which conversation.
    pub conversation: ConversationKey,
    /// The same, as the network calls it.
    pub peer: ConversationId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// What came.
    pub content: Vec<u8>,
}

/// Messages with a kept content behind a place, oldest first.
///
/// # Errors
/// What the database said.
pub fn kept(
    reader: &Reader<'_>,
    behind: MessageKey,
    limit: u32,
) -> Result<Vec<EarlierMessage>, StorageError> {
    let sql = "SELECT m.id, m.conversation, c.account_id, m.sent_ms, m.content
               FROM messages m JOIN conversations c ON c.id = m.conversation
               WHERE m.id > ?1 AND m.content IS NOT NULL AND m.is_hidden = 0 AND m.kind IN (0, 2)
               ORDER BY m.id LIMIT ?2";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map((behind, limit), |row| {
        Ok(EarlierMessage {
            key: row.get(0)?,
            conversation: row.get(1)?,
            peer: conversation(row, 2)?,
            sent: moment(row, 3)?,
            content: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives an earlier message its files; it is shown as what it is. `false` if it has them, or is gone.
///
/// # Errors
/// What the database said.
pub fn give(
    writer: &mut Writer<'_>,
    message: MessageKey,
    files: &[PointedFile],
) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET kind = 0 WHERE id = ?1 AND kind IN (0, 2) AND is_hidden = 0";
    let is_there = writer.conn().prepare_cached(sql)?.execute([message])? > 0;
    if !is_there || has_any(&writer.reader(), message)? {
        return Ok(false);
    }
    insert_received(writer, message, files)?;
    Ok(true)
}
