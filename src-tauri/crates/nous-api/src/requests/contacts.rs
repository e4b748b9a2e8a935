//! What faces ask for about people.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, TimestampMs};
use crate::rows::NotifyMode;

/// Whom a list of people holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ContactList {
    /// Who accepted us and was accepted, and is not blocked.
    Contacts,
    /// Who is blocked.
    Blocked,
    /// Everybody who accepted us, was accepted, or is blocked.
    Everybody,
}

/// A page of people.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListContactsRequest {
    /// Which people.
    pub list: ContactList,
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
    /// Only names with a word that begins so, and IDs that do; empty for all.
    pub filter: String,
}

/// Give a nickname.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetNicknameRequest {
    /// To whom.
    pub conversation: ConversationId,
    /// 1 to 100 bytes after cleaning; empty takes it back.
    pub nickname: String,
}

/// Set what may disturb.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetNotifyRequest {
    /// Where.
    pub conversation: ConversationId,
    /// What. Between two people, mentions count as all.
    pub mode: NotifyMode,
}

/// For how long a conversation is to be silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum MuteFor {
    /// Not at all.
    Off,
    /// From now on for so many seconds.
    #[serde(rename_all = "camelCase")]
    Seconds {
        /// How many.
        seconds: u32,
    },
    /// Until a moment.
    #[serde(rename_all = "camelCase")]
    Until {
        /// When.
        at: TimestampMs,
    },
    /// Until it is turned on again.
    Always,
}

/// Mute a conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetMuteRequest {
    /// Which.
    pub conversation: ConversationId,
    /// For how long.
    pub mute: MuteFor,
}
