//! The schema's history: numbered files, forward only.
//!
//! Adding one: write `migrations/NNNN_name.sql`, add its line to [`FILES`], accept the
//! schema snapshot. `migrations/NOTES.md` has the rules.

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::StorageError;

/// Every migration in order; the first makes version 1.
const FILES: &[&str] = &[include_str!("../migrations/0001_core.sql")];

/// Why a database could not be brought to this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Written by a newer version of the app; nothing was touched.
    #[error("the database has version {found}, this app knows {known}")]
    NewerVersion {
        /// The file's version.
        found: i64,
        /// The newest version that this app knows.
        known: usize,
    },
    /// A migration failed; the database is as it was.
    #[error("a migration failed: {0}")]
    Migration(StorageError),
    /// The database itself failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl HasKind for OpenError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NewerVersion { .. } => ErrorKind::NewerVersion,
            Self::Migration(error) | Self::Storage(error) => error.kind(),
        }
    }
}

impl HasRetry for OpenError {
    fn retry(&self) -> Retry {
        match self {
            Self::NewerVersion { .. } => Retry::Never,
            Self::Migration(error) | Self::Storage(error) => error.retry(),
        }
    }
}

/// Where a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No migration has run yet.
    Empty,
    /// Some migrations are missing.
    Behind,
    /// Nothing to do.
    Current,
}

/// The newest version that this app knows.
#[must_use]
pub fn latest_version() -> usize {
    FILES.len()
}

/// Compares the file's version with ours; reads only.
///
/// # Errors
/// [`OpenError::NewerVersion`], or what the disk said.
pub(crate) fn standing(conn: &Connection) -> Result<Standing, OpenError> {
    standing_among(conn, FILES)
}

/// Runs what is missing, in one transaction.
///
/// # Errors
/// [`OpenError::NewerVersion`] before anything is touched; [`OpenError::Migration`] with
/// everything undone.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    migrate_with(conn, FILES)
}

fn standing_among(conn: &Connection, files: &[&str]) -> Result<Standing, OpenError> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(StorageError::from)?;
    match usize::try_from(found) {
        Ok(0) => Ok(Standing::Empty),
        Ok(version) if version < files.len() => Ok(Standing::Behind),
        Ok(version) if version == files.len() => Ok(Standing::Current),
        _ => Err(OpenError::NewerVersion { found, known: files.len() }),
    }
}

/// [`migrate`] over any list of files, for tests of the mechanism.
pub(crate) fn migrate_with(conn: &mut Connection, files: &[&str]) -> Result<(), OpenError> {
    if standing_among(conn, files)? == Standing::Current {
        return Ok(());
    }
    let migrations = Migrations::new(files.iter().map(|sql| M::up(sql).foreign_key_check()).collect());
    migrations.to_latest(conn).map_err(|error| OpenError::Migration(cause(error)))
}

fn cause(error: rusqlite_migration::Error) -> StorageError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => StorageError::Bug { what: other.to_string() },
    }
}
