//! Files of messages: chosen, fetched, stopped, saved, listed.

mod gallery;

use std::path::{Path, PathBuf};

use nous_client::ClientError;
use nous_client::client::FileRef;
use nous_client::files::FilesError;
use nous_client::files::staging::{Chosen, Source};
use nous_client::nous_media::pictures::still::Pixels;
use nous_client::storage::attachments::staged::StagedFile;
use nous_client::storage::attachments::{Attachment, FileKind, FileState};
use serde::de::DeserializeOwned;

pub use gallery::gallery;

use crate::app::App;
use crate::convert::{conversation_of, kept_failure, message_key, unexpected};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::{ConversationId, MessageId, PictureId, StagedFileId};
use crate::requests::{FilePieceRequest, FilmRef, SetPosterRequest, StageFileRequest};
use crate::rows::{
    AttachmentKind, AttachmentRow, AttachmentState, FilePart, RefusedFile, SavedAttachment, StagedDrop,
    StagedFileRow,
};

/// The longest line of JSON before the bytes of a call.
const MOST_HEAD: usize = 4_096;

impl From<FilesError> for ApiError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Unreadable => Self::new(ErrorCode::FileUnreadable),
            FilesError::Folder => Self::new(ErrorCode::FileIsFolder),
            FilesError::Picture(error) => error.into(),
            FilesError::NoFile => Self::new(ErrorCode::FileGone),
            FilesError::NotHere => Self::new(ErrorCode::FileNotHere),
            FilesError::Client(error) => error.into(),
        }
    }
}

pub(crate) const fn kind(kind: FileKind) -> AttachmentKind {
    match kind {
        FileKind::Picture => AttachmentKind::Picture,
        FileKind::Video => AttachmentKind::Video,
        FileKind::Audio => AttachmentKind::Audio,
        FileKind::Voice => AttachmentKind::Voice,
        FileKind::File => AttachmentKind::File,
    }
}

const fn state(state: FileState) -> AttachmentState {
    match state {
        FileState::Queued => AttachmentState::Queued,
        FileState::Uploading => AttachmentState::Uploading,
        FileState::Uploaded => AttachmentState::Uploaded,
        FileState::Remote => AttachmentState::Remote,
        FileState::Downloading => AttachmentState::Downloading,
        FileState::Local => AttachmentState::Local,
        FileState::Failed => AttachmentState::Failed,
        FileState::Expired => AttachmentState::Expired,
    }
}

/// Bytes of a file that left or came.
fn done_bytes(app: &App, file: &Attachment) -> u64 {
    match file.state {
        FileState::Uploaded | FileState::Local => file.facts.size.unwrap_or(0),
        FileState::Uploading | FileState::Downloading => app.client.transferred(file.key).unwrap_or(0),
        FileState::Queued | FileState::Remote | FileState::Failed | FileState::Expired => 0,
    }
}

/// A file of a message, as faces show it.
pub(crate) fn attachment_row(app: &App, file: Attachment) -> AttachmentRow {
    let done_bytes = done_bytes(app, &file);
    let facts = file.facts;
    AttachmentRow {
        index: file.place,
        name: Some(facts.name).filter(|name| !name.is_empty()),
        size_bytes: facts.size,
        content_type: facts.content_type,
        kind: kind(facts.kind),
        width: facts.width,
        height: facts.height,
        duration_ms: facts.duration_ms,
        waveform: facts.waveform,
        state: state(file.state),
        done_bytes,
        error: kept_failure(&file.error),
        thumbnail: file.thumbnail.map(PictureId),
        is_animated: facts.is_animated,
        caption: Some(facts.caption).filter(|caption| !caption.is_empty()),
        is_program: facts.is_program,
    }
}

fn staged_row(file: StagedFile) -> StagedFileRow {
    let facts = file.facts;
    StagedFileRow {
        id: StagedFileId(file.id),
        name: Some(facts.name).filter(|name| !name.is_empty()),
        size_bytes: facts.size.unwrap_or(0),
        content_type: facts.content_type,
        kind: kind(facts.kind),
        width: facts.width,
        height: facts.height,
        duration_ms: facts.duration_ms,
        waveform: facts.waveform,
        thumbnail: file.thumbnail.map(PictureId),
        is_animated: facts.is_animated,
        is_program: facts.is_program,
        as_it_is: file.is_as_it_is,
    }
}

