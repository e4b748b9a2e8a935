//! Addresses: account IDs, swarm accounts and namespaces.
//!
//! Source: `identity.md` §1, `network.md` §1 and §5.

mod conversation_id;
mod group_id;

use std::fmt;

pub use conversation_id::ConversationId;
pub use group_id::GroupId;
use serde::{Deserialize, Serialize};

/// The address of a person: the prefix `05` and an X25519 public key.
///
/// Its text form is 66 lower-case hexadecimal digits. The full text identifies a
/// person: never log it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 32]);

/// Why a text is no account ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountIdError {
    /// Not 66 characters; holds the number found.
    #[error("{0} characters instead of 66")]
    Length(usize),
    /// A character that is no hexadecimal digit; holds its offset in characters.
    #[error("the character at {0} is not a hexadecimal digit")]
    Digit(usize),
    /// Another prefix than `05`; holds the first byte.
    #[error("prefix {0:02x} instead of 05")]
    Prefix(u8),
}

impl AccountId {
    /// The prefix byte of account IDs.
    pub const PREFIX: u8 = 0x05;

    /// From the raw 32-byte X25519 public key.
    #[must_use]
    pub const fn from_x25519(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The raw 32-byte X25519 public key.
    #[must_use]
    pub const fn x25519(&self) -> &[u8; 32] {
        &self.0
    }

    /// Prefix and key: 33 raw bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        let mut bytes = [Self::PREFIX; 33];
        bytes[1..].copy_from_slice(&self.0);
        bytes
    }

    /// From 33 raw bytes with the prefix `05`; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key = bytes.strip_prefix(&[Self::PREFIX])?;
        key.try_into().ok().map(Self)
    }

    /// Reads an account ID from its text form.
    ///
    /// `text`: 66 hexadecimal digits in either case, the prefix `05` and then the
    /// 32-byte X25519 public key. No white space around it.
    ///
    /// # Errors
    /// [`AccountIdError::Length`] if there are not 66 characters, [`AccountIdError::Digit`]
    /// with the offset of the first one that is no digit, [`AccountIdError::Prefix`]
    /// if the first byte differs.
    ///
    /// Source: `identity.md` §1.
    pub fn from_hex(text: &str) -> Result<Self, AccountIdError> {
        let length = text.chars().count();
        if length != 66 {
            return Err(AccountIdError::Length(length));
        }
        if let Some(offset) = text.chars().position(|c| !c.is_ascii_hexdigit()) {
            return Err(AccountIdError::Digit(offset));
        }
        let mut bytes = [0_u8; 33];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| AccountIdError::Length(length))?;
        let [prefix, key @ ..] = bytes;
        if prefix != Self::PREFIX {
            return Err(AccountIdError::Prefix(prefix));
        }
        Ok(Self(key))
    }

    /// The shortened form for people: `05ab…4f2c`.
    #[must_use]
    pub fn short(&self) -> String {
        let text = self.to_string();
        let head: String = text.chars().take(4).collect();
        let tail: String = text.chars().skip(62).collect();
        format!("{head}…{tail}")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "05{}", hex::encode(self.0))
    }
}

/// Shows the last four digits only: account IDs do not belong into logs.
impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.0;
        write!(f, "AccountId(…{a:02x}{b:02x})")
    }
}

impl Serialize for AccountId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::from_hex(&text).map_err(serde::de::Error::custom)
    }
}

/// Whose box in a swarm: the prefix byte (`05` person, `03` group) and its 32-byte key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SwarmAccount([u8; 33]);

impl SwarmAccount {
    /// From 33 raw bytes, prefix first; any prefix is taken, since nodes take any.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 33]) -> Self {
        Self(bytes)
    }

    /// The 33 raw bytes, prefix first.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 33] {
        &self.0
    }

    /// The 32 bytes after the prefix.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        let [_, key @ ..] = self.0;
        key
    }

    /// The prefix byte.
    #[must_use]
    pub fn prefix(&self) -> u8 {
        let [prefix, ..] = self.0;
        prefix
    }

    /// Reads 66 hexadecimal digits of either case; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 33];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl From<AccountId> for SwarmAccount {
    fn from(id: AccountId) -> Self {
        Self(id.to_bytes())
    }
}

impl fmt::Display for SwarmAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Shows the last four digits only.
impl fmt::Debug for SwarmAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.0;
        write!(f, "SwarmAccount(…{a:02x}{b:02x})")
    }
}

/// A box of an account in its swarm: −32768 to 32767.
///
/// Source: `network.md` §5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Namespace(pub i16);

impl Namespace {
    /// Messages to a person: anyone writes unsigned, the owner reads.
    pub const MESSAGES: Self = Self(0);
    /// Own config: profile.
    pub const USER_PROFILE: Self = Self(2);
    /// Own config: contacts.
    pub const CONTACTS: Self = Self(3);
    /// Own config: read state.
    pub const CONVO_INFO_VOLATILE: Self = Self(4);
    /// Own config: groups and communities.
    pub const USER_GROUPS: Self = Self(5);
    /// Of a group: what is said.
    pub const GROUP_MESSAGES: Self = Self(11);
    /// Of a group: its keys.
    pub const GROUP_KEYS: Self = Self(12);
    /// Of a group: what it says of itself.
    pub const GROUP_INFO: Self = Self(13);
    /// Of a group: who is in it.
    pub const GROUP_MEMBERS: Self = Self(14);
    /// Of a group: what those can still fetch who were removed.
    pub const GROUP_REVOKED: Self = Self(-11);

    /// The form inside signed texts: empty for 0, else decimal.
    #[must_use]
    pub fn signed_text(self) -> String {
        if self.0 == 0 {
            String::new()
        } else {
            self.0.to_string()
        }
    }

    /// Whether anyone may store here without a signature: `n mod 10 = 0`.
    #[must_use]
    pub fn is_public_inbox(self) -> bool {
        self.0.checked_rem(10) == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_in_lower_case() {
        let text = format!("05{}", "AB".repeat(32));
        let id = AccountId::from_hex(&text).expect("valid");
        assert_eq!(id.to_string(), text.to_lowercase());
        assert_eq!(id.short(), "05ab…abab");
    }

    #[test]
    fn errors_name_what_is_wrong() {
        assert_eq!(AccountId::from_hex("05ab"), Err(AccountIdError::Length(4)));
        assert_eq!(
            AccountId::from_hex(&format!("03{}", "0".repeat(64))),
            Err(AccountIdError::Prefix(3))
        );
        assert_eq!(
            AccountId::from_hex(&format!("05{}g", "0".repeat(63))),
            Err(AccountIdError::Digit(65))
        );
    }

    #[test]
    fn debug_does_not_show_the_whole_id() {
        let id = AccountId::from_x25519([0x11; 32]);
        assert_eq!(format!("{id:?}"), "AccountId(…1111)");
    }
}
