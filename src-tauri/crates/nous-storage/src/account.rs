//! The one account of a profile.

use std::time::Duration;

use nous_protocol::account::AccountId;
use nous_protocol::keys::Seed;
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;
use zeroize::Zeroizing;

use crate::columns::{account, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// The account without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its address.
    pub id: AccountId,
    /// The name given to others; empty while a restored account's is not known.
    pub display_name: String,
    /// When the profile was last changed, in seconds; 0: never told.
    pub profile_updated_s: u64,
    /// Link and key of the picture that others see; a chosen one only once it is uploaded.
    pub picture: Option<(String, [u8; 32])>,
    /// When it was made here.
    pub created: Timestamp,
    /// Restored from its phrase, and the first complete poll is not done.
    pub is_restoring: bool,
    /// The person has looked at the phrase, or hidden the reminder.
    pub is_phrase_seen: bool,
    /// The password page of the first start was answered or skipped.
    pub is_protection_asked: bool,
    /// The last poll that a node answered.
    pub last_sync: Option<Timestamp>,
}

/// An account to write down.
#[derive(Debug)]
pub struct NewAccount {
    /// The only secret.
    pub seed: Seed,
    /// Its address.
    pub id: AccountId,
    /// The cleaned name; empty if it is not known.
    pub display_name: String,
    /// When the profile was last changed, in seconds; 0: never told.
    pub profile_updated_s: u64,
    /// Now.
    pub created: Timestamp,
    /// It comes from a phrase, which was seen, then.
    pub is_restored: bool,
}

/// The account, if there is one.
///
/// # Errors
/// What the database said.
pub fn load(reader: &Reader<'_>) -> Result<Option<Account>, StorageError> {
    let sql = "SELECT account_id, display_name, profile_updated_s, created_ms, is_restore_done,
                      is_phrase_seen, is_protection_asked, last_sync_ms, picture_url, picture_key FROM account WHERE id = 1";
    let row = reader.conn().prepare_cached(sql)?.query_row([], |row| {
        let (url, key): (String, Option<[u8; 32]>) = (row.get(8)?, row.get(9)?);
        Ok(Account {
            id: account(row, 0)?,
            display_name: row.get(1)?,
            profile_updated_s: row.get::<_, i64>(2)?.unsigned_abs(),
            picture: key.filter(|_| !url.is_empty()).map(|key| (url, key)),
            created: moment(row, 3)?,
            is_restoring: !row.get::<_, bool>(4)?,
            is_phrase_seen: row.get(5)?,
            is_protection_asked: row.get(6)?,
            last_sync: Some(moment(row, 7)?).filter(|at| at.as_ms() > 0),
        })
    });
    Ok(row.optional()?)
}

/// The account's secret, if there is an account.
///
/// # Errors
/// What the database said.
pub fn seed(reader: &Reader<'_>) -> Result<Option<Seed>, StorageError> {
    let bytes = reader
        .conn()
        .prepare_cached("SELECT seed FROM account WHERE id = 1")?
        .query_row([], |row| row.get::<_, [u8; 16]>(0).map(Zeroizing::new))
        .optional()?;
    Ok(bytes.map(|bytes| Seed::from_bytes(*bytes)))
}

/// Writes the account down. There must be none.
///
/// # Errors
/// [`StorageError::Constraint`] if there is one; else what the database said.
pub fn create(writer: &mut Writer<'_>, new: &NewAccount) -> Result<(), StorageError> {
    let seconds = i64::try_from(new.profile_updated_s).unwrap_or(0);
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO account (id, seed, account_id, display_name, profile_updated_s, created_ms,
                                  is_restored, is_restore_done, is_config_fetched,
                                  is_phrase_seen)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?6)",
        )?
        .execute((
            new.seed.expose().as_slice(),
            new.id.to_bytes().as_slice(),
            &new.display_name,
            seconds,
            new.created.as_ms(),
            new.is_restored,
            !new.is_restored,
        ))?;
    Ok(())
}

