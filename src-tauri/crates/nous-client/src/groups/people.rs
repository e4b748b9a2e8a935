//! Members: added, invited again, promoted, removed.
//!
//! Source: `groups.md` §9, §12, §13, §22.

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::auth::Access as Permission;
use nous_protocol::config::group_members::{GroupMember, Leaving, MAX_MEMBERS, Progress};
use nous_protocol::content::Wish;
use nous_protocol::content::WishKind;
use nous_protocol::content::group::MemberChange;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::{subaccount, update};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::MAX_DATA;
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, NewTask, TaskKind};
use nous_storage::groups::{conversation, members};
use nous_storage::messages::GroupEvent;

use super::edit::{Edit, edit};
use super::error::GroupError;
use super::words::GroupWords;
use crate::core::Core;

/// All keys that the group ever had.
const EVER: Timestamp = Timestamp::from_ms(0);

/// Somebody to add, with the name under which we know them.
pub type Newcomer = (AccountId, String);

/// What became of the wish to add people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// They are in, and are being invited.
    Now,
    /// Admins' apps are asked to add them.
    Proposed,
}

/// Adds people, or asks the admins' apps to.
///
/// `with_history`: they can read the messages that the swarm still has; admins only.
///
/// # Errors
/// [`GroupError`]: too many, nobody new, members may not; or what the database said.
///
/// Source: `groups.md` §9 and §22.
pub async fn add(
    core: &Core,
    id: GroupId,
    people: Vec<Newcomer>,
    with_history: bool,
) -> Result<Added, GroupError> {
    let words = core.words.get();
    edit(core, id, move |group| {
        let mut people = people;
        people.retain(|(person, _)| {
            let is_new = group.state.members().get(person).is_none() && *person != group.own;
            is_new
                && group
                    .secret
                    .as_ref()
                    .is_none_or(|secret| is_usable(secret, person))
        });
        people.sort_by_key(|(person, _)| *person);
        people.dedup_by_key(|(person, _)| *person);
        if people.is_empty() {
            return Ok(Err(GroupError::Nobody));
        }
        let total = group.state.members().iter().count() + people.len();
        if total > MAX_MEMBERS {
            return Ok(Err(GroupError::TooMany(total)));
        }
        if group.secret.is_none() {
            return propose(group, &people, &words);
        }
        if group.state.keys().is_empty() {
            return Ok(Err(GroupError::WithoutKey));
        }
        add_now(group, &people, with_history)?;
        Ok(Ok(Added::Now))
    })
    .await
}

/// As an admin. Older keys are gathered before the next one is made, which is made in any case:
/// so the list of keys of new members begins here, and an older notice of removal does not
/// count against them.
pub(super) fn add_now(
    group: &mut Edit<'_, '_>,
    people: &[Newcomer],
    with_history: bool,
) -> Result<(), StorageError> {
    let ids: Vec<AccountId> = people.iter().map(|(person, _)| *person).collect();
    let (id, now) = (group.id, group.now);
    if with_history {
        supplement(group, &ids, EVER)?;
    }
    group.change_state(|state, secret| {
        for (person, name) in people {
            let mut member = GroupMember::invited(*person);
            member.name.clone_from(name);
            member.with_history = with_history;
            state.members_mut().set(secret, &member);
        }
        if let Err(error) = state.rekey(secret) {
            tracing::warn!(%error, "the next key of a group cannot be made");
        }
    });
    for person in &ids {
        tasks::forget_about(group.writer, &id, TaskKind::AddForMember, person)?;
        group.task(&NewTask::about(id, TaskKind::Unrevoke, *person, now))?;
        group.task(&NewTask::about(id, TaskKind::Invite, *person, now))?;
    }
    let people = ids.clone();
    let event = GroupEvent::Added {
        people: ids,
        with_history,
    };
    group.announce(
        |secret, sent| signed(secret, MemberChange::Added, people, with_history, sent),
        true,
        Some(event),
    )
}

