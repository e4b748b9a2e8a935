//! Names that stand for account IDs: their shape, the question, the encrypted answer.
//!
//! Source: `identity.md` §8.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit};

use crate::account::AccountId;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::hash::blake2b_32;

/// The longest name, in ASCII characters.
pub const MAX_LENGTH: usize = 64;

/// A name in the form that is hashed: lower-case ASCII letters, digits, `_`, inner `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OnsName(String);

/// Why a name does not lead to an account ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OnsError {
    /// The text cannot be a name.
    #[error("not the shape of a name")]
    Shape,
    /// Registered in a way that is no longer answered (no nonce).
    #[error("registered in an old form")]
    OldForm,
    /// The answer does not open with the name.
    #[error("the answer does not belong to the name")]
    Answer,
}

impl HasKind for OnsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Shape => ErrorKind::InvalidInput,
            Self::OldForm => ErrorKind::NotFound,
            Self::Answer => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for OnsError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl OnsName {
    /// Reads a name as typed: white space around it is dropped, other scripts become their
    /// ASCII form.
    ///
    /// # Errors
    /// [`OnsError::Shape`] if no name can look like this.
    ///
    /// Source: `identity.md` §8.
    pub fn parse(text: &str) -> Result<Self, OnsError> {
        let lower = text.trim().to_lowercase();
        let ascii = if lower.is_ascii() {
            lower
        } else {
            idna::domain_to_ascii(&lower).map_err(|_| OnsError::Shape)?
        };
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let bytes = ascii.as_bytes();
        let ends = bytes.first().is_some_and(word) && bytes.last().is_some_and(word);
        let inside = bytes.iter().all(|byte| word(byte) || *byte == b'-');
        if ends && inside && bytes.len() <= MAX_LENGTH {
            Ok(Self(ascii))
        } else {
            Err(OnsError::Shape)
        }
    }

    /// The name as it is hashed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        blake2b_32(&[], &[], &[self.0.as_bytes()])
    }

    /// The `name_hash` of the question, base64.
    #[must_use]
    pub fn hash_base64(&self) -> String {
        STANDARD.encode(self.hash())
    }

    /// Opens the answer of a node.
    ///
    /// `encrypted_value`: 33 + 16 bytes; `nonce`: 24 bytes, absent for the oldest names.
    ///
    /// # Errors
    /// [`OnsError::OldForm`] without a nonce, [`OnsError::Answer`] if it does not open to an
    /// account ID.
    ///
    /// Source: `identity.md` §8.
    pub fn open(&self, encrypted_value: &[u8], nonce: Option<&[u8]>) -> Result<AccountId, OnsError> {
        let nonce: &[u8; 24] = nonce
            .ok_or(OnsError::OldForm)?
            .try_into()
            .map_err(|_| OnsError::Answer)?;
        let key = blake2b_32(&self.hash(), &[], &[self.0.as_bytes()]);
        let plain = XChaCha20Poly1305::new((&key).into())
            .decrypt(nonce.into(), encrypted_value)
            .map_err(|_| OnsError::Answer)?;
        match plain.split_first() {
            Some((&AccountId::PREFIX, key)) => key
                .try_into()
                .map(AccountId::from_x25519)
                .map_err(|_| OnsError::Answer),
            _ => Err(OnsError::Answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(name: &OnsName, plain: &[u8]) -> Vec<u8> {
        let key = blake2b_32(&name.hash(), &[], &[name.0.as_bytes()]);
        XChaCha20Poly1305::new((&key).into())
            .encrypt((&[7; 24]).into(), plain)
            .unwrap()
    }

    #[test]
    fn names_are_lower_cased_and_other_scripts_become_ascii() {
        assert_eq!(OnsName::parse(" Zoé ").unwrap().as_str(), "xn--zo-cja");
        assert_eq!(OnsName::parse("Name_1-x").unwrap().as_str(), "name_1-x");
    }

    #[test]
    fn texts_of_another_shape_are_no_names() {
        let long = "a".repeat(65);
        for text in ["", " ", "-a", "a-", "a b", "a.b", "a/b", "é.fr", long.as_str()] {
            assert_eq!(OnsName::parse(text), Err(OnsError::Shape), "{text}");
        }
    }

    #[test]
    fn an_answer_opens_with_its_name_only() {
        let (name, other) = (OnsName::parse("alice").unwrap(), OnsName::parse("bob").unwrap());
        let id = AccountId::from_x25519([9; 32]);
        let sealed = seal(&name, &id.to_bytes());
        assert_eq!(name.open(&sealed, Some(&[7; 24])), Ok(id));
        assert_eq!(other.open(&sealed, Some(&[7; 24])), Err(OnsError::Answer));
        assert_eq!(name.open(&sealed, Some(&[8; 24])), Err(OnsError::Answer));
        assert_eq!(name.open(&sealed, Some(&[7; 23])), Err(OnsError::Answer));
    }

    #[test]
    fn an_answer_that_is_no_account_id_is_refused() {
        let name = OnsName::parse("alice").unwrap();
        let mut group = [9; 33];
        group[0] = 3;
        assert_eq!(
            name.open(&seal(&name, &group), Some(&[7; 24])),
            Err(OnsError::Answer)
        );
        assert_eq!(
            name.open(&seal(&name, &[5; 34]), Some(&[7; 24])),
            Err(OnsError::Answer)
        );
        assert_eq!(name.open(&[], Some(&[7; 24])), Err(OnsError::Answer));
    }

    #[test]
    fn an_answer_without_nonce_is_refused_by_name() {
        assert_eq!(
            OnsName::parse("alice").unwrap().open(&[0; 49], None),
            Err(OnsError::OldForm)
        );
    }
}
