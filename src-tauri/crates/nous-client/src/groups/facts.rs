//! What a group says of itself, changed by its admins; and messages deleted for all.
//!
//! Source: `groups.md` §15.

use nous_protocol::account::GroupId;
use nous_protocol::config::group_info::GroupRules;
use nous_protocol::content::group::InfoChange;
use nous_protocol::content::{Extras, GroupUpdate};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::update;
use nous_protocol::identity::{self, NameError};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation::{self, Found};
use nous_storage::groups::tasks;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, GroupEvent};
use nous_storage::{account, conversations};

use super::edit::{Edit, edit, news};
use super::error::GroupError;
use super::{kept, pieces};
use crate::core::Core;
use crate::send::cancel;

/// The most bytes of what a group says of itself.
const MOST_DESCRIPTION: usize = 2_000;

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactsChange {
    /// 1 to 100 bytes.
    pub name: Option<String>,
    /// At most 2,000 bytes; empty for none.
    pub description: Option<String>,
    /// How long messages live, in seconds; 0: for good.
    pub timer_s: Option<u32>,
    /// Whether members may have others added.
    pub members_may_add: Option<bool>,
    /// Whether every member becomes an admin.
    pub all_are_admins: Option<bool>,
}

/// A name as a group may have it.
///
/// # Errors
/// [`GroupError::NoName`], [`GroupError::NameTooLong`].
pub(super) fn checked_name(name: &str) -> Result<String, GroupError> {
    identity::typed_name(name).map_err(|error| match error {
        NameError::Empty => GroupError::NoName,
        NameError::TooLong(bytes) => GroupError::NameTooLong(bytes),
    })
}

/// What a group may say of itself.
///
/// # Errors
/// [`GroupError::DescriptionTooLong`].
pub(super) fn checked_description(text: &str) -> Result<String, GroupError> {
    let text = text.trim();
    if text.len() > MOST_DESCRIPTION {
        return Err(GroupError::DescriptionTooLong(text.len()));
    }
    Ok(text.to_owned())
}

/// Changes what a group says of itself.
///
/// # Errors
/// [`GroupError`]: not an admin, a bad name or description; or what the database said.
///
/// Source: `groups.md` §15.
pub async fn change(core: &Core, id: GroupId, change: FactsChange) -> Result<(), GroupError> {
    let name = change.name.as_deref().map(checked_name).transpose()?;
    let description = change
        .description
        .as_deref()
        .map(checked_description)
        .transpose()?;
    edit(core, id, move |group| {
        if let Err(refusal) = group.admin() {
            return Ok(Err(refusal));
        }
        if let Some(name) = name.filter(|name| *name != group.state.info().name()) {
            rename(group, name)?;
        }
        if let Some(text) = description.filter(|text| *text != group.state.info().description()) {
            group.change_state(|state, secret| state.info_mut().edit(secret).description(&text));
        }
        if let Some(seconds) = change.timer_s
            && i64::from(seconds) != group.state.info().timer_seconds()
        {
            set_timer(group, seconds)?;
        }
        let rules = group.state.info().rules();
        let wanted = GroupRules {
            members_may_add: change.members_may_add.unwrap_or(rules.members_may_add),
            all_are_admins: change.all_are_admins.unwrap_or(rules.all_are_admins),
        };
        if wanted != rules {
            group.change_state(|state, secret| state.info_mut().edit(secret).rules(wanted));
        }
        Ok(Ok(()))
    })
    .await
}

fn rename(group: &mut Edit<'_, '_>, name: String) -> Result<(), StorageError> {
    group.change_state(|state, secret| state.info_mut().edit(secret).name(&name));
    group.name_entry(&name)?;
    let change = InfoChange::Name(Some(name.clone()));
    group.announce(
        |secret, sent| signed(secret, change, sent),
        true,
        Some(GroupEvent::Named { name }),
    )
}

fn set_timer(group: &mut Edit<'_, '_>, seconds: u32) -> Result<(), StorageError> {
    group.change_state(|state, secret| state.info_mut().edit(secret).timer_seconds(seconds.into()));
    group.announce(
        |secret, sent| signed(secret, InfoChange::Disappearing(seconds), sent),
        true,
        Some(GroupEvent::TimerChanged { seconds }),
    )
}

pub(super) fn signed(secret: Option<&GroupSecret>, change: InfoChange, sent: Timestamp) -> GroupUpdate {
    match secret {
        Some(secret) => update::info_change(secret, change, sent),
        None => GroupUpdate::MemberLeftNotification,
    }
}

/// Deletes messages for all: own ones, as an admin anybody's. What is not in the swarm yet goes here
/// without a trace, and is called back.
///
/// # Errors
/// [`GroupError::NotAdmin`] for somebody else's message, or what the database said.
///
/// Source: `groups.md` §15.
pub async fn delete_for_all(core: &Core, id: GroupId, keys: Vec<MessageKey>) -> Result<(), GroupError> {
    let departures = core.departures.clone();
    let tried = edit(core, id, move |group| {
        let found: Vec<Found> = conversation::by_keys(group.writer, group.key, &keys)?;
        let is_own = |found: &Found| found.author == group.own;
        if group.secret.is_none() && !found.iter().all(is_own) {
            return Ok(Err(GroupError::NotAdmin));
        }
        let all_own = found.iter().all(is_own);
        let (stored, waiting): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| !found.hash.is_empty());
        let keys_of = |found: &[Found]| -> Vec<MessageKey> { found.iter().map(|found| found.key).collect() };
        let (own, now) = (group.own, group.now);
        let tried = cancel::delete_in(group.writer, &own, &departures, &keys_of(&waiting), now)?;
        messages::delete_for_all(group.writer, &keys_of(&stored), now)?;
        conversations::refresh(group.writer, &[group.key])?;
        if stored.is_empty() {
            return Ok(Ok(tried));
        }
        let hashes: Vec<String> = stored.into_iter().map(|found| found.hash).collect();
        if group.secret.is_some() {
            group.task(&pieces::deletion(group.id, &hashes, group.now))?;
        }
        group.announce(
            |secret, sent| match secret.filter(|_| !all_own) {
                Some(secret) => update::delete_content(secret, Vec::new(), hashes, sent),
                None => GroupUpdate::DeleteMemberContent {
                    members: Vec::new(),
                    hashes,
                    admin_signature: None,
                },
            },
            false,
            None,
        )?;
        Ok(Ok(tried))
    })
    .await?;
    Ok(cancel::call_back(core, tried).await?)
}

/// A message of ours that was deleted here while it was on its way is in the swarm: it is deleted
/// for all.
///
/// # Errors
/// What the database said.
pub(crate) fn unsay(
    writer: &mut Writer<'_>,
    id: GroupId,
    hash: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sent = account::take_sent_time(writer, now, now)?;
    let update = GroupUpdate::DeleteMemberContent {
        members: Vec::new(),
        hashes: vec![hash.to_owned()],
        admin_signature: None,
    };
    tasks::add(writer, &news(id, update, Extras::default(), sent, (0, now)))?;
    // For members, an admin's app deletes it from the swarm.
    if !kept::load(&writer.reader(), &id)?.is_some_and(|kept| kept.is_admin) {
        return Ok(());
    }
    tasks::add(writer, &pieces::deletion(id, [hash], now))
}
