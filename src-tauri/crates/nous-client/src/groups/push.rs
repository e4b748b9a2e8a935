//! One push of a group: permissions, its keys, information and members, news for all, and what is
//! to be deleted, in one request.
//!
//! Everything is noted before anything leaves, and confirmed in one transaction after. Killed in
//! between, keys and configs go out again as the same bytes under the same hashes; news is sealed
//! again, with the newest key, and counts once by its sender and time.
//!
//! Source: `groups.md` §8, §16; `config.md` §16.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::StorageReply;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, Task};
use nous_storage::{conversations, messages};
use rand::seq::SliceRandom;

use super::access::Access;
use super::kept;
use super::pieces::{self, Done, Piece};
use super::poll::SEVERAL;
use crate::config_sync::push::{is_by_most, note_own};
use crate::core::Core;
use crate::error::ClientError;
use crate::send::MESSAGE_LIFE;
use crate::step::step;

/// How many members one push asks.
const MEMBERS: usize = 2;
/// The code of a refusal.
const REFUSED: u16 = 401;

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupPushEnded {
    /// There was nothing to store, or we may not.
    Idle,
    /// All of it is stored.
    Pushed,
    /// Some of it is not: later.
    Failed,
}

/// What has to go out, and as whom.
struct Load {
    access: Access,
    pieces: Vec<Piece>,
}

