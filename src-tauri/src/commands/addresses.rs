//! What people paste and type as an address.

use nous_api::addresses as api;
use nous_api::rows::{RecognisedAddress, SavedFile};
use tauri::{AppHandle, State};

use super::Answer;
use crate::clipboard;
use crate::raw::Body;
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

/// Finds account IDs in the QR codes of a picture: the body of the call is its file.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_qr_file(shell: State<'_, Shell>, file: Body) -> Answer<RecognisedAddress> {
    api::read_qr_file(&shell.app().await?, file.0).await
}

/// Finds account IDs in the QR codes of the picture on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_qr_clipboard(app: AppHandle, shell: State<'_, Shell>) -> Answer<RecognisedAddress> {
    let (width, height, rgba) = clipboard::picture(&app).await?;
    api::read_qr_pixels(&shell.app().await?, width, height, rgba).await
}

/// Writes the QR code of the own account ID as a picture into the folder for downloads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_own_qr(shell: State<'_, Shell>, title: String) -> Answer<SavedFile> {
    api::save_own_qr(&shell.app().await?, title).await
}
