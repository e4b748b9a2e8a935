//! What arrived and cannot be shown: parked contents, and counts of what was dropped.
//!
//! Source: `architecture.md` §5.2.

use std::time::Duration;

use nous_protocol::account::{AccountId, Namespace};
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Params};

use crate::columns::{account, count, moment};
use crate::db::{Reader, Writer};
use crate::disappearing::{self, Changed};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::messages;

/// The most parked contents; then those of strangers go, and the oldest.
pub const MAX_ROWS: i64 = 1_000;
/// The most bytes of parked contents; then the same go.
pub const MAX_BYTES: i64 = 20_000_000;
/// How long a content stays parked.
pub const KEPT: Duration = Duration::from_secs(180 * 24 * 60 * 60);

/// A content that opened and waits for a version that knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Its hash on the server.
    pub hash: String,
    /// Who signed it.
    pub sender: AccountId,
    /// Where it lay.
    pub namespace: Namespace,
    /// The envelope's time.
    pub envelope: Timestamp,
    /// When it arrived.
    pub received: Timestamp,
    /// When the swarm forgets it.
    pub expires: Timestamp,
    /// Why, in a word.
    pub reason: String,
    /// The opened content.
    pub content: Vec<u8>,
    /// The folded row that stands for it.
    pub message: Option<MessageKey>,
}

/// Parks a content; [`keep_within`] makes room for it.
///
/// # Errors
/// What the database said.
pub fn park(writer: &mut Writer<'_>, parked: &Parked) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT OR IGNORE INTO parked
                 (hash, sender, namespace, envelope_ms, received_ms, expires_ms, reason, content, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute((
            &parked.hash,
            parked.sender.to_bytes().as_slice(),
            parked.namespace.0,
            parked.envelope.as_ms(),
            parked.received.as_ms(),
            parked.expires.as_ms(),
            &parked.reason,
            &parked.content,
            parked.message,
        ))?;
    Ok(())
}

/// Removes what is beyond [`MAX_ROWS`] and [`MAX_BYTES`], the oldest first, and before that what strangers
/// sent. Answers the folded rows that stand for less now, or for nothing any more.
///
/// # Errors
/// What the database said.
pub fn keep_within(writer: &mut Writer<'_>) -> Result<Vec<Changed>, StorageError> {
    let sql = "DELETE FROM parked WHERE id IN (
                   SELECT id FROM (SELECT id, row_number() OVER kept AS place, sum(size) OVER kept AS bytes FROM (
                           SELECT id, length(content) AS size, message IS NOT NULL
                               OR EXISTS (SELECT 1 FROM account WHERE account_id = p.sender)
                               OR EXISTS (SELECT 1 FROM conversations WHERE account_id = p.sender AND is_approved = 1)
                               AS is_known
                           FROM parked p)
                       WINDOW kept AS (ORDER BY is_known DESC, id DESC))
                   WHERE place > ?1 OR bytes > ?2)
               RETURNING message";
    let folded = forget(writer, sql, (MAX_ROWS, MAX_BYTES))?;
    disappearing::brought_up_to_date(writer, &folded)
}

/// Removes what is older than [`KEPT`]. Answers as [`keep_within`].
///
/// `now`: network time that is sure.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<Vec<Changed>, StorageError> {
    let sql = "DELETE FROM parked WHERE received_ms < ?1 RETURNING message";
    let folded = forget(writer, sql, [(now - KEPT).as_ms()])?;
    disappearing::brought_up_to_date(writer, &folded)
}

/// Removes what disappears and has ended. Answers the folded rows that stood for some of it, and where.
///
/// # Errors
/// What the database said.
pub(crate) fn erase_ended(
    writer: &mut Writer<'_>,
    now: Timestamp,
) -> Result<Vec<(MessageKey, ConversationKey)>, StorageError> {
    let sql = "DELETE FROM parked WHERE ends_ms <= ?1 RETURNING message";
    forget(writer, sql, [now.as_ms()])
}

/// Removes contents by a statement that answers their folded rows; these stand for so much less.
fn forget(
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

/// Everything parked, oldest first.
///
/// # Errors
/// What the database said.
pub fn parked(reader: &Reader<'_>) -> Result<Vec<Parked>, StorageError> {
    let mut statement = reader.conn().prepare_cached(
        "SELECT hash, sender, namespace, envelope_ms, received_ms, expires_ms, reason, content, message
         FROM parked ORDER BY id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Parked {
            hash: row.get(0)?,
            sender: account(row, 1)?,
            namespace: Namespace(row.get(2)?),
            envelope: moment(row, 3)?,
            received: moment(row, 4)?,
            expires: moment(row, 5)?,
            reason: row.get(6)?,
            content: row.get(7)?,
            message: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many contents are parked.
///
/// # Errors
/// What the database said.
pub fn parked_count(reader: &Reader<'_>) -> Result<u32, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached("SELECT count(*) FROM parked")?
        .query_row([], |row| count(row, 0))?)
}

/// Removes a content that could be used. Answers the folded row that stands for it.
///
/// # Errors
/// What the database said.
pub fn unpark(writer: &mut Writer<'_>, hash: &str) -> Result<Option<MessageKey>, StorageError> {
    let folded = writer
        .conn()
        .prepare_cached("DELETE FROM parked WHERE hash = ?1 RETURNING message")?
        .query_row([hash], |row| row.get(0))
        .optional()?;
    Ok(folded.flatten())
}

/// Forgets what somebody sent at a moment and waits for a version that knows it: it was unsent.
/// Answers the hash of each, when the swarm forgets it, and the folded row that stands for it.
///
/// # Errors
/// What the database said.
pub fn unpark_sent(
    writer: &mut Writer<'_>,
    sender: &AccountId,
    sent: Timestamp,
) -> Result<Vec<(String, Timestamp, Option<MessageKey>)>, StorageError> {
    let sql = "DELETE FROM parked WHERE sender = ?1 AND envelope_ms = ?2 RETURNING hash, expires_ms, message";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map((sender.to_bytes(), sent.as_ms()), |row| {
        Ok((row.get(0)?, moment(row, 1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Counts what was dropped. `reason`: a word of the code, never of a message.
///
/// # Errors
/// What the database said.
pub fn note_drop(writer: &mut Writer<'_>, reason: &str) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO drop_counts (reason, count) VALUES (?1, 1)
             ON CONFLICT (reason) DO UPDATE SET count = count + 1",
        )?
        .execute([reason])?;
    Ok(())
}

/// How many messages could not be used and were dropped; what came twice does not count.
///
/// # Errors
/// What the database said.
pub fn dropped_count(reader: &Reader<'_>) -> Result<u32, StorageError> {
    let sql = "SELECT coalesce(sum(count), 0) FROM drop_counts WHERE reason <> 'duplicate'";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| count(row, 0))?)
}

/// What was dropped so far, by reason.
///
/// # Errors
/// What the database said.
pub fn drop_counts(reader: &Reader<'_>) -> Result<Vec<(String, u32)>, StorageError> {
    let mut statement = reader
        .conn()
        .prepare_cached("SELECT reason, count FROM drop_counts ORDER BY reason")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, count(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
