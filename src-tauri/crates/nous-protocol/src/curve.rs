//! Points and scalars of Curve25519: the few operations the protocol needs, with the
//! checks that other clients make.
//!
//! X25519 is computed over the Edwards form of a point where there is one: it is faster
//! than the Montgomery ladder and just as constant-time in the secret. Which way is taken
//! depends on the public point only.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "points and scalars are elements of finite groups: their operators cannot overflow"
)]

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The order L of the base point, as an unreduced scalar would be: little-endian bytes of L − 1.
pub(crate) const ORDER_MINUS_ONE: [u8; 32] = [
    0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Whether a **public** point lies in the subgroup of order L. Not constant-time.
pub(crate) fn is_in_main_subgroup(point: &EdwardsPoint) -> bool {
    let Some(order_minus_one) = Option::<Scalar>::from(Scalar::from_canonical_bytes(ORDER_MINUS_ONE)) else {
        return false;
    };
    // [L − 1]P = −P exactly when [L]P is the identity.
    let product = EdwardsPoint::vartime_double_scalar_mul_basepoint(&order_minus_one, point, &Scalar::ZERO);
    (product + point).is_identity()
}

/// Whether the y of an encoded point is below 2²⁵⁵ − 19. The other encodings that are not
/// canonical, x = 0 with a sign, are of points of small order.
pub(crate) fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

/// Reads an Ed25519 point: canonical, on the curve, not of small order, in the main subgroup.
pub(crate) fn main_subgroup_point(bytes: &[u8; 32]) -> Option<EdwardsPoint> {
    let point = CompressedEdwardsY(*bytes).decompress()?;
    let good = is_canonical(bytes) && !point.is_small_order() && is_in_main_subgroup(&point);
    good.then_some(point)
}

/// The X25519 form of an Ed25519 public key, with the checks of [`main_subgroup_point`].
///
/// Source: `identity.md` §1.
pub(crate) fn ed25519_to_x25519(public: &[u8; 32]) -> Option<[u8; 32]> {
    main_subgroup_point(public).map(|point| point.to_montgomery().to_bytes())
}

/// The Ed25519 point of an X25519 public key whose sign bit is 0; `None` if there is none.
///
/// Source: `identity.md` §3.
pub(crate) fn x25519_to_edwards(public: &[u8; 32]) -> Option<EdwardsPoint> {
    MontgomeryPoint(*public).to_edwards(0)
}

/// The X25519 public key of a secret; the secret is clamped first.
pub(crate) fn x25519_public(secret: &[u8; 32]) -> [u8; 32] {
    EdwardsPoint::mul_base_clamped(*secret).to_montgomery().to_bytes()
}

/// X25519; `None` if the result is zero, as with a public key of small order.
pub(crate) fn x25519(secret: &[u8; 32], public: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let shared = Zeroizing::new(match x25519_to_edwards(public) {
        Some(point) => point.mul_clamped(*secret).to_montgomery().to_bytes(),
        // A point of the twist, or u = −1: only the ladder knows these.
        None => MontgomeryPoint(*public).mul_clamped(*secret).to_bytes(),
    });
    let zero: bool = shared.ct_eq(&[0_u8; 32]).into();
    (!zero).then_some(shared)
}

/// The public key of an ephemeral secret and what it shares with `public`, for the price of
/// one inversion; `None` if the shared secret is zero.
pub(crate) fn ephemeral_x25519(
    secret: &[u8; 32],
    public: &[u8; 32],
) -> Option<([u8; 32], Zeroizing<[u8; 32]>)> {
    let Some(point) = x25519_to_edwards(public) else {
        return x25519(secret, public).map(|shared| (x25519_public(secret), shared));
    };
    let points = Zeroizing::new([
        EdwardsPoint::mul_base_clamped(*secret),
        point.mul_clamped(*secret),
    ]);
    let converted = Zeroizing::new(EdwardsPoint::to_montgomery_batch(points.as_slice()));
    let [ephemeral, shared] = converted.as_slice() else {
        return None;
    };
    let shared = Zeroizing::new(shared.to_bytes());
    let zero: bool = shared.ct_eq(&[0_u8; 32]).into();
    (!zero).then(|| (ephemeral.to_bytes(), shared))
}

/// The private scalar of an X25519 or Ed25519 secret, reduced: `clamp(secret) mod L`.
pub(crate) fn clamped_scalar(secret: &[u8; 32]) -> Scalar {
    Scalar::from_bytes_mod_order(clamp_integer(*secret))
}

/// Multiplication without clamping of a point that has passed [`main_subgroup_point`];
/// `None` if the result is the identity.
pub(crate) fn multiply(scalar: &Scalar, point: &EdwardsPoint) -> Option<EdwardsPoint> {
    let product = scalar * point;
    (!product.is_identity()).then_some(product)
}

/// A Schnorr signature over `message` in the form of Ed25519: R = r·B, with r from 64 wide
/// bytes that nobody else may ever learn; S = r + SHA-512(R ‖ public ‖ message)·a mod L.
pub(crate) fn schnorr(wide_nonce: &[u8; 64], a: &Scalar, public: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let r = Zeroizing::new(Scalar::from_bytes_mod_order_wide(wide_nonce));
    let commitment = EdwardsPoint::mul_base(&r).compress().to_bytes();
    let hash = Sha512::new()
        .chain_update(commitment)
        .chain_update(public)
        .chain_update(message);
    let hash = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let response = (*r + hash * a).to_bytes();
    let mut signature = [0_u8; 64];
    let (head, tail) = signature.split_at_mut(32);
    head.copy_from_slice(&commitment);
    tail.copy_from_slice(&response);
    signature
}

/// `a · b mod L`.
pub(crate) fn product(a: &Scalar, b: &Scalar) -> Scalar {
    a * b
}

/// `−a mod L` if `condition`, else `a`; in constant time.
pub(crate) fn negate_if(a: &Scalar, condition: bool) -> Scalar {
    use subtle::ConditionallySelectable;
    Scalar::conditional_select(a, &-a, u8::from(condition).into())
}

/// Verifies an Ed25519 signature as libsodium does: canonical key and scalar, neither the key
/// nor the first half of small order, and without multiplying by the cofactor.
pub(crate) fn verify_ed25519(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else {
        return false;
    };
    let canonical = key.to_edwards().compress().as_bytes() == public;
    canonical
        && key
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};

    use super::*;

    fn number(low: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[0] = low;
        bytes
    }

    /// y + 2²⁵⁵ − 19, for y below 19.
    fn not_canonical(y: u8) -> [u8; 32] {
        let mut bytes = [0xff; 32];
        bytes[0] = 0xed + y;
        bytes[31] = 0x7f;
        bytes
    }

    #[test]
    fn encodings_that_are_not_canonical_are_refused() {
        for y in 0..19 {
            assert!(is_canonical(&number(y)));
            assert!(!is_canonical(&not_canonical(y)));
            assert_eq!(ed25519_to_x25519(&not_canonical(y)), None);
            assert!(!verify_ed25519(&not_canonical(y), b"", &[0; 64]));
        }
        let mut largest = not_canonical(0);
        largest[0] = 0xec;
        assert!(is_canonical(&largest));
    }

    #[test]
    fn points_outside_the_main_subgroup_are_refused() {
        assert!(main_subgroup_point(ED25519_BASEPOINT_POINT.compress().as_bytes()).is_some());
        for torsion in &EIGHT_TORSION {
            assert_eq!(ed25519_to_x25519(torsion.compress().as_bytes()), None);
        }
        for torsion in &EIGHT_TORSION[1..] {
            let point = ED25519_BASEPOINT_POINT + torsion;
            assert_eq!(is_in_main_subgroup(&point), point.is_torsion_free());
            assert_eq!(ed25519_to_x25519(point.compress().as_bytes()), None);
        }
    }

    #[test]
    fn what_is_no_point_of_the_curve_is_refused() {
        let off: Vec<u8> = (2..50)
            .filter(|y| CompressedEdwardsY(number(*y)).decompress().is_none())
            .collect();
        assert!(!off.is_empty());
        assert!(off.iter().all(|y| ed25519_to_x25519(&number(*y)).is_none()));
    }

    #[test]
    fn both_ways_of_agreeing_are_the_ladder_for_every_kind_of_point() {
        let secret = [0x5a; 32];
        for u in 0..50 {
            for mut public in [number(u), not_canonical(u % 19)] {
                for high in [0, 0x80] {
                    public[31] ^= high;
                    let ladder = MontgomeryPoint(public).mul_clamped(secret).to_bytes();
                    let expected = (ladder != [0; 32]).then_some(ladder);
                    assert_eq!(x25519(&secret, &public).map(|shared| *shared), expected);
                    let both = ephemeral_x25519(&secret, &public);
                    let expected = expected.map(|shared| (x25519_public(&secret), shared));
                    assert_eq!(both.map(|(own, shared)| (own, *shared)), expected);
                }
            }
        }
    }
}
