//! The list of conversations.

use nous_api::conversations as api;
use nous_api::ids::ConversationId;
use nous_api::requests::{ListConversationsRequest, SetDraftRequest};
use nous_api::rows::{ConversationPage, ConversationRow};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// A page of the list.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_conversations(
    shell: State<'_, Shell>,
    request: ListConversationsRequest,
) -> Answer<ConversationPage> {
    api::list_conversations(&shell.app().await?, request).await
}

/// Some conversations; missing ones are left out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_conversations(
    shell: State<'_, Shell>,
    ids: Vec<ConversationId>,
) -> Answer<Vec<ConversationRow>> {
    api::get_conversations(&shell.app().await?, ids).await
}

/// Opens the conversation with an account, and makes it if there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_conversation(
    shell: State<'_, Shell>,
    account_id: String,
) -> Answer<ConversationRow> {
    api::open_conversation(&shell.app().await?, account_id).await
}

/// Keeps what was typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_draft(shell: State<'_, Shell>, request: SetDraftRequest) -> Answer<()> {
    api::set_draft(&shell.app().await?, request).await
}

/// Marks everything there as read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_read(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::mark_read(&shell.app().await?, conversation).await
}

/// Pins or unpins.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_pinned(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    pinned: bool,
) -> Answer<()> {
    api::set_pinned(&shell.app().await?, conversation, pinned).await
}

/// Deletes a conversation with its messages on this device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_conversation(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::delete_conversation(&shell.app().await?, conversation).await
}
