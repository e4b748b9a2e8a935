//! Files of messages.

use serde::{Deserialize, Serialize};

use super::PersonRef;
use crate::errors::ApiError;
use crate::ids::{Cursor, MessageId, PictureId, StagedFileId, TimestampMs};

/// What a file of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AttachmentKind {
    /// A picture.
    Picture,
    /// A video.
    Video,
    /// Sound.
    Audio,
    /// A voice message.
    Voice,
    /// Anything else.
    File,
}

/// Where a file of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AttachmentState {
    /// Ours: waits.
    Queued,
    /// Ours: on its way.
    Uploading,
    /// Ours: it arrived.
    Uploaded,
    /// On the server only.
    Remote,
    /// On its way here.
    Downloading,
    /// Here.
    Local,
    /// It could not be fetched or sent.
    Failed,
    /// The server has it no more.
    Expired,
}

/// A file of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AttachmentRow {
    /// Its place among the files of the message, from 0.
    pub index: u32,
    /// Its name, cleaned; `null` if it has none.
    pub name: Option<String>,
    /// Its size, if known.
    #[cfg_attr(feature = "bindings", specta(type = Option<u32>))]
    pub size_bytes: Option<u64>,
    /// Its type, as its sender says; once it is here, as its first bytes say.
    pub content_type: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// In pixels, of pictures and videos, if known.
    pub width: Option<u32>,
    /// In pixels, of pictures and videos, if known.
    pub height: Option<u32>,
    /// How long it plays, if known.
    pub duration_ms: Option<u32>,
    /// How loud a voice message is over its length; empty if not known.
    pub waveform: Vec<u8>,
    /// Where it is.
    pub state: AttachmentState,
    /// Bytes that went or came so far.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub done_bytes: u64,
    /// Why it failed.
    pub error: Option<ApiError>,
    /// A small picture of it, if there is one.
    pub thumbnail: Option<PictureId>,
    /// It moves.
    pub is_animated: bool,
    /// What its sender wrote below it.
    pub caption: Option<String>,
    /// Opening it would run it.
    pub is_program: bool,
}

/// A file that was chosen and is not sent yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StagedFileRow {
    /// Its name for every function.
    pub id: StagedFileId,
    /// Its name, cleaned; `null` if it has none.
    pub name: Option<String>,
    /// Its size as it is sent.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub size_bytes: u64,
    /// Its type.
    pub content_type: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// In pixels, of pictures and videos, if known.
    pub width: Option<u32>,
    /// In pixels, of pictures and videos, if known.
    pub height: Option<u32>,
    /// How long it plays, if known.
    pub duration_ms: Option<u32>,
    /// How loud a voice message is over its length; empty if not known.
    pub waveform: Vec<u8>,
    /// A small picture of it, if there is one.
    pub thumbnail: Option<PictureId>,
    /// It moves.
    pub is_animated: bool,
    /// Opening it would run it.
    pub is_program: bool,
    /// The person wants it to go as it is: a picture keeps its metadata.
    pub as_it_is: bool,
}

/// Files that were dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StagedDrop {
    /// Those that were taken, in order.
    pub staged: Vec<StagedFileRow>,
    /// Those that were not.
    pub refused: Vec<RefusedFile>,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its place among those that were dropped, from 0. The others were taken.
    pub index: u32,
    /// What it is called.
    pub name: String,
    /// Why.
    pub error: ApiError,
}

/// A file of a message that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SavedAttachment {
    /// Its name there.
    pub name: String,
    /// The folder.
    pub folder: String,
    /// Its size.
    #[cfg_attr(feature = "bindings", specta(type = u32))]
    pub size_bytes: u64,
}

/// What a gallery shows of a message: a file, or links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GalleryRow {
    /// The message.
    pub message: MessageId,
    /// Who sent it.
    pub author: PersonRef,
    /// Network time of sending.
    pub sent_at: TimestampMs,
    /// The file; `null` for links.
    pub file: Option<AttachmentRow>,
    /// The links, as they stand in the text.
    pub links: Vec<String>,
}

/// One page of a gallery, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GalleryPage {
    /// Newest first; the files of a message in their order.
    pub rows: Vec<GalleryRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
}

/// A part of a file, for who shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Its type: one that a page shows or plays.
    pub content_type: String,
    /// How many bytes the file has.
    pub length: u64,
    /// Those that were asked for.
    pub bytes: Vec<u8>,
}

/// Shows nothing of the file.
impl std::fmt::Debug for FilePart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FilePart(…)")
    }
}
