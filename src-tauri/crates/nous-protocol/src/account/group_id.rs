//! The ids of groups.

use std::fmt;

use super::SwarmAccount;

/// The address of a group: the prefix `03` and the Ed25519 public key of its admins.
///
/// Source: `groups.md` §1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId([u8; 32]);

impl GroupId {
    /// The prefix byte of group ids.
    pub const PREFIX: u8 = 0x03;

    /// From the raw 32-byte Ed25519 public key.
    #[must_use]
    pub const fn from_ed25519(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The raw 32-byte Ed25519 public key.
    #[must_use]
    pub const fn ed25519(&self) -> &[u8; 32] {
        &self.0
    }

    /// Prefix and key: 33 raw bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        let mut bytes = [Self::PREFIX; 33];
        bytes[1..].copy_from_slice(&self.0);
        bytes
    }

    /// From 33 raw bytes with the prefix `03`; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key = bytes.strip_prefix(&[Self::PREFIX])?;
        key.try_into().ok().map(Self)
    }

    /// Reads 66 hexadecimal digits of either case with the prefix `03`; `None` for anything
    /// else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 33];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Self::from_bytes(&bytes)
    }
}

impl From<GroupId> for SwarmAccount {
    fn from(id: GroupId) -> Self {
        Self::from_bytes(id.to_bytes())
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "03{}", hex::encode(self.0))
    }
}

/// Shows the last four digits only.
impl fmt::Debug for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.0;
        write!(f, "GroupId(…{a:02x}{b:02x})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_id_has_its_own_prefix() {
        let id = GroupId::from_ed25519([0xab; 32]);
        assert_eq!(GroupId::from_hex(&id.to_string()), Some(id));
        assert_eq!(GroupId::from_bytes(&id.to_bytes()), Some(id));
        assert_eq!(GroupId::from_hex(&format!("05{}", "ab".repeat(32))), None);
        assert_eq!(GroupId::from_bytes(&[3; 32]), None);
        assert_eq!(format!("{id:?}"), "GroupId(…abab)");
    }
}
