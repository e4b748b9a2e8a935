//! Message requests.

use serde::{Deserialize, Serialize};

use super::PersonRef;
use crate::ids::{ConversationId, Cursor, TimestampMs};

/// A message request as in the list: without the name that its sender gave themselves, which
/// is seen only inside ([`RequestDetails`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RequestRow {
    /// Its conversation.
    pub id: ConversationId,
    /// Who asks: 66 hex digits; of an invitation into a group the group's.
    pub account_id: String,
    /// What the directory of this device calls them; nothing vouches for it.
    pub directory_name: Option<String>,
    /// The group that it invites into; `null` if a person asks.
    pub group: Option<GroupInvitation>,
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
    /// The group that it invites into; `null` if a person asks.
    pub group: Option<GroupInvitation>,
}

/// An invitation into a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupInvitation {
    /// The group's name, as the invitation says; `null` if it has none.
    pub name: Option<String>,
    /// Who invited us; `null` if only another device knows.
    pub inviter: Option<PersonRef>,
}
