//! What a person does, in the configs.
//!
//! The tables are written first; these copy what they say, in the same transaction.
//!
//! Source: `config.md` §15.

use nous_protocol::account::{AccountId, ConversationId, GroupId};
use nous_protocol::config::contacts::Contacts;
use nous_protocol::config::convo_info_volatile::{Convo, ConvoInfoVolatile, ReadState};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::config::user_profile::UserProfile;
use nous_protocol::time::Timestamp;
use nous_storage::account;
use nous_storage::contacts;
use nous_storage::conversations;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::conversation;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::people;

use super::kept::{self, change};
use super::places::with_a_place;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::receipts;

/// Changes what all devices know of a person or a group: tables, then configs, in one
/// transaction.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn change_conversation(
    core: &Core,
    id: impl Into<ConversationId>,
    change: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
) -> Result<(), ClientError> {
    let (own, id) = (core.own, id.into());
    let changed = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        change(writer, key)?;
        match id {
            ConversationId::Person(account) => share(writer, &own, [&account])?,
            ConversationId::Group(group) => share_group(writer, &group, key)?,
        }
        Ok(true)
    });
    if !changed.await? {
        return Err(ClientError::NoConversation);
    }
    core.hub
        .announce([Change::Conversations(vec![id]), Change::Requests]);
    core.configs.change();
    Ok(())
}

/// Changes the own name; goes out with the next messages, and to the other devices.
///
/// # Errors
/// What the database said.
pub async fn set_name(core: &Core, name: String, updated_s: u64) -> Result<(), ClientError> {
    let changed = core.db.write(move |writer| {
        account::set_name(writer, &name, updated_s)?;
        share_name(writer)
    });
    changed.await?;
    core.hub.announce([Change::Account]);
    core.configs.change();
    Ok(())
}

/// Whether people of communities may send requests; never chosen counts as no.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §10.
pub fn takes_community_requests(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let profile: UserProfile = kept::load(reader)?;
    Ok(profile.community_requests().unwrap_or(false))
}

/// Lets people of communities send requests or not, on all devices.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §10.
pub async fn set_community_requests(core: &Core, accepts: bool) -> Result<(), ClientError> {
    let now = core.clock.now();
    let changed = core.db.write(move |writer| {
        let updated = change(writer, |profile: &mut UserProfile| {
            profile.set_community_requests(Some(accepts), Some(now));
            profile.updated_seconds().unsigned_abs()
        })?;
        account::note_profile_change(writer, updated)
    });
    changed.await?;
    core.hub.announce([Change::Settings]);
    core.configs.change();
    Ok(())
}

/// Marks everything in a conversation as read; answers which messages were unread.
///
/// # Errors
/// As [`receipts::read`].
pub async fn mark_read(core: &Core, id: impl Into<ConversationId>) -> Result<Vec<MessageKey>, ClientError> {
    receipts::read(core, id, None).await
}

/// Shares what the tables say of some people; for the own account, of Note to Self.
///
/// # Errors
/// What the database said.
pub(crate) fn share<'a>(
    writer: &mut Writer<'_>,
    own: &AccountId,
    accounts: impl IntoIterator<Item = &'a AccountId>,
) -> Result<(), StorageError> {
    let mut found = Vec::new();
    for account in accounts {
        let person = people::find(&writer.reader(), account)?.map(|(_, person)| person);
        found.extend(person);
    }
    let (note, people): (Vec<_>, Vec<_>) = found.into_iter().partition(|person| person.account == *own);
    if let Some(note) = note.first() {
        change(writer, |profile: &mut UserProfile| {
            profile.set_note_priority(note.priority);
            profile.set_note_cleared(note.cleared);
            profile.set_note_timer_seconds(note.timer.map(|timer| timer.seconds));
        })?;
    }
    if people.is_empty() {
        return Ok(());
    }
    change(writer, |contacts: &mut Contacts| {
        for person in with_a_place(contacts, &people) {
            kept::put(contacts, person);
        }
    })
}

