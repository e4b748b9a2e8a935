//! The list of conversations.

use nous_client::protocol::account::{AccountId, ConversationId as With};

use crate::app::App;
use crate::convert::{conversation_of, conversation_rows, list_cursor, list_place, message_key};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::ConversationId;
use crate::requests::{ListConversationsRequest, SetDraftRequest};
use crate::rows::{ConversationPage, ConversationRow};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;
/// The longest draft, in code points; what is longer is cut.
const MOST_DRAFT: usize = 100_000;

/// A page of the list.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn list_conversations(
    app: &App,
    request: ListConversationsRequest,
) -> Result<ConversationPage, ApiError> {
    app.client.own_id()?;
    let after = request.cursor.as_ref().map(list_place).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let filter = request.filter.trim().to_owned();
    let (rows, total) = app.client.conversations(after, filter, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|row| list_cursor(&row.place()));
    Ok(ConversationPage {
        rows: conversation_rows(app, rows).await?,
        next,
        total,
    })
}

/// Some conversations; missing ones are left out.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn get_conversations(
    app: &App,
    ids: Vec<ConversationId>,
) -> Result<Vec<ConversationRow>, ApiError> {
    app.client.own_id()?;
    let ids: Vec<With> = ids.iter().filter_map(|id| conversation_of(id).ok()).collect();
    let rows = app.client.conversations_with(ids).await?;
    conversation_rows(app, rows).await
}

/// Opens the conversation with an account, and makes it if there is none. It stands in the
/// list after its first message.
///
/// # Errors
/// `NotAnAccountId`, `NoAccount`, or what the database said.
pub async fn open_conversation(app: &App, account_id: String) -> Result<ConversationRow, ApiError> {
    app.client.own_id()?;
    let account = AccountId::from_hex(&account_id).map_err(|_| ApiError::new(ErrorCode::NotAnAccountId))?;
    let opened = app.client.open_conversation(account).await?;
    let row = conversation_rows(app, vec![opened]).await?.pop();
    row.ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

/// Keeps what was typed, and which message it answers.
///
/// # Errors
/// `ConversationNotFound`, `MessageNotFound` for an id that is none, or what the database said.
pub async fn set_draft(app: &App, request: SetDraftRequest) -> Result<(), ApiError> {
    let text = request.text.chars().take(MOST_DRAFT).collect();
    let quote = request.quote.as_ref().map(message_key).transpose()?;
    Ok(app
        .client
        .set_draft(conversation_of(&request.conversation)?, text, quote)
        .await?)
}

/// Marks everything there as read.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn mark_read(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app
        .client
        .mark_read(conversation_of(&conversation)?, None)
        .await?)
}

/// Pins or unpins.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn set_pinned(app: &App, conversation: ConversationId, pinned: bool) -> Result<(), ApiError> {
    Ok(app
        .client
        .set_pinned(conversation_of(&conversation)?, pinned)
        .await?)
}

/// Deletes a conversation with its messages on this device; what waited there to go out is
/// cancelled. The person stays known.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn delete_conversation(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app
        .client
        .delete_conversation(conversation_of(&conversation)?)
        .await?)
}