/// Stores and deletes what waits for it: of an admin keys and configs too.
///
/// # Errors
/// What the database said. Errors of the network are results.
///
/// Source: `groups.md` §9, §15, §16.
pub async fn push_group(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<GroupPushEnded, ClientError> {
    let (keys, now) = (Arc::clone(&core.keys), core.clock.now());
    let load = core.db.write(move |writer| {
        let Some(access) = Access::read(&writer.reader(), &id, &keys)? else {
            return Ok(None);
        };
        let pieces = prepare(writer, id, &keys, &access, now)?;
        Ok((!pieces.is_empty()).then_some(Load { access, pieces }))
    });
    let Some(load) = load.await? else {
        return Ok(GroupPushEnded::Idle);
    };
    step!("group.sealed");
    let delivered = deliver(core, swarm, id, &load).await;
    step!("group.stored");
    let now = core.clock.now();
    let is_whole = core
        .db
        .write(move |writer| confirm(writer, id, &load.pieces, &delivered, now))
        .await?;
    step!("group.confirmed");
    Ok(if is_whole {
        GroupPushEnded::Pushed
    } else {
        GroupPushEnded::Failed
    })
}

fn prepare(
    writer: &mut Writer<'_>,
    id: GroupId,
    account: &nous_protocol::keys::IdentityKeys,
    access: &Access,
    now: Timestamp,
) -> Result<Vec<Piece>, StorageError> {
    let Some(kept) = kept::load(&writer.reader(), &id)? else {
        return Ok(Vec::new());
    };
    let mut group = kept.state;
    let mut push = None;
    if let Some(secret) = access.secret().filter(|_| group.needs_push()) {
        match group.push(secret, now) {
            Ok(sealed) => push = Some(sealed),
            Err(error) => tracing::warn!(%error, "a group cannot be sealed"),
        }
        kept::save(writer, &mut group, kept.is_admin)?;
    }
    let due = tasks::of_group(&writer.reader(), &id)?
        .into_iter()
        .filter(|task| task.due <= now)
        .collect();
    Ok(pieces::of(&group, account, access, push, due))
}

/// What members of the swarm answered.
#[derive(Default)]
struct Delivered {
    /// The answers of the one that did most.
    replies: Vec<StorageReply>,
    /// How many refused us, while none let us in: one alone may have missed that we were let in.
    refusals: usize,
}

/// Asks members until one did everything; more than usual while they refuse us.
async fn deliver(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId, load: &Load) -> Delivered {
    let account = SwarmAccount::from(id);
    let mut members = match swarm.members(&account).await {
        Ok(members) => members,
        Err(error) => {
            tracing::debug!(%error, "a group's swarm is not known");
            return Delivered::default();
        }
    };
    members.shuffle(&mut rand::rng());
    let mut delivered = Delivered::default();
    for (asked, node) in members.iter().enumerate() {
        if asked >= MEMBERS + delivered.refusals {
            break;
        }
        match ask(core, swarm, node, id, load).await {
            Ok(replies) if replies.first().is_some_and(|reply| reply.code == REFUSED) => {
                delivered.refusals += 1;
            }
            Ok(replies) => {
                let count =
                    |replies: &[StorageReply]| replies.iter().take_while(|reply| is_by_most(reply)).count();
                if count(&replies) >= count(&delivered.replies) {
                    delivered.replies = replies;
                }
                if count(&delivered.replies) == load.pieces.len() {
                    break;
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a group was not stored");
                if matches!(error.retry(), Retry::Never) {
                    break;
                }
            }
        }
    }
    if !delivered.replies.is_empty() {
        delivered.refusals = 0;
    }
    delivered
}

async fn ask(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    id: GroupId,
    load: &Load,
) -> Result<Vec<StorageReply>, SwarmError> {
    let account = SwarmAccount::from(id);
    // The times in them are those of the attempt: a corrected clock changes them.
    let now = core.clock.now();
    let requests = load
        .pieces
        .iter()
        .map(|piece| load.access.request(&id, piece.action(now)));
    swarm.sequence(&account, node, requests.collect()).await
}

/// Notes what most members have done; whether that is all.
fn confirm(
    writer: &mut Writer<'_>,
    id: GroupId,
    pieces: &[Piece],
    delivered: &Delivered,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let Some(kept) = kept::load(&writer.reader(), &id)? else {
        return Ok(true);
    };
    let mut group = kept.state;
    let mut replies = delivered.replies.iter();
    let mut is_whole = true;
    let due = tasks::of_group(&writer.reader(), &id)?;
    let is_ending = tasks::is_ending(&writer.reader(), &id)?;
    let mut confirmed = Done::default();
    // Who leaves and was shut out meanwhile has nothing more to say.
    let is_shut_out = is_ending && delivered.refusals >= SEVERAL;
    for piece in pieces {
        let reply = replies.next();
        if is_shut_out && matches!(piece, Piece::Announce { .. }) {
            tasks::done(writer, piece.tasks())?;
            continue;
        }
        let Some(reply) = reply.filter(|reply| is_by_most(reply)) else {
            if piece.is_required() {
                is_whole = false;
                postpone(writer, &due, piece, now)?;
            }
            continue;
        };
        let hash: Option<String> = reply.store().ok().map(|stored| stored.hash);
        if let Some(namespace) = piece.own_box() {
            let hashes: BTreeSet<String> = hash.iter().cloned().collect();
            note_own(writer, &id.into(), namespace, &hashes, now)?;
        }
        if let Piece::Announce { sent, .. } = piece {
            note_told(writer, id, *sent, hash.as_deref(), now)?;
        }
        confirmed.note(piece, hash);
        tasks::done(writer, piece.tasks())?;
    }
    confirmed.confirm(&mut group);
    kept::save(writer, &mut group, kept.is_admin)?;
    step!("group.confirming");
    Ok(is_whole)
}

fn postpone(
    writer: &mut Writer<'_>,
    due: &[Task],
    piece: &Piece,
    now: Timestamp,
) -> Result<(), StorageError> {
    for key in piece.tasks() {
        let attempts = due
            .iter()
            .find(|task| task.key == key)
            .map_or(0, |task| task.attempts);
        tasks::postpone(writer, key, pieces::later(now, attempts))?;
    }
    Ok(())
}

/// Where news is a message of ours, it was sent.
fn note_told(
    writer: &mut Writer<'_>,
    id: GroupId,
    sent: Timestamp,
    hash: Option<&str>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let Some(key) = conversations::find(&writer.reader(), id)? else {
        return Ok(());
    };
    let Some(message) = messages::own_sent_at(writer, key, sent)? else {
        return Ok(());
    };
    messages::mark_stored(writer, message, now, Some(now + MESSAGE_LIFE))?;
    if let Some(hash) = hash {
        messages::note_own_copy(writer, message, hash)?;
    }
    Ok(())
}
