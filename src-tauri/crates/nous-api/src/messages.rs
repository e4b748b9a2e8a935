//! Messages: reading, writing, trying again.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::ids::{Cursor, MessageId};
use crate::requests::{ListMessagesRequest, SendMessageRequest};
use crate::rows::{MessageInfo, MessagePage, MessageRow, ReceivedPage};

/// A page of a timeline.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn list_messages(app: &App, request: ListMessagesRequest) -> Result<MessagePage, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Some messages; missing ones are left out.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_messages(app: &App, ids: Vec<MessageId>) -> Result<Vec<MessageRow>, ApiError> {
    let _ = (app, ids,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Writes a message down; it goes out by itself.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn send_message(app: &App, request: SendMessageRequest) -> Result<MessageRow, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Tries a failed message again.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn retry_message(app: &App, id: MessageId) -> Result<(), ApiError> {
    let _ = (app, id,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Tries every failed message again; answers how many.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn retry_all_failed(app: &App) -> Result<u32, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Deletes messages on this device; what waits to go out is cancelled.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn delete_messages(app: &App, ids: Vec<MessageId>) -> Result<(), ApiError> {
    let _ = (app, ids,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Everything about one message.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_message_info(app: &App, id: MessageId) -> Result<MessageInfo, ApiError> {
    let _ = (app, id,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Every failed message, oldest first.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn list_failed_messages(app: &App) -> Result<Vec<MessageRow>, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// What arrived after a cursor, in order of arrival; `None`: from the first message of the profile.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn received_since(app: &App, after: Option<Cursor>, limit: u32) -> Result<ReceivedPage, ApiError> {
    let _ = (app, after, limit,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// The cursor behind everything that has arrived so far.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn latest_arrival(app: &App) -> Result<Cursor, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// The cursor kept by [`set_watch_cursor`].
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_watch_cursor(app: &App) -> Result<Option<Cursor>, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Keeps a cursor of [`received_since`] in the profile.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_watch_cursor(app: &App, cursor: Cursor) -> Result<(), ApiError> {
    let _ = (app, cursor,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
