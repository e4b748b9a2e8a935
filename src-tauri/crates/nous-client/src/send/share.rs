//! One text to several conversations, such as the account ID of somebody.
//!
//! Source: `product.md` §8.

use std::collections::BTreeSet;

use nous_protocol::account::ConversationId;

use super::several::{self, Letter, Post};
use super::{Forwarded, MAX_TEXT};
use crate::core::Core;
use crate::error::ClientError;

/// Sends a text to one or several conversations. What was being written there stays. What goes wrong in
/// one conversation is told of it, and does not keep the text from the others.
///
/// `token`: made by the face; with the same token nothing goes twice.
///
/// # Errors
/// [`ClientError::EmptyText`], [`ClientError::TooLong`], or what the database said: then nothing was sent.
pub async fn share(
    core: &Core,
    text: String,
    to: Vec<ConversationId>,
    token: Option<String>,
) -> Result<Forwarded, ClientError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ClientError::EmptyText);
    }
    if text.chars().count() > MAX_TEXT {
        return Err(ClientError::TooLong(MAX_TEXT));
    }
    let mut seen = BTreeSet::new();
    let to = to.into_iter().filter(|id| seen.insert(*id));
    let post = |to: ConversationId| Post {
        to,
        said: vec![vec![Letter {
            text: text.to_owned(),
            files: Vec::new(),
            token: token.as_ref().map(|token| format!("{token}.{to}")),
        }]],
        stopped: None,
    };
    let posts = to.map(post).collect();
    several::submit(core, posts).await
}
