//! What faces ask about files of messages.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, MessageId, StagedFileId};

/// Choose a file: before its bytes, as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageFileRequest {
    /// In whose draft it stands; `null`: in none.
    pub conversation: Option<ConversationId>,
    /// What it is called; empty: it has no name.
    pub name: String,
    /// A picture is sent as it is, with its metadata.
    pub as_it_is: bool,
    /// What came of it already, piece by piece; the bytes behind this line are the last of it.
    #[serde(default)]
    pub upload: Option<String>,
}

/// A piece of a file that is chosen: before its bytes, as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePieceRequest {
    /// How the page calls the file while it comes.
    pub upload: String,
    /// How many bytes came before.
    pub at: u64,
    /// Bytes of the whole.
    pub size: u64,
}

/// A film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum FilmRef {
    /// Of a message.
    #[serde(rename_all = "camelCase")]
    Message {
        /// Which.
        message: MessageId,
        /// The file's place in it.
        index: u32,
    },
    /// One that was chosen.
    #[serde(rename_all = "camelCase")]
    Staged {
        /// Which.
        file: StagedFileId,
    },
}

/// Keep what a page drew of a film: before the drawn picture, as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetPosterRequest {
    /// Of which.
    pub film: FilmRef,
    /// How long it is, if the page could tell.
    pub duration_ms: Option<u32>,
}

/// What a gallery shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GalleryKind {
    /// Pictures and films.
    Media,
    /// Sound and other files.
    Files,
    /// Links.
    Links,
}

/// A page of a gallery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GalleryRequest {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// What.
    pub kind: GalleryKind,
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
}
