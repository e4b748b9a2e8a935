//! A change of a group: state, tables, tasks and the line that tells of it, in one transaction.
//! Killed after it, the group's loop goes on with the rest.
//!
//! Source: `groups.md` §7 and §15.

use std::sync::Arc;
use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::content::{self, Extras, GroupUpdate, Message, Outgoing, OutgoingBody, Wish};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, NewTask, Task, TaskKind};
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{self, GroupEvent, MessageKind, NewMessage, SendState};
use nous_storage::{account, conversations};

use super::access::Access;
use super::error::GroupError;
use super::event::event_row;
use super::{kept, show, wishes};
use crate::config_sync::kept as config;
use crate::core::Core;
use crate::disappearing as lives;
use crate::disappearing::rules::{length, of_content};
use crate::error::ClientError;
use crate::events::Change;
use crate::send::MESSAGE_LIFE;
use crate::send::group::disappearing;
use crate::step::step;

/// A group that is being changed.
pub(super) struct Edit<'e, 'w> {
    pub(super) writer: &'e mut Writer<'w>,
    pub(super) id: GroupId,
    /// Its conversation.
    pub(super) key: ConversationKey,
    pub(super) own: AccountId,
    /// If we are an admin.
    pub(super) secret: Option<GroupSecret>,
    pub(super) state: GroupState,
    pub(super) now: Timestamp,
    is_time_known: bool,
    /// The last sent time that was guessed.
    guessed: Timestamp,
    is_state_changed: bool,
}

/// Changes a group in one transaction; nothing is kept if `change` refuses.
///
/// `change` decides before it writes anything.
///
/// # Errors
/// [`GroupError::Closed`] for a group that we are not in, what `change` answers, or what the
/// database said.
pub(super) async fn edit<T: Send + 'static>(
    core: &Core,
    id: GroupId,
    change: impl FnOnce(&mut Edit<'_, '_>) -> Result<Result<T, GroupError>, StorageError> + Send + 'static,
) -> Result<T, GroupError> {
    let (keys, now, own) = (Arc::clone(&core.keys), core.clock.now(), core.own);
    let is_time_known = core.clock.is_known();
    let written = core.db.write(move |writer| {
        let access = Access::read(&writer.reader(), &id, &keys)?;
        // Who leaves has said the last word.
        if tasks::is_ending(&writer.reader(), &id)? {
            return Ok(Err(GroupError::Closed));
        }
        let kept = kept::load(&writer.reader(), &id)?;
        let key = conversations::find(&writer.reader(), id)?;
        let (Some(access), Some(key)) = (access, key) else {
            return Ok(Err(GroupError::Closed));
        };
        let Some(kept) = kept else {
            return Ok(Err(GroupError::WithoutKey));
        };
        let secret = match access {
            Access::Admin(secret) => Some(secret),
            Access::Member(_) => None,
        };
        let mut edit = Edit {
            writer,
            id,
            key,
            own,
            secret,
            state: kept.state,
            now,
            is_time_known,
            guessed: now,
            is_state_changed: false,
        };
        let done = match change(&mut edit)? {
            Ok(done) => done,
            Err(refusal) => return Ok(Err(refusal)),
        };
        edit.end(kept.is_admin)?;
        Ok(Ok(done))
    });
    let done = written.await.map_err(ClientError::from)??;
    step!("group.edited");
    core.hub.announce([
        Change::Groups,
        Change::Conversations(vec![id.into()]),
        Change::AllMessages(id.into()),
    ]);
    core.configs.change();
    core.groups_stirred.notify_one();
    Ok(done)
}

impl Edit<'_, '_> {
    /// The group's secret.
    ///
    /// # Errors
    /// [`GroupError::NotAdmin`].
    pub(super) fn admin(&self) -> Result<&GroupSecret, GroupError> {
        self.secret.as_ref().ok_or(GroupError::NotAdmin)
    }

    /// Changes what admins store.
    pub(super) fn change_state(&mut self, change: impl FnOnce(&mut GroupState, &GroupSecret)) {
        if let Some(secret) = &self.secret {
            change(&mut self.state, secret);
            self.is_state_changed = true;
        }
    }

    /// Writes a task down.
    pub(super) fn task(&mut self, task: &NewTask) -> Result<(), StorageError> {
        tasks::add(self.writer, task)
    }

    fn sent_time(&mut self) -> Result<Timestamp, StorageError> {
        // A guess does not move the counter: the clock may be a year ahead.
        if self.is_time_known {
            account::take_sent_time(self.writer, self.now, self.now)
        } else {
            self.guessed = self.guessed + Duration::from_millis(1);
            Ok(self.guessed)
        }
    }

