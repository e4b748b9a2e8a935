//! The schema's history: numbered files, forward only.
//!
//! Adding one: write `migrations/NNNN_name.sql`, add its line to [`FILES`], accept the
//! schema snapshot. `migrations/NOTES.md` has the rules.

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::StorageError;
use crate::{folding, words};

/// Every migration in order; the first makes version 1.
pub(crate) const FILES: &[&str] = &[
    include_str!("../migrations/0001_core.sql"),
    include_str!("../migrations/0002_messages.sql"),
    include_str!("../migrations/0003_configs.sql"),
    include_str!("../migrations/0004_people.sql"),
    include_str!("../migrations/0005_groups.sql"),
    include_str!("../migrations/0006_content.sql"),
    include_str!("../migrations/0007_deleting.sql"),
    include_str!("../migrations/0008_disappearing.sql"),
    include_str!("../migrations/0009_search.sql"),
    include_str!("../migrations/0010_files.sql"),
    include_str!("../migrations/0011_cards.sql"),
    include_str!("../migrations/0012_as_they_are.sql"),
];

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
    let found: i64 = conn
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(StorageError::from)?;
    match usize::try_from(found) {
        Ok(0) => Ok(Standing::Empty),
        Ok(version) if version < files.len() => Ok(Standing::Behind),
        Ok(version) if version == files.len() => Ok(Standing::Current),
        _ => Err(OpenError::NewerVersion {
            found,
            known: files.len(),
        }),
    }
}

/// [`migrate`] over any list of files, for tests of the mechanism.
pub(crate) fn migrate_with(conn: &mut Connection, files: &[&str]) -> Result<(), OpenError> {
    if standing_among(conn, files)? == Standing::Current {
        return Ok(());
    }
    folding::teach(conn).map_err(StorageError::from)?;
    words::teach(conn).map_err(StorageError::from)?;
    let migrations = Migrations::new(files.iter().map(|sql| M::up(sql).foreign_key_check()).collect());
    migrations
        .to_latest(conn)
        .map_err(|error| OpenError::Migration(cause(error)))
}

fn cause(error: rusqlite_migration::Error) -> StorageError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => StorageError::Bug {
            what: other.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER NOT NULL) STRICT; INSERT INTO a (x) VALUES (1);";
    const SECOND: &str = "CREATE TABLE b (y INTEGER NOT NULL) STRICT; UPDATE a SET x = 2;";
    const BROKEN: &str =
        "UPDATE a SET x = 3; CREATE TABLE c (z INTEGER) STRICT; INSERT INTO missing VALUES (1);";

    fn value(conn: &Connection) -> i64 {
        conn.query_row("SELECT x FROM a", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn missing_migrations_run_and_rows_stay() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_with(&mut conn, &[FIRST]).unwrap();
        assert_eq!(standing_among(&conn, &[FIRST, SECOND]), Ok(Standing::Behind));
        migrate_with(&mut conn, &[FIRST, SECOND]).unwrap();
        assert_eq!(standing_among(&conn, &[FIRST, SECOND]), Ok(Standing::Current));
        assert_eq!(value(&conn), 2);
    }

    #[test]
    fn a_migration_that_fails_in_the_middle_leaves_the_old_version_usable() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_with(&mut conn, &[FIRST]).unwrap();
        let failed = migrate_with(&mut conn, &[FIRST, SECOND, BROKEN]);
        assert!(matches!(failed, Err(OpenError::Migration(_))));
        assert_eq!(standing_among(&conn, &[FIRST]), Ok(Standing::Current));
        assert_eq!(value(&conn), 1);
        let tables: i64 = conn
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }

    #[test]
    fn a_newer_version_is_refused_before_anything_is_touched() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_with(&mut conn, &[FIRST, SECOND]).unwrap();
        let refused = migrate_with(&mut conn, &[FIRST]);
        assert_eq!(refused, Err(OpenError::NewerVersion { found: 2, known: 1 }));
        assert_eq!(value(&conn), 2);
    }

    #[test]
    fn the_schema_is_the_accepted_one() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        let mut statement = conn
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
            .unwrap();
        let rows: Vec<String> = statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        insta::assert_snapshot!("schema", rows.join(";\n\n"));
    }

    #[test]
    fn every_table_of_ours_is_strict() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        let sql = "SELECT group_concat(name) FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'";
        let loose: Option<String> = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(loose, None);
    }
}
