//! Files of messages: what is known of them, and where they are.
//!
//! The files themselves lie in `attachments/`, see [`crate::sealed_files`]; the rows here name
//! them. Whatever deletes a message takes its rows along, and triggers note the names of their
//! files in `gone_files`.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | rows and their parts |
//! | `facts` | what is told of a file |
//! | [`earlier`] | messages that came before this version could read their files |
//! | [`freeing`] | files that go from this device while their messages stay |
//! | [`gallery`] | the files of one conversation |
//! | [`gone`] | files whose rows are gone, rows whose files are |
//! | [`posters`] | small pictures of films |
//! | [`staged`] | files that were chosen and are not sent yet |
//! | [`transfers`] | files on their way |
//! | `trust` | whose files are fetched without a click |
//!
//! Source: `messages.md` §11, `architecture.md` §10.

pub mod earlier;
mod facts;
pub mod freeing;
pub mod gallery;
pub mod gone;
pub mod posters;
pub mod staged;
pub mod transfers;
mod trust;

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};

pub(crate) use facts::{FACTS, read_facts, size_column};
pub use facts::{FileFacts, FileKind, FileState, PointedFile, Pointer};
pub use trust::{Trust, set_trusted, trust};

use crate::columns::{count, json};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{AttachmentKey, MessageKey};
use crate::messages::Message;
use crate::sealed_files::{FileKey, SealedFile};

/// The place of the picture of a preview, behind all files of its message.
pub const OF_PREVIEW: u32 = 32;

/// A file of a message, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub key: AttachmentKey,
    /// Its message.
    pub message: MessageKey,
    /// Its place among the files of the message, from 0.
    pub place: u32,
    /// Where it is.
    pub state: FileState,
    /// Why it failed or waits, as the code of the face; empty if it does not.
    pub error: String,
    /// How screens call the small picture of it.
    pub thumbnail: Option<String>,
    /// Whether it is on this device.
    pub is_here: bool,
    /// What it is.
    pub facts: FileFacts,
}

fn columns() -> String {
    format!(
        "f.id, f.message, f.place, f.state, f.error, f.thumbnail_name, f.local_name IS NOT NULL, {FACTS}
         FROM attachments AS f"
    )
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        key: row.get(0)?,
        message: row.get(1)?,
        place: count(row, 2)?,
        state: FileState::from_code(row.get(3)?),
        error: row.get(4)?,
        thumbnail: row.get(5)?,
        is_here: row.get(6)?,
        facts: read_facts(row, 7)?,
    })
}

/// Writes down what came with a message. Nothing is fetched before
/// [`transfers::want`].
///
/// # Errors
/// What the database said.
pub fn insert_received(
    writer: &mut Writer<'_>,
    message: MessageKey,
    files: &[PointedFile],
) -> Result<Vec<AttachmentKey>, StorageError> {
    let mut keys = Vec::with_capacity(files.len());
    for (place, file) in (0..OF_PREVIEW).zip(files) {
        keys.push(insert_at(writer, message, place, file)?);
    }
    note_media(writer, message)?;
    Ok(keys)
}

/// Writes down the picture of a preview that came with a message. It is no file that one would look
/// for.
///
/// # Errors
/// What the database said.
pub fn insert_of_preview(
    writer: &mut Writer<'_>,
    message: MessageKey,
    picture: &PointedFile,
) -> Result<AttachmentKey, StorageError> {
    insert_at(writer, message, OF_PREVIEW, picture)
}

fn insert_at(
    writer: &mut Writer<'_>,
    message: MessageKey,
    place: u32,
    file: &PointedFile,
) -> Result<AttachmentKey, StorageError> {
    let PointedFile { pointer, facts } = file;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO attachments (message, place, state, url, file_key, digest, name, content_type, kind,
                 size_bytes, width, height, duration_ms, waveform, is_animated, is_program, caption)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            message,
            place,
            FileState::Remote.code(),
            &pointer.url,
            pointer.key.as_deref(),
            pointer.digest.as_ref().map(<[u8; 32]>::as_slice),
            &facts.name,
            &facts.content_type,
            facts.kind.code(),
            size_column(facts.size),
            facts.width,
            facts.height,
            facts.duration_ms,
            &facts.waveform,
            facts.is_animated,
            facts.is_program,
            &facts.caption,
        ])?;
    Ok(AttachmentKey(writer.conn().last_insert_rowid()))
}

/// What a search asks of a message: 1 files, 2 pictures. The picture of a preview is none.
pub(crate) fn note_media(writer: &mut Writer<'_>, message: MessageKey) -> Result<(), StorageError> {
    let sql =
        "UPDATE messages SET media = (SELECT coalesce(max(kind <> 0), 0) + 2 * coalesce(max(kind = 0), 0)
                   FROM attachments WHERE message = ?1 AND place < 32)
               WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute([message])?;
    Ok(())
}

/// Whether a message has rows of files already.
///
/// # Errors
/// What the database said.
pub fn has_any(reader: &Reader<'_>, message: MessageKey) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachments WHERE message = ?1 AND place < 32)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([message], |row| row.get(0))?)
}