    /// News for all, and the line that tells it here. `has_timer`: the group's timer counts for
    /// it.
    pub(super) fn announce(
        &mut self,
        make: impl FnOnce(Option<&GroupSecret>, Timestamp) -> GroupUpdate,
        has_timer: bool,
        event: Option<GroupEvent>,
    ) -> Result<(), StorageError> {
        let sent = self.sent_time()?;
        let update = make(self.secret.as_ref(), sent);
        let timer = if has_timer {
            self.state.info().timer_seconds()
        } else {
            0
        };
        let task = news(self.id, update, Extras::default(), sent, (timer, self.now));
        tasks::add(self.writer, &task)?;
        match event {
            Some(event) => self.tell(event, sent, timer),
            None => Ok(()),
        }
    }

    /// A line that tells what we did, and disappears so many seconds after it; 0: it stays.
    fn tell(&mut self, event: GroupEvent, sent: Timestamp, timer_s: i64) -> Result<(), StorageError> {
        let row = event_row(self.key, self.own, self.own, event, sent, self.now);
        let message = messages::insert(self.writer, &row)?;
        let timer = of_content(disappearing(timer_s), false);
        let ends = timer.map(|timer| sent.min(self.now) + length(timer.seconds));
        lives::give(self.writer, message, timer, ends, self.now)?;
        conversations::refresh(self.writer, &[self.key])
    }

    /// Whether somebody is blocked by us.
    pub(super) fn is_blocked(&self, person: &AccountId) -> Result<bool, StorageError> {
        let known = conversations::standings(&self.writer.reader(), &[*person])?;
        Ok(known.get(person).is_some_and(|person| person.is_blocked))
    }

    /// Whether what a member asks for was not done too often today.
    pub(super) fn may_fulfil(&self, task: &Task, member: &AccountId) -> Result<bool, StorageError> {
        let is_outside = task.kind == TaskKind::SendState && task.member.is_some();
        let kind = (task.kind, is_outside);
        wishes::may_be_fulfilled(&self.writer.reader(), self.id, kind, member, self.now)
    }

    /// Notes that a member's wish is fulfilled.
    pub(super) fn note_fulfilled(&mut self, kind: TaskKind, member: &AccountId) -> Result<(), StorageError> {
        wishes::note_fulfilled(self.writer, self.id, kind, member, self.now)
    }

    /// The account's config calls the group so.
    pub(super) fn name_entry(&mut self, name: &str) -> Result<(), StorageError> {
        let id = self.id;
        config::change(self.writer, |groups: &mut UserGroups| {
            if let Some(mut entry) = groups.group(&id) {
                name.clone_into(&mut entry.name);
                groups.set_group(&entry);
            }
        })
    }

    /// An ordinary message of ours that asks the admins' apps for something; others read it.
    pub(super) fn ask(&mut self, body: String, wish: Wish) -> Result<(), StorageError> {
        let sent = self.sent_time()?;
        let message = Message {
            body: body.clone(),
            extras: Extras {
                wish: Some(wish),
                ..Extras::default()
            },
            ..Message::default()
        };
        let task = NewTask {
            data: content::encode(&Outgoing {
                sent,
                disappearing: disappearing(self.state.info().timer_seconds()),
                body: OutgoingBody::Message(Box::new(message)),
            }),
            sent: Some(sent),
            ttl_ms: ttl_ms(self.state.info().timer_seconds()),
            ..NewTask::new(self.id, TaskKind::Announce, self.now)
        };
        tasks::add(self.writer, &task)?;
        let row = NewMessage {
            kind: MessageKind::Text,
            body,
            state: Some(SendState::Queued),
            event: None,
            ..event_row(self.key, self.own, self.own, GroupEvent::Joined, sent, self.now)
        };
        let message = messages::insert(self.writer, &row)?;
        lives::give_written(self.writer, message, self.key, true, self.now)?;
        conversations::refresh(self.writer, &[self.key])
    }

    fn end(mut self, is_admin: bool) -> Result<(), StorageError> {
        if !self.is_state_changed {
            return Ok(());
        }
        // A poll as an admin is still to come, if there was none.
        kept::save(self.writer, &mut self.state, is_admin)?;
        let is_admin_now = self.secret.is_some();
        show::state(self.writer, self.key, &self.state, is_admin_now, self.now)?;
        Ok(())
    }
}

/// News for all, to be stored with the next push.
pub(super) fn news(
    group: GroupId,
    update: GroupUpdate,
    extras: Extras,
    sent: Timestamp,
    (timer_s, now): (i64, Timestamp),
) -> NewTask {
    NewTask {
        data: content::encode(&Outgoing {
            sent,
            disappearing: disappearing(timer_s),
            body: OutgoingBody::GroupUpdate(Box::new(update), extras),
        }),
        sent: Some(sent),
        ttl_ms: ttl_ms(timer_s),
        ..NewTask::new(group, TaskKind::Announce, now)
    }
}

/// The life in the swarm, in ms, of what is said under a timer.
fn ttl_ms(timer_s: i64) -> i64 {
    let life_ms = i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX);
    if timer_s > 0 {
        timer_s.saturating_mul(1_000).min(life_ms)
    } else {
        life_ms
    }
}
