//! Files on their way: what has to be uploaded or downloaded. A row leaves only when it is done, or
//! given up, or with its file.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what both directions share; downloads |
//! | `uploads` | uploads |
//!
//! Source: `messages.md` §11.5 and §11.6.

mod uploads;

use std::collections::BTreeSet;
use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{FACTS, FileFacts, FileKind, FileState, Pointer, read_facts, sealed};
use crate::columns::{conversation, count, json, maybe_moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{AttachmentKey, ConversationKey, MessageKey};
use crate::sealed_files::SealedFile;

pub use uploads::{
    BlobKey, drop_of_preview, ending, extended, has_expired, is_not_uploaded, repeat, repeat_expired,
    resume_uploads, save_blob, stop_uploads, uploaded,
};

/// A file to upload.
#[derive(Debug)]
pub struct Upload {
    /// Which.
    pub attachment: AttachmentKey,
    /// Of which message.
    pub message: MessageKey,
    /// Its place there.
    pub place: u32,
    /// In which conversation.
    pub peer: ConversationId,
    /// Tries so far.
    pub attempts: u32,
    /// The file as it is.
    pub local: Option<SealedFile>,
    /// The encrypted file, once it was made.
    pub blob_name: Option<String>,
    /// SHA-256 of that; not in the newer form.
    pub digest: Option<[u8; 32]>,
    /// That is in the newer form.
    pub is_stream: bool,
    /// Bytes of the file.
    pub size: u64,
}

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Which.
    pub attachment: AttachmentKey,
    /// Of which message.
    pub message: MessageKey,
    /// Its place there.
    pub place: u32,
    /// In which conversation.
    pub peer: ConversationId,
    /// The same as a row.
    pub conversation: ConversationKey,
    /// Another device of ours sent it.
    pub is_own: bool,
    /// Tries so far.
    pub attempts: u32,
    /// Nobody clicked for it.
    pub is_automatic: bool,
    /// Where it is.
    pub pointer: Pointer,
    /// What it is, as its sender says.
    pub facts: FileFacts,
}

const FROM: &str = "FROM transfers AS t CROSS JOIN attachments AS f ON f.id = t.attachment
    CROSS JOIN messages AS m ON m.id = f.message CROSS JOIN conversations AS c ON c.id = m.conversation";

/// No file waits longer: one that would was put off by a clock that was wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(12 * 3_600);
const IS_DUE: &str = "(t.next_attempt_ms <= ?1 OR t.next_attempt_ms > ?2)";

/// The values of [`IS_DUE`].
fn due_by(now: Timestamp) -> (i64, i64) {
    (now.as_ms(), (now + LONGEST_PAUSE).as_ms())
}

fn upload_sql() -> String {
    format!(
        "SELECT f.id, f.message, f.place, c.account_id, t.attempts, f.local_name, f.local_key, f.blob_name,
                coalesce(length(f.file_key) = 32, 0), coalesce(f.size_bytes, 0), f.digest {FROM}
         WHERE t.is_upload = 1 AND {IS_DUE} ORDER BY t.is_automatic, t.id LIMIT 1"
    )
}

fn read_upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        attachment: row.get(0)?,
        message: row.get(1)?,
        place: count(row, 2)?,
        peer: conversation(row, 3)?,
        attempts: count(row, 4)?,
        local: sealed(row, 5, 6)?,
        blob_name: row.get(7)?,
        is_stream: row.get(8)?,
        size: row.get::<_, i64>(9)?.unsigned_abs(),
        digest: row.get(10)?,
    })
}

/// The next file to upload by now, in the order in which they were sent.
///
/// # Errors
/// What the database said.
pub fn next_upload(reader: &Reader<'_>, now: Timestamp) -> Result<Option<Upload>, StorageError> {
    let next = reader
        .conn()
        .prepare_cached(&upload_sql())?
        .query_row(due_by(now), read_upload);
    Ok(next.optional()?)
}

fn download_sql() -> String {
    format!(
        "SELECT f.id, f.message, f.place, c.account_id, m.conversation, m.is_own, t.attempts, t.is_automatic,
                f.url, f.file_key, f.digest, {FACTS} {FROM}
         WHERE t.is_upload = 0 AND {IS_DUE} ORDER BY t.is_automatic, t.id LIMIT 1"
    )
}

fn read_download(row: &Row<'_>) -> rusqlite::Result<Download> {
    Ok(Download {
        attachment: row.get(0)?,
        message: row.get(1)?,
        place: count(row, 2)?,
        peer: conversation(row, 3)?,
        conversation: row.get(4)?,
        is_own: row.get(5)?,
        attempts: count(row, 6)?,
        is_automatic: row.get(7)?,
        pointer: Pointer {
            url: row.get(8)?,
            key: row.get(9)?,
            digest: row.get(10)?,
        },
        facts: read_facts(row, 11)?,
    })
}

