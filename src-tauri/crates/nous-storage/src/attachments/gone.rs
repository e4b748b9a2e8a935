//! Files whose rows are gone, and rows whose files are.

use std::collections::BTreeSet;

use crate::columns::json;
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// The names of all files that rows name.
///
/// # Errors
/// What the database said.
pub fn file_names(reader: &Reader<'_>) -> Result<BTreeSet<String>, StorageError> {
    let sql = "SELECT local_name FROM attachments WHERE local_name IS NOT NULL
               UNION ALL SELECT thumbnail_name FROM attachments WHERE thumbnail_name IS NOT NULL
               UNION ALL SELECT blob_name FROM attachments WHERE blob_name IS NOT NULL
               UNION ALL SELECT local_name FROM staged_files WHERE local_name IS NOT NULL
               UNION ALL SELECT thumbnail_name FROM staged_files WHERE thumbnail_name IS NOT NULL";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of files whose rows are gone.
///
/// # Errors
/// What the database said.
pub fn gone(reader: &Reader<'_>) -> Result<Vec<String>, StorageError> {
    let mut statement = reader
        .conn()
        .prepare_cached("SELECT name FROM gone_files ORDER BY name LIMIT 500")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those files were removed.
///
/// # Errors
/// What the database said.
pub fn removed(writer: &mut Writer<'_>, names: &[String]) -> Result<(), StorageError> {
    let sql = "DELETE FROM gone_files WHERE name IN (SELECT value FROM json_each(?1))";
    writer.conn().prepare_cached(sql)?.execute([json(&names)?])?;
    Ok(())
}

/// Encrypted files are not needed any more once their message is everywhere.
///
/// # Errors
/// What the database said.
pub fn drop_blobs(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    const DONE: &str = "blob_name IS NOT NULL AND state = 2
        AND message NOT IN (SELECT message FROM outbox WHERE message IS NOT NULL)";
    let conn = writer.conn();
    let noted =
        format!("INSERT OR IGNORE INTO gone_files (name) SELECT blob_name FROM attachments WHERE {DONE}");
    conn.prepare_cached(&noted)?.execute([])?;
    let forgotten = format!("UPDATE attachments SET blob_name = NULL WHERE {DONE}");
    conn.prepare_cached(&forgotten)?.execute([])?;
    Ok(())
}

/// Whether there is anything for [`drop_blobs`].
///
/// # Errors
/// What the database said.
pub fn has_old_blobs(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachments WHERE blob_name IS NOT NULL AND state = 2
                   AND message NOT IN (SELECT message FROM outbox WHERE message IS NOT NULL))";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Says of rows whose files are not there, as after a restored backup, that they are on the server
/// only; what was not uploaded yet fails with `error`.
///
/// # Errors
/// What the database said.
pub fn forget_missing(
    writer: &mut Writer<'_>,
    missing: &BTreeSet<String>,
    error: &str,
) -> Result<(), StorageError> {
    let list = json(missing)?;
    let conn = writer.conn();
    for sql in [
        "UPDATE attachments SET thumbnail_name = NULL, thumbnail_key = NULL
         WHERE thumbnail_name IN (SELECT value FROM json_each(?1))",
        "UPDATE attachments SET blob_name = NULL WHERE blob_name IN (SELECT value FROM json_each(?1))",
        "UPDATE staged_files SET thumbnail_name = NULL, thumbnail_key = NULL
         WHERE thumbnail_name IN (SELECT value FROM json_each(?1))",
        "DELETE FROM staged_files WHERE local_name IN (SELECT value FROM json_each(?1))",
    ] {
        conn.prepare_cached(sql)?.execute([&list])?;
    }
    // What is missing of a preview holds up no message.
    conn.prepare_cached(
        "DELETE FROM attachments WHERE place = 32 AND url = '' AND blob_name IS NULL
           AND local_name IN (SELECT value FROM json_each(?1))",
    )?
    .execute([&list])?;
    conn.prepare_cached(
        "UPDATE outbox SET uploads = 0 WHERE uploads > 0
           AND NOT EXISTS (SELECT 1 FROM attachments WHERE message = outbox.message AND url = '')",
    )?
    .execute([])?;
    let lost = "SELECT message FROM attachments
                WHERE local_name IN (SELECT value FROM json_each(?1)) AND url = '' AND blob_name IS NULL";
    for sql in [
        format!("UPDATE messages SET state = 6, error = ?2 WHERE state IN (1, 2, 6) AND id IN ({lost})"),
        format!("UPDATE outbox SET is_stopped = 1, error = ?2 WHERE message IN ({lost})"),
        "DELETE FROM transfers WHERE attachment IN (SELECT id FROM attachments
             WHERE local_name IN (SELECT value FROM json_each(?1)) AND url = '' AND blob_name IS NULL)
           AND ?2 <> ''"
            .to_owned(),
        "UPDATE attachments SET local_name = NULL, local_key = NULL,
             error = iif(url = '' AND blob_name IS NULL, ?2, ''),
             state = iif(url <> '', 3, iif(blob_name IS NULL, 6, state))
         WHERE local_name IN (SELECT value FROM json_each(?1))"
            .to_owned(),
    ] {
        conn.prepare_cached(&sql)?.execute((&list, error))?;
    }
    Ok(())
}
