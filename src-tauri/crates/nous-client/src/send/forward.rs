//! Forwarding: what was said is said again to others, by us.
//!
//! Others may put more into one message than our apps show of it: several documents, or a picture beside
//! one. It is said again in as many messages as that takes.
//!
//! Source: `product.md` §8, `messages.md` §11.5.

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
use crate::files::{FilesError, MOST_FILES, staging};
use crate::step::step;

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
/// file is not on this device: then nothing was sent. Else what the database said before anything was.
pub async fn forward(
    core: &Core,
    keys: Vec<MessageKey>,
    to: Vec<ConversationId>,
    token: Option<String>,
) -> Result<Forwarded, ClientError> {
    let said = core.db.read(move |reader| all_said(reader, &keys)).await??;
    let (mut forwarded, mut seen) = (Forwarded::default(), BTreeSet::new());
    for id in to.into_iter().filter(|id| seen.insert(*id)) {
        let token = token.as_ref().map(|token| format!("{token}.{id}"));
        match send_all(core, id, &said, token.as_deref()).await {
            (_, None) => forwarded.sent += 1,
            (sent, Some(error)) => forwarded.refused.push(Refused { to: id, sent, error }),
        }
    }
    Ok(forwarded)
}

/// How many of the messages go there, and why the next one does not. Where files do not go, what has a
/// text goes on.
async fn send_all(
    core: &Core,
    to: ConversationId,
    all: &[Said],
    token: Option<&str>,
) -> (u32, Option<ClientError>) {
    let (mut sent, mut has_refused) = (0, false);
    for said in all {
        match send_one(core, to, said, token).await {
            Ok(true) => sent += 1,
            Ok(false) => has_refused = true,
            Err(error) => return (sent, Some(error)),
        }
    }
    let is_in_vain = has_refused && sent == 0;
    (sent, is_in_vain.then_some(ClientError::NotAccepted))
}

/// `false` if nothing of it could be sent but files, and those do not go there.
async fn send_one(
    core: &Core,
    to: ConversationId,
    said: &Said,
    token: Option<&str>,
) -> Result<bool, ClientError> {
    let mut has_sent = false;
    for (number, parcel) in said.parcels.iter().enumerate() {
        let token = token.map(|token| format!("{token}.{}.{number}", said.message.0));
        match send_parcel(core, to, said.message, parcel, token).await {
            Ok(()) => has_sent = true,
            Err(ClientError::NotAccepted) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(has_sent)
}

async fn send_parcel(
    core: &Core,
    to: ConversationId,
    message: MessageKey,
    parcel: &Parcel,
    token: Option<String>,
) -> Result<(), ClientError> {
    // Before anything is copied: it went when this was asked for the first time.
    if let Some(token) = token.clone() {
        let before = core.db.write(move |writer| messages::by_token(writer, &token));
        if before.await?.is_some() {
            return Ok(());
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
    let sent = submit_beside(core, to, draft(parcel, files.clone(), token.clone())).await;
    if sent.is_ok() {
        step!("forward.sent");
        return Ok(());
    }
    staging::discard(core, files).await?;
    match sent {
        Err(ClientError::NotAccepted) if !parcel.text.trim().is_empty() => {
            submit_beside(core, to, draft(parcel, Vec::new(), token)).await?;
            Ok(())
        }
        sent => sent.map(drop),
    }
}

fn draft(parcel: &Parcel, attachments: Vec<String>, client_token: Option<String>) -> Draft {
    Draft {
        body: parcel.text.clone(),
        client_token,
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
    parcels: Vec<Parcel>,
}

/// What goes into one message.
#[derive(Debug, PartialEq, Eq)]
struct Parcel {
    text: String,
    /// The places of its files.
    files: Vec<u32>,
}

/// What a message says in as many messages as that takes: others show one file of a message, or pictures
/// and films as an album. The text goes with the first; a voice message has none.
fn parcels(text: &str, files: &[(u32, FileKind)]) -> Vec<Parcel> {
    let of_album = files.iter().filter(|(_, kind)| kind.is_of_album());
    let album: Vec<u32> = of_album.map(|(place, _)| *place).collect();
    let albums = album.chunks(MOST_FILES).map(<[u32]>::to_vec);
    let others = files.iter().filter(|(_, kind)| !kind.is_of_album());
    let mut all: Vec<Vec<u32>> = albums.chain(others.map(|(place, _)| vec![*place])).collect();
    all.sort();
    let voices = files.iter().filter(|(_, kind)| *kind == FileKind::Voice);
    let voices: BTreeSet<u32> = voices.map(|(place, _)| *place).collect();
    let mut text_left = Some(text).filter(|text| !text.trim().is_empty());
    let mut parcels = Vec::with_capacity(all.len() + 1);
    for files in all {
        let is_voice = files.first().is_some_and(|place| voices.contains(place));
        let text = if is_voice { None } else { text_left.take() };
        parcels.push(Parcel {
            text: text.unwrap_or_default().to_owned(),
            files,
        });
    }
    if let Some(text) = text_left {
        parcels.push(Parcel {
            text: text.to_owned(),
            files: Vec::new(),
        });
    }
    parcels
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

#[cfg(test)]
mod tests {
    use nous_storage::attachments::FileKind::{File, Picture, Video, Voice};

    use super::*;

    /// The places of the files of each message, and whether it has the text.
    fn split(text: &str, kinds: &[FileKind]) -> Vec<(Vec<u32>, bool)> {
        let files: Vec<(u32, FileKind)> = (0..).zip(kinds.iter().copied()).collect();
        let parcels = parcels(text, &files).into_iter();
        parcels
            .map(|parcel| (parcel.files, parcel.text == "said"))
            .collect()
    }

    #[test]
    fn what_goes_into_one_message_goes_in_one() {
        assert_eq!(split("said", &[]), [(vec![], true)]);
        assert_eq!(split("", &[File]), [(vec![0], false)]);
        assert_eq!(split("said", &[Picture, Video]), [(vec![0, 1], true)]);
    }

    #[test]
    fn files_that_do_not_go_together_go_one_by_one_and_pictures_as_an_album() {
        let mixed = [File, Picture, File, Video];
        let expected = [(vec![0], true), (vec![1, 3], false), (vec![2], false)];
        assert_eq!(split("said", &mixed), expected);
        let many = [Picture; MOST_FILES + 1];
        assert_eq!(split("", &many).len(), 2);
    }

    #[test]
    fn a_text_does_not_go_with_a_voice_message() {
        assert_eq!(split("said", &[Voice]), [(vec![0], false), (vec![], true)]);
        let expected = [(vec![0], false), (vec![1], true)];
        assert_eq!(split("said", &[Voice, File]), expected);
    }
}
