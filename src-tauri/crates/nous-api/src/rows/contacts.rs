//! People.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, PictureId, TimestampMs};

/// What may disturb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum NotifyMode {
    /// As the app is set.
    Default,
    /// Every message.
    All,
    /// Those that name the person; in groups.
    Mentions,
    /// None.
    None,
}

/// How long a conversation is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Mute {
    /// Not at all.
    Off,
    /// Until a moment, which may have passed.
    #[serde(rename_all = "camelCase")]
    Until {
        /// When.
        at: TimestampMs,
    },
    /// Until it is turned on again.
    Always,
}

/// Somebody who accepted us, was accepted, or is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ContactRow {
    /// 66 hex digits; also the id of the conversation.
    pub account_id: String,
    /// The name they gave themselves, if known.
    pub name: Option<String>,
    /// The name given to them here.
    pub nickname: Option<String>,
    /// What the directory of this device calls them; shown where no other name is.
    pub directory_name: Option<String>,
    /// Their picture, if it is here and may be shown.
    pub picture: Option<PictureId>,
    /// Whether we accepted them.
    pub is_approved: bool,
    /// Whether they accepted us.
    pub did_approve_me: bool,
    /// Whether they are blocked.
    pub is_blocked: bool,
    /// −1 hidden, 0 normal, more: pinned, higher is nearer the top.
    pub priority: i32,
}

/// One page of people, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ContactPage {
    /// Nickname or name, without case and accents; who has none comes last.
    pub rows: Vec<ContactRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
}

/// Everything about one person, for their page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ContactDetails {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who.
    pub contact: ContactRow,
    /// Names of the groups in which they are too, as far as this device knows.
    pub common_groups: Vec<String>,
}
