//! Deleting further than on this device: what a person wants deleted, what our own swarm has still to
//! delete, and what was unsent, perhaps before it came.
//!
//! Source: `messages.md` §10.

use std::collections::BTreeSet;
use std::time::Duration;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;

use crate::columns::{account, conversation, count, json, maybe_moment, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// How long it is remembered what was unsent, and tried to carry out what a person wants: no swarm
/// keeps a message longer.
pub const KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The most unsent messages of one author that are remembered; the oldest go.
pub const MOST_UNSENT: u32 = 2_000;

/// How far a deletion reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Everyone in the conversation.
    Everyone,
    /// All devices of the account.
    OwnDevices,
}

impl Extent {
    const fn code(self) -> i64 {
        match self {
            Self::Everyone => 0,
            Self::OwnDevices => 1,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Everyone,
            _ => Self::OwnDevices,
        }
    }
}

/// A message that a person wants deleted. Our own swarm has its copy still, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub message: MessageKey,
    /// Where it stands.
    pub conversation: ConversationKey,
    /// With whom that conversation is.
    pub peer: ConversationId,
    /// How far it is to be deleted.
    pub extent: Extent,
    /// Its name on the network.
    pub sent: Timestamp,
    /// Its hash in our own swarm; empty if not known.
    pub hash: String,
    /// When the person asked for it.
    pub asked: Timestamp,
    /// Tries that failed.
    pub attempts: u32,
    /// Not before.
    pub due: Timestamp,
}

