//! Deleting messages of which some may still be on their way.
//!
//! What has not left this machine never will. What may have been stored is unsent: the
//! request for it is written down with the deletion, so that a crash in between loses
//! nothing, and taken back if it turns out that nothing had left.
//!
//! Source: `architecture.md` §5.1, `messages.md` §10.

use std::sync::Arc;
use std::time::Duration;

use nous_network::Departure;
use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::contacts::{self, Extent};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::outbox::{self, NewControl, OutboxRow};
use nous_storage::{account, conversations, deletions, messages};

use super::departures::Departures;
use super::{MESSAGE_LIFE, sealing};
use crate::config_sync::actions;
use crate::core::Core;
use crate::deleting;
use crate::error::ClientError;
use crate::step::step;

/// Longer than an attempt lasts: what it stores is there before it is unsent. The end of the
/// attempt makes the request due.
const AFTER_THE_ATTEMPT: Duration = Duration::from_secs(30);

/// Deletes messages on this device; calls back or unsends what was being sent.
///
/// # Errors
/// What the database said.
pub async fn delete(core: &Core, keys: Vec<MessageKey>) -> Result<(), ClientError> {
    let (own, now, departures) = (core.own, core.clock.now(), core.departures.clone());
    let identity = Arc::clone(&core.keys);
    let tried = core.db.write(move |writer| {
        // Our other devices do not lose what was sent: it is deleted on this one.
        sealing::seal_own_copies(writer, &identity, &keys)?;
        delete_in(writer, &own, &departures, &keys, now)
    });
    let tried = tried.await?;
    step!("send.deleted");
    call_back(core, tried).await
}

/// What was tried of a deleted message.
#[derive(Debug)]
pub(crate) struct Tried {
    /// The request that unsends it, if it can have been stored.
    unsend: Option<OutboxKey>,
    /// An earlier attempt left this machine unanswered.
    may_be_stored: bool,
    /// The attempt that runs.
    running: Option<Arc<Departure>>,
}

/// Deletes messages on this device, in a transaction after which [`call_back`] is due.
///
/// # Errors
/// What the database said.
pub(crate) fn delete_in(
    writer: &mut Writer<'_>,
    own: &AccountId,
    departures: &Departures,
    keys: &[MessageKey],
    now: Timestamp,
) -> Result<Vec<Tried>, StorageError> {
    let rows = outbox::tried(&writer.reader(), keys)?;
    let removed = messages::delete_here(writer, keys, now)?;
    let mut tried = Vec::new();
    for row in rows {
        tried.push(Tried {
            unsend: write_unsend(writer, own, &row, now)?,
            may_be_stored: row.may_be_stored,
            running: departures.of(row.key),
        });
    }
    let touched: Vec<ConversationKey> = removed.iter().map(|removed| removed.conversation).collect();
    conversations::refresh(writer, &touched)?;
    Ok(tried)
}

/// Calls back what has not left of deleted messages; what never left need not be unsent.
///
/// # Errors
/// What the database said.
pub(crate) async fn call_back(core: &Core, tried: Vec<Tried>) -> Result<(), ClientError> {
    let mut needless = Vec::new();
    for one in tried {
        let never_left = one.running.is_none_or(|departure| departure.call_back());
        needless.extend(one.unsend.filter(|_| never_left && !one.may_be_stored));
    }
    if !needless.is_empty() {
        core.db.write(move |writer| take_back(writer, &needless)).await?;
    }
    core.stir_outbox();
    core.deletions_stirred.notify_one();
    Ok(())
}

/// Deletes the messages of a conversation and takes it out of the list, on all devices; what
/// has not left this machine never will. Nothing is unsent. A request is forgotten. `false` if
/// there is no such conversation.
///
/// # Errors
/// What the database said.
///
/// Source: `messages.md` §10, `config.md` §15.
pub async fn delete_conversation(core: &Core, account: AccountId) -> Result<bool, ClientError> {
    let (own, now) = (core.own, core.clock.now());
    empty(core, account, move |writer, key| {
        // Whoever writes before another device has looked brings the conversation back there;
        // what was deleted is gone nevertheless.
        contacts::note_cleared(writer, key, now)?;
        conversations::delete(writer, key, now)?;
        actions::share_deletion(writer, &own, &account, now)
    })
    .await
}

/// Deletes the messages of a conversation on all devices, which stays in the list; what has not
/// left this machine never will. Nothing is unsent. `false` if there is no such conversation.
///
/// # Errors
/// What the database said.
pub async fn clear(core: &Core, account: AccountId) -> Result<bool, ClientError> {
    let (own, now) = (core.own, core.clock.now());
    empty(core, account, move |writer, key| {
        contacts::note_cleared(writer, key, now)?;
        contacts::clear(writer, key, Extent::All, now)?;
        actions::share(writer, &own, [&account])
    })
    .await
}

/// Deletes a contact on all devices, with the conversation: a stranger from now on. `false` if
/// there is no such conversation.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §15.
pub async fn delete_contact(core: &Core, account: AccountId) -> Result<bool, ClientError> {
    let now = core.clock.now();
    empty(core, account, move |writer, key| {
        actions::delete_contact(writer, &account, key, now)
    })
    .await
}

async fn empty(
    core: &Core,
    account: AccountId,
    delete: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
) -> Result<bool, ClientError> {
    let deleted = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), account)? else {
            return Ok(None);
        };
        let rows = outbox::keys_of(&writer.reader(), key)?;
        delete(writer, key)?;
        Ok(Some(rows))
    });
    let Some(rows) = deleted.await? else {
        return Ok(false);
    };
    core.departures.call_back(&rows);
    core.configs.change();
    Ok(true)
}

/// `None` if the message never had a time, so was never sealed.
fn write_unsend(
    writer: &mut Writer<'_>,
    own: &AccountId,
    row: &OutboxRow,
    now: Timestamp,
) -> Result<Option<OutboxKey>, StorageError> {
    // In a group it is deleted for all once it is known to be stored.
    let is_between_two = row.peer.person().is_some();
    let Some(target) = row.sent.filter(|_| row.sealed.is_some() && is_between_two) else {
        return Ok(None);
    };
    // If it is stored in our own swarm after all, it goes from there when that is known.
    deletions::note_unsent(writer, own, target, now)?;
    let sent = account::take_sent_time(writer, now, now)?;
    let new = NewControl {
        conversation: row.conversation,
        destination: row.destination,
        content: deleting::unsend(own, target, sent),
        sent,
        ttl_ms: row.ttl_ms,
        first_attempt: now + AFTER_THE_ATTEMPT,
        queued: now,
        give_up: now + MESSAGE_LIFE,
    };
    outbox::enqueue_control(writer, &new).map(Some)
}

fn take_back(writer: &mut Writer<'_>, unsends: &[OutboxKey]) -> Result<(), StorageError> {
    for unsend in unsends {
        outbox::done(writer, *unsend)?;
    }
    Ok(())
}
