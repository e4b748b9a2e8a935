//! Messages that came before this version could read their files and cards: what they said was kept,
//! and is read once more. In groups it was not kept.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::ConversationId;
use nous_protocol::content::{self, Incoming};
use nous_storage::attachments::PointedFile;
use nous_storage::attachments::earlier::{self, EarlierMessage};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::{conversations, messages, settings};

use super::received::pointed;
use crate::cards::{self, ReceivedCard};
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
    let is_done = core.db.read(|reader| settings::get::<bool>(reader, DONE)).await?;
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
    core.db.write(|writer| settings::set(writer, DONE, &true)).await?;
    Ok(())
}

async fn give(core: &Core, batch: Vec<EarlierMessage>) -> Result<(), ClientError> {
    let found: Vec<(EarlierMessage, Said)> = batch
        .into_iter()
        .filter_map(|message| {
            let said = Said::by(&message)?;
            Some((message, said))
        })
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    let changed = core.db.write(move |writer| {
        let mut touched: BTreeSet<ConversationKey> = BTreeSet::new();
        let mut changed: BTreeMap<ConversationId, Vec<MessageKey>> = BTreeMap::new();
        for (message, said) in &found {
            if said.give(writer, message.key)? {
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

/// What an earlier message brings.
struct Said {
    files: Vec<PointedFile>,
    card: Option<ReceivedCard>,
}

impl Said {
    /// `None` if it brings nothing.
    fn by(message: &EarlierMessage) -> Option<Self> {
        let parsed = content::parse(&message.content, message.sent).ok()?;
        let Incoming::Message(message) = parsed.content else {
            return None;
        };
        let said = Self {
            files: pointed(&message.attachments),
            card: cards::received(&message),
        };
        (!said.files.is_empty() || said.card.is_some()).then_some(said)
    }

    /// Whether the message has more than before.
    fn give(&self, writer: &mut Writer<'_>, message: MessageKey) -> Result<bool, StorageError> {
        let mut is_changed = !self.files.is_empty() && earlier::give(writer, message, &self.files)?;
        if let Some(card) = &self.card {
            is_changed |= messages::give_card(writer, message, &card.card, card.picture.as_deref())?;
        }
        Ok(is_changed)
    }
}
