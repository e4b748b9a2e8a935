//! The directory of this device.

use nous_api::directory as api;
use nous_api::ids::JobId;
use nous_api::requests::{
    ExportDirectoryRequest, ListDirectoryRequest, SaveDirectoryEntryRequest, WriteDirectoryImportRequest,
};
use nous_api::rows::{DirectoryImport, DirectoryPage, DirectoryRow, SavedFile};
use tauri::State;

use super::Answer;
use crate::drops::Drops;
use crate::raw::Body;
use crate::shell::Shell;

/// A page of the directory.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_directory(
    shell: State<'_, Shell>,
    request: ListDirectoryRequest,
) -> Answer<DirectoryPage> {
    api::list_directory(&shell.app().await?, request).await
}

/// The entry of an account; `null` if there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_directory_entry(
    shell: State<'_, Shell>,
    account_id: String,
) -> Answer<Option<DirectoryRow>> {
    api::get_directory_entry(&shell.app().await?, account_id).await
}

/// Writes an entry, new or known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_directory_entry(
    shell: State<'_, Shell>,
    request: SaveDirectoryEntryRequest,
) -> Answer<DirectoryRow> {
    api::save_directory_entry(&shell.app().await?, request).await
}

/// Removes entries; answers how many.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_directory_entries(
    shell: State<'_, Shell>,
    account_ids: Vec<String>,
) -> Answer<u32> {
    api::delete_directory_entries(&shell.app().await?, account_ids).await
}

/// Gives a person the name of the directory as nickname.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_directory_nickname(shell: State<'_, Shell>, account_id: String) -> Answer<()> {
    api::set_directory_nickname(&shell.app().await?, account_id).await
}

/// Begins to read a list: the body of the call is the file or the pasted text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_directory_import(shell: State<'_, Shell>, list: Body) -> Answer<JobId> {
    api::start_directory_import(&shell.app().await?, list.0).await
}

/// The same with a file that was dropped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_dropped_import(
    shell: State<'_, Shell>,
    drops: State<'_, Drops>,
    number: u32,
) -> Answer<JobId> {
    api::start_dropped_import(&shell.app().await?, drops.take(number)?).await
}

/// How far an import is, and what its list holds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_directory_import(shell: State<'_, Shell>, job: JobId) -> Answer<DirectoryImport> {
    api::get_directory_import(&shell.app().await?, job).await
}

/// Begins to write a list that was read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn write_directory_import(
    shell: State<'_, Shell>,
    request: WriteDirectoryImportRequest,
) -> Answer<()> {
    api::write_directory_import(&shell.app().await?, request).await
}

/// Gives up a list that was read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_directory_import(shell: State<'_, Shell>, job: JobId) -> Answer<()> {
    api::discard_directory_import(&shell.app().await?, job).await
}

/// Writes entries into a new file in the folder for downloads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_directory_export(
    shell: State<'_, Shell>,
    request: ExportDirectoryRequest,
) -> Answer<SavedFile> {
    api::save_directory_export(&shell.app().await?, request).await
}
