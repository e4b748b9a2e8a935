//! Reactions to messages.

use std::time::Duration;

use nous_api::ids::{ConversationId, Cursor, MessageId};
use nous_api::{App, message_requests, reactions as api};
use serde_json::json;

use crate::exit::Failure;
use crate::output::Output;
use crate::pages::PAGE;
use crate::session;

/// Reacts to a message, or takes that back, and prints what the message shows then.
pub(crate) async fn react(
    app: &App,
    id: MessageId,
    (emoji, remove): (String, bool),
    timeout: Duration,
    output: Output,
) -> Result<(), Failure> {
    api::react(app, id.clone(), emoji, remove).await?;
    let row = session::message(app, &id).await?;
    output.line(&json!({ "messageId": id, "reactions": row.reactions }))?;
    match tokio::time::timeout(timeout, until_sent(app, &row.conversation)).await {
        Ok(sent) => sent,
        Err(_) => Err(Failure::timed_out(
            "Not in time. The reaction goes out with the next command that runs.",
        )),
    }
}

/// Waits until nothing waits to go out there.
pub(crate) async fn until_sent(app: &App, conversation: &ConversationId) -> Result<(), Failure> {
    let mut events = app.subscribe();
    while !message_requests::is_told(app, conversation).await? {
        let Some(batch) = events.next().await else { break };
        nous_api::subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

/// Prints the reactions of others that arrived after a cursor; answers the cursor behind them.
pub(crate) async fn print_since(app: &App, after: Cursor, output: Output) -> Result<Cursor, Failure> {
    let mut cursor = after;
    loop {
        let page = api::reactions_since(app, Some(cursor.clone()), PAGE).await?;
        if page.rows.is_empty() {
            return Ok(cursor);
        }
        for row in page.rows {
            output.line(&json!({
                "event": "reaction",
                "messageId": row.message,
                "conversation": row.conversation,
                "from": row.from,
                "emoji": row.emoji,
                "notifies": row.notifies,
            }))?;
        }
        cursor = page.cursor;
    }
}
