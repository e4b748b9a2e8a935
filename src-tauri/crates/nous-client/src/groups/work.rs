//! What has to be done for one group now, step by step. Each step is written down before and
//! after: killed in between, it is done again.
//!
//! Source: `groups.md` §8 to §16 and §22.

use std::sync::Arc;
use std::time::Duration;

use nous_network::SwarmApi;
use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::config::group_members::Leaving;
use nous_protocol::content::{Extras, GroupUpdate};
use nous_storage::account;
use nous_storage::db::Writer;
use nous_storage::groups::conversation;
use nous_storage::groups::tasks::{self, Task, TaskKind};

use super::edit::{edit, news};
use super::error::GroupError;
use super::push::{GroupPushEnded, push_group};
use super::{invites, kept, leaving, people, picture, removal, show};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::sealing::own_profile;
use crate::step::step;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Worked {
    /// Something was stored: another poll confirms it.
    pub(super) has_pushed: bool,
    /// Something could not be stored.
    pub(super) has_failed: bool,
    /// The group was left, or ended.
    pub(super) is_over: bool,
}

/// How long it is tried to tell the others that we left.
const TO_TELL: Duration = Duration::from_secs(24 * 3_600);
/// More rounds than any chain of steps has.
const MOST_ROUNDS: usize = 6;

/// Does what is due for a group.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub(super) async fn work(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId) -> Result<Worked, ClientError> {
    let mut worked = Worked::default();
    for _ in 0..MOST_ROUNDS {
        say_joined(core, id).await?;
        fulfil_wishes(core, id).await?;
        add_again(core, id).await?;
        leaving::tell(core, id).await?;
        picture::upload_due(core, swarm, id).await?;
        match push_group(core, swarm, id).await? {
            GroupPushEnded::Pushed => worked.has_pushed = true,
            GroupPushEnded::Failed => {
                worked.has_failed = true;
                // Whoever tried for long enough to tell the others goes without.
                worked.is_over = end(core, id).await?;
                return Ok(worked);
            }
            GroupPushEnded::Idle => {}
        }
        step!("group.pushed");
        if end(core, id).await? {
            worked.is_over = true;
            return Ok(worked);
        }
        if removal::finish(core, swarm, id).await? {
            continue;
        }
        if invites::send_due(core, swarm, id).await? > 0 {
            continue;
        }
        if !has_more(core, id).await? {
            break;
        }
    }
    Ok(worked)
}

/// Whether something was written down meanwhile that is due.
async fn has_more(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let now = core.clock.now();
    let read = core.db.read(move |reader| {
        let is_due = |task: &Task| task.kind.is_timed() && task.due <= now && task.attempts == 0;
        Ok(tasks::of_group(reader, &id)?.iter().any(is_due))
    });
    Ok(read.await?)
}

/// Once there are keys, the group is told that we are in it, with our profile.
///
/// Source: `groups.md` §11.
async fn say_joined(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let read = core.db.read(move |reader| {
        let due = tasks::of_group(reader, &id)?
            .into_iter()
            .find(|task| task.kind == TaskKind::SayJoined);
        let has_keys = kept::load(reader, &id)?.is_some_and(|kept| !kept.state.keys().is_empty());
        Ok(due.filter(|_| has_keys))
    });
    let Some(task) = read.await? else {
        return Ok(());
    };
    let (profile, now) = (own_profile(core).await?, core.clock.now());
    let written = core.db.write(move |writer: &mut Writer<'_>| {
        if tasks::done(writer, [task.key])? == 0 {
            return Ok(());
        }
        let sent = account::take_sent_time(writer, now, now)?;
        let extras = Extras {
            profile: Some(profile).filter(|profile| profile.name.is_some()),
            ..Extras::default()
        };
        let response = GroupUpdate::InviteResponse { approved: true };
        tasks::add(writer, &news(id, response, extras, sent, (0, now)))
    });
    written.await?;
    step!("group.joined");
    Ok(())
}

/// As an admin: what members asked for, when its time has come.
///
/// Source: `groups.md` §22.
async fn fulfil_wishes(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let now = core.clock.now();
    let read = core.db.read(move |reader| {
        let is_due = |task: &Task| {
            matches!(task.kind, TaskKind::AddForMember | TaskKind::SendState) && task.due <= now
        };
        Ok(tasks::of_group(reader, &id)?
            .into_iter()
            .filter(is_due)
            .collect::<Vec<_>>())
    });
    for task in read.await? {
        let key = task.key;
        let done = match (task.kind, task.member) {
            (TaskKind::AddForMember, Some(person)) => add_for_member(core, id, person, &task).await,
            (TaskKind::SendState, _) => send_state(core, id, &task).await,
            _ => Ok(()),
        };
        match done {
            Ok(()) | Err(GroupError::Nobody | GroupError::NotAdmin | GroupError::TooMany(_)) => {}
            Err(GroupError::Client(error)) => return Err(error),
            Err(error) => tracing::debug!(%error, "what a member asked for cannot be done"),
        }
        core.db.write(move |writer| tasks::done(writer, [key])).await?;
    }
    Ok(())
}

