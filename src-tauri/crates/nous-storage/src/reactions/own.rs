//! Our own reactions: on their way, the emoji used last, and how often we react.

use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use super::{NewReaction, delete, find};
use crate::columns::{account, conversation, count, maybe_moment, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey, OutboxKey};

/// The most reactions that we send in a minute.
pub const MOST_A_MINUTE: u32 = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// How many emoji are remembered as used.
const REMEMBERED: u32 = 24;

/// A message to react to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Where it stands.
    pub conversation: ConversationKey,
    /// With whom that conversation is.
    pub peer: ConversationId,
    /// Who wrote it.
    pub author: AccountId,
    /// When it was sent.
    pub sent: Timestamp,
}

/// A message that can be reacted to: it says something, others know of it, and so they can be told
/// which it is.
///
/// # Errors
/// What the database said.
pub fn target(reader: &Reader<'_>, message: MessageKey) -> Result<Option<Target>, StorageError> {
    let sql = "SELECT m.conversation, c.account_id, m.author, m.sent_ms
               FROM messages AS m JOIN conversations AS c ON c.id = m.conversation
               WHERE m.id = ?1 AND m.kind IN (0, 2) AND m.folded_count = 0 AND m.is_hidden = 0 AND m.state <> 6
                 AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.message = m.id AND o.sent_ms = 0)";
    let target = reader.conn().prepare_cached(sql)?.query_row([message], |row| {
        Ok(Target {
            conversation: row.get(0)?,
            peer: conversation(row, 1)?,
            author: account(row, 2)?,
            sent: moment(row, 3)?,
        })
    });
    Ok(target.optional()?)
}

/// What is known of a reaction of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnReaction {
    /// It was taken back.
    pub is_removed: bool,
    /// That it is so waits to go out, and nobody has tried yet.
    pub waiting: Option<OutboxKey>,
}

/// Our reaction to a message with an emoji.
///
/// # Errors
/// What the database said.
pub fn of_us(
    reader: &Reader<'_>,
    message: MessageKey,
    own: &AccountId,
    emoji: &str,
) -> Result<Option<OwnReaction>, StorageError> {
    let sql = "SELECT r.is_removed, o.id FROM reactions AS r
               LEFT JOIN outbox AS o ON o.id = r.outbox AND o.attempts = 0
               WHERE r.message = ?1 AND r.sender = ?2 AND r.emoji = ?3";
    let values = (message, own.to_bytes(), emoji);
    let known = reader.conn().prepare_cached(sql)?.query_row(values, |row| {
        Ok(OwnReaction {
            is_removed: row.get(0)?,
            waiting: row.get(1)?,
        })
    });
    Ok(known.optional()?)
}

/// Keeps a reaction of ours, from this device, whatever was known of it. `outbox`: the row that tells
/// the others.
///
/// # Errors
/// What the database said.
pub fn set_own(
    writer: &mut Writer<'_>,
    message: MessageKey,
    new: &NewReaction,
    outbox: OutboxKey,
) -> Result<(), StorageError> {
    // It stands behind the others now; the row of what was taken back stays.
    if let Some(known) = find(writer, message, new)?.filter(|_| !new.is_removal) {
        delete(writer, known.id)?;
    }
    let sql = "INSERT INTO reactions (message, sender, emoji, is_own, is_removed, sent_ms, outbox)
               VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)
               ON CONFLICT (message, sender, emoji) DO UPDATE SET is_removed = excluded.is_removed,
                   sent_ms = excluded.sent_ms, outbox = excluded.outbox";
    writer.conn().prepare_cached(sql)?.execute((
        message,
        new.sender.to_bytes(),
        &new.emoji,
        new.is_removal,
        new.sent.as_ms(),
        outbox,
    ))?;
    Ok(())
}

/// What nobody has tried to send is not sent: the reaction is as it was before.
///
/// # Errors
/// What the database said.
pub fn call_back(writer: &mut Writer<'_>, waiting: OutboxKey) -> Result<(), StorageError> {
    give_up(writer, waiting)?;
    writer
        .conn()
        .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
        .execute([waiting])?;
    Ok(())
}

