//! Deleting messages for everyone, and notes on all devices of the account.
//!
//! Our own swarm deletes its copy first. If it does not, nothing has happened, and the person is told;
//! if it does, the others are asked to delete theirs. What is wanted is written down before, and leaves in
//! the transaction that writes the requests down: a process that dies in between is followed by one that
//! goes on.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | the steps of a deletion |
//! | `swarm` | messages deleted in our own swarm |
//! | [`worker`] | the loop: what an earlier process began, what others unsent |
//!
//! Groups have a way of their own: [`crate::groups::facts::delete_for_all`].
//!
//! Source: `messages.md` §10.

mod swarm;
pub mod worker;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use nous_network::SwarmApi;
use nous_protocol::account::{AccountId, ConversationId, SwarmAccount};
use nous_protocol::content::{self, Disappearing, Outgoing, OutgoingBody, Target};
use nous_protocol::time::Timestamp;
use nous_storage::db::{Reader, Writer};
use nous_storage::deletions::{self, Extent, Wanted};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::messages::{self, Message, MessageKind, SendState};
use nous_storage::outbox::{self, NewControl};
use nous_storage::{account, conversations};

use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::MESSAGE_LIFE;
use crate::send::cancel::{self, Tried};
use crate::send::departures::Departures;
use crate::step::step;

/// If nothing is heard of a deletion (the process died) it goes on by itself after this.
const UNHEARD: Duration = Duration::from_secs(60);

/// Deletions that are written down, and wait for our own swarm.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Begun(Vec<MessageKey>);

impl Begun {
    /// Whether nothing is left to do: no swarm has any of the messages.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Deletes messages between two people for everyone, or notes on all devices of the account.
///
/// # Errors
/// As [`begin`] and [`finish`].
pub async fn delete(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    keys: Vec<MessageKey>,
    extent: Extent,
) -> Result<(), ClientError> {
    let begun = begin(core, keys, extent).await?;
    finish(core, swarm, begun).await
}

/// The first step: what no swarm has goes at once, what was being sent is called back or unsent; the
/// rest is written down. Nothing is changed if one of the messages cannot be deleted so.
///
/// # Errors
/// [`ClientError::NotDeletable`] for what somebody else wrote and for rows that are no messages, and
/// beyond Note to Self for [`Extent::OwnDevices`]; [`ClientError::Blocked`] if the other is; or what the
/// database said.
pub async fn begin(core: &Core, keys: Vec<MessageKey>, extent: Extent) -> Result<Begun, ClientError> {
    let plan = Plan {
        own: core.own,
        extent,
        now: core.clock.now(),
        departures: core.departures.clone(),
    };
    let written = core.db.write(move |writer| plan.write_down(writer, &keys));
    let (begun, gone, tried) = written.await??;
    if !begun.is_empty() {
        step!("delete.noted");
    }
    cancel::call_back(core, tried).await?;
    announce(core, gone);
    Ok(begun)
}

/// What a first step leaves: what waits for our own swarm, the rows that are gone, their attempts.
type Written = (Begun, Vec<Changed>, Vec<Tried>);

/// A row that changed, and where it stands or stood.
type Changed = (ConversationId, MessageKey);

struct Plan {
    own: AccountId,
    extent: Extent,
    now: Timestamp,
    departures: Departures,
}

impl Plan {
    fn write_down(
        self,
        writer: &mut Writer<'_>,
        keys: &[MessageKey],
    ) -> Result<Result<Written, ClientError>, StorageError> {
        let rows = messages::by_keys(&writer.reader(), keys)?;
        if !rows.iter().all(|row| self.is_deletable(row)) {
            return Ok(Err(ClientError::NotDeletable));
        }
        let (gone, stored): (Vec<Message>, Vec<Message>) = rows.into_iter().partition(is_only_here);
        if is_blocked(&writer.reader(), &stored)? {
            return Ok(Err(ClientError::Blocked));
        }
        let gone_keys = keys_of(&gone);
        let changed = changed_with(&writer.reader(), gone.iter().map(|row| (row.peer, row.key)))?;
        let tried = cancel::delete_in(writer, &self.own, &self.departures, &gone_keys, self.now)?;
        let begun = keys_of(&stored);
        if !begun.is_empty() {
            deletions::want(writer, &begun, self.extent, self.now, self.now + UNHEARD)?;
        }
        Ok(Ok((Begun(begun), changed, tried)))
    }

