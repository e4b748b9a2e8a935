//! What is kept for a time goes when that has passed, and the time is sure: two nodes have told it in this
//! run, and this machine's clock was not set since. A clock that is ten years ahead takes nothing away.
//!
//! Source: `architecture.md` §10.

use nous_protocol::time::Timestamp;
use nous_storage::groups::{deletions as group_deletions, shut_out};
use nous_storage::{cursors, deletions, erased, inbox, reactions, receipts, seen_hashes};

use crate::core::Core;
use crate::disappearing::worker;
use crate::error::ClientError;

/// Forgets what nobody can need any more. Answers what time it is; `None`: that is not sure, and nothing
/// was forgotten.
///
/// # Errors
/// What the database said.
pub async fn forget_old(core: &Core) -> Result<Option<Timestamp>, ClientError> {
    let Some(now) = core.clock.sure_now() else {
        return Ok(None);
    };
    let forgotten = core.db.write(move |writer| {
        seen_hashes::prune(writer, now)?;
        cursors::prune(writer, now)?;
        erased::prune(writer, now)?;
        deletions::prune(writer, now)?;
        group_deletions::prune(writer, now)?;
        shut_out::prune(writer, now)?;
        receipts::prune(writer, now)?;
        reactions::prune(writer, now)?;
        inbox::prune(writer, now)
    });
    worker::announce(core, forgotten.await?);
    Ok(Some(now))
}