/// Writes down what a person wants deleted. `due`: when to go on with it if nothing is heard of it.
///
/// # Errors
/// What the database said.
pub fn want(
    writer: &mut Writer<'_>,
    messages: &[MessageKey],
    extent: Extent,
    now: Timestamp,
    due: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO deletions (message, extent, asked_ms, next_attempt_ms)
               SELECT value, ?2, ?3, ?4 FROM json_each(?1) WHERE true
               ON CONFLICT (message) DO UPDATE SET extent = excluded.extent, next_attempt_ms = excluded.next_attempt_ms";
    let values = (list(messages)?, extent.code(), now.as_ms(), due.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Everything that is wanted, in the order in which it was written.
///
/// # Errors
/// What the database said.
pub fn wanted(reader: &Reader<'_>) -> Result<Vec<Wanted>, StorageError> {
    let sql = "SELECT d.message, m.conversation, c.account_id, d.extent, m.sent_ms, m.server_hash, d.asked_ms,
                   d.attempts, d.next_attempt_ms
               FROM deletions d JOIN messages m ON m.id = d.message JOIN conversations c ON c.id = m.conversation
               ORDER BY d.message";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Wanted {
            message: row.get(0)?,
            conversation: row.get(1)?,
            peer: conversation(row, 2)?,
            extent: Extent::from_code(row.get(3)?),
            sent: moment(row, 4)?,
            hash: row.get(5)?,
            asked: moment(row, 6)?,
            attempts: count(row, 7)?,
            due: moment(row, 8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what was wanted: it is done, or given up.
///
/// # Errors
/// What the database said.
pub fn forget(writer: &mut Writer<'_>, messages: &[MessageKey]) -> Result<(), StorageError> {
    let sql = "DELETE FROM deletions WHERE message IN (SELECT value FROM json_each(?1))";
    writer.conn().prepare_cached(sql)?.execute([list(messages)?])?;
    Ok(())
}

/// A try failed: the next one is not before `due`.
///
/// # Errors
/// What the database said.
pub fn postpone(
    writer: &mut Writer<'_>,
    messages: &[MessageKey],
    due: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE deletions SET attempts = attempts + 1, next_attempt_ms = ?2
               WHERE message IN (SELECT value FROM json_each(?1))";
    let values = (list(messages)?, due.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// What failed before is due again; what nobody has heard of too, if `is_start`: the process that
/// began it has ended.
///
/// # Errors
/// What the database said.
pub fn make_due(writer: &mut Writer<'_>, is_start: bool, now: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    let sql = "UPDATE deletions SET next_attempt_ms = ?2
               WHERE next_attempt_ms > ?2 AND (?1 OR attempts > 0)";
    conn.prepare_cached(sql)?.execute((is_start, now.as_ms()))?;
    let sql = "UPDATE swarm_deletions SET next_attempt_ms = ?1 WHERE next_attempt_ms > ?1";
    conn.prepare_cached(sql)?.execute([now.as_ms()])?;
    Ok(())
}

/// When something is due next; `None` if nothing waits.
///
/// # Errors
/// What the database said.
pub fn next_due(reader: &Reader<'_>) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT min(at) FROM (SELECT min(next_attempt_ms) AS at FROM deletions
                                    UNION ALL SELECT min(next_attempt_ms) FROM swarm_deletions)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| maybe_moment(row, 0))?)
}

fn list(keys: &[MessageKey]) -> Result<String, StorageError> {
    json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())
}

/// Notes messages of the box in our own swarm that are to go from there.
///
/// `hashes`: as the node wrote each, and when no node has it any more.
///
/// # Errors
/// What the database said.
pub fn note_hashes<S: AsRef<str>>(
    writer: &mut Writer<'_>,
    hashes: &[(S, Timestamp)],
) -> Result<(), StorageError> {
    let rows: Vec<(&str, i64)> = hashes
        .iter()
        .map(|(hash, expires)| (hash.as_ref(), expires.as_ms()))
        .collect();
    let sql = "INSERT INTO swarm_deletions (hash, expires_ms)
               SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true ON CONFLICT (hash) DO NOTHING";
    writer.conn().prepare_cached(sql)?.execute([json(&rows)?])?;
    Ok(())
}

/// Notes the hashes that messages have in our own swarm as to go from there; the messages have none
/// any more. Answers how many there were.
///
/// # Errors
/// What the database said.
pub fn take_hashes(
    writer: &mut Writer<'_>,
    messages: &[MessageKey],
    now: Timestamp,
) -> Result<usize, StorageError> {
    let sql = "INSERT INTO swarm_deletions (hash, expires_ms)
               SELECT server_hash, coalesce(expires_ms, ?2) FROM messages
               WHERE id IN (SELECT value FROM json_each(?1)) AND server_hash <> ''
               ON CONFLICT (hash) DO NOTHING";
    let values = (list(messages)?, (now + KEPT).as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    forget_hashes(writer, messages)
}

/// Messages are erased at their end: our own swarm, which has not heard of it, would keep some of them for
/// longer, and is too late to be told. They are noted as to go from there.
///
/// # Errors
/// What the database said.
pub(crate) fn note_untold(
    writer: &mut Writer<'_>,
    messages: &[MessageKey],
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO swarm_deletions (hash, expires_ms)
               SELECT server_hash, coalesce(expires_ms, ?2) FROM messages
               WHERE id IN (SELECT value FROM json_each(?1)) AND server_hash <> '' AND life_task = 1
               ON CONFLICT (hash) DO NOTHING";
    let values = (list(messages)?, (now + KEPT).as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Our own swarm has these messages no more. Answers how many it had.
///
/// # Errors
/// What the database said.
pub fn forget_hashes(writer: &mut Writer<'_>, messages: &[MessageKey]) -> Result<usize, StorageError> {
    let sql = "UPDATE messages SET server_hash = ''
               WHERE id IN (SELECT value FROM json_each(?1)) AND server_hash <> ''";
    Ok(writer.conn().prepare_cached(sql)?.execute([list(messages)?])?)
}

/// Hashes that our own swarm has to delete now, with the tries so far of the one that was tried most.
///
/// # Errors
/// What the database said.
pub fn due_hashes(
    reader: &Reader<'_>,
    now: Timestamp,
    limit: u32,
) -> Result<(Vec<String>, u32), StorageError> {
    let sql = "SELECT hash, attempts FROM swarm_deletions WHERE next_attempt_ms <= ?1 ORDER BY hash LIMIT ?2";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map((now.as_ms(), limit), |row| Ok((row.get(0)?, count(row, 1)?)))?;
    let rows: Vec<(String, u32)> = rows.collect::<Result<_, _>>()?;
    let attempts = rows.iter().map(|(_, attempts)| *attempts).max().unwrap_or(0);
    Ok((rows.into_iter().map(|(hash, _)| hash).collect(), attempts))
}

/// Our own swarm has deleted these.
///
/// # Errors
/// What the database said.
pub fn hashes_done(writer: &mut Writer<'_>, hashes: &[String]) -> Result<(), StorageError> {
    let sql = "DELETE FROM swarm_deletions WHERE hash IN (SELECT value FROM json_each(?1))";
    writer.conn().prepare_cached(sql)?.execute([json(&hashes)?])?;
    Ok(())
}

/// Our own swarm could not be asked to delete these: not again before `due`.
///
/// # Errors
/// What the database said.
pub fn postpone_hashes(
    writer: &mut Writer<'_>,
    hashes: &[String],
    due: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE swarm_deletions SET attempts = attempts + 1, next_attempt_ms = ?2
               WHERE hash IN (SELECT value FROM json_each(?1))";
    let values = (json(&hashes)?, due.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Remembers that a message between two people, or a note, was unsent.
///
/// # Errors
/// What the database said.
pub fn note_unsent(
    writer: &mut Writer<'_>,
    author: &AccountId,
    sent: Timestamp,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conn = writer.conn();
    let author = author.to_bytes();
    let sql = "INSERT INTO unsent (author, sent_ms, noted_ms) VALUES (?1, ?2, ?3)
               ON CONFLICT (author, sent_ms) DO UPDATE SET noted_ms = excluded.noted_ms";
    conn.prepare_cached(sql)?
        .execute((author.as_slice(), sent.as_ms(), now.as_ms()))?;
    let too_many = "DELETE FROM unsent WHERE author = ?1 AND sent_ms IN (
                        SELECT sent_ms FROM unsent WHERE author = ?1
                        ORDER BY noted_ms DESC, sent_ms DESC LIMIT -1 OFFSET ?2)";
    conn.prepare_cached(too_many)?
        .execute((author.as_slice(), MOST_UNSENT))?;
    Ok(())
}

/// The statement of [`unsent_among`].
const UNSENT_AMONG: &str = "SELECT u.author, u.sent_ms FROM json_each(?1) AS asked CROSS JOIN unsent AS u
    WHERE u.author = unhex(asked.value ->> 0) AND u.sent_ms = asked.value ->> 1";

/// Which of these messages (author, sent time) were unsent; one query for all.
///
/// # Errors
/// What the database said.
pub fn unsent_among(
    reader: &Reader<'_>,
    names: &[(AccountId, Timestamp)],
) -> Result<BTreeSet<(AccountId, Timestamp)>, StorageError> {
    let names: Vec<(String, i64)> = names
        .iter()
        .map(|(author, sent)| (author.to_string(), sent.as_ms()))
        .collect();
    let mut statement = reader.conn().prepare_cached(UNSENT_AMONG)?;
    let rows = statement.query_map([json(&names)?], |row| Ok((account(row, 0)?, moment(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a message was unsent.
///
/// # Errors
/// What the database said.
pub fn is_unsent(reader: &Reader<'_>, author: &AccountId, sent: Timestamp) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM unsent WHERE author = ?1 AND sent_ms = ?2)";
    let values = (author.to_bytes(), sent.as_ms());
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

/// A message that an unsend names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Which.
    pub key: MessageKey,
    /// Where it stands.
    pub conversation: ConversationKey,
    /// With whom that conversation is.
    pub peer: AccountId,
}

/// The statement of [`targets`].
const TARGETS: &str = "SELECT m.id, m.conversation, c.account_id
    FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE m.author = ?1 AND m.sent_ms = ?2 AND m.kind IN (0, 1, 2, 5) AND m.folded_count = 0
      AND c.account_id >= x'05' AND (m.is_own = 1 OR c.account_id = m.author)";

/// The messages between two people, and notes, of this author and sent time. (Two devices of an account
/// may write in the same millisecond; nothing tells then which of the two is meant.)
///
/// # Errors
/// What the database said.
pub fn targets(
    reader: &Reader<'_>,
    author: &AccountId,
    sent: Timestamp,
) -> Result<Vec<Target>, StorageError> {
    let mut statement = reader.conn().prepare_cached(TARGETS)?;
    let rows = statement.query_map((author.to_bytes(), sent.as_ms()), |row| {
        Ok(Target {
            key: row.get(0)?,
            conversation: row.get(1)?,
            peer: account(row, 2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what no message can be waiting for any more.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let conn = writer.conn();
    let unsent = conn
        .prepare_cached("DELETE FROM unsent WHERE noted_ms < ?1")?
        .execute([now.earlier(KEPT).as_ms()])?;
    let hashes = conn
        .prepare_cached("DELETE FROM swarm_deletions WHERE expires_ms <= ?1")?
        .execute([now.as_ms()])?;
    Ok(unsent + hashes)
}

/// The statements whose plans are tested; the other tables are short and read whole.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![UNSENT_AMONG.to_owned(), TARGETS.to_owned()]
}
