//! What is told of a file: what it is, where it is, and what opens it.
//!
//! Source: `messages.md` §11.

use rusqlite::Row;

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A picture.
    Picture,
    /// A video.
    Video,
    /// Sound.
    Audio,
    /// A voice message.
    Voice,
    /// Anything else.
    File,
}

impl FileKind {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Picture => 0,
            Self::Video => 1,
            Self::Audio => 2,
            Self::Voice => 3,
            Self::File => 4,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Picture,
            1 => Self::Video,
            2 => Self::Audio,
            3 => Self::Voice,
            _ => Self::File,
        }
    }

    /// Whether it can stand in an album beside others.
    #[must_use]
    pub const fn is_of_album(self) -> bool {
        matches!(self, Self::Picture | Self::Video)
    }
}

/// Where a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Ours: waits to be uploaded.
    Queued,
    /// Ours: on its way to the server.
    Uploading,
    /// Ours: the server has it.
    Uploaded,
    /// On the server only.
    Remote,
    /// On its way here, or waiting for it.
    Downloading,
    /// Here.
    Local,
    /// It could not be fetched, or sent.
    Failed,
    /// The server has it no more.
    Expired,
}

impl FileState {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Uploading => 1,
            Self::Uploaded => 2,
            Self::Remote => 3,
            Self::Downloading => 4,
            Self::Local => 5,
            Self::Failed => 6,
            Self::Expired => 7,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Queued,
            1 => Self::Uploading,
            2 => Self::Uploaded,
            3 => Self::Remote,
            4 => Self::Downloading,
            5 => Self::Local,
            7 => Self::Expired,
            _ => Self::Failed,
        }
    }
}

/// What is told of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Cleaned; empty: none.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// What it is shown as.
    pub kind: FileKind,
    /// Bytes without padding, if anybody says.
    pub size: Option<u64>,
    /// In pixels.
    pub width: Option<u32>,
    /// In pixels.
    pub height: Option<u32>,
    /// How long it plays.
    pub duration_ms: Option<u32>,
    /// How loud it is over its length; empty: not known.
    pub waveform: Vec<u8>,
    /// It moves.
    pub is_animated: bool,
    /// Opening it would run it.
    pub is_program: bool,
    /// What its sender wrote below it; empty: nothing.
    pub caption: String,
}

/// Where the server has a file, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Its link.
    pub url: String,
    /// 64 bytes, or in the newer form 32.
    pub key: Option<Vec<u8>>,
    /// SHA-256 of the encrypted bytes; not in the newer form.
    pub digest: Option<[u8; 32]>,
}

/// Shows neither link nor key.
impl std::fmt::Debug for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pointer(…)")
    }
}

/// A file as a message tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointedFile {
    /// Where it is.
    pub pointer: Pointer,
    /// What it is.
    pub facts: FileFacts,
}

/// The columns of [`FileFacts`], of a table that is called `f`.
pub(crate) const FACTS: &str =
    "f.name, f.content_type, f.kind, f.size_bytes, f.width, f.height, f.duration_ms,
    f.waveform, f.is_animated, f.is_program, f.caption";

/// Reads [`FACTS`] from the column `at` on.
pub(crate) fn read_facts(row: &Row<'_>, at: usize) -> rusqlite::Result<FileFacts> {
    let number = |column: usize| -> rusqlite::Result<Option<u32>> {
        let number: Option<i64> = row.get(column)?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    };
    Ok(FileFacts {
        name: row.get(at)?,
        content_type: row.get(at + 1)?,
        kind: FileKind::from_code(row.get(at + 2)?),
        size: row.get::<_, Option<i64>>(at + 3)?.map(i64::unsigned_abs),
        width: number(at + 4)?,
        height: number(at + 5)?,
        duration_ms: number(at + 6)?,
        waveform: row.get(at + 7)?,
        is_animated: row.get(at + 8)?,
        is_program: row.get(at + 9)?,
        caption: row.get(at + 10)?,
    })
}

pub(crate) fn size_column(size: Option<u64>) -> Option<i64> {
    size.map(|size| i64::try_from(size).unwrap_or(i64::MAX))
}