/// A reaction of ours will not go out: it is as it was before, and the copy for our own devices goes.
/// Answers its message; `None` if that row of the outbox carries no reaction.
///
/// # Errors
/// What the database said.
pub fn give_up(writer: &mut Writer<'_>, outbox: OutboxKey) -> Result<Option<MessageKey>, StorageError> {
    let conn = writer.conn();
    let sql = "SELECT id, message, is_removed FROM reactions WHERE outbox = ?1";
    let found: Option<(i64, MessageKey, bool)> = conn
        .prepare_cached(sql)?
        .query_row([outbox], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((id, message, is_removed)) = found else {
        return Ok(None);
    };
    conn.prepare_cached("DELETE FROM outbox WHERE after_row = ?1 AND message IS NULL")?
        .execute([outbox])?;
    if is_removed {
        conn.prepare_cached("UPDATE reactions SET is_removed = 0, outbox = NULL WHERE id = ?1")?
            .execute([id])?;
    } else {
        delete(writer, id)?;
    }
    Ok(Some(message))
}

/// Fixes the sent time of a reaction that was made before any node's time was known, and that of the
/// copy for our own devices; their lives begin then.
///
/// # Errors
/// What the database said.
pub fn fix_sent(writer: &mut Writer<'_>, outbox: OutboxKey, sent: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    let values = (outbox, sent.as_ms());
    conn.prepare_cached("UPDATE reactions SET sent_ms = ?2 WHERE outbox = ?1")?
        .execute(values)?;
    conn.prepare_cached(
        "UPDATE outbox SET sent_ms = ?2, give_up_ms = ?2 + (give_up_ms - queued_ms), queued_ms = ?2
         WHERE (id = ?1 OR after_row = ?1) AND message IS NULL AND sealed IS NULL",
    )?
    .execute(values)?;
    Ok(())
}

/// Counts a reaction that is about to be sent; if there were too many within a minute it does not,
/// and answers how long to wait for the next one.
///
/// # Errors
/// What the database said.
pub fn take_turn(writer: &mut Writer<'_>, now: Timestamp) -> Result<Option<Duration>, StorageError> {
    let conn = writer.conn();
    // What lies ahead was counted by a clock that was wrong.
    conn.prepare_cached("DELETE FROM reaction_turns WHERE at_ms <= ?1 OR at_ms > ?2")?
        .execute((now.earlier(MINUTE).as_ms(), now.as_ms()))?;
    let (total, first) = conn
        .prepare_cached("SELECT count(*), min(at_ms) FROM reaction_turns")?
        .query_row([], |row| Ok((count(row, 0)?, maybe_moment(row, 1)?)))?;
    if total >= MOST_A_MINUTE {
        return Ok(Some((first.unwrap_or(now) + MINUTE).since(now)));
    }
    conn.prepare_cached("INSERT INTO reaction_turns (at_ms) VALUES (?1)")?
        .execute([now.as_ms()])?;
    Ok(None)
}

/// Remembers an emoji as the one used last.
///
/// # Errors
/// What the database said.
pub fn note_used(writer: &mut Writer<'_>, emoji: &str) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached("DELETE FROM recent_reactions WHERE emoji = ?1")?
        .execute([emoji])?;
    conn.prepare_cached("INSERT INTO recent_reactions (emoji) VALUES (?1)")?
        .execute([emoji])?;
    let too_many = "DELETE FROM recent_reactions WHERE id <= (
                        SELECT id FROM recent_reactions ORDER BY id DESC LIMIT 1 OFFSET ?1)";
    conn.prepare_cached(too_many)?.execute([REMEMBERED])?;
    Ok(())
}

/// The emoji that we used last, the last one first.
///
/// # Errors
/// What the database said.
pub fn recent(reader: &Reader<'_>, limit: u32) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT emoji FROM recent_reactions ORDER BY id DESC LIMIT ?1";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
