//! What the commands share: the profile, once it is open, and the windows' streams.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nous_api::events::EventBatch;
use nous_api::rows::{BootState, SettingsRow, Stage};
use nous_api::{ApiError, App, ErrorCode, boot};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tokio::sync::{mpsc, watch};

/// How long closing the profile may hold up the exit. What is written down stays written down.
const CLOSING_TAKES: Duration = Duration::from_secs(5);

/// The result of opening the profile; `None` until it is known.
pub(crate) type Opened = Option<Result<App, ApiError>>;

/// The state that every command sees. The window is drawn while the profile opens, so
/// commands wait for it here.
pub(crate) struct Shell {
    opened: watch::Receiver<Opened>,
    /// Asks for another try at opening.
    again: mpsc::Sender<()>,
    /// Whether a window was told that the profile did not open: asking anew is another try.
    is_told: AtomicBool,
    network_name: String,
    streams: Mutex<BTreeMap<String, JoinHandle<()>>>,
}

impl Shell {
    /// `network_name`: what to show when the profile does not open.
    pub(crate) fn new(
        opened: watch::Receiver<Opened>,
        again: mpsc::Sender<()>,
        network_name: String,
    ) -> Self {
        Self {
            opened,
            again,
            is_told: AtomicBool::new(false),
            network_name,
            streams: Mutex::default(),
        }
    }

    /// The open profile; waits for it.
    ///
    /// # Errors
    /// Why it did not open.
    pub(crate) async fn app(&self) -> Result<App, ApiError> {
        let mut opened = self.opened.clone();
        let value = opened.wait_for(Option::is_some).await;
        match value.ok().as_deref() {
            Some(Some(result)) => result.clone(),
            Some(None) | None => Err(ApiError::new(ErrorCode::Unexpected)),
        }
    }

    /// How far the profile is. One that did not open is a stage, so that it has a screen;
    /// when that screen asks anew, the profile is tried anew.
    ///
    /// # Errors
    /// An [`ApiError`] that says why not.
    pub(crate) async fn boot_state(&self) -> Result<BootState, ApiError> {
        if self.is_told.swap(false, Ordering::AcqRel) {
            self.try_again().await;
        }
        match self.app().await {
            Ok(app) => boot::get_boot_state(&app).await,
            Err(error) => {
                self.is_told.store(true, Ordering::Release);
                Ok(self.failed(error))
            }
        }
    }

    /// Has the profile opened anew, and waits until that has begun.
    async fn try_again(&self) {
        let mut opened = self.opened.clone();
        opened.mark_unchanged();
        if self.again.send(()).await.is_ok() {
            let _ = opened.changed().await;
        }
    }

    /// Sends events to a window until it goes or subscribes again. They begin when the profile
    /// is open: until then its window shows why it is not.
    pub(crate) fn stream_to(&self, window: &str, channel: Channel<EventBatch>) {
        let mut opened = self.opened.clone();
        let stream = tauri::async_runtime::spawn(async move {
            let Some(app) = first_open(&mut opened).await else {
                return;
            };
            let mut events = app.subscribe();
            while let Some(batch) = events.next().await {
                if channel.send(batch).is_err() {
                    break;
                }
            }
        });
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = streams.insert(window.to_owned(), stream) {
            before.abort();
        }
    }

    /// Closes the profile, within five seconds.
    pub(crate) async fn close(&self) {
        let opened = self.opened.borrow().clone();
        if let Some(Ok(app)) = opened
            && tokio::time::timeout(CLOSING_TAKES, app.shutdown()).await.is_err()
        {
            tracing::warn!("the profile took too long to close");
        }
    }

    fn failed(&self, error: ApiError) -> BootState {
        BootState {
            stage: Stage::Failed { error },
            settings: SettingsRow::default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            network: self.network_name.clone(),
            demo_contact: None,
            system_languages: sys_locale::get_locales().collect(),
        }
    }
}

/// The profile, however many tries it takes; `None` when there will be no more.
async fn first_open(opened: &mut watch::Receiver<Opened>) -> Option<App> {
    let value = opened.wait_for(|value| matches!(value, Some(Ok(_)))).await.ok()?;
    value.as_ref().and_then(|result| result.as_ref().ok()).cloned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use super::*;

    fn shell() -> (watch::Sender<Opened>, mpsc::Receiver<()>, Shell) {
        let (set, opened) = watch::channel(None);
        let (again, asked) = mpsc::channel(1);
        (set, asked, Shell::new(opened, again, "mainnet".into()))
    }

    fn failed(code: ErrorCode) -> Opened {
        Some(Err(ApiError::new(code)))
    }

    fn stage(code: ErrorCode) -> Stage {
        Stage::Failed {
            error: ApiError::new(code),
        }
    }

    #[tokio::test]
    async fn profile_that_does_not_open_is_a_stage() {
        let (set, _asked, shell) = shell();
        set.send_replace(failed(ErrorCode::ProfileInUse));
        let state = shell.boot_state().await.unwrap();
        assert_eq!(state.stage, stage(ErrorCode::ProfileInUse));
        assert_eq!(state.network, "mainnet");
    }

    #[tokio::test]
    async fn asking_anew_after_a_failure_tries_anew() {
        let (set, mut asked, shell) = shell();
        set.send_replace(failed(ErrorCode::ProfileInUse));
        shell.boot_state().await.unwrap();
        let opener = async {
            asked.recv().await.unwrap();
            set.send_replace(None);
            set.send_replace(failed(ErrorCode::DiskFull));
        };
        let (state, ()) = tokio::join!(shell.boot_state(), opener);
        assert_eq!(state.unwrap().stage, stage(ErrorCode::DiskFull));
    }

    #[tokio::test]
    async fn command_waits_until_the_profile_is_open() {
        let (set, _asked, shell) = shell();
        let waiting = async { shell.app().await.err() };
        let opener = async { set.send_replace(failed(ErrorCode::DiskFull)) };
        let (error, _) = tokio::join!(waiting, opener);
        assert_eq!(error, Some(ApiError::new(ErrorCode::DiskFull)));
    }

    #[tokio::test]
    async fn opening_that_never_ends_is_an_error_and_no_hang() {
        let (set, _asked, shell) = shell();
        drop(set);
        assert!(shell.app().await.is_err());
    }
}
