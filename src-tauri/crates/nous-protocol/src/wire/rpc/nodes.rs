//! Lists of storage nodes: the directory and the members of a swarm.
//!
//! Source: `network.md` §2.1, §4.8, §4.9.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use super::read;
use super::reply::ReplyError;

/// A storage node as lists name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceNode {
    /// Its public address.
    pub ip: Ipv4Addr,
    /// Its HTTPS port.
    pub port: u16,
    /// Its name.
    pub ed25519: [u8; 32],
    /// What layers are sealed to.
    pub x25519: [u8; 32],
    /// The height at which it leaves; 0 = not leaving. 0 where a list does not say.
    pub requested_unlock_height: u64,
}

impl ServiceNode {
    /// Its entry in the directory.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "public_ip": self.ip.to_string(),
            "storage_port": self.port,
            "pubkey_ed25519": hex::encode(self.ed25519),
            "pubkey_x25519": hex::encode(self.x25519),
            "requested_unlock_height": self.requested_unlock_height,
        })
    }

    /// Reads an entry of the directory; `None` if the address is empty or `0.0.0.0`, the
    /// port 0, or a key missing.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        read_node(value.as_object()?, "public_ip", &["storage_port"])
    }
}

fn read_node(node: &Map<String, Value>, ip: &str, ports: &[&str]) -> Option<ServiceNode> {
    let ip: Ipv4Addr = node.get(ip)?.as_str()?.parse().ok()?;
    let port = ports
        .iter()
        .find_map(|port| node.get(*port).and_then(read::small))?;
    let key = |name: &str| node.get(name)?.as_str().and_then(read::hex_array);
    let leaving = node.get("requested_unlock_height").and_then(read::number);
    let usable = !ip.is_unspecified() && port != 0;
    usable.then_some(ServiceNode {
        ip,
        port,
        ed25519: key("pubkey_ed25519")?,
        x25519: key("pubkey_x25519")?,
        requested_unlock_height: leaving.unwrap_or(0),
    })
}

/// The directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceNodes {
    /// Height of the chain, where the list says it.
    pub height: Option<u64>,
    /// Every usable node, each Ed25519 key once.
    pub nodes: Vec<ServiceNode>,
}

impl ServiceNodes {
    /// Reads `{"result":{"height":…,"service_node_states":[…]}}`, of a seed as of a node;
    /// the inner object alone is taken as well. Unusable entries are left out.
    ///
    /// # Errors
    /// [`ReplyError::Field`] if there is no list.
    pub fn read(body: &Value) -> Result<Self, ReplyError> {
        let result = body.get("result").unwrap_or(body);
        let list = result.get("service_node_states").and_then(Value::as_array);
        let list = list.ok_or(ReplyError::Field("service_node_states"))?;
        let nodes = list.iter().filter_map(ServiceNode::from_json);
        Ok(Self {
            height: result.get("height").and_then(read::number),
            nodes: each_once(nodes),
        })
    }

    /// `{"height":…,"service_node_states":[…]}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "height": self.height.unwrap_or(0),
            "service_node_states": self.nodes.iter().map(ServiceNode::to_json).collect::<Vec<_>>(),
        })
    }
}

fn each_once(nodes: impl Iterator<Item = ServiceNode>) -> Vec<ServiceNode> {
    let mut seen = std::collections::BTreeSet::new();
    nodes.filter(|node| seen.insert(node.ed25519)).collect()
}

/// The members of a swarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwarmMembers {
    /// The swarm's ID; `None` if the account has none.
    pub swarm: Option<u64>,
    /// Its usable members.
    pub nodes: Vec<ServiceNode>,
}

impl SwarmMembers {
    /// Reads the answer to `get_swarm`, or the body of a status 421.
    ///
    /// # Errors
    /// [`ReplyError::Field`] if there is no list.
    pub fn read(body: &Value) -> Result<Self, ReplyError> {
        let list = body
            .get("snodes")
            .and_then(Value::as_array)
            .ok_or(ReplyError::Field("snodes"))?;
        let nodes = list
            .iter()
            .filter_map(|node| read_node(node.as_object()?, "ip", &["port_https", "port"]));
        let swarm = body.get("swarm").and_then(Value::as_str);
        let swarm = swarm.and_then(|text| u64::from_str_radix(text, 16).ok());
        Ok(Self {
            swarm: swarm.filter(|swarm| *swarm != u64::MAX),
            nodes: each_once(nodes),
        })
    }
}
