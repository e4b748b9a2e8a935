//! Message requests: people who wrote to us, whom we have neither accepted nor blocked.
//!
//! Source: `product.md` §9, `messages.md` §7.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{conversation, count, moment};
use crate::contacts;
use crate::conversations;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::ConversationKey;

/// A request as in the list: the name that its sender gave themselves is not in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The number of the conversation.
    pub key: ConversationKey,
    /// Who asks; of an invitation the group.
    pub id: ConversationId,
    /// The first 200 characters of the newest message.
    pub preview: String,
    /// Time of the last activity.
    pub last_activity: Timestamp,
    /// Unread messages.
    pub unread_count: u32,
}

/// Shows nothing of who asks and what they wrote.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A place in the list, which is in the order of its fields, downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestPlace {
    /// Last activity of the row there.
    pub last_activity: Timestamp,
    /// Its number.
    pub key: ConversationKey,
}

impl Request {
    /// Its place in the list.
    #[must_use]
    pub const fn place(&self) -> RequestPlace {
        RequestPlace {
            last_activity: self.last_activity,
            key: self.key,
        }
    }
}

/// What is seen inside a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Inside {
    /// The number of the conversation.
    pub key: ConversationKey,
    /// The name that its sender gave themselves; empty if they gave none.
    pub given_name: String,
}

/// Shows no name.
impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

const IS_REQUEST: &str = "c.is_listed = 1 AND c.is_approved = 0 AND c.is_blocked = 0";

fn read_row(row: &Row<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        key: row.get(0)?,
        id: conversation(row, 1)?,
        preview: row.get(2)?,
        last_activity: moment(row, 3)?,
        unread_count: count(row, 4)?,
    })
}

/// The statement of a page; `?1`, `?2`: the place before it.
fn page_sql() -> String {
    format!(
        "SELECT c.id, c.account_id, coalesce(substr(m.body, 1, 200), ''), c.last_activity_ms, c.unread_count
         FROM conversations c LEFT JOIN messages m ON m.id = c.last_message
         WHERE {IS_REQUEST} AND (c.last_activity_ms, c.id) < (?1, ?2)
         ORDER BY c.last_activity_ms DESC, c.id DESC LIMIT ?3"
    )
}

/// A page of the requests, newest first.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    after: Option<RequestPlace>,
    limit: u32,
) -> Result<Vec<Request>, StorageError> {
    let after = after.map_or((i64::MAX, i64::MAX), |place| {
        (place.last_activity.as_ms(), place.key.0)
    });
    let mut statement = reader.conn().prepare_cached(&page_sql())?;
    let rows = statement.query_map((after.0, after.1, limit), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many requests there are.
///
/// # Errors
/// What the database said.
pub fn total(reader: &Reader<'_>) -> Result<u32, StorageError> {
    let sql = format!("SELECT count(*) FROM conversations c WHERE {IS_REQUEST}");
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([], |row| count(row, 0))?)
}

/// Every request.
///
/// # Errors
/// What the database said.
pub fn all(reader: &Reader<'_>) -> Result<Vec<(ConversationKey, ConversationId)>, StorageError> {
    let sql = format!("SELECT c.id, c.account_id FROM conversations c WHERE {IS_REQUEST}");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, conversation(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The inside of a request; `None` if it is none.
///
/// # Errors
/// What the database said.
pub fn find(reader: &Reader<'_>, id: impl Into<ConversationId>) -> Result<Option<Inside>, StorageError> {
    let sql = format!("SELECT c.id, c.name FROM conversations c WHERE c.account_id = ?1 AND {IS_REQUEST}");
    let found = reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([id.into().to_bytes().as_slice()], |row| {
            Ok(Inside {
                key: row.get(0)?,
                given_name: row.get(1)?,
            })
        });
    Ok(found.optional()?)
}

/// Blocks who asks: their messages go, what they are called stays for the list of those who
/// are blocked.
///
/// # Errors
/// What the database said.
pub fn block(writer: &mut Writer<'_>, key: ConversationKey, now: Timestamp) -> Result<(), StorageError> {
    contacts::note_cleared(writer, key, now)?;
    conversations::delete(writer, key, now)?;
    conversations::set_blocked(writer, key, true)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![
        page_sql(),
        format!("SELECT count(*) FROM conversations c WHERE {IS_REQUEST}"),
    ]
}
