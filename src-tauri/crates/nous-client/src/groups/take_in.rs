//! What a poll brought of a group's keys, information and members, in one transaction.
//!
//! Source: `groups.md` §13, §16 and §18.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::config::convo_info_volatile::{Convo, ConvoInfoVolatile};
use nous_protocol::config::crypto::CryptoError;
use nous_protocol::config::group_members::{GroupMember, Leaving, Progress};
use nous_protocol::config::state::{MergeOutcome, OpenError};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::group::keys::KeyReader;
use nous_protocol::group::kick;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::{GroupState, Righted};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_storage::cursors::{self};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation::Found;
use nous_storage::groups::details::{self, Standing};
use nous_storage::groups::shut_out;
use nous_storage::groups::tasks;
use nous_storage::ids::ConversationKey;
use nous_storage::{conversations, groups, inbox, seen_hashes};

use super::access::Access;
use super::kept as group_kept;
use super::poll::{GroupEnd, GroupPolled, SEVERAL, STATE_BOXES};
use super::{invites, pieces, removal, show};
use crate::config_sync::kept;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::receive::boxes::PolledBox;
use crate::receive::{Retrieved, Stored};
use crate::step::step;

/// How often it is noted that a group was heard of.
const NOTED_AFTER: Duration = Duration::from_secs(60);
/// Who is refused by all nodes for so long was removed.
const REFUSED_FOR_LONG: Duration = Duration::from_secs(14 * 86_400);

/// `refusals`: how many nodes refused the box of keys. Answers also whether there are new keys;
/// `None` if the group was left meanwhile.
pub(super) async fn take_in(
    core: &Core,
    id: GroupId,
    answers: Arc<Vec<Retrieved>>,
    refusals: usize,
) -> Result<Option<(GroupPolled, bool)>, ClientError> {
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
        let taken = batch.write(writer)?;
        step!("group.taking");
        Ok(Some(taken))
    });
    let taken = polled.await?;
    step!("group.taken");
    let Some(taken) = taken else {
        return Ok(None);
    };
    if taken.is_changed {
        let ids = vec![id.into()];
        core.hub.announce([Change::Groups, Change::Conversations(ids)]);
    }
    if taken.has_deleted {
        core.hub.announce([Change::AllMessages(id.into())]);
    }
    if taken.polled.standing != GroupEnd::Member {
        core.configs.change();
    }
    Ok(Some((taken.polled, taken.has_new_keys)))
}

