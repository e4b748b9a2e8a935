//! Messages of the swarm that were dealt with: a batch that comes again does no harm.

use std::collections::BTreeSet;

use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::time::Timestamp;

use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// Which of `hashes` were dealt with in this box. One query for all of them.
pub(crate) const SEEN_AMONG: &str = "SELECT seen.hash FROM json_each(?3) AS asked
     CROSS JOIN seen_hashes AS seen
     WHERE seen.account = ?1 AND seen.namespace = ?2 AND seen.hash = asked.value";

/// Which of `hashes` were dealt with in this box.
///
/// # Errors
/// What the database said.
pub fn seen_among<S: AsRef<str>>(
    reader: &Reader<'_>,
    account: &SwarmAccount,
    namespace: Namespace,
    hashes: &[S],
) -> Result<BTreeSet<String>, StorageError> {
    let asked: Vec<&str> = hashes.iter().map(AsRef::as_ref).collect();
    let asked = serde_json::to_string(&asked).map_err(|_| StorageError::Value("a list of hashes"))?;
    let mut statement = reader.conn().prepare_cached(SEEN_AMONG)?;
    let rows = statement.query_map((account.as_bytes().as_slice(), namespace.0, asked), |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes messages as dealt with. One noted before keeps the later expiry.
///
/// `hashes`: the hash as the node wrote it, and when no node can bring it again.
///
/// # Errors
/// What the database said.
pub fn note<S: AsRef<str>>(
    writer: &mut Writer<'_>,
    account: &SwarmAccount,
    namespace: Namespace,
    hashes: &[(S, Timestamp)],
) -> Result<(), StorageError> {
    let rows: Vec<(&str, i64)> = hashes
        .iter()
        .map(|(hash, expires)| (hash.as_ref(), expires.as_ms()))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(|_| StorageError::Value("a list of hashes"))?;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO seen_hashes (account, namespace, hash, expires_ms)
             SELECT ?1, ?2, value ->> 0, value ->> 1 FROM json_each(?3) WHERE true
             ON CONFLICT (account, namespace, hash)
             DO UPDATE SET expires_ms = max(expires_ms, excluded.expires_ms)",
        )?
        .execute((account.as_bytes().as_slice(), namespace.0, rows))?;
    Ok(())
}

/// Forgets what was dealt with in all boxes of an account.
///
/// # Errors
/// What the database said.
pub fn forget_account(writer: &mut Writer<'_>, account: &SwarmAccount) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM seen_hashes WHERE account = ?1")?
        .execute([account.as_bytes().as_slice()])?;
    Ok(())
}

/// Forgets what was dealt with in one box of an account.
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
        .prepare_cached("DELETE FROM seen_hashes WHERE account = ?1 AND namespace = ?2")?
        .execute((account.as_bytes().as_slice(), namespace.0))?;
    Ok(())
}

/// The statement of [`prune`].
pub(crate) const PRUNE: &str = "DELETE FROM seen_hashes WHERE expires_ms <= ?1";

/// Forgets hashes that no node can bring again; returns how many.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    Ok(writer.conn().prepare_cached(PRUNE)?.execute([now.as_ms()])?)
}
