//! Copies of the database under the same key: before each migration and daily.
//!
//! A copy is written beside its place, rid of what it must not hold, checked page by page, and renamed
//! only then.
//! Two are kept, none older than 7 days; older ones go only after a newer one stands, so
//! a backup that fails costs nothing. Their age counts only where the time is sure; then one goes too
//! that a wrong clock dated in the future.
//!
//! Source: `architecture.md` §10.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nous_protocol::time::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::clock::{Deadline, start_thread};
use crate::db::{Database, Mode, clear_gaps, is_sound, open_connection};
use crate::error::StorageError;
use crate::secret::DatabaseKey;
use crate::{files, hooks, search};

/// How many backups are kept.
const KEPT: usize = 2;
/// How long a backup is kept.
const MAX_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How old the newest one may get.
const PERIOD: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a busy database is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The moment in a file's name, UTC.
const NAME_TIME: &str = "%Y-%m-%dT%H%M%SZ";

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    /// Where it lies.
    pub path: PathBuf,
    /// When it was made, to the second.
    pub made: Timestamp,
}

/// The backups in a folder, newest first. Other files there are none.
///
/// # Errors
/// What the disk said; a missing folder holds none.
pub fn list(folder: &Path) -> Result<Vec<BackupFile>, StorageError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let Some(made) = moment_of(&path) {
            found.push(BackupFile { path, made });
        }
    }
    found.sort_by_key(|backup| std::cmp::Reverse(backup.made));
    Ok(found)
}

/// Whether the daily backup is due: there is none from the last 24 hours.
///
/// # Errors
/// What the disk said.
pub fn is_due(folder: &Path, now: Timestamp) -> Result<bool, StorageError> {
    // One from the future says that the clock moved: it does not count.
    let newest = list(folder)?.into_iter().find(|backup| backup.made <= now);
    Ok(newest.is_none_or(|backup| now.since(backup.made) >= PERIOD))
}

/// Makes a backup of an open database while it goes on working, and removes old ones.
///
/// `now`: network time that is sure.
///
/// # Errors
/// [`StorageError::Damaged`] if the database cannot be copied or the copy is not sound:
/// earlier backups stay then. Else what the disk said.
pub async fn create(database: &Database, folder: &Path, now: Timestamp) -> Result<BackupFile, StorageError> {
    let (path, key, folder) = (
        database.path().to_owned(),
        database.key().duplicate(),
        folder.to_owned(),
    );
    let (reply, answer) = tokio::sync::oneshot::channel();
    let body = move || {
        let made = open_connection(&path, &key, Mode::Read)
            .and_then(|conn| write(&conn, &key, &folder, Dated::Surely(now)));
        drop(reply.send(made));
    };
    start_thread("db-backup", body)?;
    let made = answer.await.map_err(|_| StorageError::Bug {
        what: "the backup thread died".into(),
    })?;
    if let Err(error) = &made {
        database.report(error);
    }
    made
}

/// Now, as a backup is dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dated {
    /// As the network says.
    Surely(Timestamp),
    /// As this machine's clock says, which may be wrong.
    Perhaps(Timestamp),
}

/// Copies `source` into `folder`.
pub(crate) fn write(
    source: &Connection,
    key: &DatabaseKey,
    folder: &Path,
    dated: Dated,
) -> Result<BackupFile, StorageError> {
    let (Dated::Surely(now) | Dated::Perhaps(now)) = dated;
    files::private_folder(folder)?;
    let made = Timestamp::from_ms(now.as_ms().div_euclid(1000).saturating_mul(1000));
    let path = folder.join(format!("nous-{}.db", name_time(made)));
    let fresh = files::with_suffix(&path, ".new");
    let copied = remove_copy(&fresh).and_then(|()| copy(source, key, &fresh, now));
    if let Err(error) = copied {
        // What stays behind is no backup and is overwritten by the next.
        drop(remove_copy(&fresh));
        return Err(error);
    }
    files::rename(&fresh, &path)?;
    let backup = BackupFile { path, made };
    prune(folder, &backup, dated)?;
    Ok(backup)
}

fn copy(source: &Connection, key: &DatabaseKey, fresh: &Path, now: Timestamp) -> Result<(), StorageError> {
    drop(files::private_file().write(true).create_new(true).open(fresh)?);
    let mut target = open_connection(fresh, key, Mode::Copy)?;
    {
        let backup = Backup::new(source, &mut target)?;
        let deadline = Deadline::after(PATIENCE);
        while backup.step(-1)? != StepResult::Done {
            if !deadline.pause(Duration::from_millis(20)) {
                return Err(StorageError::Busy);
            }
        }
    }
    // The header came along and says WAL; a backup is one file.
    target.execute_batch("PRAGMA journal_mode = DELETE;")?;
    search::empty_copy(&target)?;
    hooks::strip_backup(&target, now)?;
    clear_gaps(&target)?;
    if !is_sound(&target)? {
        return Err(StorageError::Damaged);
    }
    target.close().map_err(|(_, error)| error)?;
    Ok(files::sync(fresh)?)
}

/// Whether a backup can be read from end to end with this key.
pub(crate) fn is_good(backup: &BackupFile, key: &DatabaseKey) -> bool {
    open_connection(&backup.path, key, Mode::Read)
        .and_then(|conn| is_sound(&conn))
        .unwrap_or(false)
}

fn prune(folder: &Path, newest: &BackupFile, dated: Dated) -> Result<(), StorageError> {
    let is_out_of_time = |backup: &BackupFile| match dated {
        Dated::Surely(now) => now.since(backup.made) > MAX_AGE || backup.made > now + PERIOD,
        Dated::Perhaps(_) => false,
    };
    let others = list(folder)?
        .into_iter()
        .filter(|backup| backup.path != newest.path);
    let mut kept = 1;
    for backup in others {
        if kept >= KEPT || is_out_of_time(&backup) {
            remove_copy(&backup.path)?;
        } else {
            kept += 1;
        }
    }
    Ok(())
}

fn remove_copy(path: &Path) -> Result<(), StorageError> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        files::remove_if_there(&files::with_suffix(path, suffix))?;
    }
    Ok(())
}

/// A moment as file names hold it.
pub(crate) fn name_time(moment: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(moment.as_ms()).map_or_else(
        |_| moment.as_ms().to_string(),
        |at| at.strftime(NAME_TIME).to_string(),
    )
}

fn moment_of(path: &Path) -> Option<Timestamp> {
    let name = path
        .file_name()?
        .to_str()?
        .strip_prefix("nous-")?
        .strip_suffix(".db")?;
    let moment = jiff::civil::DateTime::strptime(NAME_TIME, name)
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()?;
    Some(Timestamp::from_ms(moment.timestamp().as_millisecond()))
}
