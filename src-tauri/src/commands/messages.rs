//! Messages: reading, writing, forwarding, trying again.

use nous_api::ids::{ConversationId, MessageId, TimestampMs};
use nous_api::messages as api;
use nous_api::requests::{ListMessagesRequest, SendMessageRequest};
use nous_api::rows::{Forwarded, MessageInfo, MessagePage, MessageRow};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// A page of a timeline.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_messages(
    shell: State<'_, Shell>,
    request: ListMessagesRequest,
) -> Answer<MessagePage> {
    api::list_messages(&shell.app().await?, request).await
}

/// Some messages; missing ones are left out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_messages(shell: State<'_, Shell>, ids: Vec<MessageId>) -> Answer<Vec<MessageRow>> {
    api::get_messages(&shell.app().await?, ids).await
}

/// Writes a message down; it goes out by itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_message(
    shell: State<'_, Shell>,
    request: SendMessageRequest,
) -> Answer<Vec<MessageRow>> {
    api::send_message(&shell.app().await?, request).await
}

/// Tries a failed message again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_message(shell: State<'_, Shell>, id: MessageId) -> Answer<()> {
    api::retry_message(&shell.app().await?, id).await
}

/// Tries every failed message again; answers how many.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_all_failed(shell: State<'_, Shell>) -> Answer<u32> {
    api::retry_all_failed(&shell.app().await?).await
}

/// Deletes messages on this device; what waits to go out is cancelled.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_messages(shell: State<'_, Shell>, ids: Vec<MessageId>) -> Answer<()> {
    api::delete_messages(&shell.app().await?, ids).await
}

/// Everything about one message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_message_info(shell: State<'_, Shell>, id: MessageId) -> Answer<MessageInfo> {
    api::get_message_info(&shell.app().await?, id).await
}

/// Every failed message, oldest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_failed_messages(shell: State<'_, Shell>) -> Answer<Vec<MessageRow>> {
    api::list_failed_messages(&shell.app().await?).await
}

/// Sends messages on to other conversations.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forward_messages(
    shell: State<'_, Shell>,
    messages: Vec<MessageId>,
    to: Vec<ConversationId>,
    client_token: String,
) -> Answer<Forwarded> {
    api::forward_messages(&shell.app().await?, messages, to, client_token).await
}

/// Sends a text to other conversations.
#[tauri::command]
#[specta::specta]
pub(crate) async fn share_text(
    shell: State<'_, Shell>,
    text: String,
    to: Vec<ConversationId>,
    client_token: String,
) -> Answer<Forwarded> {
    api::share_text(&shell.app().await?, text, to, client_token).await
}

/// The first message at or after a moment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn message_at_date(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    at: TimestampMs,
) -> Answer<Option<MessageId>> {
    api::message_at_date(&shell.app().await?, conversation, at).await
}
