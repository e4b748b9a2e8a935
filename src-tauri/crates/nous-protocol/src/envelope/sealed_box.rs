//! libsodium's sealed box: X25519, HSalsa20, XSalsa20-Poly1305.
//!
//! Source: `messages.md` §2.2.

use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use rand_core::CryptoRng;
use salsa20::cipher::consts::U10;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use salsa20::{XSalsa20, hsalsa};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::SealError;
use crate::curve;
use crate::hash::blake2b_24;
use crate::keys::IdentityKeys;

/// Ephemeral key and tag in front of the ciphertext: 48 bytes.
pub const OVERHEAD: usize = 48;

/// XSalsa20-Poly1305 for one message: gives the one-time key of the authenticator and stands
/// behind it in the key stream.
fn start(shared: &[u8; 32], nonce: &[u8; 24]) -> (XSalsa20, Poly1305) {
    let mut key = hsalsa::<U10>(shared.into(), &[0_u8; 16].into());
    let mut cipher = XSalsa20::new(&key, nonce.into());
    zeroize::Zeroize::zeroize(&mut key.0);
    let mut mac_key = Zeroizing::new([0_u8; 32]);
    cipher.apply_keystream(mac_key.as_mut_slice());
    let mac_key: &[u8; 32] = &mac_key;
    (cipher, Poly1305::new(mac_key.into()))
}

/// Seals `plain` with the given ephemeral secret, which must never be used twice.
pub(super) fn seal_with(
    ephemeral_secret: &[u8; 32],
    recipient: &[u8; 32],
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let (ephemeral, shared) =
        curve::ephemeral_x25519(ephemeral_secret, recipient).ok_or(SealError::Recipient)?;
    let nonce = blake2b_24(&[], &[], &[&ephemeral, recipient]);
    let (mut cipher, mac) = start(&shared, &nonce);
    let mut sealed = Vec::with_capacity(plain.len().saturating_add(OVERHEAD));
    sealed.extend_from_slice(&ephemeral);
    sealed.extend_from_slice(&[0; 16]);
    sealed.extend_from_slice(plain);
    if let Some((head, body)) = sealed.split_first_chunk_mut::<OVERHEAD>() {
        cipher.apply_keystream(body);
        let tag = mac.compute_unpadded(body);
        if let Some(slot) = head.last_chunk_mut::<16>() {
            *slot = tag.into();
        }
    }
    Ok(sealed)
}

/// Seals `plain` so that only the holder of `recipient`'s X25519 secret can open it.
///
/// The result is ephemeral key (32) ‖ tag (16) ‖ ciphertext.
///
/// # Errors
/// [`SealError::Recipient`] if the recipient's key is of small order.
///
/// Source: `messages.md` §2.2.
pub fn sealed_box(
    recipient: &[u8; 32],
    plain: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let mut ephemeral_secret = Zeroizing::new([0_u8; 32]);
    rng.fill_bytes(ephemeral_secret.as_mut_slice());
    seal_with(&ephemeral_secret, recipient, plain)
}

/// Opens a sealed box; `None` if it is too short, changed, or for somebody else.
///
/// Source: `messages.md` §2.2.
#[must_use]
pub fn open_box(recipient: &IdentityKeys, sealed: &[u8]) -> Option<Vec<u8>> {
    let (ephemeral, rest) = sealed.split_first_chunk::<32>()?;
    let (tag, body) = rest.split_first_chunk::<16>()?;
    let shared = recipient.agree(ephemeral)?;
    let nonce = blake2b_24(&[], &[], &[ephemeral, &recipient.x25519_public()]);
    let (mut cipher, mac) = start(&shared, &nonce);
    let expected: [u8; 16] = mac.compute_unpadded(body).into();
    if !bool::from(expected.ct_eq(tag)) {
        return None;
    }
    let mut plain = body.to_vec();
    cipher.apply_keystream(&mut plain);
    Some(plain)
}
