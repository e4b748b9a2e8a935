//! What can go wrong with the local network itself.

use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};

/// Why the network could not start, or a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum LocalnetError {
    /// Numbers that make no network; says which.
    #[error("{0}")]
    Options(&'static str),
    /// A port could not be bound.
    #[error("port {port} of 127.0.0.1 cannot be bound")]
    Bind {
        /// The port asked for; 0 means any.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// A certificate could not be made or used.
    #[error("a certificate cannot be used: {0}")]
    Certificate(String),
    /// A file of the network's folder could not be read or written.
    #[error("the network's folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// A file of the network's folder is not what was written there.
    #[error("the network's folder holds a damaged {0}")]
    Damaged(&'static str),
    /// There is no such node; holds the number asked for.
    #[error("there is no node {0}")]
    NoNode(usize),
    /// A command that is not understood; says what.
    #[error("{0}")]
    Command(String),
}

impl HasKind for LocalnetError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Options(_) | Self::NoNode(_) | Self::Command(_) => ErrorKind::InvalidInput,
            Self::Bind { .. } => ErrorKind::InUse,
            Self::Certificate(_) => ErrorKind::Bug,
            Self::Folder(_) => ErrorKind::DiskFull,
            Self::Damaged(_) => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for LocalnetError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}