/// Splits the body of a call: a line of JSON, and bytes.
fn head_of<T: DeserializeOwned>(mut body: Vec<u8>) -> Result<(T, Vec<u8>), ApiError> {
    let end = body.iter().take(MOST_HEAD).position(|byte| *byte == b'\n');
    let end = end.ok_or_else(|| unexpected(&"a body without a line of JSON"))?;
    let head = serde_json::from_slice(body.get(..end).unwrap_or_default());
    let head = head.map_err(|error| unexpected(&error))?;
    drop(body.drain(..=end));
    Ok((head, body))
}

fn maybe_conversation(
    id: Option<&ConversationId>,
) -> Result<Option<nous_client::protocol::account::ConversationId>, ApiError> {
    id.map(conversation_of).transpose()
}

/// Keeps a piece of a file that is chosen, in memory, until [`stage_file`] brings the last one. Another
/// file takes its place.
///
/// `body`: a [`FilePieceRequest`] as one line of JSON, then the piece.
///
/// # Errors
/// `FileTooLarge`; `FileGone` if another file came meanwhile.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn stage_piece(app: &App, body: Vec<u8>) -> Result<(), ApiError> {
    let (request, piece): (FilePieceRequest, _) = head_of(body)?;
    let FilePieceRequest { upload, at, size } = request;
    Ok(app.client.add_piece(&upload, at, size, &piece)?)
}

/// Takes a chosen file in; nothing of it leaves before a message with it is sent. A picture is made
/// ready: turned, without its metadata, smaller if need be. A photograph of a kind that is not written
/// anew is refused unless it is to go as it is.
///
/// `body`: a [`StageFileRequest`] as one line of JSON, then the file, or its last piece.
///
/// # Errors
/// `FileTooLarge`, `PictureUnknown`, `PictureDamaged`, `PictureTooManyPixels`, `DiskFull`; `FileGone` if
/// what came before is not here any more.
pub async fn stage_file(app: &App, body: Vec<u8>) -> Result<StagedFileRow, ApiError> {
    let (request, last): (StageFileRequest, _) = head_of(body)?;
    let bytes = match &request.upload {
        Some(upload) => app.client.whole_of_pieces(upload, &last)?,
        None => last,
    };
    let chosen = Chosen {
        source: Source::Bytes(bytes),
        name: request.name,
        conversation: maybe_conversation(request.conversation.as_ref())?,
        is_as_it_is: request.as_it_is,
    };
    Ok(staged_row(app.client.stage_file(chosen).await?))
}

/// The same with a file of the disk.
///
/// # Errors
/// `FileUnreadable`, `FileIsFolder`, and those of [`stage_file`].
pub async fn stage_path(
    app: &App,
    conversation: Option<ConversationId>,
    path: PathBuf,
    as_it_is: bool,
) -> Result<StagedFileRow, ApiError> {
    let chosen = Chosen {
        source: Source::Path(path),
        name: String::new(),
        conversation: maybe_conversation(conversation.as_ref())?,
        is_as_it_is: as_it_is,
    };
    Ok(staged_row(app.client.stage_file(chosen).await?))
}

/// The same with files that were dropped: those that can be taken are.
///
/// # Errors
/// `ConversationNotFound` for an id that is none, `NoAccount`.
pub async fn stage_dropped_files(
    app: &App,
    conversation: Option<ConversationId>,
    files: Vec<PathBuf>,
    as_it_is: bool,
) -> Result<StagedDrop, ApiError> {
    maybe_conversation(conversation.as_ref())?;
    app.client.own_id()?;
    let mut taken = StagedDrop {
        staged: Vec::new(),
        refused: Vec::new(),
    };
    for (number, path) in files.into_iter().enumerate() {
        let name = name_of(&path);
        let staged = if number < nous_client::files::MOST_FILES {
            stage_path(app, conversation.clone(), path, as_it_is).await
        } else {
            Err(ClientError::TooManyFiles(nous_client::files::MOST_FILES).into())
        };
        let index = u32::try_from(number).unwrap_or(u32::MAX);
        match staged {
            Ok(row) => taken.staged.push(row),
            Err(error) => taken.refused.push(RefusedFile { index, name, error }),
        }
    }
    Ok(taken)
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_default()
}

