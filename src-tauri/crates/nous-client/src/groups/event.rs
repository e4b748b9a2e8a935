//! Rows of the timeline that say what happened in a group.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{GroupEvent, MessageKind, NewMessage};

/// A row that says what happened.
///
/// `author`: who did it; `sent`: when.
#[must_use]
pub(crate) fn event_row(
    conversation: ConversationKey,
    author: AccountId,
    own: AccountId,
    event: GroupEvent,
    sent: Timestamp,
    now: Timestamp,
) -> NewMessage {
    // Only an invitation asks for attention.
    let is_unread = matches!(event, GroupEvent::Invited);
    NewMessage {
        conversation,
        author,
        is_own: author == own,
        is_received: author != own,
        kind: MessageKind::GroupEvent,
        body: String::new(),
        sent,
        received: now,
        order: sent.min(now),
        state: None,
        is_unread,
        client_token: None,
        server_hash: String::new(),
        expires: None,
        content: None,
        event: Some(event),
        mentions_us: false,
        quote: None,
    }
}
