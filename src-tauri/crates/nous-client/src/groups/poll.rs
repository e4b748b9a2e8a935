//! One poll of a group's swarm: keys, then information and members, then whether we were
//! removed.
//!
//! Source: `groups.md` §13, §16; `network.md` §7.2.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_protocol::config::crypto::CryptoError;
use nous_protocol::config::state::{MergeOutcome, OpenError};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::group::keys::KeyReader;
use nous_protocol::group::kick;
use nous_protocol::group::state::{GroupState, Righted};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::Action;
use nous_storage::cursors::{self, Place};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::{groups, inbox, seen_hashes};
use rand::seq::SliceRandom;

use super::access::Access;
use super::kept as group_kept;
use crate::config_sync::{groups as shown, kept};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::poll::retrieve::read;
use crate::receive::boxes::PolledBox;
use crate::receive::{Retrieved, Stored};
use crate::step::step;

/// The boxes of a group, keys last, so that no key is missing for what was read before.
const BOXES: [Namespace; 4] = [
    Namespace::GROUP_REVOKED,
    Namespace::GROUP_INFO,
    Namespace::GROUP_MEMBERS,
    Namespace::GROUP_KEYS,
];
/// The share of each box of the largest answer: an eighth.
const SHARE: i64 = -8;
/// How many members the first poll of a group asks, and one after a refusal: single nodes are
/// often behind.
const SEVERAL: usize = 2;

