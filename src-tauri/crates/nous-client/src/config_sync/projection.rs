//! What the configs say, in the tables: in the transaction of the merge.
//!
//! Source: `config.md` §10 to §12, §15, “Incoming merge → projection”.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId, Namespace};
use nous_protocol::config::contacts::{Contact, Contacts};
use nous_protocol::config::convo_info_volatile::{Convo, ConvoInfoVolatile};
use nous_protocol::config::fields::{Cleared, Timer, TimerStart};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::identity::received_name;
use nous_protocol::time::Timestamp;
use nous_storage::contacts::{self, Extent};
use nous_storage::conversations::{self, Approval};
use nous_storage::db::Writer;
use nous_storage::disappearing::{self, Beginning};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::people::{self, Person, ReadPosition};
use nous_storage::{account, configs, messages, outbox};

use super::actions;
use super::groups;
use super::kept::{Config, knows_more};
use crate::events::Change;
use crate::groups::show;
use crate::pictures;
use crate::send::block;
use crate::send::response::acceptance_row;

/// What a merge changed in the tables.
#[derive(Debug, Default)]
pub(super) struct Projected {
    /// Rows of the list.
    pub(crate) conversations: BTreeSet<ConversationId>,
    /// Conversations whose messages were deleted.
    pub(crate) emptied: BTreeSet<ConversationId>,
    /// Messages that changed, or failed, because of what was done elsewhere.
    pub(crate) messages: BTreeMap<ConversationId, Vec<MessageKey>>,
    /// What was on its way in deleted conversations, or to people who are blocked.
    pub(super) called_back: Vec<OutboxKey>,
    /// The own profile.
    pub(super) has_new_profile: bool,
    /// Settings that belong to the account.
    pub(super) has_new_settings: bool,
    /// People, so maybe requests.
    pub(super) has_people: bool,
    /// Groups and communities.
    pub(super) has_new_groups: bool,
    /// Names of files that no row names any more.
    pub(super) files_gone: Vec<String>,
}

impl Projected {
    /// What to announce.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.conversations.is_empty() {
            changes.push(Change::Conversations(
                self.conversations.iter().copied().collect(),
            ));
        }
        changes.extend(self.emptied.iter().map(|account| Change::AllMessages(*account)));
        let changed = self.messages.iter().filter(|(_, keys)| !keys.is_empty());
        changes.extend(changed.map(|(account, keys)| Change::Messages(*account, keys.clone())));
        changes.extend(self.has_new_profile.then_some(Change::Account));
        changes.extend(self.has_new_settings.then_some(Change::Settings));
        changes.extend(self.has_people.then_some(Change::Requests));
        changes.extend(self.has_new_groups.then_some(Change::Groups));
        changes.extend((!self.called_back.is_empty()).then_some(Change::Connectivity));
        changes
    }

    fn note_group(&mut self, id: ConversationId) {
        self.has_new_groups = true;
        self.has_people = true;
        self.conversations.insert(id);
    }

    /// Deletes the messages of a conversation, because another device did.
    fn empty(
        &mut self,
        writer: &mut Writer<'_>,
        account: AccountId,
        key: ConversationKey,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        self.called_back.extend(outbox::keys_of(&writer.reader(), key)?);
        conversations::delete(writer, key, now)?;
        self.emptied.insert(account.into());
        self.conversations.insert(account.into());
        Ok(())
    }

    /// Deletes the messages that another device has cleared since.
    fn clear(
        &mut self,
        writer: &mut Writer<'_>,
        account: AccountId,
        key: ConversationKey,
        (known, told): (Cleared, Cleared),
        now: Timestamp,
    ) -> Result<(), StorageError> {
        if told.up_to_ms > known.up_to_ms {
            contacts::clear(writer, key, Extent::Delivered(told.up_to_ms), now)?;
            self.emptied.insert(account.into());
        }
        Ok(())
    }

    /// Fails what waits for somebody whom another device has blocked.
    fn stop(
        &mut self,
        writer: &mut Writer<'_>,
        account: AccountId,
        key: ConversationKey,
    ) -> Result<(), StorageError> {
        let stopped = block::stop_waiting(writer, key)?;
        self.called_back.extend(stopped.rows);
        self.messages
            .entry(account.into())
            .or_default()
            .extend(stopped.messages);
        Ok(())
    }
}

