//! What messages of a group do, carried out inside the transaction of their batch.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | messages, events, deletions |
//! | `belonging` | who is in the group, and what members ask for |
//! | `folding` | what this version does not know |
//! | `reactions` | reactions, and what answers messages |

mod belonging;
mod folding;
mod reactions;

use std::collections::BTreeSet;

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::content::Wish;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation::{self, Found};
use nous_storage::groups::deletions::{self, Erased};
use nous_storage::groups::parked::{self, ParkedMessage, Reason};
use nous_storage::groups::tasks;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, GroupEvent, MessageKind, NewMessage, SendState};
use nous_storage::{conversations, inbox, people};

use super::event::event_row;
use super::kept::{self, Kept};
use super::messages::{Candidate, Unopened};
use super::rules::{self, GroupArrived, GroupEffect, GroupView};
use super::{facts, pieces, show};
use crate::cards;
use crate::config_sync::kept::load;
use crate::disappearing;
use crate::disappearing::rules::{Arrival, of_content};
use crate::files::received;

/// What a batch changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) messages: Vec<MessageKey>,
    /// People whose profile is newer now.
    pub(super) people: BTreeSet<AccountId>,
    /// New messages, ours from other devices included.
    pub(super) shown: u32,
    /// Who is in the group, or how far they are.
    pub(super) has_group_changes: bool,
    /// There is something to do for the group.
    pub(super) has_tasks: bool,
}

/// Messages of one group in one transaction.
pub(super) struct Batch {
    id: GroupId,
    own: AccountId,
    key: ConversationKey,
    kept: Kept,
    /// If we are an admin.
    secret: Option<GroupSecret>,
    view: GroupView,
    last_read: Timestamp,
    now: Timestamp,
    /// The same, if two nodes have told it.
    sure: Option<Timestamp>,
    is_state_changed: bool,
    /// Who left, and who asks for something: looked at when all of the batch is known, for what
    /// is old was answered since.
    leavers: Vec<(AccountId, Timestamp)>,
    wishes: Vec<(AccountId, Timestamp, Wish)>,
    changed: Changed,
}

impl Batch {
    /// The time: now, and the same if two nodes have told it.
    pub(super) fn new(
        id: GroupId,
        own: AccountId,
        key: ConversationKey,
        kept: Kept,
        view: GroupView,
        (now, sure): (Timestamp, Option<Timestamp>),
    ) -> Self {
        Self {
            id,
            own,
            key,
            kept,
            secret: None,
            view,
            last_read: Timestamp::from_ms(0),
            now,
            sure,
            is_state_changed: false,
            leavers: Vec::new(),
            wishes: Vec::new(),
            changed: Changed::default(),
        }
    }

    /// Decides about one message and carries it out.
    pub(super) fn one(&mut self, writer: &mut Writer<'_>, candidate: &Candidate) -> Result<(), StorageError> {
        let arrived = match &candidate.opened {
            Ok(arrived) => arrived,
            Err(Unopened::NoKey) => return self.park(writer, candidate, Reason::NoKey),
            Err(Unopened::Damaged(word)) => {
                self.unpark(writer, candidate)?;
                return inbox::note_drop(writer, word);
            }
        };
        let effects = rules::apply(arrived, &self.view);
        match effects.as_slice() {
            [GroupEffect::Park(reason)] => return self.park(writer, candidate, *reason),
            [GroupEffect::Unknown] => return self.fold(writer, candidate, arrived),
            _ => {}
        }
        self.unpark(writer, candidate)?;
        let is_about =
            |erased: &Erased| erased.is_about(&candidate.stored.hash, &arrived.sender, arrived.sent);
        let is_shown = |effect: &GroupEffect| matches!(effect, GroupEffect::Show { .. });
        if effects.iter().any(is_shown) && self.view.erased.iter().any(is_about) {
            return inbox::note_drop(writer, "group.deletedForAll");
        }
        for effect in effects {
            self.perform(writer, candidate, arrived, effect)?;
        }
        Ok(())
    }

    fn park(
        &self,
        writer: &mut Writer<'_>,
        candidate: &Candidate,
        reason: Reason,
    ) -> Result<(), StorageError> {
        if candidate.waited == Some(reason) {
            return Ok(());
        }
        let message = ParkedMessage {
            hash: candidate.stored.hash.clone(),
            data: candidate.stored.data.clone(),
            stored: candidate.stored.stored,
            expires: candidate.stored.expires,
            reason,
        };
        parked::park(writer, &self.id, &message)
    }

    fn unpark(&mut self, writer: &mut Writer<'_>, candidate: &Candidate) -> Result<(), StorageError> {
        if candidate.waited.is_none() {
            return Ok(());
        }
        self.unfold(writer, &candidate.stored.hash)
    }

