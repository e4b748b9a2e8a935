//! What became of something that was done with messages.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{ConversationId, MessageId};

/// What became of messages that were sent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    /// How many conversations got all of them.
    pub sent: u32,
    /// Those that did not.
    pub refused: Vec<RefusedForward>,
}

/// A conversation that did not get all messages that were sent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RefusedForward {
    /// Which.
    pub conversation: ConversationId,
    /// How many of the messages it got nevertheless.
    pub sent: u32,
    /// Why not the next one.
    pub error: ApiError,
}

/// A message that was taken back before it went out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    /// Its text.
    pub text: String,
    /// What it answered.
    pub quote: Option<MessageId>,
}

/// Shows nothing of the message.
impl std::fmt::Debug for TakenBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TakenBack(…)")
    }
}
