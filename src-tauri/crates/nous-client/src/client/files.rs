//! Files of messages, as a face asks for them.

use std::path::PathBuf;

use nous_media::pictures::still::{Pixels, Still};
use nous_protocol::account::ConversationId;
use nous_storage::attachments::gallery::{self, GalleryFile, GalleryLink};
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::{self, FileFacts, FileKind};
use nous_storage::conversations;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::ids::{AttachmentKey, ConversationKey, MessageKey};
use nous_storage::messages::TimelinePlace;
use nous_storage::sealed_files::SealedFile;

use super::Client;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::files::save::Saved;
use crate::files::staging::{self, Chosen};
use crate::files::{FilesError, Film, clicks, opened, posters, save};
use crate::media;

/// A part of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct FilePart {
    /// What the file is.
    pub facts: FileFacts,
    /// How many bytes it has.
    pub length: u64,
    /// Those that were asked for; fewer only at the end.
    pub bytes: Vec<u8>,
}

/// Shows nothing of the file.
impl std::fmt::Debug for FilePart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FilePart(…)")
    }
}

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileRef {
    /// One of a message.
    Message(MessageKey, u32),
    /// One that was chosen.
    Staged(String),
}

impl Client {
    /// Takes a chosen file in; nothing of it leaves before a message with it is sent.
    ///
    /// # Errors
    /// As [`staging::stage`].
    pub async fn stage_file(&self, chosen: Chosen) -> Result<StagedFile, FilesError> {
        staging::stage(&self.session()?.core, chosen).await
    }

    /// Keeps the next piece of a chosen file that comes from a page, in memory. `at`: how many bytes came
    /// before it; a first piece takes the place of another file. `size`: of the whole.
    ///
    /// # Errors
    /// [`ClientError::FileTooLarge`]; [`ClientError::FileGone`] if another file came meanwhile.
    pub fn add_piece(&self, id: &str, at: u64, size: u64, piece: &[u8]) -> Result<(), FilesError> {
        self.session()?;
        self.inner.pieces.add(id, at, size, piece)
    }

    /// The whole file whose pieces came, and its last piece.
    ///
    /// # Errors
    /// [`ClientError::FileGone`] if nothing of it came, or another file meanwhile.
    pub fn whole_of_pieces(&self, id: &str, last: &[u8]) -> Result<Vec<u8>, FilesError> {
        self.inner.pieces.whole(id, last)
    }

    /// Takes a file of a message once more, to send it on.
    ///
    /// # Errors
    /// As [`staging::stage_again`].
    pub async fn stage_again(
        &self,
        message: MessageKey,
        place: u32,
        conversation: Option<ConversationId>,
    ) -> Result<StagedFile, FilesError> {
        staging::stage_again(&self.session()?.core, message, place, conversation).await
    }

