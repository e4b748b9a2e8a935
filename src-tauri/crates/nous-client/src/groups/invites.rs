//! Invitations and promotions on their way to people, one message to each.
//!
//! Source: `groups.md` §9 and §12.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{Departure, SwarmApi};
use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::config::group_members::{GroupMember, Leaving, Progress};
use nous_protocol::content::{self, Disappearing, Extras, GroupUpdate, Outgoing, OutgoingBody, Profile};
use nous_protocol::envelope;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::group::update;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation;
use nous_storage::groups::tasks::{self, NewTask, Task, TaskKind};
use nous_storage::ids::ConversationKey;
use nous_storage::{account, conversations};

use super::access::Access;
use super::wishes::at_some_moment;
use super::{kept, show};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::MESSAGE_LIFE;
use crate::send::sealing::own_profile;
use crate::step::step;

/// How many go out at the same time.
const AT_ONCE: usize = 8;
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(600);

/// After so long nobody sends an invitation any more that was not tried: the device that was to
/// is gone.
const LEFT_UNDONE: Duration = Duration::from_secs(60);
/// So many are taken over after one poll.
const MOST_TAKEN_OVER: usize = 20;
/// What a task says that was taken over.
const TAKEN_OVER: [u8; 1] = [1];

/// As an admin: who was added or promoted, and for long was not sent what lets them in, is sent
/// it from here.
///
/// # Errors
/// What the database said.
pub(super) fn take_over(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    group: &GroupState,
    own: &AccountId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let id = group.id();
    let members = group.members().iter();
    let unsent: Vec<GroupMember> = members
        .filter(|member| member.id != *own && is_unsent(member))
        .take(MOST_TAKEN_OVER)
        .collect();
    if unsent.is_empty() {
        return Ok(());
    }
    let all = tasks::of_group(&writer.reader(), &id)?;
    for member in unsent {
        let (kind, told) = if member.is_admin {
            let told = conversation::promoted_at(writer, key, &member.id)?;
            (TaskKind::Promote, told)
        } else {
            (TaskKind::Invite, conversation::added_at(writer, key, &member.id)?)
        };
        let is_young = told.is_some_and(|at| now.since(at) < LEFT_UNDONE);
        let is_ours = |task: &Task| task.kind == kind && task.member == Some(member.id);
        if is_young || all.iter().any(is_ours) {
            continue;
        }
        let due = at_some_moment(now);
        let taken_over = NewTask {
            due,
            data: TAKEN_OVER.to_vec(),
            ..NewTask::about(id, kind, member.id, now)
        };
        let unrevoke = NewTask {
            due,
            ..NewTask::about(id, TaskKind::Unrevoke, member.id, now)
        };
        tasks::add(writer, &taken_over)?;
        tasks::add(writer, &unrevoke)?;
    }
    Ok(())
}

fn is_unsent(member: &GroupMember) -> bool {
    let progress = if member.is_admin {
        member.promotion
    } else {
        member.invitation
    };
    member.leaving == Leaving::Stays && progress == Progress::NotSent
}

/// Sends what is due: answers how many went out.
///
/// # Errors
/// What the database said. Errors of the network are results.
///
/// Source: `groups.md` §9 and §12.
pub(super) async fn send_due(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<usize, ClientError> {
    let (keys, now) = (Arc::clone(&core.keys), core.clock.now());
    let read = core.db.read(move |reader| {
        let Some(Access::Admin(secret)) = Access::read(reader, &id, &keys)? else {
            return Ok(None);
        };
        let Some(kept) = kept::load(reader, &id)? else {
            return Ok(None);
        };
        let is_due =
            |task: &Task| matches!(task.kind, TaskKind::Invite | TaskKind::Promote) && task.due <= now;
        let due = tasks::of_group(reader, &id)?.into_iter().filter(is_due);
        let members = kept.state.members();
        let is_done_meanwhile = |task: &Task| {
            let member = task.member.and_then(|member| members.get(&member));
            task.data == TAKEN_OVER && !member.as_ref().is_some_and(is_unsent)
        };
        let (done, due): (Vec<Task>, Vec<Task>) = due.partition(is_done_meanwhile);
        Ok(Some((secret, kept.state.info().name(), done, due)))
    });
    let Some((secret, name, done, due)) = read.await? else {
        return Ok(0);
    };
    if !done.is_empty() {
        let keys = done.into_iter().map(|task| task.key);
        core.db.write(move |writer| tasks::done(writer, keys)).await?;
    }
    if due.is_empty() {
        return Ok(0);
    }
    let profile = own_profile(core).await?;
    let letter = Letter {
        secret: &secret,
        name: &name,
        profile: &profile,
    };
    let mut sent = 0;
    for part in due.chunks(AT_ONCE) {
        let mut attempts = Vec::new();
        for task in part {
            attempts.push(attempt(core, swarm, &letter, task));
        }
        let results: Vec<Attempted> = futures_util::future::join_all(attempts).await;
        sent += results
            .iter()
            .filter(|attempted| **attempted == Attempted::Sent)
            .count();
        let results: Vec<(Task, Attempted)> = part.iter().cloned().zip(results).collect();
        let (own_keys, now) = (Arc::clone(&core.keys), core.clock.now());
        step!("group.invited");
        core.db
            .write(move |writer| note(writer, id, &own_keys, &results, now))
            .await?;
        step!("group.inviteNoted");
        core.hub.announce([Change::Groups]);
    }
    Ok(sent)
}

/// What all invitations of a group have in common.
struct Letter<'l> {
    secret: &'l GroupSecret,
    name: &'l str,
    profile: &'l Profile,
}

