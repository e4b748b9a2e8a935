//! The list of conversations.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::ids::ConversationId;
use crate::requests::{ListConversationsRequest, SetDraftRequest};
use crate::rows::{ConversationPage, ConversationRow};

/// A page of the list.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn list_conversations(app: &App, request: ListConversationsRequest) -> Result<ConversationPage, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Some conversations; missing ones are left out.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_conversations(app: &App, ids: Vec<ConversationId>) -> Result<Vec<ConversationRow>, ApiError> {
    let _ = (app, ids,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Opens the conversation with an account, and makes it if there is none.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn open_conversation(app: &App, account_id: String) -> Result<ConversationRow, ApiError> {
    let _ = (app, account_id,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Keeps what was typed.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_draft(app: &App, request: SetDraftRequest) -> Result<(), ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Marks everything there as read.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn mark_read(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    let _ = (app, conversation,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Pins or unpins.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_pinned(app: &App, conversation: ConversationId, pinned: bool) -> Result<(), ApiError> {
    let _ = (app, conversation, pinned,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Deletes a conversation with its messages on this device.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn delete_conversation(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    let _ = (app, conversation,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