/// A config that tables show.
pub(super) trait Project: Config {
    /// Writes into the tables what differs from `before`.
    fn project(
        &self,
        writer: &mut Writer<'_>,
        before: &Self,
        own: &AccountId,
        now: Timestamp,
        into: &mut Projected,
    ) -> Result<(), StorageError>;
}

/// Groups are conversations; communities cannot be opened yet: they are shown, and stay in the
/// dump as they are.
impl Project for UserGroups {
    fn project(
        &self,
        writer: &mut Writer<'_>,
        before: &Self,
        _: &AccountId,
        now: Timestamp,
        into: &mut Projected,
    ) -> Result<(), StorageError> {
        into.has_new_groups |= groups::show(writer, self)?;
        for entry in self.groups() {
            let is_here = conversations::find(&writer.reader(), entry.id)?.is_some();
            if is_here && before.group(&entry.id).as_ref() == Some(&entry) {
                continue;
            }
            show::entry(writer, &entry, now)?;
            into.note_group(entry.id.into());
        }
        for gone in before.groups().filter(|entry| self.group(&entry.id).is_none()) {
            show::gone(writer, &gone.id)?;
            into.note_group(gone.id.into());
        }
        Ok(())
    }
}

impl Project for UserProfile {
    fn project(
        &self,
        writer: &mut Writer<'_>,
        before: &Self,
        own: &AccountId,
        now: Timestamp,
        into: &mut Projected,
    ) -> Result<(), StorageError> {
        into.has_new_settings |= self.community_requests() != before.community_requests();
        // Without a name this is no profile.
        let Some(name) = self.name().as_deref().and_then(received_name) else {
            return Ok(());
        };
        account::adopt_profile(writer, &name, self.updated_seconds().unsigned_abs())?;
        into.files_gone.extend(pictures::own::adopt(writer, self)?);
        into.has_new_profile = true;
        project_note(self, writer, own, now, into)?;
        project_note_timer(self, writer, own, now, into)
    }
}

/// How long notes live.
fn project_note_timer(
    profile: &UserProfile,
    writer: &mut Writer<'_>,
    own: &AccountId,
    now: Timestamp,
    into: &mut Projected,
) -> Result<(), StorageError> {
    let timer = profile.note_timer_seconds().map(|seconds| Timer {
        start: TimerStart::Sent,
        seconds,
    });
    let known = people::find(&writer.reader(), own)?.and_then(|(_, note)| note.timer);
    if known != timer {
        let key = conversations::ensure(writer, own, now)?;
        disappearing::set_setting(writer, key, timer)?;
        into.conversations.insert((*own).into());
    }
    Ok(())
}

/// Note to Self: shown, hidden or pinned, and what was cleared of it.
fn project_note(
    profile: &UserProfile,
    writer: &mut Writer<'_>,
    own: &AccountId,
    now: Timestamp,
    into: &mut Projected,
) -> Result<(), StorageError> {
    let (priority, told) = (profile.note_priority(), profile.note_cleared());
    let known = people::find(&writer.reader(), own)?.map(|(_, note)| (note.priority, note.cleared));
    if known == Some((priority, told)) {
        return Ok(());
    }
    let key = conversations::ensure(writer, own, now)?;
    let cleared = known.map_or(Cleared::NONE, |(_, cleared)| cleared);
    into.clear(writer, *own, key, (cleared, told), now)?;
    contacts::set_cleared(writer, key, cleared.or(told))?;
    conversations::approve(writer, key, Approval::Ours)?;
    people::set_priority(writer, key, priority)?;
    into.conversations.insert((*own).into());
    share_if_further(writer, own, own, (cleared, told))
}