    /// The chosen files in a draft, in order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn staged_files(&self, id: ConversationId) -> Result<Vec<StagedFile>, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| match conversations::find(reader, id)? {
            Some(key) => staged::of_draft(reader, key),
            None => Ok(Vec::new()),
        });
        Ok(read.await?)
    }

    /// Gives chosen files up. `id`: in whose draft they stood.
    ///
    /// # Errors
    /// What the database said.
    pub async fn discard_staged(
        &self,
        ids: Vec<String>,
        id: Option<ConversationId>,
    ) -> Result<(), ClientError> {
        staging::discard(&self.session()?.core, ids).await?;
        self.inner.hub.stir_sounds();
        if let Some(id) = id {
            self.inner.hub.announce([Change::Conversations(vec![id])]);
        }
        Ok(())
    }

    /// Keeps what a page drew of a film: a picture of it, and its length. A film that has a picture
    /// keeps it.
    ///
    /// # Errors
    /// [`FilesError::Picture`], [`ClientError::NoMessage`], or what the database or the disk said.
    pub async fn set_poster(
        &self,
        film: FileRef,
        drawn: Vec<u8>,
        duration_ms: Option<u32>,
    ) -> Result<(), FilesError> {
        let core = self.session()?.core;
        let film = match film {
            FileRef::Staged(id) => Film::Staged(id),
            FileRef::Message(message, place) => Film::Message {
                peer: self.message(message).await?.peer,
                message,
                place,
            },
        };
        posters::set(&core, film, drawn, duration_ms).await
    }

    /// Fetches a file of a message; it goes on after a restart.
    ///
    /// # Errors
    /// As [`clicks::download`].
    pub async fn download(&self, message: MessageKey, place: u32) -> Result<(), FilesError> {
        clicks::download(&self.session()?.core, message, place).await
    }

    /// Stops a file on its way.
    ///
    /// # Errors
    /// As [`clicks::stop`].
    pub async fn stop_transfer(&self, message: MessageKey, place: u32) -> Result<(), FilesError> {
        clicks::stop(&self.session()?.core, message, place).await
    }

    /// Tries a file again that could not be fetched or uploaded.
    ///
    /// # Errors
    /// As [`clicks::retry`].
    pub async fn retry_file(&self, message: MessageKey, place: u32) -> Result<(), FilesError> {
        clicks::retry(&self.session()?.core, message, place).await
    }

    /// Saves a file of a message into a folder, under a name that does no harm; nothing is
    /// overwritten.
    ///
    /// # Errors
    /// As [`save::save`].
    pub async fn save_file(
        &self,
        message: MessageKey,
        place: u32,
        folder: PathBuf,
    ) -> Result<Saved, FilesError> {
        save::save(&self.session()?.core, message, place, folder).await
    }

    /// Writes a copy of a file of a message for another program to show; answers where it is. It goes
    /// with the message, and when the profile closes.
    ///
    /// # Errors
    /// [`FilesError::NoFile`], [`FilesError::NotHere`], or what the database or the disk said.
    pub async fn copy_for_others(&self, message: MessageKey, place: u32) -> Result<PathBuf, FilesError> {
        opened::open(&self.session()?.core, &self.inner.opened, message, place).await
    }

    /// Copies for other programs go with their files.
    pub(super) async fn remove_gone_copies(&self) -> Result<(), ClientError> {
        // A profile that closed has removed them.
        let Ok(session) = self.session() else {
            return Ok(());
        };
        opened::remove_gone(&session.core, &self.inner.opened).await
    }

    /// The pixels of a picture of a message, to be copied.
    ///
    /// # Errors
    /// [`FilesError::NoFile`], [`FilesError::NotHere`], [`FilesError::Picture`] if it is none, or what
    /// the database said.
    pub async fn picture_pixels(&self, message: MessageKey, place: u32) -> Result<Pixels, FilesError> {
        let core = self.session()?.core;
        let (_, local) = located(&core, FileRef::Message(message, place)).await?;
        let file = whole(&core, local).await?;
        Ok(media::pixels(&core.media, file).await?)
    }

    /// Fetches files of a conversation without a click from now on, or no longer.
    ///
    /// # Errors
    /// As [`clicks::trust`].
    pub async fn trust_downloads(&self, id: ConversationId, is_trusted: bool) -> Result<(), ClientError> {
        clicks::trust(&self.session()?.core, id, is_trusted).await
    }

    /// A part of a file that is on this device, as a page may show it: a picture that stands still is
    /// written anew, so that no decoder of the page has what came.
    ///
    /// # Errors
    /// [`FilesError::NoFile`], [`FilesError::NotHere`], [`FilesError::Picture`], or what the database
    /// said.
    pub async fn file_part(&self, file: FileRef, from: u64, most: usize) -> Result<FilePart, FilesError> {
        let core = self.session()?.core;
        let (facts, local) = located(&core, file).await?;
        if facts.kind == FileKind::Picture && !facts.is_animated {
            return part_of_still(&core, facts, local, from, most).await;
        }
        let files = core.files.clone();
        let read = move || {
            let mut reader = files.reader(&local)?;
            let bytes = reader.read_range(from, most).ok()?;
            Some((reader.length(), bytes))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let read = read.map_err(|_| ClientError::Bug("reading a file"))?;
        let (length, bytes) = read.ok_or(FilesError::NotHere)?;
        Ok(FilePart { facts, length, bytes })
    }

    /// The small picture of a file, a JPEG; `None` if it is not there or may not be shown any more.
    ///
    /// # Errors
    /// What the database said.
    pub async fn thumbnail(&self, name: String) -> Result<Option<Vec<u8>>, ClientError> {
        let core = self.session()?.core;
        let found = core.db.read(move |reader| attachments::thumbnail(reader, &name));
        let Some(file) = found.await? else {
            return Ok(None);
        };
        let files = core.files.clone();
        let read = tokio::task::spawn_blocking(move || files.get(&file));
        read.await.map_err(|_| ClientError::Bug("reading a picture"))
    }

    /// Files of a conversation before a place, newest first; those of a message are not torn apart.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn gallery(
        &self,
        id: ConversationId,
        kinds: Vec<FileKind>,
        before: Option<TimelinePlace>,
        limit: u32,
    ) -> Result<Vec<GalleryFile>, ClientError> {
        self.of_conversation(id, move |reader, key| {
            gallery::files(reader, key, &kinds, before, limit)
        })
        .await
    }

    /// Messages of a conversation that hold links, before a place, newest first.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn gallery_links(
        &self,
        id: ConversationId,
        before: Option<TimelinePlace>,
        limit: u32,
    ) -> Result<Vec<GalleryLink>, ClientError> {
        self.of_conversation(id, move |reader, key| gallery::links(reader, key, before, limit))
            .await
    }

    async fn of_conversation<T: Send + 'static>(
        &self,
        id: ConversationId,
        read: impl FnOnce(&Reader<'_>, ConversationKey) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ClientError> {
        let db = self.db()?;
        let found = db.read(move |reader| match conversations::find(reader, id)? {
            Some(key) => read(reader, key).map(Some),
            None => Ok(None),
        });
        found.await?.ok_or(ClientError::NoConversation)
    }

    /// How many bytes of a file that is on its way left or came; `None` if it is not.
    #[must_use]
    pub fn transferred(&self, key: AttachmentKey) -> Option<u64> {
        self.session().ok()?.core.transfers.done_of(key)
    }
}

