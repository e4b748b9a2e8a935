//! Effects carried out inside the transaction of their batch.

mod accepting;
mod lives;
mod reactions;
mod unsent;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Approval, Standing};
use nous_storage::cursors::{self, Place};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::inbox::{self, Parked};
use nous_storage::messages::{self, MessageKind, NewMessage, SendState};
use nous_storage::{people, receipts, seen_hashes};

use super::open::{Arrived, Broken};
use super::rules::{self, Effect, Shown, View};
use super::view::{load_view, stranger};
use crate::cards;
use crate::config_sync::actions;
use crate::files::received as files;
use crate::groups::wishes;
use crate::send::response::BEFORE_THE_ANSWER;
use crate::step::step;
use crate::typing;

/// The new place of a cursor.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) node: [u8; 32],
    pub(crate) hash: String,
    pub(crate) expires: Timestamp,
}

/// A batch, ready to be decided about and written.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) own: AccountId,
    /// Ours: what an invitation grants is checked with them.
    pub(crate) keys: Arc<IdentityKeys>,
    pub(crate) namespace: Namespace,
    pub(crate) opened: Vec<Result<Arrived, Broken>>,
    pub(crate) cursors: Vec<Move>,
    pub(crate) now: Timestamp,
    /// The same, if two nodes have told it.
    pub(crate) sure: Option<Timestamp>,
    /// Parked contents that are tried again: their rows go if they can be used now.
    pub(crate) is_second_try: bool,
}

/// What a batch changed.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) messages: BTreeMap<AccountId, Vec<MessageKey>>,
    pub(crate) conversations: BTreeSet<AccountId>,
    /// New messages, ours from other devices included.
    pub(crate) shown: u32,
    pub(crate) has_parked: bool,
    /// Something was unsent.
    pub(crate) has_deletions: bool,
    /// The other devices must know of it.
    pub(crate) has_shared: bool,
    /// A request came, or was accepted.
    pub(crate) has_requests: bool,
    /// Who types now, or stopped.
    pub(crate) typing: BTreeMap<AccountId, bool>,
    /// Groups that we were invited into, or are in now.
    pub(crate) groups: BTreeSet<GroupId>,
}

/// Decides and writes: effects, seen hashes, parked rows and cursors, all or nothing.
pub(crate) fn write(writer: &mut Writer<'_>, batch: &Batch) -> Result<Changed, StorageError> {
    let mut work = Work {
        view: load_view(writer, batch)?,
        touched: BTreeSet::new(),
        shared: BTreeSet::new(),
        changed: Changed::default(),
        batch,
    };
    let seen = seen_meanwhile(writer, batch)?;
    for opened in batch
        .opened
        .iter()
        .filter(|opened| !seen.contains(hash_of(opened)))
    {
        match opened {
            Ok(arrived) => work.one(writer, arrived)?,
            Err(broken) => inbox::note_drop(writer, open_word(broken))?,
        }
    }
    step!("receive.applied");
    work.note_quoting(writer)?;
    let keys: Vec<ConversationKey> = work.touched.iter().copied().collect();
    conversations::refresh(writer, &keys)?;
    work.changed.has_shared = !work.shared.is_empty();
    actions::share(writer, &batch.own, &work.shared)?;
    if work.changed.has_parked {
        work.make_room(writer)?;
    }
    keep_places(writer, batch)?;
    step!("receive.committing");
    Ok(work.changed)
}

fn hash_of(opened: &Result<Arrived, Broken>) -> &str {
    match opened {
        Ok(arrived) => &arrived.hash,
        Err(broken) => &broken.hash,
    }
}

/// What another poll has committed since this batch was fetched.
fn seen_meanwhile(writer: &Writer<'_>, batch: &Batch) -> Result<BTreeSet<String>, StorageError> {
    if batch.is_second_try {
        return Ok(BTreeSet::new());
    }
    let hashes: Vec<&str> = batch.opened.iter().map(hash_of).collect();
    seen_hashes::seen_among(&writer.reader(), &batch.own.into(), batch.namespace, &hashes)
}

fn keep_places(writer: &mut Writer<'_>, batch: &Batch) -> Result<(), StorageError> {
    let account = SwarmAccount::from(batch.own);
    let hashes: Vec<(&str, Timestamp)> = batch
        .opened
        .iter()
        .map(|opened| match opened {
            Ok(arrived) => (arrived.hash.as_str(), arrived.expires),
            Err(broken) => (broken.hash.as_str(), broken.expires),
        })
        .collect();
    if !batch.is_second_try && !hashes.is_empty() {
        seen_hashes::note(writer, &account, batch.namespace, &hashes)?;
    }
    for Move { node, hash, expires } in &batch.cursors {
        let place = Place {
            account: &account,
            node,
            namespace: batch.namespace,
        };
        cursors::advance(writer, place, hash, *expires)?;
    }
    Ok(())
}

