//! The newer form: key and header come from the account and the content, so the same file
//! gives the same bytes and the server keeps one.
//!
//! `S` ‖ header (24) ‖ chunks of libsodium's secretstream.
//!
//! Source: `messages.md` §11.2.

use chacha20::cipher::{KeyIvInit, StreamCipher};
use chacha20::{ChaCha20, R20, hchacha};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::FileCryptoError;
use crate::hash::blake2b_56;
use crate::keys::IdentityKeys;

/// The largest file, in bytes.
pub const MAX_PLAIN: usize = 10_218_286;
/// What opens a file.
pub const KEY: usize = 32;
const MARK: u8 = b'S';
const HEADER: usize = 24;
const CHUNK: usize = 32_768;
/// Tag byte and authenticator of each chunk.
const OVERHEAD: usize = 17;
const SEALED_CHUNK: usize = CHUNK + OVERHEAD;
const MESSAGE: u8 = 0;
const FINAL: u8 = 3;

/// What a file is: the same bytes have another key as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// An attachment of a message.
    Attachment,
    /// A picture of a profile.
    Picture,
}

/// An encrypted file.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// What is uploaded.
    pub blob: Vec<u8>,
    /// What opens it.
    pub key: Zeroizing<[u8; 32]>,
}

/// Shows no key.
impl std::fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Encrypted(…)")
    }
}

/// Encrypts a file of this account.
///
/// # Errors
/// [`FileCryptoError::TooLarge`] above [`MAX_PLAIN`] bytes.
pub fn encrypt(keys: &IdentityKeys, domain: Domain, data: &[u8]) -> Result<Encrypted, FileCryptoError> {
    encrypt_with(keys.ed25519_seed(), domain, data)
}

pub(super) fn encrypt_with(
    seed: &[u8; 32],
    domain: Domain,
    data: &[u8],
) -> Result<Encrypted, FileCryptoError> {
    if data.len() > MAX_PLAIN {
        return Err(FileCryptoError::TooLarge(MAX_PLAIN));
    }
    let domain: &[u8] = match domain {
        Domain::Attachment => &[0],
        Domain::Picture => &[1],
    };
    let hash = Zeroizing::new(blake2b_56(domain, &[], &[seed, data]));
    let (header, rest) = hash.split_first_chunk::<HEADER>().ok_or(FileCryptoError::Key)?;
    let key = Zeroizing::new(<[u8; 32]>::try_from(rest).map_err(|_| FileCryptoError::Key)?);
    let padding = padding(data.len());
    let mut blob = Vec::with_capacity(sealed_length(padding.saturating_add(data.len())));
    blob.push(MARK);
    blob.extend_from_slice(header);
    let mut stream = Stream::new(&key, header);
    let mut plain = Padded {
        zeros: padding.saturating_sub(1),
        has_mark: false,
        data,
    };
    while let Some((chunk, is_last)) = plain.next_chunk() {
        stream.push(&chunk, if is_last { FINAL } else { MESSAGE }, &mut blob);
    }
    Ok(Encrypted { blob, key })
}

/// How long a stream over so many bytes is.
fn sealed_length(plain: usize) -> usize {
    let chunks = plain.div_ceil(CHUNK).max(1);
    plain
        .saturating_add(chunks.saturating_mul(OVERHEAD))
        .saturating_add(HEADER)
        .saturating_add(1)
}

/// What a stream is made over: zeros, a one, the data.
struct Padded<'d> {
    zeros: usize,
    has_mark: bool,
    data: &'d [u8],
}

impl Padded<'_> {
    /// The next chunk, and whether it is the last; none after that.
    fn next_chunk(&mut self) -> Option<(Vec<u8>, bool)> {
        if self.has_mark && self.data.is_empty() {
            return None;
        }
        let mut chunk = vec![0; self.zeros.min(CHUNK)];
        self.zeros = self.zeros.saturating_sub(CHUNK);
        if chunk.len() < CHUNK && !self.has_mark {
            chunk.push(1);
            self.has_mark = true;
        }
        if self.has_mark {
            let room = CHUNK.saturating_sub(chunk.len()).min(self.data.len());
            let (part, rest) = self.data.split_at_checked(room).unwrap_or_default();
            chunk.extend_from_slice(part);
            self.data = rest;
        }
        Some((chunk, self.has_mark && self.data.is_empty()))
    }
}

