//! Searching messages.

use nous_api::requests::SearchRequest;
use nous_api::rows::SearchPage;
use nous_api::search as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// A page of the messages that a search finds, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_messages(shell: State<'_, Shell>, request: SearchRequest) -> Answer<SearchPage> {
    api::search_messages(&shell.app().await?, request).await
}
