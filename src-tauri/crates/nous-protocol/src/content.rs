//! What messages say: contents checked when read, and written.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`Parsed`], [`Incoming`] and what they are made of |
//! | [`parse`](mod@parse) | reading with every bound |
//! | [`encode`](mod@encode) | [`Outgoing`], writing, our own copies |
//! | [`group`] | contents about groups |
//! | [`profile`] | whose profile wins |
//!
//! Source: `messages.md` §3 and §4.

pub mod encode;
pub mod group;
pub mod parse;
pub mod profile;

mod attachment;
mod emoji;

pub use attachment::{Attachment, clean_file_name};
pub use emoji::{MAX_EMOJI, is_emoji};
pub use encode::{
    Outgoing, OutgoingBody, encode, is_data_extraction, is_request_response, own_copy, retimed,
};
pub use group::GroupUpdate;
pub use parse::{parse, parse_community};
pub use profile::{Picture, Profile, profile_wins};

pub use crate::wire::protobuf::Content;

use crate::account::{AccountId, GroupId};
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;

/// The longest text read, in code points; what is longer is cut.
pub const MAX_BODY: usize = 10_000;
/// The most attachments of a message.
pub const MAX_ATTACHMENTS: usize = 32;
/// The longest timer, in seconds.
pub const MAX_TIMER: u32 = 31_536_000;

/// Why a content is rejected. It is dropped, but its hash is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// No protobuf of the schema.
    #[error("not a content")]
    Protobuf,
    /// The signed time is not the envelope's, or too far from the server's.
    #[error("the signed time is another one")]
    TimestampMismatch,
    /// A field that must be there; names it.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field beyond its bounds, or in a form it cannot have; names it.
    #[error("`{0}` is out of bounds")]
    Bound(&'static str),
}

impl HasKind for ContentError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Damaged
    }
}

impl HasRetry for ContentError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// When a message disappears, counted from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DisappearKind {
    /// It stays.
    #[default]
    Off,
    /// From when it was read.
    AfterRead,
    /// From when it was sent.
    AfterSend,
}

/// When a message disappears. Off, or a timer of 0: it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Disappearing {
    /// Counted from where.
    pub kind: DisappearKind,
    /// Seconds, at most [`MAX_TIMER`].
    pub seconds: u32,
}

/// A content that has passed every check.
#[derive(Clone, PartialEq)]
pub struct Parsed {
    /// What it says.
    pub content: Incoming,
    /// When it disappears.
    pub disappearing: Disappearing,
    /// The signed time; absent from old clients.
    pub sig_timestamp: Option<Timestamp>,
    /// Kept and passed on, not looked at.
    pub pro: Option<crate::wire::protobuf::ProMessage>,
}

/// Shows the kind only.
impl std::fmt::Debug for Parsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parsed({})", self.content.name())
    }
}

/// What a content says.
#[derive(Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Something to show.
    Message(Box<Message>),
    /// A reaction to a message.
    Reaction(Reaction, Extras),
    /// A new setting for disappearing messages; its values are in [`Parsed::disappearing`].
    Expiration(Extras),
    /// Nothing to show, but maybe a profile.
    ProfileOnly(Extras),
    /// News about a group.
    GroupUpdate(Box<GroupUpdate>, Extras),
    /// Messages of ours that were read, by sent timestamp.
    Receipt(Vec<Timestamp>),
    /// Somebody types, or stopped.
    Typing {
        /// Whether they type.
        started: bool,
    },
    /// Media of ours was saved or shown to a camera.
    DataExtraction(DataExtraction),
    /// A message to erase.
    Unsend(Target),
    /// Part of a call.
    Call(Call),
    /// Our request was accepted.
    RequestResponse(Option<Profile>),
    /// Understood, and of no consequence; says why.
    Ignored(&'static str),
    /// Nothing that this version knows.
    Unknown,
}

impl Incoming {
    /// The kind, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Reaction(..) => "reaction",
            Self::Expiration(_) => "expiration",
            Self::ProfileOnly(_) => "profile",
            Self::GroupUpdate(..) => "group update",
            Self::Receipt(_) => "receipt",
            Self::Typing { .. } => "typing",
            Self::DataExtraction(_) => "data extraction",
            Self::Unsend(_) => "unsend",
            Self::Call(_) => "call",
            Self::RequestResponse(_) => "request response",
            Self::Ignored(_) => "ignored",
            Self::Unknown => "unknown",
        }
    }

    /// What came along with a data message.
    #[must_use]
    pub fn extras(&self) -> Option<&Extras> {
        match self {
            Self::Message(message) => Some(&message.extras),
            Self::Reaction(_, extras)
            | Self::Expiration(extras)
            | Self::ProfileOnly(extras)
            | Self::GroupUpdate(_, extras) => Some(extras),
            _ => None,
        }
    }
}

/// Shows the kind only.
impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({})", self.name())
    }
}

/// What may come along with any data message.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// The sender's profile.
    pub profile: Option<Profile>,
    /// Whose conversation our own copy belongs to; from anyone else: drop the message.
    pub sync_target: Option<AccountId>,
    /// In communities: the sender takes no requests from blinded ids.
    pub blocks_community_requests: Option<bool>,
    /// What a member asks the apps of a group's admins to do.
    pub wish: Option<Wish>,
}

/// What a member asks the apps of a group's admins to do; the body says the same in words.
///
/// Source: `groups.md` §22.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which group.
    pub group: GroupId,
    /// What.
    pub kind: WishKind,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishKind {
    /// Somebody is to be added.
    Add(AccountId),
    /// The group's state is to be stored again.
    SendState,
}

/// Something to show: at least one of its parts is there.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Text, maybe empty, at most [`MAX_BODY`] code points.
    pub body: String,
    /// At most [`MAX_ATTACHMENTS`].
    pub attachments: Vec<Attachment>,
    /// The message this one answers.
    pub quote: Option<Target>,
    /// The preview of a link in the body.
    pub preview: Option<Preview>,
    /// An invitation into a community.
    pub invitation: Option<Invitation>,
    /// What came along.
    pub extras: Extras,
}

/// A message, as other messages name it.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Its sent timestamp; in communities the server's id.
    pub timestamp: Timestamp,
    /// Its author: 66 lower-case digits, `05…`, or blinded in a community.
    pub author: String,
}

/// A reaction.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// To which message.
    pub target: Target,
    /// At most 64 bytes, not empty.
    pub emoji: String,
    /// Whether it is taken back.
    pub remove: bool,
}

/// The preview of a link. It has a title or an image.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// The link, which the body contains.
    pub url: String,
    /// At most 200 code points.
    pub title: Option<String>,
    /// A picture.
    pub image: Option<Attachment>,
}

/// An invitation into a community.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The join link, at most 2,048 bytes.
    pub url: String,
    /// The room's name.
    pub name: String,
}

/// Saving or picturing of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataExtraction {
    /// A screenshot, and not media that was saved.
    pub screenshot: bool,
    /// The message with the media, as the other says.
    pub timestamp: Option<Timestamp>,
}

/// The part of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// It will ring.
    PreOffer,
    /// An offer.
    Offer,
    /// An answer.
    Answer,
    /// A provisional answer.
    ProvisionalAnswer,
    /// Ways to reach the other.
    IceCandidates,
    /// It is over.
    EndCall,
}

/// Part of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Which part.
    pub kind: CallKind,
    /// Session descriptions, or candidates.
    pub sdps: Vec<String>,
    /// Of each candidate.
    pub line_indexes: Vec<u32>,
    /// Of each candidate.
    pub mids: Vec<String>,
    /// The call.
    pub uuid: String,
}
