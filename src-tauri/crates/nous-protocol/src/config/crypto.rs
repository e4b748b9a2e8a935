//! Padding and encryption of config messages: equal content gives equal bytes.
//!
//! Source: `config.md` §5.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use zeroize::Zeroizing;

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::hash::{blake2b_24, blake2b_32};
use crate::keys::IdentityKeys;

/// Tag and nonce behind the ciphertext: 40 bytes.
pub const OVERHEAD: usize = 40;

/// The longest domain, in bytes.
pub const MAX_DOMAIN: usize = 24;

/// Why config bytes cannot be encrypted or decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The domain has not 1 to 24 bytes.
    #[error("the domain must have 1 to 24 bytes")]
    Domain,
    /// Fewer bytes than tag and nonce.
    #[error("too short")]
    TooShort,
    /// Another key or domain, or changed on the way.
    #[error("does not open with this key")]
    Key,
}

impl HasKind for CryptoError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Domain => ErrorKind::Bug,
            Self::TooShort | Self::Key => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for CryptoError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// The length that `size` bytes of plaintext are padded to.
///
/// Source: `config.md` §5.
#[must_use]
pub fn padded_size(size: usize) -> usize {
    let encrypted = size.saturating_add(OVERHEAD);
    let step = match encrypted {
        0..5_120 => 256,
        5_120..20_480 => 1_024,
        20_480..40_960 => 2_048,
        _ => 5_120,
    };
    let rounded = encrypted.checked_next_multiple_of(step).unwrap_or(encrypted);
    rounded.saturating_sub(OVERHEAD)
}

/// NUL bytes in front of `plain`, up to [`padded_size`].
///
/// Source: `config.md` §5.
#[must_use]
pub fn pad(plain: &[u8]) -> Vec<u8> {
    let size = padded_size(plain.len());
    let mut padded = vec![0; size.saturating_sub(plain.len())];
    padded.extend_from_slice(plain);
    padded
}

/// What stands behind the NUL bytes in front.
///
/// Source: `config.md` §5.
#[must_use]
pub fn unpad(padded: &[u8]) -> &[u8] {
    let start = padded.iter().position(|byte| *byte != 0).unwrap_or(padded.len());
    padded.get(start..).unwrap_or_default()
}

fn check_domain(domain: &str) -> Result<(), CryptoError> {
    if (1..=MAX_DOMAIN).contains(&domain.len()) {
        Ok(())
    } else {
        Err(CryptoError::Domain)
    }
}

fn message_key(base: &[u8; 32], length: usize, domain: &str) -> Zeroizing<[u8; 32]> {
    let length = u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes();
    Zeroizing::new(blake2b_32(&[], &[], &[base, &length, domain.as_bytes()]))
}

/// Encrypts `padded`: ciphertext ‖ tag (16) ‖ nonce (24). Pads nothing.
///
/// `base`: the account's base key or a group key; `domain`: 1 to 24 bytes, such as
/// `UserProfile`.
///
/// # Errors
/// [`CryptoError::Domain`] if the domain is empty or too long.
///
/// Source: `config.md` §5.
pub fn encrypt(padded: &[u8], base: &[u8; 32], domain: &str) -> Result<Vec<u8>, CryptoError> {
    check_domain(domain)?;
    let nonce_key = format!("libsessionutil-config-encrypted-{domain}");
    let nonce = blake2b_24(nonce_key.as_bytes(), &[], &[padded]);
    let key = message_key(base, padded.len(), domain);
    let key: &[u8; 32] = &key;
    let mut data = XChaCha20Poly1305::new(key.into())
        .encrypt((&nonce).into(), padded)
        .map_err(|_| CryptoError::Key)?;
    data.extend_from_slice(&nonce);
    Ok(data)
}

/// Decrypts what [`encrypt`] made; the padding is still there.
///
/// # Errors
/// [`CryptoError`] says why it does not open.
///
/// Source: `config.md` §5.
pub fn decrypt(data: &[u8], base: &[u8; 32], domain: &str) -> Result<Vec<u8>, CryptoError> {
    check_domain(domain)?;
    let length = data.len().checked_sub(OVERHEAD).ok_or(CryptoError::TooShort)?;
    let (body, nonce) = data.split_last_chunk::<24>().ok_or(CryptoError::TooShort)?;
    let key = message_key(base, length, domain);
    let key: &[u8; 32] = &key;
    XChaCha20Poly1305::new(key.into())
        .decrypt(nonce.into(), body)
        .map_err(|_| CryptoError::Key)
}

/// [`pad`] and [`encrypt`] with the base key of an account.
///
/// # Errors
/// [`CryptoError::Domain`] if the domain is empty or too long.
///
/// Source: `config.md` §5.
pub fn encrypt_own(keys: &IdentityKeys, plain: &[u8], domain: &str) -> Result<Vec<u8>, CryptoError> {
    encrypt(&pad(plain), keys.ed25519_seed(), domain)
}

/// [`decrypt`] with the base key of an account, and [`unpad`].
///
/// # Errors
/// [`CryptoError`] says why it does not open.
///
/// Source: `config.md` §5.
pub fn decrypt_own(keys: &IdentityKeys, data: &[u8], domain: &str) -> Result<Vec<u8>, CryptoError> {
    decrypt(data, keys.ed25519_seed(), domain).map(|padded| unpad(&padded).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn steps_of_padding_change_at_their_bounds() {
        let sizes = [0, 216, 217, 5_079, 5_080, 5_081, 20_439, 20_441, 40_921];
        let padded = [216, 216, 472, 5_080, 5_080, 6_104, 20_440, 22_488, 46_040];
        assert_eq!(sizes.map(padded_size), padded);
    }

    #[test]
    fn padding_stands_in_front_and_goes_away_again() {
        let padded = pad(b"\x01abc\x00");
        assert_eq!(padded.len(), 216);
        assert_eq!(unpad(&padded), b"\x01abc\x00");
        assert_eq!(unpad(&[0; 5]), b"");
        assert_eq!(unpad(&[]), b"");
    }

    #[test]
    fn equal_content_gives_equal_bytes_that_open() {
        let data = encrypt(b"text", &KEY, "UserProfile").unwrap();
        assert_eq!(data, encrypt(b"text", &KEY, "UserProfile").unwrap());
        assert_eq!(decrypt(&data, &KEY, "UserProfile"), Ok(b"text".to_vec()));
    }

    #[test]
    fn another_key_domain_or_any_change_is_refused() {
        let data = encrypt(b"text", &KEY, "UserProfile").unwrap();
        assert_eq!(decrypt(&data, &[8; 32], "UserProfile"), Err(CryptoError::Key));
        assert_eq!(decrypt(&data, &KEY, "Contacts"), Err(CryptoError::Key));
        for at in 0..data.len() {
            let mut changed = data.clone();
            changed[at] ^= 1;
            assert_eq!(decrypt(&changed, &KEY, "UserProfile"), Err(CryptoError::Key));
            assert!(decrypt(&data[..at], &KEY, "UserProfile").is_err());
        }
        assert_eq!(
            decrypt(&data[..39], &KEY, "UserProfile"),
            Err(CryptoError::TooShort)
        );
    }

    #[test]
    fn a_domain_without_or_with_too_many_bytes_is_refused() {
        for domain in ["", "1234567890123456789012345"] {
            assert_eq!(encrypt(b"", &KEY, domain), Err(CryptoError::Domain));
            assert_eq!(decrypt(&[0; 80], &KEY, domain), Err(CryptoError::Domain));
        }
        assert!(encrypt(b"", &KEY, "123456789012345678901234").is_ok());
    }
}