/// How many bytes stand before the data: zeros, then a one.
fn padding(length: usize) -> usize {
    let chunks = length.div_ceil(CHUNK);
    let sealed = length
        .saturating_add(26)
        .saturating_add(chunks.saturating_mul(OVERHEAD));
    let most = sealed.max(131_072);
    let power = 1_usize
        .checked_shl(usize::BITS.saturating_sub(1).saturating_sub(most.leading_zeros()))
        .unwrap_or(131_072);
    let step = (power / 32).max(1);
    let wanted = sealed
        .div_ceil(step)
        .saturating_mul(step)
        .saturating_sub(sealed)
        .saturating_add(1);
    let room = chunks.saturating_mul(CHUNK).saturating_sub(length);
    let whole = (wanted / SEALED_CHUNK).saturating_mul(OVERHEAD);
    let rest = if wanted % SEALED_CHUNK > room { OVERHEAD } else { 0 };
    wanted.saturating_sub(whole).saturating_sub(rest).max(1)
}

/// Opens a file.
///
/// # Errors
/// [`FileCryptoError`]: cut off, changed, of another key, or not padded.
pub fn open(blob: &[u8], key: &[u8; 32]) -> Result<Vec<u8>, FileCryptoError> {
    open_in_place(blob.to_vec(), key)
}

/// The same where the file lies: nothing of it is copied elsewhere but a chunk at a time.
///
/// # Errors
/// [`FileCryptoError`]: cut off, changed, of another key, or not padded.
pub fn open_in_place(mut blob: Vec<u8>, key: &[u8; 32]) -> Result<Vec<u8>, FileCryptoError> {
    let (mark, rest) = blob.split_first().ok_or(FileCryptoError::Short)?;
    let header: [u8; HEADER] = *rest.first_chunk::<HEADER>().ok_or(FileCryptoError::Short)?;
    if *mark != MARK {
        return Err(FileCryptoError::Authentication);
    }
    let mut stream = Stream::new(key, &header);
    let (mut from, mut to, mut is_ended) = (HEADER.saturating_add(1), 0_usize, false);
    let mut plain = Vec::with_capacity(CHUNK);
    while from < blob.len() {
        if is_ended {
            return Err(FileCryptoError::Authentication);
        }
        let end = from.saturating_add(SEALED_CHUNK).min(blob.len());
        let sealed = blob.get(from..end).unwrap_or_default();
        plain.clear();
        is_ended = match stream.pull(sealed, &mut plain)? {
            FINAL => true,
            MESSAGE if sealed.len() == SEALED_CHUNK => false,
            _ => return Err(FileCryptoError::Authentication),
        };
        // What was read is longer than what it opens to: nothing unread is overwritten.
        let place = to..to.saturating_add(plain.len());
        blob.get_mut(place)
            .ok_or(FileCryptoError::Short)?
            .copy_from_slice(&plain);
        to = to.saturating_add(plain.len());
        from = end;
    }
    if !is_ended {
        return Err(FileCryptoError::Short);
    }
    blob.truncate(to);
    let start = blob
        .iter()
        .position(|byte| *byte != 0)
        .ok_or(FileCryptoError::Padding)?;
    if blob.get(start) != Some(&1) {
        return Err(FileCryptoError::Padding);
    }
    blob.drain(..=start);
    Ok(blob)
}

/// One direction of a secretstream without rekeying.
struct Stream {
    key: Zeroizing<[u8; 32]>,
    counter: u32,
    inner: [u8; 8],
}

