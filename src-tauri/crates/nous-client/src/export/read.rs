//! A page of the timeline with all that writing it needs.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::AccountId;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::groups::members;
use nous_storage::ids::{AttachmentKey, ConversationKey, MessageKey};
use nous_storage::messages::{self, Message, TimelinePlace};
use nous_storage::sealed_files::SealedFile;
use nous_storage::{attachments, names};

use super::PAGE;
use crate::groups::rules::mentioned;

/// A page of the timeline.
#[derive(Debug)]
pub(super) struct Page {
    /// Oldest first.
    pub(super) rows: Vec<Message>,
    /// What people are called; who has no name is left out.
    pub(super) names: BTreeMap<AccountId, String>,
    /// Where files are that are here.
    pub(super) locals: BTreeMap<AttachmentKey, SealedFile>,
    /// Quoted messages that disappear: nothing of them is shown.
    pub(super) fleeting: BTreeSet<MessageKey>,
}

impl Page {
    /// The place of the last message; `None` if there is none.
    pub(super) fn last(&self) -> Option<TimelinePlace> {
        self.rows.last().map(Message::place)
    }
}

/// Messages after a place, whole.
pub(super) fn page(
    reader: &Reader<'_>,
    key: ConversationKey,
    after: TimelinePlace,
    with_member_names: bool,
) -> Result<Page, StorageError> {
    let mut rows = messages::after(reader, key, after, PAGE)?;
    for row in rows.iter_mut().filter(|row| row.is_truncated) {
        if let Some(whole) = messages::full_text(reader, row.key)? {
            row.body = whole;
        }
    }
    Ok(Page {
        names: names_in(reader, &rows, with_member_names)?,
        locals: locals_of(reader, &rows)?,
        fleeting: fleeting_among(reader, &rows)?,
        rows,
    })
}

fn names_in(
    reader: &Reader<'_>,
    rows: &[Message],
    with_member_names: bool,
) -> Result<BTreeMap<AccountId, String>, StorageError> {
    let mut people = BTreeSet::new();
    for row in rows {
        people.insert(row.author);
        people.extend(mentioned(&row.body));
        people.extend(row.event.iter().flat_map(|event| event.people().iter().copied()));
        people.extend(
            row.reactions
                .iter()
                .flat_map(|reacted| reacted.people.iter().copied()),
        );
        if let Some(quoted) = &row.quote {
            people.insert(quoted.quote.author);
            people.extend(mentioned(&quoted.preview));
        }
    }
    let people: Vec<AccountId> = people.into_iter().collect();
    let mut called = if with_member_names {
        members::names_of(reader, &people)?
    } else {
        BTreeMap::new()
    };
    called.extend(names::of_people(reader, &people)?);
    Ok(called)
}

fn locals_of(
    reader: &Reader<'_>,
    rows: &[Message],
) -> Result<BTreeMap<AttachmentKey, SealedFile>, StorageError> {
    let mut locals = BTreeMap::new();
    let files = rows.iter().flat_map(|row| &row.attachments);
    for file in files.filter(|file| file.is_here) {
        if let Some(local) = attachments::local(reader, file.key)? {
            locals.insert(file.key, local);
        }
    }
    Ok(locals)
}

fn fleeting_among(reader: &Reader<'_>, rows: &[Message]) -> Result<BTreeSet<MessageKey>, StorageError> {
    let quoted = rows.iter().filter_map(|row| row.quote.as_ref()?.message);
    let quoted: Vec<MessageKey> = quoted.collect();
    if quoted.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found = messages::by_keys(reader, &quoted)?.into_iter();
    let fleeting = found.filter(|row| row.timer.is_some()).map(|row| row.key);
    Ok(fleeting.collect())
}
