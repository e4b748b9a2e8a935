//! A group's conversation: what all devices of the account share of it, and what its admins delete.

use nous_protocol::account::AccountId;
use nous_protocol::config::fields::NotifyMode;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row, ToSql};

use crate::attachments::OF_PREVIEW;
use crate::columns::{account, json, json_ids, maybe_moment, moment};
use crate::conversations;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::people::{notify_code, notify_of, set_priority};
use crate::search;

/// What all devices of the account share of how a group stands in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListSettings {
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// What may disturb.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until_s: i64,
}

/// How a group stands in the list.
///
/// # Errors
/// What the database said.
pub fn settings(reader: &Reader<'_>, key: ConversationKey) -> Result<Option<ListSettings>, StorageError> {
    let sql = "SELECT priority, notify_mode, mute_until_s FROM conversations WHERE id = ?1";
    let read = |row: &Row<'_>| {
        Ok(ListSettings {
            priority: row.get(0)?,
            notify: notify_of(row.get(1)?),
            mute_until_s: row.get(2)?,
        })
    };
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], read)
        .optional()?)
}

/// Keeps how a group stands in the list. `is_joined`: else it is a request.
///
/// # Errors
/// What the database said.
pub fn save_settings(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    settings: &ListSettings,
    is_joined: bool,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET is_approved = ?2, notify_mode = ?3, mute_until_s = ?4, is_listed = 1
             WHERE id = ?1",
        )?
        .execute((
            key,
            is_joined,
            notify_code(settings.notify),
            settings.mute_until_s,
        ))?;
    set_priority(writer, key, settings.priority)
}

/// Keeps a group's name, cleaned.
///
/// # Errors
/// What the database said.
pub fn set_name(writer: &mut Writer<'_>, key: ConversationKey, name: &str) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET name = ?2 WHERE id = ?1")?
        .execute((key, name))?;
    conversations::refold(writer, key)
}

/// Keeps link and key of a group's picture; `None` for none.
///
/// # Errors
/// What the database said.
pub fn set_picture(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    picture: Option<(&str, &[u8; 32])>,
) -> Result<(), StorageError> {
    let (url, picture_key) = picture.map_or(("", None), |(url, key)| (url, Some(key.as_slice())));
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET picture_url = ?2, picture_key = ?3 WHERE id = ?1")?
        .execute((key, url, picture_key))?;
    Ok(())
}

/// A message of a group as deletions look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub key: MessageKey,
    /// Who wrote it.
    pub author: AccountId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Its hash in the group's swarm; empty if not known.
    pub hash: String,
}

