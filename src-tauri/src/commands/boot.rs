//! Starting: unlock, create, restore.

use nous_api::boot as api;
use nous_api::ids::JobId;
use nous_api::requests::{CreateAccountRequest, RestoreAccountRequest};
use nous_api::rows::{AccountRow, BootState, PhraseCheck};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// How far the profile is, and what the first screen needs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_boot_state(shell: State<'_, Shell>) -> Answer<BootState> {
    shell.boot_state().await
}

/// Opens a profile that is behind a password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(shell: State<'_, Shell>, password: String) -> Answer<()> {
    api::unlock(&shell.app().await?, password).await
}

/// Locks a profile that is behind a password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(shell: State<'_, Shell>) -> Answer<()> {
    api::lock(&shell.app().await?).await
}

/// Puts the newest good backup in the place of a damaged database.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_backup(shell: State<'_, Shell>) -> Answer<()> {
    api::restore_backup(&shell.app().await?).await
}

/// Makes an account in an empty profile.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_account(
    shell: State<'_, Shell>,
    request: CreateAccountRequest,
) -> Answer<AccountRow> {
    api::create_account(&shell.app().await?, request).await
}

/// Forgets an account that was just made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_account(shell: State<'_, Shell>) -> Answer<()> {
    api::discard_account(&shell.app().await?).await
}

/// Looks at a recovery phrase while it is typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_phrase(shell: State<'_, Shell>, phrase: String) -> Answer<PhraseCheck> {
    api::check_phrase(&shell.app().await?, phrase).await
}

/// Restores an account in the background.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_restore(shell: State<'_, Shell>, request: RestoreAccountRequest) -> Answer<JobId> {
    api::start_restore(&shell.app().await?, request).await
}

/// Stops a job.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_job(shell: State<'_, Shell>, job: JobId) -> Answer<()> {
    api::cancel_job(&shell.app().await?, job).await
}
