//! One encrypted layer, with the two ciphers that nodes know.
//!
//! Source: `network.md` §3.1; vectors `onion.json`.

use aes_gcm::Aes256Gcm;
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::OnionError;
use crate::{curve, hash};

/// The cipher of a layer, as its `enc_type` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EncType {
    /// XChaCha20-Poly1305 under BLAKE2b-256(s ‖ A ‖ B): what we send.
    #[default]
    XChaCha20,
    /// AES-256-GCM under HMAC-SHA256(`LOKI`, s): what older clients send.
    AesGcm,
}

impl EncType {
    /// The name that we write.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XChaCha20 => "xchacha20",
            Self::AesGcm => "aes-gcm",
        }
    }

    /// From the name in a frame; an absent one is AES-GCM.
    ///
    /// # Errors
    /// [`OnionError::EncType`] for a name that we do not know.
    pub fn from_name(name: Option<&str>) -> Result<Self, OnionError> {
        match name {
            Some("xchacha20" | "xchacha20-poly1305") => Ok(Self::XChaCha20),
            None | Some("aes-gcm" | "gcm") => Ok(Self::AesGcm),
            Some(_) => Err(OnionError::EncType),
        }
    }

    /// The other cipher.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::XChaCha20 => Self::AesGcm,
            Self::AesGcm => Self::XChaCha20,
        }
    }
}

/// A fresh ephemeral secret (clamped when used) and its public key.
pub(super) fn key_pair<R: CryptoRng + ?Sized>(rng: &mut R) -> (Zeroizing<[u8; 32]>, [u8; 32]) {
    let mut secret = Zeroizing::new([0_u8; 32]);
    rng.fill_bytes(secret.as_mut());
    let public = curve::x25519_public(&secret);
    (secret, public)
}

/// What two ends of a layer share: X25519 result, client's key A, opener's key B.
pub(super) struct Shared {
    secret: Zeroizing<[u8; 32]>,
    client: [u8; 32],
    opener: [u8; 32],
}

impl Shared {
    /// On the client: its ephemeral secret and public key, the opener's public key.
    pub(super) fn of_client(
        secret: &[u8; 32],
        client: [u8; 32],
        opener: [u8; 32],
    ) -> Result<Self, OnionError> {
        let secret = curve::x25519(secret, &opener).ok_or(OnionError::WeakKey)?;
        Ok(Self {
            secret,
            client,
            opener,
        })
    }

    /// On the opener: its secret, and the client's ephemeral public key.
    pub(super) fn of_opener(secret: &[u8; 32], client: [u8; 32]) -> Result<Self, OnionError> {
        let opener = curve::x25519_public(secret);
        let secret = curve::x25519(secret, &client).ok_or(OnionError::WeakKey)?;
        Ok(Self {
            secret,
            client,
            opener,
        })
    }

    fn key(&self, enc: EncType) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0_u8; 32]);
        match enc {
            EncType::XChaCha20 => {
                let parts = [self.secret.as_slice(), &self.client, &self.opener];
                *key = hash::blake2b_32(&[], &[], &parts);
            }
            EncType::AesGcm => {
                // HMAC takes a key of any length, so this one is never refused.
                if let Ok(mac) = Hmac::<Sha256>::new_from_slice(b"LOKI") {
                    key.copy_from_slice(&mac.chain_update(*self.secret).finalize().into_bytes());
                }
            }
        }
        key
    }

    /// nonce ‖ ciphertext ‖ tag.
    pub(super) fn seal<R: CryptoRng + ?Sized>(&self, enc: EncType, plain: &[u8], rng: &mut R) -> Vec<u8> {
        let mut sealed = Sealed::around(plain, 1, 0);
        self.seal_in_place(enc, &mut sealed, rng);
        sealed.into_bytes()
    }

    /// Makes a layer of what lies there: nonce ‖ ciphertext ‖ tag.
    pub(super) fn seal_in_place<R: CryptoRng + ?Sized>(
        &self,
        enc: EncType,
        sealed: &mut Sealed,
        rng: &mut R,
    ) {
        let key = self.key(enc);
        match enc {
            EncType::XChaCha20 => {
                let mut nonce = [0_u8; 24];
                rng.fill_bytes(&mut nonce);
                seal_with(&XChaCha20Poly1305::new((&*key).into()), nonce, sealed);
            }
            EncType::AesGcm => {
                let mut nonce = [0_u8; 12];
                rng.fill_bytes(&mut nonce);
                seal_with(&Aes256Gcm::new((&*key).into()), nonce, sealed);
            }
        }
    }

    /// Opens nonce ‖ ciphertext ‖ tag.
    pub(super) fn open(&self, enc: EncType, sealed: &[u8]) -> Result<Vec<u8>, OnionError> {
        let mut bytes = sealed.to_vec();
        self.open_in_place(enc, &mut bytes)?;
        Ok(bytes)
    }

    /// Opens nonce ‖ ciphertext ‖ tag where it lies; what does not open stays as it is.
    pub(super) fn open_in_place(&self, enc: EncType, sealed: &mut Vec<u8>) -> Result<(), OnionError> {
        let key = self.key(enc);
        match enc {
            EncType::XChaCha20 => open_with::<_, 24>(&XChaCha20Poly1305::new((&*key).into()), sealed),
            EncType::AesGcm => open_with::<_, 12>(&Aes256Gcm::new((&*key).into()), sealed),
        }
    }
}