fn find(writer: &Writer<'_>, condition: &str, values: &[&dyn ToSql]) -> Result<Vec<Found>, StorageError> {
    let sql = format!(
        "SELECT id, author, sent_ms, server_hash FROM messages WHERE conversation = ?1 AND {condition}"
    );
    let mut statement = writer.conn().prepare_cached(&sql)?;
    let rows = statement.query_map(values, |row| {
        Ok(Found {
            key: row.get(0)?,
            author: account(row, 1)?,
            sent: moment(row, 2)?,
            hash: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The messages with these hashes.
///
/// # Errors
/// What the database said.
pub fn by_hashes(
    writer: &Writer<'_>,
    key: ConversationKey,
    hashes: &[String],
) -> Result<Vec<Found>, StorageError> {
    let hashes = json(&hashes)?;
    let condition = "server_hash <> '' AND server_hash IN (SELECT value FROM json_each(?2))";
    find(writer, condition, &[&key, &hashes])
}

/// These messages, if they stand there.
///
/// # Errors
/// What the database said.
pub fn by_keys(
    writer: &Writer<'_>,
    key: ConversationKey,
    keys: &[MessageKey],
) -> Result<Vec<Found>, StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let condition = "kind IN (0, 2) AND folded_count = 0 AND id IN (SELECT value FROM json_each(?2))";
    find(writer, condition, &[&key, &keys])
}

/// All that these people wrote before a moment.
///
/// # Errors
/// What the database said.
pub fn by_authors(
    writer: &Writer<'_>,
    key: ConversationKey,
    authors: &[AccountId],
    before: Timestamp,
) -> Result<Vec<Found>, StorageError> {
    let (authors, before) = (json_ids(authors)?, before.as_ms());
    let condition = "kind IN (0, 2) AND folded_count = 0 AND sent_ms < ?3
                     AND author IN (SELECT unhex(value) FROM json_each(?2))";
    find(writer, condition, &[&key, &authors, &before])
}

/// All that was written before a moment.
///
/// # Errors
/// What the database said.
pub fn before(
    writer: &Writer<'_>,
    key: ConversationKey,
    before: Timestamp,
) -> Result<Vec<Found>, StorageError> {
    let before = before.as_ms();
    find(writer, "kind IN (0, 1, 2, 5) AND sent_ms < ?2", &[&key, &before])
}

/// What was written with files before a moment. The picture of a preview is no file.
///
/// # Errors
/// What the database said.
pub fn with_files_before(
    writer: &Writer<'_>,
    key: ConversationKey,
    before: Timestamp,
) -> Result<Vec<Found>, StorageError> {
    let before = before.as_ms();
    let condition = "kind = 0 AND sent_ms < ?2 AND EXISTS
                     (SELECT 1 FROM attachments f WHERE f.message = messages.id AND f.place <> ?3)";
    find(writer, condition, &[&key, &before, &OF_PREVIEW])
}

/// Whether somebody wrote after a moment, or an event after it names them.
///
/// # Errors
/// What the database said.
pub fn is_heard_of_after(
    writer: &Writer<'_>,
    key: ConversationKey,
    person: &AccountId,
    after: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND sent_ms > ?3
                   AND ((author = ?2 AND event = '') OR (event <> '' AND instr(event, ?4) > 0)))";
    let values = (key, person.to_bytes().to_vec(), after.as_ms(), person.to_string());
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

/// When somebody was added last, as far as the timeline tells.
///
/// # Errors
/// What the database said.
pub fn added_at(
    writer: &Writer<'_>,
    key: ConversationKey,
    person: &AccountId,
) -> Result<Option<Timestamp>, StorageError> {
    told_at(writer, key, person, "added")
}

/// When somebody was made an admin last, as far as the timeline tells.
///
/// # Errors
/// What the database said.
pub fn promoted_at(
    writer: &Writer<'_>,
    key: ConversationKey,
    person: &AccountId,
) -> Result<Option<Timestamp>, StorageError> {
    told_at(writer, key, person, "promoted")
}

fn told_at(
    writer: &Writer<'_>,
    key: ConversationKey,
    person: &AccountId,
    kind: &str,
) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT max(sent_ms) FROM messages WHERE conversation = ?1 AND event <> ''
               AND event ->> 'kind' = ?3 AND instr(event, ?2) > 0";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row((key, person.to_string(), kind), |row| maybe_moment(row, 0))?)
}

/// When the newest message of somebody else was written; `None`: there is none.
///
/// # Errors
/// What the database said.
pub fn newest_of_others(
    reader: &Reader<'_>,
    key: ConversationKey,
) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT order_ms FROM messages WHERE conversation = ?1 AND is_own = 0 AND server_hash <> ''
               ORDER BY order_ms DESC LIMIT 1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| moment(row, 0))
        .optional()?)
}

/// Removes messages without a trace.
///
/// # Errors
/// What the database said.
pub fn remove(writer: &mut Writer<'_>, keys: &[MessageKey]) -> Result<(), StorageError> {
    let are_many = search::are_many(keys.len());
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    search::in_bulk(writer, are_many, |writer| {
        let sql = "DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?1))";
        writer.conn().prepare_cached(sql)?.execute([keys])?;
        Ok(())
    })
}
