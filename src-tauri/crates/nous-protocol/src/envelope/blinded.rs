//! Direct messages between blinded ids, by way of a community server's inbox.
//!
//! Source: `messages.md` §2.5.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{OpenError, SealError};
use crate::account::AccountId;
use crate::blinding::{self, BlindedId, BlindedKeys, BlindedKind};
use crate::curve;
use crate::hash::blake2b_32;
use crate::keys::IdentityKeys;

/// Version byte, sender's key, tag, nonce: 73 bytes.
pub const OVERHEAD: usize = 73;

const VERSION: u8 = 0;

/// The key between two ids: the same whoever computes it.
fn message_key(
    own: &BlindedKeys,
    other: &BlindedId,
    sender: &BlindedId,
    recipient: &BlindedId,
) -> Option<Zeroizing<[u8; 32]>> {
    let shared = own.agree(other)?;
    let parts: [&[u8]; 3] = [shared.as_slice(), sender.key(), recipient.key()];
    Some(Zeroizing::new(blake2b_32(&[], &[], &parts)))
}

/// Encrypts `message`, the padded content, to a blinded id of the server with the public key
/// `server`. The sender's own id is of the recipient's kind.
///
/// # Errors
/// [`SealError::Recipient`] if the recipient's id is no valid key.
///
/// Source: `messages.md` §2.5.
pub fn seal_blinded(
    sender: &IdentityKeys,
    server: &[u8; 32],
    recipient: &BlindedId,
    message: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let own = BlindedKeys::new(recipient.kind(), sender, server).map_err(|_| SealError::Recipient)?;
    let key = message_key(&own, recipient, &own.id(), recipient).ok_or(SealError::Recipient)?;
    let mut nonce = [0_u8; 24];
    rng.fill_bytes(&mut nonce);
    let mut plain = Zeroizing::new(message.to_vec());
    plain.extend_from_slice(&sender.ed25519_public());
    let key: &[u8; 32] = &key;
    let body = XChaCha20Poly1305::new(key.into())
        .encrypt((&nonce).into(), plain.as_slice())
        .map_err(|_| SealError::Recipient)?;
    let mut data = Vec::with_capacity(message.len().saturating_add(OVERHEAD));
    data.push(VERSION);
    data.extend_from_slice(&body);
    data.extend_from_slice(&nonce);
    Ok(data)
}

/// Opens a blinded message as its recipient, or as its sender reading back.
///
/// `sender` and `recipient`: the ids as the server gave them, both of one kind. The message
/// comes out still padded, with the account it is from.
///
/// # Errors
/// [`OpenError::TooShort`], [`OpenError::Wrapping`] for another version or ids of two kinds,
/// [`OpenError::Seal`] if it does not open, [`OpenError::SenderKey`] if the key inside does
/// not belong to `sender`.
///
/// Source: `messages.md` §2.5.
pub fn open_blinded(
    own: &IdentityKeys,
    server: &[u8; 32],
    sender: &BlindedId,
    recipient: &BlindedId,
    data: &[u8],
) -> Result<(AccountId, Vec<u8>), OpenError> {
    if data.len() < OVERHEAD {
        return Err(OpenError::TooShort);
    }
    let (version, rest) = data.split_first().ok_or(OpenError::TooShort)?;
    let (body, nonce) = rest.split_last_chunk::<24>().ok_or(OpenError::TooShort)?;
    if *version != VERSION || sender.kind() != recipient.kind() {
        return Err(OpenError::Wrapping);
    }
    let keys = BlindedKeys::new(sender.kind(), own, server).map_err(|_| OpenError::Seal)?;
    let other = if keys.id() == *sender { recipient } else { sender };
    let key = message_key(&keys, other, sender, recipient).ok_or(OpenError::Seal)?;
    let key: &[u8; 32] = &key;
    let mut plain = XChaCha20Poly1305::new(key.into())
        .decrypt(nonce.into(), body)
        .map_err(|_| OpenError::Seal)?;
    let (message, ed25519) = plain.split_last_chunk::<32>().ok_or(OpenError::TooShort)?;
    let account = account_behind(ed25519, sender, server)?;
    let length = message.len();
    plain.truncate(length);
    Ok((account, plain))
}

