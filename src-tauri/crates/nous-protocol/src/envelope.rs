//! Who may read a message and who wrote it: signature, sealed box, and the other ways of
//! encrypting to a person.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`seal_signed`] and [`open_signed`]: padded content to sealed bytes and back |
//! | [`batch`] | [`open_signed_batch`]: many at once, and the cache of senders |
//! | [`blinded`] | direct messages between blinded ids |
//! | [`stored`] | whole stored messages |
//! | [`multi`] | one message for several recipients |
//!
//! Source: `messages.md` §2.

pub mod batch;
pub mod blinded;
pub mod multi;
mod sealed_box;
pub mod stored;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::account::AccountId;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::hash::blake2b_32;
use crate::keys::IdentityKeys;
use crate::signer::Signer;

pub use batch::{Senders, open_signed_batch, open_signed_with};
pub use sealed_box::{OVERHEAD, open_box, sealed_box};
pub use stored::{Opened, SealedMessage, open, open_batch, open_batch_with, seal};

/// Sender's key and signature behind the message: 96 bytes.
pub const SIGNATURE_OVERHEAD: usize = 96;

/// Why a message cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The recipient's key cannot be one: nothing sealed to it would be secret.
    #[error("the recipient's key is of small order")]
    Recipient,
}

impl HasKind for SealError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl HasRetry for SealError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// Why sealed bytes cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The layers around the sealed bytes are not what they should be.
    #[error("no envelope")]
    Wrapping,
    /// Fewer bytes than the seal and the signature need.
    #[error("too short")]
    TooShort,
    /// Changed on the way, or sealed for somebody else.
    #[error("not sealed for this account, or changed")]
    Seal,
    /// The sender's key is no valid one.
    #[error("the sender's key is not valid")]
    SenderKey,
    /// Not signed by the sender for this recipient.
    #[error("the signature is not valid")]
    Signature,
}

impl HasKind for OpenError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Wrapping | Self::TooShort | Self::Seal => ErrorKind::Damaged,
            Self::SenderKey | Self::Signature => ErrorKind::NotAllowed,
        }
    }
}

impl HasRetry for OpenError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// What was inside sealed bytes, after every check.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedSigned {
    /// The signer's account.
    pub sender: AccountId,
    /// The signer's Ed25519 public key.
    pub sender_ed25519: [u8; 32],
    /// The message as it was signed, still padded.
    pub message: Vec<u8>,
}

/// Shows no content.
impl std::fmt::Debug for OpenedSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedSigned")
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// message ‖ sender's Ed25519 key ‖ signature over (message ‖ sender's key ‖ recipient's key).
///
/// `message`: the padded content.
///
/// Source: `messages.md` §2.2.
#[must_use]
pub fn sign_for_recipient(
    sender: &IdentityKeys,
    recipient: &AccountId,
    message: &[u8],
) -> Zeroizing<Vec<u8>> {
    let capacity = message.len().saturating_add(SIGNATURE_OVERHEAD);
    let mut signed = Zeroizing::new(Vec::with_capacity(capacity));
    signed.extend_from_slice(message);
    signed.extend_from_slice(&sender.ed25519_public());
    signed.extend_from_slice(recipient.x25519());
    let signature = sender.sign(&signed);
    let without_recipient = signed.len().saturating_sub(32);
    signed.truncate(without_recipient);
    signed.extend_from_slice(&signature);
    signed
}

/// Signs `message` for `recipient` and seals it with a fresh ephemeral key.
///
/// `message`: the padded content. The result is longer by [`SIGNATURE_OVERHEAD`] and
/// [`OVERHEAD`]: the `content` of an Envelope.
///
/// # Errors
/// [`SealError::Recipient`] if nothing can be sealed to the recipient's key.
///
/// Source: `messages.md` §2.2.
pub fn seal_signed(
    sender: &IdentityKeys,
    recipient: &AccountId,
    message: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    sealed_box(
        recipient.x25519(),
        &sign_for_recipient(sender, recipient, message),
        rng,
    )
}

/// [`seal_signed`] with an ephemeral key derived from the sender's secret and the message, so
/// that the same message gives the same bytes. Only for config messages in their old wrapping.
///
/// # Errors
/// [`SealError::Recipient`] if nothing can be sealed to the recipient's key.
///
/// Source: `messages.md` §2.4.
pub fn seal_signed_deterministic(
    sender: &IdentityKeys,
    recipient: &AccountId,
    message: &[u8],
) -> Result<Vec<u8>, SealError> {
    let seed = Zeroizing::new(blake2b_32(
        b"SessionBoxEphemeralHashKey",
        &[],
        &[sender.ed25519_seed(), recipient.x25519(), message],
    ));
    let ephemeral = IdentityKeys::from_ed25519_seed(&seed);
    let signed = sign_for_recipient(sender, recipient, message);
    sealed_box::seal_with(ephemeral.x25519_secret(), recipient.x25519(), &signed)
}

/// Opens what [`seal_signed`] made for this account, and checks who signed it.
///
/// `sealed`: the `content` of an Envelope. The message comes out still padded.
///
/// # Errors
/// [`OpenError`] says which check failed; nothing of the content comes out then.
///
/// Source: `messages.md` §2.2.
pub fn open_signed(recipient: &IdentityKeys, sealed: &[u8]) -> Result<OpenedSigned, OpenError> {
    let parts = SignedParts::open(recipient, sealed)?;
    let signer = Signer::new(&parts.sender).ok_or(OpenError::SenderKey)?;
    let own = recipient.x25519_public();
    let text = parts.signed_text(&own);
    if !signer.verify(&text, &parts.signature) {
        return Err(OpenError::Signature);
    }
    Ok(parts.into_opened(*signer.x25519()))
}

/// The signed plaintext, split, before anything about the signer is checked.
struct SignedParts {
    message: Vec<u8>,
    sender: [u8; 32],
    signature: [u8; 64],
}

impl SignedParts {
    fn open(recipient: &IdentityKeys, sealed: &[u8]) -> Result<Self, OpenError> {
        if sealed.len() < OVERHEAD.saturating_add(SIGNATURE_OVERHEAD) {
            return Err(OpenError::TooShort);
        }
        let mut message = open_box(recipient, sealed).ok_or(OpenError::Seal)?;
        let (rest, signature) = message.split_last_chunk::<64>().ok_or(OpenError::TooShort)?;
        let (rest, sender) = rest.split_last_chunk::<32>().ok_or(OpenError::TooShort)?;
        let (sender, signature, length) = (*sender, *signature, rest.len());
        message.truncate(length);
        Ok(Self {
            message,
            sender,
            signature,
        })
    }

    /// What the signature covers: message ‖ sender ‖ **our own** key.
    fn signed_text<'a>(&'a self, own_x25519: &'a [u8; 32]) -> [&'a [u8]; 3] {
        [&self.message, &self.sender, own_x25519]
    }

    fn into_opened(self, sender_x25519: [u8; 32]) -> OpenedSigned {
        OpenedSigned {
            sender: AccountId::from_x25519(sender_x25519),
            sender_ed25519: self.sender,
            message: self.message,
        }
    }
}

#[cfg(test)]
mod tests;