/// The statement of [`fill`].
fn of_messages_sql() -> String {
    format!(
        "SELECT {} WHERE f.message IN (SELECT value FROM json_each(?1))",
        columns()
    )
}

/// Says of each message which files it has; one query for all.
pub(crate) fn fill(reader: &Reader<'_>, rows: &mut [Message]) -> Result<(), StorageError> {
    let keys: Vec<i64> = rows.iter().map(|row| row.key.0).collect();
    let mut statement = reader.conn().prepare_cached(&of_messages_sql())?;
    let found = statement.query_map([json(&keys)?], read_row)?;
    let mut all: BTreeMap<MessageKey, Vec<Attachment>> = BTreeMap::new();
    for file in found {
        let file = file?;
        all.entry(file.message).or_default().push(file);
    }
    for row in rows {
        row.attachments = all.remove(&row.key).unwrap_or_default();
        row.attachments.sort_by_key(|file| file.place);
    }
    Ok(())
}

/// One file of a message that is shown.
///
/// # Errors
/// What the database said.
pub fn find(
    reader: &Reader<'_>,
    message: MessageKey,
    place: u32,
) -> Result<Option<Attachment>, StorageError> {
    let sql = format!(
        "SELECT {} WHERE f.message = ?1 AND f.place = ?2
           AND EXISTS (SELECT 1 FROM messages WHERE id = ?1 AND is_hidden = 0)",
        columns()
    );
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row((message, place), read_row)
        .optional()?)
}

pub(crate) fn sealed(row: &Row<'_>, name: usize, key: usize) -> rusqlite::Result<Option<SealedFile>> {
    let name: Option<String> = row.get(name)?;
    let key: Option<[u8; 32]> = row.get(key)?;
    Ok(name.zip(key).map(|(name, key)| SealedFile {
        name,
        key: FileKey(key),
    }))
}

/// The file of a row, if it is on this device.
///
/// # Errors
/// What the database said.
pub fn local(reader: &Reader<'_>, key: AttachmentKey) -> Result<Option<SealedFile>, StorageError> {
    let sql = "SELECT local_name, local_key FROM attachments WHERE id = ?1";
    let found = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| sealed(row, 0, 1))
        .optional()?;
    Ok(found.flatten())
}

/// Notes that the sender of a file is told that it was saved; `false` if that was noted before.
///
/// # Errors
/// What the database said.
pub fn note_save_told(
    writer: &mut Writer<'_>,
    message: MessageKey,
    place: u32,
) -> Result<bool, StorageError> {
    let sql = "UPDATE attachments SET is_save_told = 1
               WHERE message = ?1 AND place = ?2 AND is_save_told = 0";
    Ok(writer.conn().prepare_cached(sql)?.execute((message, place))? > 0)
}

/// The small picture that screens call `name`, of a message that is shown or of a file that was
/// chosen.
///
/// # Errors
/// What the database said.
pub fn thumbnail(reader: &Reader<'_>, name: &str) -> Result<Option<SealedFile>, StorageError> {
    let sql = "SELECT f.thumbnail_name, f.thumbnail_key FROM attachments f
               JOIN messages m ON m.id = f.message AND m.is_hidden = 0 WHERE f.thumbnail_name = ?1
               UNION ALL SELECT thumbnail_name, thumbnail_key FROM staged_files WHERE thumbnail_name = ?1";
    let found = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([name], |row| sealed(row, 0, 1))
        .optional()?;
    Ok(found.flatten())
}

/// The files of an own message as its content tells of them; `None` if one is not uploaded.
///
/// # Errors
/// What the database said.
pub fn sendable(reader: &Reader<'_>, message: MessageKey) -> Result<Option<Vec<PointedFile>>, StorageError> {
    let files = pointed_at(reader, message, 0, OF_PREVIEW - 1)?;
    let are_uploaded = files.iter().all(|file| !file.pointer.url.is_empty());
    Ok(are_uploaded.then_some(files))
}

/// The picture of an own message's preview, if it is uploaded.
///
/// # Errors
/// What the database said.
pub(crate) fn sendable_of_preview(
    reader: &Reader<'_>,
    message: MessageKey,
) -> Result<Option<PointedFile>, StorageError> {
    let picture = pointed_at(reader, message, OF_PREVIEW, OF_PREVIEW)?.pop();
    Ok(picture.filter(|picture| !picture.pointer.url.is_empty()))
}

/// Files of a message with where the server has them, from one place to another.
fn pointed_at(
    reader: &Reader<'_>,
    message: MessageKey,
    first: u32,
    last: u32,
) -> Result<Vec<PointedFile>, StorageError> {
    let sql = format!(
        "SELECT f.url, f.file_key, f.digest, {FACTS} FROM attachments AS f
         WHERE f.message = ?1 AND f.place BETWEEN ?2 AND ?3 ORDER BY f.place"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((message, first, last), |row| {
        Ok(PointedFile {
            pointer: Pointer {
                url: row.get(0)?,
                key: row.get(1)?,
                digest: row.get(2)?,
            },
            facts: read_facts(row, 3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    let mut statements = vec![of_messages_sql()];
    statements.extend(freeing::statements());
    statements.extend(gallery::statements());
    statements.extend(transfers::statements());
    statements
}
