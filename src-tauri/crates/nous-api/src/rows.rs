//! What faces show: plain, owned rows. A row carries everything its first paint needs.

mod acting;
mod answers;
mod attachments;
mod cards;
mod contacts;
mod directory;
mod export;
mod groups;
mod leaving;
mod network;
mod phrase;
mod pictures;
mod received;
mod requests;
mod search;
mod settings;
mod storage;
mod sync;
mod timers;
mod voice;

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{ConversationId, Cursor, MessageId, PictureId, TimestampMs};

pub use acting::{Forwarded, RefusedForward, TakenBack};
pub use answers::{QuoteRow, ReactionPage, ReactionRow, ReceivedReaction};
pub use attachments::{
    AttachmentKind, AttachmentRow, AttachmentState, FilePart, GalleryPage, GalleryRow, RefusedFile,
    SavedAttachment, StagedDrop, StagedFileRow,
};
pub use cards::{CommunityInvitationRow, LinkPreviewRow, MadePreviewRow};
pub use contacts::{ContactDetails, ContactPage, ContactRow, Mute, NotifyMode};
pub use directory::{
    BadLineRow, DirectoryImport, DirectoryPage, DirectoryRow, ImportFormat, ImportStage, MergedCounts,
    SavedFile,
};
pub use export::{ExportRow, ExportStage};
pub use groups::{
    AddedMembers, GroupDetails, GroupEvent, GroupKind, GroupMemberRow, GroupNotifications, GroupStanding,
    GroupSummary, GroupSyncRow, GroupTrouble, KeptGroupRow, MemberState, PersonRef,
};
pub use leaving::{DeletionRow, DeletionState, PasswordCheck, PasswordStrength};
pub use network::{ConnectionTest, Connectivity, ConnectivityState, OutboxItem, PathHop};
pub use phrase::{PhraseCheck, PhraseWord, RecoveryPhraseRow};
pub use pictures::{PictureUpload, StagedPictureRow};
pub use received::{ReceivedMessage, ReceivedPage};
pub use requests::{GroupInvitation, RequestDetails, RequestPage, RequestRow};
pub use search::{SearchHit, SearchPage, SearchRow};
pub use settings::{Language, SettingsRow, Theme};
pub use storage::{ConversationUsageRow, FilesCount, StorageUsage, StorageUsageRow};
pub use sync::{SyncPhase, SyncRow, SyncedConfig};
pub use timers::{DisappearsRow, Timer, TimerKind};
pub use voice::{PlaybackRow, PlaybackState, RecordingRow, RecordingState, SoundRef, VoiceDraft, VoiceRow};

/// How far the app has come with its profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Stage {
    /// No account yet: first start.
    NoAccount,
    /// A password is needed.
    Locked,
    /// Everything can be used.
    Ready,
    /// The account is being deleted: nothing else can be asked.
    Deleting,
    /// The database is damaged: nothing was overwritten.
    #[serde(rename_all = "camelCase")]
    Damaged {
        /// Name of the damaged file, without folders.
        file: String,
        /// The newest good backup, if there is one.
        backup_at: Option<TimestampMs>,
    },
    /// The profile cannot be opened for another reason.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// What a face needs before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BootState {
    /// How far the profile is.
    pub stage: Stage,
    /// Settings that the first screen needs; defaults where the profile is locked.
    pub settings: SettingsRow,
    /// The app's version.
    pub version: String,
    /// Name of the network (`mainnet`, `testnet`, `local`, …).
    pub network: String,
    /// A contact that answers, on the embedded network only.
    pub demo_contact: Option<DemoContact>,
    /// The system's languages as BCP 47 tags, the preferred one first; empty if unknown.
    pub system_languages: Vec<String>,
}

/// Somebody who answers, offered in the empty state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DemoContact {
    /// 66 hex digits.
    pub account_id: String,
    /// The name to show until the contact's own arrives.
    pub name: String,
}

/// How the database key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Protection {
    /// Behind a password.
    Password,
    /// In the system's keyring.
    Keyring,
    /// In a file that only this computer account can read.
    File,
}

/// The own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AccountRow {
    /// 66 hex digits.
    pub account_id: String,
    /// The name given to others; empty while a restored account's name is not known.
    pub display_name: String,
    /// The own picture, as it is shown here.
    pub picture: Option<PictureId>,
    /// Whether others can see it.
    pub picture_upload: PictureUpload,
    /// How the database key is kept.
    pub protection: Protection,
    /// Whether the person has looked at the recovery phrase, or hidden the reminder.
    pub phrase_seen: bool,
    /// Whether the password page of the first start was answered or skipped.
    pub protection_asked: bool,
    /// Restored from its phrase, and what the network has is still being fetched.
    pub is_restoring: bool,
}

