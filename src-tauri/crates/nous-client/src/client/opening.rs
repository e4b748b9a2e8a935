//! Opening a profile, unlocking it, restoring it.

use std::sync::Arc;
use std::time::Duration;

use nous_network::clock;
use nous_storage::damage::DamagedProfile;
use nous_storage::db::{Database, Health};
use nous_storage::error::StorageError;
use nous_storage::key::{KeyError, Protection};
use nous_storage::migrations::OpenError;
use nous_storage::profile::{Profile, ProfileError, UnlockOptions};
use nous_storage::secret::Password;

use super::{Client, Open, OpenFailure, State, lock, session};
use crate::error::ClientError;
use crate::events::Change;

/// How often, and how far apart, other handles of a profile are waited for.
const HANDLE_TRIES: u32 = 100;
const HANDLE_PAUSE: Duration = Duration::from_millis(50);

impl Client {
    /// Opens a profile that is behind a password.
    ///
    /// # Errors
    /// [`ProfileError`]: a wrong password, or too many of them.
    pub async fn unlock(&self, password: Password) -> Result<(), ProfileError> {
        if !matches!(*self.state(), State::Locked) {
            return Ok(());
        }
        self.open_profile(Some(password)).await?;
        self.inner.hub.announce([Change::Account, Change::Settings]);
        Ok(())
    }

    /// Locks a profile that is behind a password: its loops end, its database closes, and
    /// nothing of it can be asked before it is unlocked. `false` if there is no password.
    ///
    /// # Errors
    /// [`ClientError`], if it is not open.
    pub async fn lock(&self) -> Result<bool, ClientError> {
        let _turn = self.inner.turn.lock().await;
        let open = self.opened()?;
        if open.profile()?.protection() != Protection::Password {
            return Ok(false);
        }
        self.keep_recording().await;
        self.set_state(State::Locked);
        self.forget_unsaved();
        session::stop(&open).await;
        let profile = lock(&open.profile).take();
        open.db.close().await;
        // The profile's lock on the disk goes with the last handle.
        drop(sole_handle(profile).await);
        self.inner.hub.announce([Change::Account, Change::Resync]);
        Ok(true)
    }

    /// Forgets what a person chose and did not save yet, a picture or a list, and stops what is written
    /// for them: the profile closes.
    pub(super) fn forget_unsaved(&self) {
        self.inner.staged.clear();
        self.inner.pieces.clear();
        self.inner.opened.clear();
        self.inner.voice.stop();
        let import = lock(&self.inner.import).take();
        if let Some(import) = import {
            self.stop_job(import.job);
        }
        self.forget_export();
    }

    /// Opens the profile and sets the state by what came out.
    pub(super) async fn open_profile(&self, password: Option<Password>) -> Result<(), ProfileError> {
        let _turn = self.inner.turn.lock().await;
        let (dir, lock_timeout) = (self.inner.dir.clone(), self.inner.lock_timeout);
        let opened = blocking(move || {
            let options = UnlockOptions {
                password,
                lock_timeout,
                ..UnlockOptions::new(clock::local())
            };
            Profile::open_or_create(&dir, &options)
        })
        .await
        .unwrap_or_else(|_| Err(StorageError::WriterGone.into()));
        self.take_in(opened).await
    }

    pub(super) async fn take_in(&self, opened: Result<Profile, ProfileError>) -> Result<(), ProfileError> {
        let state = match opened {
            Ok(profile) => {
                // What a run that ended badly left for other programs.
                self.inner.opened.clear();
                let open = open(profile);
                if let Err(error) = session::start_if_account(self, &open).await {
                    tracing::error!(%error, "the account cannot be started");
                }
                self.watch_health(&open.db);
                self.inner.idle.used();
                State::Open(open)
            }
            Err(ProfileError::Key(KeyError::Locked)) => State::Locked,
            Err(ProfileError::Damaged(damaged)) => {
                let file = damaged
                    .file()
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                State::Damaged(Some(damaged), file)
            }
            Err(
                error @ (ProfileError::InUse { .. }
                | ProfileError::Key(KeyError::WrongPassword | KeyError::TooManyTries { .. })),
            ) => return Err(error),
            Err(error) => match error.damaged_file() {
                Some(file) => State::Damaged(None, file.to_owned()),
                None => State::Failed(failure(&error)),
            },
        };
        self.set_state(state);
        self.look_at_idle_setting().await;
        Ok(())
    }

