//! Writing messages.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{GroupEvent, MessageKind, NewMessage, SendState, quotes};
use crate::columns::json;
use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::outbox;

/// Writes a message down.
///
/// # Errors
/// [`StorageError::Constraint`] for a client token that was used; else what the database said.
pub fn insert(writer: &mut Writer<'_>, new: &NewMessage) -> Result<MessageKey, StorageError> {
    let event = new
        .event
        .as_ref()
        .map_or_else(|| Ok(String::new()), GroupEvent::to_json)?;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO messages (conversation, author, is_own, is_received, kind, body, sent_ms, order_ms,
                 received_ms, state, is_unread, client_token, server_hash, expires_ms, content, event, mentions_us)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            new.conversation,
            new.author.to_bytes().as_slice(),
            new.is_own,
            new.is_received,
            new.kind.code(),
            &new.body,
            new.sent.as_ms(),
            new.order.as_ms(),
            new.received.as_ms(),
            new.state.map_or(0, SendState::code),
            new.is_unread,
            new.client_token.as_deref(),
            &new.server_hash,
            new.expires.map(Timestamp::as_ms),
            new.content.as_deref(),
            event,
            new.mentions_us,
        ])?;
    let key = MessageKey(writer.conn().last_insert_rowid());
    if let Some(quote) = &new.quote {
        quotes::keep(writer, key, quote)?;
    }
    Ok(key)
}

/// The message that was written with a client token.
///
/// # Errors
/// What the database said.
pub fn by_token(writer: &Writer<'_>, token: &str) -> Result<Option<MessageKey>, StorageError> {
    let sql = "SELECT id FROM messages WHERE client_token = ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row([token], |row| row.get(0))
        .optional()?)
}

/// Our message of this sent time in a conversation.
///
/// # Errors
/// What the database said.
pub fn own_sent_at(
    writer: &Writer<'_>,
    conversation: ConversationKey,
    sent: Timestamp,
) -> Result<Option<MessageKey>, StorageError> {
    let sql = "SELECT id FROM messages WHERE author = (SELECT account_id FROM account)
                   AND sent_ms = ?2 AND conversation = ?1 AND is_own = 1 AND kind IN (0, 2)";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row((conversation, sent.as_ms()), |row| row.get(0))
        .optional()?)
}

/// Notes of a line that tells that somebody saved a file when the message with that file was sent.
///
/// # Errors
/// What the database said.
pub fn note_saved(writer: &mut Writer<'_>, line: MessageKey, of: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET saved_ms = ?2 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((line, of.as_ms()))?;
    Ok(())
}

/// Whether a line tells already that somebody saved a file of the message that was sent then.
///
/// # Errors
/// What the database said.
pub fn is_save_known(
    writer: &Writer<'_>,
    conversation: ConversationKey,
    by: &AccountId,
    of: Timestamp,
) -> Result<bool, StorageError> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND saved_ms = ?2 AND author = ?3)";
    let values = (conversation, of.as_ms(), by.to_bytes());
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

/// The first time from `from` on that no message of an author has in a conversation: what answers one
/// whose time is still to be fixed names it by a time that is its own.
///
/// # Errors
/// What the database said.
pub fn unused_time(
    writer: &Writer<'_>,
    conversation: ConversationKey,
    author: &AccountId,
    from: Timestamp,
) -> Result<Timestamp, StorageError> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM messages WHERE author = ?1 AND sent_ms = ?2 AND conversation = ?3)";
    let mut is_used = writer.conn().prepare_cached(sql)?;
    let mut time = from;
    while is_used.query_row((author.to_bytes(), time.as_ms(), conversation), |row| row.get(0))? {
        time = Timestamp::from_ms(time.as_ms() + 1);
    }
    Ok(time)
}

/// Sets the state of an own message; a failure's code goes. `false` if the row is gone.
///
/// # Errors
/// What the database said.
pub fn set_state(writer: &mut Writer<'_>, key: MessageKey, state: SendState) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = ?2, error = '' WHERE id = ?1 AND is_own = 1 AND state <> 5";
    Ok(writer.conn().prepare_cached(sql)?.execute((key, state.code()))? > 0)
}

/// An attempt begins. `false` if the row is gone, or was read already.
///
/// # Errors
/// What the database said.
pub fn begin_sending(writer: &mut Writer<'_>, key: MessageKey) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = 2, error = '', attempts = attempts + 1 WHERE id = ?1 AND is_own = 1 AND state <> 5";
    Ok(writer.conn().prepare_cached(sql)?.execute([key])? > 0)
}

