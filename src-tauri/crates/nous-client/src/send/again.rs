//! What failed, and what is not with our other devices, goes out again when the person says so.
//!
//! Source: `architecture.md` §5.1, `messages.md` §6.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::transfers;
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages;
use nous_storage::outbox::{self, CopyKind};

use super::MESSAGE_LIFE;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;

/// Lets a failed message, or a missing own copy, go out again: same bytes, same times.
/// `false` if there is nothing to try again.
///
/// # Errors
/// [`ClientError::Blocked`] while the recipient is; else what the database said.
pub async fn try_again(core: &Core, key: MessageKey) -> Result<bool, ClientError> {
    let now = core.clock.now();
    let released = core.db.write(move |writer| release(writer, key, now)).await?;
    match released {
        Released::Nothing => Ok(false),
        Released::Blocked => Err(ClientError::Blocked),
        Released::Goes(peer) => {
            core.announce_messages(peer, vec![key]);
            core.hub.announce([Change::Connectivity]);
            core.stir_outbox();
            core.uploads_stirred.notify_one();
            Ok(true)
        }
    }
}

/// Tries every failed message again, but those for people who are blocked; answers how many.
///
/// # Errors
/// What the database said.
pub async fn try_all_again(core: &Core) -> Result<u32, ClientError> {
    let failed = core.db.read(messages::failed).await?;
    let mut count = 0;
    for message in failed {
        match try_again(core, message.key).await {
            Ok(is_released) => count += u32::from(is_released),
            Err(ClientError::Blocked) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// What became of the wish to try again.
enum Released {
    Nothing,
    Blocked,
    Goes(ConversationId),
}

fn release(writer: &mut Writer<'_>, key: MessageKey, now: Timestamp) -> Result<Released, StorageError> {
    let rows = outbox::of_message(&writer.reader(), key)?;
    let Some(first) = rows.first() else {
        return Ok(Released::Nothing);
    };
    if rows.iter().any(|row| row.kind == CopyKind::Recipient)
        && let Some(person) = first.peer.person()
    {
        let peer = conversations::standings(&writer.reader(), &[person])?.remove(&person);
        if peer.is_some_and(|peer| peer.is_blocked) {
            return Ok(Released::Blocked);
        }
    }
    messages::retract_failure(writer, key)?;
    outbox::release(writer, key, now, now + MESSAGE_LIFE)?;
    if transfers::resume_uploads(writer, key)? {
        outbox::await_uploads(writer, key)?;
    }
    conversations::refresh(writer, &[first.conversation])?;
    Ok(Released::Goes(first.peer))
}