    /// Puts the newest good backup in the place of the damaged database; an empty database
    /// if there is no backup.
    ///
    /// # Errors
    /// [`ClientError::NotOpen`] if nothing is damaged; else what the disk said.
    pub async fn restore_backup(&self) -> Result<(), ClientError> {
        let turn = self.inner.turn.lock().await;
        let damaged = self.take_damaged()?;
        let restored = blocking(move || {
            let now = clock::local();
            match damaged.backups().first().cloned() {
                Some(backup) => damaged.restore(&backup, now),
                None => damaged.start_empty(now),
            }
        })
        .await?;
        let is_restored = restored.is_ok();
        let taken = self.take_in(restored).await;
        drop(turn);
        self.inner.hub.announce([Change::Account, Change::Resync]);
        if is_restored && taken.is_ok() {
            Ok(())
        } else {
            Err(ClientError::Damaged)
        }
    }

    fn take_damaged(&self) -> Result<Box<DamagedProfile>, ClientError> {
        match self.set_state(State::Failed(OpenFailure::Unexpected)) {
            State::Damaged(Some(damaged), _) => Ok(damaged),
            other => {
                self.set_state(other);
                Err(ClientError::NotOpen)
            }
        }
    }

    /// When the database turns out to be damaged while it is open, looks at every page and
    /// goes to the stage that says so; when its writer died, begins anew.
    fn watch_health(&self, db: &Database) {
        let (mut health, inner) = (db.health(), Arc::downgrade(&self.inner));
        drop(self.inner.tasks.spawn("health", async move {
            let is_bad = |now: &Health| matches!(now, Health::Damaged | Health::WriterGone);
            if health.wait_for(is_bad).await.is_ok()
                && let Some(inner) = inner.upgrade()
            {
                Self { inner }.look_again().await;
            }
        }));
    }

    async fn look_again(&self) {
        let _turn = self.inner.turn.lock().await;
        let Ok(open) = self.opened() else {
            return;
        };
        self.set_state(State::Failed(OpenFailure::Unexpected));
        session::stop(&open).await;
        let profile = lock(&open.profile).take();
        open.db.close().await;
        if let Some(profile) = sole_handle(profile).await
            && let Ok(again) = blocking(move || profile.reopen(clock::local())).await
            && let Err(error) = self.take_in(again).await
        {
            tracing::error!(%error, "the profile cannot be opened again");
        }
        self.inner.hub.announce([Change::Account, Change::Resync]);
    }
}

/// The profile once nobody else holds it: a backup or the check of a password may be going on.
pub(super) async fn sole_handle(profile: Option<Arc<Profile>>) -> Option<Profile> {
    let mut profile = profile?;
    for _ in 0..HANDLE_TRIES {
        match Arc::try_unwrap(profile) {
            Ok(sole) => return Some(sole),
            Err(shared) => profile = shared,
        }
        tokio::time::sleep(HANDLE_PAUSE).await;
    }
    tracing::error!("the profile is still held and cannot be opened again");
    None
}

fn open(profile: Profile) -> Arc<Open> {
    let db = profile.database().clone();
    Arc::new(Open {
        profile: std::sync::Mutex::new(Some(Arc::new(profile))),
        db,
        session: std::sync::RwLock::new(None),
    })
}

fn failure(error: &ProfileError) -> OpenFailure {
    match error {
        ProfileError::Open(OpenError::NewerVersion { .. }) => OpenFailure::Newer,
        ProfileError::Open(OpenError::Migration(error) | OpenError::Storage(error)) => disk_failure(error),
        ProfileError::Key(KeyError::KeyringUnavailable) => OpenFailure::Keyring,
        ProfileError::Io(error) => disk_failure(&StorageError::from(std::io::Error::from(error.kind()))),
        _ => OpenFailure::Unexpected,
    }
}

const fn disk_failure(error: &StorageError) -> OpenFailure {
    match error {
        StorageError::DiskFull => OpenFailure::DiskFull,
        StorageError::ReadOnly | StorageError::Io { .. } => OpenFailure::ReadOnly,
        _ => OpenFailure::Unexpected,
    }
}

/// Runs work that blocks: lock, Argon2, migrations.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ClientError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ClientError::Bug("blocking work"))
}
