//! Pictures of profiles: ours is made, kept, uploaded and renewed; those of people are fetched
//! once they may be.
//!
//! A picture that the person chose is written down before it is uploaded, and comes into the
//! profile, for devices and contacts, in the transaction that notes its link. Whose picture is
//! fetched or removed follows from the tables, whoever changed them.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`PictureError`], [`PictureSize`] |
//! | [`fetch`] | one picture of somebody |
//! | [`own`] | ours: chosen, removed, uploaded, kept alive |
//! | [`process`] | decoding with limits, turning, cutting, writing anew |
//! | [`staged`] | a picture between choosing and cutting |
//! | [`worker`] | the loop |
//!
//! Source: `messages.md` §12, `product.md` §9, `architecture.md` §10 and §17.

pub mod fetch;
pub mod own;
pub mod process;
pub mod staged;
pub mod worker;

use std::collections::BTreeSet;
use std::time::Duration;

use nous_protocol::attachment::FileCryptoError;
use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_storage::db::Database;
use nous_storage::sealed_files::SealedFiles;

use crate::core::Core;
use crate::error::ClientError;

/// Which of the two files of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSize {
    /// For lists: 192 px.
    Small,
    /// As it comes, at most 600 px.
    Large,
}

/// Why a picture cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No JPEG, PNG, GIF or WebP.
    #[error("not a picture of a known format")]
    Unknown,
    /// It begins as a picture and is cut off or damaged.
    #[error("a damaged picture")]
    Damaged,
    /// This machine was too busy to read it in time.
    #[error("not read in time")]
    TooSlow,
    /// More bytes than this.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// More pixels than so many millions.
    #[error("more than {0} megapixels")]
    TooManyPixels(u64),
    /// The square lies outside the picture.
    #[error("nothing to cut there")]
    Crop,
    /// What was chosen is not here any more.
    #[error("nothing chosen")]
    NotStaged,
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl From<FileCryptoError> for PictureError {
    fn from(error: FileCryptoError) -> Self {
        match error {
            FileCryptoError::TooLarge(limit) => Self::TooLarge(limit),
            _ => Self::Damaged,
        }
    }
}

impl HasKind for PictureError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unknown | Self::Crop => ErrorKind::InvalidInput,
            Self::Damaged | Self::TooSlow => ErrorKind::Damaged,
            Self::TooLarge(_) | Self::TooManyPixels(_) => ErrorKind::TooLarge,
            Self::NotStaged => ErrorKind::NotFound,
            Self::Client(error) => error.kind(),
        }
    }
}

impl HasRetry for PictureError {
    fn retry(&self) -> Retry {
        match self {
            Self::Client(error) => error.retry(),
            Self::TooSlow => Retry::After(Duration::from_secs(30)),
            _ => Retry::Never,
        }
    }
}

/// Removes files whose rows are gone.
///
/// # Errors
/// [`ClientError::Bug`]. What the disk does not remove is swept later.
pub(crate) async fn remove_files(core: &Core, names: Vec<String>) -> Result<(), ClientError> {
    if names.is_empty() {
        return Ok(());
    }
    let files = core.files.clone();
    tokio::task::spawn_blocking(move || files.remove(&names))
        .await
        .map_err(|_| ClientError::Bug("removing files"))
}

/// Removes every file of a profile whose account is gone.
///
/// # Errors
/// What the disk said.
pub(crate) async fn remove_all_files(db: &Database) -> Result<(), ClientError> {
    let files = SealedFiles::beside(db);
    let swept = tokio::task::spawn_blocking(move || files.sweep(&BTreeSet::new()));
    swept.await.map_err(|_| ClientError::Bug("removing files"))??;
    Ok(())
}
