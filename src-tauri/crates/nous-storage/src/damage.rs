//! A profile whose database cannot be read.
//!
//! Nothing is overwritten: the damaged files get another name, and a copy of a backup
//! takes their place. Each step is a rename, so a crash between two of them is mended at
//! the next start.
//!
//! Source: `architecture.md` §10.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nous_protocol::time::Timestamp;
use rusqlite::Connection;

use crate::backup::{self, BackupFile, name_time};
use crate::db::{Mode, adopt, open_connection, open_writer, suspicion_of};
use crate::error::StorageError;
use crate::files::{self, with_suffix};
use crate::key::KeyFile;
use crate::profile::{Parts, Profile, ProfileError, finish_open};
use crate::secret::DatabaseKey;
use crate::{hooks, migrations};

/// A damaged profile: its lock and its key are held, its database is closed.
#[derive(Debug)]
pub struct DamagedProfile {
    parts: Parts,
    key_file: KeyFile,
    backups: Vec<BackupFile>,
}

impl DamagedProfile {
    /// Looks for backups that can be read from end to end.
    pub(crate) fn examine(parts: Parts, key_file: KeyFile) -> Result<Self, StorageError> {
        let mut backups = backup::list(&parts.folder.backups())?;
        backups.retain(|backup| backup::is_good(backup, &parts.key));
        Ok(Self {
            parts,
            key_file,
            backups,
        })
    }

    /// The damaged file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.parts.folder.database()
    }

    /// The good backups, newest first.
    #[must_use]
    pub fn backups(&self) -> &[BackupFile] {
        &self.backups
    }

    /// Puts a copy of a backup in the place of the damaged database, which is renamed
    /// `nous.db.damaged-<date>`. Deletions of the last 30 days are carried out on it, as
    /// far as they can still be read. Blocks.
    ///
    /// # Errors
    /// What the disk said; the damaged database is then where it was, or set aside, and
    /// the next opening tells which.
    pub fn restore(self, backup: &BackupFile, now: Timestamp) -> Result<Profile, ProfileError> {
        let path = self.file();
        prepare_copy(&path, &backup.path, &self.parts.key, now)?;
        set_aside(&path, now)?;
        files::rename(&restored(&path), &path)?;
        self.open()
    }

    /// Sets the damaged database aside and begins an empty one under the same key: when
    /// there is no good backup and the person has the recovery phrase. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn start_empty(self, now: Timestamp) -> Result<Profile, ProfileError> {
        set_aside(&self.file(), now)?;
        self.open()
    }

    fn open(self) -> Result<Profile, ProfileError> {
        let path = self.file();
        files::remove_if_there(&suspicion_of(&path))?;
        let (mut conn, _) = open_writer(&path, &self.parts.key)?;
        adopt(&conn)?;
        migrations::migrate(&mut conn)?;
        finish_open(self.parts, self.key_file, conn)
    }
}

/// Finishes a restore that a crash interrupted, or forgets one that had not begun.
pub(crate) fn finish_restore(path: &Path, now: Timestamp) -> io::Result<()> {
    files::remove_if_there(&unfinished(path))?;
    let copy = restored(path);
    if !copy.try_exists()? {
        return Ok(());
    }
    if path.try_exists()? {
        // Killed before the damaged one was set aside: the person is asked again.
        return files::remove_if_there(&copy);
    }
    set_aside(path, now)?;
    files::rename(&copy, path)
}

/// A whole copy, waiting to take the place.
fn restored(path: &Path) -> PathBuf {
    with_suffix(path, ".restored")
}

/// A copy that is being written.
fn unfinished(path: &Path) -> PathBuf {
    with_suffix(path, ".restoring")
}

fn prepare_copy(path: &Path, backup: &Path, key: &DatabaseKey, now: Timestamp) -> Result<(), ProfileError> {
    let copy = unfinished(path);
    files::remove_if_there(&copy)?;
    drop(files::private_file().write(true).create_new(true).open(&copy)?);
    fs::copy(backup, &copy)?;
    let mut conn = open_connection(&copy, key, Mode::Copy)?;
    migrations::migrate(&mut conn)?;
    let erased = erased_in(path, key);
    keep_erased(&conn, &erased)?;
    hooks::run(&conn, hooks::AFTER_RESTORE, now)?;
    conn.close().map_err(|(_, error)| StorageError::from(error))?;
    files::sync(&copy)?;
    Ok(files::rename(&copy, &restored(path))?)
}

/// A deletion as its table holds it.
type ErasedRow = (Vec<u8>, Vec<u8>, i64, i64);

/// What the damaged database still tells of deletions: those newer than the backup are
/// nowhere else.
fn erased_in(path: &Path, key: &DatabaseKey) -> Vec<ErasedRow> {
    let rows = open_connection(path, key, Mode::Read).and_then(|conn| {
        let mut statement = conn.prepare("SELECT conversation, author, sent_ms, erased_ms FROM erased")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        // Up to the damaged page, if it is in this table.
        Ok(rows.map_while(Result::ok).collect())
    });
    rows.unwrap_or_else(|_| {
        tracing::warn!("deletions since the backup cannot be read any more");
        Vec::new()
    })
}

fn keep_erased(conn: &Connection, rows: &[ErasedRow]) -> Result<(), StorageError> {
    let transaction = conn.unchecked_transaction()?;
    {
        let mut insert = transaction.prepare(
            "INSERT OR IGNORE INTO erased (conversation, author, sent_ms, erased_ms) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (conversation, author, sent_ms, erased_ms) in rows {
            insert.execute((conversation, author, sent_ms, erased_ms))?;
        }
    }
    Ok(transaction.commit()?)
}

/// Renames the database and what belongs to it; never onto another file.
fn set_aside(path: &Path, now: Timestamp) -> io::Result<()> {
    let base = with_suffix(path, &format!(".damaged-{}", name_time(now)));
    let taken = |name: &Path| {
        ["", "-wal", "-shm"]
            .iter()
            .any(|suffix| with_suffix(name, suffix).exists())
    };
    let free = (1_u32..)
        .map(|n| {
            if n == 1 {
                base.clone()
            } else {
                with_suffix(&base, &format!("-{n}"))
            }
        })
        .find(|name| !taken(name))
        .ok_or(io::ErrorKind::AlreadyExists)?;
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        if from.try_exists()? {
            files::rename(&from, &with_suffix(&free, suffix))?;
        }
    }
    Ok(())
}
