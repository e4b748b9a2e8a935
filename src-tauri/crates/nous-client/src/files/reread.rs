//! Messages that came before this version could read their files: what they said was kept, and is
//! read once more. In groups it was not kept.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::ConversationId;
use nous_protocol::content::{self, Incoming};
use nous_storage::attachments::PointedFile;
use nous_storage::attachments::earlier::{self, EarlierMessage};
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::{conversations, settings};

use super::received::pointed;
use crate::core::Core;
use crate::error::ClientError;

/// The setting that remembers that it was done.
const DONE: &str = "files.earlierRead";
/// So many messages are read at a time.
const BATCH: u32 = 200;

/// Reads earlier messages again, unless it was done. Nothing of them is fetched without a click.
///
/// # Errors
/// What the database said.
pub(crate) async fn once(core: &Core) -> Result<(), ClientError> {
    let is_done = core
        .db
        .read(|reader| settings::get::<bool>(reader, DONE))
        .await?;
    if is_done == Some(true) {
        return Ok(());
    }
    let mut behind = MessageKey(0);
    loop {
        let batch = core
            .db
            .read(move |reader| earlier::kept(reader, behind, BATCH))
            .await?;
        let Some(last) = batch.last() else {
            break;
        };
        behind = last.key;
        give(core, batch).await?;
    }
    core.db
        .write(|writer| settings::set(writer, DONE, &true))
        .await?;
    Ok(())
}

async fn give(core: &Core, batch: Vec<EarlierMessage>) -> Result<(), ClientError> {
    let found: Vec<(EarlierMessage, Vec<PointedFile>)> = batch
        .into_iter()
        .filter_map(|message| {
            let files = files_of(&message);
            (!files.is_empty()).then_some((message, files))
        })
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    let changed = core.db.write(move |writer| {
        let mut touched: BTreeSet<ConversationKey> = BTreeSet::new();
        let mut changed: BTreeMap<ConversationId, Vec<MessageKey>> = BTreeMap::new();
        for (message, files) in &found {
            if earlier::give(writer, message.key, files)? {
                touched.insert(message.conversation);
                changed.entry(message.peer).or_default().push(message.key);
            }
        }
        let touched: Vec<ConversationKey> = touched.into_iter().collect();
        conversations::refresh(writer, &touched)?;
        Ok(changed)
    });
    for (peer, keys) in changed.await? {
        core.announce_messages(peer, keys);
    }
    Ok(())
}

fn files_of(message: &EarlierMessage) -> Vec<PointedFile> {
    match content::parse(&message.content, message.sent).map(|parsed| parsed.content) {
        Ok(Incoming::Message(message)) => pointed(&message.attachments),
        _ => Vec::new(),
    }
}
