//! Opening a profile, step by step.

use std::fs;
use std::path::Path;

use nous_protocol::time::Timestamp;
use rusqlite::Connection;

use super::erase;
use super::folder::Folder;
use super::lock::{Lock, LockError};
use super::{Profile, ProfileError, UnlockOptions};
use crate::backup::{self, Dated};
use crate::damage::{self, DamagedProfile};
use crate::db::{Database, DatabaseOptions, adopt, is_sound, open_writer, suspicion_of, write_anew};
use crate::error::StorageError;
use crate::files;
use crate::key::{self, KeyFile, KeyringUse};
use crate::migrations::{self, OpenError, Standing};
use crate::secret::DatabaseKey;

/// What is had before the database is open, and needed to restore it.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) folder: Folder,
    pub(crate) key: DatabaseKey,
    pub(crate) keyring: KeyringUse,
    pub(crate) database: DatabaseOptions,
    /// Held as long as the profile is.
    pub(crate) lock: Lock,
}

impl Profile {
    /// Opens a profile, or makes a new one where there is none. Blocks: lock, keyring,
    /// Argon2, migrations.
    ///
    /// `dir`: the profile folder; made with mode 0700.
    ///
    /// # Errors
    /// [`ProfileError`]; nothing of the profile was changed then, except that a restore or an
    /// erasure which a crash interrupted was finished, and a wrong password counted.
    pub fn open_or_create(dir: &Path, options: &UnlockOptions) -> Result<Self, ProfileError> {
        let (folder, lock) = Self::take(dir, options)?;
        Self::open_locked(folder, lock, options)
    }

    /// The folder, and the lock that says that it is ours.
    pub(super) fn take(dir: &Path, options: &UnlockOptions) -> Result<(Folder, Lock), ProfileError> {
        let folder = Folder::prepare(dir)?;
        let lock = Lock::take(&folder.lock(), options.lock_timeout).map_err(|error| match error {
            LockError::Held(process) => ProfileError::InUse { process },
            LockError::Io(error) => error.into(),
        })?;
        Ok((folder, lock))
    }

    /// The part after the lock is had.
    pub(super) fn open_locked(
        folder: Folder,
        lock: Lock,
        options: &UnlockOptions,
    ) -> Result<Self, ProfileError> {
        erase::finish(&folder, options.keyring)?;
        damage::finish_restore(&folder.database(), options.now)?;
        let (key, key_file) = match KeyFile::load(&folder.key_file())? {
            Some(file) => {
                let (password, tries) = (options.password.as_ref(), folder.tries());
                let key = key::unlock_counted(&file, password, options.keyring, &tries, options.now)?;
                (key, file)
            }
            None if folder.database().try_exists()? => return Err(ProfileError::KeyFileMissing),
            None => key::create(&folder.key_file(), options.password.as_ref(), options.keyring)?,
        };
        let parts = Parts {
            folder,
            key,
            keyring: options.keyring,
            database: options.database,
            lock,
        };
        open_unlocked(parts, key_file, options.verify, options.now)
    }
}

/// The part after the key is had.
pub(super) fn open_unlocked(
    parts: Parts,
    key_file: KeyFile,
    verify: bool,
    now: Timestamp,
) -> Result<Profile, ProfileError> {
    match open_database(&parts, &key_file, verify, now) {
        Ok(conn) => finish_open(parts, key_file, conn),
        Err(OpenError::Storage(StorageError::Damaged) | OpenError::Migration(StorageError::Damaged)) => Err(
            ProfileError::Damaged(Box::new(DamagedProfile::examine(parts, key_file)?)),
        ),
        Err(other) => Err(other.into()),
    }
}

fn open_database(
    parts: &Parts,
    key_file: &KeyFile,
    verify: bool,
    now: Timestamp,
) -> Result<Connection, OpenError> {
    let path = parts.folder.database();
    if key_file.has_database() && fs::metadata(&path).map_or(0, |meta| meta.len()) == 0 {
        return Err(StorageError::Damaged.into());
    }
    let (mut conn, standing) = open_writer(&path, &parts.key)?;
    if key_file.has_database() && standing == Standing::Empty {
        return Err(StorageError::Damaged.into());
    }
    let suspicion = suspicion_of(&path);
    let is_suspect = suspicion.try_exists().map_err(StorageError::from)?;
    if (verify || is_suspect) && !is_sound(&conn)? {
        return Err(StorageError::Damaged.into());
    }
    if is_suspect {
        files::remove_if_there(&suspicion).map_err(StorageError::from)?;
    }
    if standing == Standing::Behind {
        backup::write(&conn, &parts.key, &parts.folder.backups(), Dated::Perhaps(now))?;
    }
    adopt(&conn)?;
    migrations::migrate(&mut conn)?;
    if standing == Standing::Behind
        && let Err(error) = write_anew(&conn)
    {
        // As it is, its free pages are used again; they only stay in the file.
        tracing::info!(%error, "the database is not written anew");
    }
    Ok(conn)
}

/// Starts the threads and notes in `key.json` that there is a database now.
pub(crate) fn finish_open(
    parts: Parts,
    key_file: KeyFile,
    conn: Connection,
) -> Result<Profile, ProfileError> {
    parts.folder.prepare_inside()?;
    let key_file = if key_file.has_database() {
        key_file
    } else {
        let noted = key_file.with_database();
        noted.save(&parts.folder.key_file())?;
        noted
    };
    let database = Database::start(&parts.folder.database(), &parts.key, conn, parts.database)?;
    Ok(Profile {
        parts,
        key_file: key_file.into(),
        database,
    })
}
