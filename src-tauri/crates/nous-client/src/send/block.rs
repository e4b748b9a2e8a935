//! Blocking somebody: what waits for them fails, and says why.
//!
//! Source: `product.md` §7, `messages.md` §7.

use nous_protocol::account::AccountId;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey, OutboxKey};
use nous_storage::{contacts, conversations, outbox};

use super::fail;
use crate::config_sync::actions;
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::groups;

/// What does not go out any more.
#[derive(Debug, Default)]
pub(crate) struct Stopped {
    /// Attempts to call back.
    pub(crate) rows: Vec<OutboxKey>,
    /// Messages that failed.
    pub(crate) messages: Vec<MessageKey>,
}

/// Blocks or unblocks somebody, on all devices. What waited for somebody who is blocked fails;
/// unblocking sends nothing by itself.
///
/// # Errors
/// [`ClientError::NoConversation`], also for the own account; or what the database said.
pub async fn set_blocked(core: &Core, account: AccountId, is_blocked: bool) -> Result<(), ClientError> {
    let own = core.own;
    let changed = core.db.write(move |writer| {
        let key = conversations::find(&writer.reader(), account)?.filter(|_| account != own);
        let Some(key) = key else {
            return Ok(None);
        };
        conversations::set_blocked(writer, key, is_blocked)?;
        let stopped = if is_blocked {
            stop_waiting(writer, key)?
        } else {
            Stopped::default()
        };
        actions::share(writer, &own, [&account])?;
        Ok(Some(stopped))
    });
    let stopped = changed.await?.ok_or(ClientError::NoConversation)?;
    core.departures.call_back(&stopped.rows);
    core.hub.announce([
        Change::Conversations(vec![account.into()]),
        Change::Messages(account.into(), stopped.messages),
        Change::Connectivity,
    ]);
    core.configs.change();
    if !is_blocked {
        // What they said in groups meanwhile can be read now.
        groups::messages::retry_later(core).await?;
    }
    Ok(())
}

/// Fails what waits for the person of a conversation, because they are blocked.
///
/// # Errors
/// What the database said.
pub(crate) fn stop_waiting(writer: &mut Writer<'_>, key: ConversationKey) -> Result<Stopped, StorageError> {
    let mut stopped = Stopped::default();
    for (row, message) in contacts::undelivered(&writer.reader(), key)? {
        fail(writer, message, Failure::Blocked)?;
        stopped.rows.push(row);
        stopped.messages.push(message);
    }
    // Each of these is looked at again before its next attempt.
    stopped
        .rows
        .extend(outbox::waiting_controls(&writer.reader(), key)?);
    conversations::refresh(writer, &[key])?;
    Ok(stopped)
}