/// The recipient's swarm has it. A message that was read meanwhile stays read. The time of one that
/// disappears begins.
///
/// # Errors
/// What the database said.
pub fn mark_stored(
    writer: &mut Writer<'_>,
    key: MessageKey,
    stored: Timestamp,
    expires: Option<Timestamp>,
) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = iif(state = 5, 5, 3), error = '', stored_ms = ?2, expires_ms = ?3,
                   ends_ms = iif(timer_kind > 0 AND ends_ms IS NULL, max(?2, sent_ms) + timer_s * 1000, ends_ms)
               WHERE id = ?1";
    let values = (key, stored.as_ms(), expires.map(Timestamp::as_ms));
    Ok(writer.conn().prepare_cached(sql)?.execute(values)? > 0)
}

/// Our own swarm has its copy: keeps the hash; *not synced* ends.
///
/// # Errors
/// What the database said.
pub fn note_own_copy(writer: &mut Writer<'_>, key: MessageKey, hash: &str) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = iif(state = 4, 3, state), error = iif(state = 4, '', error), server_hash = ?2
               WHERE id = ?1";
    Ok(writer.conn().prepare_cached(sql)?.execute((key, hash))? > 0)
}

/// The own copy is missing: a message that was sent says so.
///
/// # Errors
/// What the database said.
pub fn set_not_synced(writer: &mut Writer<'_>, key: MessageKey) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = 4 WHERE id = ?1 AND state = 3";
    Ok(writer.conn().prepare_cached(sql)?.execute([key])? > 0)
}

/// It will not go out by itself; `error`: why, as the code of the face.
///
/// # Errors
/// What the database said.
pub fn mark_failed(writer: &mut Writer<'_>, key: MessageKey, error: &str) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = 6, error = ?2 WHERE id = ?1 AND state <> 5";
    Ok(writer.conn().prepare_cached(sql)?.execute((key, error))? > 0)
}

/// A failed message waits again. `false` if it had not failed.
///
/// # Errors
/// What the database said.
pub fn retract_failure(writer: &mut Writer<'_>, key: MessageKey) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET state = 1, error = '' WHERE id = ?1 AND state = 6";
    Ok(writer.conn().prepare_cached(sql)?.execute([key])? > 0)
}

