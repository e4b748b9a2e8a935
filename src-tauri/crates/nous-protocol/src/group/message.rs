//! Sealing and opening what is said in a group.
//!
//! A message is encrypted with a key that all members hold, so the key proves only that its
//! writer was a member at some time. Who it was is proven by a signature inside, which also
//! names the group, so that nobody carries a message into another group.
//!
//! [`seal_content`] and [`open_content`] are what the network needs; [`seal`] and [`open`] are
//! the layer below, without the envelope.
//!
//! Source: `groups.md` §6.

mod batch;
mod compression;
mod form;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use prost::Message as _;
use rand_core::CryptoRng;

use crate::account::{AccountId, GroupId};
use crate::envelope::{Opened, stored};
use crate::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use crate::keys::IdentityKeys;
use crate::signer::Signer;
use crate::time::Timestamp;
use crate::wire::protobuf::{Envelope, envelope};

pub use batch::{open_batch_with, open_many_with};
use form::Signed;

/// The most bytes that are sealed, and that a message is inflated to.
pub const MAX_PLAINTEXT: usize = 1_000_000;

/// A sealed message is a multiple of this, in bytes.
pub const STEP: usize = 256;

/// Nonce in front and tag behind: 40 bytes.
const OVERHEAD: usize = 40;

const NONCE: usize = 24;

/// What the signature of a message covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupSignature {
    /// The message and the group's key: the only form on the network.
    Bound,
    /// The message alone, as clients of January 2025 signed it. Only for recorded vectors.
    Unbound,
}

/// Why a message cannot be sealed for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealGroupError {
    /// There is nothing to seal: no one would open it.
    #[error("an empty message")]
    Empty,
    /// More than [`MAX_PLAINTEXT`] bytes; holds the number found.
    #[error("{0} bytes are too many")]
    TooLarge(usize),
}

impl HasKind for SealGroupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::InvalidInput,
            Self::TooLarge(_) => ErrorKind::TooLarge,
        }
    }
}

impl HasRetry for SealGroupError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// Why a message of a group cannot be opened. [`OpenGroupError::NoKey`] may go away when keys
/// arrive: park it. All others are damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenGroupError {
    /// None of the keys opens it.
    #[error("no key opens it")]
    NoKey,
    /// Fewer bytes than nonce and tag.
    #[error("too short")]
    TooShort,
    /// Not the dict that it should be inside.
    #[error("not of the form of a group message")]
    Form,
    /// Of another version than 1.
    #[error("of an unknown version")]
    Version,
    /// The sender's key is no valid one.
    #[error("the sender's key is not valid")]
    SenderKey,
    /// Not signed by the sender for this group.
    #[error("the signature is not valid")]
    Signature,
    /// Does not inflate, or to more than [`MAX_PLAINTEXT`] bytes.
    #[error("cannot be inflated")]
    Inflate,
    /// No envelope with a content and a time inside.
    #[error("no envelope")]
    Envelope,
}

impl HasKind for OpenGroupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoKey | Self::SenderKey | Self::Signature => ErrorKind::NotAllowed,
            Self::Version => ErrorKind::NewerVersion,
            Self::TooShort | Self::Form | Self::Inflate | Self::Envelope => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for OpenGroupError {
    fn retry(&self) -> Retry {
        match self {
            Self::NoKey => Retry::AfterChange(Cause::Keys),
            Self::TooShort
            | Self::Form
            | Self::Version
            | Self::SenderKey
            | Self::Signature
            | Self::Inflate
            | Self::Envelope => Retry::Never,
        }
    }
}

/// What was inside a sealed message, after every check.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedGroupMessage {
    /// The signer's account.
    pub sender: AccountId,
    /// The signer's Ed25519 key.
    pub sender_ed25519: [u8; 32],
    /// What was sealed: on the network, an envelope.
    pub plaintext: Vec<u8>,
    /// Which of the keys opened it, from 0.
    pub key_index: usize,
}

/// Shows no content.
impl std::fmt::Debug for OpenedGroupMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedGroupMessage")
            .field("sender", &self.sender)
            .field("key_index", &self.key_index)
            .finish_non_exhaustive()
    }
}

/// Signs, compresses and encrypts a message to a group, always in the form
/// [`GroupSignature::Bound`].
///
/// `key`: the group's newest; `plaintext`: 1 to [`MAX_PLAINTEXT`] bytes, on the network a
/// serialised envelope. The result is the data of a store request, a multiple of [`STEP`]
/// bytes; whether the storage takes so many is the caller's question.
///
/// # Errors
/// [`SealGroupError`] for nothing, or too much.
///
/// Source: `groups.md` §6.
pub fn seal(
    sender: &IdentityKeys,
    group: &GroupId,
    key: &[u8; 32],
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealGroupError> {
    if plaintext.is_empty() {
        return Err(SealGroupError::Empty);
    }
    let too_large = SealGroupError::TooLarge(plaintext.len());
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(too_large);
    }
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let mut out = form::write(sender, group, plaintext, &nonce);
    let body = out.get_mut(NONCE..).unwrap_or_default();
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&XNonce::from(nonce), b"", body.into())
        .map_err(|_| too_large)?;
    out.extend_from_slice(&tag);
    Ok(out)
}

