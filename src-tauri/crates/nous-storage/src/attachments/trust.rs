//! Whose files are fetched without a click.
//!
//! Source: `product.md` §13.

use rusqlite::OptionalExtension;

use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::ConversationKey;

/// How a conversation stands where files are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// Files from there are fetched without a click.
    pub is_trusted: bool,
    /// It is no request.
    pub is_approved: bool,
}

/// How a conversation stands where files are fetched; of one that is not there: badly.
///
/// # Errors
/// What the database said.
pub fn trust(reader: &Reader<'_>, conversation: ConversationKey) -> Result<Trust, StorageError> {
    let sql = "SELECT auto_download, is_approved FROM conversations WHERE id = ?1";
    let found = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| {
            Ok(Trust {
                is_trusted: row.get(0)?,
                is_approved: row.get(1)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or(Trust {
        is_trusted: false,
        is_approved: false,
    }))
}

/// Fetches files from there without a click from now on, or no longer.
///
/// # Errors
/// What the database said.
pub fn set_trusted(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    is_trusted: bool,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET auto_download = ?2 WHERE id = ?1";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((conversation, is_trusted))?;
    Ok(())
}
