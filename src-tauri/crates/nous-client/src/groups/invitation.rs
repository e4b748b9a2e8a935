//! Invitations into groups, and promotions: received, accepted, declined.
//!
//! Source: `groups.md` §10 to §12.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId, Namespace};
use nous_protocol::config::user_groups::{Group, Removal, UserGroups};
use nous_protocol::content::GroupUpdate;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount::MemberAuth;
use nous_protocol::group::update::{self, Proof};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::details;
use nous_storage::groups::tasks::{self, NewTask, TaskKind};
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{self, GroupEvent};
use nous_storage::{configs, conversations};

use super::event::event_row;
use super::show;
use crate::config_sync::kept;

/// What is so long before the newest config of another device does not undo it.
const OUTDATED: Duration = Duration::from_secs(120);

/// What lets us into a group.
#[derive(Clone, PartialEq, Eq)]
enum Grant {
    /// The group's seed: as admins.
    Seed([u8; 32]),
    /// An admin's permission: as a member.
    Permission([u8; 100]),
}

/// An invitation or a promotion that holds.
pub(crate) struct Invitation {
    group: GroupId,
    name: String,
    grant: Grant,
}

impl Invitation {
    /// Which group it is about.
    pub(crate) const fn group(&self) -> GroupId {
        self.group
    }

    /// What an update says, if it is meant for us and proven.
    ///
    /// # Errors
    /// Why it is dropped, in a word.
    ///
    /// Source: `groups.md` §10.
    pub(crate) fn read(
        update: &GroupUpdate,
        keys: &IdentityKeys,
        sent: Timestamp,
    ) -> Result<Self, &'static str> {
        match update {
            GroupUpdate::Invite {
                group,
                name,
                member_auth_data,
                ..
            } => {
                let group = GroupId::from_bytes(group.as_bytes()).ok_or("group.inviteOfNoGroup")?;
                if update::verify(&group, update, &keys.account_id(), sent) != Proof::Valid {
                    return Err("group.inviteUnsigned");
                }
                MemberAuth::open(&group, keys, member_auth_data).map_err(|_| "group.inviteForOthers")?;
                Ok(Self {
                    group,
                    name: name.clone(),
                    grant: Grant::Permission(*member_auth_data),
                })
            }
            GroupUpdate::Promote {
                group_identity_seed,
                name,
            } => Ok(Self {
                group: GroupSecret::from_seed(group_identity_seed).id(),
                name: name.clone(),
                grant: Grant::Seed(*group_identity_seed),
            }),
            _ => Err("group.updateOutsideGroup"),
        }
    }

    /// Keeps it. `is_trusted`: who sent it was accepted by us, so that the group is joined at
    /// once. `None` if it changes nothing.
    ///
    /// # Errors
    /// What the database said.
    pub(crate) fn take(
        self,
        writer: &mut Writer<'_>,
        (own, inviter): (AccountId, AccountId),
        (sent, now): (Timestamp, Timestamp),
        is_trusted: bool,
    ) -> Result<Option<ConversationKey>, StorageError> {
        let config: UserGroups = kept::load(&writer.reader())?;
        let known = config.group(&self.group);
        if known
            .as_ref()
            .is_some_and(|entry| entry.removal == Removal::Destroyed)
        {
            return Ok(None);
        }
        let was_in = known
            .as_ref()
            .is_some_and(|entry| entry.removal == Removal::None && !entry.settings.is_invitation);
        let was_asked = known
            .as_ref()
            .is_some_and(|entry| entry.removal == Removal::None && entry.settings.is_invitation);
        let entry = self.entry(known, is_trusted || was_in, now);
        kept::change(writer, |config: &mut UserGroups| config.set_group(&entry))?;
        let key = show::entry(writer, &entry, now)?;
        if let Some(mut shown) = details::load(&writer.reader(), key)? {
            shown.inviter = Some(inviter);
            details::save(writer, key, &shown)?;
        }
        // One that comes again says nothing new.
        let is_known = was_in || (was_asked && entry.settings.is_invitation);
        if !is_known {
            let row = event_row(key, inviter, own, GroupEvent::Invited, sent.min(now), now);
            messages::insert(writer, &row)?;
            conversations::refresh(writer, &[key])?;
        }
        if !entry.settings.is_invitation && matches!(self.grant, Grant::Permission(_)) {
            tasks::add(writer, &NewTask::new(self.group, TaskKind::SayJoined, now))?;
        }
        Ok(Some(key))
    }

    fn entry(&self, known: Option<Group>, is_joined: bool, now: Timestamp) -> Group {
        let is_new = known.is_none();
        let mut entry = known.unwrap_or_else(|| Group::new(self.group));
        let was_out = is_new || entry.removal != Removal::None;
        if !self.name.is_empty() {
            entry.name.clone_from(&self.name);
        }
        if was_out {
            entry.settings.joined = now.as_ms() / 1_000;
            entry.settings.priority = entry.settings.priority.max(0);
        }
        entry.mark_invited();
        match &self.grant {
            Grant::Seed(seed) => entry.admin_seed = Some(*seed),
            Grant::Permission(data) => entry.auth_data = Some(*data),
        }
        entry.settings.is_invitation = !is_joined;
        entry
    }
}

