//! Blinded ids for communities, and the key for update checks.
//!
//! Source: `identity.md` §4 and §5.

use std::fmt;

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::account::AccountId;
use crate::curve;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::hash::{blake2b_32, blake2b_64};
use crate::keys::{IdentityKeys, Secret32};

/// Which of the two ways of blinding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlindedKind {
    /// `15`: one factor for everybody on a server.
    B15,
    /// `25`: a factor for each person on a server.
    B25,
}

impl BlindedKind {
    /// The prefix byte of ids of this kind.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        match self {
            Self::B15 => 0x15,
            Self::B25 => 0x25,
        }
    }
}

/// A person's id on one community server: a prefix and a blinded Ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlindedId {
    kind: BlindedKind,
    key: [u8; 32],
}

impl BlindedId {
    /// From its parts.
    #[must_use]
    pub const fn new(kind: BlindedKind, key: [u8; 32]) -> Self {
        Self { kind, key }
    }

    /// Reads 66 hexadecimal digits of either case with the prefix `15` or `25`; `None` for
    /// anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 33];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Self::from_bytes(&bytes)
    }

    /// From 33 raw bytes with the prefix `15` or `25`; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [prefix, key @ ..] = <[u8; 33]>::try_from(bytes).ok()?;
        let kind = [BlindedKind::B15, BlindedKind::B25]
            .into_iter()
            .find(|k| k.prefix() == prefix)?;
        Some(Self { kind, key })
    }

    /// Which way of blinding.
    #[must_use]
    pub const fn kind(&self) -> BlindedKind {
        self.kind
    }

    /// Prefix and key: 33 raw bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        let mut bytes = [self.kind.prefix(); 33];
        bytes[1..].copy_from_slice(&self.key);
        bytes
    }

    /// The 32 bytes after the prefix.
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The same id with the other sign of its point.
    #[must_use]
    fn flipped(mut self) -> Self {
        if let Some(byte) = self.key.last_mut() {
            *byte ^= 0x80;
        }
        self
    }
}

impl fmt::Display for BlindedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{}", self.kind.prefix(), hex::encode(self.key))
    }
}

/// Shows the last four digits only.
impl fmt::Debug for BlindedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.key;
        write!(f, "BlindedId({:02x}…{a:02x}{b:02x})", self.kind.prefix())
    }
}

/// Why a blinded id cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlindingError {
    /// The key is no point of the main subgroup.
    #[error("the key is not in the main subgroup")]
    Key,
    /// The result would be the identity.
    #[error("the blinded key would be the identity")]
    Identity,
}

impl HasKind for BlindingError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl HasRetry for BlindingError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// The factor k for a person on the server with the public key `server`.
fn factor(kind: BlindedKind, account: &AccountId, server: &[u8; 32]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&match kind {
        BlindedKind::B15 => blake2b_64(&[], &[], &[server]),
        BlindedKind::B25 => blake2b_64(&[], &[], &[&account.to_bytes(), server]),
    })
}

/// k·Q with the point Q of the account whose sign bit is 0.
fn blind(kind: BlindedKind, account: &AccountId, server: &[u8; 32]) -> Result<BlindedId, BlindingError> {
    let point = curve::x25519_to_edwards(account.x25519())
        .filter(|point| !point.is_small_order() && curve::is_in_main_subgroup(point))
        .ok_or(BlindingError::Key)?;
    let blinded = curve::multiply(&factor(kind, account, server), &point).ok_or(BlindingError::Identity)?;
    Ok(BlindedId {
        kind,
        key: blinded.compress().to_bytes(),
    })
}

/// The two `15` ids that an account may have on a server, differing in the sign bit.
///
/// `server`: the server's 32-byte public key.
///
/// # Errors
/// [`BlindingError`] if the account's key cannot be blinded.
///
/// Source: `identity.md` §4.
pub fn candidates15(account: &AccountId, server: &[u8; 32]) -> Result<[BlindedId; 2], BlindingError> {
    let id = blind(BlindedKind::B15, account, server)?;
    Ok([id, id.flipped()])
}

/// The one `25` id of an account on a server.
///
/// # Errors
/// [`BlindingError`] if the account's key cannot be blinded.
///
/// Source: `identity.md` §4.
pub fn id25(account: &AccountId, server: &[u8; 32]) -> Result<BlindedId, BlindingError> {
    blind(BlindedKind::B25, account, server)
}

