//! People and groups we talk to, and Note to Self.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | single conversations, and what decides about messages |
//! | [`list`] | rows of the list |

mod list;

use std::collections::BTreeMap;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::config::fields::Cleared;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::columns::{account, json, json_ids, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::folding::fold;
use crate::ids::{ConversationKey, MessageKey};
use crate::names;
use crate::search;

#[cfg(test)]
pub(crate) use list::list_statement;
pub use list::{Conversation, LastMessage, ListPlace, ListedGroup, by_ids, page, total};

/// What deciding about a received message needs of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub key: ConversationKey,
    /// We accepted them.
    pub is_approved: bool,
    /// They accepted us.
    pub has_approved_me: bool,
    /// Blocked by us.
    pub is_blocked: bool,
    /// When the known profile was changed, in seconds; 0: never told.
    pub profile_updated_s: u64,
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// Everything up to here was read.
    pub last_read: Timestamp,
    /// Since when they are known; 0 if nobody tells.
    pub created: Timestamp,
    /// Which messages were cleared.
    pub cleared: Cleared,
}

/// The number of the conversation with a person or a group.
///
/// # Errors
/// What the database said.
pub fn find(
    reader: &Reader<'_>,
    id: impl Into<ConversationId>,
) -> Result<Option<ConversationKey>, StorageError> {
    let sql = "SELECT id FROM conversations WHERE account_id = ?1";
    let key = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([id.into().to_bytes().as_slice()], |row| row.get(0));
    Ok(key.optional()?)
}

/// What deciding needs of the conversations with these people; one query for all.
///
/// # Errors
/// What the database said.
pub fn standings(
    reader: &Reader<'_>,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, Standing>, StorageError> {
    let sql = "SELECT account_id, id, is_approved, has_approved_me, is_blocked, profile_updated_s,
                      priority, last_read_ms, cleared_up_to_ms, cleared_at_ms, created_ms
               FROM conversations WHERE account_id IN (SELECT unhex(value) FROM json_each(?1))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([json_ids(accounts)?], |row| {
        let standing = Standing {
            key: row.get(1)?,
            is_approved: row.get(2)?,
            has_approved_me: row.get(3)?,
            is_blocked: row.get(4)?,
            profile_updated_s: row.get::<_, i64>(5)?.unsigned_abs(),
            priority: row.get(6)?,
            last_read: moment(row, 7)?,
            created: moment(row, 10)?,
            cleared: Cleared {
                up_to_ms: row.get(8)?,
                at_ms: row.get(9)?,
            },
        };
        Ok((account(row, 0)?, standing))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The conversation with a person or a group; made, unlisted, if there is none.
///
/// # Errors
/// What the database said.
pub fn ensure(
    writer: &mut Writer<'_>,
    id: impl Into<ConversationId>,
    now: Timestamp,
) -> Result<ConversationKey, StorageError> {
    let id = id.into();
    if let Some(key) = find(&writer.reader(), id)? {
        return Ok(key);
    }
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO conversations (account_id, created_ms, last_activity_ms) VALUES (?1, ?2, ?2)",
        )?
        .execute((id.to_bytes().as_slice(), now.as_ms()))?;
    Ok(ConversationKey(writer.conn().last_insert_rowid()))
}

/// Keeps what was typed, and which message of the conversation it answers; empty removes it.
///
/// # Errors
/// What the database said.
pub fn set_draft(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    draft: &str,
    quote: Option<MessageKey>,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET draft = ?2,
                   draft_quote = (SELECT id FROM messages WHERE id = ?3 AND conversation = ?1)
               WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key, draft, quote))?;
    Ok(())
}

/// Puts a text before what was typed, and says what it answered unless what was typed answers something.
///
/// # Errors
/// What the database said.
pub fn put_before_draft(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    text: &str,
    quote: Option<MessageKey>,
) -> Result<(), StorageError> {
    let sql = "SELECT draft, draft_quote FROM conversations WHERE id = ?1";
    let typed = writer
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (typed, answered): (String, Option<MessageKey>) = typed.unwrap_or_default();
    let draft = if text.trim().is_empty() {
        typed
    } else if typed.trim().is_empty() {
        text.to_owned()
    } else {
        format!("{text}\n{typed}")
    };
    set_draft(writer, key, &draft, answered.or(quote))
}

/// Blocks or unblocks.
///
/// # Errors
/// What the database said.
pub fn set_blocked(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    is_blocked: bool,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET is_blocked = ?2 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key, is_blocked))?;
    Ok(())
}

/// Whose approval is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// We accepted them.
    Ours,
    /// They accepted us.
    Theirs,
}

