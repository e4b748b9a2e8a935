//! Configs: what an account keeps the same on all its devices, one row each.
//!
//! Source: `config.md` §7, §8, §16, §18.

use nous_protocol::account::Namespace;
use nous_protocol::config::state::Phase;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::columns::moment;
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// A config to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigRow {
    /// Where its messages are stored.
    pub namespace: Namespace,
    /// Everything about it.
    pub dump: Vec<u8>,
    /// The seqno in the dump.
    pub seqno: i64,
    /// Whether it is stored.
    pub phase: Phase,
}

/// How a config stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigStanding {
    /// Where its messages are stored.
    pub namespace: Namespace,
    /// Its seqno.
    pub seqno: i64,
    /// Whether it is stored.
    pub phase: Phase,
    /// Storage time of the newest message of another device that was merged.
    pub newest: Option<Timestamp>,
    /// The last push that was confirmed.
    pub pushed: Option<Timestamp>,
    /// It could not be pushed, because it holds more than the network takes.
    pub is_too_large: bool,
}

const fn code_of(phase: Phase) -> i64 {
    match phase {
        Phase::Clean => 0,
        Phase::Dirty => 1,
        Phase::Pending => 2,
    }
}

const fn phase_of(code: i64) -> Phase {
    match code {
        0 => Phase::Clean,
        1 => Phase::Dirty,
        _ => Phase::Pending,
    }
}

/// The dump of a config; `None` if there is none yet.
///
/// # Errors
/// What the database said.
pub fn dump(reader: &Reader<'_>, namespace: Namespace) -> Result<Option<Vec<u8>>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached("SELECT dump FROM configs WHERE namespace = ?1")?
        .query_row([namespace.0], |row| row.get(0))
        .optional()?)
}

/// Keeps a config.
///
/// # Errors
/// What the database said.
pub fn save(writer: &mut Writer<'_>, row: &ConfigRow) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO configs (namespace, dump, seqno, state) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (namespace) DO UPDATE SET dump = excluded.dump, seqno = excluded.seqno,
                 state = excluded.state",
        )?
        .execute((row.namespace.0, &row.dump, row.seqno, code_of(row.phase)))?;
    Ok(())
}

/// Notes when the newest merged message of another device was stored.
///
/// # Errors
/// What the database said.
pub fn note_merged(
    writer: &mut Writer<'_>,
    namespace: Namespace,
    stored: Timestamp,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE configs SET newest_ms = max(newest_ms, ?2) WHERE namespace = ?1")?
        .execute((namespace.0, stored.as_ms()))?;
    Ok(())
}

/// When the newest merged message of another device was stored; 0: none was.
///
/// # Errors
/// What the database said.
pub fn newest(reader: &Reader<'_>, namespace: Namespace) -> Result<Timestamp, StorageError> {
    let sql = "SELECT coalesce(max(newest_ms), 0) FROM configs WHERE namespace = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([namespace.0], |row| moment(row, 0))?)
}

/// Notes a push that was confirmed.
///
/// # Errors
/// What the database said.
pub fn note_pushed(
    writer: &mut Writer<'_>,
    namespace: Namespace,
    now: Timestamp,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE configs SET pushed_ms = ?2 WHERE namespace = ?1")?
        .execute((namespace.0, now.as_ms()))?;
    Ok(())
}

/// Notes whether a config holds more than the network takes.
///
/// # Errors
/// What the database said.
pub fn note_too_large(
    writer: &mut Writer<'_>,
    namespace: Namespace,
    is_too_large: bool,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE configs SET is_too_large = ?2 WHERE namespace = ?1 AND is_too_large <> ?2")?
        .execute((namespace.0, is_too_large))?;
    Ok(())
}

/// How every config stands, by namespace.
///
/// # Errors
/// What the database said.
pub fn standings(reader: &Reader<'_>) -> Result<Vec<ConfigStanding>, StorageError> {
    let sql =
        "SELECT namespace, seqno, state, newest_ms, pushed_ms, is_too_large FROM configs ORDER BY namespace";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let known = |at: Timestamp| Some(at).filter(|at| at.as_ms() > 0);
    let rows = statement.query_map([], |row| {
        Ok(ConfigStanding {
            namespace: Namespace(row.get(0)?),
            seqno: row.get(1)?,
            phase: phase_of(row.get(2)?),
            newest: known(moment(row, 3)?),
            pushed: known(moment(row, 4)?),
            is_too_large: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether something is not known to be stored, read positions included.
///
/// # Errors
/// What the database said.
pub fn is_push_needed(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM configs WHERE state <> 0)
                   OR EXISTS (SELECT 1 FROM conversations WHERE is_read_unshared = 1)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Whether what other devices stored was asked for.
///
/// # Errors
/// What the database said.
pub fn is_fetched(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT is_config_fetched FROM account WHERE id = 1";
    let fetched = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(fetched.unwrap_or(false))
}

/// Notes that what other devices stored was asked for.
///
/// # Errors
/// What the database said.
pub fn note_fetched(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE account SET is_config_fetched = 1 WHERE id = 1")?
        .execute([])?;
    Ok(())
}