/// Whether `id` belongs to `account` on the server with the public key `server`.
///
/// # Errors
/// [`BlindingError`] if the account's key cannot be blinded.
///
/// Source: `identity.md` §4.
pub fn matches(id: &BlindedId, account: &AccountId, server: &[u8; 32]) -> Result<bool, BlindingError> {
    Ok(match id.kind {
        BlindedKind::B15 => candidates15(account, server)?.contains(id),
        BlindedKind::B25 => id25(account, server)? == *id,
    })
}

/// The `25` id from an Ed25519 key instead of an account ID.
///
/// # Errors
/// [`BlindingError`] if the key is not valid.
///
/// Source: `identity.md` §4.
pub fn id25_from_ed25519(ed25519: &[u8; 32], server: &[u8; 32]) -> Result<BlindedId, BlindingError> {
    let x25519 = curve::ed25519_to_x25519(ed25519).ok_or(BlindingError::Key)?;
    id25(&AccountId::from_x25519(x25519), server)
}

/// An account's key pair on one server. Secrets are wiped when dropped.
pub struct BlindedKeys {
    id: BlindedId,
    /// ka
    secret: Secret32,
    /// What direct messages multiply with: `a`, or k'·a.
    message_secret: Secret32,
    /// What makes nonces secret.
    nonce_secret: Secret32,
}

impl BlindedKeys {
    /// The pair of `keys` on the server with the public key `server`.
    ///
    /// # Errors
    /// [`BlindingError::Identity`] if the factor makes the identity of the key.
    ///
    /// Source: `identity.md` §4.
    pub fn new(kind: BlindedKind, keys: &IdentityKeys, server: &[u8; 32]) -> Result<Self, BlindingError> {
        let k = Zeroizing::new(factor(kind, &keys.account_id(), server));
        let a = Zeroizing::new(curve::clamped_scalar(keys.x25519_secret()));
        let negative = keys.ed25519_public().last().is_some_and(|byte| byte & 0x80 != 0);
        let negate = negative && kind == BlindedKind::B25;
        let ka = Zeroizing::new(curve::product(&curve::negate_if(&k, negate), &a));
        if *ka == Scalar::ZERO {
            return Err(BlindingError::Identity);
        }
        let key = EdwardsPoint::mul_base(&ka).compress().to_bytes();
        Ok(Self {
            id: BlindedId { kind, key },
            secret: Secret32(ka.to_bytes()),
            message_secret: Secret32(match kind {
                BlindedKind::B15 => a.to_bytes(),
                BlindedKind::B25 => ka.to_bytes(),
            }),
            nonce_secret: nonce_secret(kind, keys),
        })
    }

    /// The own id on the server.
    #[must_use]
    pub const fn id(&self) -> BlindedId {
        self.id
    }

    /// A signature that everybody can check with the blinded key.
    ///
    /// Source: `identity.md` §4.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let key = self.id.key();
        let secret = &self.nonce_secret.0;
        let nonce = Zeroizing::new(match self.id.kind {
            BlindedKind::B15 => Sha512::new()
                .chain_update(secret)
                .chain_update(key)
                .chain_update(message)
                .finalize()
                .into(),
            BlindedKind::B25 => blake2b_64(b"SessCommBlind25_sig", &[], &[secret, key, message]),
        });
        let a = Zeroizing::new(Scalar::from_bytes_mod_order(self.secret.0));
        curve::schnorr(&nonce, &a, key, message)
    }

    /// The secret scalar ka, for the vector runner.
    #[must_use]
    pub fn export_secret_scalar(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.secret.0)
    }

    /// The point shared with the owner of another blinded id of the same server; `None` if
    /// that id is no valid key.
    pub(crate) fn agree(&self, other: &BlindedId) -> Option<Zeroizing<[u8; 32]>> {
        let point = curve::main_subgroup_point(other.key())?;
        let scalar = Zeroizing::new(Scalar::from_bytes_mod_order(self.message_secret.0));
        let shared = curve::multiply(&scalar, &point)?;
        Some(Zeroizing::new(shared.compress().to_bytes()))
    }
}

fn nonce_secret(kind: BlindedKind, keys: &IdentityKeys) -> Secret32 {
    match kind {
        BlindedKind::B15 => {
            let secret_key = keys.export_ed25519_secret_key();
            let mut hash: [u8; 64] = Sha512::digest(secret_key.as_slice()).into();
            let mut half = Secret32([0; 32]);
            for (target, byte) in half.0.iter_mut().zip(hash.iter().skip(32)) {
                *target = *byte;
            }
            hash.zeroize();
            half
        }
        BlindedKind::B25 => Secret32(blake2b_32(b"SessCommBlind25_seed", &[], &[keys.ed25519_seed()])),
    }
}

