//! The network and the queue, as faces show them.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{ConversationId, MessageId, TimestampMs};

/// A row of what waits to go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OutboxItem {
    /// The message it carries.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Name or `null`.
    pub conversation_name: Option<String>,
    /// Whether the name is that of the directory.
    pub is_directory_name: bool,
    /// Whether this is the copy for own devices.
    pub is_own_copy: bool,
    /// Since when it waits.
    pub queued_at: TimestampMs,
    /// Next try; `null` while one runs.
    pub next_attempt_at: Option<TimestampMs>,
    /// Tries so far.
    pub attempts: u32,
    /// Result of the last try.
    pub error: Option<ApiError>,
}

/// Whether the network can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ConnectivityState {
    /// No network, or no path.
    Offline,
    /// Paths are being built, or one stands where two should.
    Building,
    /// Two paths or more (or as many as the network is made for).
    Connected,
}

/// A node of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PathHop {
    /// IPv4 address.
    pub ip: String,
    /// ISO country code from the embedded table; `null` if unknown (or loopback).
    pub country: Option<String>,
}

/// The state of the network as this device sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Connectivity {
    /// In one word.
    pub state: ConnectivityState,
    /// The standing paths: guard first.
    pub paths: Vec<Vec<PathHop>>,
    /// How many hops of the path being built answer (0–3).
    pub hops_ready: u32,
    /// Nodes known.
    pub known_nodes: u32,
    /// Local clock minus network clock, ms; `null` if unknown.
    #[cfg_attr(feature = "bindings", specta(type = Option<i32>))]
    pub clock_deviation_ms: Option<i64>,
    /// Last successful poll.
    pub last_sync_at: Option<TimestampMs>,
    /// Messages waiting to go out.
    pub waiting: u32,
    /// Messages that failed.
    pub failed: u32,
    /// Contents kept for a newer version or a missing key.
    pub parked: u32,
    /// Messages that could not be used (damaged, forged, not for us), and were dropped.
    pub dropped: u32,
}

/// Result of *Test connection*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// Whether a request went through a path and came back.
    pub ok: bool,
    /// Round trip in ms.
    pub round_trip_ms: Option<u32>,
    /// What went wrong.
    pub error: Option<ApiError>,
}
