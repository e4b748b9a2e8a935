//! What the engine keeps between two runs, so that a start needs no seed.
//!
//! Source: `network.md` §1.2, §2.2, §3.7, §6.

use std::collections::BTreeMap;

use nous_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::node::{NodeKey, Snode};

/// A directory, guards, swarms and a clock offset. Kept under
/// [`NetworkConfig::storage_key`](crate::NetworkConfig::storage_key).
///
/// Unknown fields are ignored and missing ones are empty, so other versions' states are read.
/// It names accounts: keep it as carefully as messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CachedState {
    /// All known nodes.
    pub directory: Vec<Snode>,
    /// When it was fetched, local time.
    pub fetched_at: Timestamp,
    /// Guards, the preferred one first.
    pub guards: Vec<NodeKey>,
    /// Members of accounts' swarms, by the account's 66 hex digits.
    pub swarms: BTreeMap<String, SavedSwarm>,
    /// Local clock minus network time.
    pub clock_offset_ms: Option<i64>,
}

/// The members of an account's swarm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SavedSwarm {
    /// Their names.
    pub members: Vec<NodeKey>,
    /// When they were learnt, local time.
    pub fetched_at: Timestamp,
}
