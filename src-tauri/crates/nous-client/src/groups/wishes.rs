//! What members ask the admins' apps to do: to add somebody, to store the group's state again.
//!
//! Source: `groups.md` §22.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::config::group_members::Leaving;
use nous_protocol::content::{Wish, WishKind};
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, NewTask, Task, TaskKind};
use rand::RngExt;

use super::kept::{self, Kept};

/// Not all admins' apps at the same time: whoever is late finds it done.
const AT_MOST_LATER_MS: u64 = 30_000;
/// A wish that is older was answered, or nobody can any more.
const STILL_MEANT: Duration = Duration::from_secs(14 * 86_400);
/// Within so long only so much is done.
const DAY: Duration = Duration::from_secs(86_400);
/// People added for one member in a day.
const MOST_ADDED: u32 = 20;
/// Times that the state is stored again in a day.
const MOST_SENT: u32 = 1;
/// People of a group who are let in again in a day.
const MOST_LET_IN: u32 = 20;
/// Wishes of one member that wait for another day.
const MOST_WAITING: usize = 20;

/// When an admin's app does what any of them may do.
pub(super) fn at_some_moment(now: Timestamp) -> Timestamp {
    now + Duration::from_millis(rand::rng().random_range(0..AT_MOST_LATER_MS))
}

/// Writes down what a member asks for, if we are an admin and it may be done, today or another
/// day. Whether it is.
///
/// `kept`: the group as it stands; `sender` and `sent`: of the message that asks.
///
/// # Errors
/// What the database said.
pub(super) fn note(
    writer: &mut Writer<'_>,
    id: GroupId,
    (sender, sent): (AccountId, Timestamp),
    wish: Wish,
    kept: &Kept,
    now: Timestamp,
) -> Result<bool, StorageError> {
    note_wish(writer, (id, false), (sender, sent), wish, kept, now)
}

fn note_wish(
    writer: &mut Writer<'_>,
    (id, is_outside): (GroupId, bool),
    (sender, sent): (AccountId, Timestamp),
    wish: Wish,
    kept: &Kept,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let is_member = kept
        .state
        .members()
        .get(&sender)
        .is_some_and(|member| member.leaving == Leaving::Stays);
    let is_meant = kept.is_admin && is_member && wish.group == id && now.since(sent) < STILL_MEANT;
    let blocked = conversations::standings(&writer.reader(), &[sender])?;
    let is_blocked = blocked.get(&sender).is_some_and(|person| person.is_blocked);
    if !is_meant || is_blocked {
        return Ok(false);
    }
    let mut task = match wish.kind {
        WishKind::Add(account) => {
            let is_met = kept.state.members().get(&account).is_some();
            if is_met || !kept.state.info().rules().members_may_add {
                return Ok(false);
            }
            NewTask::about(id, TaskKind::AddForMember, account, now)
        }
        WishKind::SendState if is_outside => NewTask::about(id, TaskKind::SendState, sender, now),
        WishKind::SendState => NewTask::new(id, TaskKind::SendState, now),
    };
    task.due = at_some_moment(now);
    task.data = sender.to_bytes().to_vec();
    task.sent = Some(sent);
    if !may_be_fulfilled(&writer.reader(), id, (task.kind, is_outside), &sender, now)? {
        let all = tasks::of_group(&writer.reader(), &id)?;
        let is_theirs = |waiting: &&Task| waiting.kind == task.kind && waiting.data == task.data;
        let is_for_tomorrow =
            task.kind == TaskKind::AddForMember && all.iter().filter(is_theirs).count() < MOST_WAITING;
        if !is_for_tomorrow {
            return Ok(false);
        }
        task.due = task.due + DAY;
    }
    tasks::add(writer, &task)?;
    Ok(true)
}

/// What a member asks for one to one, because no key of the group is left there. Whether it is
/// written down.
///
/// # Errors
/// What the database said.
pub(crate) fn note_from_outside(
    writer: &mut Writer<'_>,
    asks: (AccountId, Timestamp),
    wish: Wish,
    now: Timestamp,
) -> Result<bool, StorageError> {
    if !matches!(wish.kind, WishKind::SendState) {
        return Ok(false);
    }
    let Some(kept) = kept::load(&writer.reader(), &wish.group)? else {
        return Ok(false);
    };
    note_wish(writer, (wish.group, true), asks, wish, &kept, now)
}

/// Whether what one member asks for was not done too often today.
///
/// # Errors
/// What the database said.
pub(super) fn may_be_fulfilled(
    reader: &Reader<'_>,
    id: GroupId,
    (kind, is_outside): (TaskKind, bool),
    member: &AccountId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let done = |of: Option<&AccountId>| tasks::fulfilled(reader, &id, kind, of, now.earlier(DAY));
    Ok(match kind {
        // Each who sees nothing of the group is let in again: what others asked for does not help.
        TaskKind::SendState if is_outside => done(Some(member))? < MOST_SENT && done(None)? < MOST_LET_IN,
        TaskKind::SendState => done(None)? < MOST_SENT,
        _ => done(Some(member))? < MOST_ADDED,
    })
}

/// Notes that a member's wish was fulfilled.
///
/// # Errors
/// What the database said.
pub(super) fn note_fulfilled(
    writer: &mut Writer<'_>,
    id: GroupId,
    kind: TaskKind,
    member: &AccountId,
    now: Timestamp,
) -> Result<(), StorageError> {
    tasks::note_fulfilled(writer, &id, kind, member, (now, now.earlier(DAY)))
}
