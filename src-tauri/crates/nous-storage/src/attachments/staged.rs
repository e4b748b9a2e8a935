//! Files that were chosen and are not sent yet.

use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{FACTS, FileFacts, FileState, OF_PREVIEW, note_media, read_facts, sealed, size_column};
use crate::columns::{count, json};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{AttachmentKey, ConversationKey, MessageKey};
use crate::sealed_files::SealedFile;

/// A file that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedFile {
    /// Made by chance, 32 hexadecimal digits.
    pub id: String,
    /// What it is.
    pub facts: FileFacts,
    /// How screens call the small picture of it.
    pub thumbnail: Option<String>,
    /// The person wants it to go as it is: a picture keeps its metadata.
    pub is_as_it_is: bool,
}

/// Writes a chosen file down. `conversation`: in whose draft it stands.
///
/// # Errors
/// What the database said.
pub fn add(
    writer: &mut Writer<'_>,
    conversation: Option<ConversationKey>,
    staged: &StagedFile,
    local: &SealedFile,
    thumbnail: Option<&SealedFile>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let facts = &staged.facts;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO staged_files (id, conversation, added_ms, name, content_type, kind, size_bytes, width,
                 height, duration_ms, waveform, is_animated, is_program, caption, local_name, local_key,
                 thumbnail_name, thumbnail_key, is_as_it_is)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            &staged.id,
            conversation,
            now.as_ms(),
            &facts.name,
            &facts.content_type,
            facts.kind.code(),
            size_column(facts.size).unwrap_or(0),
            facts.width,
            facts.height,
            facts.duration_ms,
            &facts.waveform,
            facts.is_animated,
            facts.is_program,
            &facts.caption,
            &local.name,
            local.key.0.as_slice(),
            thumbnail.map(|file| &file.name),
            thumbnail.map(|file| file.key.0.as_slice()),
            staged.is_as_it_is,
        ])?;
    Ok(())
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<StagedFile> {
    Ok(StagedFile {
        id: row.get(0)?,
        thumbnail: row.get(1)?,
        is_as_it_is: row.get(2)?,
        facts: read_facts(row, 3)?,
    })
}

