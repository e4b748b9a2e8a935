//! From the seed to the keys of an account.
//!
//! Source: `identity.md` §1, §3 and §9.

use std::fmt;

use ed25519_dalek::VerifyingKey;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use rand_core::CryptoRng;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::account::AccountId;
use crate::curve;

/// The only root secret of an account: 16 random bytes. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 16]);

impl Seed {
    /// From its 16 bytes. The caller wipes its own copy.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A new seed.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Self([0; 16]);
        rng.fill_bytes(&mut seed.0);
        seed
    }

    /// The 16 bytes, for the encrypted database and the recovery QR code; for nothing else.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// The text of the recovery QR code: 32 lower-case hex digits. Wiped when dropped.
    ///
    /// Source: `identity.md` §7.
    #[must_use]
    pub fn to_qr_text(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }

    /// From the text of a recovery QR code: exactly 16 bytes in hex, in either case, with
    /// blanks around them. `None` for any other text.
    ///
    /// Source: `identity.md` §7.
    #[must_use]
    pub fn from_qr_text(text: &str) -> Option<Self> {
        let mut seed = Self([0; 16]);
        hex::decode_to_slice(text.trim(), &mut seed.0).ok()?;
        Some(seed)
    }
}

/// Compares in constant time.
impl PartialEq for Seed {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Seed {}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// A 32-byte secret that is wiped when dropped and never shown.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret32(pub(crate) [u8; 32]);

/// All keys of one account, computed once from its seed. Secrets are wiped when dropped.
///
/// Other holders of an Ed25519 pair (a group's admin, a storage node of the local network)
/// use it as well: see [`IdentityKeys::from_ed25519_seed`].
pub struct IdentityKeys {
    ed25519_seed: Secret32,
    /// The signing scalar, reduced, and the prefix of nonces; wipes itself.
    expanded: ExpandedSecretKey,
    verifying: VerifyingKey,
    x25519_secret: Secret32,
    x25519_public: [u8; 32],
}

impl IdentityKeys {
    /// The keys of the account with this seed.
    #[must_use]
    pub fn from_seed(seed: &Seed) -> Self {
        let mut ed25519_seed = Zeroizing::new([0_u8; 32]);
        for (target, byte) in ed25519_seed.iter_mut().zip(seed.expose()) {
            *target = *byte;
        }
        Self::from_ed25519_seed(&ed25519_seed)
    }

    /// The keys that belong to a 32-byte Ed25519 seed.
    #[must_use]
    pub fn from_ed25519_seed(ed25519_seed: &[u8; 32]) -> Self {
        let hash = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(ed25519_seed)));
        let expanded = ExpandedSecretKey::from_bytes(&hash);
        let mut x25519_secret = Secret32([0; 32]);
        for (target, byte) in x25519_secret.0.iter_mut().zip(hash.iter()) {
            *target = *byte;
        }
        let verifying = VerifyingKey::from(&expanded);
        let clamped = Zeroizing::new(curve25519_dalek::scalar::clamp_integer(x25519_secret.0));
        x25519_secret.0.copy_from_slice(clamped.as_slice());
        Self {
            ed25519_seed: Secret32(*ed25519_seed),
            expanded,
            x25519_public: verifying.to_montgomery().to_bytes(),
            verifying,
            x25519_secret,
        }
    }

    /// The account ID: `05` and the X25519 public key.
    #[must_use]
    pub const fn account_id(&self) -> AccountId {
        AccountId::from_x25519(self.x25519_public)
    }

    /// The Ed25519 public key A.
    #[must_use]
    pub fn ed25519_public(&self) -> [u8; 32] {
        self.verifying.to_bytes()
    }

    /// The X25519 public key Y, without the prefix of the account ID.
    #[must_use]
    pub const fn x25519_public(&self) -> [u8; 32] {
        self.x25519_public
    }

    /// An ordinary Ed25519 signature over `message`: R ‖ S.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        raw_sign::<Sha512>(&self.expanded, message, &self.verifying).to_bytes()
    }

    /// X25519 with this account's secret; `None` if the other key is of small order.
    pub(crate) fn agree(&self, public: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
        curve::x25519(&self.x25519_secret.0, public)
    }

    /// The 32-byte Ed25519 seed.
    pub(crate) const fn ed25519_seed(&self) -> &[u8; 32] {
        &self.ed25519_seed.0
    }

    /// The clamped X25519 secret `a`.
    pub(crate) const fn x25519_secret(&self) -> &[u8; 32] {
        &self.x25519_secret.0
    }

    /// The 64-byte form of the Ed25519 secret key, Ed25519 seed ‖ public key, for the
    /// vector runner and for key files that the local network writes.
    #[must_use]
    pub fn export_ed25519_secret_key(&self) -> Zeroizing<[u8; 64]> {
        let mut bytes = Zeroizing::new([0_u8; 64]);
        let public = self.ed25519_public();
        for (target, byte) in bytes.iter_mut().zip(self.ed25519_seed.0.iter().chain(&public)) {
            *target = *byte;
        }
        bytes
    }

    /// The clamped X25519 secret, for the vector runner and for the local network's nodes.
    #[must_use]
    pub fn export_x25519_secret_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.x25519_secret.0)
    }
}

