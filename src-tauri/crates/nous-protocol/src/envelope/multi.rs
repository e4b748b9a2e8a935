//! One message for several recipients, each of whom finds it by trying.
//!
//! Source: `groups.md` §3 (multi-recipient encryption).

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{OpenError, SealError};
use crate::curve;
use crate::hash::{MAX_KEY, blake2b_32};
use crate::keys::IdentityKeys;
use crate::wire::bt::{self, Value};

/// The key between a sender and a recipient: the sender's public key first, whoever asks.
fn pair_key(
    own: &IdentityKeys,
    other: &[u8; 32],
    sender: &[u8; 32],
    recipient: &[u8; 32],
    domain: &str,
) -> Option<Zeroizing<[u8; 32]>> {
    if domain.is_empty() || domain.len() > MAX_KEY {
        return None;
    }
    let shared = own.agree(other)?;
    let parts: [&[u8]; 3] = [shared.as_slice(), sender, recipient];
    Some(Zeroizing::new(blake2b_32(domain.as_bytes(), &[], &parts)))
}

/// Encrypts `message` to one recipient; all recipients share `nonce`.
///
/// `domain`: 1 to 64 bytes of ASCII that say what the message is for. The result is
/// ciphertext ‖ tag (16).
///
/// # Errors
/// [`SealError::Recipient`] if the recipient's key is of small order or the domain is not
/// usable.
///
/// Source: `groups.md` §3.
pub fn encrypt_one(
    sender: &IdentityKeys,
    recipient: &[u8; 32],
    nonce: &[u8; 24],
    domain: &str,
    message: &[u8],
) -> Result<Vec<u8>, SealError> {
    let key = pair_key(sender, recipient, &sender.x25519_public(), recipient, domain)
        .ok_or(SealError::Recipient)?;
    let key: &[u8; 32] = &key;
    XChaCha20Poly1305::new(key.into())
        .encrypt(nonce.into(), message)
        .map_err(|_| SealError::Recipient)
}

/// Encrypts `message` to every recipient, in their order.
///
/// # Errors
/// [`SealError::Recipient`] if one of the keys is of small order.
///
/// Source: `groups.md` §3.
pub fn encrypt_each(
    sender: &IdentityKeys,
    recipients: &[[u8; 32]],
    nonce: &[u8; 24],
    domain: &str,
    message: &[u8],
) -> Result<Vec<Vec<u8>>, SealError> {
    recipients
        .iter()
        .map(|to| encrypt_one(sender, to, nonce, domain, message))
        .collect()
}

/// Tries to open each of `ciphertexts`; the first that opens is ours.
///
/// `sender`: the X25519 public key.
#[must_use]
pub fn decrypt_any<'a>(
    recipient: &IdentityKeys,
    sender: &[u8; 32],
    nonce: &[u8; 24],
    domain: &str,
    ciphertexts: impl IntoIterator<Item = &'a [u8]>,
) -> Option<Vec<u8>> {
    let key = pair_key(recipient, sender, sender, &recipient.x25519_public(), domain)?;
    let key: &[u8; 32] = &key;
    let cipher = XChaCha20Poly1305::new(key.into());
    ciphertexts
        .into_iter()
        .find_map(|text| cipher.decrypt(nonce.into(), text).ok())
}

/// [`encrypt_each`] in its stored form: a bt dict of `#` nonce and `e` ciphertexts.
///
/// `pad`: the number of ciphertexts is rounded up to a multiple of it with random ones, so
/// that it tells less; 0 and 1 add none.
///
/// # Errors
/// [`SealError::Recipient`] if one of the keys is of small order.
///
/// Source: `groups.md` §3.
pub fn encrypt_simple(
    sender: &IdentityKeys,
    recipients: &[[u8; 32]],
    message: &[u8],
    domain: &str,
    nonce: &[u8; 24],
    pad: usize,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let mut texts = encrypt_each(sender, recipients, nonce, domain, message)?;
    let rounded = texts
        .len()
        .checked_next_multiple_of(pad.max(1))
        .unwrap_or(texts.len());
    while texts.len() < rounded {
        let mut filler = vec![0; message.len().saturating_add(16)];
        rng.fill_bytes(&mut filler);
        texts.push(filler);
    }
    let list = texts.into_iter().map(Value::owned_string).collect();
    Ok(bt::encode(&Value::dict([
        (b"#".as_slice(), Value::string(nonce)),
        (b"e".as_slice(), Value::List(list)),
    ])))
}

