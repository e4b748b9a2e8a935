//! Reactions to messages.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nous_api::ids::{ConversationId, Cursor, MessageId};
use nous_api::rows::MessageRow;
use nous_api::{App, ErrorCode, message_requests, messages, reactions as api};
use serde_json::json;

use crate::exit::Failure;
use crate::gone;
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
                "removed": false,
            }))?;
        }
        cursor = page.cursor;
    }
}

/// Which others reacted to a message, by emoji.
type People = BTreeMap<String, BTreeSet<String>>;

/// The reactions of others that messages showed last, to tell when one is taken back.
#[derive(Debug, Default)]
pub(crate) struct Shown(BTreeMap<MessageId, People>);

impl Shown {
    /// A message shows what it shows: that is told, or no news.
    pub(crate) async fn note(&mut self, app: &App, row: &MessageRow) -> Result<(), Failure> {
        let people = others(app, row).await?;
        if people.is_empty() {
            self.0.remove(&row.id);
        } else {
            self.0.insert(row.id.clone(), people);
        }
        Ok(())
    }

    /// Prints what was taken back since.
    pub(crate) async fn print(&mut self, app: &App, row: &MessageRow, output: Output) -> Result<(), Failure> {
        let before = self.0.remove(&row.id).unwrap_or_default();
        self.note(app, row).await?;
        // With a deleted message goes what was said of it.
        if gone::is_deleted(row) {
            return Ok(());
        }
        let now = self.0.get(&row.id);
        for (emoji, people) in before {
            let left = now.and_then(|now| now.get(&emoji));
            for from in people {
                if left.is_some_and(|left| left.contains(&from)) {
                    continue;
                }
                output.line(&json!({
                    "event": "reaction",
                    "messageId": row.id,
                    "conversation": row.conversation,
                    "from": from,
                    "emoji": emoji,
                    "notifies": false,
                    "removed": true,
                }))?;
            }
        }
        Ok(())
    }
}

/// A row names the first of many people only; then all are asked for.
async fn others(app: &App, row: &MessageRow) -> Result<People, Failure> {
    let is_cut = row
        .reactions
        .iter()
        .any(|reaction| usize::try_from(reaction.count).is_ok_and(|count| reaction.people.len() < count));
    let mut reactions = row.reactions.clone();
    if is_cut {
        match messages::get_message_info(app, row.id.clone()).await {
            Ok(info) => reactions = info.row.reactions,
            Err(error) if error.code == ErrorCode::MessageNotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut others = People::new();
    for reaction in reactions {
        let people = reaction.people.into_iter().filter(|person| !person.is_self);
        let people: BTreeSet<String> = people.map(|person| person.account_id).collect();
        if !people.is_empty() {
            others.insert(reaction.emoji, people);
        }
    }
    Ok(others)
}