const fn open_word(broken: &Broken) -> &'static str {
    use nous_protocol::envelope::OpenError;
    match broken.error {
        OpenError::Wrapping => "noEnvelope",
        OpenError::TooShort => "tooShort",
        OpenError::Seal => "notSealedForUs",
        OpenError::SenderKey => "senderKey",
        OpenError::Signature => "badSignature",
    }
}

struct Work<'b> {
    view: View,
    touched: BTreeSet<ConversationKey>,
    /// Whom the other devices must know of.
    shared: BTreeSet<AccountId>,
    changed: Changed,
    batch: &'b Batch,
}

impl Work<'_> {
    fn one(&mut self, writer: &mut Writer<'_>, arrived: &Arrived) -> Result<(), StorageError> {
        let effects = rules::apply(arrived, &self.batch.own, &self.view);
        let stays_parked = effects.iter().any(|effect| matches!(effect, Effect::Park { .. }));
        if self.batch.is_second_try {
            if stays_parked {
                return Ok(());
            }
            if let Some(row) = inbox::unpark(writer, &arrived.hash)? {
                self.unfold(writer, arrived.sender, row)?;
            }
        }
        for effect in effects {
            self.perform(writer, arrived, effect)?;
        }
        Ok(())
    }

    fn perform(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        effect: Effect,
    ) -> Result<(), StorageError> {
        match effect {
            Effect::Show(shown) => self.show(writer, arrived, &shown),
            Effect::Profile(person, profile) => {
                let key = self.conversation(writer, &person)?;
                conversations::set_profile(writer, key, &profile)?;
                self.shared.insert(person);
                self.update(&person, |standing| standing.profile_updated_s = profile.updated_s);
                Ok(())
            }
            Effect::ApprovedByUs(person) => {
                let key = self.conversation(writer, &person)?;
                let known = self.standing(&person);
                let is_new = !known.is_approved;
                self.changed.has_requests |= is_new;
                self.known_since(writer, arrived, key, is_new)?;
                if is_new && known.has_approved_me {
                    let at = arrived.sent.earlier(BEFORE_THE_ANSWER);
                    self.accepted(writer, person, self.batch.own, at)?;
                }
                self.share_if(is_new && person != self.batch.own, person);
                self.update(&person, |standing| standing.is_approved = true);
                conversations::approve(writer, key, Approval::Ours)
            }
            Effect::ApprovedByThem(person) => {
                let key = self.conversation(writer, &person)?;
                let is_new = !self.standing(&person).has_approved_me;
                self.known_since(writer, arrived, key, is_new)?;
                self.share_if(is_new, person);
                self.update(&person, |standing| standing.has_approved_me = true);
                conversations::approve(writer, key, Approval::Theirs)
            }
            Effect::Accepted(person, at) => self.accepted(writer, person, person, at),
            Effect::AcceptedAt(person, at) => self.accepted_at(writer, person, at),
            Effect::ReadByRecipient(person, sent) => self.read(writer, arrived, person, &sent),
            Effect::Invited(person, update) => self.invited(writer, arrived, person, &update),
            Effect::Asks(person, wish) => {
                let asks = (person, arrived.sent);
                if wishes::note_from_outside(writer, asks, wish, self.batch.now)? {
                    self.changed.groups.insert(wish.group);
                }
                Ok(())
            }
            Effect::Typing(person, started) => {
                let is_live = self.batch.now.since(arrived.sent) <= typing::LIFE;
                if is_live {
                    self.changed.typing.insert(person, started);
                }
                Ok(())
            }
            Effect::React(with, reaction) => self.react(writer, arrived, with, &reaction),
            Effect::Unsent(author, sent) => self.unsent(writer, author, sent),
            Effect::Withdrawn => self.withdrawn(writer, arrived),
            Effect::TimerChanged(news) => self.timer_changed(writer, arrived, &news),
            Effect::MediaSaved(person, of) => self.media_saved(writer, arrived, person, of),
            Effect::Park { reason, fold } => self.park(writer, arrived, reason, fold),
            Effect::Drop(reason) => inbox::note_drop(writer, reason),
        }
    }

    /// Who is met by a message was known when it was sent: devices restored later tell by that
    /// which messages went to them.
    fn known_since(
        &self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        key: ConversationKey,
        is_new: bool,
    ) -> Result<(), StorageError> {
        if is_new {
            people::known_since(writer, key, self.place(arrived))?;
        }
        Ok(())
    }

    /// Where a message stands. The store request was made before it arrived; our clock may be a
    /// little ahead.
    fn place(&self, arrived: &Arrived) -> Timestamp {
        arrived.sent.min(arrived.stored).min(self.batch.now)
    }

    fn show(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        shown: &Shown,
    ) -> Result<(), StorageError> {
        let conversation = self.conversation(writer, &shown.conversation)?;
        let priority = self.standing(&shown.conversation).priority;
        if actions::show_hidden(writer, conversation, priority)? {
            self.update(&shown.conversation, |standing| standing.priority = 0);
            self.share_if(true, shown.conversation);
        }
        let is_request = !shown.is_own && !self.standing(&shown.conversation).is_approved;
        self.changed.has_requests |= is_request;
        let new = self.row(arrived, conversation, shown);
        let key = messages::insert(writer, &new)?;
        nous_storage::reactions::take_pending(writer, key)?;
        self.give_life(writer, key, arrived, shown.conversation, &new)?;
        files::take(writer, key, conversation, shown.is_own, &shown.files)?;
        if let Some(card) = &shown.card {
            cards::take(writer, key, conversation, shown.is_own, card)?;
        }
        if shown.is_own {
            receipts::take_pending(writer, key)?;
        } else {
            self.changed.typing.insert(shown.conversation, false);
        }
        self.view
            .known
            .insert((shown.conversation.into(), arrived.sender, arrived.sent));
        self.touched.insert(conversation);
        self.changed
            .messages
            .entry(shown.conversation)
            .or_default()
            .push(key);
        self.changed.shown += 1;
        Ok(())
    }

    fn row(&self, arrived: &Arrived, conversation: ConversationKey, shown: &Shown) -> NewMessage {
        let order = self.place(arrived);
        let is_read = order <= self.standing(&shown.conversation).last_read;
        NewMessage {
            conversation,
            author: arrived.sender,
            is_own: shown.is_own,
            is_received: true,
            kind: if shown.is_unsupported {
                MessageKind::Unsupported
            } else {
                MessageKind::Text
            },
            body: shown.body.clone(),
            sent: arrived.sent,
            received: self.batch.now,
            order,
            state: shown.is_own.then_some(SendState::Sent),
            is_unread: !shown.is_own && !is_read,
            client_token: None,
            server_hash: arrived.hash.clone(),
            expires: Some(arrived.expires),
            content: Some(arrived.content.clone()),
            event: None,
            mentions_us: false,
            quote: shown.quote,
        }
    }

    fn read(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        person: AccountId,
        sent: &[Timestamp],
    ) -> Result<(), StorageError> {
        let conversation = self.conversation(writer, &person)?;
        let read = arrived.sent.min(self.batch.now);
        let keys = messages::mark_read_by_recipient(writer, conversation, &self.batch.own, sent, read)?;
        for key in &keys {
            nous_storage::outbox::delivered(writer, *key, self.batch.now)?;
        }
        self.changed.messages.entry(person).or_default().extend(keys);
        receipts::keep_pending(writer, conversation, &self.batch.own, sent, read, self.batch.now)
    }

    fn park(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        reason: &str,
        fold: Option<AccountId>,
    ) -> Result<(), StorageError> {
        let mut message = None;
        if let Some(person) = fold {
            let conversation = self.conversation(writer, &person)?;
            let shown = Shown {
                conversation: person,
                body: String::new(),
                is_unsupported: true,
                is_own: false,
                quote: None,
                files: Vec::new(),
                card: None,
            };
            let folded = NewMessage {
                content: None,
                is_unread: false,
                is_received: false,
                ..self.row(arrived, conversation, &shown)
            };
            let key = messages::fold_unsupported(writer, &folded)?;
            self.touched.insert(conversation);
            self.changed.messages.entry(person).or_default().push(key);
            message = Some(key);
        }
        self.changed.has_parked = true;
        let parked = Parked {
            hash: arrived.hash.clone(),
            sender: arrived.sender,
            namespace: self.batch.namespace,
            envelope: arrived.sent,
            received: self.batch.now,
            expires: arrived.expires,
            reason: reason.to_owned(),
            content: arrived.content.clone(),
            message,
        };
        inbox::park(writer, &parked)?;
        self.end_parked(writer, arrived)
    }

    /// What is parked longest goes if it is too much, or too old.
    fn make_room(&mut self, writer: &mut Writer<'_>) -> Result<(), StorageError> {
        let mut changed = inbox::keep_within(writer)?;
        if let Some(now) = self.batch.sure {
            changed.extend(inbox::prune(writer, now)?);
        }
        for one in changed {
            if let Some(person) = one.peer.person() {
                self.changed.messages.entry(person).or_default().push(one.message);
            }
        }
        Ok(())
    }

    fn conversation(
        &mut self,
        writer: &mut Writer<'_>,
        person: &AccountId,
    ) -> Result<ConversationKey, StorageError> {
        self.changed.conversations.insert(*person);
        if let Some(standing) = self.view.people.get(person) {
            return Ok(standing.key);
        }
        let key = conversations::ensure(writer, person, self.batch.now)?;
        self.view.people.insert(*person, stranger(key));
        Ok(key)
    }

    /// What is known of somebody.
    fn standing(&self, person: &AccountId) -> Standing {
        let known = self.view.people.get(person);
        known.cloned().unwrap_or_else(|| stranger(ConversationKey(0)))
    }

    fn share_if(&mut self, is_news: bool, person: AccountId) {
        if is_news {
            self.shared.insert(person);
        }
    }

    fn update(&mut self, person: &AccountId, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = self.view.people.get_mut(person) {
            change(standing);
        }
    }
}
