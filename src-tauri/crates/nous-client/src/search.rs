//! The index of messages kept in order in the background: what an older version left is taken in,
//! and pages without the words of messages that are gone are written.

use std::time::Duration;

use nous_storage::search;

use crate::core::Core;
use crate::error::ClientError;

/// Between two portions, so that others have their turn.
const APART: Duration = Duration::from_millis(20);

/// Runs until the account is closed.
pub(crate) async fn run(core: Core) {
    loop {
        match look(&core).await {
            Ok(false) => {}
            // It may still stand between the pages, or in the database's log.
            Ok(true) => core.deletions_stirred.notify_one(),
            Err(error) => tracing::warn!(%error, "the index of messages cannot be kept in order"),
        }
        core.hub.index_stirred().await;
    }
}

/// Keeps the index in order; answers whether something was erased, from there or of messages.
async fn look(core: &Core) -> Result<bool, ClientError> {
    let has_worked = keep_up(core).await?;
    Ok(core.db.read(search::has_traces).await? || has_worked)
}

/// Does all that there is to do, in portions; answers whether there was something.
///
/// # Errors
/// What the database said.
pub async fn keep_up(core: &Core) -> Result<bool, ClientError> {
    let mut has_worked = false;
    while core.db.read(search::is_due).await? {
        core.db.write(search::work).await?;
        has_worked = true;
        tokio::time::sleep(APART).await;
    }
    Ok(has_worked)
}
