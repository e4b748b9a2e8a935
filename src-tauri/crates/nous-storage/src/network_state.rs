//! What the network client learnt of a network: a cache in a form of its own.

use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// The cached state of a network; `None` if there is none.
///
/// `network`: the network's key, hexadecimal digits.
///
/// # Errors
/// What the database said.
pub fn load(reader: &Reader<'_>, network: &str) -> Result<Option<Vec<u8>>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached("SELECT state FROM network_state WHERE network = ?1")?
        .query_row([network], |row| row.get(0))
        .optional()?)
}

/// Replaces the cached state of a network.
///
/// # Errors
/// What the database said.
pub fn save(
    writer: &mut Writer<'_>,
    network: &str,
    state: &[u8],
    now: Timestamp,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO network_state (network, state, saved_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (network) DO UPDATE SET state = excluded.state, saved_ms = excluded.saved_ms",
        )?
        .execute((network, state, now.as_ms()))?;
    Ok(())
}
