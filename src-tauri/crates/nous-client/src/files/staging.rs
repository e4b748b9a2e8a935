//! A file is chosen: read, made ready to be sent, sealed on this device and written down. Nothing
//! of it leaves before the message is sent.
//!
//! Source: `messages.md` §11.5.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use nous_media::pictures::MAX_INPUT_BYTES;
use nous_media::sniff::{self, Family, LOOKED_AT};
use nous_protocol::account::ConversationId;
use nous_protocol::attachment::MAX_FILE;
use nous_protocol::content::clean_file_name;
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::{self, FileFacts, FileKind};
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::sealed_files::{SealedFile, SealedFiles};

use super::{FilesError, on_disk, tidy};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::media::{self, Ready};
use crate::pictures::remove_files;
use crate::step::step;

/// Where a chosen file comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A file of the disk; the path is absolute.
    Path(PathBuf),
    /// Its bytes, as they were pasted or dropped.
    Bytes(Vec<u8>),
}

/// Shows nothing of the file.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source(…)")
    }
}

/// A file that a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Where it comes from.
    pub source: Source,
    /// What it is called; empty: as on the disk.
    pub name: String,
    /// In whose draft it stands; `None`: in none.
    pub conversation: Option<ConversationId>,
    /// A picture is sent as it is, with its metadata.
    pub is_as_it_is: bool,
}

/// Takes a chosen file in.
///
/// # Errors
/// [`FilesError::Unreadable`], [`FilesError::Folder`], [`FilesError::Picture`];
/// [`ClientError::FileTooLarge`]; or what the database or the disk said.
pub async fn stage(core: &Core, chosen: Chosen) -> Result<StagedFile, FilesError> {
    let Chosen {
        source,
        name,
        conversation,
        is_as_it_is,
    } = chosen;
    let name = name_of(&source, &name);
    let read = tokio::task::spawn_blocking(move || bytes_of(source, is_as_it_is));
    let bytes = read.await.map_err(|_| ClientError::Bug("reading a file"))??;
    let ready = media::ready(&core.media, unseen(name), bytes, is_as_it_is).await?;
    seal(core, conversation, ready, is_as_it_is).await
}

/// Takes in what is ready to be sent, as a recording is.
///
/// # Errors
/// What the database or the disk said.
pub(crate) async fn stage_ready(
    core: &Core,
    conversation: Option<ConversationId>,
    ready: Ready,
) -> Result<StagedFile, FilesError> {
    seal(core, conversation, ready, false).await
}

async fn seal(
    core: &Core,
    conversation: Option<ConversationId>,
    ready: Ready,
    is_as_it_is: bool,
) -> Result<StagedFile, FilesError> {
    let _turn = core.files.writing().await;
    let files = core.files.clone();
    let sealed = on_disk(move || Sealed::of(&files, ready)).await?;
    keep(core, conversation, sealed, is_as_it_is).await
}

/// Takes a file of a message once more, to send it on: it goes up anew, under another key.
///
/// # Errors
/// [`FilesError::NoFile`], [`FilesError::NotHere`], or what the database or the disk said.
pub async fn stage_again(
    core: &Core,
    message: MessageKey,
    place: u32,
    conversation: Option<ConversationId>,
) -> Result<StagedFile, FilesError> {
    let found = core.db.read(move |reader| {
        let Some(file) = attachments::find(reader, message, place)? else {
            return Ok(None);
        };
        let thumbnail = match &file.thumbnail {
            Some(name) => attachments::thumbnail(reader, name)?,
            None => None,
        };
        let local = attachments::local(reader, file.key)?;
        Ok(Some((file.facts, local, thumbnail)))
    });
    let (facts, local, thumbnail) = found
        .await
        .map_err(ClientError::from)?
        .ok_or(FilesError::NoFile)?;
    let local = local.ok_or(FilesError::NotHere)?;
    let facts = FileFacts {
        caption: String::new(),
        ..facts
    };
    let _turn = core.files.writing().await;
    let files = core.files.clone();
    let copied = on_disk(move || Sealed::copy(&files, &local, thumbnail.as_ref(), facts)).await?;
    keep(core, conversation, copied.ok_or(FilesError::NotHere)?, false).await
}

