//! Files of messages. Their bytes go past JSON: see [`crate::media`].

use nous_api::attachments as api;
use nous_api::ids::{ConversationId, MessageId, StagedFileId};
use nous_api::requests::GalleryRequest;
use nous_api::rows::{GalleryPage, SavedAttachment, StagedDrop, StagedFileRow};
use tauri::{AppHandle, State};

use super::Answer;
use crate::drops::Drops;
use crate::media::Body;
use crate::shell::Shell;
use crate::{clipboard, links};

/// Keeps a piece of a file that is chosen; the body of the call is a line of JSON (`upload`, `at`, `size`),
/// then the piece.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_piece(shell: State<'_, Shell>, body: Body) -> Answer<()> {
    api::stage_piece(&shell.app().await?, body.0).await
}

/// Takes a chosen file in; the body of the call is a line of JSON (`conversation`, `name`, `asItIs`,
/// `upload`), then its bytes, or the last piece of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_file(shell: State<'_, Shell>, body: Body) -> Answer<StagedFileRow> {
    api::stage_file(&shell.app().await?, body.0).await
}

/// The same with files that were dropped.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_dropped_files(
    shell: State<'_, Shell>,
    drops: State<'_, Drops>,
    number: u32,
    conversation: Option<ConversationId>,
    as_it_is: bool,
) -> Answer<StagedDrop> {
    let files = drops.take_for_draft(number)?;
    api::stage_dropped_files(&shell.app().await?, conversation, files, as_it_is).await
}

/// Takes one of them once more, in the other way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_dropped_file(
    shell: State<'_, Shell>,
    drops: State<'_, Drops>,
    number: u32,
    index: u32,
    conversation: Option<ConversationId>,
    as_it_is: bool,
) -> Answer<StagedFileRow> {
    let file = drops.taken(number, index)?;
    api::stage_path(&shell.app().await?, conversation, file, as_it_is).await
}

/// The chosen files in a draft, in order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_staged_files(
    shell: State<'_, Shell>,
    conversation: ConversationId,
) -> Answer<Vec<StagedFileRow>> {
    api::list_staged_files(&shell.app().await?, conversation).await
}

/// Gives a chosen file up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_staged_file(
    shell: State<'_, Shell>,
    file: StagedFileId,
    conversation: Option<ConversationId>,
) -> Answer<()> {
    api::discard_staged_file(&shell.app().await?, file, conversation).await
}

/// Takes a file of a message once more, to send it on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_attachment(
    shell: State<'_, Shell>,
    message: MessageId,
    index: u32,
    conversation: Option<ConversationId>,
) -> Answer<StagedFileRow> {
    api::stage_attachment(&shell.app().await?, message, index, conversation).await
}

/// Keeps what the page drew of a film; the body of the call is a line of JSON (`film`, `durationMs`), then
/// the picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_video_poster(shell: State<'_, Shell>, body: Body) -> Answer<()> {
    api::set_video_poster(&shell.app().await?, body.0).await
}

/// Fetches a file of a message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn download_attachment(
    shell: State<'_, Shell>,
    message: MessageId,
    index: u32,
) -> Answer<()> {
    api::download_attachment(&shell.app().await?, message, index).await
}

/// Stops a file on its way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_transfer(shell: State<'_, Shell>, message: MessageId, index: u32) -> Answer<()> {
    api::cancel_transfer(&shell.app().await?, message, index).await
}

/// Tries a file again that could not be fetched or uploaded.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_attachment(shell: State<'_, Shell>, message: MessageId, index: u32) -> Answer<()> {
    api::retry_attachment(&shell.app().await?, message, index).await
}

/// Saves a file of a message where files go that the person asks for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_attachment(
    shell: State<'_, Shell>,
    message: MessageId,
    index: u32,
) -> Answer<SavedAttachment> {
    api::save_attachment(&shell.app().await?, message, index, None).await
}

/// Opens a copy of a file of a message in another program. The window asked before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_attachment(shell: State<'_, Shell>, message: MessageId, index: u32) -> Answer<()> {
    let copy = api::open_attachment(&shell.app().await?, message, index).await?;
    links::open_file(&copy)
}

/// Puts a picture of a message on the clipboard, where the page may not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_picture(
    app: AppHandle,
    shell: State<'_, Shell>,
    message: MessageId,
    index: u32,
) -> Answer<()> {
    let picture = api::picture_pixels(&shell.app().await?, message, index).await?;
    clipboard::copy_picture(&app, picture.width, picture.height, picture.rgba).await
}

/// Fetches files of a conversation without a click from now on, or no longer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn trust_downloads(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    trusted: bool,
) -> Answer<()> {
    api::trust_downloads(&shell.app().await?, conversation, trusted).await
}

/// A page of the files, or of the links, of a conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn gallery(shell: State<'_, Shell>, request: GalleryRequest) -> Answer<GalleryPage> {
    api::gallery(&shell.app().await?, request).await
}
