//! What has to go out. A row leaves only when it was stored, or with its message.
//!
//! Rows of one kind and priority in one conversation form a lane; a lane goes out in order, and lanes
//! do not wait for each other.
//!
//! Source: `architecture.md` §5.1.

mod control;
mod own_copies;
mod read;
mod receipt;
mod uploads;

use std::time::Duration;

use nous_protocol::account::{ConversationId, SwarmAccount};
use nous_protocol::config::fields::Timer;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{conversation, count, maybe_moment, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey, OutboxKey};
use crate::messages::{Quote, quotes};
use crate::people::timer_of;

pub use control::{
    NewControl, enqueue_control, fix_later, hurry_controls, renew, send_behind, waiting_controls,
};
pub use own_copies::unsealed_own_copies;
pub(crate) use own_copies::{drop_deleted, leave_own_copies};
pub use read::{is_waiting, keys_of, list, of_message, tried, waiting};
pub use receipt::{NewReceipt, drop_receipts, enqueue_receipt, extend_receipt, waiting_receipt};
pub use uploads::{await_uploads, note_upload_trouble, uploads_done};

/// Which copy a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyKind {
    /// For the recipient.
    Recipient,
    /// For our own devices, with the recipient's name in it.
    Own,
    /// A note to ourselves: the only copy.
    NoteToSelf,
    /// A content that no row of the timeline stands for.
    Control,
    /// To a group: the only copy.
    Group,
}

impl CopyKind {
    const fn code(self) -> i64 {
        match self {
            Self::Recipient => 0,
            Self::Own => 1,
            Self::NoteToSelf => 2,
            Self::Control => 3,
            Self::Group => 4,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Recipient,
            1 => Self::Own,
            2 => Self::NoteToSelf,
            4 => Self::Group,
            _ => Self::Control,
        }
    }
}

/// A row to write down.
#[derive(Debug, Clone)]
pub struct NewOutboxRow {
    /// What it carries.
    pub message: MessageKey,
    /// In which conversation.
    pub conversation: ConversationKey,
    /// Which copy.
    pub kind: CopyKind,
    /// Whose swarm.
    pub destination: SwarmAccount,
    /// What must be stored first.
    pub after: Option<OutboxKey>,
    /// The sent time; `None`: fixed at sealing.
    pub sent: Option<Timestamp>,
    /// What this machine's clock says now: the sent time is fixed from it.
    pub written_local: Timestamp,
    /// Its life in the swarm, in ms.
    pub ttl_ms: i64,
    /// Now.
    pub queued: Timestamp,
    /// The end of trying.
    pub give_up: Timestamp,
}

/// A row as the worker takes it.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// Its number.
    pub key: OutboxKey,
    /// The message it carries; none for [`CopyKind::Control`].
    pub message: Option<MessageKey>,
    /// In which conversation.
    pub conversation: ConversationKey,
    /// With whom that conversation is.
    pub peer: ConversationId,
    /// Which copy.
    pub kind: CopyKind,
    /// Whose swarm.
    pub destination: SwarmAccount,
    /// What [`CopyKind::Control`] seals: a content without padding.
    pub content: Option<Vec<u8>>,
    /// The sealed bytes, once they exist.
    pub sealed: Option<Vec<u8>>,
    /// The sent time, once it is fixed.
    pub sent: Option<Timestamp>,
    /// What this machine's clock said when it was written.
    pub written_local: Timestamp,
    /// Its life in the swarm, in ms.
    pub ttl_ms: i64,
    /// Since when it waits.
    pub queued: Timestamp,
    /// The end of trying.
    pub give_up: Timestamp,
    /// Tries so far.
    pub attempts: u32,
    /// Not before.
    pub next_attempt: Timestamp,
    /// The last failure as the code of the face; empty if none.
    pub error: String,
    /// What must be stored first.
    pub after: Option<OutboxKey>,
    /// The text of the message; empty where there is none.
    pub body: String,
    /// Stopped: waits for the person.
    pub is_stopped: bool,
    /// An attempt left this machine unanswered.
    pub may_be_stored: bool,
    /// It carries a read receipt.
    pub is_receipt: bool,
    /// In a group: a tag of the key that sealed the bytes.
    pub sealed_with: Option<[u8; 8]>,
    /// What the message answers.
    pub quote: Option<Quote>,
    /// How long the message lives; `None`: it stays.
    pub timer: Option<Timer>,
    /// It tells that the conversation's timer was changed, to the message's own.
    pub is_timer_change: bool,
}

const COLUMNS: &str =
    "o.id, o.message, o.conversation, c.account_id, o.kind, o.destination, o.sealed, o.sent_ms,
    o.ttl_ms, o.queued_ms, o.give_up_ms, o.attempts, o.next_attempt_ms, o.error, o.after_row,
    coalesce(m.body, ''), o.is_stopped, o.content, o.may_be_stored, o.written_local_ms,
    o.priority = 2, o.sealed_with, m.quote_author AS quote_author, m.quote_ms AS quote_ms,
    coalesce(m.timer_kind, 0) AS timer_kind, coalesce(m.timer_s, 0) AS timer_s,
    coalesce(m.kind = 8, 0) AS is_timer_change
    FROM outbox o JOIN conversations c ON c.id = o.conversation LEFT JOIN messages m ON m.id = o.message";

