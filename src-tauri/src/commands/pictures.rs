//! Pictures of profiles. Their bytes go over the media scheme: see [`crate::media`].

use nous_api::pictures as api;
use nous_api::requests::SetPictureRequest;
use nous_api::rows::{AccountRow, StagedPictureRow};
use tauri::State;

use super::Answer;
use crate::media::Received;
use crate::shell::Shell;

/// Opens the picture that the page has just posted to the media scheme.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_picture(
    shell: State<'_, Shell>,
    received: State<'_, Received>,
) -> Answer<StagedPictureRow> {
    api::stage_picture(&shell.app().await?, received.take()).await
}

/// Forgets the staged picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_staged_picture(shell: State<'_, Shell>) -> Answer<()> {
    api::discard_staged_picture(&shell.app().await?);
    Ok(())
}

/// Takes the staged picture as the own one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_picture(shell: State<'_, Shell>, request: SetPictureRequest) -> Answer<AccountRow> {
    api::set_picture(&shell.app().await?, request).await
}

/// Removes the own picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_picture(shell: State<'_, Shell>) -> Answer<AccountRow> {
    api::remove_picture(&shell.app().await?).await
}