/// The chosen files in a draft, in order.
///
/// # Errors
/// `ConversationNotFound` for an id that is none, or what the database said.
pub async fn list_staged_files(
    app: &App,
    conversation: ConversationId,
) -> Result<Vec<StagedFileRow>, ApiError> {
    let files = app.client.staged_files(conversation_of(&conversation)?).await?;
    Ok(files.into_iter().map(staged_row).collect())
}

/// Gives a chosen file up. `conversation`: in whose draft it stood.
///
/// # Errors
/// What the database said.
pub async fn discard_staged_file(
    app: &App,
    file: StagedFileId,
    conversation: Option<ConversationId>,
) -> Result<(), ApiError> {
    let with = maybe_conversation(conversation.as_ref())?;
    Ok(app.client.discard_staged(vec![file.0], with).await?)
}

/// Takes a file of a message once more, to send it on.
///
/// # Errors
/// `FileGone`, `FileNotHere` if it was not fetched, or what the database or the disk said.
pub async fn stage_attachment(
    app: &App,
    message: MessageId,
    index: u32,
    conversation: Option<ConversationId>,
) -> Result<StagedFileRow, ApiError> {
    let with = maybe_conversation(conversation.as_ref())?;
    let staged = app
        .client
        .stage_again(message_key(&message)?, index, with)
        .await?;
    Ok(staged_row(staged))
}

/// Keeps what a page drew of a film, and its length. A film that has a picture keeps it.
///
/// `body`: a [`SetPosterRequest`] as one line of JSON, then the picture.
///
/// # Errors
/// `PictureUnknown`, `PictureDamaged`, `MessageNotFound`, or what the database or the disk said.
pub async fn set_video_poster(app: &App, body: Vec<u8>) -> Result<(), ApiError> {
    let (request, drawn): (SetPosterRequest, _) = head_of(body)?;
    let film = match request.film {
        FilmRef::Message { message, index } => FileRef::Message(message_key(&message)?, index),
        FilmRef::Staged { file } => FileRef::Staged(file.0),
    };
    Ok(app.client.set_poster(film, drawn, request.duration_ms).await?)
}

/// Fetches a file of a message; it goes on by itself, after a restart too.
///
/// # Errors
/// `MessageNotFound`, `FileGone`; `NotAccepted` from a request; or what the database said.
pub async fn download_attachment(app: &App, message: MessageId, index: u32) -> Result<(), ApiError> {
    Ok(app.client.download(message_key(&message)?, index).await?)
}

/// Stops a file on its way. A message whose file goes up does not go out before the person acts.
///
/// # Errors
/// `MessageNotFound`, `FileGone` if it is not on its way, or what the database said.
pub async fn cancel_transfer(app: &App, message: MessageId, index: u32) -> Result<(), ApiError> {
    Ok(app.client.stop_transfer(message_key(&message)?, index).await?)
}

/// Tries a file again that could not be fetched or uploaded.
///
/// # Errors
/// As [`download_attachment`] and [`crate::messages::retry_message`].
pub async fn retry_attachment(app: &App, message: MessageId, index: u32) -> Result<(), ApiError> {
    Ok(app.client.retry_file(message_key(&message)?, index).await?)
}

/// Saves a file of a message, under a name that does no harm; nothing is overwritten. `folder`: where;
/// `None`: where files go that the person asks for.
///
/// # Errors
/// `FileGone`, `FileNotHere`, `DiskFull`, `DiskReadOnly`.
pub async fn save_attachment(
    app: &App,
    message: MessageId,
    index: u32,
    folder: Option<PathBuf>,
) -> Result<SavedAttachment, ApiError> {
    let folder = folder.or_else(|| app.face.downloads_dir.clone());
    let folder = folder.ok_or_else(|| ApiError::new(ErrorCode::DiskReadOnly))?;
    let saved = app
        .client
        .save_file(message_key(&message)?, index, folder.clone())
        .await?;
    Ok(SavedAttachment {
        name: name_of(&saved.path),
        folder: folder.to_string_lossy().into_owned(),
        size_bytes: saved.size,
    })
}

