//! Forwarding: what was said is said again to others, by us.
//!
//! Others may put more into one message than our apps show of it: several documents, or a picture beside
//! one. It is said again in as many messages as that takes.
//!
//! Source: `product.md` §8, `messages.md` §11.5.

use std::collections::BTreeSet;

use nous_protocol::account::ConversationId;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Card, MessageKind};

use super::MAX_TEXT;
use super::parcels::{Parcel, parcels};
use super::several::{self, Letter, Post};
use crate::core::Core;
use crate::error::ClientError;
use crate::files::{FilesError, staging};

/// What became of messages that were forwarded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forwarded {
    /// To how many conversations all of them go.
    pub sent: u32,
    /// The others.
    pub refused: Vec<Refused>,
}

/// A conversation to which not everything goes that was to go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub to: ConversationId,
    /// How many of the messages go there nevertheless.
    pub sent: u32,
    /// Why the next one does not.
    pub error: ClientError,
}

/// Sends messages again, to one or several conversations, in the order of the timeline. What was being
/// written there stays. Files go up anew, under other keys; to a request goes the text only. What goes
/// wrong in one conversation is told of it, and does not keep the messages from the others.
///
/// `token`: made by the face; with the same token nothing goes twice.
///
/// # Errors
/// [`ClientError::NoMessage`] if one is gone, [`ClientError::EmptyText`] if one has neither text nor
/// files, [`ClientError::TooLong`] if one is longer than may be sent, [`ClientError::FileGone`] if a
/// file is not on this device, or what the database said: then nothing was sent.
pub async fn forward(
    core: &Core,
    keys: Vec<MessageKey>,
    to: Vec<ConversationId>,
    token: Option<String>,
) -> Result<Forwarded, ClientError> {
    let said = core.db.read(move |reader| all_said(reader, &keys)).await??;
    let mut seen = BTreeSet::new();
    let mut posts = Vec::with_capacity(to.len());
    for id in to.into_iter().filter(|id| seen.insert(*id)) {
        let token = token.as_ref().map(|token| format!("{token}.{id}"));
        posts.push(post(core, id, &said, token.as_deref()).await);
    }
    several::submit(core, posts).await
}

/// What goes to one conversation, with copies of the files that go there.
async fn post(core: &Core, to: ConversationId, all: &[Said], token: Option<&str>) -> Post {
    let mut post = Post {
        to,
        said: Vec::with_capacity(all.len()),
        stopped: None,
    };
    for said in all {
        match letters(core, said, token).await {
            Ok(letters) => post.said.push(letters),
            Err(error) => {
                post.stopped = Some(error);
                break;
            }
        }
    }
    post
}

async fn letters(core: &Core, said: &Said, token: Option<&str>) -> Result<Vec<Letter>, ClientError> {
    let mut letters: Vec<Letter> = Vec::with_capacity(said.parcels.len());
    for (number, parcel) in said.parcels.iter().enumerate() {
        let token = token.map(|token| format!("{token}.{}.{number}", said.message.0));
        match copies(core, said.message, parcel, token.clone()).await {
            Ok(files) => letters.push(Letter {
                text: parcel.text.trim().to_owned(),
                files,
                token,
            }),
            Err(error) => {
                // No half of a message goes.
                let files = letters.into_iter().flat_map(|letter| letter.files);
                staging::discard(core, files.collect()).await?;
                return Err(error);
            }
        }
    }
    Ok(letters)
}

/// Copies of the files of a parcel; none if it went when this was asked for the first time.
async fn copies(
    core: &Core,
    message: MessageKey,
    parcel: &Parcel<u32>,
    token: Option<String>,
) -> Result<Vec<String>, ClientError> {
    if let Some(token) = token {
        let before = core.db.write(move |writer| messages::by_token(writer, &token));
        if before.await?.is_some() {
            return Ok(Vec::new());
        }
    }
    let mut files = Vec::with_capacity(parcel.files.len());
    for place in &parcel.files {
        match staging::stage_again(core, message, *place, None).await {
            Ok(file) => files.push(file.id),
            Err(error) => {
                staging::discard(core, files).await?;
                return Err(gone(error));
            }
        }
    }
    Ok(files)
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
    /// With the places of the files.
    parcels: Vec<Parcel<u32>>,
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
        let files = row.attachments.iter().map(|file| (file.place, file.facts.kind));
        said.push(Said {
            message: row.key,
            parcels: parcels(&text, &files.collect::<Vec<_>>()),
        });
    }
    Ok(Ok(said))
}
