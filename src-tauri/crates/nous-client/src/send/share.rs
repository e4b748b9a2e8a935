//! One text to several conversations, such as the account ID of somebody.
//!
//! Source: `product.md` §8.

use std::collections::BTreeSet;

use nous_protocol::account::ConversationId;

use super::{Draft, Forwarded, submit_beside};
use crate::core::Core;
use crate::error::ClientError;

/// Sends a text to one or several conversations. What was being written there stays.
///
/// # Errors
/// [`ClientError::EmptyText`], [`ClientError::TooLong`]: then nothing was sent. Else what the database
/// said.
pub async fn share(core: &Core, text: String, to: Vec<ConversationId>) -> Result<Forwarded, ClientError> {
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
            Err(error @ (ClientError::Blocked | ClientError::GroupClosed)) => {
                shared.refused.push((id, error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(shared)
}
