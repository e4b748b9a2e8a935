//! Keys of senders, checked once, and their signatures, checked one by one or together.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "points and scalars are elements of finite groups: their operators cannot overflow"
)]

use std::collections::BTreeMap;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use sha2::{Digest, Sha512};

use crate::curve;
use crate::hash::{blake2b_32, blake2b_64};

/// An Ed25519 public key that has passed every check, ready to verify with.
#[derive(Clone)]
pub(crate) struct Signer {
    ed25519: [u8; 32],
    x25519: [u8; 32],
    /// −A
    negated: EdwardsPoint,
}

impl Signer {
    /// Checks a key as [`curve::main_subgroup_point`] does.
    pub(crate) fn new(ed25519: &[u8; 32]) -> Option<Self> {
        let point = curve::main_subgroup_point(ed25519)?;
        let x25519 = point.to_montgomery().to_bytes();
        Some(Self {
            ed25519: *ed25519,
            x25519,
            negated: -point,
        })
    }

    /// The X25519 form of the key.
    pub(crate) const fn x25519(&self) -> &[u8; 32] {
        &self.x25519
    }

    /// SHA-512(R ‖ A ‖ message) mod L; the message comes in parts.
    fn challenge(&self, signature: &[u8; 64], message: &[&[u8]]) -> Scalar {
        let (commitment, _) = halves(signature);
        let mut hash = Sha512::new().chain_update(commitment).chain_update(self.ed25519);
        for part in message {
            hash.update(part);
        }
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    }

    /// Checks a signature over the joined parts, as [`curve::verify_ed25519`] does.
    pub(crate) fn verify(&self, message: &[&[u8]], signature: &[u8; 64]) -> bool {
        let (commitment, response) = halves(signature);
        let Some(response) = Option::<Scalar>::from(Scalar::from_canonical_bytes(response)) else {
            return false;
        };
        let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(
            &self.challenge(signature, message),
            &self.negated,
            &response,
        );
        // An equal encoding is a valid and canonical one: no need to read the first half.
        !expected.is_small_order() && expected.compress().to_bytes() == commitment
    }

    /// A signature to be checked together with others; `None` if it is surely bad.
    pub(crate) fn claim(&self, message: &[&[u8]], signature: &[u8; 64]) -> Option<Claim> {
        let (commitment, response) = halves(signature);
        let point = CompressedEdwardsY(commitment).decompress()?;
        let response = Option::<Scalar>::from(Scalar::from_canonical_bytes(response))?;
        let good = curve::is_canonical(&commitment) && !point.is_small_order();
        good.then(|| Claim {
            signature: *signature,
            signer: self.ed25519,
            negated_key: self.negated,
            negated_commitment: -point,
            response,
            challenge: self.challenge(signature, message),
        })
    }
}

fn halves(signature: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut first, mut second) = ([0; 32], [0; 32]);
    for (target, byte) in first.iter_mut().chain(&mut second).zip(signature) {
        *target = *byte;
    }
    (first, second)
}

/// One signature among several that are checked together.
pub(crate) struct Claim {
    signature: [u8; 64],
    signer: [u8; 32],
    negated_key: EdwardsPoint,
    negated_commitment: EdwardsPoint,
    response: Scalar,
    challenge: Scalar,
}

/// Whether all of `claims` hold: Σ zᵢ(sᵢ·B − Rᵢ − hᵢ·Aᵢ) = 0 for factors zᵢ of 127 bits that
/// nobody can know before all signatures stand: they are a hash of everything that is checked.
///
/// The only signatures accepted here and not by [`Signer::verify`] are several of one signer,
/// made with the secret key so that their errors of small order cancel out.
pub(crate) fn all_hold(claims: &[Claim]) -> bool {
    let mut transcript: Vec<[u8; 32]> = Vec::with_capacity(claims.len());
    for claim in claims {
        let parts: [&[u8]; 3] = [&claim.signer, &claim.signature, claim.challenge.as_bytes()];
        transcript.push(blake2b_32(&[], &[], &parts));
    }
    let transcript: Vec<&[u8]> = transcript.iter().map(<[u8; 32]>::as_slice).collect();
    let seed = blake2b_64(&[], &[], &transcript);
    let mut keys: BTreeMap<[u8; 32], (Scalar, EdwardsPoint)> = BTreeMap::new();
    let mut base = Scalar::ZERO;
    let (mut scalars, mut points) = (Vec::new(), Vec::new());
    for (index, claim) in claims.iter().enumerate() {
        let factor = factor(&seed, index);
        base += factor * claim.response;
        let key = keys
            .entry(claim.signer)
            .or_insert((Scalar::ZERO, claim.negated_key));
        key.0 += factor * claim.challenge;
        scalars.push(factor);
        points.push(claim.negated_commitment);
    }
    scalars.push(base);
    points.push(ED25519_BASEPOINT_POINT);
    for (scalar, point) in keys.into_values() {
        scalars.push(scalar);
        points.push(point);
    }
    EdwardsPoint::vartime_multiscalar_mul(&scalars, &points).is_identity()
}

