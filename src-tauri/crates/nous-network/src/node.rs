//! Storage nodes as the client knows them.
//!
//! Source: `network.md` §1.

use std::fmt;
use std::net::Ipv4Addr;

use nous_protocol::onion::HopKeys;
use nous_protocol::wire::rpc::ServiceNode;
use serde::{Deserialize, Serialize};

/// A node's Ed25519 public key: its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey(pub [u8; 32]);

impl NodeKey {
    /// Reads 64 hexadecimal digits of either case; `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0_u8; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Shows the last two bytes only.
impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.0;
        write!(f, "NodeKey(…{a:02x}{b:02x})")
    }
}

impl Serialize for NodeKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NodeKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("no node key"))
    }
}

/// A storage node: where it is reached, and its two keys.
///
/// Both keys come from the directory; neither is derived from the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snode {
    /// Its name.
    pub key: NodeKey,
    /// What onion layers for it are sealed to.
    pub x25519: NodeKey,
    /// Its public address.
    pub ip: Ipv4Addr,
    /// Its HTTPS port, never 0.
    pub port: u16,
}

impl Snode {
    /// Its keys as the onion layers want them.
    #[must_use]
    pub const fn hop_keys(&self) -> HopKeys {
        HopKeys {
            ed25519: self.key.0,
            x25519: self.x25519.0,
        }
    }

    /// The first three bytes of its address.
    #[must_use]
    pub fn subnet(&self) -> [u8; 3] {
        let [a, b, c, _] = self.ip.octets();
        [a, b, c]
    }
}

/// Shows the key's end only: addresses do not belong into logs.
impl fmt::Debug for Snode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [.., a, b] = self.key.0;
        write!(f, "Snode(…{a:02x}{b:02x})")
    }
}

impl From<ServiceNode> for Snode {
    fn from(node: ServiceNode) -> Self {
        Self {
            key: NodeKey(node.ed25519),
            x25519: NodeKey(node.x25519),
            ip: node.ip,
            port: node.port,
        }
    }
}