/// Messages whose attempt a crash or an end interrupted wait again. Answers which, with
/// their conversations.
///
/// # Errors
/// What the database said.
pub fn recover_sending(writer: &mut Writer<'_>) -> Result<Vec<(ConversationKey, MessageKey)>, StorageError> {
    let sql = "UPDATE messages SET state = 1 WHERE state = 2 RETURNING conversation, id";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// After a crash or an end: messages that were sent and whose own copy still waits say so.
///
/// # Errors
/// What the database said.
pub fn recover_unsynced(writer: &mut Writer<'_>) -> Result<usize, StorageError> {
    let sql = "UPDATE messages SET state = 4
               WHERE state = 3 AND id IN (SELECT message FROM outbox WHERE kind = 1)";
    Ok(writer.conn().prepare_cached(sql)?.execute([])?)
}

/// Fixes the sent time, and with it the place, of a message that was written before any
/// node's time was known; what answers it names it by that time.
///
/// # Errors
/// What the database said.
pub fn fix_sent(writer: &mut Writer<'_>, key: MessageKey, sent: Timestamp) -> Result<(), StorageError> {
    quotes::rename(writer, key, sent)?;
    let sql = "UPDATE messages SET sent_ms = ?2, order_ms = ?2, received_ms = ?2 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key, sent.as_ms()))?;
    Ok(())
}

/// Fixes the time, and with it the place, of the row that says that we accepted a request.
///
/// # Errors
/// What the database said.
pub fn fix_acceptance(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    sent: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET sent_ms = ?2, order_ms = ?2, received_ms = ?2
               WHERE id = (SELECT max(id) FROM messages WHERE conversation = ?1 AND kind = ?3 AND is_own = 1)";
    let values = (conversation, sent.as_ms(), MessageKind::Accepted.code());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Puts the row that says that the other accepted our request where the acceptance was sent, if
/// it stands later. Answers the row if it moved.
///
/// # Errors
/// What the database said.
pub fn advance_acceptance(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    sent: Timestamp,
) -> Result<Option<MessageKey>, StorageError> {
    let sql = "UPDATE messages SET sent_ms = ?2, order_ms = ?2
               WHERE id = (SELECT max(id) FROM messages WHERE conversation = ?1 AND kind = ?3 AND is_own = 0)
                 AND order_ms > ?2
               RETURNING id";
    let values = (conversation, sent.as_ms(), MessageKind::Accepted.code());
    let mut statement = writer.conn().prepare_cached(sql)?;
    Ok(statement.query_row(values, |row| row.get(0)).optional()?)
}

/// A receipt came: own messages of that conversation with these sent times are read, also
/// those whose store was never answered.
///
/// # Errors
/// What the database said.
pub fn mark_read_by_recipient(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    author: &AccountId,
    sent: &[Timestamp],
    read: Timestamp,
) -> Result<Vec<MessageKey>, StorageError> {
    let sent = json(&sent.iter().map(|at| at.as_ms()).collect::<Vec<_>>())?;
    let mut statement = writer.conn().prepare_cached(
        "UPDATE messages SET state = 5, error = '', read_ms = ?4,
             ends_ms = iif(timer_kind > 0 AND ends_ms IS NULL, max(?4, sent_ms) + timer_s * 1000, ends_ms)
         WHERE author = ?2 AND sent_ms IN (SELECT value FROM json_each(?3)) AND conversation = ?1
           AND is_own = 1 AND state IN (1, 2, 3, 4, 6)
         RETURNING id",
    )?;
    let values = (conversation, author.to_bytes(), sent, read.as_ms());
    let rows = statement.query_map(values, |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts one more unknown content into the folded row of a conversation, made if there is
/// none. Nothing becomes unread.
///
/// # Errors
/// What the database said.
pub fn fold_unsupported(writer: &mut Writer<'_>, new: &NewMessage) -> Result<MessageKey, StorageError> {
    let sql = "UPDATE messages SET folded_count = folded_count + 1
               WHERE id = (SELECT id FROM messages WHERE conversation = ?1 AND kind = 2 AND folded_count > 0 AND content IS NULL
                           LIMIT 1)
               RETURNING id";
    let found: Option<MessageKey> = writer
        .conn()
        .prepare_cached(sql)?
        .query_row([new.conversation], |row| row.get(0))
        .optional()?;
    if let Some(key) = found {
        return Ok(key);
    }
    let key = insert(writer, new)?;
    writer
        .conn()
        .prepare_cached("UPDATE messages SET folded_count = 1 WHERE id = ?1")?
        .execute([key])?;
    Ok(key)
}

/// What a deletion did to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Which.
    pub key: MessageKey,
    /// Where it stood.
    pub conversation: ConversationKey,
}

/// Deletes messages on this device. Messages that were not sent go entirely, with what
/// waited in the outbox; others leave a row without content; rows already without
/// content go entirely. A sealed copy for our own devices of one that was sent goes out
/// nevertheless. Each deletion is noted for restores.
///
/// # Errors
/// What the database said.
///
/// Source: `messages.md` §10.
pub fn delete_here(
    writer: &mut Writer<'_>,
    keys: &[MessageKey],
    now: Timestamp,
) -> Result<Vec<Removed>, StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    note_erased(writer, &keys, now)?;
    outbox::leave_own_copies(writer, &keys)?;
    let conn = writer.conn();
    let mut removed: Vec<Removed> = Vec::new();
    let gone = "DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?1))
                  AND (kind <> 0 OR state IN (1, 2, 6)) RETURNING id, conversation";
    let emptied = "UPDATE messages SET kind = ?2, body = '', content = NULL, is_unread = 0, error = ''
                   WHERE id IN (SELECT value FROM json_each(?1)) AND kind = 0 RETURNING id, conversation";
    {
        let mut statement = conn.prepare_cached(gone)?;
        let rows = statement.query_map([&keys], |row| {
            Ok(Removed {
                key: row.get(0)?,
                conversation: row.get(1)?,
            })
        })?;
        removed.extend(rows.collect::<Result<Vec<_>, _>>()?);
    }
    outbox::drop_deleted(writer, &keys)?;
    let mut statement = writer.conn().prepare_cached(emptied)?;
    let values = (&keys, MessageKind::Deleted.code());
    let rows = statement.query_map(values, |row| {
        Ok(Removed {
            key: row.get(0)?,
            conversation: row.get(1)?,
        })
    })?;
    removed.extend(rows.collect::<Result<Vec<_>, _>>()?);
    Ok(removed)
}

/// Notes for restores that messages are deleted. `keys`: for `json_each`.
///
/// # Errors
/// What the database said.
pub(super) fn note_erased(writer: &Writer<'_>, keys: &str, now: Timestamp) -> Result<(), StorageError> {
    let sql = "INSERT INTO erased (conversation, author, sent_ms, erased_ms)
         SELECT c.account_id, m.author, m.sent_ms, ?2 FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.id IN (SELECT value FROM json_each(?1))
         ON CONFLICT (conversation, author, sent_ms) DO UPDATE SET erased_ms = excluded.erased_ms";
    writer.conn().prepare_cached(sql)?.execute((keys, now.as_ms()))?;
    Ok(())
}
