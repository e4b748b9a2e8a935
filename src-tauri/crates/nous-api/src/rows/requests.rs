//! Message requests.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, TimestampMs};

/// A message request as in the list: without the name that its sender gave themselves, which
/// is seen only inside ([`RequestDetails`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RequestRow {
    /// Its conversation.
    pub id: ConversationId,
    /// Who asks: 66 hex digits.
    pub account_id: String,
    /// What the directory of this device calls them; nothing vouches for it.
    pub directory_name: Option<String>,
    /// The first 200 characters of the newest message.
    pub preview: String,
    /// Time of the newest message.
    pub last_activity_at: TimestampMs,
    /// Unread messages.
    pub unread_count: u32,
}

/// One page of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RequestPage {
    /// Newest first.
    pub rows: Vec<RequestRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
    /// Number of all requests.
    pub total: u32,
}

/// The inside of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RequestDetails {
    /// Its conversation.
    pub id: ConversationId,
    /// Who asks: 66 hex digits.
    pub account_id: String,
    /// The name that the sender gave themselves; nothing vouches for it.
    pub given_name: Option<String>,
}
