//! How far each box of a swarm was read, for each of its nodes.
//!
//! A cursor moves in the transaction that keeps what it covers (`architecture.md` §5.2).

use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// A box as one node holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose box.
    pub account: &'a SwarmAccount,
    /// The node's 32-byte Ed25519 key.
    pub node: &'a [u8; 32],
    /// Which box.
    pub namespace: Namespace,
}

/// The hash of the last message read there; `None`: read from the beginning, because
/// nothing was read yet or the node has forgotten that message by `now`.
///
/// # Errors
/// What the database said.
pub fn last_hash(
    reader: &Reader<'_>,
    place: Place<'_>,
    now: Timestamp,
) -> Result<Option<String>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(
            "SELECT last_hash FROM cursors
             WHERE account = ?1 AND node = ?2 AND namespace = ?3 AND expires_ms > ?4",
        )?
        .query_row(
            (
                place.account.as_bytes().as_slice(),
                place.node.as_slice(),
                place.namespace.0,
                now.as_ms(),
            ),
            |row| row.get(0),
        )
        .optional()?)
}

/// Moves a cursor.
///
/// `hash`: of the last message read, as the node wrote it. `expires`: when the node
/// forgets that message.
///
/// # Errors
/// What the database said.
pub fn advance(
    writer: &mut Writer<'_>,
    place: Place<'_>,
    hash: &str,
    expires: Timestamp,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO cursors (account, node, namespace, last_hash, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, node, namespace)
             DO UPDATE SET last_hash = excluded.last_hash, expires_ms = excluded.expires_ms",
        )?
        .execute((
            place.account.as_bytes().as_slice(),
            place.node.as_slice(),
            place.namespace.0,
            hash,
            expires.as_ms(),
        ))?;
    Ok(())
}

/// Forgets every cursor of an account: its boxes are read from the beginning.
///
/// # Errors
/// What the database said.
pub fn forget_account(writer: &mut Writer<'_>, account: &SwarmAccount) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM cursors WHERE account = ?1")?
        .execute([account.as_bytes().as_slice()])?;
    Ok(())
}

/// Forgets the cursors of one box of an account: it is read from the beginning.
///
/// # Errors
/// What the database said.
pub fn forget_box(
    writer: &mut Writer<'_>,
    account: &SwarmAccount,
    namespace: Namespace,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM cursors WHERE account = ?1 AND namespace = ?2")?
        .execute((account.as_bytes().as_slice(), namespace.0))?;
    Ok(())
}

/// The statement of [`prune`].
pub(crate) const PRUNE: &str = "DELETE FROM cursors WHERE expires_ms <= ?1";

/// Removes cursors whose message has expired; returns how many.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    Ok(writer.conn().prepare_cached(PRUNE)?.execute([now.as_ms()])?)
}
