//! Message requests: people who wrote and wait to be accepted.

use nous_client::protocol::account::ConversationId as With;
use nous_client::storage::requests::Request;

use crate::app::App;
use crate::convert::{
    conversation_id, conversation_of, conversation_rows, moment, request_cursor, request_place,
};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::ConversationId;
use crate::people_names::PeopleNames;
use crate::requests::ListRequestsRequest;
use crate::rows::{ConversationRow, GroupInvitation, RequestDetails, RequestPage, RequestRow};

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
    let people = rows.iter().filter_map(|row| row.id.person()).collect();
    let mut names = app.client.directory_names(people).await?;
    let mut shown = Vec::new();
    for row in rows {
        let directory_name = row.id.person().and_then(|person| names.remove(&person));
        let group = invitation(app, &row.id).await?;
        shown.push(request_row(row, directory_name, group));
    }
    Ok(RequestPage {
        next,
        rows: shown,
        total,
    })
}

/// What is told of an invitation into a group; `None` where a person asks.
async fn invitation(app: &App, id: &With) -> Result<Option<GroupInvitation>, ApiError> {
    let Some(group) = id.group() else {
        return Ok(None);
    };
    let page = app.client.group(group).await?;
    let inviter = page.details.inviter;
    let names = PeopleNames::of_people(app, inviter.into_iter().collect()).await?;
    Ok(Some(GroupInvitation {
        name: Some(page.row.name).filter(|name| !name.is_empty()),
        inviter: inviter.map(|inviter| names.person(&inviter)),
    }))
}

fn request_row(row: Request, directory_name: Option<String>, group: Option<GroupInvitation>) -> RequestRow {
    RequestRow {
        id: conversation_id(row.id),
        account_id: row.id.to_string(),
        directory_name,
        group,
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
    let id = conversation_of(&conversation)?;
    let inside = app.client.request(id).await?;
    let group = invitation(app, &id).await?;
    Ok(RequestDetails {
        id: conversation,
        account_id: id.to_string(),
        given_name: Some(inside.given_name).filter(|name| !name.is_empty() && group.is_none()),
        group,
    })
}

/// Accepts a request: the other gets our name, and both are contacts. Answers the
/// conversation.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn accept_request(app: &App, conversation: ConversationId) -> Result<ConversationRow, ApiError> {
    let id = conversation_of(&conversation)?;
    app.client.accept_request(id).await?;
    let rows = app.client.conversations_with(vec![id]).await?;
    conversation_rows(app, rows)
        .await?
        .pop()
        .ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

/// Whether nothing waits any more to go out to who asked.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn is_told(app: &App, conversation: &ConversationId) -> Result<bool, ApiError> {
    let id = conversation_of(conversation)?;
    let waiting = app.client.outbox().await?;
    Ok(waiting.iter().all(|(row, _)| row.peer != id))
}

/// Declines a request: its messages are deleted, and the other is not told. A later message
/// asks again.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn decline_request(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app
        .client
        .decline_request(conversation_of(&conversation)?)
        .await?)
}

/// Declines a request and blocks who asks.
///
/// # Errors
/// `RequestNotFound`, or what the database said.
pub async fn block_request(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.block_request(conversation_of(&conversation)?).await?)
}

/// Declines every request; answers how many there were.
///
/// # Errors
/// What the database said.
pub async fn clear_requests(app: &App) -> Result<u32, ApiError> {
    Ok(app.client.clear_requests().await?)
}
