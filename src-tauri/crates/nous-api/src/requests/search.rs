//! What a search asks for.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, TimestampMs};

/// What a message that is searched for must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SearchHas {
    /// A file.
    File,
    /// A link.
    Link,
    /// A picture.
    Picture,
}

/// Search the messages.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// Beginnings of words.
    pub text: String,
    /// Only there; `null`: everywhere.
    pub conversation: Option<ConversationId>,
    /// 66 hex digits: only what they wrote.
    pub author: Option<String>,
    /// Only what was sent then or later.
    pub after: Option<TimestampMs>,
    /// Only what was sent before.
    pub before: Option<TimestampMs>,
    /// Only messages with all of these.
    pub has: Vec<SearchHas>,
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
}

/// Shows nothing of what is searched for.
impl std::fmt::Debug for SearchRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SearchRequest(…)")
    }
}