impl ZeroizeOnDrop for BlindedKeys {}

impl fmt::Debug for BlindedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindedKeys(…)")
    }
}

/// The key that asks for updates without telling who asks.
///
/// Source: `identity.md` §5.
#[derive(Debug)]
pub struct VersionCheckKey(IdentityKeys);

impl VersionCheckKey {
    /// The prefix byte of its text form.
    pub const PREFIX: u8 = 0x07;

    /// Derived from the account's secret, in one direction.
    #[must_use]
    pub fn new(keys: &IdentityKeys) -> Self {
        let seed = Zeroizing::new(blake2b_32(b"VersionCheckKey_sig", &[], &[keys.ed25519_seed()]));
        Self(IdentityKeys::from_ed25519_seed(&seed))
    }

    /// The 32-byte Ed25519 public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.ed25519_public()
    }

    /// A signature over a request. `unix_seconds`: network time in seconds; `path`: with its
    /// query; `body`: empty, or the bytes sent.
    #[must_use]
    pub fn sign(&self, unix_seconds: u64, method: &str, path: &str, body: &[u8]) -> [u8; 64] {
        let mut text = format!("{unix_seconds}{method}{path}").into_bytes();
        text.extend_from_slice(body);
        self.0.sign(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Seed;

    const SERVER: [u8; 32] = [0x42; 32];

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    #[test]
    fn own_ids_are_found_from_the_account_id() {
        for byte in 0..20 {
            let keys = person(byte);
            for kind in [BlindedKind::B15, BlindedKind::B25] {
                let id = BlindedKeys::new(kind, &keys, &SERVER).unwrap().id();
                assert_eq!(matches(&id, &keys.account_id(), &SERVER), Ok(true));
                assert_eq!(matches(&id, &person(byte + 1).account_id(), &SERVER), Ok(false));
                assert_eq!(matches(&id, &keys.account_id(), &[0x43; 32]), Ok(false));
            }
        }
    }

    #[test]
    fn a_flipped_sign_matches_for_15_only() {
        let keys = person(1);
        let id15 = BlindedKeys::new(BlindedKind::B15, &keys, &SERVER).unwrap().id();
        assert_eq!(matches(&id15.flipped(), &keys.account_id(), &SERVER), Ok(true));
        let id25 = BlindedKeys::new(BlindedKind::B25, &keys, &SERVER).unwrap().id();
        assert_eq!(matches(&id25.flipped(), &keys.account_id(), &SERVER), Ok(false));
    }

    #[test]
    fn signatures_verify_with_the_blinded_key() {
        for byte in 0..8 {
            for kind in [BlindedKind::B15, BlindedKind::B25] {
                let blinded = BlindedKeys::new(kind, &person(byte), &SERVER).unwrap();
                let signature = blinded.sign(b"text");
                assert!(curve::verify_ed25519(blinded.id().key(), b"text", &signature));
            }
        }
    }

    #[test]
    fn keys_outside_the_main_subgroup_are_refused() {
        use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
        for torsion in &EIGHT_TORSION[1..] {
            let key = (ED25519_BASEPOINT_POINT + torsion).to_montgomery().to_bytes();
            let id = AccountId::from_x25519(key);
            assert_eq!(candidates15(&id, &SERVER), Err(BlindingError::Key));
            assert_eq!(id25(&id, &SERVER), Err(BlindingError::Key));
        }
        assert_eq!(
            id25(&AccountId::from_x25519([0; 32]), &SERVER),
            Err(BlindingError::Key)
        );
    }

    #[test]
    fn only_15_and_25_are_blinded_ids() {
        for prefix in ["15", "25"] {
            let text = format!("{prefix}{}", "AB".repeat(32));
            assert_eq!(
                BlindedId::from_hex(&text).unwrap().to_string(),
                text.to_lowercase()
            );
        }
        assert_eq!(BlindedId::from_hex(&format!("05{}", "ab".repeat(32))), None);
        assert_eq!(BlindedId::from_hex("15ab"), None);
    }

    #[test]
    fn secrets_are_wiped_when_dropped() {
        fn wiped_on_drop<T: ZeroizeOnDrop>() {}
        wiped_on_drop::<BlindedKeys>();
        let keys = BlindedKeys::new(BlindedKind::B15, &person(1), &SERVER).unwrap();
        assert_eq!(format!("{keys:?}"), "BlindedKeys(…)");
    }
}
