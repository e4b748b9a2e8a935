//! Pictures of profiles. Their bytes go past JSON: see [`crate::media`].

use nous_api::pictures as api;
use nous_api::requests::SetPictureRequest;
use nous_api::rows::{AccountRow, StagedPictureRow};
use tauri::State;

use super::Answer;
use crate::drops::Drops;
use crate::media::Body;
use crate::shell::Shell;

/// Opens a picture that a person chose; its bytes are the body of the call.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_picture(shell: State<'_, Shell>, body: Body) -> Answer<StagedPictureRow> {
    api::stage_picture(&shell.app().await?, body.0).await
}

/// The same with a file that was dropped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_dropped_picture(
    shell: State<'_, Shell>,
    drops: State<'_, Drops>,
    number: u32,
) -> Answer<StagedPictureRow> {
    api::stage_dropped_picture(&shell.app().await?, drops.take(number)?).await
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