impl Letter<'_> {
    /// `None` for somebody whose ID is no usable key.
    fn content(&self, kind: TaskKind, to: &AccountId, sent: Timestamp) -> Option<Vec<u8>> {
        let update = if kind == TaskKind::Promote {
            GroupUpdate::Promote {
                group_identity_seed: *self.secret.expose_seed(),
                name: self.name.to_owned(),
            }
        } else {
            update::invite(self.secret, to, self.name, sent)?
        };
        let extras = Extras {
            profile: Some(self.profile.clone()).filter(|profile| profile.name.is_some()),
            ..Extras::default()
        };
        Some(content::encode(&Outgoing {
            sent,
            disappearing: Disappearing::default(),
            body: OutgoingBody::GroupUpdate(Box::new(update), extras),
        }))
    }
}

/// What became of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempted {
    /// The person's swarm has it.
    Sent,
    /// It does not have it.
    NotSent,
    /// Nobody can be reached by such an ID.
    Never,
}

async fn attempt(core: &Core, swarm: &Arc<dyn SwarmApi>, letter: &Letter<'_>, task: &Task) -> Attempted {
    let Some(to) = task.member else {
        return Attempted::Sent;
    };
    // Every attempt is the same message: who declined it is not asked again by a later one.
    let (key, fixed, now) = (task.key, task.sent, core.clock.now());
    let taken = core.db.write(move |writer| match fixed {
        Some(sent) => Ok(sent),
        None => {
            let sent = account::take_sent_time(writer, now, now)?;
            tasks::fix_sent(writer, key, sent).map(|()| sent)
        }
    });
    let Ok(sent) = taken.await else {
        return Attempted::NotSent;
    };
    let Some(content) = letter.content(task.kind, &to, sent) else {
        return Attempted::Never;
    };
    let padded = padding::pad(&content);
    let Ok(sealed) = envelope::seal(&core.keys, &to, &padded, sent, &mut rand::rng()) else {
        return Attempted::Never;
    };
    let destination = SwarmAccount::from(to);
    let action = Action::Store {
        namespace: Namespace::MESSAGES,
        timestamp: core.clock.now(),
        expiry: Expiry::Ttl(u64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(u64::MAX)),
        data: sealed.0,
        sig_timestamp: None,
    };
    let request = StorageRequest::unsigned(destination, action);
    let departure = Departure::default();
    let stored = swarm.store(&destination, request, &departure);
    match tokio::time::timeout(PATIENCE, stored).await {
        Ok(Ok(_)) => Attempted::Sent,
        Ok(Err(error)) => {
            tracing::debug!(%error, "an invitation was not stored");
            Attempted::NotSent
        }
        Err(_) => Attempted::NotSent,
    }
}

/// What became of them, in the list of members too.
fn note(
    writer: &mut Writer<'_>,
    id: GroupId,
    keys: &nous_protocol::keys::IdentityKeys,
    results: &[(Task, Attempted)],
    now: Timestamp,
) -> Result<(), StorageError> {
    let access = Access::read(&writer.reader(), &id, keys)?;
    let (Some(Access::Admin(secret)), Some(kept)) = (access, kept::load(&writer.reader(), &id)?) else {
        return Ok(());
    };
    let mut state = kept.state;
    for (task, attempted) in results {
        let is_sent = *attempted == Attempted::Sent;
        let is_tried_again = *attempted == Attempted::NotSent && now.since(task.created) < MESSAGE_LIFE;
        let is_there = if is_tried_again {
            tasks::postpone(writer, task.key, now + pause(task.attempts))?;
            true
        } else {
            tasks::done(writer, [task.key])? > 0
        };
        let member = task.member.and_then(|member| state.members().get(&member));
        let Some(mut member) = member.filter(|member| is_there && member.leaving == Leaving::Stays) else {
            continue;
        };
        let progress = if is_sent { Progress::Sent } else { Progress::Failed };
        let before = member.clone();
        match task.kind {
            TaskKind::Promote if member.promotion != Progress::Accepted => member.promote(progress),
            TaskKind::Invite if !member.is_admin && member.invitation != Progress::Accepted => {
                let with_history = member.with_history;
                member.invite(progress);
                member.with_history = with_history;
            }
            _ => {}
        }
        if member != before {
            state.members_mut().set(&secret, &member);
        }
    }
    kept::save(writer, &mut state, true)?;
    if let Some(key) = conversations::find(&writer.reader(), id)? {
        show::state(writer, key, &state, true, now)?;
    }
    Ok(())
}

fn pause(attempts: u32) -> Duration {
    Duration::from_secs(2 << attempts.min(9)).min(LONGEST)
}