/// Opens what [`seal`] made, with the first of `keys` that fits, and checks who signed it.
///
/// `keys`: those of the group, in the order to try them; `signature`:
/// [`GroupSignature::Bound`], but for recorded vectors.
///
/// # Errors
/// [`OpenGroupError`] says which check failed; nothing of the message comes out then.
///
/// Source: `groups.md` §6.
pub fn open<'a>(
    group: &GroupId,
    keys: impl IntoIterator<Item = &'a [u8; 32]>,
    ciphertext: &[u8],
    signature: GroupSignature,
) -> Result<OpenedGroupMessage, OpenGroupError> {
    let signed = decrypt(keys, ciphertext)?;
    let signer = Signer::new(&signed.sender).ok_or(OpenGroupError::SenderKey)?;
    if !signer.verify(&signed.text(group, signature), &signed.signature) {
        return Err(OpenGroupError::Signature);
    }
    signed.into_opened(signer.x25519())
}

/// The signed parts, before anything about the signer is checked.
fn decrypt<'a>(
    keys: impl IntoIterator<Item = &'a [u8; 32]>,
    ciphertext: &[u8],
) -> Result<Signed, OpenGroupError> {
    let (nonce, rest) = ciphertext
        .split_first_chunk::<NONCE>()
        .ok_or(OpenGroupError::TooShort)?;
    let (body, tag) = rest.split_last_chunk::<16>().ok_or(OpenGroupError::TooShort)?;
    let (nonce, tag) = (XNonce::from(*nonce), (*tag).into());
    let mut body = body.to_vec();
    // A key that does not fit leaves the bytes as they were.
    let fits = |key: &[u8; 32]| {
        let cipher = XChaCha20Poly1305::new(key.into());
        cipher
            .decrypt_inout_detached(&nonce, b"", body.as_mut_slice().into(), &tag)
            .is_ok()
    };
    let key_index = keys.into_iter().position(fits).ok_or(OpenGroupError::NoKey)?;
    form::read(&body, key_index)
}

/// [`seal`] for a content: puts it into an envelope first.
///
/// `content`: serialised, not padded; `sent`: the message's sent timestamp, in network time,
/// the same as inside the content.
///
/// # Errors
/// [`SealGroupError::TooLarge`] for more than [`MAX_PLAINTEXT`] bytes with the envelope.
///
/// Source: `groups.md` §6.
pub fn seal_content(
    sender: &IdentityKeys,
    group: &GroupId,
    key: &[u8; 32],
    content: &[u8],
    sent: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealGroupError> {
    let envelope = Envelope {
        r#type: Some(envelope::Type::ClosedGroupMessage.into()),
        timestamp: Some(sent.as_wire()),
        source_device: Some(1),
        content: Some(content.to_vec()),
        pro_sig: Some(stored::decoy(rng)),
        ..Envelope::default()
    };
    seal(sender, group, key, &envelope.encode_to_vec(), rng)
}

/// Opens a stored message of namespace 11 and checks who signed it, for this group.
///
/// `keys`: those of the group, in the order to try them. Everything on the envelope but its
/// time and its content is ignored; the content comes out as it was written, for
/// `content::parse`.
///
/// # Errors
/// [`OpenGroupError`] says which check failed; nothing of the content comes out then.
///
/// Source: `groups.md` §6.
pub fn open_content<'a>(
    group: &GroupId,
    keys: impl IntoIterator<Item = &'a [u8; 32]>,
    ciphertext: &[u8],
) -> Result<Opened, OpenGroupError> {
    read_envelope(open(group, keys, ciphertext, GroupSignature::Bound)?)
}

fn read_envelope(message: OpenedGroupMessage) -> Result<Opened, OpenGroupError> {
    let envelope = Envelope::decode(message.plaintext.as_slice()).map_err(|_| OpenGroupError::Envelope)?;
    let fits = |signature: &Vec<u8>| matches!(signature.len(), 0 | 64);
    let content = envelope.content.ok_or(OpenGroupError::Envelope)?;
    let timestamp = envelope.timestamp.ok_or(OpenGroupError::Envelope)?;
    if !envelope.pro_sig.as_ref().is_none_or(fits) {
        return Err(OpenGroupError::Envelope);
    }
    Ok(Opened {
        sender: message.sender,
        sender_ed25519: message.sender_ed25519,
        content,
        envelope_timestamp: Timestamp::from_wire(timestamp),
    })
}

#[cfg(test)]
mod tests;