/// An odd number: it lets no error of small order vanish by itself.
fn factor(seed: &[u8; 64], index: usize) -> Scalar {
    let hash = blake2b_32(seed, &[], &[&index.to_le_bytes()]);
    let low = hash.first_chunk::<16>().copied().unwrap_or_default();
    Scalar::from(u128::from_le_bytes(low) | 1)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;

    use super::*;
    use crate::keys::{IdentityKeys, Seed};

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn signer(keys: &IdentityKeys) -> Signer {
        Signer::new(&keys.ed25519_public()).unwrap()
    }

    /// The same signature with a point of small order added to its first half.
    fn with_torsion(keys: &IdentityKeys, message: &[u8], torsion: &EdwardsPoint) -> [u8; 64] {
        let r = Scalar::from(12_345_u64);
        let commitment = (EdwardsPoint::mul_base(&r) + torsion).compress().to_bytes();
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&commitment);
        let hash = signer(keys).challenge(&signature, &[message]);
        let response = r + hash * curve::clamped_scalar(keys.x25519_secret());
        signature[32..].copy_from_slice(response.as_bytes());
        signature
    }

    #[test]
    fn good_signatures_hold_alone_and_together() {
        let people = [person(1), person(2), person(1)];
        let claims: Vec<Claim> = people
            .iter()
            .map(|keys| signer(keys).claim(&[b"te", b"xt"], &keys.sign(b"text")).unwrap())
            .collect();
        assert!(all_hold(&claims));
        assert!(signer(&people[0]).verify(&[b"text"], &people[0].sign(b"text")));
        assert!(all_hold(&[]));
    }

    #[test]
    fn one_bad_signature_is_noticed_wherever_it_stands() {
        let keys = person(1);
        for bad in 0..5 {
            let claims: Vec<Claim> = (0..5)
                .map(|at| {
                    let text: &[u8] = if at == bad { b"other" } else { b"text" };
                    signer(&keys).claim(&[text], &keys.sign(b"text")).unwrap()
                })
                .collect();
            assert!(!all_hold(&claims), "{bad}");
        }
    }

    #[test]
    fn a_signature_with_an_error_of_small_order_is_refused_both_ways() {
        let keys = person(1);
        assert!(signer(&keys).verify(&[b"x"], &with_torsion(&keys, b"x", &EIGHT_TORSION[0])));
        for torsion in &EIGHT_TORSION[1..] {
            let signature = with_torsion(&keys, b"x", torsion);
            assert!(!signer(&keys).verify(&[b"x"], &signature));
            assert!(!curve::verify_ed25519(&keys.ed25519_public(), b"x", &signature));
            assert!(!all_hold(&[signer(&keys).claim(&[b"x"], &signature).unwrap()]));
        }
    }

    #[test]
    fn a_first_half_of_small_order_is_refused_both_ways() {
        let keys = person(1);
        for torsion in &EIGHT_TORSION {
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(torsion.compress().as_bytes());
            let hash = signer(&keys).challenge(&signature, &[b"x"]);
            let response = hash * curve::clamped_scalar(keys.x25519_secret());
            signature[32..].copy_from_slice(response.as_bytes());
            assert!(!signer(&keys).verify(&[b"x"], &signature));
            assert!(signer(&keys).claim(&[b"x"], &signature).is_none());
        }
    }

    #[test]
    fn a_second_half_beyond_the_order_is_refused_both_ways() {
        let keys = person(1);
        let mut signature = keys.sign(b"x");
        // s + L
        let order = curve::ORDER_MINUS_ONE;
        let mut carry = 1_u16;
        for (byte, add) in signature[32..].iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        assert!(!signer(&keys).verify(&[b"x"], &signature));
        assert!(signer(&keys).claim(&[b"x"], &signature).is_none());
    }
}
