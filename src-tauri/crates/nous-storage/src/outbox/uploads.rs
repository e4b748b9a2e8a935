//! Messages that wait until their files are uploaded.

use nous_protocol::time::Timestamp;

use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::MessageKey;

/// A message goes out once its files are uploaded, and is sealed then: what was sealed before told of
/// other files.
///
/// # Errors
/// What the database said.
pub fn await_uploads(writer: &mut Writer<'_>, message: MessageKey) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET uploads = 1, sealed = NULL, sealed_with = NULL WHERE message = ?1";
    writer.conn().prepare_cached(sql)?.execute([message])?;
    Ok(())
}

/// A file of a message could not be uploaded and is tried again: later messages do not wait for it.
///
/// `error`: why, as the code of the face.
///
/// # Errors
/// What the database said.
pub fn note_upload_trouble(
    writer: &mut Writer<'_>,
    message: MessageKey,
    next: Timestamp,
    error: &str,
) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET uploads = 2, next_attempt_ms = ?2, error = ?3
               WHERE message = ?1 AND uploads > 0 AND is_stopped = 0";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((message, next.as_ms(), error))?;
    Ok(())
}

/// All files of a message are uploaded: it may go out.
///
/// # Errors
/// What the database said.
pub fn uploads_done(
    writer: &mut Writer<'_>,
    message: MessageKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE outbox SET uploads = 0, next_attempt_ms = ?2, error = iif(is_stopped = 1, error, '')
               WHERE message = ?1 AND uploads > 0";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((message, now.as_ms()))?;
    Ok(())
}
