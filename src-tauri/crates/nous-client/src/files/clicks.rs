//! What a person asks of files: fetched, stopped, tried again, trusted.
//!
//! Source: `messages.md` §11.6, `product.md` §13.

use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_storage::attachments::{self, Attachment, FileState, transfers};
use nous_storage::conversations;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Message};

use super::{FilesError, received, tidy};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::send;

/// What came within this time is fetched once somebody is trusted: the server has it no longer.
const RECENT: Duration = Duration::from_secs(14 * 86_400);

/// Fetches a file of a message; it goes on after a restart.
///
/// # Errors
/// [`FilesError::NoFile`]; [`ClientError::NotAccepted`] from a request; or what the database said.
pub async fn download(core: &Core, message: MessageKey, place: u32) -> Result<(), FilesError> {
    let wanted = core.db.write(move |writer| want(writer, message, place));
    let peer = wanted.await.map_err(ClientError::from)??;
    core.announce_messages(peer, vec![message]);
    core.downloads_stirred.notify_one();
    Ok(())
}

/// Answers in which conversation.
fn want(
    writer: &mut Writer<'_>,
    message: MessageKey,
    place: u32,
) -> Result<Result<ConversationId, FilesError>, StorageError> {
    let Some((row, file)) = find(&writer.reader(), message, place)? else {
        return Ok(Err(FilesError::NoFile));
    };
    if file.is_here {
        return Ok(Ok(row.peer));
    }
    let trust = attachments::trust(&writer.reader(), row.conversation)?;
    if !row.is_own && !trust.is_approved {
        return Ok(Err(ClientError::NotAccepted.into()));
    }
    let is_wanted = transfers::want(writer, file.key, false)?;
    Ok(is_wanted.then_some(row.peer).ok_or(FilesError::NoFile))
}

/// Stops a file on its way. What is being fetched waits for a click again; a message whose file goes
/// up does not go out before the person acts.
///
/// # Errors
/// [`FilesError::NoFile`] if it is not on its way, or what the database said.
pub async fn stop(core: &Core, message: MessageKey, place: u32) -> Result<(), FilesError> {
    let stopped = core
        .db
        .write(move |writer| end(writer, message, place))
        .await
        .map_err(ClientError::from)?;
    let peer = stopped.ok_or(FilesError::NoFile)?;
    tidy::stop_unwanted(core).await?;
    core.announce_messages(peer, vec![message]);
    core.hub.announce([Change::Connectivity]);
    core.stir_outbox();
    Ok(())
}

/// Answers in which conversation; `None` if there is nothing to stop.
fn end(
    writer: &mut Writer<'_>,
    message: MessageKey,
    place: u32,
) -> Result<Option<ConversationId>, StorageError> {
    let Some((row, file)) = find(&writer.reader(), message, place)? else {
        return Ok(None);
    };
    match file.state {
        FileState::Downloading => {
            transfers::give_up(writer, file.key, FileState::Remote, "")?;
        }
        FileState::Queued | FileState::Uploading => send::fail(writer, message, Failure::Stopped)?,
        _ => return Ok(None),
    }
    Ok(Some(row.peer))
}

/// Fetches a file again that could not be fetched; sends a message again whose file could not be
/// uploaded.
///
/// # Errors
/// As [`download`] and [`send::try_again`].
pub async fn retry(core: &Core, message: MessageKey, place: u32) -> Result<(), FilesError> {
    let is_upload = core
        .db
        .read(move |reader| match attachments::find(reader, message, place)? {
            Some(file) => transfers::is_not_uploaded(reader, file.key).map(Some),
            None => Ok(None),
        })
        .await
        .map_err(ClientError::from)?;
    if is_upload.ok_or(FilesError::NoFile)? {
        send::try_again(core, message).await?;
        return Ok(());
    }
    download(core, message, place).await
}

/// Fetches files of a conversation without a click from now on, and those that came lately; or no
/// longer.
///
/// # Errors
/// [`ClientError::NoConversation`], or what the database said.
pub async fn trust(core: &Core, id: ConversationId, is_trusted: bool) -> Result<(), ClientError> {
    let since = core.clock.now().earlier(RECENT);
    let set = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        attachments::set_trusted(writer, key, is_trusted)?;
        if received::comes_by_itself(&writer.reader(), key, false)? {
            transfers::want_recent(writer, key, since)?;
        }
        Ok(true)
    });
    if !set.await? {
        return Err(ClientError::NoConversation);
    }
    core.hub
        .announce([Change::Conversations(vec![id]), Change::AllMessages(id)]);
    core.downloads_stirred.notify_one();
    Ok(())
}

/// A message that is shown, and one of its files.
fn find(
    reader: &Reader<'_>,
    message: MessageKey,
    place: u32,
) -> Result<Option<(Message, Attachment)>, StorageError> {
    let Some(row) = messages::by_keys(reader, &[message])?.pop() else {
        return Ok(None);
    };
    let mut files = row.attachments.iter().chain(&row.card_picture);
    let file = files.find(|file| file.place == place).cloned();
    Ok(file.map(|file| (row, file)))
}
