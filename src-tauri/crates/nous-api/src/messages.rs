//! Messages: reading, writing, forwarding, trying again.

use std::collections::BTreeSet;

use nous_client::client::Anchor as PageAnchor;
use nous_client::protocol::account::ConversationId as With;
use nous_client::protocol::time::Timestamp;
use nous_client::send::{Draft, Refused};
use nous_client::storage::conversations::Conversation;
use nous_client::storage::ids::MessageKey;
use nous_client::storage::messages::Message;

use crate::app::App;
use crate::convert::{
    arrival_cursor, arrival_key, conversation_id, conversation_of, message_id, message_key, message_rows,
    moment, timeline_cursor, timeline_place,
};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::{ConversationId, Cursor, MessageId, TimestampMs};
use crate::requests::{Anchor, ListMessagesRequest, SendMessageRequest};
use crate::rows::{
    Forwarded, MessageInfo, MessagePage, MessageRow, ReceivedMessage, ReceivedPage, RefusedForward,
};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;

/// A page of a timeline.
///
/// # Errors
/// `ConversationNotFound`, `MessageNotFound`, or what the database said.
pub async fn list_messages(app: &App, request: ListMessagesRequest) -> Result<MessagePage, ApiError> {
    let anchor = match &request.anchor {
        Anchor::Latest => PageAnchor::Latest,
        Anchor::Around { message } => PageAnchor::Around(message_key(message)?),
        Anchor::Before { cursor } => PageAnchor::Before(timeline_place(cursor)?),
        Anchor::After { cursor } => PageAnchor::After(timeline_place(cursor)?),
    };
    let limit = request.limit.clamp(1, MOST_ROWS);
    let page = app
        .client
        .messages(conversation_of(&request.conversation)?, anchor, limit)
        .await?;
    Ok(MessagePage {
        older: page
            .rows
            .first()
            .filter(|_| page.has_older)
            .map(|row| timeline_cursor(row.place())),
        newer: page
            .rows
            .last()
            .filter(|_| page.has_newer)
            .map(|row| timeline_cursor(row.place())),
        first_unread: page.first_unread.map(message_id),
        first_unread_mention: page.first_unread_mention.map(message_id),
        rows: message_rows(app, page.rows).await?,
    })
}

/// Some messages; missing ones are left out.
///
/// # Errors
/// What the database said.
pub async fn get_messages(app: &App, ids: Vec<MessageId>) -> Result<Vec<MessageRow>, ApiError> {
    let keys = ids.iter().filter_map(|id| message_key(id).ok()).collect();
    message_rows(app, app.client.messages_by_key(keys).await?).await
}

/// Writes a message down; it goes out by itself. Files that do not go into one message go as several:
/// pictures and films as one, every other file as one of its own; the text and what it answers go with the
/// first. All are written down, or none; they come in their order. The same client token writes once.
///
/// # Errors
/// `EmptyText`, `TooLarge`, `Blocked`, `ConversationNotFound`, `MessageNotFound` if it answers one that
/// is gone; with files `TooManyFiles`, `FileGone`, `NotAccepted`; or what the database said.
pub async fn send_message(app: &App, request: SendMessageRequest) -> Result<Vec<MessageRow>, ApiError> {
    let to = conversation_of(&request.conversation)?;
    let token = Some(request.client_token).filter(|token| !token.is_empty());
    let quote = request.quote.as_ref().map(message_key).transpose()?;
    let written = app
        .client
        .send_all(
            to,
            Draft {
                body: request.body,
                client_token: token,
                quote,
                attachments: request.attachments.into_iter().map(|file| file.0).collect(),
                preview: request.preview.map(|preview| preview.0),
            },
        )
        .await?;
    message_rows(app, written).await
}

/// Sends messages on to other conversations, with their files, in the order of the timeline. What was
/// being written there stays. To somebody who has not accepted us goes the text only. One whose files do
/// not go into one message of ours goes as several. What goes wrong in one conversation stands in the
/// answer. With the same client token nothing goes twice.
///
/// # Errors
/// `MessageNotFound` if one is gone, `EmptyText` if one has neither text nor files, `TooLarge` if one is
/// longer than may be sent, `FileGone` if a file is not on this device, or what the database said: then
/// nothing was sent.
pub async fn forward_messages(
    app: &App,
    messages: Vec<MessageId>,
    to: Vec<ConversationId>,
    client_token: String,
) -> Result<Forwarded, ApiError> {
    let keys = messages.iter().map(message_key).collect::<Result<_, _>>()?;
    let with = to.iter().map(conversation_of).collect::<Result<_, _>>()?;
    let token = Some(client_token).filter(|token| !token.is_empty());
    Ok(forwarded_row(app.client.forward(keys, with, token).await?))
}

/// Sends a text to one or several conversations, such as the account ID of somebody. What was being
/// written there stays. With the same client token nothing goes twice.
///
/// # Errors
/// `EmptyText`, `TooLarge`, `ConversationNotFound` for an id that is none: then nothing was sent.
pub async fn share_text(
    app: &App,
    text: String,
    to: Vec<ConversationId>,
    client_token: String,
) -> Result<Forwarded, ApiError> {
    let with = to.iter().map(conversation_of).collect::<Result<_, _>>()?;
    let token = Some(client_token).filter(|token| !token.is_empty());
    Ok(forwarded_row(app.client.share(text, with, token).await?))
}

