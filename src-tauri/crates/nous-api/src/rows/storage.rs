//! What takes up space on this device.

use serde::{Deserialize, Serialize};

use super::AttachmentKind;
use crate::ids::ConversationId;

/// What the profile takes up on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StorageUsage {
    /// The database with its messages.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub database_bytes: u64,
    /// Of that what holds nothing and is used again, or given back by and by.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub free_bytes: u64,
    /// Of that the index for searching.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub index_bytes: u64,
    /// Copies of the database.
    pub backups: u32,
    /// Their bytes.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub backup_bytes: u64,
    /// Small pictures of files.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub thumbnail_bytes: u64,
    /// Pictures of people and groups.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub portrait_bytes: u64,
    /// Files that were chosen, or are on their way out.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub waiting_bytes: u64,
    /// Files of messages, by what they are.
    pub kinds: Vec<StorageUsageRow>,
    /// What each conversation holds, the largest first; at most 100.
    pub conversations: Vec<ConversationUsageRow>,
}

/// What files of one kind take up on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StorageUsageRow {
    /// Which.
    pub kind: AttachmentKind,
    /// How many.
    pub files: u32,
    /// Their bytes.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub bytes: u64,
}

/// What one conversation takes up on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConversationUsageRow {
    /// Which.
    pub conversation: ConversationId,
    /// How many files.
    pub files: u32,
    /// Their bytes.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub bytes: u64,
    /// How many messages.
    pub messages: u32,
}

/// Some files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FilesCount {
    /// How many.
    pub files: u32,
    /// Their bytes.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub bytes: u64,
}
