//! Reactions to messages that are not here yet: another device of ours, or a slower swarm, may bring
//! them.

use std::time::Duration;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;

use super::{NewReaction, apply};
use crate::columns::{account, moment};
use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// How long a reaction waits for its message.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// The most that wait in one conversation; the oldest go.
pub const MOST_PENDING: u32 = 2_000;

/// Keeps a reaction until the message of this author and sent time comes. Of one person and emoji
/// the newest word counts.
pub(super) fn keep(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    (author, sent): (AccountId, Timestamp),
    new: &NewReaction,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "INSERT INTO pending_reactions (conversation, author, target_ms, sender, emoji, is_own, is_removal,
             may_notify, sent_ms, received_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (conversation, author, target_ms, sender, emoji) DO UPDATE SET
             is_removal = excluded.is_removal, sent_ms = excluded.sent_ms, received_ms = excluded.received_ms
         WHERE excluded.sent_ms > sent_ms",
    )?
    .execute((
        conversation,
        author.to_bytes(),
        sent.as_ms(),
        new.sender.to_bytes(),
        &new.emoji,
        new.is_own,
        new.is_removal,
        new.may_notify,
        new.sent.as_ms(),
        now.as_ms(),
    ))?;
    let too_many = "DELETE FROM pending_reactions
        WHERE conversation = ?1 AND (author, target_ms, sender, emoji) IN (
            SELECT author, target_ms, sender, emoji FROM pending_reactions WHERE conversation = ?1
            ORDER BY received_ms DESC, sent_ms DESC LIMIT -1 OFFSET ?2)";
    conn.prepare_cached(too_many)?
        .execute((conversation, MOST_PENDING))?;
    Ok(())
}

/// The statement of [`take_pending`].
pub(super) const TAKEN: &str =
    "SELECT p.sender, p.emoji, p.is_own, p.is_removal, p.may_notify, p.sent_ms, m.is_own
    FROM messages AS m CROSS JOIN pending_reactions AS p
         ON p.conversation = m.conversation AND p.author = m.author AND p.target_ms = m.sent_ms
    WHERE m.id = ?1 AND m.kind IN (0, 2) AND m.folded_count = 0";

/// A message has come: the reactions that waited for it are its own now. Whether it shows one.
///
/// # Errors
/// What the database said.
pub fn take_pending(writer: &mut Writer<'_>, message: MessageKey) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let mut waiting: Vec<(NewReaction, bool)> = {
        let mut statement = conn.prepare_cached(TAKEN)?;
        let rows = statement.query_map([message], |row| {
            let reaction = NewReaction {
                sender: account(row, 0)?,
                emoji: row.get(1)?,
                is_own: row.get(2)?,
                is_removal: row.get(3)?,
                may_notify: row.get(4)?,
                sent: moment(row, 5)?,
            };
            Ok((reaction, row.get::<_, bool>(6)?))
        })?;
        rows.collect::<Result<_, _>>()?
    };
    if waiting.is_empty() {
        return Ok(false);
    }
    waiting.sort_by_key(|(reaction, _)| reaction.sent);
    let mut is_shown = false;
    for (reaction, is_to_us) in &waiting {
        is_shown |= apply(writer, message, *is_to_us, reaction)?;
    }
    let taken = "DELETE FROM pending_reactions WHERE (conversation, author, target_ms) IN (
                     SELECT conversation, author, sent_ms FROM messages WHERE id = ?1)";
    conn.prepare_cached(taken)?.execute([message])?;
    Ok(is_shown)
}

/// Removes what has waited too long.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let sql = "DELETE FROM pending_reactions WHERE received_ms < ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute([now.earlier(KEPT).as_ms()])?)
}
