//! Telling somebody that we accepted them: the row “you accepted”, and the response that
//! carries our profile to them for the first time.
//!
//! Source: `messages.md` §7, `product.md` §9.

use std::time::Duration;

use nous_protocol::account::{AccountId, SwarmAccount};
use nous_protocol::content::{self, Disappearing, Outgoing, OutgoingBody, Profile};
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Approval};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, OutboxKey};
use nous_storage::messages::{self, MessageKind, NewMessage};
use nous_storage::outbox::{self, NewControl};

use super::MESSAGE_LIFE;

/// How long before the message that answers a request the request was accepted.
pub(crate) const BEFORE_THE_ANSWER: Duration = Duration::from_millis(100);

/// One acceptance of one person's request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acceptance {
    /// Our account.
    pub(crate) own: AccountId,
    /// Who asked.
    pub(crate) peer: AccountId,
    /// The conversation with them.
    pub(crate) conversation: ConversationKey,
    /// The time of row and response; `None`: fixed at sealing.
    pub(crate) sent: Option<Timestamp>,
    /// When it was accepted.
    pub(crate) now: Timestamp,
    /// What this machine's clock said then.
    pub(crate) local: Timestamp,
}

impl Acceptance {
    /// Writes row and response down, and that we approve them. What the other devices must
    /// know is shared by the caller.
    ///
    /// # Errors
    /// What the database said.
    pub(crate) fn write_down(self, writer: &mut Writer<'_>) -> Result<OutboxKey, StorageError> {
        let sent = self.sent.unwrap_or(self.now);
        let row = acceptance_row(self.conversation, self.own, true, sent, self.now);
        messages::insert(writer, &row)?;
        conversations::approve(writer, self.conversation, Approval::Ours)?;
        let new = NewControl {
            conversation: self.conversation,
            destination: SwarmAccount::from(self.peer),
            // The profile joins when it is sealed: it may change while this waits.
            content: response(sent, None),
            sent,
            ttl_ms: i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX),
            first_attempt: self.now,
            queued: self.now,
            give_up: self.now + MESSAGE_LIFE,
        };
        let key = outbox::enqueue_control(writer, &new)?;
        if self.sent.is_none() {
            outbox::fix_later(writer, key, self.local)?;
        }
        Ok(key)
    }
}

/// The response to a request, with the profile that it carries.
pub(super) fn response(sent: Timestamp, profile: Option<Profile>) -> Vec<u8> {
    content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::RequestResponse(profile.filter(|profile| profile.name.is_some())),
    })
}

/// The row that says who accepted whom: its author accepted the other.
pub(crate) fn acceptance_row(
    conversation: ConversationKey,
    author: AccountId,
    is_own: bool,
    sent: Timestamp,
    now: Timestamp,
) -> NewMessage {
    NewMessage {
        conversation,
        author,
        is_own,
        is_received: !is_own,
        kind: MessageKind::Accepted,
        body: String::new(),
        sent,
        received: now,
        order: sent.min(now),
        state: None,
        is_unread: false,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: None,
        mentions_us: false,
        quote: None,
    }
}
