//! Attachments as clients send them today.
//!
//! Source: `messages.md` §11.1.

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{FileCryptoError, MAX_FILE};

/// AES key and MAC key, one behind the other.
pub const KEY: usize = 64;
const IV: usize = 16;
const MAC: usize = 32;

/// An encrypted attachment with what its message says of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// What is uploaded.
    pub blob: Vec<u8>,
    /// What opens it.
    pub key: Zeroizing<[u8; KEY]>,
    /// SHA-256 of the blob.
    pub digest: [u8; 32],
}

/// Shows no key.
impl std::fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encrypted(…)")
    }
}

/// The length to which a file of `length` bytes is padded, so that sizes tell little.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the formula is one of floating numbers; lengths are far below 2^52"
)]
pub fn padded_length(length: usize) -> usize {
    let steps = ((length.max(1) as f64).ln() / 1.05_f64.ln()).ceil();
    let padded = (1.05_f64.powf(steps).floor() as usize).max(541);
    // Rounding may put the step just below the length.
    let padded = padded.max(length);
    if length <= MAX_FILE {
        padded.min(MAX_FILE)
    } else {
        padded
    }
}

/// Encrypts a file with a fresh key.
///
/// # Errors
/// [`FileCryptoError::TooLarge`] above [`MAX_FILE`] bytes.
pub fn encrypt(data: &[u8], rng: &mut impl CryptoRng) -> Result<Encrypted, FileCryptoError> {
    if data.len() > MAX_FILE {
        return Err(FileCryptoError::TooLarge(MAX_FILE));
    }
    let mut key = Zeroizing::new([0; KEY]);
    rng.fill_bytes(key.as_mut_slice());
    let mut iv = [0; IV];
    rng.fill_bytes(&mut iv);
    let (aes, mac) = halves(&key);
    let mut padded = data.to_vec();
    padded.resize(padded_length(data.len()), 0);
    let ciphertext = Encryptor::<Aes256>::new(aes.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(&padded);
    let mut blob = [iv.as_slice(), &ciphertext].concat();
    let tag = tag(mac, &blob)?.finalize().into_bytes();
    blob.extend_from_slice(&tag);
    let digest = Sha256::digest(&blob).into();
    Ok(Encrypted { blob, key, digest })
}

/// Opens an attachment and cuts it to `size`, its length before padding. What comes after
/// is ignored.
///
/// # Errors
/// [`FileCryptoError`]: nothing of the content counts then.
pub fn open(blob: &[u8], key: &[u8], digest: &[u8], size: usize) -> Result<Vec<u8>, FileCryptoError> {
    let key: &[u8; KEY] = key.try_into().map_err(|_| FileCryptoError::Key)?;
    let (signed, sent_tag) = blob.split_last_chunk::<MAC>().ok_or(FileCryptoError::Short)?;
    let (iv, ciphertext) = signed.split_first_chunk::<IV>().ok_or(FileCryptoError::Short)?;
    let (aes, mac) = halves(key);
    tag(mac, signed)?
        .verify_slice(sent_tag)
        .map_err(|_| FileCryptoError::Authentication)?;
    if !bool::from(Sha256::digest(blob).as_slice().ct_eq(digest)) {
        return Err(FileCryptoError::Digest);
    }
    let mut plain = Decryptor::<Aes256>::new(aes.into(), iv.into())
        .decrypt_padded_vec::<Pkcs7>(ciphertext)
        .map_err(|_| FileCryptoError::Padding)?;
    if plain.len() < size {
        return Err(FileCryptoError::Short);
    }
    plain.truncate(size);
    Ok(plain)
}

fn halves(key: &[u8; KEY]) -> (&[u8; 32], &[u8; 32]) {
    let (aes, mac) = key.split_at(32);
    match (aes.try_into(), mac.try_into()) {
        (Ok(aes), Ok(mac)) => (aes, mac),
        // Two halves of 64 bytes.
        _ => (&[0; 32], &[0; 32]),
    }
}

fn tag(key: &[u8; 32], signed: &[u8]) -> Result<Hmac<Sha256>, FileCryptoError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| FileCryptoError::Key)?;
    mac.update(signed);
    Ok(mac)
}
