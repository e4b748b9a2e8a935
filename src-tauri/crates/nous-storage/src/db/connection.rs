//! Opening one connection: key, settings, first look.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::space;
use crate::error::StorageError;
use crate::files;
use crate::migrations::{self, OpenError, Standing};
use crate::secret::DatabaseKey;
use crate::words;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reads and writes; makes the file if there is none.
    Create,
    /// Refuses writes.
    Read,
    /// A copy that is one file when it is closed: no WAL, every commit on the disk.
    Copy,
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

/// Settings of the writer. A WAL that grew is cut back to 4 MiB. It is moved into the file by
/// [`log`](super::log) only.
const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 4194304;
    PRAGMA wal_autocheckpoint = 0;
";

/// Opens the file with the key and looks at its first page.
///
/// # Errors
/// [`StorageError::Damaged`] if the first page cannot be read under this key: the caller
/// has proven the key before. [`StorageError::ReadOnly`] if the file cannot be opened.
pub(crate) fn open_connection(
    path: &Path,
    key: &DatabaseKey,
    mode: Mode,
) -> Result<Connection, StorageError> {
    if mode != Mode::Read {
        // SQLite gives the files beside it the rights of this one.
        files::make_private(path)?;
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if mode != Mode::Read {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    initialise();
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    keep_wal_on_close(&conn, true)?;
    // SQLCipher would print to standard error what we report ourselves.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    // The error of this statement could quote it: only its class goes on.
    conn.execute_batch(&key.pragma()).map_err(|_| StorageError::Bug {
        what: "setting the key".into(),
    })?;
    conn.execute_batch(SETTINGS)?;
    words::teach(&conn)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    match mode {
        Mode::Create => {}
        Mode::Read => conn.execute_batch("PRAGMA query_only = ON;")?,
        Mode::Copy => conn.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;")?,
    }
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Lets the library initialise itself before anything opens a file. SQLite counts as
/// initialised to other threads while SQLCipher still begins: a key that is set in that moment
/// is refused.
fn initialise() {
    static INITIALISED: Once = Once::new();
    INITIALISED.call_once(|| drop(Connection::open_in_memory()));
}

/// Opens a connection that can become the writer's, and says where the schema stands.
/// Nothing is written before [`adopt`].
///
/// # Errors
/// [`OpenError::NewerVersion`] before anything is touched; else as [`open_connection`].
pub(crate) fn open_writer(path: &Path, key: &DatabaseKey) -> Result<(Connection, Standing), OpenError> {
    let conn = open_connection(path, key, Mode::Create)?;
    let standing = migrations::standing(&conn)?;
    Ok((conn, standing))
}

/// Makes the connection the writer's, once the file is known to be ours and sound.
///
/// # Errors
/// What the disk said.
pub(crate) fn adopt(conn: &Connection) -> Result<(), StorageError> {
    // Before the first page is written: it says how the file is made.
    space::begin(conn)?;
    Ok(conn.execute_batch(WRITER_SETTINGS)?)
}

/// Whether closing the last connection leaves the file as it is, instead of moving the
/// WAL into it.
pub(super) fn keep_wal_on_close(conn: &Connection, keep: bool) -> Result<(), StorageError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)?;
    Ok(())
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