/// Notes an approval; it is never taken back here.
///
/// # Errors
/// What the database said.
pub fn approve(writer: &mut Writer<'_>, key: ConversationKey, by: Approval) -> Result<(), StorageError> {
    let sql = match by {
        Approval::Ours => "UPDATE conversations SET is_approved = 1 WHERE id = ?1",
        Approval::Theirs => "UPDATE conversations SET has_approved_me = 1 WHERE id = ?1",
    };
    writer.conn().prepare_cached(sql)?.execute([key])?;
    refold(writer, key)
}

/// Keeps the name that is shown as it is searched and put in order: what may not be shown must
/// not be found either. Every change of names or approvals ends with it.
///
/// # Errors
/// What the database said.
pub(crate) fn refold(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let sql = format!(
        "SELECT {} FROM conversations c WHERE c.id = ?1",
        names::given("c")
    );
    let shown: Option<String> = writer
        .conn()
        .prepare_cached(&sql)?
        .query_row([key], |row| row.get(0))
        .optional()?;
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET name_folded = ?2 WHERE id = ?1")?
        .execute((key, fold(&shown.unwrap_or_default())))?;
    Ok(())
}

/// A person's profile, as the newest message carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonProfile {
    /// Cleaned; `None` keeps the known name.
    pub name: Option<String>,
    /// Link and key; `None` removes the known picture.
    pub picture: Option<(String, [u8; 32])>,
    /// When it was changed, in seconds; 0: never told.
    pub updated_s: u64,
}

/// Keeps a profile; which one wins was decided before.
///
/// # Errors
/// What the database said.
pub fn set_profile(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    profile: &PersonProfile,
) -> Result<(), StorageError> {
    write_profile(writer, key, profile)?;
    refold(writer, key)
}

/// The columns of a profile; the caller ends with [`refold`].
pub(crate) fn write_profile(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    profile: &PersonProfile,
) -> Result<(), StorageError> {
    let (url, picture_key) = match &profile.picture {
        Some((url, key)) => (url.as_str(), Some(key.as_slice())),
        None => ("", None),
    };
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET name = coalesce(?2, name), picture_url = ?3, picture_key = ?4,
                 profile_updated_s = ?5
             WHERE id = ?1",
        )?
        .execute((
            key,
            profile.name.as_deref(),
            url,
            picture_key,
            i64::try_from(profile.updated_s).unwrap_or(i64::MAX),
        ))?;
    Ok(())
}

/// Deletes the messages and takes the conversation out of the list; the person stays
/// known. Each deletion is noted for restores.
///
/// # Errors
/// What the database said.
pub fn delete(writer: &mut Writer<'_>, key: ConversationKey, now: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "INSERT INTO erased (conversation, author, sent_ms, erased_ms)
         SELECT c.account_id, m.author, m.sent_ms, ?2 FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.conversation = ?1
         ON CONFLICT (conversation, author, sent_ms) DO UPDATE SET erased_ms = excluded.erased_ms",
    )?
    .execute((key, now.as_ms()))?;
    let are_many = search::has_many(&writer.reader(), key)?;
    search::in_bulk(writer, are_many, |writer| {
        let sql = "DELETE FROM messages WHERE conversation = ?1";
        Ok(writer.conn().prepare_cached(sql)?.execute([key])?)
    })?;
    // The files that were chosen there go with what was typed.
    conn.prepare_cached("DELETE FROM staged_files WHERE conversation = ?1")?
        .execute([key])?;
    conn.prepare_cached(
        "UPDATE conversations SET is_listed = 0, priority = min(priority, 0),
             is_read_unshared = max(is_read_unshared, is_marked_unread), is_marked_unread = 0, draft = '', unread_count = 0, unread_mentions = 0, last_message = NULL
         WHERE id = ?1",
    )?
    .execute([key])?;
    Ok(())
}

/// Brings what a conversation shows of its messages up to date. Every transaction that
/// adds, removes or marks messages ends with it. That somebody saved a file is not the last thing said.
///
/// # Errors
/// What the database said.
pub fn refresh(writer: &mut Writer<'_>, keys: &[ConversationKey]) -> Result<(), StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET
                 last_message = (SELECT m.id FROM messages m
                                 WHERE m.conversation = conversations.id AND m.is_hidden = 0 AND m.kind <> 9
                                 ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT 1),
                 unread_count = (SELECT count(*) FROM messages m
                                 WHERE m.conversation = conversations.id AND m.is_unread = 1
                                   AND m.is_hidden = 0),
                 unread_mentions = (SELECT count(*) FROM messages m
                                    WHERE m.conversation = conversations.id AND m.is_unread = 1
                                      AND m.mentions_us = 1 AND m.is_hidden = 0)
             WHERE id IN (SELECT value FROM json_each(?1))",
        )?
        .execute([&keys])?;
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET is_listed = 1,
                 last_activity_ms = (SELECT m.order_ms FROM messages m WHERE m.id = conversations.last_message)
             WHERE id IN (SELECT value FROM json_each(?1)) AND last_message IS NOT NULL",
        )?
        .execute([&keys])?;
    Ok(())
}
