//! What takes up space on this device, and making it less.

use nous_client::protocol::account::ConversationId;
use nous_client::protocol::time::Timestamp;
use nous_client::space::{Chosen, Files};

use crate::app::App;
use crate::attachments;
use crate::convert::{conversation_id, conversation_of};
use crate::errors::ApiError;
use crate::requests::{FilesRequest, OldMessagesRequest};
use crate::rows::{ConversationUsageRow, FilesCount, StorageUsage, StorageUsageRow};

/// The most conversations that are told of.
const MOST_CONVERSATIONS: usize = 100;

/// What the profile takes up on this device.
///
/// # Errors
/// `NoAccount`, or what the database or the disk said.
pub async fn storage_usage(app: &App) -> Result<StorageUsage, ApiError> {
    let used = app.client.space_used().await?;
    let kinds = used.kinds.into_iter().map(|(kind, files)| StorageUsageRow {
        kind: attachments::kind(kind),
        files: files.files,
        bytes: files.bytes,
    });
    let largest = used.conversations.into_iter().take(MOST_CONVERSATIONS);
    let conversations = largest.map(|(id, held)| ConversationUsageRow {
        conversation: conversation_id(id),
        files: held.files.files,
        bytes: held.files.bytes,
        messages: held.messages,
    });
    Ok(StorageUsage {
        database_bytes: used.database,
        free_bytes: used.free,
        index_bytes: used.index,
        backups: used.backups.files,
        backup_bytes: used.backups.bytes,
        thumbnail_bytes: used.thumbnails.bytes,
        portrait_bytes: used.portraits.bytes,
        waiting_bytes: used.waiting.bytes,
        kinds: kinds.collect(),
        conversations: conversations.collect(),
    })
}

/// How many files [`delete_files`] would remove, and their bytes.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn count_files(app: &App, request: FilesRequest) -> Result<FilesCount, ApiError> {
    Ok(count(app.client.count_files(chosen(&request)?).await?))
}

/// Removes files of messages from this device; the messages stay, and what the server still has can be
/// fetched again. What waits to be uploaded never goes. Answers what went.
///
/// # Errors
/// `ConversationNotFound`, or what the database said; what went before stays away.
pub async fn delete_files(app: &App, request: FilesRequest) -> Result<FilesCount, ApiError> {
    Ok(count(app.client.delete_files(chosen(&request)?).await?))
}

/// How many messages [`clear_old_messages`] would remove.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn count_old_messages(app: &App, request: OldMessagesRequest) -> Result<u32, ApiError> {
    let (with, before) = old(&request)?;
    Ok(app.client.count_old(with, before).await?)
}

/// Removes old messages of a conversation from this device, with their files. What waits to be sent stays,
/// and so does everything on other devices. Answers how many went.
///
/// # Errors
/// `ConversationNotFound`, or what the database said; what went before stays away.
pub async fn clear_old_messages(app: &App, request: OldMessagesRequest) -> Result<u32, ApiError> {
    let (with, before) = old(&request)?;
    Ok(app.client.clear_old(with, before).await?)
}

fn old(request: &OldMessagesRequest) -> Result<(ConversationId, Timestamp), ApiError> {
    let with = conversation_of(&request.conversation)?;
    Ok((with, Timestamp::from_ms(request.older_than.0)))
}

fn chosen(request: &FilesRequest) -> Result<Chosen, ApiError> {
    Ok(Chosen {
        conversation: request.conversation.as_ref().map(conversation_of).transpose()?,
        before: request.older_than.map(|at| Timestamp::from_ms(at.0)),
        larger_than: request.larger_than_bytes.unwrap_or(0),
    })
}

const fn count(files: Files) -> FilesCount {
    FilesCount {
        files: files.files,
        bytes: files.bytes,
    }
}
