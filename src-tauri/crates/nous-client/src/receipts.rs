//! Reading, and the receipts for it.
//!
//! What a person has seen is marked as read, and the receipt for it is written down in the
//! same transaction. Receipts wait a moment for company: one content says all that was read
//! meanwhile. Only friends get them, and only while the setting is on.
//!
//! Source: `messages.md` §6, §8, `config.md` §12.

use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::content::{self, Disappearing, Incoming, Outgoing, OutgoingBody};
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Conversation, Standing};
use nous_storage::db::{Reader, Writer};
use nous_storage::disappearing::{self as lives, Beginning};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{Message, SendState};
use nous_storage::outbox::{self, NewReceipt};
use nous_storage::reading::{self, NowRead, Reading};

use crate::core::Core;
use crate::disappearing;
use crate::error::ClientError;
use crate::events::Change;
use crate::privacy;
use crate::send::MESSAGE_LIFE;

/// How long a receipt waits for what is read next.
const TOGETHER: Duration = Duration::from_secs(2);
/// The most timestamps of one receipt.
///
/// Source: `messages.md` §4.5.
const MOST: usize = 1_000;
/// In place of the sent time, which is known when it is sealed.
const NO_TIME: Timestamp = Timestamp::from_ms(0);

/// Marks what was seen in a conversation as read: up to one message, or everything. Answers
/// which messages were unread. The other devices are told a little later, the other person if
/// receipts are on.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn read(
    core: &Core,
    id: impl Into<ConversationId>,
    up_to: Option<MessageKey>,
) -> Result<Vec<MessageKey>, ClientError> {
    let id = id.into();
    let plan = Plan {
        own: core.own,
        id,
        now: core.clock.now(),
        local: core.clock.local_now(),
        beginning: disappearing::beginning(&core.clock),
    };
    let read = core.db.write(move |writer| plan.carry_out(writer, up_to)).await?;
    let read = read.ok_or(ClientError::NoConversation)?;
    if read.has_moved {
        core.configs.read();
    }
    core.hub.stir_lives();
    if read.has_moved || !read.messages.is_empty() {
        core.hub.announce([Change::Conversations(vec![id])]);
        core.stir_outbox();
    }
    Ok(read.messages.iter().map(|message| message.key).collect())
}

/// Marks everything in every conversation of the list as read. Answers where messages were unread, and
/// which.
///
/// # Errors
/// What the database said.
pub async fn read_all(core: &Core) -> Result<Vec<(ConversationId, Vec<MessageKey>)>, ClientError> {
    let (own, now, local) = (core.own, core.clock.now(), core.clock.local_now());
    let beginning = disappearing::beginning(&core.clock);
    let written = core.db.write(move |writer| {
        let mut read = Vec::new();
        for id in reading::unread(&writer.reader())? {
            let plan = Plan {
                own,
                id,
                now,
                local,
                beginning,
            };
            let done = plan.carry_out(writer, None)?;
            read.extend(done.map(|done| (id, done)));
        }
        Ok(read)
    });
    let read = written.await?;
    if read.iter().any(|(_, done)| done.has_moved) {
        core.configs.read();
    }
    core.hub.stir_lives();
    core.hub
        .announce([Change::Conversations(read.iter().map(|(id, _)| *id).collect())]);
    core.stir_outbox();
    let keys_of = |(id, done): (ConversationId, Reading)| {
        let keys: Vec<MessageKey> = done.messages.iter().map(|message| message.key).collect();
        (id, keys)
    };
    Ok(read.into_iter().map(keys_of).collect())
}

struct Plan {
    own: AccountId,
    id: ConversationId,
    now: Timestamp,
    local: Timestamp,
    /// Of lives that begin when a message is read.
    beginning: Beginning,
}

