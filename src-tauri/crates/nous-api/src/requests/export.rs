//! Writing a conversation into files.

use serde::{Deserialize, Serialize};

use crate::ids::ConversationId;

/// As what a conversation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ExportFormat {
    /// Pages to read.
    Html,
    /// One document for programs.
    Json,
}

/// Words of the pages, in the person's language. In braces: what is put in their place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportWords {
    /// The language as a BCP 47 tag.
    pub language: String,
    /// What the conversation is called; also the name of the folder, with the day.
    pub title: String,
    /// `{date}`: when this was written.
    pub lead: String,
    /// What we are called.
    pub you: String,
    /// In the place of what was deleted for everyone.
    pub deleted: String,
    /// In the place of what was deleted on this device.
    pub deleted_here: String,
    /// In the place of what this version does not know.
    pub unsupported: String,
    /// A request was accepted.
    pub accepted: String,
    /// Somebody set how long messages stay.
    pub timer: String,
    /// A file was saved outside of the app.
    pub media_saved: String,
    /// A quoted message that is not here.
    pub quote_missing: String,
    /// A quoted message that was deleted.
    pub quote_deleted: String,
    /// `{name}`: a file that is not on this device.
    pub file_missing: String,
    /// Link to the page before.
    pub earlier: String,
    /// Link to the page after.
    pub later: String,
    /// `{count}`: messages that disappear, and are left out.
    pub left_out: String,
    /// What happened in a group.
    pub events: ExportEventWords,
}

/// What happened in a group, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportEventWords {
    /// It was made.
    pub created: String,
    /// We were invited.
    pub invited: String,
    /// We joined.
    pub joined: String,
    /// `{people}`: who was added.
    pub added: String,
    /// `{people}`: who was removed.
    pub removed: String,
    /// `{people}`: who became an admin.
    pub promoted: String,
    /// The author left.
    pub left: String,
    /// `{name}`: what it is called now.
    pub named: String,
    /// It has another name, and nobody said which.
    pub named_unknown: String,
    /// It has another picture.
    pub picture: String,
}

/// Write a conversation into files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportConversationRequest {
    /// Which.
    pub conversation: ConversationId,
    /// As what.
    pub format: ExportFormat,
    /// Words of the pages.
    pub words: ExportWords,
}
