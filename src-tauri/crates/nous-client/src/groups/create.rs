//! A new group. It is written down whole before anything leaves: killed at any point, it is
//! stored in its swarm later.
//!
//! Source: `groups.md` §8.

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::config::group_members::{GroupMember, MAX_MEMBERS};
use nous_protocol::config::user_groups::{Group, GroupSettings, UserGroups};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;

use super::kept as group_kept;
use crate::config_sync::{groups, kept};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;

/// Why a group cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It has no name.
    #[error("a group needs a name")]
    NoName,
    /// There is nobody else in it.
    #[error("a group needs another member")]
    Nobody,
    /// More than 100, with us.
    #[error("{0} members are too many")]
    TooMany(usize),
    /// It could not be written down.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Makes a group of us, as its admin, and of people who are to be invited, with their names as
/// we know them. The group is there at once; [`super::push::push_group`] stores it.
///
/// # Errors
/// [`CreateError`] for a group that may not be, or what the database said.
///
/// Source: `groups.md` §8.
pub async fn create(
    core: &Core,
    name: &str,
    own_name: &str,
    people: Vec<(AccountId, String)>,
) -> Result<GroupId, CreateError> {
    let members = members(core.own, own_name, people);
    check(name, &members)?;
    let (secret, now) = (GroupSecret::generate(&mut rand::rng()), core.clock.now());
    let id = secret.id();
    let mut state = GroupState::found(&secret, name, now, &members)
        .map_err(|_| ClientError::Bug("a new group cannot be sealed"))?;
    let mut entry = Group::new(id);
    entry.name = state.info().name();
    entry.admin_seed = Some(*secret.expose_seed());
    entry.settings = GroupSettings {
        joined: now.as_ms() / 1_000,
        ..GroupSettings::default()
    };
    core.db
        .write(move |writer| {
            let config = kept::change(writer, |config: &mut UserGroups| {
                config.set_group(&entry);
                config.clone()
            })?;
            groups::show(writer, &config)?;
            group_kept::save(writer, &mut state, true)
        })
        .await
        .map_err(ClientError::from)?;
    core.hub.announce([Change::Groups]);
    core.configs.change();
    core.groups_stirred.notify_one();
    Ok(id)
}

/// Us, and each of the others once.
fn members(own: AccountId, own_name: &str, people: Vec<(AccountId, String)>) -> Vec<GroupMember> {
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

fn check(name: &str, members: &[GroupMember]) -> Result<(), CreateError> {
    match members.len() {
        _ if name.trim().is_empty() => Err(CreateError::NoName),
        0 | 1 => Err(CreateError::Nobody),
        count if count > MAX_MEMBERS => Err(CreateError::TooMany(count)),
        _ => Ok(()),
    }
}
