//! Who is in the group, as messages of a batch tell it, and what members ask for.
//!
//! Source: `groups.md` §11, §14, §22.

use nous_protocol::account::AccountId;
use nous_protocol::config::group_members::{GroupMember, Leaving, Progress};
use nous_protocol::content::{Profile, WishKind};
use nous_protocol::identity::received_name;
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation;
use nous_storage::groups::members;
use nous_storage::groups::tasks::{self, NewTask, TaskKind};

use super::Batch;
use crate::config_sync::actions;
use crate::groups::rules::GroupArrived;
use crate::groups::wishes;
use crate::receive::rules::newer_profile_of;

impl Batch {
    /// Whoever writes is in: their invitation was accepted, says an admin's app.
    ///
    /// Source: `groups.md` §11.
    pub(super) fn in_group(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &GroupArrived,
        profile: Option<&Profile>,
    ) -> Result<(), StorageError> {
        if arrived.sender == self.own {
            return Ok(());
        }
        self.take_profile(writer, arrived.sender, profile)?;
        let name = profile
            .and_then(|profile| profile.name.as_deref())
            .and_then(received_name);
        if let Some(name) = &name {
            members::note_name(writer, self.key, &arrived.sender, name)?;
        }
        let member = self.kept.state.members().get(&arrived.sender);
        let Some(mut member) = member.filter(is_pending) else {
            return Ok(());
        };
        self.secret(writer)?;
        let Some(secret) = self.secret.as_ref() else {
            return Ok(());
        };
        member.invite(Progress::Accepted);
        if let Some(name) = name {
            member.name = name;
        }
        if let Some(profile) = profile {
            member.picture.clone_from(&profile.picture);
            let updated = profile.updated_seconds.unwrap_or(0);
            member.profile_updated = i64::try_from(updated).unwrap_or(0);
        }
        self.kept.state.members_mut().set(secret, &member);
        if self.kept.state.info().rules().all_are_admins {
            tasks::add(
                writer,
                &NewTask::about(self.id, TaskKind::Promote, arrived.sender, self.now),
            )?;
            member.promote(Progress::NotSent);
            self.kept.state.members_mut().set(secret, &member);
        }
        self.is_state_changed = true;
        Ok(())
    }

    fn take_profile(
        &mut self,
        writer: &mut Writer<'_>,
        sender: AccountId,
        profile: Option<&Profile>,
    ) -> Result<(), StorageError> {
        let Some(standing) = self.view.people.get_mut(&sender) else {
            return Ok(());
        };
        let Some(newer) = newer_profile_of(standing, profile) else {
            return Ok(());
        };
        standing.profile_updated_s = newer.updated_s;
        let key = standing.key;
        conversations::set_profile(writer, key, &newer)?;
        actions::share(writer, &self.own, [&sender])?;
        self.changed.people.insert(sender);
        Ok(())
    }

    /// Who leaves is removed by the admins, unless they came back since.
    ///
    /// Source: `groups.md` §14.
    pub(super) fn take_out_leavers(&mut self, writer: &Writer<'_>) -> Result<(), StorageError> {
        for (leaver, left) in std::mem::take(&mut self.leavers) {
            let member = self.kept.state.members().get(&leaver);
            let Some(mut member) = member.filter(|member| member.leaving == Leaving::Stays) else {
                continue;
            };
            if conversation::is_heard_of_after(writer, self.key, &leaver, left)? {
                continue;
            }
            self.secret(writer)?;
            if let Some(secret) = self.secret.as_ref() {
                member.remove(false);
                self.kept.state.members_mut().set(secret, &member);
                self.is_state_changed = true;
            }
        }
        Ok(())
    }

    /// What members ask for, unless it was answered since.
    pub(super) fn note_wishes(&mut self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        for (sender, sent, wish) in std::mem::take(&mut self.wishes) {
            if let WishKind::Add(person) = wish.kind
                && conversation::is_heard_of_after(writer, self.key, &person, sent)?
            {
                continue;
            }
            let asks = (sender, sent);
            self.changed.has_tasks |= wishes::note(writer, self.id, asks, wish, &self.kept, self.now)?;
        }
        Ok(())
    }
}

fn is_pending(member: &GroupMember) -> bool {
    member.leaving == Leaving::Stays && !member.is_admin && member.invitation != Progress::Accepted
}
