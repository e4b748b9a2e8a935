//! Files whose rows are gone, and what is on its way for nobody.

use std::collections::BTreeSet;
use std::time::Duration;

use nous_storage::attachments::{gone, staged, transfers};
use nous_storage::ids::AttachmentKey;

use crate::core::Core;
use crate::error::ClientError;
use crate::pictures::remove_files;
use crate::step::step;

/// Changes come in bursts.
const GATHER: Duration = Duration::from_millis(200);
/// After the database or the disk failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// What was chosen, stands in no draft and was not sent is forgotten after this.
const STRAY: Duration = Duration::from_secs(24 * 3_600);

/// Follows messages that come and go, for ever.
pub(super) async fn run(core: &Core) {
    loop {
        if let Err(error) = once(core).await {
            tracing::warn!(%error, "files cannot be tidied");
            tokio::time::sleep(AFTER_TROUBLE).await;
            continue;
        }
        core.hub.files_stirred().await;
        tokio::time::sleep(GATHER).await;
    }
}

/// Does once what is due.
///
/// # Errors
/// What the database said.
pub(crate) async fn once(core: &Core) -> Result<(), ClientError> {
    stop_unwanted(core).await?;
    if core.db.read(gone::has_old_blobs).await? {
        core.db.write(gone::drop_blobs).await?;
    }
    remove_gone(core).await?;
    // What came with a message may be wanted.
    core.downloads_stirred.notify_one();
    Ok(())
}

/// Stops what is on its way and has no row any more: it was deleted, or given up.
pub(crate) async fn stop_unwanted(core: &Core) -> Result<(), ClientError> {
    let running = core.transfers.keys();
    if running.is_empty() {
        return Ok(());
    }
    let asked = running.clone();
    let waiting: BTreeSet<AttachmentKey> = core
        .db
        .read(move |reader| transfers::waiting_among(reader, &asked))
        .await?;
    for key in running.into_iter().filter(|key| !waiting.contains(key)) {
        core.transfers.stop(key);
    }
    Ok(())
}

/// Removes the files whose rows are gone. Called where nothing may be left of what was deleted;
/// else it happens shortly after by itself.
///
/// # Errors
/// What the database said.
pub(crate) async fn remove_gone(core: &Core) -> Result<(), ClientError> {
    loop {
        let names = core.db.read(gone::gone).await?;
        if names.is_empty() {
            return Ok(());
        }
        remove_files(core, names.clone()).await?;
        step!("files.removed");
        core.db.write(move |writer| gone::removed(writer, &names)).await?;
    }
}

/// Forgets what was chosen long ago and never sent.
pub(super) async fn forget_stray(core: &Core) -> Result<(), ClientError> {
    let before = core.clock.now().earlier(STRAY);
    core.db
        .write(move |writer| staged::discard_stray(writer, before))
        .await?;
    Ok(())
}
