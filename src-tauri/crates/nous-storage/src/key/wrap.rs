//! Wrapping: Argon2id for passwords, XChaCha20-Poly1305 around the key, the proving tag.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::KeyError;
use super::file::random;
use crate::secret::{DatabaseKey, Password};

/// The key around the key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct WrappingKey([u8; 32]);

impl WrappingKey {
    pub(super) fn fresh() -> Result<Self, KeyError> {
        Ok(Self(random()?))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn to_text(&self) -> SecretText {
        SecretText(hex::encode(self.0))
    }
}

/// A wrapping key as `key.json` holds it: 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(super) struct SecretText(String);

impl SecretText {
    pub(super) fn to_key(&self) -> Result<WrappingKey, KeyError> {
        let mut key = WrappingKey([0; 32]);
        hex::decode_to_slice(&self.0, &mut key.0).map_err(|_| KeyError::Damaged)?;
        Ok(key)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How a password becomes a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Argon2Settings {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    /// 16 bytes in hexadecimal digits.
    #[serde(with = "super::digits")]
    salt: [u8; 16],
}

impl Argon2Settings {
    /// 64 MiB, 3 passes, 1 lane, a new salt.
    pub(super) fn fresh() -> Result<Self, KeyError> {
        Ok(Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
            salt: random()?,
        })
    }

    /// Whether a damaged file asks for absurd work.
    fn is_sane(&self) -> bool {
        self.memory_kib <= 1024 * 1024 && self.passes <= 64 && self.lanes <= 16
    }

    pub(super) fn derive(&self, password: &Password) -> Result<WrappingKey, KeyError> {
        if !self.is_sane() {
            return Err(KeyError::Damaged);
        }
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| KeyError::Damaged)?;
        let mut key = WrappingKey([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), &self.salt, &mut key.0)
            .map_err(|_| KeyError::Damaged)?;
        Ok(key)
    }
}

/// The database key under a wrapping key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Sealed {
    #[serde(with = "super::digits")]
    nonce: [u8; 24],
    /// 32 bytes and a 16-byte tag.
    #[serde(with = "super::digits")]
    ciphertext: [u8; 48],
}

impl Sealed {
    /// Bound to the profile: `profile_id` is authenticated with it.
    pub(super) fn seal(
        wrapping: &WrappingKey,
        profile_id: &str,
        key: &DatabaseKey,
    ) -> Result<Self, KeyError> {
        let nonce: [u8; 24] = random()?;
        let payload = Payload {
            msg: key.as_bytes(),
            aad: profile_id.as_bytes(),
        };
        let sealed = cipher(wrapping).encrypt(&XNonce::from(nonce), payload).ok();
        let ciphertext = sealed
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(KeyError::Damaged)?;
        Ok(Self { nonce, ciphertext })
    }

    /// `None` if the wrapping key is not the right one.
    pub(super) fn open(&self, wrapping: &WrappingKey, profile_id: &str) -> Option<DatabaseKey> {
        let payload = Payload {
            msg: &self.ciphertext,
            aad: profile_id.as_bytes(),
        };
        let opened = Zeroizing::new(
            cipher(wrapping)
                .decrypt(&XNonce::from(self.nonce), payload)
                .ok()?,
        );
        Some(DatabaseKey::from_bytes(opened.as_slice().try_into().ok()?))
    }
}

fn cipher(wrapping: &WrappingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(wrapping.as_bytes().into())
}

/// Says nothing about the key but whether it is this one: HMAC-SHA-256 under it.
pub(super) fn proof(key: &DatabaseKey, profile_id: &str) -> [u8; 32] {
    mac(key, profile_id).finalize().into_bytes().into()
}

/// Whether `proof` is this key's, in constant time.
pub(super) fn is_proof(key: &DatabaseKey, profile_id: &str, proof: &[u8; 32]) -> bool {
    mac(key, profile_id).verify_slice(proof).is_ok()
}

fn mac(key: &DatabaseKey, profile_id: &str) -> Hmac<Sha256> {
    // HMAC fills a short key with zeros up to the block of its hash.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key.as_bytes());
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    mac.update(b"entre-nous database key 1 ");
    mac.update(profile_id.as_bytes());
    mac
}
