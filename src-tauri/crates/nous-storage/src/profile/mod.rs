//! A profile: its folder, its lock, its key, its database.
//!
//! [`Profile::open_or_create`] takes the lock first and touches nothing before. Every
//! state that is not “open” is a variant of [`ProfileError`]: locked, in use, damaged
//! (with what can be restored), of a newer version.
//!
//! Source: `architecture.md` §10.

mod erase;
mod folder;
mod lock;
mod open;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::time::Timestamp;

pub use folder::Folder;
pub(crate) use open::{Parts, finish_open};

use crate::backup::{self, BackupFile};
use crate::damage::DamagedProfile;
use crate::db::{Database, DatabaseOptions};
use crate::error::StorageError;
use crate::key::{self, KeyError, KeyringUse, NewProtection, Protection};
use crate::migrations::OpenError;
use crate::secret::Password;

/// How a profile is opened.
#[derive(Debug)]
pub struct UnlockOptions {
    /// The password; a new profile is protected by it.
    pub password: Option<Password>,
    /// Whether the system keyring is asked.
    pub keyring: KeyringUse,
    /// How long another program's lock is waited for.
    pub lock_timeout: Duration,
    /// The local time, for names of backups.
    pub now: Timestamp,
    /// Whether every page is checked first (seconds for large databases). After damage
    /// was met it is done in any case.
    pub verify: bool,
    /// The database's threads.
    pub database: DatabaseOptions,
}

impl UnlockOptions {
    /// No password, the keyring as the environment says, no waiting for the lock.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            password: None,
            keyring: KeyringUse::from_environment(),
            lock_timeout: Duration::ZERO,
            now,
            verify: false,
            database: DatabaseOptions::default(),
        }
    }
}

/// Why a profile is not open.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another program has it open.
    #[error("the profile is in use")]
    InUse {
        /// Its process, if it could be read.
        process: Option<u32>,
    },
    /// The key: a password is needed or wrong, the keyring is silent, `key.json` is damaged.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is a database but no `key.json`: nothing can open it, and nothing is
    /// overwritten.
    #[error("the key file is missing")]
    KeyFileMissing,
    /// The database is damaged or gone; it can be restored with what this holds.
    #[error("the database is damaged")]
    Damaged(Box<DamagedProfile>),
    /// A newer version, a failed migration, or what the disk said to the database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What the disk said.
    #[error("the profile folder cannot be used: {0}")]
    Io(#[from] io::Error),
}

impl ProfileError {
    /// The name inside the profile folder of the file that is damaged or missing.
    #[must_use]
    pub fn damaged_file(&self) -> Option<&'static str> {
        match self {
            Self::Key(KeyError::Damaged | KeyError::KeyringEntryLost) | Self::KeyFileMissing => {
                Some("key.json")
            }
            Self::Damaged(_) => Some("nous.db"),
            Self::InUse { .. } | Self::Key(_) | Self::Open(_) | Self::Io(_) => None,
        }
    }
}

impl From<StorageError> for ProfileError {
    fn from(error: StorageError) -> Self {
        Self::Open(error.into())
    }
}

impl HasKind for ProfileError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InUse { .. } => ErrorKind::InUse,
            Self::Key(error) => error.kind(),
            Self::KeyFileMissing | Self::Damaged(_) => ErrorKind::Damaged,
            Self::Open(error) => error.kind(),
            Self::Io(_) => ErrorKind::DiskFull,
        }
    }
}

impl HasRetry for ProfileError {
    fn retry(&self) -> Retry {
        match self {
            Self::InUse { .. } => Retry::After(Duration::from_secs(1)),
            Self::Key(error) => error.retry(),
            Self::Open(error) => error.retry(),
            Self::KeyFileMissing | Self::Damaged(_) | Self::Io(_) => Retry::AfterChange(Cause::Person),
        }
    }
}

/// An open profile. Dropping it gives the lock back; [`Profile::close`] before that
/// finishes what is queued.
#[derive(Debug)]
pub struct Profile {
    parts: Parts,
    key_file: Mutex<key::KeyFile>,
    database: Database,
}

impl Profile {
    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The names in the folder.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.parts.folder
    }

    /// What protects the key now.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.key_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .protection()
    }

    /// Whether this is the password of the profile; wrong ones are counted. Blocks for the work
    /// of Argon2.
    ///
    /// # Errors
    /// [`KeyError`] for another reason than a wrong password, as [`KeyError::TooManyTries`]. A
    /// profile without a password answers `true` to any.
    pub fn check_password(&self, password: &Password, now: Timestamp) -> Result<bool, KeyError> {
        let file = self
            .key_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if file.protection() != Protection::Password {
            return Ok(true);
        }
        let tries = self.parts.folder.tries();
        match key::unlock_counted(&file, Some(password), self.parts.keyring, &tries, now) {
            Ok(_) => Ok(true),
            Err(KeyError::WrongPassword) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Puts the key under another protection: rewrites `key.json` as one step, not the
    /// database. Blocks for the work of Argon2 and for the keyring.
    ///
    /// # Errors
    /// [`KeyError`]; the old protection holds then.
    pub fn protect(&self, wanted: &NewProtection<'_>) -> Result<Protection, KeyError> {
        let mut file = self.key_file.lock().unwrap_or_else(PoisonError::into_inner);
        *file = key::change(
            &self.parts.folder.key_file(),
            &file,
            &self.parts.key,
            wanted,
            self.parts.keyring,
        )?;
        Ok(file.protection())
    }

    /// Makes a backup now.
    ///
    /// `now`: network time that is sure; others are removed by their age.
    ///
    /// # Errors
    /// As [`backup::create`].
    pub async fn back_up(&self, now: Timestamp) -> Result<BackupFile, StorageError> {
        backup::create(&self.database, &self.parts.folder.backups(), now).await
    }

    /// Makes the daily backup if it is due; call it when the app is idle. `true` if made.
    ///
    /// `now`: as for [`Profile::back_up`].
    ///
    /// # Errors
    /// As [`backup::create`].
    pub async fn back_up_if_due(&self, now: Timestamp) -> Result<bool, StorageError> {
        if !backup::is_due(&self.parts.folder.backups(), now)? {
            return Ok(false);
        }
        self.back_up(now).await.map(|_| true)
    }

    /// Finishes what is queued, closes the database and erases `webview/`. The lock stays
    /// until the profile is dropped.
    pub async fn close(&self) {
        self.database.close().await;
        self.parts.folder.erase_webview();
    }

    /// Opens a closed profile again with a look at every page, without asking for the
    /// password: after [`Health::Damaged`](crate::db::Health::Damaged) or
    /// [`Health::WriterGone`](crate::db::Health::WriterGone), and [`Profile::close`]. Blocks.
    ///
    /// # Errors
    /// [`ProfileError::Damaged`] with what can be restored; [`ProfileError::InUse`] if it
    /// was not closed; else as [`Profile::open_or_create`].
    pub fn reopen(self, now: Timestamp) -> Result<Self, ProfileError> {
        let Self {
            parts,
            key_file,
            database,
        } = self;
        if !database.is_closed() {
            return Err(ProfileError::InUse {
                process: Some(std::process::id()),
            });
        }
        let key_file = key_file.into_inner().unwrap_or_else(PoisonError::into_inner);
        open::open_unlocked(parts, key_file, true, now)
    }
}
