//! Leaving a group, and ending it for everybody.
//!
//! Source: `groups.md` §14.

use nous_protocol::account::GroupId;
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::content::{Extras, GroupUpdate};
use nous_storage::contacts::{self, Extent};
use nous_storage::conversations;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::groups::details;
use nous_storage::groups::tasks::{self, NewTask, Task, TaskKey, TaskKind};
use nous_storage::ids::ConversationKey;
use nous_storage::{account, outbox, people};

use super::edit::{Edit, edit, news};
use super::error::GroupError;
use super::{access, kept as group_kept, show};
use crate::config_sync::kept;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;

/// Leaves a group: it goes from the list at once, and the others are told in the background.
///
/// # Errors
/// [`GroupError::LastAdmin`] if there is no other admin, or what the database said.
///
/// Source: `groups.md` §14.
pub async fn leave(core: &Core, id: GroupId) -> Result<(), GroupError> {
    if leave_silently(core, id).await? {
        return Ok(());
    }
    edit(core, id, move |group| {
        if group.secret.is_some() && is_last_admin(group) {
            return Ok(Err(GroupError::LastAdmin));
        }
        // The others are told once what we wrote before is on its way.
        group.task(&NewTask::new(group.id, TaskKind::Leave, group.now))?;
        hide(group)?;
        Ok(Ok(()))
    })
    .await
}

/// Tells the others that we leave, once nothing that we wrote waits any more: who wrote later than
/// they left has come back. First the line for all, then what admins act on.
///
/// # Errors
/// What the database said.
///
/// Source: `groups.md` §14.
pub(super) async fn tell(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let now = core.clock.now();
    let read = core.db.read(move |reader| Ok(untold(reader, id)?.is_some()));
    if !core.clock.is_known() || !read.await? {
        return Ok(());
    }
    let written = core.db.write(move |writer| {
        let Some((task, key)) = untold(&writer.reader(), id)? else {
            return Ok(());
        };
        let timer = details::load(&writer.reader(), key)?.map_or(0, |shown| shown.timer_s);
        let updates = [
            (GroupUpdate::MemberLeftNotification, timer),
            (GroupUpdate::MemberLeft, 0),
        ];
        for (update, timer) in updates {
            let sent = account::take_sent_time(writer, now, now)?;
            tasks::add(writer, &news(id, update, Extras::default(), sent, (timer, now)))?;
        }
        tasks::note_told(writer, task)
    });
    Ok(written.await?)
}

/// That we leave is to be told now, and of which conversation.
fn untold(reader: &Reader<'_>, id: GroupId) -> Result<Option<(TaskKey, ConversationKey)>, StorageError> {
    let is_untold = |task: &Task| task.kind == TaskKind::Leave && task.data.is_empty();
    let task = tasks::of_group(reader, &id)?.into_iter().find(is_untold);
    match (task, conversations::find(reader, id)?) {
        (Some(task), Some(key)) if !outbox::is_waiting(reader, key)? => Ok(Some((task.key, key))),
        _ => Ok(None),
    }
}

/// Ends a group for everybody, with all that was said.
///
/// # Errors
/// [`GroupError::NotAdmin`], or what the database said.
///
/// Source: `groups.md` §14.
pub async fn destroy(core: &Core, id: GroupId) -> Result<(), GroupError> {
    if leave_silently(core, id).await? {
        return Ok(());
    }
    edit(core, id, move |group| {
        if let Err(refusal) = group.admin() {
            return Ok(Err(refusal));
        }
        group.change_state(|state, secret| state.info_mut().edit(secret).destroy());
        group.task(&NewTask::new(group.id, TaskKind::DeleteAll, group.now))?;
        group.task(&NewTask::new(group.id, TaskKind::Destroy, group.now))?;
        hide(group)?;
        Ok(Ok(()))
    })
    .await
}

/// Without a key of the group nobody can be told: it goes here. Whether it did.
async fn leave_silently(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let left = core.db.write(move |writer| {
        let config: UserGroups = kept::load(&writer.reader())?;
        let is_in = config.group(&id).is_some();
        let has_keys =
            group_kept::load(&writer.reader(), &id)?.is_some_and(|kept| !kept.state.keys().is_empty());
        if !is_in || has_keys {
            return Ok(false);
        }
        show::erase(writer, &id)?;
        Ok(true)
    });
    let is_left = left.await?;
    if is_left {
        announce_gone(core, id);
    }
    Ok(is_left)
}

fn announce_gone(core: &Core, id: GroupId) {
    core.hub.announce([
        Change::Groups,
        Change::Conversations(vec![id.into()]),
        Change::AllMessages(id.into()),
    ]);
    core.configs.change();
    core.groups_stirred.notify_one();
}

/// Whether nobody else is an admin, or is to become one.
pub(super) fn is_last_admin(group: &Edit<'_, '_>) -> bool {
    let mut others = group.state.members().iter();
    !others.any(|member| member.is_admin && member.id != group.own)
}

fn hide(group: &mut Edit<'_, '_>) -> Result<(), StorageError> {
    people::set_priority(group.writer, group.key, -1)
}

/// Deletes the messages of a group on this device; whether it is here.
///
/// # Errors
/// What the database said.
pub(crate) async fn clear(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let now = core.clock.now();
    let cleared = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok((false, Vec::new()));
        };
        let rows = outbox::keys_of(&writer.reader(), key)?;
        contacts::clear(writer, key, Extent::All, now)?;
        Ok((true, rows))
    });
    let (is_here, rows) = cleared.await?;
    core.departures.call_back(&rows);
    Ok(is_here)
}

/// Forgets a group that was left, ended, or that we were removed from.
///
/// # Errors
/// [`ClientError::NoConversation`] for one that we are in, or what the database said.
pub async fn forget(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let keys = std::sync::Arc::clone(&core.keys);
    let forgotten = core.db.write(move |writer| {
        let config: UserGroups = kept::load(&writer.reader())?;
        let is_in = config
            .group(&id)
            .is_some_and(|entry| access::Access::of(&entry, &keys).is_some());
        let is_here = conversations::find(&writer.reader(), id)?.is_some();
        if is_in || !is_here {
            return Ok(false);
        }
        show::erase(writer, &id)?;
        Ok(true)
    });
    if !forgotten.await? {
        return Err(ClientError::NoConversation);
    }
    announce_gone(core, id);
    Ok(())
}
