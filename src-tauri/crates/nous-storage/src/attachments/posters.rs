//! Small pictures of films, which a page draws: at the first view, or before one is sent.

use crate::db::Writer;
use crate::error::StorageError;
use crate::ids::AttachmentKey;
use crate::sealed_files::SealedFile;

/// What a page drew of a film.
#[derive(Debug)]
pub struct Poster<'f> {
    /// A JPEG.
    pub file: &'f SealedFile,
    /// The width of the film, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// How long it is, if the page could tell.
    pub duration_ms: Option<u32>,
}

const SET: &str = "thumbnail_name = ?2, thumbnail_key = ?3, width = ?4, height = ?5,
    duration_ms = coalesce(?6, duration_ms) WHERE kind = 1 AND thumbnail_name IS NULL AND local_name IS NOT NULL";

/// Gives a film of a message its picture. `false` if it has one, or is none, or is not here: then
/// the file is to be removed.
///
/// # Errors
/// What the database said.
pub fn of_message(
    writer: &mut Writer<'_>,
    key: AttachmentKey,
    poster: &Poster<'_>,
) -> Result<bool, StorageError> {
    let sql = format!("UPDATE attachments SET {SET} AND id = ?1");
    let values = (
        key,
        &poster.file.name,
        poster.file.key.0.as_slice(),
        poster.width,
        poster.height,
        poster.duration_ms,
    );
    Ok(writer.conn().prepare_cached(&sql)?.execute(values)? > 0)
}

/// Gives a film that was chosen its picture. `false` as for [`of_message`].
///
/// # Errors
/// What the database said.
pub fn of_staged(writer: &mut Writer<'_>, id: &str, poster: &Poster<'_>) -> Result<bool, StorageError> {
    let sql = format!("UPDATE staged_files SET {SET} AND id = ?1");
    let values = (
        id,
        &poster.file.name,
        poster.file.key.0.as_slice(),
        poster.width,
        poster.height,
        poster.duration_ms,
    );
    Ok(writer.conn().prepare_cached(&sql)?.execute(values)? > 0)
}
