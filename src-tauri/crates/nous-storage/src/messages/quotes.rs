//! Quotes: messages that answer others. A quote names its message by author and sent time; what is
//! shown of that message is looked up, so that nothing is left of it when it goes.
//!
//! Source: `messages.md` §4.2, §8.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{Message, MessageKind};
use crate::attachments::FileKind;
use crate::columns::{account, json, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// The message that another one answers, by its name on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Who wrote it.
    pub author: AccountId,
    /// When it was sent.
    pub sent: Timestamp,
}

/// A quote as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// What it names.
    pub quote: Quote,
    /// That is ours.
    pub is_own: bool,
    /// The original, or what is left of it; `None`: it is not here.
    pub message: Option<MessageKey>,
    /// The first 200 characters of the original's text; empty if it has none.
    pub preview: String,
    /// The original was deleted.
    pub is_deleted: bool,
    /// What the first of the original's files is, if it has any.
    pub file: Option<FileKind>,
    /// How screens call the small picture of that file.
    pub thumbnail: Option<String>,
}

/// What the columns `quote_author` and `quote_ms` of a row say.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Quote>> {
    let author: Option<[u8; 33]> = row.get("quote_author")?;
    let sent: Option<i64> = row.get("quote_ms")?;
    let author = author.and_then(|bytes| AccountId::from_bytes(&bytes));
    Ok(author.zip(sent).map(|(author, sent)| Quote {
        author,
        sent: Timestamp::from_ms(sent),
    }))
}

/// Keeps what a message answers.
pub(super) fn keep(writer: &mut Writer<'_>, message: MessageKey, quote: &Quote) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET quote_author = ?2, quote_ms = ?3,
                   quotes_us = EXISTS (SELECT 1 FROM account WHERE account_id = ?2)
               WHERE id = ?1";
    let values = (message, quote.author.to_bytes(), quote.sent.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The name of a message of a conversation, if it can be quoted there.
///
/// # Errors
/// What the database said.
pub fn quote_of(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    message: MessageKey,
) -> Result<Option<Quote>, StorageError> {
    let sql = "SELECT author, sent_ms FROM messages
               WHERE id = ?2 AND conversation = ?1 AND kind IN (0, 2) AND folded_count = 0 AND is_hidden = 0";
    let quote = reader
        .conn()
        .prepare_cached(sql)?
        .query_row((conversation, message), |row| {
            Ok(Quote {
                author: account(row, 0)?,
                sent: moment(row, 1)?,
            })
        });
    Ok(quote.optional()?)
}

/// The statement of [`fill`].
const QUOTED: &str =
    "SELECT m.id, m.quote_author, m.quote_ms, m.quotes_us, q.id, q.kind, substr(q.body, 1, 200),
        EXISTS (SELECT 1 FROM erased AS e WHERE e.conversation = c.account_id
                AND e.author = m.quote_author AND e.sent_ms = m.quote_ms),
        (SELECT f.kind FROM attachments AS f WHERE f.message = q.id AND f.place < 32
         ORDER BY f.place LIMIT 1),
        (SELECT f.thumbnail_name FROM attachments AS f WHERE f.message = q.id AND f.place < 32
         ORDER BY f.place LIMIT 1)
    FROM json_each(?1) AS asked
    CROSS JOIN messages AS m ON m.id = asked.value AND m.quote_ms IS NOT NULL
    CROSS JOIN conversations AS c ON c.id = m.conversation
    LEFT JOIN messages AS q ON q.author = m.quote_author AND q.sent_ms = m.quote_ms
         AND q.conversation = m.conversation AND q.kind NOT IN (3, 4, 8, 9) AND q.folded_count = 0
         AND q.is_hidden = 0";

fn read_quoted(row: &Row<'_>) -> rusqlite::Result<Quoted> {
    let kind = row.get::<_, Option<i64>>(5)?.map(MessageKind::from_code);
    let is_erased: bool = row.get(7)?;
    Ok(Quoted {
        quote: Quote {
            author: account(row, 1)?,
            sent: moment(row, 2)?,
        },
        is_own: row.get(3)?,
        message: row.get(4)?,
        preview: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
        is_deleted: kind.map_or(is_erased, MessageKind::is_deleted),
        file: row.get::<_, Option<i64>>(8)?.map(FileKind::from_code),
        thumbnail: row.get(9)?,
    })
}

/// Says of each message what it answers; one query for all.
pub(super) fn fill(reader: &Reader<'_>, rows: &mut [Message]) -> Result<(), StorageError> {
    let keys = json(&rows.iter().map(|row| row.key.0).collect::<Vec<_>>())?;
    let mut statement = reader.conn().prepare_cached(QUOTED)?;
    let found = statement.query_map([keys], |row| {
        Ok((row.get::<_, MessageKey>(0)?, read_quoted(row)?))
    })?;
    let mut quoted: BTreeMap<MessageKey, Quoted> = BTreeMap::new();
    for row in found {
        let (key, one) = row?;
        quoted.entry(key).or_insert(one);
    }
    for row in rows {
        row.quote = quoted.remove(&row.key);
    }
    Ok(())
}

/// The statement of [`quoting`].
const QUOTING: &str = "SELECT m.id FROM json_each(?1) AS asked
    CROSS JOIN messages AS q ON q.id = asked.value
    CROSS JOIN messages AS m ON m.quote_author = q.author AND m.quote_ms = q.sent_ms
         AND m.conversation = q.conversation";

/// The messages that answer one of these, and so show another thing when it changes. They stand in
/// the conversation of what they answer. To be asked before rows are removed.
///
/// # Errors
/// What the database said.
pub fn quoting(reader: &Reader<'_>, keys: &[MessageKey]) -> Result<Vec<MessageKey>, StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let mut statement = reader.conn().prepare_cached(QUOTING)?;
    let rows = statement.query_map([keys], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A message gets its sent time: what answers it names it by that.
pub(super) fn rename(
    writer: &mut Writer<'_>,
    message: MessageKey,
    sent: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET quote_ms = ?2
               FROM (SELECT conversation, author, sent_ms FROM messages WHERE id = ?1) AS named
               WHERE messages.quote_author = named.author AND messages.quote_ms = named.sent_ms
                 AND messages.conversation = named.conversation";
    let values = (message, sent.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![QUOTED.to_owned(), QUOTING.to_owned()]
}