/// The account of an Ed25519 key, if `id` is that account's blinded id.
fn account_behind(ed25519: &[u8; 32], id: &BlindedId, server: &[u8; 32]) -> Result<AccountId, OpenError> {
    let x25519 = curve::ed25519_to_x25519(ed25519).ok_or(OpenError::SenderKey)?;
    let account = AccountId::from_x25519(x25519);
    match blinding::matches(id, &account, server) {
        Ok(true) => Ok(account),
        _ => Err(OpenError::SenderKey),
    }
}

/// The id under which `keys` writes to `recipient` on the server.
#[must_use]
pub fn own_id(keys: &IdentityKeys, kind: BlindedKind, server: &[u8; 32]) -> Option<BlindedId> {
    BlindedKeys::new(kind, keys, server)
        .ok()
        .map(|blinded| blinded.id())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::keys::Seed;

    const SERVER: [u8; 32] = [0x42; 32];

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn sealed(kind: BlindedKind) -> (BlindedId, BlindedId, Vec<u8>) {
        let (alice, bob) = (person(1), person(2));
        let from = own_id(&alice, kind, &SERVER).unwrap();
        let to = own_id(&bob, kind, &SERVER).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let data = seal_blinded(&alice, &SERVER, &to, b"hello", &mut rng).unwrap();
        assert_eq!(data.len(), 5 + OVERHEAD);
        (from, to, data)
    }

    #[test]
    fn recipient_and_sender_read_it() {
        for kind in [BlindedKind::B15, BlindedKind::B25] {
            let (from, to, data) = sealed(kind);
            let expected = Ok((person(1).account_id(), b"hello".to_vec()));
            assert_eq!(open_blinded(&person(2), &SERVER, &from, &to, &data), expected);
            assert_eq!(open_blinded(&person(1), &SERVER, &from, &to, &data), expected);
        }
    }

    #[test]
    fn a_third_person_a_change_and_a_cut_are_refused() {
        for kind in [BlindedKind::B15, BlindedKind::B25] {
            let (from, to, data) = sealed(kind);
            assert!(open_blinded(&person(3), &SERVER, &from, &to, &data).is_err());
            for at in 0..data.len() {
                let mut changed = data.clone();
                changed[at] ^= 1;
                assert!(open_blinded(&person(2), &SERVER, &from, &to, &changed).is_err());
                assert!(open_blinded(&person(2), &SERVER, &from, &to, &data[..at]).is_err());
            }
        }
    }

    #[test]
    fn a_key_that_is_not_the_senders_is_refused() {
        // Carol seals under Alice's id by knowing Alice's secrets, but puts in her own key.
        let (alice, bob, carol) = (person(1), person(2), person(3));
        let to = own_id(&bob, BlindedKind::B15, &SERVER).unwrap();
        let own = BlindedKeys::new(BlindedKind::B15, &alice, &SERVER).unwrap();
        let key = message_key(&own, &to, &own.id(), &to).unwrap();
        let key: &[u8; 32] = &key;
        let plain = [b"x".as_slice(), &carol.ed25519_public()].concat();
        let body = XChaCha20Poly1305::new(key.into())
            .encrypt((&[0; 24]).into(), plain.as_slice())
            .unwrap();
        let data = [&[0], body.as_slice(), &[0; 24]].concat();
        let result = open_blinded(&bob, &SERVER, &own.id(), &to, &data);
        assert_eq!(result, Err(OpenError::SenderKey));
    }

    #[test]
    fn ids_of_two_kinds_are_refused() {
        let (from, _, data) = sealed(BlindedKind::B15);
        let to = own_id(&person(2), BlindedKind::B25, &SERVER).unwrap();
        let result = open_blinded(&person(2), &SERVER, &from, &to, &data);
        assert_eq!(result, Err(OpenError::Wrapping));
    }
}
