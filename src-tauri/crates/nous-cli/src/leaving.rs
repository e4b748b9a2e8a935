//! `account delete`.

use nous_api::requests::DeleteAccountRequest;
use nous_api::rows::{DeletionRow, DeletionState};
use nous_api::{App, leaving, subscriptions};
use serde_json::json;

use crate::exit::Failure;
use crate::output::Output;

/// Deletes the account, and says what nodes confirmed.
pub(crate) async fn run(app: &App, request: DeleteAccountRequest, output: Output) -> Result<(), Failure> {
    let mut events = app.subscribe();
    leaving::delete_account(app, request).await?;
    loop {
        let Some(row) = leaving::get_deletion(app).await? else {
            return Err(Failure::timed_out("Nothing is being deleted."));
        };
        if row.state != DeletionState::Running {
            return ended(row, output);
        }
        let Some(batch) = events.next().await else {
            return Err(Failure::timed_out("The profile was closed."));
        };
        subscriptions::ack_events(app, batch.seq).await?;
    }
}

fn ended(row: DeletionRow, output: Output) -> Result<(), Failure> {
    let is_deleted = row.state == DeletionState::Done;
    output.line(&json!({
        "deleted": is_deleted,
        "nodes": row.nodes,
        "confirmed": row.confirmed,
        "unconfirmed": row.nodes.saturating_sub(row.confirmed),
        "deletedOnNetwork": row.deleted,
        "error": row.error.as_ref().map(|error| error.code),
    }))?;
    if is_deleted {
        return Ok(());
    }
    Err(Failure::timed_out(
        "Not every node confirmed. The account is still on this device: run the command again, or \
         without --from-network.",
    ))
}
