//! What all devices of the account share, as faces show it.

use serde::{Deserialize, Serialize};

use crate::ids::TimestampMs;

/// One of the configs of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SyncedConfig {
    /// Name, picture, Note to Self.
    UserProfile,
    /// People.
    Contacts,
    /// What was read.
    ConvoInfoVolatile,
    /// Groups and communities.
    UserGroups,
}

/// Whether a config is stored in the swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SyncPhase {
    /// Stored.
    Clean,
    /// Changed here, and not sent.
    Dirty,
    /// Sent, and not confirmed.
    Pending,
}

/// How a config stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SyncRow {
    /// Which.
    pub config: SyncedConfig,
    /// Whether it is stored.
    pub state: SyncPhase,
    /// The number of its version.
    pub seqno: i64,
    /// 64 hex digits, the same on all devices that agree; `null` while it is being changed.
    pub digest: Option<String>,
    /// The last push that was confirmed.
    pub pushed_at: Option<TimestampMs>,
    /// Whether it holds more than the network takes: what is changed stays on this device.
    pub is_too_large: bool,
}