/// Opens what [`encrypt_simple`] made.
///
/// `sender`: the Ed25519 public key.
///
/// # Errors
/// [`OpenError::Wrapping`] if it is not that form, [`OpenError::SenderKey`] for a bad key,
/// [`OpenError::Seal`] if nothing in it is for us.
///
/// Source: `groups.md` §3.
pub fn decrypt_simple(
    recipient: &IdentityKeys,
    sender: &[u8; 32],
    encoded: &[u8],
    domain: &str,
) -> Result<Vec<u8>, OpenError> {
    let parsed = bt::read(encoded, &bt::Limits::default()).map_err(|_| OpenError::Wrapping)?;
    let nonce = parsed
        .get(b"#")
        .and_then(Value::as_bytes)
        .ok_or(OpenError::Wrapping)?;
    let nonce: &[u8; 24] = nonce.try_into().map_err(|_| OpenError::Wrapping)?;
    let list = parsed
        .get(b"e")
        .and_then(Value::as_list)
        .ok_or(OpenError::Wrapping)?;
    let texts: Option<Vec<&[u8]>> = list.iter().map(Value::as_bytes).collect();
    let texts = texts.ok_or(OpenError::Wrapping)?;
    let sender = curve::ed25519_to_x25519(sender).ok_or(OpenError::SenderKey)?;
    decrypt_any(recipient, &sender, nonce, domain, texts).ok_or(OpenError::Seal)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::keys::Seed;

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn encoded(pad: usize) -> Vec<u8> {
        let to = [person(2).x25519_public(), person(3).x25519_public()];
        let mut rng = StdRng::seed_from_u64(1);
        encrypt_simple(&person(1), &to, b"hello", "Domain", &[7; 24], pad, &mut rng).unwrap()
    }

    #[test]
    fn each_recipient_reads_it_and_others_do_not() {
        let (data, from) = (encoded(0), person(1).ed25519_public());
        for byte in [2, 3] {
            let found = decrypt_simple(&person(byte), &from, &data, "Domain");
            assert_eq!(found, Ok(b"hello".to_vec()));
        }
        assert_eq!(
            decrypt_simple(&person(4), &from, &data, "Domain"),
            Err(OpenError::Seal)
        );
        assert_eq!(
            decrypt_simple(&person(2), &from, &data, "Other"),
            Err(OpenError::Seal)
        );
        let other = person(5).ed25519_public();
        assert_eq!(
            decrypt_simple(&person(2), &other, &data, "Domain"),
            Err(OpenError::Seal)
        );
    }

    #[test]
    fn padding_rounds_the_number_of_entries_up() {
        let count = |data: &[u8]| {
            let parsed = bt::read(data, &bt::Limits::default()).unwrap();
            parsed.get(b"e").and_then(Value::as_list).unwrap().len()
        };
        assert_eq!([0, 1, 2, 5].map(|pad| count(&encoded(pad))), [2, 2, 2, 5]);
        let found = decrypt_simple(&person(3), &person(1).ed25519_public(), &encoded(5), "Domain");
        assert_eq!(found, Ok(b"hello".to_vec()));
    }

    #[test]
    fn other_forms_are_refused() {
        let from = person(1).ed25519_public();
        for data in [b"".as_slice(), b"de", b"d1:#1:x1:elee", b"le", b"d1:#24:xe"] {
            let found = decrypt_simple(&person(2), &from, data, "Domain");
            assert_eq!(found, Err(OpenError::Wrapping));
        }
    }
}
