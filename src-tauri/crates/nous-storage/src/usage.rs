//! What the files of the profile are, and where messages stand, for who wants to know what takes up space.
//!
//! Source: `product.md` §14.

use std::collections::BTreeMap;

use nous_protocol::account::ConversationId;
use rusqlite::Row;

use crate::attachments::FileKind;
use crate::columns::{conversation, count};
use crate::db::Reader;
use crate::error::StorageError;

/// What a file in `attachments/` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A file of a message.
    File {
        /// In which conversation.
        conversation: ConversationId,
        /// What it is shown as.
        kind: FileKind,
    },
    /// A small picture of one, or of the page behind a link.
    Thumbnail,
    /// Chosen, or encrypted, and not everywhere yet.
    Waiting,
}

const NAMED: &str = "
    SELECT f.local_name, iif(f.place < 32, 0, 1), f.kind, c.account_id FROM attachments AS f
    JOIN messages AS m ON m.id = f.message JOIN conversations AS c ON c.id = m.conversation
    WHERE f.local_name IS NOT NULL
    UNION ALL SELECT thumbnail_name, 1, 0, NULL FROM attachments WHERE thumbnail_name IS NOT NULL
    UNION ALL SELECT thumbnail_name, 1, 0, NULL FROM staged_files WHERE thumbnail_name IS NOT NULL
    UNION ALL SELECT blob_name, 2, 0, NULL FROM attachments WHERE blob_name IS NOT NULL
    UNION ALL SELECT local_name, 2, 0, NULL FROM staged_files WHERE local_name IS NOT NULL";

fn read_named(row: &Row<'_>) -> rusqlite::Result<(String, Part)> {
    let part = match row.get::<_, i64>(1)? {
        0 => Part::File {
            conversation: conversation(row, 3)?,
            kind: FileKind::from_code(row.get(2)?),
        },
        1 => Part::Thumbnail,
        _ => Part::Waiting,
    };
    Ok((row.get(0)?, part))
}

/// What each file in `attachments/` is, by its name. What is not among them is a picture of a
/// profile.
///
/// # Errors
/// What the database said.
pub fn parts(reader: &Reader<'_>) -> Result<BTreeMap<String, Part>, StorageError> {
    let mut statement = reader.conn().prepare_cached(NAMED)?;
    let rows = statement.query_map([], read_named)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many messages, and lines between them, each conversation has that has any.
///
/// # Errors
/// What the database said.
pub fn messages(reader: &Reader<'_>) -> Result<BTreeMap<ConversationId, u32>, StorageError> {
    // What is hidden and about to go counts too: the index, which is all that is read, does not tell it.
    let sql = "SELECT c.account_id, (SELECT count(*) FROM messages AS m WHERE m.conversation = c.id) AS held
               FROM conversations AS c WHERE held > 0";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((conversation(row, 0)?, count(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Bytes of the index of messages, inside the database.
///
/// # Errors
/// What the database said.
pub fn index_bytes(reader: &Reader<'_>) -> Result<u64, StorageError> {
    let sql = "SELECT coalesce(sum(length(block)), 0) FROM message_words_data";
    let bytes: i64 = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}