/// What a poll of a group brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPolled {
    /// Whether there is more to read at once.
    pub has_more: bool,
    /// Whether something must be stored.
    pub is_push_due: bool,
    /// Whether another poll must tell if something is wrong.
    pub is_doubtful: bool,
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
        let is_first = group_kept::load(reader, &id)?.is_none_or(|kept| kept.state.keys().is_empty());
        Ok(access.map(|access| (access, is_first)))
    });
    let Some((access, is_first)) = plan.await? else {
        return Ok(None);
    };
    let mut members = swarm.members(&SwarmAccount::from(id)).await?;
    members.shuffle(&mut rand::rng());
    let mut wanted = if is_first { SEVERAL } else { 1 };
    let (mut answers, mut last) = (Vec::new(), SwarmError::NoSwarm);
    for node in &members {
        match retrieve(core, swarm, node, id, &access).await {
            Ok(answered) => {
                // One that is behind may refuse whom the others take.
                if has_refused(&answered) {
                    wanted = SEVERAL;
                }
                answers.push(answered);
            }
            Err(ClientError::Swarm(error)) => last = error,
            Err(other) => return Err(other),
        }
        if answers.len() == wanted {
            break;
        }
    }
    if answers.is_empty() {
        return Err(last.into());
    }
    step!("group.fetched");
    let refusals = answers.iter().filter(|answered| has_refused(answered)).count();
    let answers = answers.into_iter().flatten().collect();
    take_in(core, id, answers, refusals).await
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
        BOXES.into_iter().map(last_hash).collect::<Result<Vec<_>, _>>()
    });
    let cursors = cursors.await?;
    let mut again = true;
    let replies = loop {
        let now = core.clock.now();
        let requests = BOXES.iter().zip(&cursors).map(|(namespace, last_hash)| {
            let action = Action::Retrieve {
                namespace: *namespace,
                timestamp: now,
                last_hash: last_hash.clone(),
                max_count: None,
                max_size: Some(SHARE),
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
        .filter_map(|(namespace, reply)| match read(node, *namespace, reply, now) {
            Err(SwarmError::NotAllowed) => None,
            other => Some(other.map_err(ClientError::from)),
        })
        .collect()
}

/// `refusals`: how many nodes refused the box of keys. `None` if the group was left meanwhile.
async fn take_in(
    core: &Core,
    id: GroupId,
    answers: Vec<Retrieved>,
    refusals: usize,
) -> Result<Option<GroupPolled>, ClientError> {
    let (keys, now) = (Arc::clone(&core.keys), core.clock.now());
    let polled = core.db.write(move |writer| {
        // It may be another one since the question left.
        let Some(access) = Access::read(&writer.reader(), &id, &keys)? else {
            return Ok(None);
        };
        let batch = Batch {
            id,
            keys: &keys,
            access: &access,
            answers: &answers,
            refusals,
            now,
        };
        let polled = batch.write(writer)?;
        step!("group.taking");
        Ok(Some(polled))
    });
    let polled = polled.await?;
    step!("group.taken");
    if polled.is_some_and(|polled| polled.standing != GroupEnd::Member) {
        core.hub.announce([Change::Groups]);
        core.configs.change();
    }
    Ok(polled)
}

struct Batch<'b> {
    id: GroupId,
    keys: &'b IdentityKeys,
    access: &'b Access,
    answers: &'b [Retrieved],
    refusals: usize,
    now: Timestamp,
}

impl Batch<'_> {
    fn write(&self, writer: &mut Writer<'_>) -> Result<GroupPolled, StorageError> {
        let kept = group_kept::load(&writer.reader(), &self.id)?;
        let is_new = kept.is_none();
        let is_admin = self.access.secret().is_some();
        let became_admin = is_admin && kept.as_ref().is_some_and(|kept| !kept.is_admin);
        let mut group = kept.map_or_else(|| GroupState::new(self.id), |kept| kept.state);
        let has_new_keys = self.take_keys(writer, &mut group)?;
        self.take_configs(writer, &mut group)?;
        let standing = self.standing(writer, &group)?;
        let has_more = self
            .answers
            .iter()
            .any(|answer| answer.has_more && !answer.messages.is_empty());
        let mut polled = GroupPolled {
            has_more: has_more || has_new_keys || became_admin,
            is_push_due: false,
            is_doubtful: false,
            standing,
        };
        if standing != GroupEnd::Member {
            self.end(writer, &group, standing)?;
            return Ok(polled);
        }
        if let Some(secret) = self.access.secret() {
            match group.put_right(secret) {
                Ok(righted) => polled.is_doubtful = righted == Righted::Doubtful,
                Err(error) => tracing::warn!(%error, "a group cannot be put right"),
            }
        }
        polled.is_push_due = is_admin && group.needs_push();
        if became_admin {
            self.read_again(
                writer,
                &[
                    Namespace::GROUP_KEYS,
                    Namespace::GROUP_INFO,
                    Namespace::GROUP_MEMBERS,
                ],
            )?;
        }
        if is_new || became_admin || group.needs_dump() {
            group_kept::save(writer, &mut group, is_admin)?;
        }
        groups::note_polled(writer, &self.id, self.now)?;
        Ok(polled)
    }

    fn polled(&self, namespace: Namespace) -> PolledBox<'_> {
        PolledBox {
            account: self.id.into(),
            namespace,
            answers: self.answers,
        }
    }

    /// Whether there are new keys. They may open what was passed over before: information and
    /// members are read again from the beginning.
    fn take_keys(&self, writer: &mut Writer<'_>, group: &mut GroupState) -> Result<bool, StorageError> {
        let polled = self.polled(Namespace::GROUP_KEYS);
        let fresh = polled.fresh(&writer.reader())?;
        let reader = KeyReader {
            account: self.keys,
            secret: self.access.secret(),
        };
        let before = group.keys().all();
        for message in &fresh {
            // A node's word from the future would age all other keys.
            let stored = message.stored.min(self.now);
            if let Err(error) = group.load_keys(&message.hash, &message.data, stored, &reader) {
                tracing::warn!(%error, "a key message of a group cannot be read");
                inbox::note_drop(writer, "group.keys")?;
            }
        }
        let has_new = group.keys().all() != before;
        if has_new {
            let account = SwarmAccount::from(self.id);
            for namespace in [Namespace::GROUP_INFO, Namespace::GROUP_MEMBERS] {
                cursors::forget_box(writer, &account, namespace)?;
            }
        }
        polled.keep_places(writer, fresh)?;
        Ok(has_new)
    }

    /// Boxes are read from their beginning, and what was dealt with is dealt with again.
    fn read_again(&self, writer: &mut Writer<'_>, boxes: &[Namespace]) -> Result<(), StorageError> {
        let account = SwarmAccount::from(self.id);
        for namespace in boxes {
            cursors::forget_box(writer, &account, *namespace)?;
            seen_hashes::forget_box(writer, &account, *namespace)?;
        }
        Ok(())
    }

    fn take_configs(&self, writer: &mut Writer<'_>, group: &mut GroupState) -> Result<(), StorageError> {
        for namespace in [Namespace::GROUP_INFO, Namespace::GROUP_MEMBERS] {
            let polled = self.polled(namespace);
            let fresh = polled.fresh(&writer.reader())?;
            let stored: Vec<(&str, &[u8])> = fresh
                .iter()
                .map(|stored| (stored.hash.as_str(), stored.data.as_slice()))
                .collect();
            let outcome = match namespace {
                Namespace::GROUP_INFO => group.merge_info(&stored, self.access.secret(), self.now),
                _ => group.merge_members(&stored, self.access.secret(), self.now),
            };
            for _ in &outcome.rejected {
                inbox::note_drop(writer, "group.config")?;
            }
            let unread = without_key(&outcome);
            let is_read = |stored: &&Stored| !unread.contains(stored.hash.as_str());
            polled.keep_places(writer, fresh.iter().copied().filter(is_read))?;
        }
        Ok(())
    }

    /// Whether the group goes on for us. A notice that we were removed counts against the keys of
    /// the same poll, and not before the first ones: it may be older than our invitation. Where no
    /// node gave keys, two must have refused them. What we have not stored ourselves is no news.
    fn standing(&self, writer: &mut Writer<'_>, group: &GroupState) -> Result<GroupEnd, StorageError> {
        let polled = self.polled(Namespace::GROUP_REVOKED);
        let fresh = polled.fresh(&writer.reader())?;
        if group.info().is_destroyed() && !group.info().state().needs_push() {
            return Ok(GroupEnd::Destroyed);
        }
        let of_keys = |answer: &&Retrieved| answer.namespace == Namespace::GROUP_KEYS && !answer.has_more;
        let is_current = self.answers.iter().any(|answer| of_keys(&answer)) || self.refusals >= SEVERAL;
        if !is_current || group.keys().loaded().next().is_none() {
            return Ok(GroupEnd::Member);
        }
        let current = group.keys().generation();
        let is_for_us = |stored: &&Stored| {
            kick::open(self.keys, &self.id, &stored.data).is_some_and(|kick| kick.counts_against(current))
        };
        if self.access.secret().is_none() && fresh.iter().any(is_for_us) {
            return Ok(GroupEnd::Kicked);
        }
        polled.keep_places(writer, fresh)?;
        Ok(GroupEnd::Member)
    }

    /// The account's config says so on all devices; keys and places are forgotten.
    fn end(
        &self,
        writer: &mut Writer<'_>,
        group: &GroupState,
        standing: GroupEnd,
    ) -> Result<(), StorageError> {
        let name = group.info().name();
        let config = kept::change(writer, |config: &mut UserGroups| {
            if let Some(mut entry) = config.group(&self.id) {
                if !name.is_empty() {
                    entry.name = name;
                }
                match standing {
                    GroupEnd::Destroyed => entry.mark_destroyed(),
                    GroupEnd::Kicked | GroupEnd::Member => entry.mark_kicked(),
                }
                config.set_group(&entry);
            }
            config.clone()
        })?;
        shown::show(writer, &config)?;
        groups::forget(writer, &self.id)?;
        Ok(())
    }
}

/// What no key opened: perhaps a later one does.
fn without_key(outcome: &MergeOutcome) -> BTreeSet<&str> {
    let is_closed = |error: &OpenError| matches!(error, OpenError::Crypto(CryptoError::Key));
    let closed = outcome.rejected.iter().filter(|(_, error)| is_closed(error));
    closed.map(|(hash, _)| hash.as_str()).collect()
}