/// Every secret field wipes itself, so the whole does.
impl ZeroizeOnDrop for IdentityKeys {}

impl fmt::Debug for IdentityKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKeys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wiped_on_drop<T: ZeroizeOnDrop>() {}

    #[test]
    fn secret_types_promise_to_be_wiped_when_dropped() {
        wiped_on_drop::<Seed>();
        wiped_on_drop::<Secret32>();
        wiped_on_drop::<ExpandedSecretKey>();
        wiped_on_drop::<IdentityKeys>();
    }

    #[test]
    fn wiping_leaves_only_zeros() {
        let mut seed = Seed::from_bytes([7; 16]);
        seed.zeroize();
        assert_eq!(seed.expose(), &[0; 16]);
        let mut secret = Secret32([7; 32]);
        secret.zeroize();
        assert_eq!(secret.0, [0; 32]);
    }

    #[test]
    fn debug_shows_the_kind_only() {
        let seed = Seed::from_bytes([0xab; 16]);
        assert_eq!(format!("{seed:?}"), "Seed(…)");
        assert_eq!(format!("{:?}", IdentityKeys::from_seed(&seed)), "IdentityKeys(…)");
    }

    #[test]
    fn seeds_from_the_same_randomness_are_equal_and_others_differ() {
        assert_eq!(Seed::from_bytes([1; 16]), Seed::from_bytes([1; 16]));
        assert_ne!(Seed::from_bytes([1; 16]), Seed::from_bytes([2; 16]));
    }

    #[test]
    fn both_public_keys_are_the_same_point() {
        let keys = IdentityKeys::from_seed(&Seed::from_bytes([9; 16]));
        assert_eq!(
            curve::ed25519_to_x25519(&keys.ed25519_public()),
            Some(keys.x25519_public())
        );
        assert_eq!(curve::x25519_public(keys.x25519_secret()), keys.x25519_public());
    }

    #[test]
    fn signatures_verify_and_changed_ones_do_not() {
        let keys = IdentityKeys::from_seed(&Seed::from_bytes([9; 16]));
        let mut signature = keys.sign(b"text");
        assert!(curve::verify_ed25519(&keys.ed25519_public(), b"text", &signature));
        assert!(!curve::verify_ed25519(
            &keys.ed25519_public(),
            b"texT",
            &signature
        ));
        if let Some(byte) = signature.first_mut() {
            *byte ^= 1;
        }
        assert!(!curve::verify_ed25519(
            &keys.ed25519_public(),
            b"text",
            &signature
        ));
    }

    #[test]
    fn the_recovery_code_of_a_seed_reads_back_as_that_seed() {
        let seed = Seed::from_bytes([0xab; 16]);
        assert_eq!(*seed.to_qr_text(), "ab".repeat(16));
        assert_eq!(Seed::from_qr_text(&seed.to_qr_text()).as_ref(), Some(&seed));
        let upper = format!(" {}\n", seed.to_qr_text().to_uppercase());
        assert_eq!(Seed::from_qr_text(&upper), Some(seed));
    }

    #[test]
    fn a_recovery_code_of_another_length_or_kind_is_refused() {
        let texts = ["ab".repeat(15), "ab".repeat(17), "a".repeat(31), "zz".repeat(16)];
        assert!(texts.iter().all(|text| Seed::from_qr_text(text).is_none()));
        assert_eq!(Seed::from_qr_text(""), None);
    }
}
