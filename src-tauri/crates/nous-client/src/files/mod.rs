//! Files of messages: chosen, uploaded, downloaded, saved.
//!
//! A file that was chosen is sealed on this device and written down; sent with a message, it is
//! encrypted once, and the same bytes go up until the server has them. The message waits in the
//! outbox until then. A file of somebody else is fetched when it is clicked, or by itself from
//! those who are trusted. What is on its way is a row: it goes on after a restart.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`FilesError`] |
//! | [`clicks`] | what a person asks: fetched, stopped, tried again, trusted |
//! | `download` | one try to fetch one file |
//! | `notice` | who sent a file is told that it was saved |
//! | `opened` | copies for other programs, and their end |
//! | `pieces` | a chosen file that comes from a page piece by piece |
//! | [`policy`] | what is fetched by itself; pure |
//! | `posters` | small pictures of films, which a page draws |
//! | `received` | files that a message tells of |
//! | `reread` | files of messages that earlier versions could not read |
//! | `running` | what is on its way now: how far it is, and stopping it |
//! | [`save`] | a file goes where the person wants it |
//! | [`staging`] | a file is chosen |
//! | `tidy` | files whose rows are gone |
//! | `unfinished` | what is left of a file that was being saved |
//! | `upload` | one try to upload one file |
//! | [`worker`] | the loops: one file up, one file down at a time |
//!
//! Source: `messages.md` §11, `network.md` §8, `product.md` §13.

pub mod clicks;
mod download;
mod notice;
pub(crate) mod opened;
pub(crate) mod pieces;
pub mod policy;
pub(crate) mod posters;
pub(crate) mod received;
pub(crate) mod reread;
pub(crate) mod running;
pub mod save;
pub mod staging;
pub(crate) mod tidy;
pub(crate) mod unfinished;
mod upload;
pub mod worker;

use nous_network::FileError;
use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_storage::error::StorageError;

use crate::error::{ClientError, Failure};
use crate::pictures::PictureError;

pub use posters::Film;

/// The most files of one message, and of what is sent at once.
pub const MOST_FILES: usize = 32;

/// Why nothing can be done with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// There is no such file, or it may not be read.
    #[error("not readable")]
    Unreadable,
    /// It is a folder.
    #[error("a folder")]
    Folder,
    /// A picture that can only be sent as it is.
    #[error("a picture that cannot be made ready: {0}")]
    Picture(PictureError),
    /// The message has no such file, or nothing of that name was chosen.
    #[error("no such file")]
    NoFile,
    /// The file is not on this device.
    #[error("not here")]
    NotHere,
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl From<PictureError> for FilesError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Client(error) => Self::Client(error),
            PictureError::TooLarge(limit) => Self::Client(ClientError::FileTooLarge(limit)),
            error => Self::Picture(error),
        }
    }
}

impl From<StorageError> for FilesError {
    fn from(error: StorageError) -> Self {
        Self::Client(error.into())
    }
}

impl HasKind for FilesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable | Self::NoFile | Self::NotHere => ErrorKind::NotFound,
            Self::Folder => ErrorKind::InvalidInput,
            Self::Picture(error) => error.kind(),
            Self::Client(error) => error.kind(),
        }
    }
}

impl HasRetry for FilesError {
    fn retry(&self) -> Retry {
        match self {
            Self::Unreadable | Self::Folder => Retry::AfterChange(Cause::Person),
            Self::NoFile | Self::NotHere => Retry::Never,
            Self::Picture(error) => error.retry(),
            Self::Client(error) => error.retry(),
        }
    }
}

/// Runs what waits for the disk.
pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, ClientError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| ClientError::Bug("a file"))??)
}

/// What rows keep of an error of the disk; `None` for any other.
fn disk_failure(error: &ClientError) -> Option<Failure> {
    match error {
        ClientError::Storage(StorageError::DiskFull) => Some(Failure::DiskFull),
        ClientError::Storage(StorageError::ReadOnly | StorageError::Io { .. }) => Some(Failure::DiskReadOnly),
        _ => None,
    }
}

/// Why a try of the server brought nothing, as rows keep it.
fn failure(error: &FileError) -> Failure {
    match error {
        FileError::Network(error) => error.into(),
        FileError::TooLarge => Failure::FileTooLarge,
        FileError::NotFound => Failure::FileGone,
        FileError::Input | FileError::Refused(_) => Failure::Refused,
        FileError::ServerTrouble(_) | FileError::BadAnswer => Failure::TimedOut,
    }
}

#[cfg(test)]
mod tests {
    use nous_network::SwarmError;

    use super::*;

    #[test]
    fn a_picture_that_is_too_large_is_a_file_that_is() {
        let error = FilesError::from(PictureError::TooLarge(9));
        assert_eq!(error, FilesError::Client(ClientError::FileTooLarge(9)));
        let error = FilesError::from(PictureError::Damaged);
        assert_eq!(error, FilesError::Picture(PictureError::Damaged));
    }

    #[test]
    fn what_the_disk_says_has_a_word_and_what_the_database_is_has_none() {
        let said = |error: StorageError| disk_failure(&error.into());
        assert_eq!(said(StorageError::DiskFull), Some(Failure::DiskFull));
        assert_eq!(said(StorageError::ReadOnly), Some(Failure::DiskReadOnly));
        assert_eq!(said(StorageError::Io { code: 5 }), Some(Failure::DiskReadOnly));
        assert_eq!(said(StorageError::Closed), None);
        assert_eq!(disk_failure(&ClientError::NoAccount), None);
    }

    #[test]
    fn each_trouble_of_the_server_has_a_word() {
        assert_eq!(failure(&FileError::NotFound), Failure::FileGone);
        assert_eq!(failure(&FileError::BadAnswer), Failure::TimedOut);
        assert_eq!(failure(&FileError::Refused(403)), Failure::Refused);
        assert_eq!(
            failure(&FileError::Network(SwarmError::Timeout)),
            Failure::TimedOut
        );
    }
}