/// What was recognised in a pasted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum RecognisedAddress {
    /// Nothing typed yet.
    Empty,
    /// One or several account IDs, in order, without repeats.
    #[serde(rename_all = "camelCase")]
    Accounts {
        /// 66 hex digits and the name known here, if any.
        accounts: Vec<RecognisedAccount>,
    },
    /// It has the form of a name (ONS) and can be looked up.
    #[serde(rename_all = "camelCase")]
    Name {
        /// In lower case.
        name: String,
    },
    /// It is neither.
    #[serde(rename_all = "camelCase")]
    Error {
        /// Why.
        error: ApiError,
    },
}

/// An account found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RecognisedAccount {
    /// 66 hex digits.
    pub account_id: String,
    /// Its name here, if known.
    pub name: Option<String>,
    /// Whether the name is that of the directory: nothing vouches for it.
    pub is_directory_name: bool,
    /// Its picture, if it is here and may be shown.
    pub picture: Option<PictureId>,
    /// It is the own account: opens Note to Self.
    pub is_self: bool,
}

/// What a conversation is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ConversationKind {
    /// Another person.
    Person,
    /// Oneself.
    NoteToSelf,
    /// A group.
    Group,
}

/// A conversation as in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConversationRow {
    /// Its name for every function.
    pub id: ConversationId,
    /// With whom.
    pub kind: ConversationKind,
    /// 66 hex digits: of the person, or of the group.
    pub account_id: String,
    /// Of a group what the list needs of it; `null` for a person.
    pub group: Option<GroupSummary>,
    /// What they are called here: nickname, given name of a contact, or name in the directory; with
    /// the shortened ID where two are called the same. `null`: show the shortened account ID.
    pub name: Option<String>,
    /// Whether the name is that of the directory: nothing vouches for it.
    pub is_directory_name: bool,
    /// The person's picture, once it is here and may be shown.
    pub picture: Option<PictureId>,
    /// The last message, if any.
    pub last_message: Option<LastMessage>,
    /// Time of the last activity.
    pub last_activity_at: TimestampMs,
    /// Unread messages.
    pub unread_count: u32,
    /// Whether it was marked as unread by hand.
    pub is_marked_unread: bool,
    /// What may disturb.
    pub notify: NotifyMode,
    /// How long it is silent.
    pub mute: Mute,
    /// Unsent text, empty if none.
    pub draft: String,
    /// The message that the unsent text answers.
    pub draft_quote: Option<MessageId>,
    /// Standing above the others.
    pub is_pinned: bool,
    /// 0 if it is not pinned; a higher pin stands above a lower one.
    pub pin_rank: u32,
    /// Whether it stands in the list (a conversation just opened does not, before its first message).
    pub is_listed: bool,
    /// Whether it is a message request, which stands in the list of requests instead.
    pub is_request: bool,
    /// Whether we accepted this person.
    pub is_approved: bool,
    /// Whether this person accepted us.
    pub has_approved_me: bool,
    /// Whether this person is blocked.
    pub is_blocked: bool,
    /// How long new messages stay.
    pub timer: Timer,
    /// Whether files from there are fetched without a click.
    pub auto_download: bool,
    /// How many chosen files stand in the draft.
    pub staged_files: u32,
}

/// The last line of a conversation in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LastMessage {
    /// What it is.
    pub kind: LastMessageKind,
    /// The first 200 characters; empty for what is no text.
    pub preview: String,
    /// What happened, of a [`LastMessageKind::GroupEvent`].
    pub event: Option<GroupEvent>,
    /// In a group who wrote it, if it is not ours.
    pub author: Option<PersonRef>,
    /// Who is mentioned in the preview.
    pub mentions: Vec<PersonRef>,
    /// Whether it is ours.
    pub is_own: bool,
    /// The state, for own messages.
    pub state: Option<MessageState>,
    /// Why it failed, or why it waits.
    pub error: Option<ApiError>,
    /// Network time of sending.
    pub sent_at: TimestampMs,
}

/// What the last line of a conversation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LastMessageKind {
    /// A text.
    Text,
    /// Deleted on this device.
    Deleted,
    /// Of a kind that this version does not know.
    Unsupported,
    /// A request was accepted: by us if it is ours, else by the other.
    RequestAccepted,
    /// Something happened in the group.
    GroupEvent,
    /// Deleted for everybody.
    DeletedForAll,
    /// Messages stay for another time from now on.
    TimerChanged,
    /// A file was saved outside of the app.
    MediaSaved,
    /// A picture.
    Picture,
    /// A video.
    Video,
    /// Sound.
    Audio,
    /// A voice message.
    Voice,
    /// A file.
    File,
    /// An invitation to a community.
    CommunityInvitation,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConversationPage {
    /// Pinned first, then by last activity.
    pub rows: Vec<ConversationRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
    /// Number of all listed conversations.
    pub total: u32,
}