    fn perform(
        &mut self,
        writer: &mut Writer<'_>,
        candidate: &Candidate,
        arrived: &GroupArrived,
        effect: GroupEffect,
    ) -> Result<(), StorageError> {
        match effect {
            GroupEffect::Show {
                body,
                is_unsupported,
                mentions_us,
                quote,
                files,
                card,
            } => {
                let row = NewMessage {
                    body,
                    mentions_us,
                    quote,
                    kind: if is_unsupported {
                        MessageKind::Unsupported
                    } else {
                        MessageKind::Text
                    },
                    ..self.row(writer, candidate, arrived)?
                };
                let key = self.insert(writer, &row, (candidate, arrived))?;
                received::take(writer, key, self.key, row.is_own, &files)?;
                if let Some(card) = card {
                    cards::take(writer, key, self.key, row.is_own, &card)?;
                }
                self.changed.shown += 1;
                Ok(())
            }
            GroupEffect::React(reaction) => self.react(writer, arrived, &reaction),
            GroupEffect::Sent => self.sent(writer, candidate, arrived),
            GroupEffect::Event(event) => self.event(writer, candidate, arrived, event),
            GroupEffect::Erase {
                hashes,
                members,
                is_admin,
            } => self.erase(writer, arrived, &hashes, &members, is_admin),
            GroupEffect::InGroup(profile) => self.in_group(writer, arrived, profile.as_ref()),
            GroupEffect::LeftGroup => {
                self.leavers.push((arrived.sender, arrived.sent));
                Ok(())
            }
            GroupEffect::Asks(wish) => {
                self.wishes.push((arrived.sender, arrived.sent, wish));
                Ok(())
            }
            GroupEffect::Park(reason) => self.park(writer, candidate, reason),
            GroupEffect::Unknown => self.fold(writer, candidate, arrived),
            GroupEffect::Drop(reason) => inbox::note_drop(writer, reason),
        }
    }

    fn row(
        &mut self,
        writer: &Writer<'_>,
        candidate: &Candidate,
        arrived: &GroupArrived,
    ) -> Result<NewMessage, StorageError> {
        if self.last_read.as_ms() == 0 {
            let position = people::read_position(&writer.reader(), self.id)?;
            self.last_read = position.map_or(self.last_read, |position| position.last_read);
        }
        let order = arrived.sent.min(candidate.stored.stored).min(self.now);
        let is_own = arrived.sender == self.own;
        Ok(NewMessage {
            conversation: self.key,
            author: arrived.sender,
            is_own,
            is_received: true,
            kind: MessageKind::Text,
            body: String::new(),
            sent: arrived.sent,
            received: self.now,
            order,
            state: is_own.then_some(SendState::Sent),
            is_unread: !is_own && order > self.last_read,
            client_token: None,
            server_hash: candidate.stored.hash.clone(),
            expires: Some(candidate.stored.expires),
            content: None,
            event: None,
            mentions_us: false,
            quote: None,
        })
    }

    fn insert(
        &mut self,
        writer: &mut Writer<'_>,
        row: &NewMessage,
        (candidate, arrived): (&Candidate, &GroupArrived),
    ) -> Result<MessageKey, StorageError> {
        let key = messages::insert(writer, row)?;
        if let Some(timer) = of_content(arrived.parsed.disappearing, false) {
            let arrival = Arrival {
                timer,
                is_own: row.is_own,
                is_read: !row.is_unread,
                stored: candidate.stored.stored,
                expires: candidate.stored.expires,
                now: self.now,
            };
            disappearing::give_arrived(writer, key, &arrival)?;
        }
        nous_storage::reactions::take_pending(writer, key)?;
        self.view.known.insert((self.id.into(), row.author, row.sent));
        self.changed.messages.push(key);
        Ok(key)
    }

    /// A message of ours is in the swarm, though nobody told us that it was stored.
    fn sent(
        &mut self,
        writer: &mut Writer<'_>,
        candidate: &Candidate,
        arrived: &GroupArrived,
    ) -> Result<(), StorageError> {
        let stored = &candidate.stored;
        let found = messages::own_sent_at(writer, self.key, arrived.sent)?;
        let Some(key) = found else {
            if !deletions::take_unsaid(writer, &self.id, arrived.sent)? {
                // Deleted here only: the others keep it.
                return inbox::note_drop(writer, "duplicate");
            }
            // It was deleted here before anybody knew whether it was stored.
            self.changed.has_tasks = true;
            return facts::unsay(writer, self.id, &stored.hash, self.now);
        };
        nous_storage::outbox::delivered(writer, key, self.now)?;
        messages::mark_stored(writer, key, stored.stored, Some(stored.expires))?;
        messages::note_own_copy(writer, key, &stored.hash)?;
        self.changed.messages.push(key);
        Ok(())
    }