/// A file that is on this device: what it is, and where.
async fn located(core: &Core, file: FileRef) -> Result<(FileFacts, SealedFile), FilesError> {
    let found = core.db.read(move |reader| locate(reader, &file));
    let (facts, local) = found
        .await
        .map_err(ClientError::from)?
        .ok_or(FilesError::NoFile)?;
    Ok((facts, local.ok_or(FilesError::NotHere)?))
}

/// All bytes of a file.
async fn whole(core: &Core, local: SealedFile) -> Result<Vec<u8>, FilesError> {
    let files = core.files.clone();
    let read = move || files.reader(&local)?.read_whole(0).ok();
    let read = tokio::task::spawn_blocking(read).await;
    let read = read.map_err(|_| ClientError::Bug("reading a file"))?;
    read.ok_or(FilesError::NotHere)
}

async fn part_of_still(
    core: &Core,
    facts: FileFacts,
    local: SealedFile,
    from: u64,
    most: usize,
) -> Result<FilePart, FilesError> {
    let file = whole(core, local).await?;
    let Still { bytes, content_type } = media::still(&core.media, file).await?;
    let start = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
    let end = start.saturating_add(most).min(bytes.len());
    Ok(FilePart {
        facts: FileFacts {
            content_type: content_type.to_owned(),
            ..facts
        },
        length: bytes.len() as u64,
        bytes: bytes.get(start..end).unwrap_or_default().to_vec(),
    })
}

/// What a file is and, if it is here, where.
fn locate(
    reader: &Reader<'_>,
    file: &FileRef,
) -> Result<Option<(FileFacts, Option<SealedFile>)>, StorageError> {
    match file {
        FileRef::Message(message, place) => {
            let Some(file) = attachments::find(reader, *message, *place)? else {
                return Ok(None);
            };
            let local = attachments::local(reader, file.key)?;
            Ok(Some((file.facts, local)))
        }
        FileRef::Staged(id) => {
            let Some(file) = staged::by_ids(reader, std::slice::from_ref(id))?.pop() else {
                return Ok(None);
            };
            Ok(Some((file.facts, staged::local(reader, id)?)))
        }
    }
}