/// Shares what the tables say of how a group's conversation stands and what may disturb there.
///
/// # Errors
/// What the database said.
pub(crate) fn share_group(
    writer: &mut Writer<'_>,
    id: &GroupId,
    key: ConversationKey,
) -> Result<(), StorageError> {
    let Some(settings) = conversation::settings(&writer.reader(), key)? else {
        return Ok(());
    };
    change(writer, |groups: &mut UserGroups| {
        if let Some(mut entry) = groups.group(id) {
            entry.settings.priority = settings.priority;
            entry.settings.notify = settings.notify;
            entry.settings.mute_until = settings.mute_until_s;
            groups.set_group(&entry);
        }
    })
}

/// Shows a conversation that was hidden: somebody writes in it. Whether it was.
///
/// # Errors
/// What the database said.
pub(crate) fn show_hidden(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    priority: i64,
) -> Result<bool, StorageError> {
    if priority < 0 {
        people::set_priority(writer, key, 0)?;
    }
    Ok(priority < 0)
}

/// After a conversation was deleted here: the devices hide it; a request is forgotten.
///
/// # Errors
/// What the database said.
pub(crate) fn share_deletion(
    writer: &mut Writer<'_>,
    own: &AccountId,
    account: &AccountId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let Some((key, person)) = people::find(&writer.reader(), account)? else {
        return Ok(());
    };
    if account != own && !person.is_approved && !person.is_blocked {
        return forget(writer, account, key, now);
    }
    people::set_priority(writer, key, -1)?;
    share(writer, own, [account])
}

/// Deletes a contact: messages, and what all devices know of them.
///
/// # Errors
/// What the database said.
pub(crate) fn delete_contact(
    writer: &mut Writer<'_>,
    account: &AccountId,
    key: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    contacts::note_cleared(writer, key, now)?;
    conversations::delete(writer, key, now)?;
    forget(writer, account, key, now)
}

fn forget(
    writer: &mut Writer<'_>,
    account: &AccountId,
    key: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    people::forget(writer, key, now)?;
    people::clear_mark(writer, key)?;
    change(writer, |contacts: &mut Contacts| contacts.erase(account))?;
    change(writer, |reads: &mut ConvoInfoVolatile| {
        reads.erase(&Convo::Person(*account))
    })?;
    Ok(())
}

/// Shares the name that the tables have.
fn share_name(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    set_name_if(writer, |_| true)
}

/// Shares the name that was given at a restore, if the network knows none.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §17.
pub(crate) fn share_name_if_unknown(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    set_name_if(writer, |profile| profile.name().is_none())
}

fn set_name_if(
    writer: &mut Writer<'_>,
    is_wanted: impl FnOnce(&UserProfile) -> bool,
) -> Result<(), StorageError> {
    let own = account::load(&writer.reader())?.filter(|own| !own.display_name.is_empty());
    let Some(own) = own else {
        return Ok(());
    };
    let at = kept::seconds(own.profile_updated_s);
    change(writer, |profile: &mut UserProfile| {
        if is_wanted(profile) {
            profile.set_name(&own.display_name, Some(at));
        }
    })
}

/// Shares the read positions that moved. They only move forward.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §12.
pub(crate) fn share_reads(writer: &mut Writer<'_>, now: Timestamp) -> Result<(), StorageError> {
    let moved = people::take_unshared(writer)?;
    if moved.is_empty() {
        return Ok(());
    }
    change(writer, |reads: &mut ConvoInfoVolatile| {
        for position in moved {
            let convo = match position.id {
                ConversationId::Person(account) => Convo::Person(account),
                ConversationId::Group(group) => Convo::Group(group),
            };
            let before = reads.get(&convo).unwrap_or_default();
            let read = ReadState {
                last_read_ms: before.last_read_ms.max(position.last_read.as_ms()),
                is_unread: position.is_marked_unread,
                ..before
            };
            reads.set(&convo, &read, now);
        }
    })
}