impl Stream {
    fn new(key: &[u8; 32], header: &[u8; HEADER]) -> Self {
        let (first, inner) = header.split_at(16);
        let (first, inner) = (
            <[u8; 16]>::try_from(first).unwrap_or_default(),
            <[u8; 8]>::try_from(inner).unwrap_or_default(),
        );
        let key = hchacha::<R20>(key.into(), &first.into());
        Self {
            key: Zeroizing::new(key.into()),
            counter: 1,
            inner,
        }
    }

    /// The cipher behind its first block, and the authenticator under that block.
    fn start(&self) -> (ChaCha20, Poly1305) {
        let mut nonce = [0; 12];
        for (slot, byte) in nonce
            .iter_mut()
            .zip(self.counter.to_le_bytes().iter().chain(&self.inner))
        {
            *slot = *byte;
        }
        let key: &[u8; 32] = &self.key;
        let mut cipher = ChaCha20::new(key.into(), &nonce.into());
        let mut block = Zeroizing::new([0; 64]);
        cipher.apply_keystream(block.as_mut_slice());
        let mut mac_key = Zeroizing::new([0; 32]);
        for (slot, byte) in mac_key.iter_mut().zip(block.iter()) {
            *slot = *byte;
        }
        let mac_key: &[u8; 32] = &mac_key;
        (cipher, Poly1305::new(mac_key.into()))
    }

    fn push(&mut self, chunk: &[u8], tag: u8, into: &mut Vec<u8>) {
        let (mut cipher, mac) = self.start();
        let mut block = [0; 64];
        if let Some(first) = block.first_mut() {
            *first = tag;
        }
        cipher.apply_keystream(&mut block);
        let mut sealed = chunk.to_vec();
        cipher.apply_keystream(&mut sealed);
        let mac = authenticate(mac, &block, &sealed);
        into.extend(block.first());
        into.extend_from_slice(&sealed);
        into.extend_from_slice(&mac);
        self.step(&mac);
    }

    /// Answers the tag.
    fn pull(&mut self, sealed: &[u8], into: &mut Vec<u8>) -> Result<u8, FileCryptoError> {
        let (sealed, sent_mac) = sealed.split_last_chunk::<16>().ok_or(FileCryptoError::Short)?;
        let (first, ciphertext) = sealed.split_first().ok_or(FileCryptoError::Short)?;
        let (mut cipher, mac) = self.start();
        let mut keystream = [0; 64];
        cipher.apply_keystream(&mut keystream);
        // What is authenticated is the encrypted block: the tag, and the key stream over zeros.
        let tag = keystream.first().map_or(0, |byte| byte ^ first);
        if let Some(slot) = keystream.first_mut() {
            *slot = *first;
        }
        let expected = authenticate(mac, &keystream, ciphertext);
        if !bool::from(expected.ct_eq(sent_mac)) {
            return Err(FileCryptoError::Authentication);
        }
        let start = into.len();
        into.extend_from_slice(ciphertext);
        cipher.apply_keystream(into.get_mut(start..).unwrap_or_default());
        self.step(&expected);
        Ok(tag)
    }

    fn step(&mut self, mac: &[u8; 16]) {
        for (slot, byte) in self.inner.iter_mut().zip(mac) {
            *slot ^= byte;
        }
        self.counter = self.counter.wrapping_add(1);
    }
}

/// Over the block of the tag, the ciphertext, and both lengths; padded as libsodium does,
/// not to a multiple of 16.
fn authenticate(mac: Poly1305, block: &[u8; 64], ciphertext: &[u8]) -> [u8; 16] {
    let length = u64::try_from(ciphertext.len()).unwrap_or(u64::MAX);
    let mut all = Vec::with_capacity(ciphertext.len().saturating_add(96));
    all.extend_from_slice(block);
    all.extend_from_slice(ciphertext);
    all.resize(all.len().saturating_add(ciphertext.len() % 16), 0);
    all.extend_from_slice(&0_u64.to_le_bytes());
    all.extend_from_slice(&length.saturating_add(64).to_le_bytes());
    mac.compute_unpadded(&all).into()
}
