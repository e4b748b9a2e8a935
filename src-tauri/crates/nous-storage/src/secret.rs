//! Secrets: they vanish from memory when dropped and never print.
//!
//! Source: `architecture.md` §11.

use std::fmt;

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random 32-byte key of the database.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// Takes 32 random bytes as a key.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A second copy, for the second owner that a thread needs.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0)
    }

    /// The statement that hands the raw key to SQLCipher: never log it.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0));
        Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", digits.as_str()))
    }
}

impl PartialEq for DatabaseKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for DatabaseKey {}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// A password as a person typed it, in Unicode's composed form (NFC), so that the
/// same letters from another keyboard are the same password.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// The fewest characters of a new password (`product.md` §21).
    pub const MIN_CHARS: usize = 6;
    /// The most characters of a new password (`product.md` §21).
    pub const MAX_CHARS: usize = 256;

    /// Takes what was typed; `text` is wiped.
    #[must_use]
    pub fn new(text: String) -> Self {
        let typed = Zeroizing::new(text);
        // Enough room from the start, so that growing leaves no copy behind.
        let mut composed = String::with_capacity(typed.len().saturating_mul(3));
        composed.extend(typed.nfc());
        Self(composed)
    }

    /// Whether it may protect a profile: 6 to 256 characters.
    #[must_use]
    pub fn has_allowed_length(&self) -> bool {
        (Self::MIN_CHARS..=Self::MAX_CHARS).contains(&self.0.chars().count())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wiped_on_drop<T: ZeroizeOnDrop>() {}

    #[test]
    fn secrets_print_nothing_of_themselves() {
        assert_eq!(
            format!("{:?}", DatabaseKey::from_bytes([7; 32])),
            "DatabaseKey(…)"
        );
        assert_eq!(format!("{:?}", Password::new("hunter2".into())), "Password(…)");
    }

    #[test]
    fn secrets_are_wiped() {
        wiped_on_drop::<DatabaseKey>();
        wiped_on_drop::<Password>();
        let mut key = DatabaseKey::from_bytes([7; 32]);
        key.zeroize();
        assert_eq!(key.as_bytes(), &[0; 32]);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        assert_eq!(
            Password::new("\u{e9}t\u{e9}".into()),
            Password::new("e\u{301}te\u{301}".into())
        );
        assert_ne!(Password::new("été".into()), Password::new("ete".into()));
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(!Password::new("éééé1".into()).has_allowed_length());
        assert!(Password::new("éééé12".into()).has_allowed_length());
        assert!(Password::new("x".repeat(256)).has_allowed_length());
        assert!(!Password::new("x".repeat(257)).has_allowed_length());
    }
}
