//! The key pair of a group: who has the secret is an admin.
//!
//! Source: `groups.md` §1.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::account::GroupId;
use crate::hash::blake2b_32;
use crate::keys::IdentityKeys;

/// The secret of a group, the same for all its admins; it never changes. Wiped when dropped.
pub struct GroupSecret(IdentityKeys);

impl GroupSecret {
    /// A new group.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// From its 32-byte seed. The caller wipes its own copy.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(IdentityKeys::from_ed25519_seed(seed))
    }

    /// From its 32-byte seed, if it is the one of this group: a wrong one would lock everybody
    /// out.
    #[must_use]
    pub fn of_group(id: &GroupId, seed: &[u8; 32]) -> Option<Self> {
        Some(Self::from_seed(seed)).filter(|secret| secret.id() == *id)
    }

    /// The group.
    #[must_use]
    pub fn id(&self) -> GroupId {
        GroupId::from_ed25519(self.0.ed25519_public())
    }

    /// The 32-byte seed, for other admins and the encrypted database; for nothing else.
    #[must_use]
    pub const fn expose_seed(&self) -> &[u8; 32] {
        self.0.ed25519_seed()
    }

    /// The pair, to sign requests with and to agree on keys.
    #[must_use]
    pub const fn keys(&self) -> &IdentityKeys {
        &self.0
    }

    /// An Ed25519 signature of the group: R ‖ S.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.0.sign(text)
    }

    /// BLAKE2b-32 of the seed for one purpose, which is the key: 1 to 64 bytes of ASCII.
    ///
    /// Source: `groups.md` §2.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake2b_32(purpose.as_bytes(), &[], &[self.expose_seed()]))
    }
}

/// The pair wipes itself.
impl ZeroizeOnDrop for GroupSecret {}

impl fmt::Debug for GroupSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GroupSecret").field(&self.id()).finish()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_seed_is_taken_for_its_own_group_only() {
        let mut rng = StdRng::seed_from_u64(1);
        let (one, other) = (GroupSecret::generate(&mut rng), GroupSecret::generate(&mut rng));
        assert_ne!(one.id(), other.id());
        let again = GroupSecret::of_group(&one.id(), one.expose_seed()).unwrap();
        assert_eq!(again.id(), one.id());
        assert!(GroupSecret::of_group(&one.id(), other.expose_seed()).is_none());
    }

    #[test]
    fn debug_shows_neither_seed_nor_key() {
        let secret = GroupSecret::from_seed(&[7; 32]);
        let shown = format!("{secret:?}");
        assert!(!shown.contains(&hex::encode([7; 32])), "{shown}");
        assert!(!shown.contains(&secret.id().to_string()), "{shown}");
    }
}