/// Writes a copy of a file of a message for another program to show, under a name that does no harm, where
/// nobody else can read it; answers where. It goes with the message, and when the profile closes.
///
/// # Errors
/// `FileGone`, `FileNotHere`, `DiskFull`, `DiskReadOnly`.
pub async fn open_attachment(app: &App, message: MessageId, index: u32) -> Result<PathBuf, ApiError> {
    Ok(app.client.copy_for_others(message_key(&message)?, index).await?)
}

/// The pixels of a picture of a message, to be copied: upright, at most 2,000 px.
///
/// # Errors
/// `FileGone`, `FileNotHere`, `PictureUnknown`, `PictureDamaged`.
pub async fn picture_pixels(app: &App, message: MessageId, index: u32) -> Result<Pixels, ApiError> {
    Ok(app.client.picture_pixels(message_key(&message)?, index).await?)
}

/// Fetches files of a conversation without a click from now on, and those that came lately; or no
/// longer. It stays on this device.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn trust_downloads(app: &App, conversation: ConversationId, trusted: bool) -> Result<(), ApiError> {
    let with = conversation_of(&conversation)?;
    Ok(app.client.trust_downloads(with, trusted).await?)
}

/// A part of a picture or film that is on this device, under a path of the media scheme:
/// `/attachment/<message>/<index>`, `/chosen/<id>`. A picture that stands still is one that we wrote anew.
/// `None` for everything else.
///
/// # Errors
/// `Locked`, `NoAccount`, or what the database said.
///
/// Source: `architecture.md` §8.5.
pub async fn get_file_part(
    app: &App,
    path: &str,
    from: u64,
    most: usize,
) -> Result<Option<FilePart>, ApiError> {
    let mut parts = path.trim_start_matches('/').split('/');
    let asked = (parts.next(), parts.next(), parts.next(), parts.next());
    let file = match asked {
        (Some("attachment"), Some(message), Some(index), None) => {
            let (Ok(key), Ok(place)) = (message_key(&MessageId(message.to_owned())), index.parse()) else {
                return Ok(None);
            };
            FileRef::Message(key, place)
        }
        (Some("chosen"), Some(id), None, None) => FileRef::Staged(id.to_owned()),
        _ => return Ok(None),
    };
    let part = match app.client.file_part(file, from, most).await {
        Ok(part) => part,
        Err(FilesError::NoFile | FilesError::NotHere | FilesError::Picture(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !is_shown(part.facts.kind, &part.facts.content_type) {
        return Ok(None);
    }
    Ok(Some(FilePart {
        content_type: part.facts.content_type,
        length: part.length,
        bytes: part.bytes,
    }))
}

/// Whether a page may have a file: a drawing with a script is none of these.
fn is_shown(kind: FileKind, content_type: &str) -> bool {
    match kind {
        FileKind::Picture => ["image/jpeg", "image/png", "image/gif", "image/webp"].contains(&content_type),
        FileKind::Video => content_type.starts_with("video/"),
        FileKind::Audio | FileKind::Voice | FileKind::File => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_body_of_a_call_begins_with_a_line_of_json() {
        let body = b"{\"conversation\":null,\"name\":\"a.txt\",\"asItIs\":false}\nthe\nfile".to_vec();
        let (head, bytes): (StageFileRequest, _) = head_of(body).unwrap();
        assert_eq!((head.name.as_str(), head.as_it_is), ("a.txt", false));
        assert_eq!(head.upload, None);
        assert_eq!(bytes, b"the\nfile");
        for bad in [b"no line".to_vec(), b"no json\nx".to_vec(), vec![b' '; 10_000]] {
            assert!(head_of::<StageFileRequest>(bad).is_err());
        }
    }

    #[test]
    fn only_pictures_and_films_are_shown_by_a_page() {
        assert!(is_shown(FileKind::Picture, "image/png"));
        assert!(is_shown(FileKind::Video, "video/mp4"));
        assert!(!is_shown(FileKind::Picture, "image/svg+xml"));
        assert!(!is_shown(FileKind::File, "text/html"));
    }
}
