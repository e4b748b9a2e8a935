//! A conversation as files that a person keeps.

use nous_api::export as api;
use nous_api::ids::JobId;
use nous_api::requests::ExportConversationRequest;
use nous_api::rows::ExportRow;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Begins to write a conversation into a new folder, where files go that the person asks for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_export(
    shell: State<'_, Shell>,
    request: ExportConversationRequest,
) -> Answer<JobId> {
    api::start_export(&shell.app().await?, request, None).await
}

/// How an export stands; `null` if another one was begun since.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_export(shell: State<'_, Shell>, job: JobId) -> Answer<Option<ExportRow>> {
    api::get_export(&shell.app().await?, job).await
}
