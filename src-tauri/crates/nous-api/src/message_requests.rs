//! Message requests: people who wrote and wait to be accepted.

use nous_client::storage::requests::Request;

use crate::app::App;
use crate::convert::{account_of, conversation_id, conversation_row, moment, request_cursor, request_place};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::ConversationId;
use crate::requests::ListRequestsRequest;
use crate::rows::{ConversationRow, RequestDetails, RequestPage, RequestRow};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;

/// A page of the requests, newest first.
///
/// # Errors
/// What the database said.
pub async fn list_requests(app: &App, request: ListRequestsRequest) -> Result<RequestPage, ApiError> {
    let after = request.cursor.as_ref().map(request_place).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let (rows, total) = app.client.requests(after, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| is_full);
    let next = next.map(|row| request_cursor(row.place()));
    let accounts = rows.iter().map(|row| row.account).collect();
    let mut names = app.client.directory_names(accounts).await?;
    let rows = rows.into_iter().map(|row| {
        let directory_name = names.remove(&row.account);
        request_row(row, directory_name)
    });
    Ok(RequestPage {
        next,
        rows: rows.collect(),
        total,
    })
}

fn request_row(row: Request, directory_name: Option<String>) -> RequestRow {
    RequestRow {
        id: conversation_id(&row.account),
        account_id: row.account.to_string(),
        directory_name,
        preview: row.preview,
        last_activity_at: moment(row.last_activity),
        unread_count: row.unread_count,
    }
}

/// The inside of a request.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn get_request(app: &App, conversation: ConversationId) -> Result<RequestDetails, ApiError> {
    let account = account_of(&conversation)?;
    let inside = app.client.request(account).await?;
    Ok(RequestDetails {
        id: conversation,
        account_id: account.to_string(),
        given_name: Some(inside.given_name).filter(|name| !name.is_empty()),
    })
}

/// Accepts a request: the other gets our name, and both are contacts. Answers the
/// conversation.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn accept_request(app: &App, conversation: ConversationId) -> Result<ConversationRow, ApiError> {
    let account = account_of(&conversation)?;
    app.client.accept_request(account).await?;
    let own = app.client.own_id()?;
    let row = app.client.conversations_with(vec![account]).await?.pop();
    row.map(|row| conversation_row(row, &own))
        .ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

/// Whether nothing waits any more to go out to who asked.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn is_told(app: &App, conversation: &ConversationId) -> Result<bool, ApiError> {
    let account = account_of(conversation)?;
    let waiting = app.client.outbox().await?;
    Ok(waiting.iter().all(|(row, _)| row.peer != account))
}

/// Declines a request: its messages are deleted, and the other is not told. A later message
/// asks again.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn decline_request(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.decline_request(account_of(&conversation)?).await?)
}

/// Declines a request and blocks who asks.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn block_request(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.block_request(account_of(&conversation)?).await?)
}

/// Declines every request; answers how many there were.
///
/// # Errors
/// What the database said.
pub async fn clear_requests(app: &App) -> Result<u32, ApiError> {
    Ok(app.client.clear_requests().await?)
}
