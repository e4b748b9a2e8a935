//! What messages answer, and how people react to them.

use serde::{Deserialize, Serialize};

use super::{AttachmentKind, PersonRef};
use crate::ids::{ConversationId, Cursor, MessageId, PictureId, TimestampMs};

/// The message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct QuoteRow {
    /// 66 hex digits.
    pub author: String,
    /// The author's name, if known.
    pub author_name: Option<String>,
    /// Whether it is ours.
    pub is_own: bool,
    /// Its name on the network.
    pub sent_at: TimestampMs,
    /// The original, if it is here.
    pub message: Option<MessageId>,
    /// The first 200 characters of its text.
    pub preview: Option<String>,
    /// Whether the original was deleted.
    pub is_deleted: bool,
    /// What the first of its files is, if it has any.
    pub file: Option<AttachmentKind>,
    /// A small picture of that file, if there is one.
    pub thumbnail: Option<PictureId>,
}

/// An emoji with those who reacted with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ReactionRow {
    /// Which.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// Whether we are among them.
    pub is_own: bool,
    /// The first 20 of them; all of them in the information about a message.
    pub people: Vec<PersonRef>,
}

/// Reactions of others in order of arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionPage {
    /// First arrived first. Those that were taken back since are left out.
    pub rows: Vec<ReceivedReaction>,
    /// For the next page.
    pub cursor: Cursor,
}

/// A reaction of somebody else, with the cursor behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedReaction {
    /// To which message.
    pub message: MessageId,
    /// Where that stands.
    pub conversation: ConversationId,
    /// 66 hex digits of who reacted.
    pub from: String,
    /// With what.
    pub emoji: String,
    /// Whether it may disturb: the message is ours, in a conversation of two.
    pub notifies: bool,
    /// Continues after this one.
    pub cursor: Cursor,
}
