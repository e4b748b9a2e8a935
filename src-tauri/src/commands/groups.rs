//! Groups and communities.

use nous_api::groups as api;
use nous_api::rows::KeptGroupRow;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Groups and communities that are kept and cannot be opened yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_kept_groups(shell: State<'_, Shell>) -> Answer<Vec<KeptGroupRow>> {
    api::list_kept_groups(&shell.app().await?).await
}
