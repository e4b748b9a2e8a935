//! Settings of this device.

use nous_api::requests::SetSettingsRequest;
use nous_api::rows::SettingsRow;
use nous_api::settings as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// All settings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_settings(shell: State<'_, Shell>) -> Answer<SettingsRow> {
    api::get_settings(&shell.app().await?).await
}

/// Changes some of them; absent ones stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_settings(
    shell: State<'_, Shell>,
    request: SetSettingsRequest,
) -> Answer<SettingsRow> {
    api::set_settings(&shell.app().await?, request).await
}
