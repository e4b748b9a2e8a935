//! Messages of groups that cannot be used yet.

use nous_protocol::account::GroupId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Params};

use crate::columns::{count, json, maybe_moment, moment};
use crate::conversations;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::messages;

/// The most messages that wait in one group; older ones go first.
const MOST: u32 = 5_000;
/// The most bytes of them.
const MOST_BYTES: i64 = 20_000_000;

/// Why a message waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No key opens it.
    NoKey,
    /// Its sender is no member that we know of.
    UnknownSender,
    /// Of a kind for a later version, or of somebody who is blocked.
    Later,
}

impl Reason {
    const fn code(self) -> i64 {
        match self {
            Self::NoKey => 0,
            Self::UnknownSender => 1,
            Self::Later => 2,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::NoKey,
            1 => Self::UnknownSender,
            _ => Self::Later,
        }
    }
}

/// A message that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct ParkedMessage {
    /// Its hash on the server.
    pub hash: String,
    /// The sealed bytes.
    pub data: Vec<u8>,
    /// The time of the store request.
    pub stored: Timestamp,
    /// When the swarm forgets it: then it goes here too.
    pub expires: Timestamp,
    /// Why it waits.
    pub reason: Reason,
}

/// Shows no bytes.
impl std::fmt::Debug for ParkedMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParkedMessage")
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

/// Keeps a message until it can be used; one that waits already has a new reason.
///
/// # Errors
/// What the database said.
pub fn park(writer: &mut Writer<'_>, group: &GroupId, message: &ParkedMessage) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO group_parked (group_id, hash, data, stored_ms, expires_ms, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (group_id, hash) DO UPDATE SET reason = excluded.reason",
        )?
        .execute((
            group.to_bytes().as_slice(),
            &message.hash,
            &message.data,
            message.stored.as_ms(),
            message.expires.as_ms(),
            message.reason.code(),
        ))?;
    Ok(())
}

/// Those of a group that wait for one of these reasons, the oldest first.
///
/// # Errors
/// What the database said.
pub fn of_group(
    reader: &Reader<'_>,
    group: &GroupId,
    reasons: &[Reason],
) -> Result<Vec<ParkedMessage>, StorageError> {
    let reasons = json(&reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>())?;
    let sql = "SELECT hash, data, stored_ms, expires_ms, reason FROM group_parked
               WHERE group_id = ?1 AND reason IN (SELECT value FROM json_each(?2))
               ORDER BY stored_ms, id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map((group.to_bytes().as_slice(), reasons), |row| {
        Ok(ParkedMessage {
            hash: row.get(0)?,
            data: row.get(1)?,
            stored: moment(row, 2)?,
            expires: moment(row, 3)?,
            reason: Reason::from_code(row.get(4)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many wait for a key in a group.
///
/// # Errors
/// What the database said.
pub fn total(reader: &Reader<'_>, group: &GroupId) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM group_parked WHERE group_id = ?1 AND reason = 0";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([group.to_bytes().as_slice()], |row| count(row, 0))?)
}

/// When the newest of those that wait for a key was stored; `None`: no message waits for one.
///
/// # Errors
/// What the database said.
pub fn newest_without_key(reader: &Reader<'_>, group: &GroupId) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT max(stored_ms) FROM group_parked WHERE group_id = ?1 AND reason = 0";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([group.to_bytes().as_slice()], |row| maybe_moment(row, 0))?)
}

/// The groups in which messages wait for a later version or somebody to be unblocked.
///
/// # Errors
/// What the database said.
pub fn groups_with_later(reader: &Reader<'_>) -> Result<Vec<GroupId>, StorageError> {
    let sql = "SELECT DISTINCT group_id FROM group_parked WHERE reason = 2";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let ids: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
    Ok(ids.iter().filter_map(|id| GroupId::from_bytes(id)).collect())
}

/// A folded row stands for one that waits.
///
/// # Errors
/// What the database said.
pub fn fold(
    writer: &mut Writer<'_>,
    group: &GroupId,
    hash: &str,
    row: MessageKey,
) -> Result<(), StorageError> {
    let sql = "UPDATE group_parked SET message = ?3 WHERE group_id = ?1 AND hash = ?2";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((group.to_bytes().as_slice(), hash, row))?;
    Ok(())
}

/// One does not wait any more. Answers the folded row that stands for it.
///
/// # Errors
/// What the database said.
pub fn unpark(
    writer: &mut Writer<'_>,
    group: &GroupId,
    hash: &str,
) -> Result<Option<MessageKey>, StorageError> {
    let sql = "DELETE FROM group_parked WHERE group_id = ?1 AND hash = ?2 RETURNING message";
    let folded = writer
        .conn()
        .prepare_cached(sql)?
        .query_row((group.to_bytes().as_slice(), hash), |row| row.get(0))
        .optional()?;
    Ok(folded.flatten())
}

/// Those that the swarm has forgotten go, and the oldest of too many. Answers the folded rows that stand
/// for less now, or for nothing any more.
///
/// `now`: network time if it is sure; else the swarm has forgotten none.
///
/// # Errors
/// What the database said.
pub fn prune(
    writer: &mut Writer<'_>,
    group: &GroupId,
    now: Option<Timestamp>,
) -> Result<Vec<MessageKey>, StorageError> {
    let sql = "DELETE FROM group_parked WHERE group_id = ?1 AND (expires_ms <= ?2 OR id IN (
                   SELECT id FROM (
                       SELECT id, row_number() OVER newer AS place, sum(length(data)) OVER newer AS bytes
                       FROM group_parked WHERE group_id = ?1 WINDOW newer AS (ORDER BY id DESC))
                   WHERE place > ?3 OR bytes > ?4))
               RETURNING message";
    let until = now.map_or(i64::MIN, Timestamp::as_ms);
    let id = group.to_bytes();
    let folded = remove(writer, sql, (id.as_slice(), until, MOST, MOST_BYTES))?;
    Ok(folded.into_iter().map(|(row, _)| row).collect())
}

/// Removes messages by a statement that answers their folded rows; these stand for so much less.
fn remove(
    writer: &mut Writer<'_>,
    sql: &str,
    values: impl Params,
) -> Result<Vec<(MessageKey, ConversationKey)>, StorageError> {
    let folded: Vec<Option<MessageKey>> = {
        let mut statement = writer.conn().prepare_cached(sql)?;
        let rows = statement.query_map(values, |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    messages::unfold_all(writer, folded.into_iter().flatten().collect())
}

/// Forgets those of a group.
///
/// # Errors
/// What the database said.
pub fn forget_group(writer: &mut Writer<'_>, group: &GroupId) -> Result<(), StorageError> {
    let sql = "DELETE FROM group_parked WHERE group_id = ?1 RETURNING message";
    let folded = remove(writer, sql, [group.to_bytes().as_slice()])?;
    if folded.is_empty() {
        return Ok(());
    }
    let mut places: Vec<ConversationKey> = folded.into_iter().map(|(_, place)| place).collect();
    places.sort_unstable();
    places.dedup();
    conversations::refresh(writer, &places)
}
