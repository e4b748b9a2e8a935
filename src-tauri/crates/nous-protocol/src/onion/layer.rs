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
        let key = self.key(enc);
        match enc {
            EncType::XChaCha20 => {
                let mut nonce = [0_u8; 24];
                rng.fill_bytes(&mut nonce);
                seal_with(&XChaCha20Poly1305::new((&*key).into()), nonce, plain)
            }
            EncType::AesGcm => {
                let mut nonce = [0_u8; 12];
                rng.fill_bytes(&mut nonce);
                seal_with(&Aes256Gcm::new((&*key).into()), nonce, plain)
            }
        }
    }

    /// Opens nonce ‖ ciphertext ‖ tag.
    pub(super) fn open(&self, enc: EncType, sealed: &[u8]) -> Result<Vec<u8>, OnionError> {
        let key = self.key(enc);
        match enc {
            EncType::XChaCha20 => open_with::<_, 24>(&XChaCha20Poly1305::new((&*key).into()), sealed),
            EncType::AesGcm => open_with::<_, 12>(&Aes256Gcm::new((&*key).into()), sealed),
        }
    }
}

fn seal_with<C, const N: usize>(cipher: &C, nonce: [u8; N], plain: &[u8]) -> Vec<u8>
where
    C: AeadInOut,
    for<'a> &'a chacha20poly1305::aead::Nonce<C>: TryFrom<&'a [u8]>,
{
    let mut out = Vec::with_capacity(plain.len().saturating_add(N).saturating_add(16));
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    let Some((head, body)) = out.split_first_chunk_mut::<N>() else {
        return Vec::new();
    };
    let Ok(nonce) = <&chacha20poly1305::aead::Nonce<C>>::try_from(head.as_slice()) else {
        return Vec::new();
    };
    // The ciphers refuse only plaintexts of tens of gigabytes.
    let Ok(tag) = cipher.encrypt_inout_detached(nonce, b"", body.into()) else {
        return Vec::new();
    };
    out.extend_from_slice(&tag);
    out
}

fn open_with<C, const N: usize>(cipher: &C, sealed: &[u8]) -> Result<Vec<u8>, OnionError>
where
    C: AeadInOut,
    for<'a> &'a chacha20poly1305::aead::Nonce<C>: TryFrom<&'a [u8]>,
{
    let (nonce, body) = sealed.split_first_chunk::<N>().ok_or(OnionError::Sealed)?;
    let nonce =
        <&chacha20poly1305::aead::Nonce<C>>::try_from(nonce.as_slice()).map_err(|_| OnionError::Sealed)?;
    let mut out = body.to_vec();
    cipher
        .decrypt_in_place(nonce, b"", &mut out)
        .map_err(|_| OnionError::Sealed)?;
    Ok(out)
}