/// Older keys, those since a moment, for some members, as a key message to be stored.
fn supplement(group: &mut Edit<'_, '_>, people: &[AccountId], since: Timestamp) -> Result<(), StorageError> {
    let Some(secret) = &group.secret else {
        return Ok(());
    };
    match group.state.keys().supplement_since(secret, people, since) {
        // Nodes take no larger message.
        Ok(data) if data.len() > MAX_DATA && people.len() > 1 => {
            let (some, others) = people.split_at(people.len() / 2);
            supplement(group, some, since)?;
            supplement(group, others, since)
        }
        Ok(data) => {
            let mut task = NewTask::new(group.id, TaskKind::Supplement, group.now);
            task.data = data;
            tasks::add(group.writer, &task)
        }
        Err(error) => {
            tracing::warn!(%error, "older keys cannot be shared");
            Ok(())
        }
    }
}

fn signed(
    secret: Option<&GroupSecret>,
    change: MemberChange,
    people: Vec<AccountId>,
    with_history: bool,
    sent: Timestamp,
) -> nous_protocol::content::GroupUpdate {
    match secret {
        Some(secret) => update::member_change(secret, change, people, with_history, sent),
        None => nous_protocol::content::GroupUpdate::MemberLeftNotification,
    }
}

/// As a member: the wish goes to all, and admins' apps fulfil it.
///
/// Source: `groups.md` §22.
fn propose(
    group: &mut Edit<'_, '_>,
    people: &[Newcomer],
    words: &GroupWords,
) -> Result<Result<Added, GroupError>, StorageError> {
    if !group.state.info().rules().members_may_add {
        return Ok(Err(GroupError::MayNotAdd));
    }
    for (person, _) in people {
        members::propose(group.writer, group.key, person, group.now)?;
        let wish = Wish {
            group: group.id,
            kind: WishKind::Add(*person),
        };
        // Read by people whose app does not do it by itself: the mention shows the name.
        group.ask(words.asking_to_add(person), wish)?;
    }
    Ok(Ok(Added::Proposed))
}

/// Whether somebody's ID is a key that can be let in.
pub(super) fn is_usable(secret: &GroupSecret, person: &AccountId) -> bool {
    subaccount::token(secret, person, Permission::MEMBER).is_some()
}

/// What is done with members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberAction {
    /// Their invitation or promotion is sent again.
    Resend,
    /// They do not see the group: they get an invitation with fresh access.
    Repair {
        /// And with the keys of the messages that the swarm still has.
        with_history: bool,
    },
    /// They are removed and added again.
    AddAgain {
        /// With the messages that the swarm still has.
        with_history: bool,
    },
    /// They become admins.
    Promote,
    /// They are removed.
    Remove {
        /// With all that they wrote.
        with_messages: bool,
    },
}

/// Does something with members. Who is not in the group is passed over.
///
/// # Errors
/// [`GroupError::NotAdmin`], [`GroupError::Nobody`] if none of them is in it, or what the
/// database said.
///
/// Source: `groups.md` §9, §12, §13.
pub async fn act(
    core: &Core,
    id: GroupId,
    people: Vec<AccountId>,
    action: MemberAction,
) -> Result<(), GroupError> {
    edit(core, id, move |group| {
        if let Err(refusal) = group.admin() {
            return Ok(Err(refusal));
        }
        let is_meant = |member: &GroupMember| match action {
            MemberAction::Resend | MemberAction::Repair { .. } => member.leaving == Leaving::Stays,
            MemberAction::AddAgain { .. } => !member.is_admin,
            MemberAction::Promote => {
                member.leaving == Leaving::Stays
                    && (!member.is_admin || member.promotion != Progress::Accepted)
            }
            // Admins cannot be removed: they know the seed.
            MemberAction::Remove { .. } => !member.is_admin,
        };
        let mut members: Vec<GroupMember> = people
            .iter()
            .filter(|person| **person != group.own)
            .filter_map(|person| group.state.members().get(person))
            .filter(is_meant)
            .collect();
        members.dedup_by_key(|member| member.id);
        if members.is_empty() {
            return Ok(Err(GroupError::Nobody));
        }
        carry_out(group, members, action)?;
        Ok(Ok(()))
    })
    .await
}

