//! One poll of a group's swarm: keys, then information and members, then whether we were
//! removed, then what is said.
//!
//! Source: `groups.md` §13, §16; `network.md` §7.2.

use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_protocol::wire::rpc::Action;
use nous_storage::cursors::{self, Place};
use nous_storage::db::Reader;
use nous_storage::groups;
use nous_storage::groups::parked::Reason;
use rand::seq::SliceRandom;

use super::access::Access;
use super::take_in::take_in;
use super::{messages, reconnect};
use crate::core::Core;
use crate::error::ClientError;
use crate::poll::retrieve::read;
use crate::receive::Retrieved;
use crate::step::step;

/// The boxes of a group and their shares of the largest answer: −2 is half of it. Keys come last,
/// so that no key is missing for what was read before.
const BOXES: [(Namespace, i64); 5] = [
    (Namespace::GROUP_REVOKED, -8),
    (Namespace::GROUP_MESSAGES, -2),
    (Namespace::GROUP_INFO, -8),
    (Namespace::GROUP_MEMBERS, -8),
    (Namespace::GROUP_KEYS, -8),
];
/// The boxes of what admins store: keys, information and members.
pub(super) const STATE_BOXES: [Namespace; 3] = [
    Namespace::GROUP_KEYS,
    Namespace::GROUP_INFO,
    Namespace::GROUP_MEMBERS,
];
/// How many members the first poll of a group asks, and one after a refusal: single nodes are
/// often behind.
pub(super) const SEVERAL: usize = 2;
/// The most members that are asked in one poll, while keys are searched for on all of them.
const EVERY: usize = 10;
/// After so many members that do not answer, the rest are left for the next poll: other groups
/// wait for their turns.
const MOST_SILENT: usize = 3;

/// What a poll of a group brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPolled {
    /// Whether there is more to read at once.
    pub has_more: bool,
    /// Whether something must be stored.
    pub is_push_due: bool,
    /// Whether another poll must tell if something is wrong.
    pub is_doubtful: bool,
    /// Whether members are being removed: an admin finishes it.
    pub has_removals: bool,
    /// How many new messages there were.
    pub shown: u32,
    /// Whether we are in it still.
    pub standing: GroupEnd,
}

/// Whether a group goes on for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupEnd {
    /// It does.
    Member,
    /// We were removed.
    Kicked,
    /// The group is gone.
    Destroyed,
}

/// Asks a group's swarm what is new, and takes it in. `None` for a group that was not joined.
///
/// # Errors
/// [`ClientError::Swarm`] if no member answered; else what the database said.
///
/// Source: `groups.md` §16.
pub async fn poll_group(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<Option<GroupPolled>, ClientError> {
    let keys = Arc::clone(&core.keys);
    let plan = core.db.read(move |reader| {
        let access = Access::read(reader, &id, &keys)?;
        let standing = groups::standing(reader, &id)?;
        let is_first = standing.is_none_or(|standing| standing.newest_key.is_none());
        let is_searching = reconnect::is_asking_nodes(reader, id)?;
        Ok(access.map(|access| (access, is_first, is_searching)))
    });
    let Some((access, is_first, is_searching)) = plan.await? else {
        return Ok(None);
    };
    let mut members = swarm.members(&SwarmAccount::from(id)).await?;
    members.shuffle(&mut rand::rng());
    let mut wanted = match (is_searching, is_first) {
        (true, _) => members.len().min(EVERY),
        (_, true) => SEVERAL,
        _ => 1,
    };
    let (mut answers, mut last) = (Vec::new(), SwarmError::NoSwarm);
    let mut silent = 0;
    for node in &members {
        match retrieve(core, swarm, node, id, &access).await {
            Ok(answered) => {
                // One that is behind may refuse whom the others take.
                if has_refused(&answered) {
                    wanted = wanted.max(SEVERAL);
                }
                answers.push(answered);
            }
            Err(ClientError::Swarm(error)) => {
                last = error;
                silent += 1;
            }
            Err(other) => return Err(other),
        }
        if answers.len() >= wanted || silent == MOST_SILENT {
            break;
        }
    }
    if answers.is_empty() {
        return Err(last.into());
    }
    step!("group.fetched");
    let refusals = answers.iter().filter(|answered| has_refused(answered)).count();
    let answers: Arc<Vec<Retrieved>> = Arc::new(answers.into_iter().flatten().collect());
    let taken = take_in(core, id, Arc::clone(&answers), refusals).await?;
    let Some((mut polled, has_new_keys)) = taken else {
        return Ok(None);
    };
    if polled.standing == GroupEnd::Member {
        // Whose sender was not known may be shown now: the members were read again.
        let reasons: &[Reason] = if has_new_keys {
            &[Reason::NoKey, Reason::UnknownSender]
        } else {
            &[Reason::UnknownSender]
        };
        polled.shown = messages::receive(core, id, answers, reasons).await?;
    }
    Ok(Some(polled))
}

/// Whether a node refused the box of keys, as to somebody who was removed.
fn has_refused(answered: &[Retrieved]) -> bool {
    answered
        .iter()
        .all(|answer| answer.namespace != Namespace::GROUP_KEYS)
}

/// What is new in every box of one node. Boxes that it refuses are left out: to members who
/// were removed, all but one are closed.
async fn retrieve(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    id: GroupId,
    access: &Access,
) -> Result<Vec<Retrieved>, ClientError> {
    let (account, key, now) = (SwarmAccount::from(id), node.key.0, core.clock.now());
    let cursors = core.db.read(move |reader: &Reader<'_>| {
        let last_hash = |namespace| {
            let place = Place {
                account: &account,
                node: &key,
                namespace,
            };
            cursors::last_hash(reader, place, now)
        };
        let namespaces = BOXES.into_iter().map(|(namespace, _)| namespace);
        namespaces.map(last_hash).collect::<Result<Vec<_>, _>>()
    });
    let cursors = cursors.await?;
    let mut again = true;
    let replies = loop {
        let now = core.clock.now();
        let requests = BOXES.iter().zip(&cursors).map(|((namespace, share), last_hash)| {
            let action = Action::Retrieve {
                namespace: *namespace,
                timestamp: now,
                last_hash: last_hash.clone(),
                max_count: None,
                max_size: Some(*share),
            };
            access.request(&id, action)
        });
        match swarm.call(&account, node, requests.collect()).await {
            Err(SwarmError::ClockCorrected { .. }) if again => again = false,
            Err(error) => return Err(error.into()),
            Ok(replies) if replies.len() != BOXES.len() => return Err(SwarmError::BadAnswer.into()),
            Ok(replies) => break replies,
        }
    };
    let now = core.clock.now();
    let answers = BOXES.iter().zip(&replies);
    answers
        .filter_map(
            |((namespace, _), reply)| match read(node, *namespace, reply, now) {
                Err(SwarmError::NotAllowed) => None,
                other => Some(other.map_err(ClientError::from)),
            },
        )
        .collect()
}
