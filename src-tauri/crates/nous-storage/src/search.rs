//! Messages by their words.
//!
//! An index holds the words of every text, by their beginnings and with marks for what narrows a
//! search; triggers keep it in step with the rows, so that words leave it with their message. It goes
//! by the order in which messages were written down, newest first, and takes only what a page needs.
//! Messages of an older version are taken in by and by ([`work`]), the newest first. What stays of a word
//! between the pages goes with the next emptying of the log (`traces`).
//!
//! Source: `product.md` §15, `architecture.md` §10.

mod pages;
mod snippet;
#[cfg(test)]
mod tests;
mod traces;
mod upkeep;

use std::ops::Range;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::params;

use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::words::{self, Mark, Terms};

pub use snippet::{Hit, Snippet};
pub use traces::has_traces;
pub(crate) use traces::{begin_look, look_on};
pub(crate) use upkeep::{are_many, empty_copy, has_many, in_bulk, settle};
pub use upkeep::{is_complete, is_due, sizes, work};

/// So many messages are looked at one by one to count them; more are not counted.
const MOST_COUNTED: u32 = 2_000;

/// What a message must have beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Has {
    /// A file that is no picture.
    pub file: bool,
    /// A link.
    pub link: bool,
    /// A picture.
    pub picture: bool,
}

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Beginnings of words, as typed.
    pub text: String,
    /// Only there; `None`: everywhere in the list of conversations.
    pub conversation: Option<ConversationKey>,
    /// Only what they wrote.
    pub author: Option<AccountId>,
    /// Only what stands then or later.
    pub after: Option<Timestamp>,
    /// Only what stands before.
    pub before: Option<Timestamp>,
    /// Only what has all of these.
    pub has: Has,
}

/// A search that has something to search for.
#[derive(Debug, Clone)]
pub struct Search {
    query: Query,
    terms: Terms,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub message: MessageKey,
    /// Its place in time.
    pub order: Timestamp,
    /// The piece of its text around the first word.
    pub snippet: Snippet,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPage {
    /// Newest first.
    pub rows: Vec<Found>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<MessageKey>,
    /// How many there are, of a first page within one conversation, if there are not too many.
    pub total: Option<u32>,
    /// Whether the messages of older versions are all in the index.
    pub is_complete: bool,
}

impl Search {
    /// `None` if there is nothing to search for: no word of two letters, nobody, nothing to have.
    #[must_use]
    pub fn of(query: Query) -> Option<Self> {
        let terms = Terms::of(&query.text);
        let is_empty = terms.is_empty() && query.author.is_none() && query.has == Has::default();
        (!is_empty).then_some(Self { query, terms })
    }

    /// What the index is asked.
    fn expression(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.terms.is_empty() {
            parts.push(self.terms.expression());
        }
        let author = self.query.author.map(|author| author.to_bytes());
        let has = self.query.has;
        let marks = [
            self.query.conversation.map(|key| Mark::Conversation(key.0)),
            author.as_ref().map(|id| Mark::Author(id.as_slice())),
            has.file.then_some(Mark::File),
            has.picture.then_some(Mark::Picture),
            has.link.then_some(Mark::Link),
        ];
        parts.extend(marks.into_iter().flatten().map(quoted));
        parts.extend(self.quarters());
        parts.join(" AND ")
    }

    /// The quarters of years that a time lies in; `None` if all do.
    fn quarters(&self) -> Option<String> {
        let (after, before) = (self.query.after, self.query.before);
        if after.is_none() && before.is_none() {
            return None;
        }
        let first = words::quarter(after.map_or(i64::MIN, |at| at.as_ms()));
        let last = words::quarter(before.map_or(i64::MAX, |at| at.as_ms())).max(first);
        let marks: Vec<String> = (first..=last)
            .map(|quarter| quoted(Mark::Quarter(quarter)))
            .collect();
        Some(format!("({})", marks.join(" OR ")))
    }

