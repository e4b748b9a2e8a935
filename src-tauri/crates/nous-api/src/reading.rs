//! What was seen, and who types.

use crate::app::App;
use crate::convert::{conversation_id, conversation_of, message_key};
use crate::errors::ApiError;
use crate::ids::{ConversationId, MessageId};

/// Marks what was seen in a conversation as read, up to a message and with it. A message that
/// is gone, or stands elsewhere, changes nothing.
///
/// # Errors
/// `ConversationNotFound`, `MessageNotFound` for an id that is none, or what the database said.
pub async fn mark_read_to(
    app: &App,
    conversation: ConversationId,
    message: MessageId,
) -> Result<(), ApiError> {
    let up_to = Some(message_key(&message)?);
    Ok(app
        .client
        .mark_read(conversation_of(&conversation)?, up_to)
        .await?)
}

/// Marks everything in every conversation of the list as read.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn mark_all_read(app: &App) -> Result<(), ApiError> {
    Ok(app.client.mark_all_read().await?)
}

/// The person changed the text to somebody (`true`), or emptied the field or left (`false`).
/// Who is told of it, and how often, is decided behind this.
///
/// # Errors
/// `ConversationNotFound` for an id that is none, or `NoAccount`.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn set_typing(app: &App, conversation: ConversationId, is_typing: bool) -> Result<(), ApiError> {
    // Nobody is told who types in a group.
    match conversation_of(&conversation)?.person() {
        Some(person) => Ok(app.client.set_typing(person, is_typing)?),
        None => Ok(()),
    }
}

/// Where the other types now.
///
/// # Errors
/// `NoAccount`.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn list_typing(app: &App) -> Result<Vec<ConversationId>, ApiError> {
    Ok(app.client.who_types()?.into_iter().map(conversation_id).collect())
}