fn carry_out(
    group: &mut Edit<'_, '_>,
    members: Vec<GroupMember>,
    action: MemberAction,
) -> Result<(), StorageError> {
    match action {
        MemberAction::Resend => members
            .into_iter()
            .try_for_each(|member| invite_again(group, member, false)),
        MemberAction::Repair { with_history } => members.into_iter().try_for_each(|mut member| {
            member.with_history |= with_history;
            invite_again(group, member, true)
        }),
        MemberAction::AddAgain { with_history } => {
            for member in &members {
                let mut task = NewTask::about(group.id, TaskKind::AddAgain, member.id, group.now);
                task.data = vec![u8::from(with_history)];
                group.task(&task)?;
            }
            remove(group, members, false, false)
        }
        MemberAction::Promote => promote(group, members),
        MemberAction::Remove { with_messages } => remove(group, members, with_messages, true),
    }
}

/// Somebody in the group who cannot read it gets a new invitation, a new key, and those that were
/// made since they were added.
pub(super) fn let_in_again(group: &mut Edit<'_, '_>, member: GroupMember) -> Result<(), StorageError> {
    let added = conversation::added_at(group.writer, group.key, &member.id)?;
    if let Some(added) = added.filter(|_| !member.with_history) {
        supplement(group, &[member.id], added)?;
    }
    invite_again(group, member, true)
}

/// The invitation, or the promotion, goes out again, with what lets them in.
fn invite_again(
    group: &mut Edit<'_, '_>,
    mut member: GroupMember,
    is_repair: bool,
) -> Result<(), StorageError> {
    let (id, now, person) = (group.id, group.now, member.id);
    let kind = if member.is_admin {
        TaskKind::Promote
    } else {
        TaskKind::Invite
    };
    if member.with_history {
        supplement(group, &[person], EVER)?;
    }
    if member.is_admin {
        if member.promotion != Progress::Accepted {
            member.promote(Progress::NotSent);
        }
    } else {
        let with_history = member.with_history;
        member.invite(Progress::NotSent);
        member.with_history = with_history;
    }
    group.change_state(|state, secret| {
        state.members_mut().set(secret, &member);
        // A new key has an entry for them, whatever became of the older ones.
        if is_repair && let Err(error) = state.rekey(secret) {
            tracing::warn!(%error, "the next key of a group cannot be made");
        }
    });
    tasks::forget_about(group.writer, &id, kind, &person)?;
    group.task(&NewTask::about(id, TaskKind::Unrevoke, person, now))?;
    group.task(&NewTask::about(id, kind, person, now))
}

fn promote(group: &mut Edit<'_, '_>, members: Vec<GroupMember>) -> Result<(), StorageError> {
    let ids: Vec<AccountId> = members.iter().map(|member| member.id).collect();
    let (id, now) = (group.id, group.now);
    group.change_state(|state, secret| {
        for mut member in members {
            member.promote(Progress::NotSent);
            state.members_mut().set(secret, &member);
        }
    });
    for person in &ids {
        tasks::forget_about(group.writer, &id, TaskKind::Invite, person)?;
        group.task(&NewTask::about(id, TaskKind::Unrevoke, *person, now))?;
        group.task(&NewTask::about(id, TaskKind::Promote, *person, now))?;
    }
    let people = ids.clone();
    group.announce(
        |secret, sent| signed(secret, MemberChange::Promoted, people, false, sent),
        true,
        Some(GroupEvent::Promoted { people: ids }),
    )
}

/// Marks them as to be removed; any admin's app finishes it. `is_told`: in the timeline of all.
fn remove(
    group: &mut Edit<'_, '_>,
    members: Vec<GroupMember>,
    with_messages: bool,
    is_told: bool,
) -> Result<(), StorageError> {
    let ids: Vec<AccountId> = members.iter().map(|member| member.id).collect();
    let id = group.id;
    group.change_state(|state, secret| {
        for mut member in members {
            member.remove(with_messages);
            state.members_mut().set(secret, &member);
        }
    });
    for person in &ids {
        for kind in [TaskKind::Invite, TaskKind::Promote, TaskKind::Unrevoke] {
            tasks::forget_about(group.writer, &id, kind, person)?;
        }
        if is_told {
            tasks::forget_about(group.writer, &id, TaskKind::AddAgain, person)?;
        }
    }
    if !is_told {
        return Ok(());
    }
    let people = ids.clone();
    group.announce(
        |secret, sent| signed(secret, MemberChange::Removed, people, false, sent),
        true,
        Some(GroupEvent::Removed { people: ids }),
    )
}
