//! What can go wrong with the database.

use std::io;
use std::time::Duration;

use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use rusqlite::ErrorCode;

/// Why a read or a write of the database failed.
///
/// Holds codes, never values of rows: it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// No space left for the database; nothing of this write was kept.
    #[error("the disk is full")]
    DiskFull,
    /// The database or its folder cannot be written.
    #[error("the database cannot be written")]
    ReadOnly,
    /// The system failed to read or write; holds SQLite's extended code, or the system's.
    #[error("reading or writing the disk failed (code {code})")]
    Io {
        /// SQLite's extended result code, or the system's error number.
        code: i32,
    },
    /// A page of the database is not what was written (the key is right).
    #[error("the database is damaged")]
    Damaged,
    /// Another program keeps the database locked.
    #[error("the database is busy")]
    Busy,
    /// The row that was asked for does not exist.
    #[error("no such row")]
    NotFound,
    /// A rule of a table (uniqueness, reference, check) forbids the write.
    #[error("a rule of a table forbids this (code {code})")]
    Constraint {
        /// SQLite's extended result code.
        code: i32,
    },
    /// A stored value is not of the form its column has.
    #[error("column {column} holds a value of another form")]
    Row {
        /// Number of the column in the query, from 0.
        column: usize,
    },
    /// A value that was given cannot be stored: what it is.
    #[error("{0} cannot be stored")]
    Value(&'static str),
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// The writer thread died of a bug; nothing is written any more.
    #[error("the database writer has stopped")]
    WriterGone,
    /// A broken invariant of ours: what was being done.
    #[error("unexpected database error: {what}")]
    Bug {
        /// SQLite's or our own description; never a value.
        what: String,
    },
}

impl StorageError {
    /// Whether this says that the file is damaged.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged)
    }
}

impl HasKind for StorageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::DiskFull | Self::ReadOnly | Self::Io { .. } => ErrorKind::DiskFull,
            Self::Damaged | Self::Row { .. } => ErrorKind::Damaged,
            Self::Busy => ErrorKind::InUse,
            Self::NotFound => ErrorKind::NotFound,
            Self::Value(_) => ErrorKind::TooLarge,
            Self::Constraint { .. } | Self::Closed | Self::WriterGone | Self::Bug { .. } => ErrorKind::Bug,
        }
    }
}

impl HasRetry for StorageError {
    fn retry(&self) -> Retry {
        match self {
            Self::DiskFull | Self::ReadOnly | Self::Damaged => Retry::AfterChange(Cause::Person),
            Self::Io { .. } => Retry::After(Duration::from_secs(5)),
            Self::Busy => Retry::After(Duration::from_millis(200)),
            Self::NotFound
            | Self::Constraint { .. }
            | Self::Row { .. }
            | Self::Value(_)
            | Self::Closed
            | Self::WriterGone
            | Self::Bug { .. } => Retry::Never,
        }
    }
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, text) => from_code(failure, text.as_deref()),
            rusqlite::Error::SqlInputError { error, msg, .. } => from_code(error, Some(&msg)),
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            rusqlite::Error::FromSqlConversionFailure(column, ..)
            | rusqlite::Error::IntegralValueOutOfRange(column, _)
            | rusqlite::Error::InvalidColumnType(column, ..)
            | rusqlite::Error::Utf8Error(column, _) => Self::Row { column },
            rusqlite::Error::ToSqlConversionFailure(_) => Self::Value("a value"),
            other => Self::Bug {
                what: other.to_string(),
            },
        }
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io {
                code: error.raw_os_error().unwrap_or(0),
            },
        }
    }
}

/// The text of SQLite's code 1 when there is nothing to say about it.
const NO_TEXT: &str = "SQL logic error";

/// A full disk that SQLite does not call one: the shared memory of the WAL finds no room, or a
/// quota is used up.
const NO_ROOM: [std::ffi::c_int; 2] = [
    rusqlite::ffi::SQLITE_IOERR_SHMSIZE,
    rusqlite::ffi::SQLITE_IOERR_WRITE,
];

/// Reads a code.
///
/// SQLCipher does not always call a page that fails its check *corrupt*: once it has met
/// one, the connection also answers with *out of memory*, or with code 1 and no text.
/// Both count as damage; the next start looks at every page and knows for certain.
fn from_code(failure: rusqlite::ffi::Error, text: Option<&str>) -> StorageError {
    let code = failure.extended_code;
    match failure.code {
        ErrorCode::DiskFull => StorageError::DiskFull,
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => StorageError::ReadOnly,
        ErrorCode::SystemIoFailure if NO_ROOM.contains(&code) => StorageError::DiskFull,
        ErrorCode::SystemIoFailure => StorageError::Io { code },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::OutOfMemory => {
            StorageError::Damaged
        }
        ErrorCode::Unknown
            if code == rusqlite::ffi::SQLITE_ERROR && text.is_none_or(|text| text == NO_TEXT) =>
        {
            StorageError::Damaged
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StorageError::Busy,
        ErrorCode::ConstraintViolation => StorageError::Constraint { code },
        ErrorCode::TooBig => StorageError::Value("a value this large"),
        _ => StorageError::Bug {
            what: format!("SQLite code {code}: {}", text.unwrap_or_default()),
        },
    }
}
