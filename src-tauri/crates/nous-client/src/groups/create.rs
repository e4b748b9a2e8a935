//! A new group. It is written down whole before anything leaves: killed at any point, it is
//! stored in its swarm and its members are invited later.
//!
//! Source: `groups.md` §8.

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::attachment::picture::Form;
use nous_protocol::config::group_info::GroupRules;
use nous_protocol::config::group_members::{GroupMember, MAX_MEMBERS};
use nous_protocol::config::user_groups::{Group, GroupSettings, UserGroups};
use nous_protocol::content::Extras;
use nous_protocol::content::group::MemberChange;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::group::update;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, NewTask, TaskKind};
use nous_storage::messages::{self, GroupEvent};
use nous_storage::{account, conversations};

use super::edit::news;
use super::error::GroupError;
use super::event::event_row;
use super::people::{Newcomer, is_usable};
use super::picture::{self, GroupPictureError, Prepared};
use super::{facts, kept as group_kept, show};
use crate::config_sync::kept;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::pictures::process::Finished;
use crate::pictures::remove_files;

/// What a new group is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewGroup {
    /// 1 to 100 bytes.
    pub name: String,
    /// At most 2,000 bytes; empty for none.
    pub description: String,
    /// The others, with the names under which we know them.
    pub people: Vec<Newcomer>,
    /// Every member becomes an admin.
    pub all_are_admins: bool,
}

/// Makes a group of us, as its admin, and of people who are invited in the background. The group
/// is there at once.
///
/// # Errors
/// [`GroupError`] for a group that may not be, or what the database said.
///
/// Source: `groups.md` §8.
pub async fn create(core: &Core, own_name: &str, new: NewGroup) -> Result<GroupId, GroupError> {
    found(core, own_name, new, None).await
}

/// The same with a picture, which is uploaded in the background.
///
/// # Errors
/// The same, or what is wrong with the picture: then there is no group.
pub async fn create_with_picture(
    core: &Core,
    own_name: &str,
    new: NewGroup,
    (finished, form): (Finished, Form),
) -> Result<GroupId, GroupPictureError> {
    let _turn = core.files.writing().await;
    let Prepared { blob, data } = picture::prepare(core, finished, form).await?;
    match found(core, own_name, new, Some(data)).await {
        Ok(id) => Ok(id),
        Err(refusal) => {
            remove_files(core, vec![blob]).await.map_err(GroupError::from)?;
            Err(refusal.into())
        }
    }
}

async fn found(
    core: &Core,
    own_name: &str,
    new: NewGroup,
    picture: Option<Vec<u8>>,
) -> Result<GroupId, GroupError> {
    let name = facts::checked_name(&new.name)?;
    let description = facts::checked_description(&new.description)?;
    let (secret, now) = (GroupSecret::generate(&mut rand::rng()), core.clock.now());
    let people = new
        .people
        .into_iter()
        .filter(|(person, _)| is_usable(&secret, person));
    let members = members(core.own, own_name, people.collect());
    match members.len() {
        0 | 1 => return Err(GroupError::Nobody),
        count if count > MAX_MEMBERS => return Err(GroupError::TooMany(count)),
        _ => {}
    }
    let id = secret.id();
    let mut state = GroupState::found(&secret, &name, now, &members)
        .map_err(|_| ClientError::Bug("a new group cannot be sealed"))?;
    let mut info = state.info_mut().edit(&secret);
    info.description(&description);
    info.rules(GroupRules {
        members_may_add: true,
        all_are_admins: new.all_are_admins,
    });
    let founding = Founding {
        own: core.own,
        secret,
        state,
        now,
        is_time_known: core.clock.is_known(),
        picture,
    };
    core.db
        .write(move |writer| founding.write_down(writer))
        .await
        .map_err(ClientError::from)?;
    core.hub.announce([
        Change::Groups,
        Change::Conversations(vec![id.into()]),
        Change::AllMessages(id.into()),
    ]);
    core.configs.change();
    core.groups_stirred.notify_one();
    Ok(id)
}

struct Founding {
    own: AccountId,
    secret: GroupSecret,
    state: GroupState,
    now: Timestamp,
    is_time_known: bool,
    /// Of the task that uploads it.
    picture: Option<Vec<u8>>,
}

impl Founding {
    fn write_down(mut self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        let (id, now) = (self.secret.id(), self.now);
        let mut entry = Group::new(id);
        entry.name = self.state.info().name();
        entry.admin_seed = Some(*self.secret.expose_seed());
        entry.settings = GroupSettings {
            joined: now.as_ms() / 1_000,
            ..GroupSettings::default()
        };
        kept::change(writer, |config: &mut UserGroups| config.set_group(&entry))?;
        let key = show::entry(writer, &entry, now)?;
        group_kept::save(writer, &mut self.state, true)?;
        show::state(writer, key, &self.state, true, now)?;
        let others: Vec<AccountId> = self
            .state
            .members()
            .iter()
            .map(|member| member.id)
            .filter(|member| *member != self.own)
            .collect();
        for person in &others {
            tasks::add(writer, &NewTask::about(id, TaskKind::Invite, *person, now))?;
        }
        if let Some(data) = self.picture.take() {
            let mut task = NewTask::new(id, TaskKind::Picture, now);
            task.data = data;
            tasks::add(writer, &task)?;
        }
        let sent = if self.is_time_known {
            account::take_sent_time(writer, now, now)?
        } else {
            now
        };
        let added = update::member_change(&self.secret, MemberChange::Added, others.clone(), false, sent);
        tasks::add(writer, &news(id, added, Extras::default(), sent, (0, now)))?;
        let events = [
            GroupEvent::Created,
            GroupEvent::Added {
                people: others,
                with_history: false,
            },
        ];
        for event in events {
            let row = event_row(key, self.own, self.own, event, sent, now);
            messages::insert(writer, &row)?;
        }
        conversations::refresh(writer, &[key])
    }
}

/// Us, and each of the others once.
fn members(own: AccountId, own_name: &str, people: Vec<Newcomer>) -> Vec<GroupMember> {
    let mut founder = GroupMember::founder(own);
    own_name.clone_into(&mut founder.name);
    let mut members = vec![founder];
    for (id, name) in people {
        if members.iter().all(|member| member.id != id) {
            let mut member = GroupMember::invited(id);
            member.name = name;
            members.push(member);
        }
    }
    members
}
