//! A message with the names of whom it tells, and its files as they were saved.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{Card, GroupEvent, Message, MessageKind, Quoted};

use super::{EventWords, Words, put_in};
use crate::groups::rules::mentioned;

/// What people are called.
pub(super) struct Names<'p> {
    pub(super) own: AccountId,
    pub(super) you: &'p str,
    pub(super) known: &'p BTreeMap<AccountId, String>,
}

impl Names<'_> {
    /// What somebody is called: ourselves as the person says, others by name, else by shortened ID.
    pub(super) fn of(&self, id: &AccountId) -> String {
        if *id == self.own {
            return self.you.to_owned();
        }
        self.known.get(id).cloned().unwrap_or_else(|| id.short())
    }

    fn all(&self, ids: &[AccountId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.of(id)).collect();
        names.join(", ")
    }

    /// A text with names where it mentions people.
    fn put_into(&self, text: &str) -> String {
        mentioned(text).iter().fold(text.to_owned(), |text, id| {
            text.replace(&format!("@{id}"), &format!("@{}", self.of(id)))
        })
    }
}

/// What a message answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuoteEntry {
    pub(super) author: AccountId,
    pub(super) name: String,
    pub(super) sent: Timestamp,
    /// What is left of it to show; `None`: nothing.
    pub(super) text: Option<String>,
    /// In words, where nothing is.
    pub(super) instead: String,
}

/// An emoji, and who reacted with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReactionEntry {
    pub(super) emoji: String,
    pub(super) count: u32,
    pub(super) people: Vec<AccountId>,
    pub(super) names: Vec<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileEntry {
    /// What its sender calls it; empty: nothing.
    pub(super) name: String,
    /// Where it is in the folder; `None`: it is not here.
    pub(super) saved: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) content_type: String,
    pub(super) caption: String,
}

/// A message, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: MessageKey,
    pub(super) author: AccountId,
    pub(super) name: String,
    pub(super) is_own: bool,
    pub(super) sent: Timestamp,
    pub(super) received: Timestamp,
    /// What it is, in a word for programs.
    pub(super) kind: &'static str,
    /// What was said, with names where it mentions people.
    pub(super) text: String,
    /// What was said, as it is.
    pub(super) raw_text: String,
    /// What happened, in words, where nothing was said.
    pub(super) line: Option<String>,
    pub(super) event: Option<GroupEvent>,
    pub(super) quote: Option<QuoteEntry>,
    pub(super) reactions: Vec<ReactionEntry>,
    pub(super) files: Vec<FileEntry>,
}

impl Entry {
    /// `is_fleeting`: what it answers disappears. `files`: as they were saved.
    pub(super) fn of(
        row: Message,
        (names, words): (&Names<'_>, &Words),
        is_fleeting: bool,
        files: Vec<FileEntry>,
    ) -> Self {
        let line = line_of(&row, names, words);
        let is_said = line.is_none();
        let body = said(row.body, row.card);
        let reactions = row.reactions.into_iter().map(|reacted| ReactionEntry {
            names: reacted.people.iter().map(|id| names.of(id)).collect(),
            emoji: reacted.emoji,
            count: reacted.count,
            people: reacted.people,
        });
        Self {
            key: row.key,
            author: row.author,
            name: names.of(&row.author),
            is_own: row.is_own,
            sent: row.sent,
            received: row.received,
            kind: kind_of(row.kind),
            text: names.put_into(&body),
            raw_text: if is_said { body } else { String::new() },
            line,
            event: row.event,
            quote: row
                .quote
                .map(|quoted| quote_of(quoted, (names, words), is_fleeting)),
            reactions: reactions.collect(),
            files,
        }
    }
}

/// An invitation has no text: its room and its link stand there.
fn said(body: String, card: Option<Card>) -> String {
    match card {
        Some(Card::Invitation { url, name }) if body.is_empty() => format!("{name}\n{url}").trim().to_owned(),
        _ => body,
    }
}

fn quote_of(quoted: Quoted, (names, words): (&Names<'_>, &Words), is_fleeting: bool) -> QuoteEntry {
    let instead = if quoted.is_deleted {
        &words.quote_deleted
    } else {
        &words.quote_missing
    };
    let shown = !is_fleeting && !quoted.is_deleted && !quoted.preview.is_empty();
    QuoteEntry {
        author: quoted.quote.author,
        name: names.of(&quoted.quote.author),
        sent: quoted.quote.sent,
        text: shown.then(|| names.put_into(&quoted.preview)),
        instead: instead.clone(),
    }
}

const fn kind_of(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Text => "text",
        MessageKind::Deleted => "deleted",
        MessageKind::DeletedForAll => "deletedForAll",
        MessageKind::Unsupported => "unsupported",
        MessageKind::Accepted => "requestAccepted",
        MessageKind::GroupEvent => "groupEvent",
        MessageKind::TimerChanged => "timerChanged",
        MessageKind::MediaSaved => "mediaSaved",
    }
}

/// What happened, in words; `None` for what was said.
fn line_of(row: &Message, names: &Names<'_>, words: &Words) -> Option<String> {
    let line = match row.kind {
        MessageKind::Text => return None,
        MessageKind::Deleted => &words.deleted_here,
        MessageKind::DeletedForAll => &words.deleted,
        MessageKind::Unsupported => &words.unsupported,
        MessageKind::Accepted => &words.accepted,
        MessageKind::TimerChanged => &words.timer,
        MessageKind::MediaSaved => &words.media_saved,
        MessageKind::GroupEvent => match &row.event {
            Some(event) => return Some(event_line(event, names, words)),
            // Of a newer version.
            None => &words.unsupported,
        },
    };
    Some(line.clone())
}

fn event_line(event: &GroupEvent, names: &Names<'_>, words: &Words) -> String {
    let EventWords {
        created,
        invited,
        joined,
        added,
        removed,
        promoted,
        left,
        named,
        named_unknown,
        picture,
    } = &words.events;
    match event {
        GroupEvent::Created => created.clone(),
        GroupEvent::Invited => invited.clone(),
        GroupEvent::Joined => joined.clone(),
        GroupEvent::Added { people, .. } => put_in(added, "people", &names.all(people)),
        GroupEvent::Removed { people } => put_in(removed, "people", &names.all(people)),
        GroupEvent::Promoted { people } => put_in(promoted, "people", &names.all(people)),
        GroupEvent::Left => left.clone(),
        GroupEvent::Named { name } if name.is_empty() => named_unknown.clone(),
        GroupEvent::Named { name } => put_in(named, "name", name),
        GroupEvent::PictureChanged => picture.clone(),
        GroupEvent::TimerChanged { .. } => words.timer.clone(),
    }
}