/// Two devices cleared at once: the further one counts, everywhere.
fn share_if_further(
    writer: &mut Writer<'_>,
    own: &AccountId,
    account: &AccountId,
    (known, told): (Cleared, Cleared),
) -> Result<(), StorageError> {
    if known.or(told) == told {
        return Ok(());
    }
    actions::share(writer, own, [account])
}

impl Project for Contacts {
    fn project(
        &self,
        writer: &mut Writer<'_>,
        before: &Self,
        own: &AccountId,
        now: Timestamp,
        into: &mut Projected,
    ) -> Result<(), StorageError> {
        for contact in self.iter().filter(|contact| contact.id != *own) {
            let before = before.get(&contact.id);
            if before.as_ref() != Some(&contact) {
                into.has_people = true;
                project_contact(writer, &contact, before.as_ref(), own, now, into)?;
            }
        }
        let gone = before.iter().map(|contact| contact.id);
        for account in gone.filter(|id| id != own && self.get(id).is_none()) {
            if let Some(key) = conversations::find(&writer.reader(), account)? {
                into.has_people = true;
                contacts::note_cleared(writer, key, now)?;
                into.empty(writer, account, key, now)?;
                people::forget(writer, key, now)?;
            }
        }
        Ok(())
    }
}

fn project_contact(
    writer: &mut Writer<'_>,
    contact: &Contact,
    before: Option<&Contact>,
    own: &AccountId,
    now: Timestamp,
    into: &mut Projected,
) -> Result<(), StorageError> {
    let created = Timestamp::from_ms(contact.created.saturating_mul(1_000)).min(now);
    let since = if contact.created > 0 { created } else { now };
    conversations::ensure(writer, contact.id, since)?;
    let Some((key, known)) = people::find(&writer.reader(), &contact.id)? else {
        return Ok(());
    };
    let is_hidden_now = contact.priority < 0 && known.priority >= 0;
    let is_refused_now = contact.is_blocked && !known.is_blocked && !contact.is_approved;
    if is_hidden_now || is_refused_now {
        into.empty(writer, contact.id, key, now)?;
    }
    let cleared = (known.cleared, contact.cleared);
    into.clear(writer, contact.id, key, cleared, now)?;
    if contact.is_blocked && !known.is_blocked {
        into.stop(writer, contact.id, key)?;
    }
    let accepted = accepted_elsewhere(contact, &known, own);
    let person = person_of(contact, before, known, created);
    people::save(writer, key, &person)?;
    if let Some(author) = accepted {
        say_accepted(writer, key, author, author == *own, now, into)?;
    }
    into.conversations.insert(contact.id.into());
    if knows_more(&person, contact) {
        return actions::share(writer, own, [&contact.id]);
    }
    share_if_further(writer, own, &contact.id, cleared)
}

/// Who accepted whom according to another device, where a request stood here.
fn accepted_elsewhere(contact: &Contact, known: &Person, own: &AccountId) -> Option<AccountId> {
    let is_contact = contact.is_approved && contact.has_approved_us;
    match (known.is_approved, known.has_approved_me) {
        (true, false) if is_contact => Some(contact.id),
        (false, true) if is_contact => Some(*own),
        _ => None,
    }
}

/// The row that says so, of the time at which the other device stored it, behind the newest message
/// of the conversation, if it has any.
fn say_accepted(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    author: AccountId,
    is_own: bool,
    now: Timestamp,
    into: &mut Projected,
) -> Result<(), StorageError> {
    let newest = messages::before(&writer.reader(), key, None, 1)?.pop();
    if let Some(newest) = newest {
        let told = configs::newest(&writer.reader(), Namespace::CONTACTS)?;
        let at = (newest.order + Duration::from_millis(1)).max(told);
        let row = acceptance_row(key, author, is_own, at, now.max(at));
        let message = messages::insert(writer, &row)?;
        conversations::refresh(writer, &[key])?;
        into.messages.entry(newest.peer).or_default().push(message);
    }
    Ok(())
}

