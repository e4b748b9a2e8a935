//! What a search of the messages found.

use serde::{Deserialize, Serialize};

use super::MessageRow;
use crate::ids::Cursor;

/// One page of what a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// Newest first.
    pub rows: Vec<SearchRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
    /// How many messages fit, if they were counted.
    pub total: Option<u32>,
    /// Whether all messages are searched: after an update the older ones come by and by.
    pub is_complete: bool,
}

/// A message that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SearchRow {
    /// The message.
    pub message: MessageRow,
    /// What its conversation is called; `null`: show the shortened ID.
    pub conversation_name: Option<String>,
    /// The piece of the text around the first hit.
    pub snippet: String,
    /// The hits in the snippet.
    pub hits: Vec<SearchHit>,
}

/// A place in a snippet, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Where it begins.
    pub start: u32,
    /// How long it is.
    pub length: u32,
}