fn read_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        key: row.get(0)?,
        message: row.get(1)?,
        conversation: row.get(2)?,
        peer: conversation(row, 3)?,
        kind: CopyKind::from_code(row.get(4)?),
        destination: SwarmAccount::from_bytes(row.get(5)?),
        sealed: row.get(6)?,
        sent: maybe_moment(row, 7)?.filter(|at| at.as_ms() > 0),
        ttl_ms: row.get(8)?,
        queued: moment(row, 9)?,
        give_up: moment(row, 10)?,
        attempts: count(row, 11)?,
        next_attempt: moment(row, 12)?,
        error: row.get(13)?,
        after: row.get(14)?,
        body: row.get(15)?,
        is_stopped: row.get(16)?,
        content: row.get(17)?,
        may_be_stored: row.get(18)?,
        written_local: moment(row, 19)?,
        is_receipt: row.get(20)?,
        sealed_with: row.get(21)?,
        quote: quotes::read(row)?,
        timer: timer_of(row.get("timer_kind")?, row.get("timer_s")?),
        is_timer_change: row.get("is_timer_change")?,
    })
}

/// Writes a row down.
///
/// # Errors
/// What the database said.
pub fn enqueue(writer: &mut Writer<'_>, new: &NewOutboxRow) -> Result<OutboxKey, StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO outbox (message, conversation, kind, destination, after_row, sent_ms, ttl_ms, queued_ms, give_up_ms,
                                 written_local_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
            new.message,
            new.conversation,
            new.kind.code(),
            new.destination.as_bytes().as_slice(),
            new.after,
            new.sent.map_or(0, Timestamp::as_ms),
            new.ttl_ms,
            new.queued.as_ms(),
            new.give_up.as_ms(),
            new.written_local.as_ms(),
        ))?;
    Ok(OutboxKey(writer.conn().last_insert_rowid()))
}

/// The first row of each lane that may go out. A message whose files cannot be uploaded now holds
/// up no other.
const HEADS: &str =
    "SELECT min(id) FROM outbox WHERE is_stopped = 0 AND uploads < 2 GROUP BY conversation, kind, priority";

/// No pause is longer: a row that lies further ahead was dated by a clock that was wrong.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// The rows that are due: at most one of each lane, messages before the rest, oldest first.
/// So is a row further ahead than [`LONGEST_PAUSE`].
///
/// # Errors
/// What the database said.
pub fn due(reader: &Reader<'_>, now: Timestamp, limit: u32) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE o.id IN ({HEADS}) AND o.after_row IS NULL AND o.uploads = 0
           AND (o.next_attempt_ms <= ?1 OR o.next_attempt_ms > ?3)
         ORDER BY o.priority, o.id LIMIT ?2"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((now.as_ms(), limit, (now + LONGEST_PAUSE).as_ms()), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the next row becomes due after `now`; `None` if none will.
///
/// # Errors
/// What the database said.
pub fn next_due_after(reader: &Reader<'_>, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
    let sql = format!(
        "SELECT min(next_attempt_ms) FROM outbox
         WHERE id IN ({HEADS}) AND after_row IS NULL AND uploads = 0 AND next_attempt_ms > ?1"
    );
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([now.as_ms()], |row| maybe_moment(row, 0))?)
}

/// The recipient has the message: its copy leaves, and what waited behind it may go.
///
/// # Errors
/// What the database said.
pub fn delivered(writer: &mut Writer<'_>, message: MessageKey, now: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached("DELETE FROM outbox WHERE message = ?1 AND kind IN (0, 4)")?
        .execute([message])?;
    conn.prepare_cached(
        "UPDATE outbox SET is_stopped = 0, next_attempt_ms = ?2, error = '' WHERE message = ?1 AND is_stopped = 1",
    )?
    .execute((message, now.as_ms()))?;
    Ok(())
}

/// Counts an attempt before it is made: a crash in it cannot loop for ever. `None` if the
/// row is gone, stopped or not due any more.
///
/// `next`: when to try again if nothing is heard of this attempt.
///
/// # Errors
/// What the database said.
pub fn begin_attempt(
    writer: &mut Writer<'_>,
    key: OutboxKey,
    next: Timestamp,
) -> Result<Option<OutboxRow>, StorageError> {
    let sql = "UPDATE outbox SET attempts = attempts + 1, next_attempt_ms = ?2
               WHERE id = ?1 AND is_stopped = 0 AND uploads = 0";
    if writer.conn().prepare_cached(sql)?.execute((key, next.as_ms()))? == 0 {
        return Ok(None);
    }
    find(&writer.reader(), key)
}

