//! Opening one connection: key, settings, first look.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StorageError;
use crate::secret::DatabaseKey;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The writer; makes the file if there is none.
    Create,
    /// The writer of an existing file.
    Write,
    /// A reader; refuses writes.
    Read,
}

/// Settings of every connection. Memory-mapped reads stay off: a failing disk would
/// kill the process instead of returning an error.
const SETTINGS: &str = "
    PRAGMA busy_timeout = 5000;
    PRAGMA mmap_size = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = ON;
";

/// Settings of the writer. A WAL that grew is cut back to 4 MiB.
const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 4194304;
";

/// Opens the file with the key and looks at its first page.
///
/// # Errors
/// [`StorageError::Damaged`] if the first page cannot be read under this key: the caller
/// has proven the key before. [`StorageError::ReadOnly`] if the file cannot be opened.
pub(crate) fn open_connection(path: &Path, key: &DatabaseKey, mode: Mode) -> Result<Connection, StorageError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if mode == Mode::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // SQLCipher would print to standard error what we report ourselves.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    // The error of this statement could quote it: only its class goes on.
    conn.execute_batch(&key.pragma()).map_err(|_| StorageError::Bug { what: "setting the key".into() })?;
    conn.execute_batch(SETTINGS)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    match mode {
        Mode::Create | Mode::Write => conn.execute_batch(WRITER_SETTINGS)?,
        Mode::Read => conn.execute_batch("PRAGMA query_only = ON;")?,
    }
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Whether every page can be read and hangs together (`PRAGMA quick_check`).
///
/// # Errors
/// What stopped the check, if it is not damage.
pub(crate) fn is_sound(conn: &Connection) -> Result<bool, StorageError> {
    let answer = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match answer.map_err(StorageError::from) {
        Ok(text) => Ok(text == "ok"),
        Err(StorageError::Damaged) => Ok(false),
        Err(other) => Err(other),
    }
}