/// A profile that a message brought later than the config's stays. One without a name is none:
/// the next message brings it.
fn person_of(contact: &Contact, before: Option<&Contact>, known: Person, created: Timestamp) -> Person {
    let name = received_name(&contact.name);
    let updated = if name.is_some() {
        contact.profile_updated.unsigned_abs()
    } else {
        0
    };
    // Where nobody tells the time, another device's newer profile is known by its change.
    let profile = |contact: &Contact| (contact.name.clone(), contact.picture.clone());
    let is_changed = before.map(profile) != Some(profile(contact));
    let is_changed_now = name.is_some() && is_changed && updated == known.profile_updated_s;
    let is_newer = is_changed_now || !knows_more(&known, contact);
    let name = name.filter(|_| is_newer);
    let picture = contact
        .picture
        .as_ref()
        .map(|picture| (picture.url.clone(), picture.key));
    Person {
        account: contact.id,
        name: name.unwrap_or(known.name),
        nickname: received_name(&contact.nickname).unwrap_or_default(),
        picture: if is_newer { picture } else { known.picture },
        profile_updated_s: updated.max(known.profile_updated_s),
        is_approved: contact.is_approved,
        has_approved_me: contact.has_approved_us,
        is_blocked: contact.is_blocked,
        priority: contact.priority,
        notify: contact.notify,
        mute_until_s: contact.mute_until,
        timer: contact.timer,
        created,
        cleared: known.cleared.or(contact.cleared),
    }
}

impl Project for ConvoInfoVolatile {
    fn project(
        &self,
        writer: &mut Writer<'_>,
        before: &Self,
        _: &AccountId,
        now: Timestamp,
        into: &mut Projected,
    ) -> Result<(), StorageError> {
        project_erased(self, writer, before, into)?;
        let mut touched = Vec::new();
        let known = people::read_positions(&writer.reader())?;
        let known: BTreeMap<ConversationId, ReadPosition> = known
            .into_iter()
            .map(|position| (position.id, position))
            .collect();
        for (convo, read) in self.shared() {
            let Some(id) = conversation_of(&convo) else {
                continue;
            };
            let at = Timestamp::from_ms(read.last_read_ms);
            let position = ReadPosition {
                id,
                last_read: at,
                is_marked_unread: read.is_unread,
            };
            let here = known.get(&id);
            // A group is here once the config of groups has it.
            if here == Some(&position) || (here.is_none() && id.group().is_some()) {
                continue;
            }
            let key = conversations::ensure(writer, id, now)?;
            let keys = people::read_elsewhere(writer, key, at, read.is_unread)?;
            // The swarm has just told the time.
            disappearing::begin_elsewhere(writer, key, at, Beginning::at(now))?;
            touched.push(key);
            into.conversations.insert(id);
            into.messages.entry(id).or_default().extend(keys);
        }
        if touched.is_empty() {
            return Ok(());
        }
        conversations::refresh(writer, &touched)
    }
}

/// Where something can be read here: with people and in groups.
const fn conversation_of(convo: &Convo) -> Option<ConversationId> {
    match convo {
        Convo::Person(account) => Some(ConversationId::Person(*account)),
        Convo::Group(group) => Some(ConversationId::Group(*group)),
        _ => None,
    }
}

/// An entry that is gone says nothing about how far was read; it is no mark any more.
fn project_erased(
    after: &ConvoInfoVolatile,
    writer: &mut Writer<'_>,
    before: &ConvoInfoVolatile,
    into: &mut Projected,
) -> Result<(), StorageError> {
    for (convo, read) in before.shared() {
        let Some(id) = conversation_of(&convo) else {
            continue;
        };
        if !read.is_unread || after.get(&convo).is_some() {
            continue;
        }
        if let Some(key) = conversations::find(&writer.reader(), id)? {
            people::mark_erased_elsewhere(writer, key)?;
            into.conversations.insert(id);
        }
    }
    Ok(())
}
