//! Whom a conversation is with.

use std::fmt;

use super::{AccountId, GroupId, SwarmAccount};

/// Whom a conversation is with: a person (ourselves for Note to Self), or a group. The order is
/// that of the 33 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationId {
    /// A group, `03…`.
    Group(GroupId),
    /// A person, `05…`.
    Person(AccountId),
}

impl ConversationId {
    /// The person; `None` for a group.
    #[must_use]
    pub const fn person(&self) -> Option<AccountId> {
        match self {
            Self::Person(id) => Some(*id),
            Self::Group(_) => None,
        }
    }

    /// The group; `None` for a person.
    #[must_use]
    pub const fn group(&self) -> Option<GroupId> {
        match self {
            Self::Group(id) => Some(*id),
            Self::Person(_) => None,
        }
    }

    /// Prefix and key: 33 raw bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        match self {
            Self::Group(id) => id.to_bytes(),
            Self::Person(id) => id.to_bytes(),
        }
    }

    /// From 33 raw bytes with the prefix `03` or `05`; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let person = AccountId::from_bytes(bytes).map(Self::Person);
        person.or_else(|| GroupId::from_bytes(bytes).map(Self::Group))
    }

    /// Reads 66 hexadecimal digits of either case with the prefix `03` or `05`; `None` for
    /// anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 33];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Self::from_bytes(&bytes)
    }
}

impl From<AccountId> for ConversationId {
    fn from(id: AccountId) -> Self {
        Self::Person(id)
    }
}

impl From<&AccountId> for ConversationId {
    fn from(id: &AccountId) -> Self {
        Self::Person(*id)
    }
}

impl From<GroupId> for ConversationId {
    fn from(id: GroupId) -> Self {
        Self::Group(id)
    }
}

impl From<&GroupId> for ConversationId {
    fn from(id: &GroupId) -> Self {
        Self::Group(*id)
    }
}

impl From<&Self> for ConversationId {
    fn from(id: &Self) -> Self {
        *id
    }
}

impl From<ConversationId> for SwarmAccount {
    fn from(id: ConversationId) -> Self {
        Self::from_bytes(id.to_bytes())
    }
}

impl PartialEq<AccountId> for ConversationId {
    fn eq(&self, other: &AccountId) -> bool {
        self.person() == Some(*other)
    }
}

impl PartialEq<GroupId> for ConversationId {
    fn eq(&self, other: &GroupId) -> bool {
        self.group() == Some(*other)
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
        }
    }
}

/// Shows the last four digits only.
impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_and_groups_are_told_apart_by_their_prefix() {
        for (prefix, is_group) in [("05", false), ("03", true)] {
            let text = format!("{prefix}{}", "ab".repeat(32));
            let id = ConversationId::from_hex(&text).unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(ConversationId::from_bytes(&id.to_bytes()), Some(id));
            assert_eq!(id.group().is_some(), is_group);
            assert_eq!(id.person().is_some(), !is_group);
        }
        assert_eq!(ConversationId::from_hex(&format!("15{}", "ab".repeat(32))), None);
    }

    #[test]
    fn the_order_is_that_of_the_bytes() {
        let group = ConversationId::from(GroupId::from_ed25519([0xff; 32]));
        let person = ConversationId::from(AccountId::from_x25519([0; 32]));
        assert!(group < person);
        assert!(group.to_bytes() < person.to_bytes());
    }
}