/// Gives a chosen file up; its files go.
///
/// # Errors
/// What the database said.
pub async fn discard(core: &Core, ids: Vec<String>) -> Result<(), ClientError> {
    core.db
        .write(move |writer| {
            for id in &ids {
                staged::discard(writer, id)?;
            }
            Ok(())
        })
        .await?;
    step!("stage.discarded");
    tidy::remove_gone(core).await
}

/// A file that is sealed on this device.
pub(super) struct Sealed {
    pub(super) facts: FileFacts,
    pub(super) local: SealedFile,
    pub(super) thumbnail: Option<SealedFile>,
}

impl Sealed {
    /// Blocks. Nothing is left on the disk if it cannot be written whole.
    pub(super) fn of(files: &SealedFiles, ready: Ready) -> Result<Self, StorageError> {
        let Ready {
            bytes,
            facts,
            thumbnail,
        } = ready;
        let mut writer = files.writer()?;
        writer.write_all(&bytes)?;
        drop(bytes);
        Self::with_small(files, facts, writer.finish()?, thumbnail)
    }

    fn with_small(
        files: &SealedFiles,
        facts: FileFacts,
        local: SealedFile,
        small: Option<Vec<u8>>,
    ) -> Result<Self, StorageError> {
        let thumbnail = small.map(|jpeg| files.put(&jpeg)).transpose();
        let thumbnail = thumbnail.inspect_err(|_| files.remove(std::slice::from_ref(&local.name)))?;
        Ok(Self {
            facts,
            local,
            thumbnail,
        })
    }

    /// What its files are called.
    pub(super) fn names(&self) -> Vec<String> {
        let files = std::iter::once(&self.local).chain(&self.thumbnail);
        files.map(|file| file.name.clone()).collect()
    }

    /// `None` if the file is gone.
    fn copy(
        files: &SealedFiles,
        local: &SealedFile,
        thumbnail: Option<&SealedFile>,
        facts: FileFacts,
    ) -> Result<Option<Self>, StorageError> {
        let Some(mut reader) = files.reader(local) else {
            return Ok(None);
        };
        let mut writer = files.writer()?;
        io::copy(&mut reader, &mut writer)?;
        let small = thumbnail.and_then(|file| files.get(file));
        Self::with_small(files, facts, writer.finish()?, small).map(Some)
    }
}

/// Writes a sealed file down.
async fn keep(
    core: &Core,
    conversation: Option<ConversationId>,
    sealed: Sealed,
    is_as_it_is: bool,
) -> Result<StagedFile, FilesError> {
    step!("stage.written");
    let names = sealed.names();
    let staged = StagedFile {
        id: hex::encode(rand::random::<[u8; 16]>()),
        facts: sealed.facts,
        thumbnail: sealed.thumbnail.as_ref().map(|file| file.name.clone()),
        is_as_it_is,
    };
    let (row, now) = (staged.clone(), core.clock.now());
    let (local, thumbnail) = (sealed.local, sealed.thumbnail);
    let added = core.db.write(move |writer| {
        let draft = draft(writer, conversation)?;
        staged::add(writer, draft, &row, &local, thumbnail.as_ref(), now)
    });
    if let Err(error) = added.await {
        remove_files(core, names).await?;
        return Err(error.into());
    }
    step!("stage.committed");
    if let Some(id) = conversation {
        core.hub.announce([Change::Conversations(vec![id])]);
    }
    Ok(staged)
}

fn draft(
    writer: &Writer<'_>,
    conversation: Option<ConversationId>,
) -> Result<Option<ConversationKey>, StorageError> {
    match conversation {
        Some(id) => conversations::find(&writer.reader(), id),
        None => Ok(None),
    }
}

/// The name under which a file is sent.
fn name_of(source: &Source, name: &str) -> String {
    let on_disk = match source {
        Source::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Source::Bytes(_) => None,
    };
    clean_file_name(name)
        .or_else(|| on_disk.as_deref().and_then(clean_file_name))
        .unwrap_or_default()
}

/// What is known of a file before it was looked at.
fn unseen(name: String) -> FileFacts {
    FileFacts {
        content_type: type_of(&name).to_owned(),
        name,
        kind: FileKind::File,
        size: None,
        width: None,
        height: None,
        duration_ms: None,
        waveform: Vec::new(),
        is_animated: false,
        is_program: false,
        caption: String::new(),
    }
}