/// The bytes of both ciphers' tags.
const TAG: usize = 16;
/// The most bytes that a layer puts before what is in it: a nonce, and the length of a frame.
const BEFORE: usize = 28;
/// The most bytes that the JSON of a frame has, unless a host's name is very long.
const BEHIND: usize = 512;

/// Bytes that grow at both ends without being moved: a payload under one layer after another.
pub(super) struct Sealed {
    bytes: Vec<u8>,
    /// Where they begin; what stands before is room.
    start: usize,
}

impl Sealed {
    /// `payload`, with room for so many layers and frames around it.
    pub(super) fn around(payload: &[u8], layers: usize, frames: usize) -> Self {
        let start = layers.max(frames).saturating_mul(BEFORE);
        let behind = layers
            .saturating_mul(TAG)
            .saturating_add(frames.saturating_mul(BEHIND));
        let mut bytes = Vec::with_capacity(start.saturating_add(payload.len()).saturating_add(behind));
        bytes.resize(start, 0);
        bytes.extend_from_slice(payload);
        Self { bytes, start }
    }

    /// Makes a frame of them: their length before them, `json` behind.
    pub(super) fn frame(&mut self, json: &[u8]) {
        let length = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.put_before(&length.to_le_bytes());
        self.bytes.extend_from_slice(json);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.start)
    }

    /// Them, at the beginning of their room.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.drain(..self.start);
        self.bytes
    }

    /// Nothing is left that is not sealed.
    fn clear(&mut self) {
        self.bytes.clear();
        self.start = 0;
    }

    fn put_before(&mut self, part: &[u8]) {
        match self.start.checked_sub(part.len()) {
            Some(start) => {
                if let Some(place) = self.bytes.get_mut(start..self.start) {
                    place.copy_from_slice(part);
                }
                self.start = start;
            }
            None => drop(self.bytes.splice(self.start..self.start, part.iter().copied())),
        }
    }
}

fn seal_with<C, const N: usize>(cipher: &C, nonce: [u8; N], sealed: &mut Sealed)
where
    C: AeadInOut,
    for<'a> &'a chacha20poly1305::aead::Nonce<C>: TryFrom<&'a [u8]>,
{
    let plain = sealed.bytes.get_mut(sealed.start..).unwrap_or_default();
    let with = <&chacha20poly1305::aead::Nonce<C>>::try_from(nonce.as_slice()).ok();
    // The ciphers refuse only plaintexts of tens of gigabytes.
    match with.and_then(|nonce| cipher.encrypt_inout_detached(nonce, b"", plain.into()).ok()) {
        Some(tag) => {
            sealed.bytes.extend_from_slice(&tag);
            sealed.put_before(&nonce);
        }
        None => sealed.clear(),
    }
}

/// Both ciphers look at the tag first: what does not open is not touched.
fn open_with<C, const N: usize>(cipher: &C, sealed: &mut Vec<u8>) -> Result<(), OnionError>
where
    C: AeadInOut,
    for<'a> &'a chacha20poly1305::aead::Nonce<C>: TryFrom<&'a [u8]>,
    for<'a> &'a chacha20poly1305::aead::Tag<C>: TryFrom<&'a [u8]>,
{
    let (nonce, rest) = sealed.split_first_chunk_mut::<N>().ok_or(OnionError::Sealed)?;
    let (text, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(OnionError::Sealed)?;
    let nonce =
        <&chacha20poly1305::aead::Nonce<C>>::try_from(nonce.as_slice()).map_err(|_| OnionError::Sealed)?;
    let tag = <&chacha20poly1305::aead::Tag<C>>::try_from(tag.as_slice()).map_err(|_| OnionError::Sealed)?;
    cipher
        .decrypt_inout_detached(nonce, b"", text.into(), tag)
        .map_err(|_| OnionError::Sealed)?;
    sealed.truncate(sealed.len().saturating_sub(TAG));
    sealed.drain(..N);
    Ok(())
}