/// The next file to download by now: those first for which somebody clicked.
///
/// # Errors
/// What the database said.
pub fn next_download(reader: &Reader<'_>, now: Timestamp) -> Result<Option<Download>, StorageError> {
    let next = reader
        .conn()
        .prepare_cached(&download_sql())?
        .query_row(due_by(now), read_download);
    Ok(next.optional()?)
}

/// When the next upload, or download, is due; `None` if none waits.
///
/// # Errors
/// What the database said.
pub fn next_due(reader: &Reader<'_>, is_upload: bool) -> Result<Option<Timestamp>, StorageError> {
    let sql = "SELECT min(next_attempt_ms) FROM transfers WHERE is_upload = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([is_upload], |row| maybe_moment(row, 0))?)
}

/// Which of these files are still on their way.
///
/// # Errors
/// What the database said.
pub fn waiting_among(
    reader: &Reader<'_>,
    keys: &[AttachmentKey],
) -> Result<BTreeSet<AttachmentKey>, StorageError> {
    let keys: Vec<i64> = keys.iter().map(|key| key.0).collect();
    let sql = "SELECT attachment FROM transfers WHERE attachment IN (SELECT value FROM json_each(?1))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([json(&keys)?], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Counts a try before it is made. `false` if the file is not on its way any more.
///
/// `next`: when to try again if nothing is heard of this try.
///
/// # Errors
/// What the database said.
pub fn begin(writer: &mut Writer<'_>, key: AttachmentKey, next: Timestamp) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let sql = "UPDATE transfers SET attempts = attempts + 1, next_attempt_ms = ?2 WHERE attachment = ?1";
    if conn.prepare_cached(sql)?.execute((key, next.as_ms()))? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE attachments SET state = iif(state = 0, 1, state), error = '' WHERE id = ?1";
    conn.prepare_cached(sql)?.execute([key])?;
    Ok(true)
}

/// What a try that failed leaves.
#[derive(Debug, Clone, Copy)]
pub struct Postponed<'e> {
    /// When it is tried again.
    pub next: Timestamp,
    /// Why it failed, as the code of the face.
    pub error: &'e str,
    /// Whether the try counts.
    pub counts: bool,
}

/// Keeps the result of a try that failed; it is made again.
///
/// # Errors
/// What the database said.
pub fn postpone(
    writer: &mut Writer<'_>,
    key: AttachmentKey,
    postponed: Postponed<'_>,
) -> Result<(), StorageError> {
    let conn = writer.conn();
    let sql =
        "UPDATE transfers SET next_attempt_ms = ?2, attempts = max(attempts - ?3, 0) WHERE attachment = ?1";
    conn.prepare_cached(sql)?
        .execute((key, postponed.next.as_ms(), !postponed.counts))?;
    let sql = "UPDATE attachments SET state = iif(state = 1, 0, state), error = ?2
               WHERE id = ?1 AND EXISTS (SELECT 1 FROM transfers WHERE attachment = ?1)";
    conn.prepare_cached(sql)?.execute((key, postponed.error))?;
    Ok(())
}

/// A file is not on its way any more, and not where it was to go. `false` if that was so already.
///
/// # Errors
/// What the database said.
pub fn give_up(
    writer: &mut Writer<'_>,
    key: AttachmentKey,
    state: FileState,
    error: &str,
) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let sql = "DELETE FROM transfers WHERE attachment = ?1";
    if conn.prepare_cached(sql)?.execute([key])? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE attachments SET state = ?2, error = ?3 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute((key, state.code(), error))?;
    Ok(true)
}

/// Puts a file on its way here, or to the front if somebody clicks. `false` if there is nothing to
/// fetch.
///
/// # Errors
/// What the database said.
pub fn want(writer: &mut Writer<'_>, key: AttachmentKey, is_automatic: bool) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let sql =
        "UPDATE attachments SET state = 4, error = '' WHERE id = ?1 AND state IN (3, 4, 6, 7) AND url <> ''";
    if conn.prepare_cached(sql)?.execute([key])? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO transfers (attachment, is_upload, is_automatic) VALUES (?1, 0, ?2)
               ON CONFLICT (attachment) DO UPDATE SET is_automatic = min(is_automatic, excluded.is_automatic),
                   next_attempt_ms = 0, attempts = iif(excluded.is_automatic, attempts, 0)";
    conn.prepare_cached(sql)?.execute((key, is_automatic))?;
    Ok(true)
}

