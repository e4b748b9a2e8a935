//! What the commands share: the profile, once it is open, and the windows' streams.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nous_api::events::EventBatch;
use nous_api::rows::{BootState, SettingsRow, Stage};
use nous_api::{ApiError, App, ErrorCode, boot};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tokio::sync::watch;

/// How long closing the profile may hold up the exit. What is written down stays written down.
const CLOSING_TAKES: Duration = Duration::from_secs(5);

/// The result of opening the profile; `None` until it is known.
pub(crate) type Opened = Option<Result<App, ApiError>>;

/// The state that every command sees. The window is drawn while the profile opens, so
/// commands wait for it here.
pub(crate) struct Shell {
    opened: watch::Receiver<Opened>,
    network_name: String,
    streams: Mutex<BTreeMap<String, JoinHandle<()>>>,
}

impl Shell {
    /// `network_name`: what to show when the profile does not open.
    pub(crate) fn new(opened: watch::Receiver<Opened>, network_name: String) -> Self {
        Self {
            opened,
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

    /// How far the profile is. One that did not open is a stage, so that it has a screen.
    ///
    /// # Errors
    /// An [`ApiError`] that says why not.
    pub(crate) async fn boot_state(&self) -> Result<BootState, ApiError> {
        match self.app().await {
            Ok(app) => boot::get_boot_state(&app).await,
            Err(error) => Ok(self.failed(error)),
        }
    }

    /// Sends events to a window until it goes or subscribes again.
    ///
    /// # Errors
    /// Why the profile did not open.
    pub(crate) async fn stream_to(&self, window: &str, channel: Channel<EventBatch>) -> Result<(), ApiError> {
        let app = self.app().await?;
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = streams.remove(window) {
            before.abort();
        }
        let stream = tauri::async_runtime::spawn(async move {
            let mut events = app.subscribe();
            while let Some(batch) = events.next().await {
                if channel.send(batch).is_err() {
                    break;
                }
            }
        });
        streams.insert(window.to_owned(), stream);
        Ok(())
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
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use super::*;

    #[tokio::test]
    async fn profile_that_does_not_open_is_a_stage() {
        let error = ApiError::new(ErrorCode::ProfileInUse);
        let (_keep, opened) = watch::channel(Some(Err(error.clone())));
        let shell = Shell::new(opened, "mainnet".into());
        let state = shell.boot_state().await.unwrap();
        assert_eq!(state.stage, Stage::Failed { error });
        assert_eq!(state.network, "mainnet");
    }

    #[tokio::test]
    async fn command_waits_until_the_profile_is_open() {
        let (set, opened) = watch::channel(None);
        let shell = Shell::new(opened, String::new());
        let asked = async { shell.app().await.err() };
        let answered = async { set.send(Some(Err(ApiError::new(ErrorCode::DiskFull)))).unwrap() };
        let (error, ()) = tokio::join!(asked, answered);
        assert_eq!(error, Some(ApiError::new(ErrorCode::DiskFull)));
    }

    #[tokio::test]
    async fn opening_that_never_ends_is_an_error_and_no_hang() {
        let (set, opened) = watch::channel(None);
        drop(set);
        assert!(Shell::new(opened, String::new()).app().await.is_err());
    }
}
