//! What takes up space on this device.

use nous_api::requests::{FilesRequest, OldMessagesRequest};
use nous_api::rows::{FilesCount, StorageUsage};
use nous_api::storage as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// What the profile takes up on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn storage_usage(shell: State<'_, Shell>) -> Answer<StorageUsage> {
    api::storage_usage(&shell.app().await?).await
}

/// How many files would go.
#[tauri::command]
#[specta::specta]
pub(crate) async fn count_files(shell: State<'_, Shell>, request: FilesRequest) -> Answer<FilesCount> {
    api::count_files(&shell.app().await?, request).await
}

/// Removes files of messages from this device; the messages stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_files(shell: State<'_, Shell>, request: FilesRequest) -> Answer<FilesCount> {
    api::delete_files(&shell.app().await?, request).await
}

/// How many old messages would go.
#[tauri::command]
#[specta::specta]
pub(crate) async fn count_old_messages(shell: State<'_, Shell>, request: OldMessagesRequest) -> Answer<u32> {
    api::count_old_messages(&shell.app().await?, request).await
}

/// Removes old messages of a conversation from this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_old_messages(shell: State<'_, Shell>, request: OldMessagesRequest) -> Answer<u32> {
    api::clear_old_messages(&shell.app().await?, request).await
}
