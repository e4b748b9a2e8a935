//! Deleting further than on this device, and taking back what has not gone out.

use nous_api::deleting as api;
use nous_api::ids::MessageId;
use nous_api::rows::TakenBack;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Deletes messages for everyone.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_for_everyone(shell: State<'_, Shell>, ids: Vec<MessageId>) -> Answer<()> {
    api::delete_for_everyone(&shell.app().await?, ids).await
}

/// Deletes messages of Note to Self on all own devices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_on_all_devices(shell: State<'_, Shell>, messages: Vec<MessageId>) -> Answer<()> {
    api::delete_on_all_devices(&shell.app().await?, messages).await
}

/// Takes back a message that has not gone out yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_back_queued(shell: State<'_, Shell>, message: MessageId) -> Answer<TakenBack> {
    api::take_back_queued(&shell.app().await?, message).await
}
