//! Uploads: encrypted once, stopped, resumed, repeated where the server has forgotten.

use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use super::Upload;
use crate::attachments::FileState;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{AttachmentKey, MessageKey};

/// What a file was encrypted with.
#[derive(Clone)]
pub struct BlobKey {
    /// 64 bytes, or in the newer form 32.
    pub key: Vec<u8>,
    /// Not in the newer form.
    pub digest: Option<[u8; 32]>,
}

/// Shows no key.
impl std::fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlobKey(…)")
    }
}

/// Keeps the encrypted file: every try uploads the same bytes. `false` if the file is not on its
/// way any more.
///
/// # Errors
/// What the database said.
pub fn save_blob(
    writer: &mut Writer<'_>,
    key: AttachmentKey,
    blob_name: &str,
    with: &BlobKey,
) -> Result<bool, StorageError> {
    let sql = "UPDATE attachments SET blob_name = ?2, file_key = ?3, digest = ?4
               WHERE id = ?1 AND EXISTS (SELECT 1 FROM transfers WHERE attachment = ?1 AND is_upload = 1)";
    let digest = with.digest.as_ref().map(<[u8; 32]>::as_slice);
    let values = (key, blob_name, with.key.as_slice(), digest);
    Ok(writer.conn().prepare_cached(sql)?.execute(values)? > 0)
}

/// The server has a file. Answers whether it was the last one of its message that was missing there;
/// `None` if it was not on its way any more.
///
/// # Errors
/// What the database said.
pub fn uploaded(
    writer: &mut Writer<'_>,
    upload: &Upload,
    url: &str,
    expires: Timestamp,
) -> Result<Option<bool>, StorageError> {
    let conn = writer.conn();
    let sql = "DELETE FROM transfers WHERE attachment = ?1 AND is_upload = 1";
    if conn.prepare_cached(sql)?.execute([upload.attachment])? == 0 {
        return Ok(None);
    }
    let sql = "UPDATE attachments SET state = ?2, error = '', url = ?3, expires_ms = ?4 WHERE id = ?1";
    let values = (
        upload.attachment,
        FileState::Uploaded.code(),
        url,
        expires.as_ms(),
    );
    conn.prepare_cached(sql)?.execute(values)?;
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM attachments WHERE message = ?1 AND url = '')";
    let is_last = conn
        .prepare_cached(sql)?
        .query_row([upload.message], |row| row.get(0))?;
    Ok(Some(is_last))
}

/// The picture of a preview cannot be uploaded: its message goes out without. Answers whether nothing
/// of the message is missing at the server now; `None` if there was no such picture.
///
/// # Errors
/// What the database said.
pub fn drop_of_preview(writer: &mut Writer<'_>, message: MessageKey) -> Result<Option<bool>, StorageError> {
    let conn = writer.conn();
    let sql = "DELETE FROM attachments WHERE message = ?1 AND place = 32 AND url = ''";
    if conn.prepare_cached(sql)?.execute([message])? == 0 {
        return Ok(None);
    }
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM attachments WHERE message = ?1 AND url = '')";
    let is_whole = conn.prepare_cached(sql)?.query_row([message], |row| row.get(0))?;
    Ok(Some(is_whole))
}

/// Whether a file is ours and was not uploaded.
///
/// # Errors
/// What the database said.
pub fn is_not_uploaded(reader: &Reader<'_>, key: AttachmentKey) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachments WHERE id = ?1 AND url = '')";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| row.get(0))?)
}

/// The uploads of a message end: it does not go out by itself. Answers whether there were any.
///
/// # Errors
/// What the database said.
pub fn stop_uploads(writer: &mut Writer<'_>, message: MessageKey, error: &str) -> Result<bool, StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "DELETE FROM transfers WHERE is_upload = 1
           AND attachment IN (SELECT id FROM attachments WHERE message = ?1)",
    )?
    .execute([message])?;
    let sql = "UPDATE attachments SET state = 6, error = ?2 WHERE message = ?1 AND state IN (0, 1)";
    Ok(conn.prepare_cached(sql)?.execute((message, error))? > 0)
}

/// What an own message needs at the server and is not there is uploaded (again). Answers whether
/// there is anything.
///
/// # Errors
/// What the database said.
pub fn resume_uploads(writer: &mut Writer<'_>, message: MessageKey) -> Result<bool, StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "UPDATE attachments SET state = 0, error = '' WHERE message = ?1 AND url = '' AND state IN (0, 1, 6)
           AND (local_name IS NOT NULL OR blob_name IS NOT NULL)",
    )?
    .execute([message])?;
    let sql = "INSERT INTO transfers (attachment, is_upload)
               SELECT id, 1 FROM attachments WHERE message = ?1 AND state = 0
               ON CONFLICT (attachment) DO UPDATE SET attempts = 0, next_attempt_ms = 0";
    Ok(conn.prepare_cached(sql)?.execute([message])? > 0)
}

/// Whether the server has forgotten a file of an own message that can be uploaded once more.
///
/// # Errors
/// What the database said.
pub fn has_expired(reader: &Reader<'_>, message: MessageKey, now: Timestamp) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachments
                        WHERE message = ?1 AND state = 2 AND expires_ms BETWEEN 1 AND ?2
                          AND (local_name IS NOT NULL OR blob_name IS NOT NULL))";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row((message, now.as_ms()), |row| row.get(0))?)
}

/// What the server has forgotten of an own message is uploaded once more. Answers whether there is
/// anything.
///
/// # Errors
/// What the database said.
pub fn repeat_expired(
    writer: &mut Writer<'_>,
    message: MessageKey,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE attachments SET state = 0, url = '', expires_ms = 0
               WHERE message = ?1 AND state = 2 AND expires_ms BETWEEN 1 AND ?2
                 AND (local_name IS NOT NULL OR blob_name IS NOT NULL)";
    let conn = writer.conn();
    if conn.prepare_cached(sql)?.execute((message, now.as_ms()))? == 0 {
        return Ok(false);
    }
    resume_uploads(writer, message)
}

/// One uploaded file is uploaded once more: its life at the server cannot be extended.
///
/// # Errors
/// What the database said.
pub fn repeat(writer: &mut Writer<'_>, key: AttachmentKey) -> Result<Option<MessageKey>, StorageError> {
    let sql = "UPDATE attachments SET state = 0, url = '', expires_ms = 0
               WHERE id = ?1 AND state = 2 AND (local_name IS NOT NULL OR blob_name IS NOT NULL)
               RETURNING message";
    let message: Option<MessageKey> = writer
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| row.get(0))
        .optional()?;
    if let Some(message) = message {
        resume_uploads(writer, message)?;
    }
    Ok(message)
}

/// Uploaded files of messages that still wait to go out, which the server forgets before a moment.
///
/// # Errors
/// What the database said.
pub fn ending(
    reader: &Reader<'_>,
    now: Timestamp,
    before: Timestamp,
) -> Result<Vec<(AttachmentKey, String)>, StorageError> {
    let sql = "SELECT f.id, f.url FROM attachments f
               WHERE f.message IN (SELECT message FROM outbox WHERE is_stopped = 0 AND message IS NOT NULL)
                 AND f.state = 2 AND f.expires_ms > ?1 AND f.expires_ms < ?2";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map((now.as_ms(), before.as_ms()), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The server forgets an uploaded file later.
///
/// # Errors
/// What the database said.
pub fn extended(writer: &mut Writer<'_>, key: AttachmentKey, expires: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE attachments SET expires_ms = ?2 WHERE id = ?1 AND state = 2";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, expires.as_ms()))?;
    Ok(())
}
