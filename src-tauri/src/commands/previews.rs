//! Previews of links that are written.

use nous_api::ids::LinkPreviewId;
use nous_api::previews as api;
use nous_api::rows::MadePreviewRow;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Looks at the page behind a link, if the person wants that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_link(shell: State<'_, Shell>, url: String) -> Answer<Option<MadePreviewRow>> {
    api::preview_link(&shell.app().await?, url).await
}

/// Gives up a preview that is not sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_link_preview(shell: State<'_, Shell>, preview: LinkPreviewId) -> Answer<()> {
    api::discard_link_preview(&shell.app().await?, preview).await
}
