//! What a network is made of, kept in its folder: keys, ports, certificates.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::LocalnetError;
use crate::file_store::write_whole;
use crate::tls::Identity;

/// The file with the network's make-up.
const FILE: &str = "network-keys.json";

/// A server: port, and certificate with key as hex of their DER.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerRecord {
    pub(crate) port: u16,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// A storage node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NodeRecord {
    pub(crate) seed: String,
    pub(crate) swarm: u64,
    pub(crate) server: ServerRecord,
}

/// A whole network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkRecord {
    pub(crate) started_ms: i64,
    pub(crate) nodes: Vec<NodeRecord>,
    pub(crate) seed: ServerRecord,
    pub(crate) file_seed: String,
    pub(crate) file_port: u16,
}

impl ServerRecord {
    /// A new server.
    pub(crate) fn generate(port: u16) -> Result<Self, LocalnetError> {
        let identity = Identity::generate()?;
        Ok(Self {
            port,
            certificate: hex::encode(&identity.certificate),
            key: hex::encode(&identity.key),
        })
    }

    /// Its certificate and key.
    pub(crate) fn identity(&self) -> Result<Identity, LocalnetError> {
        let read = |text: &str| hex::decode(text).map_err(|_| LocalnetError::Damaged("certificate"));
        Ok(Identity {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
        })
    }
}

impl NetworkRecord {
    /// A new network; ports that are 0 are chosen when the servers start.
    pub(crate) fn generate(
        nodes: usize,
        swarms: usize,
        ports: Ports,
        started_ms: i64,
    ) -> Result<Self, LocalnetError> {
        let part = u64::MAX / u64::try_from(swarms).unwrap_or(1).max(1);
        let node = |index: usize| {
            let swarm = u64::try_from(index % swarms).unwrap_or(0);
            let port = match ports.first_node {
                0 => 0,
                first => first.saturating_add(u16::try_from(index).unwrap_or(u16::MAX)),
            };
            Ok(NodeRecord {
                seed: random_seed()?,
                swarm: part.saturating_mul(swarm).saturating_add(part / 2),
                server: ServerRecord::generate(port)?,
            })
        };
        Ok(Self {
            started_ms,
            nodes: (0..nodes).map(node).collect::<Result<_, LocalnetError>>()?,
            seed: ServerRecord::generate(ports.seed)?,
            file_seed: random_seed()?,
            file_port: ports.file_server,
        })
    }

    /// The network of a folder; `None` if it has none yet.
    pub(crate) fn load(folder: &Path) -> Result<Option<Self>, LocalnetError> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let record: Self = serde_json::from_slice(&fs::read(path)?)
            .map_err(|_| LocalnetError::Damaged("record of its keys"))?;
        Ok(Some(record))
    }

    /// Keeps the network in a folder.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), LocalnetError> {
        let text =
            serde_json::to_vec_pretty(self).map_err(|_| LocalnetError::Damaged("record of its keys"))?;
        Ok(write_whole(&folder.join(FILE), &text)?)
    }
}

/// Which ports to use; 0 is any free one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ports {
    /// The seed's.
    pub seed: u16,
    /// The file server's.
    pub file_server: u16,
    /// The first node's; the others follow.
    pub first_node: u16,
}

/// 32 random bytes as hex.
fn random_seed() -> Result<String, LocalnetError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| LocalnetError::Certificate(format!("no randomness: {error}")))?;
    Ok(hex::encode(seed))
}

/// 32 bytes from hex.
pub(crate) fn seed_bytes(text: &str) -> Result<[u8; 32], LocalnetError> {
    let bytes = hex::decode(text).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(LocalnetError::Damaged("key"))
}