async fn add_for_member(core: &Core, id: GroupId, person: AccountId, task: &Task) -> Result<(), GroupError> {
    let (asked_by, task) = (AccountId::from_bytes(&task.data), task.clone());
    let asked = task.sent.unwrap_or(task.created);
    edit(core, id, move |group| {
        let asks = asked_by.and_then(|asked_by| group.state.members().get(&asked_by));
        let may_ask = asks.is_some_and(|member| member.leaving == Leaving::Stays)
            && group.state.info().rules().members_may_add;
        let is_met = group.state.members().get(&person).is_some();
        let is_full =
            group.state.members().iter().count() >= nous_protocol::config::group_members::MAX_MEMBERS;
        let Some(asked_by) = asked_by.filter(|_| group.secret.is_some() && may_ask) else {
            return Ok(Err(GroupError::Nobody));
        };
        let is_answered = conversation::is_heard_of_after(group.writer, group.key, &person, asked)?;
        let is_off = is_met || is_full || is_answered || group.state.keys().is_empty();
        if is_off || group.is_blocked(&asked_by)? || !group.may_fulfil(&task, &asked_by)? {
            return Ok(Err(GroupError::Nobody));
        }
        if !group
            .secret
            .as_ref()
            .is_some_and(|secret| people::is_usable(secret, &person))
        {
            return Ok(Err(GroupError::Nobody));
        }
        group.note_fulfilled(task.kind, &asked_by)?;
        people::add_now(group, &[(person, String::new())], false)?;
        Ok(Ok(()))
    })
    .await
}

/// The next key is made: with it information and members go out again. Who asks from outside the
/// group is let in again, too.
async fn send_state(core: &Core, id: GroupId, task: &Task) -> Result<(), GroupError> {
    let (asked_by, task) = (AccountId::from_bytes(&task.data), task.clone());
    edit(core, id, move |group| {
        let Some(asked_by) = asked_by.filter(|_| group.secret.is_some()) else {
            return Ok(Err(GroupError::NotAdmin));
        };
        if !group.may_fulfil(&task, &asked_by)? {
            return Ok(Err(GroupError::Nobody));
        }
        group.note_fulfilled(task.kind, &asked_by)?;
        let member = task.member.and_then(|person| group.state.members().get(&person));
        if let Some(member) = member.filter(|member| member.leaving == Leaving::Stays) {
            people::let_in_again(group, member)?;
            return Ok(Ok(()));
        }
        group.change_state(|state, secret| {
            if let Err(error) = state.rekey(secret) {
                tracing::warn!(%error, "the next key of a group cannot be made");
            }
        });
        Ok(Ok(()))
    })
    .await
}

/// Who was removed in order to be added again, and is out.
async fn add_again(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let read = core.db.read(move |reader| {
        let waiting: Vec<Task> = tasks::of_group(reader, &id)?
            .into_iter()
            .filter(|task| task.kind == TaskKind::AddAgain)
            .collect();
        let Some(kept) = kept::load(reader, &id)?.filter(|_| !waiting.is_empty()) else {
            return Ok(Vec::new());
        };
        let is_out = |task: &Task| {
            let member = task.member.and_then(|member| kept.state.members().get(&member));
            member.is_none()
        };
        Ok(waiting.into_iter().filter(is_out).collect::<Vec<_>>())
    });
    for task in read.await? {
        let (key, with_history) = (task.key, task.data == [1]);
        let done = edit(core, id, move |group| {
            if tasks::done(group.writer, [key])? == 0 || group.secret.is_none() {
                return Ok(Err(GroupError::Nobody));
            }
            let Some(person) = task.member else {
                return Ok(Err(GroupError::Nobody));
            };
            people::add_now(group, &[(person, String::new())], with_history)?;
            Ok(Ok(()))
        });
        match done.await {
            Ok(()) | Err(GroupError::Nobody) => {}
            Err(GroupError::Client(error)) => return Err(error),
            Err(error) => tracing::debug!(%error, "somebody cannot be added again"),
        }
    }
    Ok(())
}

/// Once the others know that we left, or that the group is gone, it goes here. Whether it did.
///
/// Source: `groups.md` §14.
async fn end(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let now = core.clock.now();
    let written = core.db.write(move |writer| {
        let all = tasks::of_group(&writer.reader(), &id)?;
        let has = |is_it: fn(&Task) -> bool| all.iter().any(is_it);
        if !has(|task| matches!(task.kind, TaskKind::Leave | TaskKind::Destroy)) {
            return Ok(false);
        }
        // Nobody could be told for so long: the others see that we are silent.
        let is_late = |task: &Task| task.kind == TaskKind::Leave && now.since(task.created) >= TO_TELL;
        if all.iter().any(is_late) {
            return show::erase(writer, &id).map(|()| true);
        }
        // Who was let in before has one more chance to hear of it.
        let is_unsaid = |task: &Task| match task.kind {
            TaskKind::Announce | TaskKind::DeleteAll => true,
            TaskKind::Invite | TaskKind::Promote => task.attempts == 0,
            TaskKind::Leave => task.data.is_empty(),
            _ => false,
        };
        let is_told = !has(is_unsaid);
        let is_stored = kept::load(&writer.reader(), &id)?
            .is_none_or(|kept| !kept.is_admin || !kept.state.info().state().needs_push());
        if !is_told || !is_stored {
            return Ok(false);
        }
        show::erase(writer, &id).map(|()| true)
    });
    let is_over = written.await?;
    if is_over {
        step!("group.ended");
        core.hub.announce([
            Change::Groups,
            Change::Conversations(vec![id.into()]),
            Change::AllMessages(id.into()),
        ]);
        core.configs.change();
        core.groups_stirred.notify_one();
    }
    Ok(is_over)
}
