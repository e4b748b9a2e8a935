//! What faces ask for, where it is more than one argument.

mod attachments;
mod contacts;
mod directory;
mod export;
mod groups;
mod search;
mod storage;
mod voice;

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, Cursor, LinkPreviewId, MessageId, PictureId, StagedFileId};
use crate::rows::{Language, Theme};

pub use attachments::{
    FilePieceRequest, FilmRef, GalleryKind, GalleryRequest, SetPosterRequest, StageFileRequest,
};
pub use contacts::{
    ContactList, ListContactsRequest, MuteFor, SetMuteRequest, SetNicknameRequest, SetNotifyRequest,
};
pub use directory::{
    DirectoryFormat, ExportDirectoryRequest, ListDirectoryRequest, SaveDirectoryEntryRequest,
    WriteDirectoryImportRequest,
};
pub use export::{ExportConversationRequest, ExportEventWords, ExportFormat, ExportWords};
pub use groups::{
    AddGroupMembersRequest, ChangeGroupRequest, CreateGroupRequest, GroupMemberAction,
    GroupMemberActionRequest, GroupWords, LeaveGroupRequest, SetGroupPictureRequest,
};
pub use search::{SearchHas, SearchRequest};
pub use storage::{FilesRequest, OldMessagesRequest};
pub use voice::{PlaySoundRequest, PlaybackAction, RecordingAction};

/// Make an account in an empty profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CreateAccountRequest {
    /// 1 to 100 bytes after cleaning.
    pub display_name: String,
}

/// Restore an account from its phrase. Answers with a job.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RestoreAccountRequest {
    /// The words as typed.
    pub phrase: String,
    /// The name to use when the network knows none.
    pub display_name: Option<String>,
}

impl std::fmt::Debug for RestoreAccountRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RestoreAccountRequest(…)")
    }
}

/// Set, change or remove the password of this device.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetPasswordRequest {
    /// The present one, if there is one.
    pub current: Option<String>,
    /// The new one (6–256 characters); `null` removes it.
    pub new: Option<String>,
}

impl std::fmt::Debug for SetPasswordRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetPasswordRequest(…)")
    }
}

/// Delete the account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeleteAccountRequest {
    /// The password of this device, if there is one.
    pub password: Option<String>,
    /// Also everything that the network keeps of it; else only what is on this device.
    pub from_network: bool,
}

impl std::fmt::Debug for DeleteAccountRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeleteAccountRequest")
            .field("from_network", &self.from_network)
            .finish_non_exhaustive()
    }
}

/// A page of the conversation list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListConversationsRequest {
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
    /// Only names, IDs starting so; empty for all.
    pub filter: String,
}

/// A page of the message requests.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListRequestsRequest {
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
}

/// Where a page of messages lies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "at")]
pub enum Anchor {
    /// The newest.
    Latest,
    /// Around one message.
    #[serde(rename_all = "camelCase")]
    Around {
        /// Which.
        message: MessageId,
    },
    /// Older than a cursor.
    #[serde(rename_all = "camelCase")]
    Before {
        /// Which.
        cursor: Cursor,
    },
    /// Newer than a cursor.
    #[serde(rename_all = "camelCase")]
    After {
        /// Which.
        cursor: Cursor,
    },
}

/// A page of a timeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListMessagesRequest {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Where.
    pub anchor: Anchor,
    /// At most 100.
    pub limit: u32,
}

/// Write a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendMessageRequest {
    /// Where to.
    pub conversation: ConversationId,
    /// The text, up to 2,000 code points; empty only with files.
    pub body: String,
    /// Made by the face; the same token sends once, however often it is asked.
    pub client_token: String,
    /// The message that it answers.
    pub quote: Option<MessageId>,
    /// Chosen files that go with it, in order, at most 32: pictures and films as one message, every other
    /// as one of its own.
    pub attachments: Vec<StagedFileId>,
    /// The preview of a link that stands in the text, as [`crate::previews::preview_link`] made it.
    pub preview: Option<LinkPreviewId>,
}

/// Keep what was typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetDraftRequest {
    /// Where.
    pub conversation: ConversationId,
    /// The text; empty removes the draft.
    pub text: String,
    /// The message of the conversation that it answers.
    pub quote: Option<MessageId>,
}

/// A square of a picture: first turned, then cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CropSquare {
    /// Quarter turns, clockwise.
    pub quarter_turns: u8,
    /// The left edge in the turned picture, in its pixels.
    pub x_px: u32,
    /// The upper edge.
    pub y_px: u32,
    /// The side.
    pub side_px: u32,
}

/// Take a staged picture as our own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetPictureRequest {
    /// Which.
    pub staged: PictureId,
    /// What of it; `null`: the largest square in the middle. A moving picture is sent whole.
    pub crop: Option<CropSquare>,
}

/// Change settings; absent ones stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct SetSettingsRequest {
    /// See [`crate::rows::SettingsRow`].
    pub theme: Option<Theme>,
    /// See [`crate::rows::SettingsRow`].
    pub language: Option<Language>,
    /// See [`crate::rows::SettingsRow`].
    pub text_size_percent: Option<u32>,
    /// See [`crate::rows::SettingsRow`].
    pub enter_sends: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub spell_check: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub list_width_px: Option<u32>,
    /// See [`crate::rows::SettingsRow`].
    pub read_receipts: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub typing_indicators: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub community_requests: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub auto_lock_minutes: Option<u32>,
    /// See [`crate::rows::SettingsRow`].
    pub member_names: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub auto_download: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub play_next_voice: Option<bool>,
    /// See [`crate::rows::SettingsRow`].
    pub link_previews: Option<bool>,
}
