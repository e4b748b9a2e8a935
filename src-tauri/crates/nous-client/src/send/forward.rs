//! Forwarding: what was said is said again to others, by us.
//!
//! Source: `product.md` §8.

use std::collections::BTreeSet;

use nous_protocol::account::ConversationId;
use nous_storage::attachments::FileKind;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Card, MessageKind};

use super::{Draft, MAX_TEXT, submit_beside};
use crate::core::Core;
use crate::error::ClientError;
use crate::files::{FilesError, staging};

/// What became of messages that were forwarded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forwarded {
    /// To how many conversations they go.
    pub sent: u32,
    /// The conversations to which they do not go, and why.
    pub refused: Vec<(ConversationId, ClientError)>,
}

/// Sends messages again, to one or several conversations, in the order of the timeline. What was being
/// written there stays. Files go up anew, under other keys; to a request goes the text only.
///
/// # Errors
/// [`ClientError::NoMessage`] if one is gone, [`ClientError::EmptyText`] if one has neither text nor
/// files, [`ClientError::TooLong`] if one is longer than may be sent, [`ClientError::FileGone`] if a
/// file is not on this device: then nothing was sent. Else what the database said.
pub async fn forward(
    core: &Core,
    keys: Vec<MessageKey>,
    to: Vec<ConversationId>,
) -> Result<Forwarded, ClientError> {
    let said = core.db.read(move |reader| all_said(reader, &keys)).await??;
    let (mut forwarded, mut seen) = (Forwarded::default(), BTreeSet::new());
    for id in to.into_iter().filter(|id| seen.insert(*id)) {
        match send_all(core, id, &said).await {
            Ok(()) => forwarded.sent += 1,
            Err(error @ (ClientError::Blocked | ClientError::GroupClosed | ClientError::NotAccepted)) => {
                forwarded.refused.push((id, error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(forwarded)
}

/// [`ClientError::NotAccepted`] if nothing could be sent but files.
async fn send_all(core: &Core, to: ConversationId, all: &[Said]) -> Result<(), ClientError> {
    let (mut has_sent, mut has_refused) = (false, false);
    for said in all {
        match send_one(core, to, said).await {
            Ok(()) => has_sent = true,
            Err(ClientError::NotAccepted) => has_refused = true,
            Err(error) => return Err(error),
        }
    }
    if has_refused && !has_sent {
        return Err(ClientError::NotAccepted);
    }
    Ok(())
}

async fn send_one(core: &Core, to: ConversationId, said: &Said) -> Result<(), ClientError> {
    let (mut files, mut is_voice) = (Vec::with_capacity(said.files.len()), false);
    for place in &said.files {
        match staging::stage_again(core, said.message, *place, None).await {
            Ok(file) => {
                is_voice |= file.facts.kind == FileKind::Voice;
                files.push(file.id);
            }
            Err(error) => {
                staging::discard(core, files).await?;
                return Err(gone(error));
            }
        }
    }
    // A voice message has no text: what somebody wrote with one follows it.
    let has_more = is_voice && !said.text.trim().is_empty();
    let mut first = draft(said, files.clone());
    if has_more {
        first.body.clear();
    }
    let sent = submit_beside(core, to, first).await;
    if sent.is_ok() {
        if has_more {
            submit_beside(core, to, draft(said, Vec::new())).await?;
        }
        return Ok(());
    }
    staging::discard(core, files).await?;
    match sent {
        Err(ClientError::NotAccepted) if !said.text.trim().is_empty() => {
            submit_beside(core, to, draft(said, Vec::new())).await?;
            Ok(())
        }
        sent => sent.map(drop),
    }
}

fn draft(said: &Said, attachments: Vec<String>) -> Draft {
    Draft {
        body: said.text.clone(),
        client_token: None,
        quote: None,
        attachments,
        preview: None,
    }
}

fn gone(error: FilesError) -> ClientError {
    match error {
        FilesError::Client(error) => error,
        _ => ClientError::FileGone,
    }
}

/// What a message says.
struct Said {
    message: MessageKey,
    text: String,
    /// The places of its files.
    files: Vec<u32>,
}

/// What the messages say, in the order of the timeline.
fn all_said(
    reader: &Reader<'_>,
    keys: &[MessageKey],
) -> Result<Result<Vec<Said>, ClientError>, StorageError> {
    let wanted: BTreeSet<MessageKey> = keys.iter().copied().collect();
    let mut rows = messages::by_keys(reader, keys)?;
    if rows.is_empty() || rows.len() != wanted.len() {
        return Ok(Err(ClientError::NoMessage));
    }
    rows.sort_by_key(|row| (row.conversation, row.place()));
    let mut said = Vec::with_capacity(rows.len());
    for row in rows {
        let text = if row.is_truncated {
            messages::full_text(reader, row.key)?.unwrap_or_default()
        } else {
            row.body
        };
        let text = match row.card {
            // Others can follow the link of an invitation: it is all that goes on.
            Some(Card::Invitation { url, .. }) if text.trim().is_empty() => url,
            _ => text,
        };
        let is_empty = text.trim().is_empty() && row.attachments.is_empty();
        if row.kind != MessageKind::Text || is_empty {
            return Ok(Err(ClientError::EmptyText));
        }
        if !row.attachments.iter().all(|file| file.is_here) {
            return Ok(Err(ClientError::FileGone));
        }
        if text.trim().chars().count() > MAX_TEXT {
            return Ok(Err(ClientError::TooLong(MAX_TEXT)));
        }
        said.push(Said {
            message: row.key,
            text,
            files: row.attachments.iter().map(|file| file.place).collect(),
        });
    }
    Ok(Ok(said))
}
