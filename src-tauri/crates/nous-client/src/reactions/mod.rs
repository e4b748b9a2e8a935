//! Reactions: an emoji to a message. They go through the outbox without a message of their own, and
//! are shown at once.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`react`], and the emoji used last |
//! | [`said`] | what a reaction says, coming and going |
//!
//! Source: `messages.md` §6, §7, §8.

pub mod said;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::content::{self, is_emoji};
use nous_protocol::time::Timestamp;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::{details, tasks};
use nous_storage::ids::{MessageKey, OutboxKey};
use nous_storage::outbox::{self, NewControl};
use nous_storage::reactions::{self, NewReaction, Target};
use nous_storage::{account, conversations, disappearing};

use self::said::ReactionTo;
use crate::core::Core;
use crate::disappearing::rules;
use crate::error::ClientError;
use crate::receipts;
use crate::send::MESSAGE_LIFE;
use crate::step::step;

/// How many emoji are offered at once.
pub const OFFERED: usize = 6;
/// What is offered to who has not used so many.
const USUAL: [&str; OFFERED] = ["😂", "🥰", "😢", "😡", "😮", "😈"];

/// Reacts to a message with an emoji, or takes that back. What is so already changes nothing, and what
/// nobody has tried to send yet is called back.
///
/// # Errors
/// [`ClientError::NotAnEmoji`]; [`ClientError::NoMessage`] for a message that is gone, or that the others
/// do not have; [`ClientError::NotAccepted`], [`ClientError::Blocked`], [`ClientError::GroupClosed`];
/// [`ClientError::TooManyReactions`]; or what the database said.
pub async fn react(
    core: &Core,
    message: MessageKey,
    emoji: String,
    is_removal: bool,
) -> Result<(), ClientError> {
    if !is_emoji(&emoji) {
        return Err(ClientError::NotAnEmoji);
    }
    let plan = Plan {
        own: core.own,
        message,
        emoji,
        is_removal,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    let written = core.db.write(move |writer| plan.carry_out(writer));
    let Some(peer) = written.await?? else {
        return Ok(());
    };
    step!("reactions.written");
    core.announce_messages(peer, vec![message]);
    core.stir_outbox();
    if peer.group().is_some() {
        core.groups_stirred.notify_one();
    }
    Ok(())
}

/// The emoji to offer: those used last, the last one first, then the usual ones.
///
/// # Errors
/// What the database said.
pub fn offered(reader: &Reader<'_>) -> Result<Vec<String>, StorageError> {
    let limit = u32::try_from(OFFERED).unwrap_or(u32::MAX);
    let mut offered = reactions::recent(reader, limit)?;
    for emoji in USUAL {
        if offered.len() < OFFERED && !offered.iter().any(|one| one == emoji) {
            offered.push(emoji.to_owned());
        }
    }
    Ok(offered)
}

struct Plan {
    own: AccountId,
    message: MessageKey,
    emoji: String,
    is_removal: bool,
    now: Timestamp,
    /// What this machine's clock says.
    local: Timestamp,
    /// In this run.
    is_time_known: bool,
}

impl Plan {
    /// Answers the conversation in which something changed.
    fn carry_out(
        &self,
        writer: &mut Writer<'_>,
    ) -> Result<Result<Option<ConversationId>, ClientError>, StorageError> {
        let Some(target) = reactions::target(&writer.reader(), self.message)? else {
            return Ok(Err(ClientError::NoMessage));
        };
        if let Some(refusal) = self.refusal(&writer.reader(), &target)? {
            return Ok(Err(refusal));
        }
        let known = reactions::of_us(&writer.reader(), self.message, &self.own, &self.emoji)?;
        let is_there = known.is_some_and(|known| !known.is_removed);
        if is_there != self.is_removal {
            return Ok(Ok(None));
        }
        if let Some(waiting) = known.and_then(|known| known.waiting) {
            reactions::call_back(writer, waiting)?;
        } else {
            if let Some(wait) = reactions::take_turn(writer, self.now)? {
                return Ok(Err(ClientError::TooManyReactions(wait)));
            }
            self.write_down(writer, &target)?;
        }
        if !self.is_removal {
            reactions::note_used(writer, &self.emoji)?;
        }
        Ok(Ok(Some(target.peer)))
    }

    /// Why nobody may react there.
    fn refusal(&self, reader: &Reader<'_>, target: &Target) -> Result<Option<ClientError>, StorageError> {
        match target.peer {
            ConversationId::Person(person) if person == self.own => Ok(None),
            ConversationId::Person(person) => {
                let standing = conversations::standings(reader, &[person])?.remove(&person);
                Ok(match standing {
                    Some(standing) if standing.is_blocked => Some(ClientError::Blocked),
                    Some(standing) if receipts::is_friend(&standing) => None,
                    _ => Some(ClientError::NotAccepted),
                })
            }
            ConversationId::Group(group) => {
                let details = details::load(reader, target.conversation)?;
                let is_open = details.is_some_and(|details| details.standing.is_open());
                let is_closed = !is_open || tasks::is_ending(reader, &group)?;
                Ok(is_closed.then_some(ClientError::GroupClosed))
            }
        }
    }

    fn write_down(&self, writer: &mut Writer<'_>, target: &Target) -> Result<(), StorageError> {
        let is_fixed = self.is_time_known && !outbox::waits_for_time(writer, target.conversation)?;
        let sent = is_fixed
            .then(|| account::take_sent_time(writer, self.now, self.now))
            .transpose()?;
        let row = self.enqueue(writer, target, sent)?;
        let new = NewReaction {
            sender: self.own,
            is_own: true,
            emoji: self.emoji.clone(),
            is_removal: self.is_removal,
            sent: sent.unwrap_or(self.now),
            may_notify: false,
        };
        reactions::set_own(writer, self.message, &new, row)
    }

    /// What has to go out: to the other, and behind that to our own devices; a note to these only, and
    /// into a group once.
    fn enqueue(
        &self,
        writer: &mut Writer<'_>,
        target: &Target,
        sent: Option<Timestamp>,
    ) -> Result<OutboxKey, StorageError> {
        let reaction = ReactionTo {
            author: target.author,
            sent: target.sent,
            emoji: self.emoji.clone(),
            is_removal: self.is_removal,
        };
        let timer = disappearing::setting(&writer.reader(), target.conversation)?;
        let outgoing = reaction.outgoing(rules::to_content(timer));
        let new = NewControl {
            conversation: target.conversation,
            destination: target.peer.into(),
            content: content::encode(&outgoing),
            sent: sent.unwrap_or(self.now),
            ttl_ms: rules::ttl_ms(timer, target.peer == self.own),
            first_attempt: self.now,
            queued: self.now,
            give_up: self.now + MESSAGE_LIFE,
        };
        let first = outbox::enqueue_control(writer, &new)?;
        if sent.is_none() {
            outbox::fix_later(writer, first, self.local)?;
        }
        let other = target.peer.person().filter(|person| *person != self.own);
        if let Some(copy) = other.and_then(|person| content::own_copy(&outgoing, &person)) {
            let copy = NewControl {
                destination: self.own.into(),
                content: content::encode(&copy),
                ttl_ms: rules::ttl_ms(timer, true),
                ..new
            };
            let second = outbox::enqueue_control(writer, &copy)?;
            outbox::send_behind(writer, second, first)?;
            if sent.is_none() {
                outbox::fix_later(writer, second, self.local)?;
            }
        }
        Ok(first)
    }
}
