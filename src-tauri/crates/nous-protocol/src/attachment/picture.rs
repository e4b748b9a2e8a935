//! Pictures of profiles as clients send them today: iv (12) ‖ ciphertext ‖ tag (16).
//!
//! Source: `messages.md` §12.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use rand_core::CryptoRng;

use super::{FileCryptoError, MAX_FILE, stream};
use crate::keys::IdentityKeys;

/// The length of a key, in both forms.
pub const KEY: usize = 32;
const IV: usize = 12;
const TAG: usize = 16;

/// How a picture is encrypted; its link tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// AES-256-GCM under a fresh key.
    Legacy,
    /// The deterministic stream; the link has `d`.
    Stream,
}

impl Form {
    /// The form of what a link names: `d` among its parameters, with any value.
    ///
    /// Source: `messages.md` §11.4.
    #[must_use]
    pub fn of_link(url: &str) -> Self {
        let parameters = url.split_once('#').map_or("", |(_, fragment)| fragment);
        let is_stream = parameters
            .split('&')
            .any(|parameter| parameter.split('=').next() == Some("d"));
        if is_stream { Self::Stream } else { Self::Legacy }
    }
}

/// An encrypted picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// What is uploaded.
    pub blob: Vec<u8>,
    /// What opens it: the profile key.
    pub key: [u8; KEY],
}

/// Shows no key.
impl std::fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encrypted(…)")
    }
}

/// Encrypts a picture: with a fresh key, or in the newer form with the account's.
///
/// # Errors
/// [`FileCryptoError::TooLarge`].
pub fn encrypt(
    data: &[u8],
    form: Form,
    keys: &IdentityKeys,
    rng: &mut impl CryptoRng,
) -> Result<Encrypted, FileCryptoError> {
    if form == Form::Stream {
        let sealed = stream::encrypt(keys, stream::Domain::Picture, data)?;
        return Ok(Encrypted {
            blob: sealed.blob,
            key: *sealed.key,
        });
    }
    if data.len() > MAX_FILE {
        return Err(FileCryptoError::TooLarge(MAX_FILE));
    }
    let (mut key, mut iv) = ([0; KEY], [0; IV]);
    rng.fill_bytes(&mut key);
    rng.fill_bytes(&mut iv);
    let ciphertext = Aes256Gcm::new(&key.into())
        .encrypt(&Nonce::from(iv), data)
        .map_err(|_| FileCryptoError::TooLarge(MAX_FILE))?;
    Ok(Encrypted {
        blob: [iv.as_slice(), &ciphertext].concat(),
        key,
    })
}

/// Opens a picture.
///
/// # Errors
/// [`FileCryptoError`]: it is cut off, changed, or of another key.
pub fn open(blob: &[u8], key: &[u8; KEY], form: Form) -> Result<Vec<u8>, FileCryptoError> {
    if form == Form::Stream {
        return stream::open(blob, key);
    }
    let (iv, ciphertext) = blob.split_first_chunk::<IV>().ok_or(FileCryptoError::Short)?;
    if ciphertext.len() < TAG {
        return Err(FileCryptoError::Short);
    }
    Aes256Gcm::new(key.into())
        .decrypt(&Nonce::from(*iv), ciphertext)
        .map_err(|_| FileCryptoError::Authentication)
}
