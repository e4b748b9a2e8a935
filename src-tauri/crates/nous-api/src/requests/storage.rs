//! Which files and messages take up space.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, TimestampMs};

/// Files of messages on this device: those that are all of what is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FilesRequest {
    /// Only there; `null`: everywhere.
    pub conversation: Option<ConversationId>,
    /// Only of messages before this moment.
    pub older_than: Option<TimestampMs>,
    /// Only files of more bytes.
    #[cfg_attr(feature = "bindings", specta(type = Option<u32>))]
    pub larger_than_bytes: Option<u64>,
}

/// Messages of a conversation on this device that stand before a moment. What waits to be sent is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct OldMessagesRequest {
    /// Where.
    pub conversation: ConversationId,
    /// The moment.
    pub older_than: TimestampMs,
}
