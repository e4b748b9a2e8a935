//! A made-up history in an empty profile, for measuring. No command of the window calls it.

use nous_client::sample::SampleSize;
use serde::Serialize;

use crate::app::App;
use crate::convert::conversation_id;
use crate::errors::ApiError;
use crate::ids::ConversationId;

/// How much there is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleRequest {
    /// Conversations, the long one included.
    pub conversations: u32,
    /// Messages of the long one.
    pub messages: u32,
    /// Pictures on this device, of its newest messages; 0: nothing has a picture.
    pub pictures: u32,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleRow {
    /// The account's ID.
    pub account_id: String,
    /// Conversations in the list.
    pub conversations: u32,
    /// Messages of all conversations.
    pub messages: u64,
    /// Unread ones among them.
    pub unread: u64,
    /// The long conversation.
    pub longest: ConversationId,
}

/// Makes an account with a made-up history, the same each time. Its secret is known to
/// everybody.
///
/// # Errors
/// `AccountExists`, or what the database said.
pub async fn fill(app: &App, request: SampleRequest) -> Result<SampleRow, ApiError> {
    let size = SampleSize {
        conversations: request.conversations.max(1),
        messages: request.messages.max(1),
        pictures: request.pictures,
    };
    let made = app.client.fill_sample(size).await?;
    Ok(SampleRow {
        account_id: made.own.to_string(),
        conversations: size.conversations,
        messages: made.messages,
        unread: made.unread,
        longest: conversation_id(made.longest),
    })
}
