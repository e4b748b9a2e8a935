//! Leaving the account, and the lock.

use nous_api::leaving as api;
use nous_api::requests::DeleteAccountRequest;
use nous_api::rows::{DeletionRow, PasswordCheck};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Deletes the account from this device, and from the network before if that is asked.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_account(shell: State<'_, Shell>, request: DeleteAccountRequest) -> Answer<()> {
    api::delete_account(&shell.app().await?, request).await
}

/// The deletion that goes on, or the last one of this run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_deletion(shell: State<'_, Shell>) -> Answer<Option<DeletionRow>> {
    api::get_deletion(&shell.app().await?).await
}

/// Asks the nodes again that have not confirmed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_deletion(shell: State<'_, Shell>) -> Answer<()> {
    api::retry_deletion(&shell.app().await?).await
}

/// Takes back a deletion that not every node confirmed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_deletion(shell: State<'_, Shell>) -> Answer<()> {
    api::cancel_deletion(&shell.app().await?).await
}

/// Deletes the account from this device, though not every node confirmed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn end_deletion(shell: State<'_, Shell>) -> Answer<()> {
    api::end_deletion(&shell.app().await?).await
}

/// Erases a profile that is locked or damaged.
#[tauri::command]
#[specta::specta]
pub(crate) async fn erase_profile(shell: State<'_, Shell>) -> Answer<()> {
    api::erase_profile(&shell.app().await?).await
}

/// Says that a person uses the app.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_use(shell: State<'_, Shell>) -> Answer<()> {
    api::note_use(&shell.app().await?).await
}

/// Looks at a new password while it is typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_password(shell: State<'_, Shell>, password: String) -> Answer<PasswordCheck> {
    api::check_password(&shell.app().await?, password).await
}
