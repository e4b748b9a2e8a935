//! Our own picture: on the file server, or on its way there.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use super::{PictureFiles, PictureLink, put, remove_one};
use crate::columns::{count, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// Our own picture on the file server, or on its way there.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnPicture {
    /// Its file, encrypted as it is uploaded.
    pub blob_name: String,
    /// The key of the profile.
    pub key: [u8; 32],
    /// Encrypted in the newer form.
    pub is_stream: bool,
    /// Empty: it was never uploaded.
    pub url: String,
    /// When it was chosen.
    pub chosen: Timestamp,
    /// It has to be uploaded, for the first time or again.
    pub is_upload_due: bool,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// When its life was last extended.
    pub renewed: Timestamp,
    /// When the server forgets it, if it said so.
    pub expires: Option<Timestamp>,
    /// Tries of what is due.
    pub attempts: u32,
    /// When it is tried again.
    pub next_attempt: Timestamp,
    /// The last failure as the code of the face.
    pub error: String,
}

/// Shows neither link nor key.
impl std::fmt::Debug for OwnPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnPicture")
            .field("is_upload_due", &self.is_upload_due)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Our own picture, if this device has it.
///
/// # Errors
/// What the database said.
pub fn own(reader: &Reader<'_>) -> Result<Option<OwnPicture>, StorageError> {
    let sql = "SELECT blob_name, picture_key, is_stream, url, chosen_ms, is_upload_due, uploaded_ms,
                      renewed_ms, expires_ms, attempts, next_attempt_ms, error
               FROM own_picture WHERE id = 1";
    let row = reader.conn().prepare_cached(sql)?.query_row([], |row| {
        Ok(OwnPicture {
            blob_name: row.get(0)?,
            key: row.get(1)?,
            is_stream: row.get(2)?,
            url: row.get(3)?,
            chosen: moment(row, 4)?,
            is_upload_due: row.get(5)?,
            uploaded: moment(row, 6)?,
            renewed: moment(row, 7)?,
            expires: Some(moment(row, 8)?).filter(|at| at.as_ms() > 0),
            attempts: count(row, 9)?,
            next_attempt: moment(row, 10)?,
            error: row.get(11)?,
        })
    });
    Ok(row.optional()?)
}

/// Keeps our own picture as it stands now, in the place of what was there.
///
/// # Errors
/// What the database said.
pub fn save_own(writer: &mut Writer<'_>, own: &OwnPicture) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT OR REPLACE INTO own_picture (id, blob_name, picture_key, is_stream, url, chosen_ms,
                 is_upload_due, uploaded_ms, renewed_ms, expires_ms, attempts, next_attempt_ms, error)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute((
            &own.blob_name,
            own.key.as_slice(),
            own.is_stream,
            &own.url,
            own.chosen.as_ms(),
            own.is_upload_due,
            own.uploaded.as_ms(),
            own.renewed.as_ms(),
            own.expires.map_or(0, Timestamp::as_ms),
            own.attempts,
            own.next_attempt.as_ms(),
            &own.error,
        ))?;
    Ok(())
}

/// Shows the picture that the person has just chosen, before anybody else knows of it:
/// answers the names of the files that it replaces.
///
/// # Errors
/// What the database said.
pub fn show_own(
    writer: &mut Writer<'_>,
    account: &AccountId,
    key: &[u8; 32],
    files: &PictureFiles,
) -> Result<Vec<String>, StorageError> {
    put(writer, account, &(String::new(), *key), files)
}

/// The picture that is shown is the one of this link: it is not fetched.
///
/// # Errors
/// What the database said.
pub fn name_own(
    writer: &mut Writer<'_>,
    account: &AccountId,
    link: &PictureLink,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE pictures SET url = ?2 WHERE account_id = ?1 AND picture_key = ?3")?
        .execute((account.to_bytes().as_slice(), &link.0, link.1.as_slice()))?;
    Ok(())
}

/// Forgets our own picture's file: answers its name.
///
/// # Errors
/// What the database said.
pub fn forget_own(writer: &mut Writer<'_>) -> Result<Vec<String>, StorageError> {
    let sql = "DELETE FROM own_picture WHERE id = 1 RETURNING blob_name";
    let name = writer
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(name.into_iter().collect())
}

/// Removes the picture of our own profile as it is shown here: answers the names of its files.
///
/// # Errors
/// What the database said.
pub fn hide_own(writer: &mut Writer<'_>, account: &AccountId) -> Result<Vec<String>, StorageError> {
    remove_one(writer, account.to_bytes().as_slice())
}