fn forwarded_row(forwarded: nous_client::send::Forwarded) -> Forwarded {
    let refused = |refused: Refused| RefusedForward {
        conversation: conversation_id(refused.to),
        sent: refused.sent,
        error: refused.error.into(),
    };
    Forwarded {
        sent: forwarded.sent,
        refused: forwarded.refused.into_iter().map(refused).collect(),
    }
}

/// The first message of a conversation at or after a moment.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn message_at_date(
    app: &App,
    conversation: ConversationId,
    at: TimestampMs,
) -> Result<Option<MessageId>, ApiError> {
    let with = conversation_of(&conversation)?;
    let found = app.client.message_at(with, Timestamp::from_ms(at.0)).await?;
    Ok(found.map(message_id))
}

/// Tries a failed message again, or the copy for own devices of a sent one. The recipient
/// never sees a double.
///
/// # Errors
/// `MessageNotFound`, `Blocked` while the recipient is, or what the database said.
pub async fn retry_message(app: &App, id: MessageId) -> Result<(), ApiError> {
    Ok(app.client.try_again(message_key(&id)?).await?)
}

/// Tries every failed message again; answers how many.
///
/// # Errors
/// What the database said.
pub async fn retry_all_failed(app: &App) -> Result<u32, ApiError> {
    Ok(app.client.try_all_again().await?)
}

/// Deletes messages on this device; what waits to go out is cancelled.
///
/// # Errors
/// What the database said.
pub async fn delete_messages(app: &App, ids: Vec<MessageId>) -> Result<(), ApiError> {
    let keys = ids.iter().filter_map(|id| message_key(id).ok()).collect();
    Ok(app.client.delete_messages(keys).await?)
}

/// Everything about one message.
///
/// # Errors
/// `MessageNotFound`, or what the database said.
pub async fn get_message_info(app: &App, id: MessageId) -> Result<MessageInfo, ApiError> {
    let key = message_key(&id)?;
    let mut message = app.client.message(key).await?;
    message.reactions = app.client.reactions_to(key).await?;
    let full_text = app.client.full_text(key).await?;
    Ok(MessageInfo {
        full_text,
        stored_at: message.stored.map(moment),
        server_hash: Some(message.server_hash.clone()).filter(|hash| !hash.is_empty()),
        expires_at: message.expires.map(moment),
        attempts: message.attempts,
        row: one_row(app, message).await?,
    })
}

/// Every failed message, oldest first.
///
/// # Errors
/// What the database said.
pub async fn list_failed_messages(app: &App) -> Result<Vec<MessageRow>, ApiError> {
    message_rows(app, app.client.failed_messages().await?).await
}

/// What arrived after a cursor, in order of arrival; `None`: from the first message of the
/// profile. Own messages that another device wrote are among them.
///
/// # Errors
/// What the database said.
pub async fn received_since(app: &App, after: Option<Cursor>, limit: u32) -> Result<ReceivedPage, ApiError> {
    let after = after
        .as_ref()
        .map(arrival_key)
        .transpose()?
        .unwrap_or(MessageKey(0));
    let messages = app
        .client
        .received_since(after, limit.clamp(1, MOST_ROWS))
        .await?;
    let cursor = arrival_cursor(messages.last().map_or(after, |last| last.key));
    let peers: BTreeSet<With> = messages.iter().map(|message| message.peer).collect();
    let known = app.client.conversations_with(peers.into_iter().collect()).await?;
    let requests: BTreeSet<With> = known
        .into_iter()
        .filter(Conversation::is_request)
        .map(|row| row.id)
        .collect();
    let places: Vec<(Cursor, bool)> = messages
        .iter()
        .map(|message| (arrival_cursor(message.key), requests.contains(&message.peer)))
        .collect();
    let rows = message_rows(app, messages).await?.into_iter().zip(places);
    Ok(ReceivedPage {
        rows: rows
            .map(|(row, (cursor, is_request))| ReceivedMessage {
                row,
                is_request,
                cursor,
            })
            .collect(),
        cursor,
    })
}

/// The cursor behind everything that has arrived so far.
///
/// # Errors
/// What the database said.
pub async fn latest_arrival(app: &App) -> Result<Cursor, ApiError> {
    Ok(arrival_cursor(app.client.latest_arrival().await?))
}

/// The cursor kept by [`set_watch_cursor`].
///
/// # Errors
/// What the database said.
pub async fn get_watch_cursor(app: &App) -> Result<Option<Cursor>, ApiError> {
    Ok(app
        .client
        .watch_cursor()
        .await?
        .map(|key| arrival_cursor(MessageKey(key))))
}

/// Keeps a cursor of [`received_since`] in the profile.
///
/// # Errors
/// What the database said.
pub async fn set_watch_cursor(app: &App, cursor: Cursor) -> Result<(), ApiError> {
    Ok(app.client.set_watch_cursor(arrival_key(&cursor)?.0).await?)
}

async fn one_row(app: &App, message: Message) -> Result<MessageRow, ApiError> {
    let row = message_rows(app, vec![message]).await?.pop();
    row.ok_or_else(|| ApiError::new(ErrorCode::MessageNotFound))
}
