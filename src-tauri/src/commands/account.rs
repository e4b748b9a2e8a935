//! The own account.

use nous_api::account as api;
use nous_api::requests::SetPasswordRequest;
use nous_api::rows::{AccountRow, RecoveryPhraseRow};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// The own account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_account(shell: State<'_, Shell>) -> Answer<AccountRow> {
    api::get_account(&shell.app().await?).await
}

/// Changes the name given to others.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_display_name(shell: State<'_, Shell>, name: String) -> Answer<AccountRow> {
    api::set_display_name(&shell.app().await?, name).await
}

/// The recovery phrase; behind the password if one is set.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_recovery_phrase(
    shell: State<'_, Shell>,
    password: Option<String>,
) -> Answer<RecoveryPhraseRow> {
    api::get_recovery_phrase(&shell.app().await?, password).await
}

/// Remembers that the phrase was looked at.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_phrase_seen(shell: State<'_, Shell>) -> Answer<()> {
    api::set_phrase_seen(&shell.app().await?).await
}

/// Sets, changes or removes the password of this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_password(shell: State<'_, Shell>, request: SetPasswordRequest) -> Answer<AccountRow> {
    api::set_password(&shell.app().await?, request).await
}

/// Remembers that the password page was answered or skipped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_protection_asked(shell: State<'_, Shell>) -> Answer<()> {
    api::set_protection_asked(&shell.app().await?).await
}
