//! How files are encrypted before they go to the file server.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`legacy`] | attachments: AES-256-CBC with HMAC-SHA-256, and a digest |
//! | [`picture`] | pictures of profiles: AES-256-GCM |
//! | [`stream`] | both, newer: the same bytes from the same account, named by `d` in the link |
//!
//! Source: `messages.md` §11 and §12.

pub mod legacy;
pub mod picture;
pub mod stream;
#[cfg(test)]
mod tests;

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// The largest file before padding and encryption, in bytes.
pub const MAX_FILE: usize = 10_000_000;

/// Why a file was not encrypted or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileCryptoError {
    /// More bytes than the form takes; holds the limit.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// Fewer bytes than the form has, or than was promised.
    #[error("cut off")]
    Short,
    /// The key has another length than the form wants.
    #[error("not a key of this form")]
    Key,
    /// Not encrypted with this key, or changed since.
    #[error("does not open with this key")]
    Authentication,
    /// Not the file that the message names.
    #[error("another digest")]
    Digest,
    /// Opened, but the padding is none.
    #[error("damaged padding")]
    Padding,
}

impl HasKind for FileCryptoError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::Short | Self::Key | Self::Authentication | Self::Digest | Self::Padding => {
                ErrorKind::Damaged
            }
        }
    }
}

/// The same bytes will never open.
impl HasRetry for FileCryptoError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}