    /// Whether the index alone tells how many messages fit.
    fn is_countable(&self) -> bool {
        self.terms.is_exact()
            && self.query.author.is_none()
            && self.query.after.is_none()
            && self.query.before.is_none()
    }
}

fn quoted(mark: Mark<'_>) -> String {
    let mut text = String::new();
    mark.push(&mut text);
    format!("\"{}\"", text.trim_end())
}

/// `?1` what the index is asked, `?2` the number of the message before it, `?3` the conversation,
/// `?4` the author, `?5` and `?6` the times.
const FOUND: &str = "SELECT m.id, m.order_ms, m.body FROM message_words
    CROSS JOIN messages AS m ON m.id = message_words.rowid
    CROSS JOIN conversations AS c ON c.id = m.conversation
    WHERE message_words MATCH ?1 AND message_words.rowid < ?2 AND m.kind = 0 AND m.is_hidden = 0
        AND iif(?3 IS NULL, c.is_listed = 1 AND c.is_approved = 1, m.conversation = ?3)
        AND (?4 IS NULL OR m.author = ?4) AND m.order_ms >= ?5 AND m.order_ms < ?6
    ORDER BY message_words.rowid DESC";

/// A page of the messages that fit, newest first.
///
/// `before`: from the page before; `None` for the first.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    search: &Search,
    before: Option<MessageKey>,
    limit: u32,
) -> Result<FoundPage, StorageError> {
    let mut rows: Vec<Found> = Vec::new();
    let mut has_more = false;
    each(reader, search, before, |fit| {
        has_more = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
        if !has_more {
            rows.push(Found {
                message: fit.message,
                order: fit.order,
                snippet: snippet::around(&fit.body, &fit.places, &search.terms),
            });
        }
        !has_more
    })?;
    let next = rows.last().filter(|_| has_more).map(|last| last.message);
    // What came late stands where it was sent, as far as the page goes.
    rows.sort_by_key(|found| std::cmp::Reverse((found.order, found.message)));
    let is_counted = before.is_none() && search.query.conversation.is_some();
    Ok(FoundPage {
        total: if is_counted { count(reader, search)? } else { None },
        is_complete: is_complete(reader)?,
        next,
        rows,
    })
}

/// A message that fits, and where in it the words stand.
struct Fit {
    message: MessageKey,
    order: Timestamp,
    body: String,
    places: Vec<Range<usize>>,
}

/// Gives the messages that fit, newest first, until it is answered `false`.
fn each(
    reader: &Reader<'_>,
    search: &Search,
    before: Option<MessageKey>,
    mut take: impl FnMut(Fit) -> bool,
) -> Result<(), StorageError> {
    let query = &search.query;
    let mut statement = reader.conn().prepare_cached(FOUND)?;
    let mut rows = statement.query(params![
        search.expression(),
        before.map_or(i64::MAX, |key| key.0),
        query.conversation,
        query.author.map(|author| author.to_bytes().to_vec()),
        query.after.map_or(i64::MIN, |at| at.as_ms()),
        query.before.map_or(i64::MAX, |at| at.as_ms()),
    ])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(2)?;
        let Some(places) = search.terms.places(&body) else {
            continue;
        };
        let fit = Fit {
            message: row.get(0)?,
            order: Timestamp::from_ms(row.get(1)?),
            body,
            places,
        };
        if !take(fit) {
            break;
        }
    }
    Ok(())
}

/// What is hidden stands in the index until it is erased. Few messages are at a time.
const COUNTED: &str = "SELECT count(*) FROM message_words
    WHERE message_words MATCH ?1 AND rowid NOT IN (SELECT id FROM messages WHERE is_hidden = 1)";

/// How many messages fit; `None` if that would take too long.
fn count(reader: &Reader<'_>, search: &Search) -> Result<Option<u32>, StorageError> {
    if search.is_countable() {
        let mut statement = reader.conn().prepare_cached(COUNTED)?;
        let count: i64 = statement.query_row([search.expression()], |row| row.get(0))?;
        return Ok(u32::try_from(count).ok());
    }
    let mut count = 0;
    each(reader, search, None, |_| {
        count += 1;
        count <= MOST_COUNTED
    })?;
    Ok((count <= MOST_COUNTED).then_some(count))
}

/// The statement whose plan is tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![FOUND.to_owned()]
}
