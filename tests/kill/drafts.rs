//! A message that is thought better of.

use anyhow::Result;
use nous_api::requests::{SendMessageRequest, SetDraftRequest};
use nous_api::{App, conversations, deleting, messages};

/// Writes a text down, types on, and takes the text back before it goes.
pub(crate) async fn regret(app: &App, to: String, text: String, typed: String) -> Result<()> {
    let conversation = conversations::open_conversation(app, to).await?.id;
    let request = SendMessageRequest {
        conversation: conversation.clone(),
        client_token: format!("token of {text}"),
        body: text,
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    let id = messages::send_message(app, request).await?.remove(0).id;
    let draft = SetDraftRequest {
        conversation,
        text: typed,
        quote: None,
    };
    conversations::set_draft(app, draft).await?;
    deleting::take_back_queued(app, id).await?;
    Ok(())
}
