//! What only a desktop can do: addresses in the browser, the clipboard, dropped files.

use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::Answer;
use crate::drops::{Drops, FilesDropped};
use crate::{clipboard, links};

/// Opens a web address (`http`, `https`) outside the app. The window asked before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_url(url: String) -> Answer<()> {
    links::open(&url)
}

/// Puts a text on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_text(app: AppHandle, text: String) -> Answer<()> {
    clipboard::copy(&app, text)
}

/// Puts a secret (the recovery phrase) on the clipboard, hidden from clipboard histories,
/// and takes it away after 60 s if it is still there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_secret(app: AppHandle, text: String) -> Answer<()> {
    clipboard::copy_secret(&app, text)
}

/// Tells the window from now on where files are dropped on it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_drops(drops: State<'_, Drops>, channel: Channel<FilesDropped>) -> Answer<()> {
    drops.tell(channel);
    Ok(())
}
