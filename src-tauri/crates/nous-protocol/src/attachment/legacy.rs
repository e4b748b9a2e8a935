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
const BLOCK: usize = 16;

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
    let mut room = Vec::with_capacity(encrypted_length(data.len().min(MAX_FILE)));
    room.extend_from_slice(data);
    encrypt_in_place(room, rng)
}

/// How long a file of `length` bytes is once it is encrypted.
#[must_use]
pub fn encrypted_length(length: usize) -> usize {
    length_of(padded_length(length))
}

/// How long so many bytes are once they are encrypted.
const fn length_of(padded: usize) -> usize {
    // A whole block of padding follows if nothing is left of the last one.
    let rest = padded % BLOCK;
    padded
        .saturating_sub(rest)
        .saturating_add(BLOCK)
        .saturating_add(IV)
        .saturating_add(MAC)
}

/// Encrypts a file with a fresh key, where it lies: with room for [`encrypted_length`] bytes
/// nothing of it is copied elsewhere.
///
/// # Errors
/// [`FileCryptoError::TooLarge`] above [`MAX_FILE`] bytes.
pub fn encrypt_in_place(data: Vec<u8>, rng: &mut impl CryptoRng) -> Result<Encrypted, FileCryptoError> {
    let padded = padded_length(data.len());
    encrypt_padded(data, padded, rng)
}

/// The same without padding, as pictures of link previews are sent.
///
/// # Errors
/// [`FileCryptoError::TooLarge`] above [`MAX_FILE`] bytes.
pub fn encrypt_unpadded(data: Vec<u8>, rng: &mut impl CryptoRng) -> Result<Encrypted, FileCryptoError> {
    let length = data.len();
    encrypt_padded(data, length, rng)
}

/// `padded`: the length to which zeros are added; not less than the file has.
fn encrypt_padded(
    mut data: Vec<u8>,
    padded: usize,
    rng: &mut impl CryptoRng,
) -> Result<Encrypted, FileCryptoError> {
    if data.len() > MAX_FILE {
        return Err(FileCryptoError::TooLarge(MAX_FILE));
    }
    let mut key = Zeroizing::new([0; KEY]);
    rng.fill_bytes(key.as_mut_slice());
    let mut iv = [0; IV];
    rng.fill_bytes(&mut iv);
    let (aes, mac) = halves(&key);
    let whole = length_of(padded);
    data.reserve_exact(whole.saturating_sub(data.len()));
    drop(data.splice(0..0, iv));
    data.resize(whole.saturating_sub(MAC), 0);
    let text = data.get_mut(IV..).ok_or(FileCryptoError::Short)?;
    Encryptor::<Aes256>::new(aes.into(), &iv.into())
        .encrypt_padded::<Pkcs7>(text, padded)
        .map_err(|_| FileCryptoError::Padding)?;
    let tag = tag(mac, &data)?.finalize().into_bytes();
    data.extend_from_slice(&tag);
    let digest = Sha256::digest(&data).into();
    Ok(Encrypted {
        blob: data,
        key,
        digest,
    })
}

/// Whether an encrypted attachment is the one that has this digest.
#[must_use]
pub fn is_whole(blob: &[u8], digest: &[u8; 32]) -> bool {
    Sha256::digest(blob).as_slice() == digest
}

/// Opens an attachment and cuts it to `size`, its length before padding. What comes after
/// is ignored.
///
/// # Errors
/// [`FileCryptoError`]: nothing of the content counts then.
pub fn open(blob: &[u8], key: &[u8], digest: &[u8], size: usize) -> Result<Vec<u8>, FileCryptoError> {
    open_in_place(blob.to_vec(), key, digest, size)
}

/// The same where the attachment lies: nothing of it is copied elsewhere.
///
/// # Errors
/// [`FileCryptoError`]: nothing of the content counts then.
pub fn open_in_place(
    mut blob: Vec<u8>,
    key: &[u8],
    digest: &[u8],
    size: usize,
) -> Result<Vec<u8>, FileCryptoError> {
    let key: &[u8; KEY] = key.try_into().map_err(|_| FileCryptoError::Key)?;
    let (aes, mac) = halves(key);
    let (signed, sent_tag) = blob.split_last_chunk::<MAC>().ok_or(FileCryptoError::Short)?;
    if signed.len() < IV {
        return Err(FileCryptoError::Short);
    }
    tag(mac, signed)?
        .verify_slice(sent_tag)
        .map_err(|_| FileCryptoError::Authentication)?;
    if !bool::from(Sha256::digest(&blob).as_slice().ct_eq(digest)) {
        return Err(FileCryptoError::Digest);
    }
    blob.truncate(blob.len().saturating_sub(MAC));
    let (iv, ciphertext) = blob.split_first_chunk_mut::<IV>().ok_or(FileCryptoError::Short)?;
    let length = Decryptor::<Aes256>::new(aes.into(), (&*iv).into())
        .decrypt_padded::<Pkcs7>(ciphertext)
        .map_err(|_| FileCryptoError::Padding)?
        .len();
    if length < size {
        return Err(FileCryptoError::Short);
    }
    blob.drain(..IV);
    blob.truncate(size);
    Ok(blob)
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
