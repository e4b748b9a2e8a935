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
use nous_storage::groups::tasks::{self, NewTask, TaskKind};
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

/// Writes down what a member asks for, if we are an admin and it may be done. Whether it is.
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
        WishKind::SendState => NewTask::new(id, TaskKind::SendState, now),
    };
    if !may_be_fulfilled(&writer.reader(), id, task.kind, &sender, now)? {
        return Ok(false);
    }
    let later = rand::rng().random_range(0..AT_MOST_LATER_MS);
    task.due = now + Duration::from_millis(later);
    task.data = sender.to_bytes().to_vec();
    task.sent = Some(sent);
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
    note(writer, wish.group, asks, wish, &kept, now)
}

/// Whether what one member asks for was not done too often today.
///
/// # Errors
/// What the database said.
pub(super) fn may_be_fulfilled(
    reader: &Reader<'_>,
    id: GroupId,
    kind: TaskKind,
    member: &AccountId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let since = now.earlier(DAY);
    Ok(match kind {
        TaskKind::SendState => tasks::fulfilled(reader, &id, kind, None, since)? < MOST_SENT,
        _ => tasks::fulfilled(reader, &id, kind, Some(member), since)? < MOST_ADDED,
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
