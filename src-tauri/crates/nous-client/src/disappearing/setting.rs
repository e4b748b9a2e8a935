//! How long messages of a conversation live, set by the person: on all our devices, and told to the
//! others. Between two people each sets it for what they write.
//!
//! Source: `messages.md` §9, `groups.md` §15, `product.md` §12.

use nous_protocol::account::{AccountId, ConversationId, GroupId, SwarmAccount};
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::disappearing as lives;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, MessageKind, NewMessage, SendState};
use nous_storage::outbox::{self, CopyKind, NewOutboxRow};
use nous_storage::{account, conversations};

use super::{give, rules};
use crate::config_sync::actions;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::groups::error::GroupError;
use crate::groups::facts::{self, FactsChange};
use crate::receipts;
use crate::send::MESSAGE_LIFE;
use crate::send::response::acceptance_row;
use crate::step::step;

/// Sets how long messages of a conversation live; `None`: for good. In groups, by admins, and in Note to
/// Self a life begins when a message is sent. What is there already keeps its life.
///
/// # Errors
/// [`ClientError::NoConversation`], [`ClientError::NotAccepted`] for somebody who is no contact,
/// [`ClientError::Blocked`], [`GroupError::NotAdmin`], [`GroupError::Closed`]; or what the database said.
pub async fn set(core: &Core, id: ConversationId, timer: Option<Timer>) -> Result<(), GroupError> {
    match id {
        ConversationId::Group(group) => set_in_group(core, group, timer).await,
        ConversationId::Person(person) => Ok(set_with(core, person, timer).await?),
    }
}

/// Sets for our messages what a line of the timeline says somebody has set for theirs.
///
/// # Errors
/// [`ClientError::NoMessage`] if it is no such line; else as [`set`].
pub async fn follow(core: &Core, key: MessageKey) -> Result<(), GroupError> {
    let read = core.db.read(move |reader| messages::by_keys(reader, &[key]));
    let row = read.await.map_err(ClientError::from)?.pop();
    let row = row.filter(|row| row.kind == MessageKind::TimerChanged);
    let row = row.ok_or(ClientError::NoMessage)?;
    set(core, row.peer, row.timer).await
}

async fn set_in_group(core: &Core, group: GroupId, timer: Option<Timer>) -> Result<(), GroupError> {
    let seconds = rules::sound(timer).map_or(0, |timer| timer.seconds);
    let change = FactsChange {
        timer_s: Some(u32::try_from(seconds).unwrap_or(0)),
        ..FactsChange::default()
    };
    facts::change(core, group, change).await
}

async fn set_with(core: &Core, person: AccountId, timer: Option<Timer>) -> Result<(), ClientError> {
    let is_note = person == core.own;
    let timer = rules::sound(timer).map(|timer| Timer {
        start: if is_note { TimerStart::Sent } else { timer.start },
        ..timer
    });
    let plan = Plan {
        own: core.own,
        person,
        timer,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    let changed = core.db.write(move |writer| plan.write_down(writer)).await??;
    step!("timer.set");
    core.announce_messages(person, changed);
    core.hub
        .announce([Change::Conversations(vec![person.into()]), Change::Connectivity]);
    core.stir_outbox();
    core.configs.change();
    Ok(())
}

struct Plan {
    own: AccountId,
    person: AccountId,
    timer: Option<Timer>,
    now: Timestamp,
    /// What this machine's clock says.
    local: Timestamp,
    is_time_known: bool,
}

impl Plan {
    /// Answers the line that tells of it, and those that are gone.
    fn write_down(
        &self,
        writer: &mut Writer<'_>,
    ) -> Result<Result<Vec<MessageKey>, ClientError>, StorageError> {
        let conversation = match self.conversation(writer)? {
            Ok(conversation) => conversation,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if lives::setting(&writer.reader(), conversation)? == self.timer {
            return Ok(Ok(Vec::new()));
        }
        lives::set_setting(writer, conversation, self.timer)?;
        actions::share(writer, &self.own, [&self.person])?;
        let mut changed = lives::replace_timer_changes(writer, conversation, None)?.unwrap_or_default();
        let sent = self.sent_time(writer, conversation)?;
        let message = messages::insert(writer, &self.line(conversation, sent))?;
        give(writer, message, self.timer, None, self.now)?;
        changed.push(message);
        self.enqueue(writer, message, conversation, sent)?;
        conversations::refresh(writer, &[conversation])?;
        Ok(Ok(changed))
    }

    /// With a contact, or with ourselves.
    fn conversation(
        &self,
        writer: &mut Writer<'_>,
    ) -> Result<Result<ConversationKey, ClientError>, StorageError> {
        if self.is_note() {
            return conversations::ensure(writer, self.own, self.now).map(Ok);
        }
        let known = conversations::standings(&writer.reader(), &[self.person])?.remove(&self.person);
        Ok(match known {
            None => Err(ClientError::NoConversation),
            Some(standing) if standing.is_blocked => Err(ClientError::Blocked),
            Some(standing) if receipts::is_friend(&standing) => Ok(standing.key),
            Some(_) => Err(ClientError::NotAccepted),
        })
    }

    fn is_note(&self) -> bool {
        self.person == self.own
    }

    /// `None`: fixed at sealing, as of a message.
    fn sent_time(
        &self,
        writer: &mut Writer<'_>,
        conversation: ConversationKey,
    ) -> Result<Option<Timestamp>, StorageError> {
        if !self.is_time_known || outbox::waits_for_time(writer, conversation)? {
            return Ok(None);
        }
        account::take_sent_time(writer, self.now, self.now).map(Some)
    }

    /// The line that tells of it: as one that says that a request was accepted, but that it goes out.
    fn line(&self, conversation: ConversationKey, sent: Option<Timestamp>) -> NewMessage {
        let sent = sent.unwrap_or(self.now);
        NewMessage {
            kind: MessageKind::TimerChanged,
            state: Some(SendState::Queued),
            ..acceptance_row(conversation, self.own, true, sent, self.now)
        }
    }

    fn enqueue(
        &self,
        writer: &mut Writer<'_>,
        message: MessageKey,
        conversation: ConversationKey,
        sent: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let own = NewOutboxRow {
            message,
            conversation,
            kind: CopyKind::NoteToSelf,
            destination: SwarmAccount::from(self.own),
            after: None,
            sent,
            written_local: self.local,
            ttl_ms: rules::ttl_ms(self.timer, true),
            queued: self.now,
            give_up: self.now + MESSAGE_LIFE,
        };
        if self.is_note() {
            return outbox::enqueue(writer, &own).map(drop);
        }
        let theirs = NewOutboxRow {
            kind: CopyKind::Recipient,
            destination: SwarmAccount::from(self.person),
            ttl_ms: rules::ttl_ms(self.timer, false),
            ..own.clone()
        };
        let first = outbox::enqueue(writer, &theirs)?;
        let own = NewOutboxRow {
            kind: CopyKind::Own,
            after: Some(first),
            ..own
        };
        outbox::enqueue(writer, &own).map(drop)
    }
}
