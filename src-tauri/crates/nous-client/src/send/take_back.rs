//! Taking back a message that has not gone out: to write it anew, or not at all. What it said stands in
//! the draft in the transaction that removes it.
//!
//! Source: `product.md` §7.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::attachments::staged;
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Message, MessageKind, SendState};
use nous_storage::outbox::{self, OutboxRow};

use super::departures::Departures;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::files::tidy;
use crate::step::step;

/// A message that is not sent. All of it stands in the draft, before what was typed there.
#[derive(Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// Its text.
    pub text: String,
    /// The message that it answered, if that is here.
    pub quote: Option<MessageKey>,
}

/// Shows nothing of the message.
impl std::fmt::Debug for TakenBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TakenBack(…)")
    }
}

/// Takes back a message of which nothing has left this machine; an attempt that waits for a path is
/// called back. Its text and its files stand in the draft then, beside what was typed there.
///
/// # Errors
/// [`ClientError::NoMessage`]; [`ClientError::NotDeletable`] if something of it has left, or may have;
/// or what the database said.
pub async fn take_back(core: &Core, key: MessageKey) -> Result<TakenBack, ClientError> {
    let (departures, now) = (core.departures.clone(), core.clock.now());
    let taken = core.db.write(move |writer| take(writer, key, &departures, now));
    let (peer, taken) = taken.await??;
    step!("send.takenBack");
    // It is done, whatever becomes of this; it comes once more by itself.
    if let Err(error) = tidy::stop_unwanted(core).await {
        tracing::warn!(%error, "uploads cannot be stopped");
    }
    core.announce_messages(peer, vec![key]);
    core.hub.announce([Change::Connectivity]);
    core.stir_outbox();
    core.deletions_stirred.notify_one();
    Ok(taken)
}

fn take(
    writer: &mut Writer<'_>,
    key: MessageKey,
    departures: &Departures,
    now: Timestamp,
) -> Result<Result<(ConversationId, TakenBack), ClientError>, StorageError> {
    let Some(message) = messages::by_keys(&writer.reader(), &[key])?.pop() else {
        return Ok(Err(ClientError::NoMessage));
    };
    let rows = outbox::of_message(&writer.reader(), key)?;
    if !has_all(&message, &rows, departures) {
        return Ok(Err(ClientError::NotDeletable));
    }
    let text = messages::full_text(&writer.reader(), key)?.unwrap_or_default();
    let quote = message.quote.and_then(|quoted| quoted.message);
    let new_id = || hex::encode(rand::random::<[u8; 16]>());
    staged::take_back(writer, key, message.conversation, now, new_id)?;
    conversations::put_before_draft(writer, message.conversation, &text, quote)?;
    messages::delete_here(writer, &[key], now)?;
    conversations::refresh(writer, &[message.conversation])?;
    step!("send.takingBack");
    Ok(Ok((message.peer, TakenBack { text, quote })))
}

/// Whether all of a message is still here; from then on nothing of it leaves.
fn has_all(message: &Message, rows: &[OutboxRow], departures: &Departures) -> bool {
    let waits = matches!(
        message.state,
        Some(SendState::Queued | SendState::Sending | SendState::Failed)
    );
    if message.kind != MessageKind::Text || !waits || rows.is_empty() {
        return false;
    }
    // An attempt that no task of this process makes was cut off by a crash.
    let is_cut_off = |row: &OutboxRow| row.attempts > 0 && message.state == Some(SendState::Sending);
    let running = rows.iter().map(|row| (row, departures.of(row.key)));
    let running: Vec<_> = running.collect();
    let is_certain = running
        .iter()
        .all(|(row, departure)| !row.may_be_stored && (departure.is_some() || !is_cut_off(row)));
    is_certain
        && running
            .iter()
            .all(|(_, departure)| departure.as_ref().is_none_or(|one| one.call_back()))
}
