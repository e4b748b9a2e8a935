//! What people paste and type as an address.

use nous_api::addresses as api;
use nous_api::rows::RecognisedAddress;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Finds account IDs or a name in a text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recognise_address(shell: State<'_, Shell>, text: String) -> Answer<RecognisedAddress> {
    api::recognise_address(&shell.app().await?, text).await
}

/// Asks the network for the account ID behind a name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lookup_name(shell: State<'_, Shell>, name: String) -> Answer<String> {
    api::lookup_name(&shell.app().await?, name).await
}
