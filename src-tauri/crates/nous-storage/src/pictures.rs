//! Pictures of profiles: which are here, which are to be fetched, and ours on its way.
//!
//! Whose picture may be here follows from `conversations` and `account`: a person is accepted
//! by us and their profile names one. The rows here only follow.
//!
//! Source: `messages.md` §12, `product.md` §9.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{conversation, count, json, json_ids};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::sealed_files::{FileKey, SealedFile};

mod own;

pub use own::{OwnPicture, forget_own, hide_own, name_own, own, save_own, show_own};

/// Link and key of a picture, as profiles carry it.
pub type PictureLink = (String, [u8; 32]);

/// A picture to fetch.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose.
    pub id: ConversationId,
    /// Where it is and what opens it.
    pub link: PictureLink,
    /// When that profile was changed, in seconds.
    pub updated_s: u64,
    /// Tries so far.
    pub attempts: u32,
}

/// Shows neither link nor key.
impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted")
            .field("id", &self.id)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The two files of a picture.
#[derive(Debug)]
pub struct PictureFiles {
    /// For lists.
    pub small: SealedFile,
    /// As large as it comes.
    pub large: SealedFile,
}

impl PictureFiles {
    /// Their names.
    #[must_use]
    pub fn names(&self) -> [String; 2] {
        [self.small.name.clone(), self.large.name.clone()]
    }
}

/// Everybody whose picture may be here, with its link. `account` is ours; the picture that we
/// chose and nobody knows yet is not fetched.
const PEOPLE: &str = "
    SELECT account_id, picture_url AS url, picture_key AS picture_key, profile_updated_s AS updated_s
    FROM conversations
    WHERE picture_url <> '' AND picture_key IS NOT NULL AND is_approved = 1 AND is_blocked = 0
      AND account_id NOT IN (SELECT account_id FROM account)
    UNION ALL
    SELECT account_id, picture_url, picture_key, profile_updated_s FROM account
    WHERE picture_url <> '' AND picture_key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM own_picture WHERE url = '')";

