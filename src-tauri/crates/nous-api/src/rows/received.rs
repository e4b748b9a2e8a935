//! What arrived, in order.

use serde::{Deserialize, Serialize};

use super::MessageRow;
use crate::ids::Cursor;

/// Messages in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedPage {
    /// First arrived first. Own messages written on another device are among them.
    pub rows: Vec<ReceivedMessage>,
    /// For the next page.
    pub cursor: Cursor,
}

/// A message that arrived, with the cursor behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReceivedMessage {
    /// The message.
    pub row: MessageRow,
    /// Whether its conversation is a message request.
    pub is_request: bool,
    /// Continues after this message.
    pub cursor: Cursor,
}
