//! Message requests.

use nous_api::ids::ConversationId;
use nous_api::message_requests as api;
use nous_api::requests::ListRequestsRequest;
use nous_api::rows::{ConversationRow, RequestDetails, RequestPage};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// A page of the requests.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_requests(
    shell: State<'_, Shell>,
    request: ListRequestsRequest,
) -> Answer<RequestPage> {
    api::list_requests(&shell.app().await?, request).await
}

/// The inside of a request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_request(
    shell: State<'_, Shell>,
    conversation: ConversationId,
) -> Answer<RequestDetails> {
    api::get_request(&shell.app().await?, conversation).await
}

/// Accepts a request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_request(
    shell: State<'_, Shell>,
    conversation: ConversationId,
) -> Answer<ConversationRow> {
    api::accept_request(&shell.app().await?, conversation).await
}

/// Declines a request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn decline_request(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::decline_request(&shell.app().await?, conversation).await
}

/// Declines a request and blocks who asks.
#[tauri::command]
#[specta::specta]
pub(crate) async fn block_request(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::block_request(&shell.app().await?, conversation).await
}

/// Declines every request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_requests(shell: State<'_, Shell>) -> Answer<u32> {
    api::clear_requests(&shell.app().await?).await
}
