//! The facade: one profile, from closed to running.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`Client`], its stages |
//! | [`account`] | create, restore, name, phrase, password |
//! | [`contacts`] | the list of contacts, what disturbs, Note to Self |
//! | [`conversations`] | the list and its rows |
//! | `deleting` | deleting for everyone and on all devices, taking back |
//! | [`export`] | a conversation as files |
//! | `files` | files of messages: chosen, fetched, saved, listed |
//! | `groups` | groups and communities, kept |
//! | `idle` | locking when nobody uses the app |
//! | `leaving` | erasing the profile, deleting the account from the network |
//! | [`directory`] | account IDs that people publish, on this device only |
//! | `jobs` | work that takes longer |
//! | [`messages`] | pages, sending, trying again, deleting |
//! | [`network`] | connection, names, one poll |
//! | [`pictures`] | pictures of profiles |
//! | [`people`] | pinned, blocked, nicknames, deleted |
//! | `previews` | previews of links |
//! | `privacy` | reading and typing, and what others are told of them |
//! | `reactions` | reactions: made, offered, and who made them |
//! | `opening` | opening, unlocking, restoring a backup |
//! | `requests` | message requests |
//! | `sample` | a made-up history, for measuring |
//! | `search` | messages by their words |
//! | `session` | the network and the loops of the account |
//! | `space` | what takes up space |
//! | `sync` | how each config stands |
//! | `timers` | how long messages live |
//! | `voice` | voice messages: recorded, played |

mod account;
mod contacts;
mod conversations;
mod deleting;
mod directory;
mod export;
mod files;
mod groups;
mod idle;
mod jobs;
mod leaving;
mod messages;
mod network;
mod opening;
mod people;
mod pictures;
mod previews;
mod privacy;
mod reactions;
mod requests;
mod sample;
mod search;
mod session;
mod space;
mod sync;
mod timers;
mod voice;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use nous_media::audio::device::SoundDevices;
use nous_network::{NetworkClock, NetworkConfig, Tasks, clock};
use nous_protocol::time::Timestamp;
use nous_storage::damage::DamagedProfile;
use nous_storage::db::Database;
use nous_storage::profile::{Profile, ProfileError};
use nous_storage::secret::Password;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::ClientError;
use crate::events::{Change, Hub, Stream};
use crate::files::opened::Opened;
use crate::files::pieces::Pieces;
use crate::groups::words::{CurrentWords, GroupWords};
use crate::pictures::staged::Staging;
use crate::voice::Voice;

pub use account::{PasswordError, Phrase, RestoreError};
pub use contacts::{ContactDetails, Mute};
pub use directory::{ImportStage, ImportState};
pub use export::{ExportStage, ExportState};
pub use files::{FilePart, FileRef};
pub use groups::GroupPage;
pub use idle::FACE_SETTINGS;
pub use leaving::{Deletion, DeletionState};
pub use messages::{Anchor, Page};
pub use network::Standing;
pub use search::{MessageSearch, SearchPage};
pub(crate) use session::Session;

/// How long a path is waited for when something is asked of the network at once.
pub(crate) const LINK_PATIENCE: Duration = Duration::from_secs(20);

/// What a client is opened with.
#[derive(Debug)]
pub struct ClientOptions {
    /// The profile's folder.
    pub dir: PathBuf,
    /// Which network.
    pub network: NetworkConfig,
    /// Opens a profile behind a password at once.
    pub password: Option<Password>,
    /// How long another process's lock is waited for.
    pub lock_timeout: Duration,
    /// Whether to poll and to deliver the outbox in the background.
    pub is_polling: bool,
    /// Sentences that are written in our name.
    pub words: GroupWords,
    /// What is recorded and played with; opened only while it is.
    pub sound: SoundDevices,
}

/// How far a profile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Open, without an account.
    NoAccount,
    /// A password is needed.
    Locked,
    /// Open, with an account.
    Ready,
    /// The account is being deleted from the network.
    Deleting,
    /// The database is damaged; nothing was overwritten.
    Damaged {
        /// The damaged file's name, without folders.
        file: String,
        /// The newest good backup.
        backup_at: Option<Timestamp>,
    },
    /// Written by a newer version, or the disk refuses.
    Failed(OpenFailure),
}