/// One row.
///
/// # Errors
/// What the database said.
pub fn find(reader: &Reader<'_>, key: OutboxKey) -> Result<Option<OutboxRow>, StorageError> {
    let sql = format!("SELECT {COLUMNS} WHERE o.id = ?1");
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([key], read_row)
        .optional()?)
}

/// Keeps the sealed bytes and the sent time. `false` if the row is gone.
///
/// # Errors
/// What the database said.
pub fn save_sealed(
    writer: &mut Writer<'_>,
    key: OutboxKey,
    sealed: &[u8],
    sent: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE outbox SET sealed = ?2, sent_ms = ?3 WHERE id = ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, sealed, sent.as_ms()))?
        > 0)
}

/// Notes which key of a group sealed the bytes of a row.
///
/// # Errors
/// What the database said.
pub fn note_sealed_with(writer: &mut Writer<'_>, key: OutboxKey, tag: &[u8; 8]) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET sealed_with = ?2 WHERE id = ?1";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, tag.as_slice()))?;
    Ok(())
}

/// Fixes the sent time of every row of a message; its life begins then.
///
/// # Errors
/// What the database said.
pub fn fix_sent(writer: &mut Writer<'_>, message: MessageKey, sent: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET sent_ms = ?2, give_up_ms = ?2 + (give_up_ms - queued_ms), queued_ms = ?2
               WHERE message = ?1 AND sealed IS NULL";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((message, sent.as_ms()))?;
    Ok(())
}

/// Whether a message of this conversation waits whose sent time is not fixed yet.
///
/// # Errors
/// What the database said.
pub fn waits_for_time(writer: &Writer<'_>, conversation: ConversationKey) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox
                        WHERE conversation = ?1 AND is_stopped = 0 AND sent_ms = 0 AND priority < 2)";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| row.get(0))?)
}

/// Removes a row that was stored. `false` if it was gone.
///
/// # Errors
/// What the database said.
pub fn done(writer: &mut Writer<'_>, key: OutboxKey) -> Result<bool, StorageError> {
    Ok(writer
        .conn()
        .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
        .execute([key])?
        > 0)
}

/// Keeps the result of a failed attempt. `false` if the row is gone, or was stopped meanwhile.
///
/// # Errors
/// What the database said.
pub fn postpone(
    writer: &mut Writer<'_>,
    key: OutboxKey,
    next: Timestamp,
    error: &str,
) -> Result<bool, StorageError> {
    let sql = "UPDATE outbox SET next_attempt_ms = ?2, error = ?3 WHERE id = ?1 AND is_stopped = 0";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, next.as_ms(), error))?
        > 0)
}

/// Notes that an attempt left this machine and was not answered.
///
/// # Errors
/// What the database said.
pub fn note_departed(writer: &mut Writer<'_>, key: OutboxKey) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET may_be_stored = 1 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// After a crash: an attempt that was begun and left no result may have been stored.
///
/// # Errors
/// What the database said.
pub fn recover_unheard(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET may_be_stored = 1
               WHERE attempts > 0 AND message IN (SELECT id FROM messages WHERE state = 2)";
    writer.conn().prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Stops every row of a message until the person acts.
///
/// # Errors
/// What the database said.
pub fn stop(writer: &mut Writer<'_>, message: MessageKey, error: &str) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET is_stopped = 1, error = ?2 WHERE message = ?1";
    writer.conn().prepare_cached(sql)?.execute((message, error))?;
    Ok(())
}

/// Lets every row of a message go out again, with its sealed bytes as they are. Answers
/// how many rows there are.
///
/// # Errors
/// What the database said.
pub fn release(
    writer: &mut Writer<'_>,
    message: MessageKey,
    now: Timestamp,
    give_up: Timestamp,
) -> Result<usize, StorageError> {
    let sql =
        "UPDATE outbox SET is_stopped = 0, attempts = 0, next_attempt_ms = ?2, give_up_ms = ?3, error = ''
               WHERE message = ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute((message, now.as_ms(), give_up.as_ms()))?)
}

/// Makes everything that waits due.
///
/// # Errors
/// What the database said.
pub fn make_all_due(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let sql = "UPDATE outbox SET next_attempt_ms = ?1 WHERE is_stopped = 0 AND next_attempt_ms > ?1";
    Ok(writer.conn().prepare_cached(sql)?.execute([now.as_ms()])?)
}

/// The rows whose life has ended before they were stored; it has not begun before the sent
/// time is fixed.
///
/// # Errors
/// What the database said.
pub fn expired(reader: &Reader<'_>, now: Timestamp) -> Result<Vec<OutboxRow>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE o.is_stopped = 0 AND o.sent_ms > 0 AND o.give_up_ms <= ?1 ORDER BY o.id"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([now.as_ms()], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested; the outbox itself is short and read whole.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![
        HEADS.to_owned(),
        format!("SELECT {COLUMNS} WHERE o.message = ?1 ORDER BY o.id"),
    ]
}