/// Forgets the account and everything that belongs to it.
///
/// # Errors
/// What the database said.
pub fn discard(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let tables = [
        "pictures",
        "picture_fetches",
        "own_picture",
        "outbox",
        "parked",
        "messages",
        "conversations",
        "drop_counts",
        "cursors",
        "seen_hashes",
        "erased",
        "configs",
        "kept_groups",
        "directory",
        "account",
    ];
    for table in tables {
        writer.conn().execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

/// Gives the next sent time: `at`, or 1 ms after the last one given, whichever is later. A
/// last one that lies ahead of `now` by more than [`AHEAD`] came from a clock that was wrong
/// and does not count.
///
/// # Errors
/// [`StorageError::NotFound`] without an account; else what the database said.
///
/// Source: `architecture.md` §5.1.
pub fn take_sent_time(
    writer: &mut Writer<'_>,
    at: Timestamp,
    now: Timestamp,
) -> Result<Timestamp, StorageError> {
    let sql = "UPDATE account SET last_sent_ms = iif(last_sent_ms > ?2, ?1, max(?1, last_sent_ms + 1))
               WHERE id = 1 RETURNING last_sent_ms";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row((at.as_ms(), (now + AHEAD).as_ms()), |row| moment(row, 0))?)
}

/// How far the last sent time may lie ahead: a burst of messages moves it by a second or two.
const AHEAD: Duration = Duration::from_secs(600);

/// Sets the name, and when it was changed.
///
/// # Errors
/// What the database said.
pub fn set_name(writer: &mut Writer<'_>, name: &str, updated_s: u64) -> Result<(), StorageError> {
    let seconds = i64::try_from(updated_s).unwrap_or(0);
    let sql = "UPDATE account SET display_name = ?1, profile_updated_s = max(?2, profile_updated_s + 1) WHERE id = 1";
    writer.conn().prepare_cached(sql)?.execute((name, seconds))?;
    Ok(())
}

/// Sets the picture that others see, and when the profile was changed.
///
/// # Errors
/// What the database said.
pub fn set_picture(
    writer: &mut Writer<'_>,
    picture: Option<&(String, [u8; 32])>,
    updated_s: u64,
) -> Result<(), StorageError> {
    let (url, key) = match picture {
        Some((url, key)) => (url.as_str(), Some(key.as_slice())),
        None => ("", None),
    };
    let seconds = i64::try_from(updated_s).unwrap_or(0);
    let sql = "UPDATE account SET picture_url = ?1, picture_key = ?2, profile_updated_s = ?3 WHERE id = 1";
    writer.conn().prepare_cached(sql)?.execute((url, key, seconds))?;
    Ok(())
}

/// Whether the account was restored from its phrase, and not made here.
///
/// # Errors
/// What the database said.
pub fn is_restored(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT is_restored FROM account WHERE id = 1";
    let restored = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(restored.unwrap_or(false))
}

/// Takes the profile that another device set.
///
/// # Errors
/// What the database said.
pub fn adopt_profile(writer: &mut Writer<'_>, name: &str, updated_s: u64) -> Result<(), StorageError> {
    let seconds = i64::try_from(updated_s).unwrap_or(0);
    let sql = "UPDATE account SET display_name = ?1, profile_updated_s = ?2 WHERE id = 1";
    writer.conn().prepare_cached(sql)?.execute((name, seconds))?;
    Ok(())
}

/// Notes when the profile was changed, which only moves forward.
///
/// # Errors
/// What the database said.
pub fn note_profile_change(writer: &mut Writer<'_>, updated_s: u64) -> Result<(), StorageError> {
    let seconds = i64::try_from(updated_s).unwrap_or(0);
    let sql = "UPDATE account SET profile_updated_s = max(profile_updated_s, ?1) WHERE id = 1";
    writer.conn().prepare_cached(sql)?.execute([seconds])?;
    Ok(())
}

/// Something that happens once to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Milestone {
    /// The phrase was looked at.
    PhraseSeen,
    /// The password page was answered.
    ProtectionAsked,
    /// The first complete poll after a restore is done.
    RestoreDone,
}

/// Notes that something happened.
///
/// # Errors
/// What the database said.
pub fn reach(writer: &mut Writer<'_>, milestone: Milestone) -> Result<(), StorageError> {
    let sql = match milestone {
        Milestone::PhraseSeen => "UPDATE account SET is_phrase_seen = 1 WHERE id = 1",
        Milestone::ProtectionAsked => "UPDATE account SET is_protection_asked = 1 WHERE id = 1",
        Milestone::RestoreDone => "UPDATE account SET is_restore_done = 1 WHERE id = 1",
    };
    writer.conn().prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Notes a poll that a node answered.
///
/// # Errors
/// What the database said.
pub fn note_sync(writer: &mut Writer<'_>, now: Timestamp) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE account SET last_sync_ms = ?1 WHERE id = 1")?
        .execute([now.as_ms()])?;
    Ok(())
}
