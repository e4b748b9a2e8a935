//! Events to the window.

use nous_api::events::EventBatch;
use nous_api::subscriptions as api;
use tauri::ipc::Channel;
use tauri::{State, Webview};

use super::Answer;
use crate::shell::Shell;

/// Opens the window's stream of events; the one it had before ends.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscribe(
    shell: State<'_, Shell>,
    webview: Webview,
    channel: Channel<EventBatch>,
) -> Answer<()> {
    shell.stream_to(webview.label(), channel);
    Ok(())
}

/// Says that a batch was taken; the next may come.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ack_events(shell: State<'_, Shell>, seq: u32) -> Answer<()> {
    api::ack_events(&shell.app().await?, seq).await
}

/// Says whether the window is used: sets the pace of polling.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_window_focus(shell: State<'_, Shell>, focused: bool) -> Answer<()> {
    api::set_window_focus(&shell.app().await?, focused).await
}
