//! What changed. Events never carry the new value (but progress): faces ask again.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{ConversationId, JobId, MessageId};

/// Ids that changed, or everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "of")]
pub enum Changed<T> {
    /// These.
    Some {
        /// At most 100.
        ids: Vec<T>,
    },
    /// More than 100: ask for everything shown.
    All,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum JobState {
    /// Going on.
    Running,
    /// Done. Restoring: whether a name must be asked for.
    #[serde(rename_all = "camelCase")]
    Done {
        /// No display name was found: ask for one.
        needs_name: bool,
        /// The network did not answer in time; it goes on in the background.
        continues: bool,
    },
    /// It could not be done.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// How far a file of a message is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TransferProgress {
    /// The message.
    pub message: MessageId,
    /// The file's place in it.
    pub index: u32,
    /// Bytes that went or came.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub done_bytes: u64,
    /// Bytes in all.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub size_bytes: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum AppEvent {
    /// Rows of the conversation list.
    #[serde(rename_all = "camelCase")]
    ConversationsChanged {
        /// Which.
        ids: Changed<ConversationId>,
    },
    /// Messages of one conversation.
    #[serde(rename_all = "camelCase")]
    MessagesChanged {
        /// Where.
        conversation: ConversationId,
        /// Which.
        ids: Changed<MessageId>,
    },
    /// Message requests: one came, changed or went.
    RequestsChanged,
    /// Connectivity, queue counts.
    ConnectivityChanged,
    /// Who types.
    TypingChanged,
    /// A job goes on or ends.
    #[serde(rename_all = "camelCase")]
    JobProgress {
        /// Which.
        job: JobId,
        /// Steps done.
        done: u32,
        /// Steps in all, if known.
        total: Option<u32>,
        /// How it stands.
        state: JobState,
    },
    /// Account row or boot stage.
    AccountChanged,
    /// Settings.
    SettingsChanged,
    /// Groups and communities.
    GroupsChanged,
    /// The directory of this device.
    DirectoryChanged,
    /// What is recorded or plays: it goes on, or it stands otherwise. At most ten times a second.
    VoiceChanged,
    /// How far files of messages are on their way. At most ten times a second.
    #[serde(rename_all = "camelCase")]
    TransfersChanged {
        /// Those that moved.
        transfers: Vec<TransferProgress>,
    },
    /// Show a conversation (notification clicked, link opened).
    #[serde(rename_all = "camelCase")]
    Navigate {
        /// Which.
        conversation: ConversationId,
    },
    /// Forget everything and ask again.
    Resync,
}

/// What is sent at once: one batch, then nothing until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EventBatch {
    /// Grows by one per batch; a gap means `Resync`.
    pub seq: u32,
    /// Merged: at most one entry per topic.
    pub events: Vec<AppEvent>,
}
