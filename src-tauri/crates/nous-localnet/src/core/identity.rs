//! The keys and the address of a node.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha512};

/// What a node is made of. Everything else follows from the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSpec {
    /// Seed of its Ed25519 key. Nodes of the local network have nothing to hide.
    pub seed: [u8; 32],
    /// The swarm it belongs to.
    pub swarm: u64,
    /// Its IPv4 address in text form.
    pub ip: String,
    /// The port of its HTTPS server.
    pub port: u16,
    /// The port that the lists name for the nodes' own protocol; nothing listens there.
    pub omq_port: u16,
}

/// A node's keys.
pub(crate) struct NodeKeys {
    signing: SigningKey,
    x25519_secret: [u8; 32],
}

impl fmt::Debug for NodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeKeys(…)")
    }
}

impl NodeKeys {
    /// From the seed of the Ed25519 key.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        let hash: [u8; 64] = Sha512::digest(seed).into();
        let mut x25519_secret = [0; 32];
        x25519_secret.copy_from_slice(&hash[..32]);
        Self {
            signing: SigningKey::from_bytes(seed),
            x25519_secret,
        }
    }

    /// The Ed25519 public key: the node's name.
    pub(crate) fn ed25519(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The X25519 public key.
    pub(crate) fn x25519(&self) -> [u8; 32] {
        self.signing.verifying_key().to_montgomery().to_bytes()
    }

    /// Opens onion layers.
    pub(crate) const fn x25519_secret(&self) -> &[u8; 32] {
        &self.x25519_secret
    }

    /// Signs a text.
    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.signing.sign(text).to_bytes()
    }
}

/// The alphabet of z-base-32.
const ZBASE32: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// z-base-32 of a key: 52 characters.
pub(crate) fn base32z(key: &[u8; 32]) -> String {
    let mut text = String::with_capacity(52);
    let (mut bits, mut count) = (0_usize, 0);
    for byte in key {
        bits = (bits << 8 | usize::from(*byte)) & 0xfff;
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(ZBASE32[bits >> count & 31]));
        }
    }
    if count > 0 {
        text.push(char::from(ZBASE32[bits << (5 - count) & 31]));
    }
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_recorded_nodes() {
        let key = "95ae4a37f55b72775b55c81a68310dc252646924dbc9388561824f72889041ed";
        let key: [u8; 32] = hex::decode(key).unwrap().try_into().unwrap();
        assert_eq!(
            base32z(&key),
            "1szrwp9imp38qs4i3ypgocepajjge4jr5xrutbmboj8zfnroe8so"
        );
    }

    #[test]
    fn keys_are_those_of_the_recorded_nodes() {
        let seed = "032ef11568ef799f5f2be3a257bd15b88d6726808919de9ddcb3afa04a26b730";
        let keys = NodeKeys::from_seed(&hex::decode(seed).unwrap().try_into().unwrap());
        assert_eq!(
            hex::encode(keys.ed25519()),
            "9fa375539f4ee4467dfff126637b4fcd4549833d49d570f9f5c5044bbaf5c995"
        );
        assert_eq!(
            hex::encode(keys.x25519()),
            "208edfb29307906091c0c0f2ce0b69d909fea1cc7078cee61c95367b42b2fb17"
        );
    }
}
