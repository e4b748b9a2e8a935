//! Local settings of this device: a name and a JSON value.

use rusqlite::OptionalExtension;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// The value of a setting; `None` if it was never set, or if its value is of another form
/// than `T` (then its default counts).
///
/// `key`: 1 to 100 characters.
///
/// # Errors
/// What the database said.
pub fn get<T: DeserializeOwned>(reader: &Reader<'_>, key: &str) -> Result<Option<T>, StorageError> {
    let value: Option<String> = reader
        .conn()
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(value.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Sets a setting.
///
/// `key`: 1 to 100 characters.
///
/// # Errors
/// [`StorageError::Value`] if `value` has no JSON form; else what the database said.
pub fn set<T: Serialize>(writer: &mut Writer<'_>, key: &str, value: &T) -> Result<(), StorageError> {
    let json = serde_json::to_string(value).map_err(|_| StorageError::Value("a setting"))?;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO settings (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute((key, json))?;
    Ok(())
}

/// Removes a setting, so that its default counts again.
///
/// # Errors
/// What the database said.
pub fn remove(writer: &mut Writer<'_>, key: &str) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM settings WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}
