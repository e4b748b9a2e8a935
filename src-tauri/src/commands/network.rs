//! The network as this device sees it.

use nous_api::network as api;
use nous_api::rows::{ConnectionTest, Connectivity, OutboxItem};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// The state of the network.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_connectivity(shell: State<'_, Shell>) -> Answer<Connectivity> {
    api::get_connectivity(&shell.app().await?).await
}

/// Builds other paths.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rotate_paths(shell: State<'_, Shell>) -> Answer<()> {
    api::rotate_paths(&shell.app().await?).await
}

/// Sends one request through a path.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_connection(shell: State<'_, Shell>) -> Answer<ConnectionTest> {
    api::test_connection(&shell.app().await?).await
}

/// What waits to go out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_outbox(shell: State<'_, Shell>) -> Answer<Vec<OutboxItem>> {
    api::list_outbox(&shell.app().await?).await
}

/// Tries everything that waits at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_now(shell: State<'_, Shell>) -> Answer<()> {
    api::send_now(&shell.app().await?).await
}
