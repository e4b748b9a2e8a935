//! One push of a group: its keys, information and members, then what they replace is deleted.
//!
//! Everything is sealed and noted before anything leaves, and confirmed in one transaction
//! after. Killed in between, the same bytes go out again, under the same hashes.
//!
//! Source: `groups.md` §8, §16; `config.md` §16.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_protocol::config::state::PendingPush;
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::group::state::GroupPush;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, StorageReply};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use rand::seq::SliceRandom;

use super::access::Access;
use super::kept;
use crate::config_sync::push::{is_by_most, note_own, store};
use crate::core::Core;
use crate::error::ClientError;
use crate::step::step;

/// How many members one push asks.
const MEMBERS: usize = 2;

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
    push: GroupPush,
}

/// Stores what is not stored. Only admins store.
///
/// # Errors
/// What the database said. Errors of the network are results.
///
/// Source: `groups.md` §16.
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
        prepare(writer, id, access, now)
    });
    let Some(load) = load.await? else {
        return Ok(GroupPushEnded::Idle);
    };
    step!("group.sealed");
    let replies = deliver(core, swarm, id, &load).await;
    step!("group.stored");
    let now = core.clock.now();
    let is_whole = core
        .db
        .write(move |writer| confirm(writer, id, &load.push, &replies, now))
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
    access: Access,
    now: Timestamp,
) -> Result<Option<Load>, StorageError> {
    let (Some(secret), Some(kept)) = (access.secret(), kept::load(&writer.reader(), &id)?) else {
        return Ok(None);
    };
    let mut group = kept.state;
    if !group.needs_push() {
        return Ok(None);
    }
    let push = match group.push(secret, now) {
        Ok(push) => push,
        Err(error) => {
            tracing::warn!(%error, "a group cannot be sealed");
            return Ok(None);
        }
    };
    kept::save(writer, &mut group, kept.is_admin)?;
    Ok(Some(Load { access, push }))
}

/// The requests of a push: keys, information, members, then what is obsolete.
fn actions(push: &GroupPush, now: Timestamp) -> Vec<Action> {
    let keys = push
        .keys
        .iter()
        .map(|data| store(Namespace::GROUP_KEYS, data, now));
    let configs = configs(push).flat_map(|(namespace, pending)| {
        let messages = pending.messages.iter();
        messages.map(move |data| store(namespace, data, now))
    });
    let mut actions: Vec<Action> = keys.chain(configs).collect();
    let obsolete: Vec<String> = configs_obsolete(push);
    if !obsolete.is_empty() {
        actions.push(Action::Delete {
            messages: obsolete,
            required: false,
        });
    }
    actions
}

fn configs(push: &GroupPush) -> impl Iterator<Item = (Namespace, &PendingPush)> {
    let info = push.info.iter().map(|pending| (Namespace::GROUP_INFO, pending));
    info.chain(
        push.members
            .iter()
            .map(|pending| (Namespace::GROUP_MEMBERS, pending)),
    )
}

fn configs_obsolete(push: &GroupPush) -> Vec<String> {
    configs(push)
        .flat_map(|(_, pending)| pending.obsolete.clone())
        .collect()
}

/// Asks members until one did everything; the answers of the one that did most.
async fn deliver(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId, load: &Load) -> Vec<StorageReply> {
    let account = SwarmAccount::from(id);
    let mut members = match swarm.members(&account).await {
        Ok(members) => members,
        Err(error) => {
            tracing::debug!(%error, "a group's swarm is not known");
            return Vec::new();
        }
    };
    members.shuffle(&mut rand::rng());
    let mut best = Vec::new();
    for node in members.iter().take(MEMBERS) {
        match ask(core, swarm, node, id, load).await {
            Ok(replies) => {
                let count =
                    |replies: &[StorageReply]| replies.iter().take_while(|reply| is_by_most(reply)).count();
                if count(&replies) >= count(&best) {
                    best = replies;
                }
                if count(&best) == best.len() {
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
    best
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
    let requests = actions(&load.push, core.clock.now());
    let requests = requests
        .into_iter()
        .map(|action| load.access.request(&id, action));
    swarm.sequence(&account, node, requests.collect()).await
}

/// Notes what most members have; whether that is all.
fn confirm(
    writer: &mut Writer<'_>,
    id: GroupId,
    push: &GroupPush,
    replies: &[StorageReply],
    now: Timestamp,
) -> Result<bool, StorageError> {
    let Some(kept) = kept::load(&writer.reader(), &id)? else {
        return Ok(true);
    };
    let mut group = kept.state;
    let mut rest = replies.iter();
    let mut is_whole = true;
    if push.keys.is_some() {
        // They count as ours when they come back: that is also their confirmation.
        is_whole &= rest.next().is_some_and(is_by_most);
    }
    for (namespace, pending) in configs(push) {
        let parts: Vec<&StorageReply> = rest.by_ref().take(pending.messages.len()).collect();
        let stored = |reply: &&StorageReply| is_by_most(reply).then(|| reply.store().ok()).flatten();
        let hashes: Option<BTreeSet<String>> = parts.iter().map(|reply| Some(stored(reply)?.hash)).collect();
        let Some(hashes) = hashes.filter(|_| parts.len() == pending.messages.len()) else {
            is_whole = false;
            continue;
        };
        note_own(writer, &id.into(), namespace, &hashes, now)?;
        let state = match namespace {
            Namespace::GROUP_INFO => group.info_mut().state_mut(),
            _ => group.members_mut().state_mut(),
        };
        state.confirm_pushed(pending.seqno, hashes);
    }
    if rest.next().is_some_and(is_by_most) {
        for state in [push.info.as_ref(), push.members.as_ref()].into_iter().flatten() {
            let hashes = || state.obsolete.iter().map(String::as_str);
            group.info_mut().state_mut().confirm_deleted(hashes());
            group.members_mut().state_mut().confirm_deleted(hashes());
        }
    }
    kept::save(writer, &mut group, kept.is_admin)?;
    step!("group.confirming");
    Ok(is_whole)
}
