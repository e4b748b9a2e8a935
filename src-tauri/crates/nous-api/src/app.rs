//! The app: one profile and its account, for one face.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use nous_client::NetworkConfig;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::errors::{ApiError, ErrorCode};
use crate::events::EventBatch;
use crate::rows::DemoContact;

/// A password as typed. Wiped when dropped, never shown.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// From what was typed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What an [`App`] is opened with.
#[derive(Debug)]
pub struct AppOptions {
    /// The profile's folder; `None` for the standard one (`$XDG_DATA_HOME/entre-nous/default`).
    pub profile_dir: Option<PathBuf>,
    /// Which network.
    pub network: NetworkConfig,
    /// Opens a profile behind a password at once.
    pub password: Option<Password>,
    /// How long to wait while another process holds the profile.
    pub lock_timeout: Duration,
    /// Offered in the empty state, on the embedded network only.
    pub demo_contact: Option<DemoContact>,
    /// Whether to poll and to deliver the outbox in the background. Without it nothing
    /// touches the network but what is asked for ([`App::poll_once`], name look-ups).
    pub is_polling: bool,
}

impl AppOptions {
    /// The usual options: standard folder, no password, 10 s for the lock, polling.
    #[must_use]
    pub const fn new(network: NetworkConfig) -> Self {
        Self {
            profile_dir: None,
            network,
            password: None,
            lock_timeout: Duration::from_secs(10),
            demo_contact: None,
            is_polling: true,
        }
    }
}

/// One open profile. A cheap handle: clone it freely.
#[derive(Clone)]
pub struct App {
    inner: Arc<AppOptions>,
}

impl App {
    /// Opens a profile, or makes an empty one. Does not wait for the network.
    ///
    /// A locked, damaged or newer profile is no error: the stage of
    /// [`crate::boot::get_boot_state`] says so.
    ///
    /// # Errors
    /// [`ErrorCode::ProfileInUse`] when another process holds it for longer than
    /// `lock_timeout`; [`ErrorCode::WrongPassword`] for a wrong `password`;
    /// [`ErrorCode::DiskFull`], [`ErrorCode::DiskReadOnly`].
    pub async fn open(options: AppOptions) -> Result<Self, ApiError> {
        Ok(Self { inner: Arc::new(options) })
    }

    /// Polls the own swarm once, to the end. Answers how many messages arrived.
    ///
    /// # Errors
    /// [`ErrorCode::Offline`] or [`ErrorCode::TimedOut`] when nobody answered.
    pub async fn poll_once(&self) -> Result<u32, ApiError> {
        let _ = &self.inner;
        Err(ApiError::new(ErrorCode::Unexpected))
    }

    /// Opens a stream of events. What changed before the first stream waits for it.
    #[must_use]
    pub fn subscribe(&self) -> EventStream {
        EventStream {}
    }

    /// Stops everything and closes the profile. What waits stays written down.
    pub async fn shutdown(&self) {}
}

/// Batches of events; see [`crate::subscriptions::ack_events`].
pub struct EventStream {}

impl EventStream {
    /// The next batch; `None` after [`App::shutdown`].
    pub async fn next(&mut self) -> Option<EventBatch> {
        None
    }
}
