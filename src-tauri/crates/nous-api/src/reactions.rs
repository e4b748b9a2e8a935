//! Reactions: an emoji to a message.

use nous_client::storage::ids::ReactionKey;

use crate::app::App;
use crate::convert::{conversation_id, message_id, message_key, reaction_cursor, reaction_key};
use crate::errors::ApiError;
use crate::ids::{Cursor, MessageId};
use crate::rows::{ReactionPage, ReceivedReaction};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;

/// Reacts to a message, or takes a reaction back. What is so already changes nothing.
///
/// # Errors
/// `MessageNotFound`, also for one that was deleted or that others do not have; `NotAccepted`,
/// `Blocked`, `GroupClosed`, `TooManyReactions`, or what the database said.
pub async fn react(app: &App, message: MessageId, emoji: String, remove: bool) -> Result<(), ApiError> {
    Ok(app.client.react(message_key(&message)?, emoji, remove).await?)
}

/// The six emoji to offer: those that were last reacted with, the newest first, then the usual ones.
///
/// # Errors
/// What the database said.
pub async fn recent_reactions(app: &App) -> Result<Vec<String>, ApiError> {
    Ok(app.client.recent_reactions().await?)
}

/// The reactions of others that arrived after a cursor, in order; `None`: from the first one.
///
/// # Errors
/// What the database said.
pub async fn reactions_since(app: &App, after: Option<Cursor>, limit: u32) -> Result<ReactionPage, ApiError> {
    let after = after
        .as_ref()
        .map(reaction_key)
        .transpose()?
        .unwrap_or(ReactionKey(0));
    let arrivals = app
        .client
        .reactions_since(after, limit.clamp(1, MOST_ROWS))
        .await?;
    let cursor = reaction_cursor(arrivals.last().map_or(after, |last| last.key));
    let rows = arrivals.into_iter().map(|arrival| ReceivedReaction {
        message: message_id(arrival.message),
        conversation: conversation_id(arrival.peer),
        from: arrival.sender.to_string(),
        emoji: arrival.emoji,
        notifies: arrival.notifies,
        cursor: reaction_cursor(arrival.key),
    });
    Ok(ReactionPage {
        rows: rows.collect(),
        cursor,
    })
}

/// The cursor behind every reaction that has arrived so far.
///
/// # Errors
/// What the database said.
pub async fn latest_reaction(app: &App) -> Result<Cursor, ApiError> {
    Ok(reaction_cursor(app.client.latest_reaction().await?))
}
