//! What was seen, and who types.

use nous_api::ids::{ConversationId, MessageId};
use nous_api::reading as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Marks what was seen as read, up to a message and with it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_read_to(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    message: MessageId,
) -> Answer<()> {
    api::mark_read_to(&shell.app().await?, conversation, message).await
}

/// Marks everything in every conversation as read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_all_read(shell: State<'_, Shell>) -> Answer<()> {
    api::mark_all_read(&shell.app().await?).await
}

/// The person changed the text to somebody, or emptied the field or left.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_typing(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    is_typing: bool,
) -> Answer<()> {
    api::set_typing(&shell.app().await?, conversation, is_typing).await
}

/// Where the other types now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_typing(shell: State<'_, Shell>) -> Answer<Vec<ConversationId>> {
    api::list_typing(&shell.app().await?).await
}
