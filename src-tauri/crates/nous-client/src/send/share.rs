//! One text to several conversations, such as the account ID of somebody.
//!
//! Source: `product.md` §8.

use std::collections::BTreeSet;

use nous_protocol::account::ConversationId;

use super::{Draft, Forwarded, MAX_TEXT, Refused, submit_beside};
use crate::core::Core;
use crate::error::ClientError;

/// Sends a text to one or several conversations. What was being written there stays. What goes wrong in
/// one conversation is told of it, and does not keep the text from the others.
///
/// # Errors
/// [`ClientError::EmptyText`], [`ClientError::TooLong`]: then nothing was sent.
pub async fn share(core: &Core, text: String, to: Vec<ConversationId>) -> Result<Forwarded, ClientError> {
    if text.trim().is_empty() {
        return Err(ClientError::EmptyText);
    }
    if text.trim().chars().count() > MAX_TEXT {
        return Err(ClientError::TooLong(MAX_TEXT));
    }
    let (mut shared, mut seen) = (Forwarded::default(), BTreeSet::new());
    for id in to.into_iter().filter(|id| seen.insert(*id)) {
        let draft = Draft {
            body: text.clone(),
            client_token: None,
            quote: None,
            attachments: Vec::new(),
            preview: None,
        };
        match submit_beside(core, id, draft).await {
            Ok(_) => shared.sent += 1,
            Err(error) => shared.refused.push(Refused {
                to: id,
                sent: 0,
                error,
            }),
        }
    }
    Ok(shared)
}