/// Puts what came lately in a conversation, and was not fetched, on its way here. Answers how many.
///
/// # Errors
/// What the database said.
pub fn want_recent(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    since: Timestamp,
) -> Result<usize, StorageError> {
    let sql = "SELECT f.id FROM messages m JOIN attachments f ON f.message = m.id
               WHERE m.conversation = ?1 AND m.order_ms >= ?2 AND m.is_hidden = 0 AND f.state = 3
               ORDER BY m.order_ms DESC, m.id DESC LIMIT 200";
    let keys: Vec<AttachmentKey> = {
        let mut statement = writer.conn().prepare_cached(sql)?;
        let rows = statement.query_map((conversation, since.as_ms()), |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for key in &keys {
        want(writer, *key, true)?;
    }
    Ok(keys.len())
}

/// A file that came is here.
#[derive(Debug)]
pub struct Kept<'f> {
    /// The file.
    pub local: &'f SealedFile,
    /// A small picture of it.
    pub thumbnail: Option<&'f SealedFile>,
    /// What it is, now that its bytes are known.
    pub facts: &'f FileFacts,
}

/// A file came. `false` if nobody wants it any more: its files are to be removed. One that comes a second
/// time leaves its small picture to the new one; a film keeps the one that a page drew of it.
///
/// # Errors
/// What the database said.
pub fn downloaded(
    writer: &mut Writer<'_>,
    key: AttachmentKey,
    kept: &Kept<'_>,
) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let sql = "DELETE FROM transfers WHERE attachment = ?1 AND is_upload = 0";
    if conn.prepare_cached(sql)?.execute([key])? == 0 {
        return Ok(false);
    }
    let facts = kept.facts;
    let keeps_picture = facts.kind == FileKind::Video && kept.thumbnail.is_none();
    let sql = "INSERT OR IGNORE INTO gone_files (name)
               SELECT thumbnail_name FROM attachments WHERE id = ?1 AND NOT ?2 AND thumbnail_name IS NOT NULL";
    conn.prepare_cached(sql)?.execute((key, keeps_picture))?;
    let sql = "UPDATE attachments SET state = 5, error = '', local_name = ?2, local_key = ?3,
                   thumbnail_name = iif(?15, thumbnail_name, ?4), thumbnail_key = iif(?15, thumbnail_key, ?5),
                   content_type = ?6, kind = ?7, size_bytes = ?8, width = ?9, height = ?10,
                   duration_ms = ?11, waveform = ?12, is_animated = ?13, is_program = ?14
               WHERE id = ?1";
    conn.prepare_cached(sql)?.execute((
        key,
        &kept.local.name,
        kept.local.key.0.as_slice(),
        kept.thumbnail.map(|file| &file.name),
        kept.thumbnail.map(|file| file.key.0.as_slice()),
        &facts.content_type,
        facts.kind.code(),
        super::size_column(facts.size),
        facts.width,
        facts.height,
        facts.duration_ms,
        &facts.waveform,
        facts.is_animated,
        facts.is_program,
        keeps_picture,
    ))?;
    let sql = "SELECT message FROM attachments WHERE id = ?1";
    let message = conn.prepare_cached(sql)?.query_row([key], |row| row.get(0))?;
    super::note_media(writer, message)?;
    Ok(true)
}

/// Counts bytes that are downloaded without a click. `false` if that would be more than `most` in a
/// day: then they are not counted.
///
/// `day`: days since 1970.
///
/// # Errors
/// What the database said.
pub fn take_automatic(
    writer: &mut Writer<'_>,
    day: i64,
    bytes: u64,
    most: u64,
) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let sql = "SELECT coalesce((SELECT bytes FROM automatic_downloads WHERE day = ?1), 0)";
    let taken: i64 = conn.prepare_cached(sql)?.query_row([day], |row| row.get(0))?;
    let sum = taken.unsigned_abs().saturating_add(bytes);
    if sum > most {
        return Ok(false);
    }
    conn.prepare_cached("DELETE FROM automatic_downloads WHERE day <> ?1")?
        .execute([day])?;
    conn.prepare_cached(
        "INSERT INTO automatic_downloads (day, bytes) VALUES (?1, ?2)
         ON CONFLICT (day) DO UPDATE SET bytes = excluded.bytes",
    )?
    .execute((day, i64::try_from(sum).unwrap_or(i64::MAX)))?;
    Ok(true)
}

/// Counts what came of a download without a click in the place of what was counted before it came.
///
/// `day`: the one on which that was.
///
/// # Errors
/// What the database said.
pub fn settle_automatic(
    writer: &mut Writer<'_>,
    day: i64,
    counted: u64,
    came: u64,
) -> Result<(), StorageError> {
    let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    let sql = "UPDATE automatic_downloads SET bytes = max(bytes - ?2, 0) + ?3 WHERE day = ?1";
    let values = (day, number(counted), number(came));
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// After a crash or an end: what was being uploaded waits again, and everything is due.
///
/// # Errors
/// What the database said.
pub fn recover(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached("UPDATE attachments SET state = 0 WHERE state = 1")?
        .execute([])?;
    conn.prepare_cached("UPDATE transfers SET next_attempt_ms = 0 WHERE next_attempt_ms > 0")?
        .execute([])?;
    Ok(())
}

/// A path stands again: uploads are due, and what waited for nothing else.
///
/// # Errors
/// What the database said.
pub fn make_due(writer: &mut Writer<'_>, without_link: &str) -> Result<(), StorageError> {
    let sql = "UPDATE transfers SET next_attempt_ms = 0
               WHERE is_upload = 1 OR attachment IN (SELECT id FROM attachments WHERE error = ?1)";
    writer.conn().prepare_cached(sql)?.execute([without_link])?;
    Ok(())
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![upload_sql(), download_sql()]
}
