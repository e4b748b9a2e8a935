//! Onion requests: a payload under one encrypted layer for each node on the way.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | [`frame`] | `length ‖ bytes ‖ JSON`, the form between two layers |
//! | [`layer`] | the two ciphers |
//! | [`wrap`](mod@wrap) | client: building a request |
//! | [`reply`] | client: opening the answer; destination: sealing it |
//! | [`peel`](mod@peel) | node and server: opening one layer |
//! | [`v4`] | request and answer of servers |
//!
//! Source: `network.md` §3.

pub mod frame;
pub mod layer;
pub mod peel;
pub mod reply;
pub mod v4;
pub mod wrap;

pub use layer::EncType;
pub use peel::{Peeled, peel, peel_server};
pub use reply::{ReplyKeys, ReplySealer, SnodeAnswer};
pub use wrap::{Destination, HopKeys, OnionRequest, ServerTarget, wrap};

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// The largest request a node takes: 10 MiB.
pub const MAX_REQUEST: usize = 10_485_760;

/// Why bytes of the onion transport could not be made or understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnionError {
    /// A frame shorter than it says; holds the number of bytes present.
    #[error("frame of {0} bytes is cut")]
    Frame(usize),
    /// The JSON part of a frame is missing, no object, or lacks a needed field; names the field.
    #[error("frame without a usable {0}")]
    Field(&'static str),
    /// An `enc_type` that we do not have.
    #[error("unknown kind of encryption")]
    EncType,
    /// A public key of small order.
    #[error("key of small order")]
    WeakKey,
    /// The authentication of a layer or answer failed.
    #[error("layer does not open")]
    Sealed,
    /// An answer that is neither base64 nor what is inside it should be; names the part.
    #[error("answer without a usable {0}")]
    Answer(&'static str),
    /// Larger than [`MAX_REQUEST`]; holds the size.
    #[error("request of {0} bytes is too large")]
    TooLarge(usize),
    /// More than 15 hops.
    #[error("too many hops")]
    TooManyHops,
}

impl HasKind for OnionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge(_) => ErrorKind::TooLarge,
            _ => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for OnionError {
    fn retry(&self) -> Retry {
        match self {
            Self::TooLarge(_) => Retry::Never,
            _ => Retry::Now,
        }
    }
}
