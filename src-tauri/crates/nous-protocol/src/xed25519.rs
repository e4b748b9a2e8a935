//! Signatures that are checked with an X25519 key alone.
//!
//! Source: `identity.md` §3.

use curve25519_dalek::edwards::EdwardsPoint;
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::curve;
use crate::hash::blake2b_64;
use crate::keys::IdentityKeys;

/// The Ed25519 public key with sign bit 0 that belongs to an X25519 public key.
///
/// `None` if the key is no point of the curve.
///
/// Source: `identity.md` §3.
#[must_use]
pub fn ed25519_public(x25519: &[u8; 32]) -> Option<[u8; 32]> {
    curve::x25519_to_edwards(x25519).map(|point| point.compress().to_bytes())
}

/// Checks a 64-byte signature over `message` with an X25519 public key.
///
/// Source: `identity.md` §3.
#[must_use]
pub fn verify(x25519: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    ed25519_public(x25519).is_some_and(|key| curve::verify_ed25519(&key, message, signature))
}

/// Signs `message` so that [`verify`] accepts it with the account's X25519 key: R ‖ S.
///
/// Source: `identity.md` §3.
#[must_use]
pub fn sign(keys: &IdentityKeys, message: &[u8], rng: &mut impl CryptoRng) -> [u8; 64] {
    let secret = Zeroizing::new(curve::clamped_scalar(keys.x25519_secret()));
    let public = EdwardsPoint::mul_base(&secret).compress().to_bytes();
    let negative = public.last().is_some_and(|byte| byte & 0x80 != 0);
    let a = Zeroizing::new(curve::negate_if(&secret, negative));
    let mut positive = public;
    if let Some(byte) = positive.last_mut() {
        *byte &= 0x7f;
    }
    let mut random = Zeroizing::new([0_u8; 64]);
    rng.fill_bytes(random.as_mut_slice());
    let parts: [&[u8]; 3] = [a.as_bytes(), message, random.as_slice()];
    let mut wide = blake2b_64(&[], b"xed25519signatur", &parts);
    let signature = curve::schnorr(&wide, &a, &positive, message);
    wide.zeroize();
    signature
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::keys::Seed;

    #[test]
    fn signatures_of_keys_with_either_sign_verify() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut signs = [false; 2];
        for byte in 0..20 {
            let keys = IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]));
            signs[usize::from(keys.ed25519_public()[31] >> 7)] = true;
            let signature = sign(&keys, b"text", &mut rng);
            assert!(verify(&keys.x25519_public(), b"text", &signature));
            assert!(!verify(&keys.x25519_public(), b"other", &signature));
        }
        assert_eq!(signs, [true; 2]);
    }

    #[test]
    fn two_signatures_of_the_same_text_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let keys = IdentityKeys::from_seed(&Seed::from_bytes([3; 16]));
        assert_ne!(sign(&keys, b"text", &mut rng), sign(&keys, b"text", &mut rng));
    }

    #[test]
    fn the_converted_key_has_sign_bit_zero() {
        for byte in 0..20 {
            let keys = IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]));
            let mut expected = keys.ed25519_public();
            expected[31] &= 0x7f;
            assert_eq!(ed25519_public(&keys.x25519_public()), Some(expected));
        }
    }

    #[test]
    fn keys_without_an_edwards_point_verify_nothing() {
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        minus_one[31] = 0x7f;
        assert_eq!(ed25519_public(&minus_one), None);
        assert!(!verify(&minus_one, b"", &[0; 64]));
        assert!(!verify(&[0; 32], b"", &[0; 64]));
    }
}