/// What its name says of a file whose first bytes may say little; empty: nothing.
fn type_of(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("txt" | "log") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("htm" | "html") => "text/html",
        Some("ics") => "text/calendar",
        Some("vcf") => "text/vcard",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("rtf") => "application/rtf",
        Some("doc") => "application/msword",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xls") => "application/vnd.ms-excel",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("ppt") => "application/vnd.ms-powerpoint",
        Some("pptx") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("ods") => "application/vnd.oasis.opendocument.spreadsheet",
        Some("odp") => "application/vnd.oasis.opendocument.presentation",
        Some("epub") => "application/epub+zip",
        Some("gz") => "application/gzip",
        Some("tar") => "application/x-tar",
        Some("7z") => "application/x-7z-compressed",
        _ => "",
    }
}

/// A picture may be larger before it is made ready.
fn most(start: &[u8], is_as_it_is: bool) -> usize {
    let is_picture = sniff::format(start).family() == Family::Picture;
    if is_picture && !is_as_it_is {
        MAX_INPUT_BYTES
    } else {
        MAX_FILE
    }
}

fn bytes_of(source: Source, is_as_it_is: bool) -> Result<Vec<u8>, FilesError> {
    match source {
        Source::Path(path) => read(&path, is_as_it_is),
        Source::Bytes(bytes) => {
            let most = most(&bytes, is_as_it_is);
            if bytes.len() > most {
                return Err(ClientError::FileTooLarge(most).into());
            }
            Ok(bytes)
        }
    }
}

fn read(path: &Path, is_as_it_is: bool) -> Result<Vec<u8>, FilesError> {
    let unreadable = |_: io::Error| FilesError::Unreadable;
    // Asked first: a pipe would keep whoever opens it waiting. An address is no path of a file.
    let on_disk = fs::metadata(path).map_err(unreadable)?;
    if on_disk.is_dir() {
        return Err(FilesError::Folder);
    }
    if !on_disk.is_file() || !path.is_absolute() {
        return Err(FilesError::Unreadable);
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let start = (&mut file).take(LOOKED_AT as u64).read_to_end(&mut bytes);
    start.map_err(unreadable)?;
    let most = most(&bytes, is_as_it_is);
    let length = usize::try_from(on_disk.len()).unwrap_or(usize::MAX);
    if length > most {
        return Err(ClientError::FileTooLarge(most).into());
    }
    bytes.reserve_exact(length.saturating_sub(bytes.len()));
    // It may grow while it is read.
    let end = (most + 1).saturating_sub(bytes.len());
    file.take(end as u64)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > most {
        return Err(ClientError::FileTooLarge(most).into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_no_plain_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path(), false), Err(FilesError::Folder));
        for path in ["/dev/zero", "/nowhere/at-all", "Cargo.toml"] {
            assert_eq!(
                read(Path::new(path), false),
                Err(FilesError::Unreadable),
                "{path}"
            );
        }
    }

    #[test]
    fn a_file_over_the_limit_is_refused_before_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large");
        // Takes no room on the disk.
        let large = MAX_FILE as u64 + 1;
        File::create(&path).unwrap().set_len(large).unwrap();
        let refused: Result<Vec<u8>, FilesError> = Err(ClientError::FileTooLarge(MAX_FILE).into());
        assert_eq!(read(&path, false), refused);
        File::create(&path).unwrap().set_len(MAX_FILE as u64).unwrap();
        assert_eq!(read(&path, false).unwrap().len(), MAX_FILE);
    }

    #[test]
    fn a_picture_may_be_larger_unless_it_stays_as_it_is() {
        let start = b"\xff\xd8\xff\xe0";
        assert_eq!(most(start, false), MAX_INPUT_BYTES);
        assert_eq!(most(start, true), MAX_FILE);
        assert_eq!(most(b"text", false), MAX_FILE);
    }

    #[test]
    fn a_name_says_what_the_first_bytes_do_not() {
        assert_eq!(type_of("notes.TXT"), "text/plain");
        assert_eq!(type_of("list.odt"), "application/vnd.oasis.opendocument.text");
        assert_eq!((type_of("README"), type_of("a.png")), ("", ""));
    }

    #[test]
    fn a_file_is_called_as_the_person_says_or_as_on_the_disk() {
        let path = Source::Path("/tmp/a\u{7}b.txt".into());
        assert_eq!(name_of(&path, ""), "ab.txt");
        assert_eq!(name_of(&path, "../x/c.txt"), "c.txt");
        assert_eq!(name_of(&Source::Bytes(Vec::new()), ""), "");
    }
}