    fn event(
        &mut self,
        writer: &mut Writer<'_>,
        candidate: &Candidate,
        arrived: &GroupArrived,
        event: GroupEvent,
    ) -> Result<(), StorageError> {
        if self
            .view
            .known
            .contains(&(self.id.into(), arrived.sender, arrived.sent))
        {
            return inbox::note_drop(writer, "duplicate");
        }
        let row = NewMessage {
            server_hash: candidate.stored.hash.clone(),
            expires: Some(candidate.stored.expires),
            ..event_row(
                self.key,
                arrived.sender,
                self.own,
                event,
                arrived.sent.min(candidate.stored.stored),
                self.now,
            )
        };
        let row = NewMessage {
            sent: arrived.sent,
            ..row
        };
        self.insert(writer, &row, (candidate, arrived))?;
        Ok(())
    }

    /// Only what was written before; of a member who is no admin only their own.
    ///
    /// Source: `groups.md` §15.
    fn erase(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &GroupArrived,
        hashes: &[String],
        people: &[AccountId],
        is_admin: bool,
    ) -> Result<(), StorageError> {
        for hash in hashes.iter().filter(|_| is_admin) {
            self.unfold(writer, hash)?;
        }
        let mut found = conversation::by_hashes(writer, self.key, hashes)?;
        let people: Vec<AccountId> = people
            .iter()
            .copied()
            .filter(|id| is_admin || *id == arrived.sender)
            .collect();
        self.note_erased(writer, arrived, hashes, &people, is_admin)?;
        if !people.is_empty() {
            found.extend(conversation::by_authors(writer, self.key, &people, arrived.sent)?);
        }
        let is_meant =
            |found: &&Found| found.sent < arrived.sent && (is_admin || found.author == arrived.sender);
        let meant: Vec<&Found> = found.iter().filter(is_meant).collect();
        let keys: Vec<MessageKey> = meant.iter().map(|found| found.key).collect();
        messages::delete_for_all(writer, &keys, self.now)?;
        // Members cannot delete in the swarm: admins do it for them.
        if !is_admin && self.secret(writer)?.is_some() {
            let known: BTreeSet<&String> = meant.iter().map(|found| &found.hash).collect();
            let gone: Vec<&String> = known.into_iter().filter(|hash| !hash.is_empty()).collect();
            if !gone.is_empty() {
                tasks::add(writer, &pieces::deletion(self.id, gone, self.now))?;
                self.changed.has_tasks = true;
            }
        }
        self.changed.messages.extend(keys);
        Ok(())
    }

    /// What is deleted may be still to come, or wait for its key or its sender.
    fn note_erased(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &GroupArrived,
        hashes: &[String],
        people: &[AccountId],
        is_admin: bool,
    ) -> Result<(), StorageError> {
        let of_hash = |hash: &String| Erased {
            hash: Some(hash.clone()),
            author: (!is_admin).then_some(arrived.sender),
            before: arrived.sent,
        };
        let of_person = |person: &AccountId| Erased {
            hash: None,
            author: Some(*person),
            before: arrived.sent,
        };
        let all = hashes.iter().map(of_hash).chain(people.iter().map(of_person));
        let all: Vec<Erased> = all.collect();
        deletions::note_erased(writer, &self.id, &all, self.now)?;
        self.view.erased.extend(all);
        Ok(())
    }

    /// The group's secret, if we are an admin; read once.
    fn secret(&mut self, writer: &Writer<'_>) -> Result<Option<&GroupSecret>, StorageError> {
        if self.secret.is_none() && self.kept.is_admin {
            let config: nous_protocol::config::user_groups::UserGroups = load(&writer.reader())?;
            self.secret = config
                .group(&self.id)
                .and_then(|entry| GroupSecret::of_group(&self.id, &entry.admin_seed?));
        }
        Ok(self.secret.as_ref())
    }

    /// Brings what is shown up to date.
    pub(super) fn end(mut self, writer: &mut Writer<'_>) -> Result<Changed, StorageError> {
        self.take_out_leavers(writer)?;
        self.note_wishes(writer)?;
        self.note_quoting(writer)?;
        if self.is_state_changed {
            let is_admin = self.kept.is_admin;
            kept::save(writer, &mut self.kept.state, is_admin)?;
            show::state(writer, self.key, &self.kept.state, is_admin, self.now)?;
            self.changed.has_group_changes = true;
            self.changed.has_tasks = true;
        }
        let folded = parked::prune(writer, &self.id, self.sure)?;
        self.changed.messages.extend(folded);
        if !self.changed.messages.is_empty() {
            conversations::refresh(writer, &[self.key])?;
        }
        Ok(self.changed)
    }
}