/// What a poll brought of keys, information and members.
struct Taken {
    polled: GroupPolled,
    has_new_keys: bool,
    /// Something of what is shown.
    is_changed: bool,
    /// Messages were deleted for all.
    has_deleted: bool,
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
    fn write(&self, writer: &mut Writer<'_>) -> Result<Taken, StorageError> {
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
            has_removals: false,
            shown: 0,
            standing,
        };
        let taken = |polled, is_changed, has_deleted| Taken {
            polled,
            has_new_keys,
            is_changed,
            has_deleted,
        };
        if standing != GroupEnd::Member {
            self.end(writer, &group, standing)?;
            return Ok(taken(polled, true, false));
        }
        if let Some(secret) = self.access.secret() {
            accept_promotion(&mut group, secret, &self.keys.account_id());
            match group.put_right(secret) {
                Ok(righted) => polled.is_doubtful = righted == Righted::Doubtful,
                Err(error) => tracing::warn!(%error, "a group cannot be put right"),
            }
        }
        polled.is_push_due = is_admin && group.needs_push();
        let is_leaving = |member: GroupMember| member.leaving != Leaving::Stays;
        polled.has_removals = is_admin
            && (group.members().iter().any(is_leaving)
                || !shut_out::unsettled(&writer.reader(), &self.id)?.is_empty());
        if became_admin {
            self.read_again(writer)?;
        }
        let is_changed = is_new || became_admin || group.needs_dump();
        let mut deleted = Vec::new();
        let key = conversations::ensure(writer, self.id, self.now)?;
        if is_changed {
            group_kept::save(writer, &mut group, is_admin)?;
            deleted = show::state(writer, key, &group, is_admin, self.now)?;
            self.delete_in_swarm(writer, &deleted)?;
            if is_admin {
                removal::let_back_in(writer, &group, self.now)?;
            }
        }
        if is_admin {
            invites::take_over(writer, key, &group, &self.keys.account_id(), self.now)?;
        }
        let is_expired = self.note_heard(writer, key, &group)?;
        Ok(taken(polled, is_changed || is_expired, !deleted.is_empty()))
    }

    /// What admins deleted for all goes from the swarm too.
    fn delete_in_swarm(&self, writer: &mut Writer<'_>, deleted: &[Found]) -> Result<(), StorageError> {
        let hashes: Vec<&String> = deleted
            .iter()
            .map(|found| &found.hash)
            .filter(|hash| !hash.is_empty())
            .collect();
        if self.access.secret().is_none() || hashes.is_empty() {
            return Ok(());
        }
        tasks::add(writer, &pieces::deletion(self.id, hashes, self.now))
    }

    /// Notes that the group was heard of, unless that was just now. Where no node has anything of
    /// it and there is no key here, it has expired; whether that is so since now.
    ///
    /// Source: `groups.md` §18.
    fn note_heard(
        &self,
        writer: &mut Writer<'_>,
        key: ConversationKey,
        group: &GroupState,
    ) -> Result<bool, StorageError> {
        let standing = groups::standing(&writer.reader(), &self.id)?;
        let last = standing.and_then(|standing| standing.last_poll);
        if last.is_none_or(|at| self.now.since(at) >= NOTED_AFTER || at > self.now) {
            groups::note_polled(writer, &self.id, self.now)?;
        }
        let Some(mut shown) = details::load(&writer.reader(), key)? else {
            return Ok(false);
        };
        let since = match (self.is_refused(), shown.refused_since.as_ms()) {
            (true, 0) => self.now,
            (true, _) => shown.refused_since,
            (false, _) => Timestamp::from_ms(0),
        };
        if since != shown.refused_since {
            shown.refused_since = since;
            details::save(writer, key, &shown)?;
        }
        if self.is_refused() {
            return Ok(false);
        }
        let has_state = !group.keys().is_empty() || group.keys().active_hashes().next().is_some();
        let answered = self
            .answers
            .iter()
            .filter(|answer| answer.namespace == Namespace::GROUP_KEYS)
            .count();
        if has_state {
            if self.now.since(shown.heard) >= NOTED_AFTER || shown.heard > self.now {
                shown.heard = self.now;
                details::save(writer, key, &shown)?;
            }
            return Ok(false);
        }
        let is_gone = answered >= SEVERAL && shown.standing == Standing::Joined;
        if is_gone {
            shown.standing = Standing::Expired;
            details::save(writer, key, &shown)?;
        }
        Ok(is_gone)
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
    fn read_again(&self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        let account = SwarmAccount::from(self.id);
        for namespace in STATE_BOXES {
            cursors::forget_box(writer, &account, namespace)?;
            seen_hashes::forget_box(writer, &account, namespace)?;
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
    /// node gave keys, two must have refused them. What an admin has not stored yet is no news; a member
    /// stores nothing.
    fn standing(&self, writer: &mut Writer<'_>, group: &GroupState) -> Result<GroupEnd, StorageError> {
        let polled = self.polled(Namespace::GROUP_REVOKED);
        let fresh = polled.fresh(&writer.reader())?;
        let is_unsaid = self.access.secret().is_some() && group.info().state().needs_push();
        if group.info().is_destroyed() && !is_unsaid {
            return Ok(GroupEnd::Destroyed);
        }
        if self.is_refused_for_long(writer)? {
            return Ok(GroupEnd::Kicked);
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

    /// Whether every node that was asked refuses us, as to somebody who was removed.
    fn is_refused(&self) -> bool {
        let is_of_keys = |answer: &Retrieved| answer.namespace == Namespace::GROUP_KEYS;
        self.refusals >= SEVERAL && !self.answers.iter().any(is_of_keys)
    }

    /// Whether that is so for so long that we were removed, though no notice says it.
    ///
    /// Source: `groups.md` §13.
    fn is_refused_for_long(&self, writer: &Writer<'_>) -> Result<bool, StorageError> {
        if !self.is_refused() || self.access.secret().is_some() {
            return Ok(false);
        }
        let reader = writer.reader();
        let Some(key) = conversations::find(&reader, self.id)? else {
            return Ok(false);
        };
        let since = details::load(&reader, key)?.map_or(self.now, |shown| shown.refused_since);
        Ok(since.as_ms() > 0 && self.now.since(since) >= REFUSED_FOR_LONG)
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
        kept::change(writer, |reads: &mut ConvoInfoVolatile| {
            reads.erase(&Convo::Group(self.id))
        })?;
        groups::forget(writer, &self.id)?;
        tasks::forget_group(writer, &self.id)?;
        if let Some(entry) = config.group(&self.id) {
            show::entry(writer, &entry, self.now)?;
        }
        Ok(())
    }
}

/// We were made an admin, and are one now.
///
/// Source: `groups.md` §12.
fn accept_promotion(group: &mut GroupState, secret: &GroupSecret, own: &AccountId) {
    let member = group.members().get(own);
    let is_asked = |member: &GroupMember| member.is_admin && member.promotion != Progress::Accepted;
    if let Some(mut member) = member.filter(is_asked) {
        member.accept_promotion();
        group.members_mut().set(secret, &member);
    }
}

/// What no key opened: perhaps a later one does.
fn without_key(outcome: &MergeOutcome) -> BTreeSet<&str> {
    let is_closed = |error: &OpenError| matches!(error, OpenError::Crypto(CryptoError::Key));
    let closed = outcome.rejected.iter().filter(|(_, error)| is_closed(error));
    closed.map(|(hash, _)| hash.as_str()).collect()
}