/// The states of `product.md` §7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum MessageState {
    /// Written down, waiting.
    Queued,
    /// An attempt runs.
    Sending,
    /// The recipient's swarm stored it.
    Sent,
    /// Sent, own devices not yet.
    NotSynced,
    /// The recipient's receipt arrived.
    Read,
    /// Will not go out by itself.
    Failed,
}

/// What a message shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum MessageBody {
    /// Text, up to 4,000 characters here.
    #[serde(rename_all = "camelCase")]
    Text {
        /// The text.
        text: String,
        /// Whether more of it can be asked for.
        truncated: bool,
    },
    /// Deleted on this device.
    Deleted,
    /// Contents that this version does not know, folded.
    #[serde(rename_all = "camelCase")]
    Unsupported {
        /// How many.
        count: u32,
    },
    /// A request was accepted: by us if the row is ours, else by its author.
    RequestAccepted,
    /// Something happened in the group.
    #[serde(rename_all = "camelCase")]
    GroupEvent {
        /// What.
        event: GroupEvent,
    },
    /// Deleted for everybody.
    DeletedForAll,
    /// The author set how long messages stay.
    #[serde(rename_all = "camelCase")]
    TimerChanged {
        /// As it is set.
        timer: Timer,
        /// Whether our messages stay as long.
        is_followed: bool,
    },
    /// The author saved a file that they were sent.
    MediaSaved,
}

/// A message as in the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MessageRow {
    /// Its name for every function.
    pub id: MessageId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// 66 hex digits of the author.
    pub author: String,
    /// The author's name, if known.
    pub author_name: Option<String>,
    /// In a group the author's picture, if it is here and may be shown.
    pub author_picture: Option<PictureId>,
    /// Who is mentioned in the text, or in what it answers: `@` and their account ID stand there.
    pub mentions: Vec<PersonRef>,
    /// Whether we are mentioned, or, in a group, answered.
    pub mentions_us: bool,
    /// Whether it is ours.
    pub is_own: bool,
    /// What it shows.
    pub body: MessageBody,
    /// Network time of sending, its name on the network.
    pub sent_at: TimestampMs,
    /// When it arrived here; for own messages when it was written.
    pub received_at: TimestampMs,
    /// The state, for own messages.
    pub state: Option<MessageState>,
    /// Why it failed, or why it waits.
    pub error: Option<ApiError>,
    /// When it is tried again, while queued after a try.
    pub next_attempt_at: Option<TimestampMs>,
    /// Whether something of an own message has left this device, or may have: it cannot be taken back.
    pub may_have_left: bool,
    /// When the recipient read it.
    pub read_at: Option<TimestampMs>,
    /// Whether it is unread.
    pub is_unread: bool,
    /// What it answers.
    pub quote: Option<QuoteRow>,
    /// Who reacted, in the order of the first of each emoji.
    pub reactions: Vec<ReactionRow>,
    /// When it disappears; `null`: it stays.
    pub disappears: Option<DisappearsRow>,
    /// Its files.
    pub attachments: Vec<AttachmentRow>,
    /// The preview of a link in its text.
    pub preview: Option<LinkPreviewRow>,
    /// The community to which it invites.
    pub invitation: Option<CommunityInvitationRow>,
}

/// One page of a timeline, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    /// Oldest first.
    pub rows: Vec<MessageRow>,
    /// For older ones; `null` at the beginning.
    pub older: Option<Cursor>,
    /// For newer ones; `null` at the end.
    pub newer: Option<Cursor>,
    /// The first unread message of the conversation, if any.
    pub first_unread: Option<MessageId>,
    /// The first unread message that mentions us, if any.
    pub first_unread_mention: Option<MessageId>,
}

/// Everything about one message, for its information page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MessageInfo {
    /// The row.
    pub row: MessageRow,
    /// The whole text.
    pub full_text: String,
    /// When the recipient's swarm stored it.
    pub stored_at: Option<TimestampMs>,
    /// Hash on the server.
    pub server_hash: Option<String>,
    /// When the swarm forgets it.
    pub expires_at: Option<TimestampMs>,
    /// How often it was tried.
    pub attempts: u32,
}