    /// What was deleted already can be removed in any case.
    fn is_deletable(&self, row: &Message) -> bool {
        let is_note = row.peer == self.own;
        let is_message = matches!(row.kind, MessageKind::Text | MessageKind::Unsupported);
        let is_meant = match self.extent {
            Extent::Everyone => row.is_own && !is_note && row.peer.person().is_some(),
            Extent::OwnDevices => is_note,
        };
        row.kind.is_deleted() || (is_message && is_meant)
    }
}

/// Whether nobody else has it to delete: it was deleted already, or nobody has confirmed that it was
/// stored.
fn is_only_here(row: &Message) -> bool {
    let has_not_left = matches!(
        row.state,
        Some(SendState::Queued | SendState::Sending | SendState::Failed)
    );
    row.kind.is_deleted() || has_not_left
}

/// Rows, and those that answer them: what they show of them changes too.
///
/// # Errors
/// What the database said.
pub(crate) fn changed_with(
    reader: &Reader<'_>,
    rows: impl Iterator<Item = Changed>,
) -> Result<Vec<Changed>, StorageError> {
    let mut changed = Vec::new();
    for (peer, key) in rows {
        changed.push((peer, key));
        let quoting = messages::quoting(reader, &[key])?;
        changed.extend(quoting.into_iter().map(|key| (peer, key)));
    }
    Ok(changed)
}

fn keys_of(rows: &[Message]) -> Vec<MessageKey> {
    rows.iter().map(|row| row.key).collect()
}

/// Whether one of those to whom these went is blocked: nothing is sent to them.
fn is_blocked(reader: &Reader<'_>, rows: &[Message]) -> Result<bool, StorageError> {
    let people: BTreeSet<AccountId> = rows.iter().filter_map(|row| row.peer.person()).collect();
    let people: Vec<AccountId> = people.into_iter().collect();
    let known = conversations::standings(reader, &people)?;
    Ok(known.values().any(|person| person.is_blocked))
}

/// The other steps: our own swarm, then the requests to the others.
///
/// # Errors
/// [`ClientError::Swarm`] if our own swarm did not delete its copies: then the messages stay as they
/// are. Else what the database said.
pub async fn finish(core: &Core, swarm: &Arc<dyn SwarmApi>, begun: Begun) -> Result<(), ClientError> {
    match carry_out(core, swarm, begun.0.clone()).await {
        Err(ClientError::Swarm(error)) => {
            give_up(core, begun).await?;
            Err(error.into())
        }
        result => result,
    }
}

/// Forgets what was begun: the messages stay as they are.
///
/// # Errors
/// What the database said.
pub async fn give_up(core: &Core, begun: Begun) -> Result<(), ClientError> {
    core.db
        .write(move |writer| deletions::forget(writer, &begun.0))
        .await?;
    Ok(())
}

async fn carry_out(core: &Core, swarm: &Arc<dyn SwarmApi>, keys: Vec<MessageKey>) -> Result<(), ClientError> {
    if keys.is_empty() {
        return Ok(());
    }
    let asked = keys.clone();
    let wanted = core.db.read(move |reader| wanted_of(reader, &asked)).await?;
    let hashes = wanted.into_iter().map(|wanted| wanted.hash);
    let hashes: Vec<String> = hashes.filter(|hash| !hash.is_empty()).collect();
    swarm::delete(core, swarm, &hashes).await?;
    step!("delete.swarm");
    let (own, now) = (core.own, core.clock.now());
    let (changed, rows) = core
        .db
        .write(move |writer| write_requests(writer, &own, &keys, now))
        .await?;
    step!("delete.done");
    core.departures.call_back(&rows);
    announce(core, changed);
    core.stir_outbox();
    core.deletions_stirred.notify_one();
    Ok(())
}

fn wanted_of(reader: &Reader<'_>, keys: &[MessageKey]) -> Result<Vec<Wanted>, StorageError> {
    let mut wanted = deletions::wanted(reader)?;
    wanted.retain(|wanted| keys.contains(&wanted.message));
    Ok(wanted)
}

/// Our own swarm has deleted its copies: the others are asked to, and nothing is left here of what the
/// messages said. Answers the rows that changed, and what of them waited in the outbox.
fn write_requests(
    writer: &mut Writer<'_>,
    own: &AccountId,
    keys: &[MessageKey],
    now: Timestamp,
) -> Result<(Vec<Changed>, Vec<OutboxKey>), StorageError> {
    let wanted = wanted_of(&writer.reader(), keys)?;
    let rows = wanted.iter().map(|one| (one.peer, one.message));
    let changed = changed_with(&writer.reader(), rows)?;
    let (mut for_all, mut notes, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut touched: Vec<ConversationKey> = Vec::new();
    for one in &wanted {
        let waiting = outbox::of_message(&writer.reader(), one.message)?;
        rows.extend(waiting.into_iter().map(|row| row.key));
        request(writer, own, one, now)?;
        deletions::note_unsent(writer, own, one.sent, now)?;
        match one.extent {
            Extent::Everyone => for_all.push(one.message),
            Extent::OwnDevices => notes.push(one.message),
        }
        touched.push(one.conversation);
    }
    deletions::forget_hashes(writer, &for_all)?;
    messages::delete_for_all(writer, &for_all, now)?;
    messages::remove(writer, &notes, now)?;
    deletions::forget(writer, keys)?;
    conversations::refresh(writer, &touched)?;
    Ok((changed, rows))
}

/// The requests to erase a message: to our own devices, and to the other. Our own swarm has just
/// answered: it does not hold up the other's.
fn request(
    writer: &mut Writer<'_>,
    own: &AccountId,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sent = account::take_sent_time(writer, now, now)?;
    let other = match wanted.extent {
        Extent::Everyone => wanted.peer.person(),
        Extent::OwnDevices => None,
    };
    for destination in [Some(*own), other].into_iter().flatten() {
        let new = NewControl {
            conversation: wanted.conversation,
            destination: SwarmAccount::from(destination),
            content: unsend(own, wanted.sent, sent),
            sent,
            ttl_ms: i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX),
            first_attempt: now,
            queued: now,
            give_up: now + MESSAGE_LIFE,
        };
        outbox::enqueue_control(writer, &new)?;
    }
    Ok(())
}

/// The content that asks to erase a message.
///
/// `author`, `target`: who wrote it, and its own time. `sent`: of the request.
pub(crate) fn unsend(author: &AccountId, target: Timestamp, sent: Timestamp) -> Vec<u8> {
    content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::Unsend(Target {
            timestamp: target,
            author: author.to_string(),
        }),
    })
}

fn announce(core: &Core, changed: Vec<Changed>) {
    if changed.is_empty() {
        return;
    }
    for (peer, key) in changed {
        core.announce_messages(peer, vec![key]);
    }
    core.hub.announce([Change::Connectivity]);
}