/// What has to be fetched by now, at most `limit`.
///
/// # Errors
/// What the database said.
pub fn wanted(reader: &Reader<'_>, now: Timestamp, limit: u32) -> Result<Vec<Wanted>, StorageError> {
    let sql = format!(
        "WITH people AS ({PEOPLE}), missing AS ({MISSING})
         SELECT account_id, url, picture_key, updated_s, attempts FROM missing
         WHERE next_attempt_ms <= ?1 ORDER BY attempts, account_id LIMIT ?2"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((now.as_ms(), limit), |row| {
        Ok(Wanted {
            id: conversation(row, 0)?,
            link: (row.get(1)?, row.get(2)?),
            updated_s: row.get::<_, i64>(3)?.unsigned_abs(),
            attempts: count(row, 4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Tries of an older profile do not count.
const MISSING: &str = "
    SELECT p.account_id, p.url, p.picture_key, p.updated_s,
           coalesce(f.attempts, 0) AS attempts, coalesce(f.next_attempt_ms, 0) AS next_attempt_ms
    FROM people p
    LEFT JOIN pictures h ON h.account_id = p.account_id AND h.url = p.url AND h.picture_key = p.picture_key
    LEFT JOIN picture_fetches f ON f.account_id = p.account_id AND f.url = p.url
        AND f.picture_key = p.picture_key AND f.updated_s = p.updated_s
    WHERE h.account_id IS NULL";

/// When the next picture has to be fetched; `None` if none is missing.
///
/// # Errors
/// What the database said.
pub fn next_fetch(reader: &Reader<'_>) -> Result<Option<Timestamp>, StorageError> {
    let sql =
        format!("WITH people AS ({PEOPLE}), missing AS ({MISSING}) SELECT min(next_attempt_ms) FROM missing");
    let at: Option<i64> = reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([], |row| row.get(0))?;
    Ok(at.map(Timestamp::from_ms))
}

/// Counts a try before it is made, and says when the next one is due if nothing comes of it.
///
/// # Errors
/// What the database said.
pub fn note_fetch(writer: &mut Writer<'_>, wanted: &Wanted, next: Timestamp) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO picture_fetches (account_id, url, picture_key, updated_s, attempts, next_attempt_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account_id) DO UPDATE SET url = excluded.url, picture_key = excluded.picture_key,
                 updated_s = excluded.updated_s, attempts = excluded.attempts,
                 next_attempt_ms = excluded.next_attempt_ms",
        )?
        .execute((
            wanted.id.to_bytes().as_slice(),
            &wanted.link.0,
            wanted.link.1.as_slice(),
            i64::try_from(wanted.updated_s).unwrap_or(i64::MAX),
            wanted.attempts.saturating_add(1),
            next.as_ms(),
        ))?;
    Ok(())
}

/// Every fetch that waits is due: a path stands again.
///
/// # Errors
/// What the database said.
pub fn make_due(writer: &mut Writer<'_>, now: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    // Those that were given up stay so.
    let sql = "UPDATE picture_fetches SET next_attempt_ms = ?1 WHERE next_attempt_ms BETWEEN ?1 AND ?2";
    conn.prepare_cached(sql)?
        .execute((now.as_ms(), now.as_ms().saturating_add(DAY_MS)))?;
    let sql = "UPDATE own_picture SET next_attempt_ms = ?1 WHERE next_attempt_ms > ?1";
    conn.prepare_cached(sql)?.execute([now.as_ms()])?;
    Ok(())
}

const DAY_MS: i64 = 86_400_000;

/// Keeps a picture that was fetched, if it is still the one of the profile: answers the names
/// of the files that it replaces. `None`: it is not, and its files are to be removed.
///
/// # Errors
/// What the database said.
pub fn keep_fetched(
    writer: &mut Writer<'_>,
    wanted: &Wanted,
    files: &PictureFiles,
) -> Result<Option<Vec<String>>, StorageError> {
    let sql = format!(
        "WITH people AS ({PEOPLE})
         SELECT count(*) FROM people WHERE account_id = ?1 AND url = ?2 AND picture_key = ?3"
    );
    let id = wanted.id.to_bytes();
    let (url, key) = (&wanted.link.0, wanted.link.1.as_slice());
    let is_wanted: bool = writer
        .conn()
        .prepare_cached(&sql)?
        .query_row((id.as_slice(), url, key), |row| row.get(0))?;
    if !is_wanted {
        return Ok(None);
    }
    put(writer, wanted.id, &wanted.link, files).map(Some)
}

/// Puts a picture in the place of the one there was: answers the names of its files.
fn put(
    writer: &mut Writer<'_>,
    id: impl Into<ConversationId>,
    link: &PictureLink,
    files: &PictureFiles,
) -> Result<Vec<String>, StorageError> {
    let id = id.into().to_bytes();
    let old = remove_one(writer, id.as_slice())?;
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO pictures (account_id, url, picture_key, small_name, small_key, large_name, large_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            id.as_slice(),
            &link.0,
            link.1.as_slice(),
            &files.small.name,
            files.small.key.0.as_slice(),
            &files.large.name,
            files.large.key.0.as_slice(),
        ))?;
    Ok(old)
}

fn remove_one(writer: &mut Writer<'_>, id: &[u8]) -> Result<Vec<String>, StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM picture_fetches WHERE account_id = ?1")?
        .execute([id])?;
    let sql = "DELETE FROM pictures WHERE account_id = ?1 RETURNING small_name, large_name";
    let names = writer
        .conn()
        .prepare_cached(sql)?
        .query_row([id], |row| Ok(vec![row.get(0)?, row.get(1)?]))
        .optional()?;
    Ok(names.unwrap_or_default())
}

/// Whose pictures may not be here any more.
///
/// # Errors
/// What the database said.
pub fn unwanted(reader: &Reader<'_>) -> Result<BTreeSet<ConversationId>, StorageError> {
    // Somebody who is blocked keeps theirs: unblocking shows it again.
    let sql = "
        SELECT account_id FROM pictures WHERE account_id NOT IN (
            SELECT account_id FROM conversations
            WHERE picture_url <> '' AND picture_key IS NOT NULL AND is_approved = 1
            UNION ALL SELECT account_id FROM account WHERE picture_url <> ''
            UNION ALL SELECT account_id FROM account WHERE EXISTS (SELECT 1 FROM own_picture))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| conversation(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes the pictures that may not be here any more: whose, and the names of their files.
///
/// # Errors
/// What the database said.
pub fn remove_unwanted(writer: &mut Writer<'_>) -> Result<(Vec<ConversationId>, Vec<String>), StorageError> {
    let gone = unwanted(&writer.reader())?;
    let mut names = Vec::new();
    for account in &gone {
        names.extend(remove_one(writer, account.to_bytes().as_slice())?);
    }
    Ok((gone.into_iter().collect(), names))
}

/// The files of the picture that screens call `name`, if its owner is still one whose picture
/// may be shown.
///
/// # Errors
/// What the database said.
pub fn by_name(reader: &Reader<'_>, name: &str) -> Result<Option<PictureFiles>, StorageError> {
    let sql = "SELECT small_name, small_key, large_name, large_key FROM pictures p WHERE small_name = ?1
               AND (p.account_id IN (SELECT account_id FROM account)
                    OR p.account_id IN (SELECT account_id FROM conversations WHERE is_approved = 1))";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([name], files_of)
        .optional()?)
}

fn files_of(row: &Row<'_>) -> rusqlite::Result<PictureFiles> {
    let file = |name, key| -> rusqlite::Result<SealedFile> {
        Ok(SealedFile {
            name: row.get(name)?,
            key: FileKey(row.get(key)?),
        })
    };
    Ok(PictureFiles {
        small: file(0, 1)?,
        large: file(2, 3)?,
    })
}

/// How screens call somebody's picture.
///
/// # Errors
/// What the database said.
pub fn name_of(reader: &Reader<'_>, id: impl Into<ConversationId>) -> Result<Option<String>, StorageError> {
    let sql = "SELECT small_name FROM pictures WHERE account_id = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([id.into().to_bytes().as_slice()], |row| row.get(0))
        .optional()?)
}

/// How screens call the pictures of these people, of whom one may be shown.
///
/// # Errors
/// What the database said.
pub fn names_of(
    reader: &Reader<'_>,
    ids: &[ConversationId],
) -> Result<BTreeMap<ConversationId, String>, StorageError> {
    let sql = "SELECT p.account_id, p.small_name FROM pictures p
               JOIN conversations c ON c.account_id = p.account_id AND c.is_approved = 1
               WHERE p.account_id IN (SELECT unhex(value) FROM json_each(?1))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([json_ids(ids)?], |row| Ok((conversation(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of all files that rows name.
///
/// # Errors
/// What the database said.
pub fn file_names(reader: &Reader<'_>) -> Result<BTreeSet<String>, StorageError> {
    let sql = "SELECT small_name FROM pictures UNION ALL SELECT large_name FROM pictures
               UNION ALL SELECT blob_name FROM own_picture
               UNION ALL SELECT json_extract(CAST(data AS TEXT), '$.blob') FROM group_tasks
                   WHERE kind = 14 AND json_valid(CAST(data AS TEXT))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets what names a file that is not there, as after a restored backup: it is fetched
/// again where it can be. Answers the names of files that no row names any more.
///
/// # Errors
/// What the database said.
pub fn forget_missing(
    writer: &mut Writer<'_>,
    missing: &BTreeSet<String>,
) -> Result<Vec<String>, StorageError> {
    let list = json(missing)?;
    let sql = "SELECT account_id FROM pictures WHERE small_name IN (SELECT value FROM json_each(?1))
               OR large_name IN (SELECT value FROM json_each(?1))";
    let owners: Vec<ConversationId> = {
        let mut statement = writer.conn().prepare_cached(sql)?;
        let rows = statement.query_map([&list], |row| conversation(row, 0))?;
        rows.collect::<Result<_, _>>()?
    };
    let mut names = Vec::new();
    for owner in owners {
        names.extend(remove_one(writer, owner.to_bytes().as_slice())?);
    }
    writer
        .conn()
        .prepare_cached("DELETE FROM own_picture WHERE blob_name IN (SELECT value FROM json_each(?1))")?
        .execute([&list])?;
    Ok(names)
}