/// Why a profile cannot be opened, where the person can do something about it elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFailure {
    /// Written by a newer version.
    Newer,
    /// The disk is full.
    DiskFull,
    /// The disk cannot be written.
    ReadOnly,
    /// The keyring does not answer.
    Keyring,
    /// A bug.
    Unexpected,
}

/// An open profile.
pub(crate) struct Open {
    /// `None` only while it is being taken away.
    profile: Mutex<Option<Arc<Profile>>>,
    pub(crate) db: Database,
    session: RwLock<Option<Session>>,
}

impl Open {
    pub(crate) fn profile(&self) -> Result<Arc<Profile>, ClientError> {
        lock(&self.profile).clone().ok_or(ClientError::NotOpen)
    }

    pub(crate) fn session(&self) -> Result<Session, ClientError> {
        self.session
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or(ClientError::NoAccount)
    }

    pub(crate) fn set_session(&self, session: Option<Session>) -> Option<Session> {
        std::mem::replace(
            &mut *self.session.write().unwrap_or_else(PoisonError::into_inner),
            session,
        )
    }
}

pub(crate) enum State {
    Locked,
    Damaged(Option<Box<DamagedProfile>>, String),
    Failed(OpenFailure),
    Open(Arc<Open>),
    Closed,
}

pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) network: NetworkConfig,
    pub(crate) lock_timeout: Duration,
    pub(crate) is_polling: bool,
    pub(crate) hub: Hub,
    pub(crate) tasks: Tasks,
    pub(crate) state: RwLock<State>,
    pub(crate) idle: Arc<idle::Idle>,
    /// A deletion of the account from the network, going on or done.
    pub(crate) deletion: Mutex<Option<Deletion>>,
    /// One opening, closing or account change at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
    pub(crate) jobs: Mutex<jobs::Jobs>,
    /// The list that was read last for the directory, until it is written or given up.
    pub(crate) import: Mutex<Option<directory::Import>>,
    /// The export that goes on, or was done last.
    pub(crate) export: Mutex<Option<export::Export>>,
    /// The picture that was chosen last, before it is cut.
    pub(crate) staged: Staging,
    /// A chosen file that comes piece by piece.
    pub(crate) pieces: Pieces,
    /// Copies of files that other programs show.
    pub(crate) opened: Opened,
    /// What looks at pages, for the previews of links.
    pub(crate) looking: previews::Looking,
    /// What is recorded and what plays.
    pub(crate) voice: Voice,
    /// Sentences that are written in our name.
    pub(crate) words: Arc<CurrentWords>,
    /// Whether a window is used; each session begins with it.
    pub(crate) is_used: AtomicBool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.cancel();
    }
}

