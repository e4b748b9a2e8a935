//! `delete`, `forward`, `search`.

use std::collections::BTreeSet;
use std::time::Duration;

use nous_api::ids::{ConversationId, MessageId, TimestampMs};
use nous_api::requests::{SearchHas, SearchRequest};
use nous_api::rows::MessageRow;
use nous_api::{App, account, deleting, messages, search as api_search};
use serde_json::json;

use crate::arguments::{DeleteArguments, ForwardArguments, Part, SearchArguments};
use crate::exit::Failure;
use crate::output::Output;
use crate::pages::PAGE;
use crate::{groups, reactions, session};

/// Deletes messages, and prints which.
pub(crate) async fn delete(app: &App, arguments: DeleteArguments, output: Output) -> Result<(), Failure> {
    let ids: Vec<MessageId> = arguments.message.into_iter().map(MessageId).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for id in &ids {
        rows.push(session::message(app, id).await?);
    }
    let for_everyone = arguments.for_everyone;
    if for_everyone {
        let own = account::get_account(app).await?.account_id;
        let (notes, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.conversation.0 == own);
        deleting::delete_on_all_devices(app, ids_of(&notes)).await?;
        deleting::delete_for_everyone(app, ids_of(&others)).await?;
    } else {
        messages::delete_messages(app, ids.clone()).await?;
    }
    for id in ids {
        output.line(&json!({ "messageId": id, "forEveryone": for_everyone }))?;
    }
    if for_everyone {
        let conversations = rows.into_iter().map(|row| row.conversation).collect();
        until_out(app, conversations, arguments.timeout).await?;
    }
    Ok(())
}

fn ids_of(rows: &[&MessageRow]) -> Vec<MessageId> {
    rows.iter().map(|row| row.id.clone()).collect()
}

/// Sends messages on, and prints what became of that for each conversation.
pub(crate) async fn forward(app: &App, arguments: ForwardArguments, output: Output) -> Result<(), Failure> {
    let ids: Vec<MessageId> = arguments.message.into_iter().map(MessageId).collect();
    let mut to = Vec::with_capacity(arguments.to.len());
    for text in &arguments.to {
        to.push(session::opened(app, text).await?);
    }
    let forwarded = messages::forward_messages(app, ids, to.clone(), String::new()).await?;
    let mut went = BTreeSet::new();
    let mut failure: Option<Failure> = None;
    for id in to {
        let refused = forwarded
            .refused
            .iter()
            .find(|refused| refused.conversation == id);
        let error = refused.map(|refused| refused.error.clone());
        output.line(&json!({ "conversation": id, "error": error.as_ref().map(|error| error.code) }))?;
        // Part of them may have gone to who did not get all.
        if refused.is_none_or(|refused| refused.sent > 0) {
            went.insert(id);
        }
        if let Some(error) = error {
            failure.get_or_insert(error.into());
        }
    }
    until_out(app, went, arguments.timeout).await?;
    failure.map_or(Ok(()), Err)
}

/// Waits until nothing waits to go out there.
async fn until_out(
    app: &App,
    conversations: BTreeSet<ConversationId>,
    timeout: Duration,
) -> Result<(), Failure> {
    let waiting = async {
        for id in &conversations {
            if id.0.starts_with("03") {
                groups::until_done(app, id, timeout).await?;
            }
            reactions::until_sent(app, id).await?;
        }
        Ok::<(), Failure>(())
    };
    match tokio::time::timeout(timeout, waiting).await {
        Ok(done) => done,
        Err(_) => Err(Failure::timed_out(
            "Not in time. What is left goes out with the next command that runs.",
        )),
    }
}

/// Prints the messages that a search finds, the newest first.
pub(crate) async fn search(app: &App, arguments: SearchArguments, output: Output) -> Result<(), Failure> {
    let SearchArguments {
        text,
        with,
        from,
        after,
        before,
        has,
        limit,
    } = arguments;
    let conversation = match with {
        Some(with) => Some(session::conversation_id(app, &with).await?),
        None => None,
    };
    let author = match from {
        Some(from) => Some(session::account_id(app, &from).await?),
        None => None,
    };
    let mut request = SearchRequest {
        text,
        conversation,
        author,
        after: after.map(TimestampMs),
        before: before.map(TimestampMs),
        has: has.into_iter().map(part).collect(),
        cursor: None,
        limit: limit.min(PAGE),
    };
    let mut left = limit;
    while left > 0 {
        request.limit = left.min(PAGE);
        let page = api_search::search_messages(app, request.clone()).await?;
        for row in page.rows {
            let mut line = session::message_line(app, &row.message).await?;
            if let Some(fields) = line.as_object_mut() {
                fields.insert("conversationName".to_owned(), json!(row.conversation_name));
                fields.insert("snippet".to_owned(), json!(row.snippet));
            }
            output.line(&line)?;
            left = left.saturating_sub(1);
        }
        request.cursor = page.next;
        if request.cursor.is_none() {
            break;
        }
    }
    Ok(())
}

const fn part(part: Part) -> SearchHas {
    match part {
        Part::File => SearchHas::File,
        Part::Link => SearchHas::Link,
        Part::Picture => SearchHas::Picture,
    }
}
