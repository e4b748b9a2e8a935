//! How the network is reached at this moment, for the screen.
//!
//! Source: `network.md` §3.7, `product.md` (path page).

use std::net::Ipv4Addr;

use nous_protocol::time::Timestamp;

use crate::node::NodeKey;

/// Whether requests can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkState {
    /// The system has no network; nothing is sent.
    Offline,
    /// No path stands yet; they are being built.
    #[default]
    Building,
    /// At least one path stands.
    Connected,
}

/// One node of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HopView {
    /// Its name.
    pub key: NodeKey,
    /// Its address; do not log it.
    pub ip: Ipv4Addr,
}

/// A path that stands, guard first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathView {
    /// Its nodes.
    pub hops: Vec<HopView>,
}

/// A snapshot, renewed whenever something in it changes.
///
/// The dot: red without a path, yellow with fewer than `wanted_paths`, else green.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Connectivity {
    /// Whether requests can be sent.
    pub state: LinkState,
    /// The paths that stand.
    pub paths: Vec<PathView>,
    /// How many paths are wanted of a directory of this size.
    pub wanted_paths: usize,
    /// Nodes in the directory.
    pub directory_size: usize,
    /// Local clock minus network time, once a node's time was learnt.
    pub clock_offset_ms: Option<i64>,
    /// When the last request was answered, network time.
    pub last_success: Option<Timestamp>,
}