/// One profile and what runs over it. Clones are handles.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client(…)")
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Opens a profile, or makes an empty one; does not wait for the network. A locked,
    /// damaged or newer profile is a [`Stage`], not an error.
    ///
    /// # Errors
    /// [`ProfileError`]: in use by another process, or a wrong password.
    pub async fn open(options: ClientOptions) -> Result<Self, ProfileError> {
        let opened = Opened::new(&options.dir);
        let inner = Inner {
            dir: options.dir,
            network: options.network,
            lock_timeout: options.lock_timeout,
            is_polling: options.is_polling,
            hub: Hub::new(),
            tasks: Tasks::new(),
            state: RwLock::new(State::Locked),
            idle: Arc::default(),
            deletion: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            jobs: Mutex::default(),
            import: Mutex::default(),
            export: Mutex::default(),
            staged: Staging::default(),
            pieces: Pieces::default(),
            opened,
            looking: previews::Looking::default(),
            voice: Voice::new(options.sound),
            words: Arc::new(CurrentWords::new(options.words)),
            is_used: AtomicBool::new(false),
        };
        let client = Self {
            inner: Arc::new(inner),
        };
        client.open_profile(options.password).await?;
        client.watch_idle();
        client.watch_sounds();
        Ok(client)
    }

    /// How far the profile is.
    ///
    /// # Errors
    /// What the database said.
    pub async fn stage(&self) -> Result<Stage, ClientError> {
        let open = match &*self.state() {
            State::Locked => return Ok(Stage::Locked),
            State::Damaged(damaged, file) => {
                let backup_at = damaged
                    .as_ref()
                    .and_then(|damaged| damaged.backups().first().map(|backup| backup.made));
                return Ok(Stage::Damaged {
                    file: file.clone(),
                    backup_at,
                });
            }
            // Nothing is open while the profile is being erased.
            State::Failed(_) if self.is_deleting() => return Ok(Stage::Deleting),
            State::Failed(failure) => return Ok(Stage::Failed(*failure)),
            State::Closed => return Ok(Stage::Failed(OpenFailure::Unexpected)),
            State::Open(open) => Arc::clone(open),
        };
        let account = open.db.read(nous_storage::account::load).await?;
        Ok(match account {
            None => Stage::NoAccount,
            Some(_) if self.is_deleting() => Stage::Deleting,
            Some(_) => Stage::Ready,
        })
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_state(&self, state: State) -> State {
        std::mem::replace(
            &mut *self.inner.state.write().unwrap_or_else(PoisonError::into_inner),
            state,
        )
    }

    pub(crate) fn opened(&self) -> Result<Arc<Open>, ClientError> {
        match &*self.state() {
            State::Open(open) => Ok(Arc::clone(open)),
            State::Locked => Err(ClientError::Locked),
            State::Damaged(..) => Err(ClientError::Damaged),
            State::Failed(failure) => Err(ClientError::NotOpened(*failure)),
            State::Closed => Err(ClientError::NotOpen),
        }
    }

    /// The account's session.
    pub(crate) fn session(&self) -> Result<Session, ClientError> {
        self.opened()?.session()
    }

    /// The database, whether there is an account or not.
    pub(crate) fn db(&self) -> Result<Database, ClientError> {
        Ok(self.opened()?.db.clone())
    }

    /// The time: network time if it is known.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.session()
            .map_or_else(|_| clock::local(), |session| session.core.clock.now())
    }

    /// Opens a stream of changes.
    #[must_use]
    pub fn subscribe(&self) -> Stream {
        self.inner.hub.subscribe()
    }

    /// Where changes are announced.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// A setting of this device; `None` if it was never set or the profile is not open.
    ///
    /// # Errors
    /// What the database said.
    pub async fn setting<T>(&self, key: &'static str) -> Result<Option<T>, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let Ok(db) = self.db() else {
            return Ok(None);
        };
        Ok(db
            .read(move |reader| nous_storage::settings::get(reader, key))
            .await?)
    }

    /// Sets a setting of this device.
    ///
    /// # Errors
    /// What the database said, or that the profile is not open.
    pub async fn set_setting<T>(&self, key: &'static str, value: T) -> Result<(), ClientError>
    where
        T: Serialize + Send + 'static,
    {
        self.db()?
            .write(move |writer| nous_storage::settings::set(writer, key, &value))
            .await?;
        self.look_at_idle_setting().await;
        self.inner.hub.announce([Change::Settings]);
        Ok(())
    }

    /// Stops everything and closes the profile. What waits stays written down.
    pub async fn shutdown(&self) {
        let _turn = self.inner.turn.lock().await;
        self.keep_recording().await;
        self.inner.voice.stop();
        if let State::Open(open) = self.set_state(State::Closed) {
            self.inner.opened.clear();
            session::stop(&open).await;
            session::close(&open).await;
        }
        self.inner.tasks.shutdown().await;
        self.inner.hub.close();
    }
}

/// A clock for a profile whose network does not run; `hint_ms` as saved by an earlier run.
pub(crate) fn resting_clock(hint_ms: Option<i64>) -> NetworkClock {
    NetworkClock::new(hint_ms)
}