/// Joins a group that we were invited into.
///
/// # Errors
/// What the database said.
///
/// Source: `groups.md` §11.
pub(crate) fn accept(
    writer: &mut Writer<'_>,
    own: &AccountId,
    id: &GroupId,
    key: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    let joined = kept::change(writer, |config: &mut UserGroups| {
        let mut entry = config.group(id)?;
        entry.settings.is_invitation = false;
        config.set_group(&entry);
        Some(entry)
    })?;
    let Some(entry) = joined else {
        return Ok(());
    };
    show::entry(writer, &entry, now)?;
    let row = event_row(key, *own, *own, GroupEvent::Joined, now, now);
    messages::insert(writer, &row)?;
    conversations::refresh(writer, &[key])?;
    if entry.admin_seed.is_none() {
        tasks::add(writer, &NewTask::new(*id, TaskKind::SayJoined, now))?;
    }
    Ok(())
}

/// Declines an invitation: nobody is told.
///
/// # Errors
/// What the database said.
///
/// Source: `groups.md` §11.
pub(crate) fn decline(writer: &mut Writer<'_>, id: &GroupId) -> Result<(), StorageError> {
    show::erase(writer, id)
}

/// Who invited us into a group.
///
/// # Errors
/// What the database said.
pub(crate) fn inviter(reader: &Reader<'_>, key: ConversationKey) -> Result<Option<AccountId>, StorageError> {
    Ok(details::load(reader, key)?.and_then(|shown| shown.inviter))
}

/// Whether an invitation is older than what our devices know of groups, and the group is not in
/// it: then it was declined, or the group was left. `at`: when it was sent or stored.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §18.
pub(crate) fn is_outdated(reader: &Reader<'_>, id: &GroupId, at: Timestamp) -> Result<bool, StorageError> {
    let config: UserGroups = kept::load(reader)?;
    let is_in = config
        .group(id)
        .is_some_and(|entry| entry.removal == Removal::None);
    if is_in {
        return Ok(false);
    }
    let newest = configs::newest(reader, Namespace::USER_GROUPS)?;
    Ok(at < newest.earlier(OUTDATED))
}

/// The message that carried an invitation goes from our swarm: else it would come back on another
/// device after we left.
///
/// # Errors
/// What the database said.
///
/// Source: `groups.md` §10.
pub(crate) fn forget_message(
    writer: &mut Writer<'_>,
    id: &GroupId,
    hash: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let mut task = NewTask::new(*id, TaskKind::ForgetInvitation, now);
    task.data = hash.as_bytes().to_vec();
    tasks::add(writer, &task)
}