/// Chosen files in the order asked; missing ones are left out.
///
/// # Errors
/// What the database said.
pub fn by_ids(reader: &Reader<'_>, ids: &[String]) -> Result<Vec<StagedFile>, StorageError> {
    let sql = format!(
        "SELECT f.id, f.thumbnail_name, f.is_as_it_is, {FACTS} FROM json_each(?1) AS asked
         CROSS JOIN staged_files AS f ON f.id = asked.value ORDER BY asked.key"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([json(&ids)?], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The files of a draft, in the order in which they were chosen.
///
/// # Errors
/// What the database said.
pub fn of_draft(reader: &Reader<'_>, conversation: ConversationKey) -> Result<Vec<StagedFile>, StorageError> {
    let sql = format!(
        "SELECT f.id, f.thumbnail_name, f.is_as_it_is, {FACTS} FROM staged_files AS f
         WHERE f.conversation = ?1 ORDER BY f.added_ms, f.id"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([conversation], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many files stand in a draft.
///
/// # Errors
/// What the database said.
pub fn count_of_draft(reader: &Reader<'_>, conversation: ConversationKey) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM staged_files WHERE conversation = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| count(row, 0))?)
}

/// Forgets a chosen file; whether it was there.
///
/// # Errors
/// What the database said.
pub fn discard(writer: &mut Writer<'_>, id: &str) -> Result<bool, StorageError> {
    let sql = "DELETE FROM staged_files WHERE id = ?1";
    Ok(writer.conn().prepare_cached(sql)?.execute([id])? > 0)
}

/// Forgets chosen files that stand in no draft and were left behind before a moment.
///
/// # Errors
/// What the database said.
pub fn discard_stray(writer: &mut Writer<'_>, before: Timestamp) -> Result<usize, StorageError> {
    let sql = "DELETE FROM staged_files WHERE conversation IS NULL AND added_ms < ?1";
    Ok(writer.conn().prepare_cached(sql)?.execute([before.as_ms()])?)
}

/// The file of a chosen one.
///
/// # Errors
/// What the database said.
pub fn local(reader: &Reader<'_>, id: &str) -> Result<Option<SealedFile>, StorageError> {
    let sql = "SELECT local_name, local_key FROM staged_files WHERE id = ?1";
    let found = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([id], |row| sealed(row, 0, 1))
        .optional()?;
    Ok(found.flatten())
}

/// The files of an own message that is taken back are chosen files again, in the draft. `id`: makes
/// one by chance. The message is deleted after this.
///
/// # Errors
/// What the database said.
pub fn take_back(
    writer: &mut Writer<'_>,
    message: MessageKey,
    conversation: ConversationKey,
    now: Timestamp,
    id: impl Fn() -> String,
) -> Result<(), StorageError> {
    let conn = writer.conn();
    let keys: Vec<AttachmentKey> = {
        // The picture of a preview is made anew, with its preview.
        let sql = "SELECT id FROM attachments WHERE message = ?1 AND local_name IS NOT NULL AND place < 32
                   ORDER BY place";
        let mut statement = conn.prepare_cached(sql)?;
        let rows = statement.query_map([message], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for key in keys {
        conn.prepare_cached(
            "INSERT INTO staged_files (id, conversation, added_ms, name, content_type, kind, size_bytes, width,
                 height, duration_ms, waveform, is_animated, is_program, caption, local_name, local_key,
                 thumbnail_name, thumbnail_key, is_as_it_is)
             SELECT ?1, ?2, ?3 + place, name, content_type, kind, coalesce(size_bytes, 0), width, height,
                 duration_ms, waveform, is_animated, is_program, caption, local_name, local_key,
                 thumbnail_name, thumbnail_key, is_as_it_is
             FROM attachments WHERE id = ?4",
        )?
        .execute((id(), conversation, now.as_ms(), key))?;
        // Its files have another row now: they do not go with this one.
        conn.prepare_cached(
            "UPDATE attachments SET local_name = NULL, local_key = NULL, thumbnail_name = NULL,
                 thumbnail_key = NULL
             WHERE id = ?1",
        )?
        .execute([key])?;
    }
    Ok(())
}

/// Gives chosen files to an own message: each waits to be uploaded, and is chosen no more.
///
/// # Errors
/// [`StorageError::NotFound`] if one is not there any more; else what the database said.
pub fn attach(writer: &mut Writer<'_>, message: MessageKey, ids: &[String]) -> Result<(), StorageError> {
    for (place, id) in (0..OF_PREVIEW).zip(ids) {
        if !attach_at(writer, message, place, id)? {
            return Err(StorageError::NotFound);
        }
    }
    note_media(writer, message)
}

/// Gives a chosen file to an own message as the picture of its preview. `false` if it is not there any
/// more.
///
/// # Errors
/// What the database said.
pub fn attach_to_preview(
    writer: &mut Writer<'_>,
    message: MessageKey,
    id: &str,
) -> Result<bool, StorageError> {
    attach_at(writer, message, OF_PREVIEW, id)
}

fn attach_at(
    writer: &mut Writer<'_>,
    message: MessageKey,
    place: u32,
    id: &str,
) -> Result<bool, StorageError> {
    let conn = writer.conn();
    let moved = conn
        .prepare_cached(
            "INSERT INTO attachments (message, place, state, name, content_type, kind, size_bytes, width, height,
                 duration_ms, waveform, is_animated, is_program, caption, local_name, local_key,
                 thumbnail_name, thumbnail_key, is_as_it_is)
             SELECT ?1, ?2, ?3, name, content_type, kind, size_bytes, width, height, duration_ms, waveform,
                 is_animated, is_program, caption, local_name, local_key, thumbnail_name, thumbnail_key,
                 is_as_it_is
             FROM staged_files WHERE id = ?4 AND local_name IS NOT NULL",
        )?
        .execute((message, place, FileState::Queued.code(), id))?;
    if moved == 0 {
        return Ok(false);
    }
    let key = conn.last_insert_rowid();
    // Its files have another row now: they do not go with this one.
    conn.prepare_cached(
        "UPDATE staged_files SET local_name = NULL, thumbnail_name = NULL, thumbnail_key = NULL WHERE id = ?1",
    )?
    .execute([id])?;
    conn.prepare_cached("DELETE FROM staged_files WHERE id = ?1")?
        .execute([id])?;
    conn.prepare_cached("INSERT INTO transfers (attachment, is_upload) VALUES (?1, 1)")?
        .execute([key])?;
    Ok(true)
}
