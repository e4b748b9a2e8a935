//! Reading and writing columns as domain types.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;

use crate::error::StorageError;

/// An account ID of 33 bytes, prefix first.
pub(crate) fn account(row: &Row<'_>, column: usize) -> rusqlite::Result<AccountId> {
    let bytes: [u8; 33] = row.get(column)?;
    let [_, key @ ..] = bytes;
    Ok(AccountId::from_x25519(key))
}

/// A conversation's ID of 33 bytes, prefix first.
pub(crate) fn conversation(row: &Row<'_>, column: usize) -> rusqlite::Result<ConversationId> {
    let bytes: [u8; 33] = row.get(column)?;
    ConversationId::from_bytes(&bytes).ok_or_else(|| {
        let problem = "neither a person's ID nor a group's".into();
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, problem)
    })
}

/// A moment.
pub(crate) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_ms)
}

/// A moment or NULL.
pub(crate) fn maybe_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)
        .map(|ms| ms.map(Timestamp::from_ms))
}

/// A count that is never negative.
pub(crate) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u32> {
    row.get::<_, i64>(column).map(|n| u32::try_from(n).unwrap_or(0))
}

/// Account IDs for `json_each`, which `unhex` reads.
pub(crate) fn json_ids<I: std::fmt::Display>(accounts: &[I]) -> Result<String, StorageError> {
    json(&accounts.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Values for `json_each`.
pub(crate) fn json<T: Serialize>(values: &T) -> Result<String, StorageError> {
    serde_json::to_string(values).map_err(|_| StorageError::Value("a list"))
}
