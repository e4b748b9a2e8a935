//! Message requests.

use nous_api::ids::ConversationId;
use nous_api::requests::ListRequestsRequest;
use nous_api::rows::RequestRow;
use nous_api::{ApiError, App, message_requests as api};
use serde_json::json;

use crate::arguments::RequestsCommand;
use crate::exit::Failure;
use crate::output::Output;
use crate::pages::{self, PAGE};
use crate::session::{account_id, sync_first, to_value};

/// Carries out one command about requests. What accepting sends goes out with the next command
/// that runs, unless one watches.
pub(crate) async fn run(app: &App, command: RequestsCommand, output: Output) -> Result<(), Failure> {
    match command {
        RequestsCommand::List { sync } => {
            sync_first(app, sync).await?;
            list(app, output).await
        }
        RequestsCommand::Accept { id, timeout } => {
            let conversation = conversation(app, &id).await?;
            api::accept_request(app, conversation.clone()).await?;
            done(output, &conversation, "accepted")?;
            match tokio::time::timeout(timeout, until_told(app, &conversation)).await {
                Ok(told) => told,
                Err(_) => Err(Failure::timed_out(
                    "Not in time. The other is told with the next command that runs.",
                )),
            }
        }
        RequestsCommand::Delete { id } => {
            let conversation = conversation(app, &id).await?;
            api::decline_request(app, conversation.clone()).await?;
            done(output, &conversation, "deleted")
        }
        RequestsCommand::Block { id } => {
            let conversation = conversation(app, &id).await?;
            api::block_request(app, conversation.clone()).await?;
            done(output, &conversation, "blocked")
        }
        RequestsCommand::Clear => {
            let count = api::clear_requests(app).await?;
            Ok(output.line(&json!({ "deleted": count }))?)
        }
    }
}

/// Waits until nothing waits to go out to who asked.
async fn until_told(app: &App, conversation: &ConversationId) -> Result<(), Failure> {
    let mut events = app.subscribe();
    while !api::is_told(app, conversation).await? {
        let Some(batch) = events.next().await else { break };
        nous_api::subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

async fn conversation(app: &App, id: &str) -> Result<ConversationId, Failure> {
    Ok(ConversationId(account_id(app, id).await?))
}

fn done(output: Output, conversation: &ConversationId, what: &str) -> Result<(), Failure> {
    Ok(output.line(&json!({ "accountId": conversation, "request": what }))?)
}

/// One line a request; the name that its sender gave themselves is not in it.
async fn list(app: &App, output: Output) -> Result<(), Failure> {
    let rows = all(app).await?;
    rows.iter().try_for_each(|row| Ok(output.line(&to_value(row)?)?))
}

/// Every request, newest first.
pub(crate) async fn all(app: &App) -> Result<Vec<RequestRow>, ApiError> {
    pages::all(async |cursor| {
        let page = api::list_requests(app, ListRequestsRequest { cursor, limit: PAGE }).await?;
        Ok((page.rows, page.next))
    })
    .await
}
