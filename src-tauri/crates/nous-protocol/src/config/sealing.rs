//! From a serialised message to what is stored, and back.
//!
//! Source: `config.md` §5 and §6.

use std::borrow::Cow;

use super::crypto::{self, CryptoError};
use super::form::compress;
use super::kind::ConfigKind;
use super::message::Authority;
use super::parts::{self, MAX_OUTGOING, MAX_STORED};
use super::wrap;
use crate::account::Namespace;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::keys::IdentityKeys;

/// What opens and seals the messages of one config, and who vouches for them.
pub struct ConfigKeys<'a> {
    domain: &'a str,
    /// The newest first: it seals, all of them open.
    base: Vec<&'a [u8; 32]>,
    /// The account around whose messages there are protobuf layers.
    wrapping: Option<(&'a IdentityKeys, Namespace)>,
    authority: Authority<'a>,
}

/// Why a message cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// There is no key.
    #[error("no key to seal with")]
    NoKey,
    /// More than [`MAX_OUTGOING`] bytes, compressed.
    #[error("{0} bytes are too many")]
    TooLarge(usize),
    /// The encryption refuses.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The layers around it cannot be made.
    #[error(transparent)]
    Wrap(#[from] wrap::WrapError),
}

impl HasKind for SealingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey => ErrorKind::NotAllowed,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::Crypto(_) | Self::Wrap(_) => ErrorKind::Bug,
        }
    }
}

impl HasRetry for SealingError {
    fn retry(&self) -> Retry {
        match self {
            Self::NoKey => Retry::AfterChange(crate::error::Cause::Keys),
            Self::TooLarge(_) | Self::Crypto(_) | Self::Wrap(_) => Retry::Never,
        }
    }
}

/// A sealed message: one stored message or several.
pub(super) struct Sealed {
    /// What is stored.
    pub(super) stored: Vec<Vec<u8>>,
    /// The hash that names the whole, if there are several parts.
    pub(super) whole: Option<[u8; 32]>,
}

impl<'a> ConfigKeys<'a> {
    /// For a config of an account.
    #[must_use]
    pub fn own(kind: ConfigKind, keys: &'a IdentityKeys) -> Self {
        Self {
            domain: kind.domain(),
            base: vec![keys.ed25519_seed()],
            wrapping: Some((keys, kind.namespace())),
            authority: Authority::None,
        }
    }

    /// For a config of a group.
    ///
    /// `base`: the keys of the group, the newest first.
    #[must_use]
    pub fn group(domain: &'a str, base: &'a [[u8; 32]], authority: Authority<'a>) -> Self {
        Self {
            domain,
            base: base.iter().collect(),
            wrapping: None,
            authority,
        }
    }

    /// Who vouches for messages.
    #[must_use]
    pub const fn authority(&self) -> &Authority<'a> {
        &self.authority
    }

    /// Opens stored bytes: decrypted, without padding.
    pub(super) fn open(&self, stored: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let encrypted = match self.wrapping {
            Some((keys, namespace)) => wrap::unwrap(keys, namespace, stored),
            None => Cow::Borrowed(stored),
        };
        let mut result = Err(CryptoError::Key);
        for key in &self.base {
            result = crypto::decrypt(&encrypted, key, self.domain);
            if result.is_ok() {
                break;
            }
        }
        result.map(|mut padded| {
            let padding = padded.len().saturating_sub(crypto::unpad(&padded).len());
            padded.drain(..padding);
            padded
        })
    }

    /// Compresses, pads, splits where needed, encrypts and wraps.
    pub(super) fn seal(&self, seqno: i64, serialised: Vec<u8>) -> Result<Sealed, SealingError> {
        let key = self.base.first().ok_or(SealingError::NoKey)?;
        let padded = crypto::pad(&compress(serialised));
        if padded.len() > MAX_OUTGOING {
            return Err(SealingError::TooLarge(padded.len()));
        }
        if let Some(parts) = parts::split(&padded) {
            let encrypt = |part: &Vec<u8>| crypto::encrypt(part, key, self.domain);
            return Ok(Sealed {
                stored: parts.iter().map(encrypt).collect::<Result<_, _>>()?,
                whole: Some(parts::whole_hash(&padded)),
            });
        }
        let encrypted = crypto::encrypt(&padded, key, self.domain)?;
        Ok(Sealed {
            stored: vec![self.wrap(seqno, encrypted)?],
            whole: None,
        })
    }

    /// The layers around it, unless it would get too large by them.
    fn wrap(&self, seqno: i64, encrypted: Vec<u8>) -> Result<Vec<u8>, SealingError> {
        let Some((keys, namespace)) = self.wrapping else {
            return Ok(encrypted);
        };
        let wrapped = wrap::wrap(keys, namespace, seqno, &encrypted)?;
        Ok(if wrapped.len() <= MAX_STORED {
            wrapped
        } else {
            encrypted
        })
    }
}
