//! Messages, ours and theirs.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | rows and their parts |
//! | [`page`] | reading: pages, single rows, what arrived |
//! | [`quotes`] | messages that answer others |
//! | [`cards`] | previews of links, invitations to communities |
//! | [`change`] | writing: insert, states, deletion |
//! | [`erase`] | deletion for everyone, and without a trace |
//! | [`age`] | those that are old enough to be cleared |

mod age;
mod cards;
mod change;
mod erase;
mod event;
mod page;
pub(crate) mod quotes;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::config::fields::Timer;
use nous_protocol::time::Timestamp;

pub use age::{old, old_count};
pub use cards::{Card, give_card, sendable_card, set_card};
pub use change::{
    Removed, advance_acceptance, begin_sending, by_token, delete_here, fix_acceptance, fix_sent,
    fold_unsupported, insert, is_save_known, mark_failed, mark_read_by_recipient, mark_stored, note_own_copy,
    note_saved, own_sent_at, recover_sending, recover_unsynced, retract_failure, set_not_synced, set_state,
    unused_time,
};
pub(crate) use erase::unfold_all;
pub use erase::{delete_for_all, remove, unfold};
pub use event::GroupEvent;
pub use page::{
    MessageName, after, at_date, before, by_keys, failed, failed_count, first_unread, first_unread_mention,
    full_text, known_among, latest_arrival, place_of, received_since, shown_count,
};
pub use quotes::{Quote, Quoted, quote_of, quoting};

use crate::attachments::Attachment;
use crate::ids::{ConversationKey, MessageKey};
use crate::reactions::Reacted;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Text.
    Text,
    /// Deleted on this device; the text is gone.
    Deleted,
    /// Of a kind that this version does not show.
    Unsupported,
    /// A request was accepted: an own row by us, else by its author.
    Accepted,
    /// Something happened in a group.
    GroupEvent,
    /// Deleted for everyone; the text is gone.
    DeletedForAll,
    /// The author of the row set how long messages live, to the life of the row.
    TimerChanged,
    /// The author of the row saved a file that they were sent.
    MediaSaved,
}

impl MessageKind {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Text => 0,
            Self::Deleted => 1,
            Self::Unsupported => 2,
            Self::Accepted => 3,
            Self::GroupEvent => 4,
            Self::DeletedForAll => 5,
            Self::TimerChanged => 8,
            Self::MediaSaved => 9,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Text,
            1 => Self::Deleted,
            3 => Self::Accepted,
            4 => Self::GroupEvent,
            5 => Self::DeletedForAll,
            8 => Self::TimerChanged,
            9 => Self::MediaSaved,
            _ => Self::Unsupported,
        }
    }

    /// Whether nothing is left of what it said.
    #[must_use]
    pub const fn is_deleted(self) -> bool {
        matches!(self, Self::Deleted | Self::DeletedForAll)
    }
}

/// How far an own message is.
///
/// Source: `product.md` §7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendState {
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

impl SendState {
    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::NotSynced => 4,
            Self::Read => 5,
            Self::Failed => 6,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::Queued),
            2 => Some(Self::Sending),
            3 => Some(Self::Sent),
            4 => Some(Self::NotSynced),
            5 => Some(Self::Read),
            6 => Some(Self::Failed),
            _ => None,
        }
    }
}

/// A message as in the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub key: MessageKey,
    /// Where it stands.
    pub conversation: ConversationKey,
    /// With whom that conversation is.
    pub peer: ConversationId,
    /// Who wrote it.
    pub author: AccountId,
    /// The author's name; empty if not known.
    pub author_name: String,
    /// Ours.
    pub is_own: bool,
    /// What it is.
    pub kind: MessageKind,
    /// The text, at most 4,000 characters of it.
    pub body: String,
    /// Whether there is more of the text.
    pub is_truncated: bool,
    /// How many contents are folded into it.
    pub folded_count: u32,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Its place in the timeline.
    pub order: Timestamp,
    /// When it arrived or was written.
    pub received: Timestamp,
    /// The state, for own messages.
    pub state: Option<SendState>,
    /// Why it failed or waits, as the code of the face; empty if it does not.
    pub error: String,
    /// When it is tried again, while it waits.
    pub next_attempt: Option<Timestamp>,
    /// Tries so far.
    pub attempts: u32,
    /// Of an own message: whether something of it has left this device, or may have.
    pub may_have_left: bool,
    /// Unread.
    pub is_unread: bool,
    /// When the recipient read it.
    pub read: Option<Timestamp>,
    /// When the recipient's swarm stored it.
    pub stored: Option<Timestamp>,
    /// Its hash in our own swarm; empty if not known.
    pub server_hash: String,
    /// When the swarm forgets it.
    pub expires: Option<Timestamp>,
    /// What happened, of [`MessageKind::GroupEvent`].
    pub event: Option<GroupEvent>,
    /// Whether it mentions us.
    pub mentions_us: bool,
    /// What it answers.
    pub quote: Option<Quoted>,
    /// Who reacted to it, in the order of the first of each emoji.
    pub reactions: Vec<Reacted>,
    /// Its files, in their order.
    pub attachments: Vec<Attachment>,
    /// What stands on a card below the text.
    pub card: Option<Card>,
    /// The picture of a [`Card::Preview`].
    pub card_picture: Option<Attachment>,
    /// How long it lives; `None`: it stays.
    pub timer: Option<Timer>,
    /// When it disappears; `None`: it stays, or its time has not begun.
    pub ends: Option<Timestamp>,
    /// Whether the conversation is set to the same life.
    pub is_timer_followed: bool,
}

/// A place in a timeline, which is in the order of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelinePlace {
    /// Ordering time.
    pub order: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// Its number.
    pub key: MessageKey,
}

impl Message {
    /// Its place in the timeline.
    #[must_use]
    pub const fn place(&self) -> TimelinePlace {
        TimelinePlace {
            order: self.order,
            received: self.received,
            key: self.key,
        }
    }
}

/// A message to write down.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Where.
    pub conversation: ConversationKey,
    /// Who wrote it.
    pub author: AccountId,
    /// Ours.
    pub is_own: bool,
    /// It came from a swarm.
    pub is_received: bool,
    /// What it is.
    pub kind: MessageKind,
    /// The whole text.
    pub body: String,
    /// Network time of sending.
    pub sent: Timestamp,
    /// When it arrived or was written.
    pub received: Timestamp,
    /// Its place in the timeline: the sent time, but never later than it arrived.
    pub order: Timestamp,
    /// The state, for own messages.
    pub state: Option<SendState>,
    /// Unread.
    pub is_unread: bool,
    /// Made by the face; the same token writes once.
    pub client_token: Option<String>,
    /// Its hash in our own swarm; empty if not known.
    pub server_hash: String,
    /// When the swarm forgets it.
    pub expires: Option<Timestamp>,
    /// The opened content as received.
    pub content: Option<Vec<u8>>,
    /// What happened, of [`MessageKind::GroupEvent`].
    pub event: Option<GroupEvent>,
    /// Whether it mentions us.
    pub mentions_us: bool,
    /// What it answers.
    pub quote: Option<Quote>,
}

#[cfg(test)]
mod tests;