impl Plan {
    fn carry_out(
        &self,
        writer: &mut Writer<'_>,
        up_to: Option<MessageKey>,
    ) -> Result<Option<Reading>, StorageError> {
        let ConversationId::Person(account) = self.id else {
            // Nobody is told what was read in a group.
            let key = conversations::find(&writer.reader(), self.id)?;
            return key.map(|key| reading::mark_read(writer, key, up_to)).transpose();
        };
        let known = conversations::standings(&writer.reader(), &[account])?;
        let Some(standing) = known.get(&account) else {
            return Ok(None);
        };
        let read = reading::mark_read(writer, standing.key, up_to)?;
        lives::begin_read(writer, standing.key, up_to, self.beginning)?;
        let is_told = is_told(&writer.reader(), &self.own, &account, standing)?;
        if is_told && !read.messages.is_empty() {
            self.tell(writer, account, standing.key, &read.messages)?;
        }
        Ok(Some(read))
    }

    /// Writes receipts down, the first of them into the one that still waits.
    fn tell(
        &self,
        writer: &mut Writer<'_>,
        account: AccountId,
        conversation: ConversationKey,
        read: &[NowRead],
    ) -> Result<(), StorageError> {
        let mut left: Vec<Timestamp> = read.iter().map(|message| message.sent).collect();
        if let Some((key, content)) = outbox::waiting_receipt(writer, conversation)? {
            let mut sent = timestamps(&content);
            let room = MOST.saturating_sub(sent.len()).min(left.len());
            sent.extend(left.drain(..room));
            outbox::extend_receipt(writer, key, &receipt(sent, NO_TIME), self.local)?;
        }
        for part in left.chunks(MOST) {
            let new = NewReceipt {
                conversation,
                destination: account,
                content: receipt(part.to_vec(), NO_TIME),
                written_local: self.local,
                ttl_ms: i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX),
                first_attempt: self.now + TOGETHER,
                queued: self.now,
                give_up: self.now + MESSAGE_LIFE,
            };
            outbox::enqueue_receipt(writer, &new)?;
        }
        Ok(())
    }
}

/// Whether somebody is told that their messages were read.
///
/// # Errors
/// What the database said.
pub(crate) fn is_told(
    reader: &Reader<'_>,
    own: &AccountId,
    account: &AccountId,
    standing: &Standing,
) -> Result<bool, StorageError> {
    Ok(account != own && is_friend(standing) && privacy::load(reader)?.read_receipts)
}

/// Both accepted each other, and nobody is blocked.
pub(crate) const fn is_friend(standing: &Standing) -> bool {
    standing.is_approved && standing.has_approved_me && !standing.is_blocked
}

/// The content of a receipt.
fn receipt(read: Vec<Timestamp>, sent: Timestamp) -> Vec<u8> {
    content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::Receipt(read),
    })
}

fn timestamps(content: &[u8]) -> Vec<Timestamp> {
    match content::parse(content, NO_TIME).map(|parsed| parsed.content) {
        Ok(Incoming::Receipt(sent)) => sent,
        _ => Vec::new(),
    }
}

/// Shows nothing of receipts while they are off here: what was read is sent.
///
/// # Errors
/// What the database said.
///
/// Source: `messages.md` §14.
pub(crate) fn hide(reader: &Reader<'_>, rows: &mut [Message]) -> Result<(), StorageError> {
    if !privacy::load(reader)?.read_receipts {
        for row in rows.iter_mut().filter(|row| row.state == Some(SendState::Read)) {
            row.state = Some(SendState::Sent);
            row.read = None;
        }
    }
    Ok(())
}

/// [`hide`], for rows of the list.
///
/// # Errors
/// What the database said.
pub(crate) fn hide_in_list(reader: &Reader<'_>, rows: &mut [Conversation]) -> Result<(), StorageError> {
    if !privacy::load(reader)?.read_receipts {
        let last = rows.iter_mut().filter_map(|row| row.last_message.as_mut());
        for last in last.filter(|last| last.state == Some(SendState::Read)) {
            last.state = Some(SendState::Sent);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_gets_its_time_when_it_is_sealed() {
        let read = vec![Timestamp::from_ms(5), Timestamp::from_ms(9)];
        let waiting = receipt(read.clone(), NO_TIME);
        let sent = Timestamp::from_ms(1_800_000_000_000);
        let parsed = content::parse(&content::retimed(&waiting, sent).unwrap_or_default(), sent)
            .map(|parsed| parsed.content);
        assert!(matches!(parsed, Ok(Incoming::Receipt(told)) if told == read));
    }
}
