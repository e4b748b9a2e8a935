//! A file of a message goes where the person wants it, under a name that does no harm; nothing is
//! overwritten.
//!
//! Source: `messages.md` §11.6, `product.md` §13.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use nous_protocol::content::clean_file_name;
use nous_storage::attachments::{self, FileFacts, FileKind, OF_PREVIEW};
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::sealed_files::{SealedFile, SealedReader};

use super::{FilesError, notice, on_disk, unfinished};
use crate::core::Core;
use crate::error::ClientError;
use crate::step::step;

/// So many files of one name are told apart by a number.
const MOST_OF_A_NAME: u32 = 1_000;
/// What some system does not take in a name.
const FORBIDDEN: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// A file that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Where it is.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
}

/// Saves a file of a message into a folder. Friends who sent it are told.
///
/// # Errors
/// [`FilesError::NoFile`], [`FilesError::NotHere`], or what the database or the disk said.
pub async fn save(
    core: &Core,
    message: MessageKey,
    place: u32,
    folder: PathBuf,
) -> Result<Saved, FilesError> {
    let (facts, local) = locate(core, message, place).await?;
    let part = unfinished::path_in(&folder);
    // Who saves may be about to make room for the database: that it cannot be noted stops nobody.
    if let Err(error) = unfinished::note(core, &part).await {
        tracing::warn!(%error, "a file that is being saved cannot be noted");
    }
    let (files, hidden) = (core.files.clone(), part.clone());
    let write = move || match files.reader(&local) {
        Some(reader) => write_new(&folder, &hidden, &name_of(&facts), reader).map(Some),
        None => Ok(None),
    };
    let written = on_disk(write).await;
    if let Err(error) = unfinished::remove(core, vec![part]).await {
        tracing::warn!(%error, "a file that was saved stays noted");
    }
    let saved = written?.ok_or(FilesError::NotHere)?;
    step!("save.written");
    // The picture of a page is nothing that somebody sent us.
    if place < OF_PREVIEW {
        notice::saved(core, message, place).await;
    }
    Ok(saved)
}

/// A file of a message that is on this device: what it is, and where.
pub(super) async fn locate(
    core: &Core,
    message: MessageKey,
    place: u32,
) -> Result<(FileFacts, SealedFile), FilesError> {
    let found = core.db.read(move |reader| {
        let Some(file) = attachments::find(reader, message, place)? else {
            return Ok(None);
        };
        let local = attachments::local(reader, file.key)?;
        Ok(Some((file.facts, local)))
    });
    let (facts, local) = found
        .await
        .map_err(ClientError::from)?
        .ok_or(FilesError::NoFile)?;
    Ok((facts, local.ok_or(FilesError::NotHere)?))
}

/// What a file is called on the disk.
pub(crate) fn name_of(facts: &FileFacts) -> String {
    let clean = clean_file_name(&facts.name).unwrap_or_default();
    let harmless: String = clean
        .chars()
        .map(|c| if FORBIDDEN.contains(&c) { '_' } else { c })
        .collect();
    // A dot in front hides a file, and one behind is dropped by some systems.
    let harmless = harmless.trim_matches(['.', ' ']);
    if harmless.is_empty() {
        nameless(facts)
    } else {
        harmless.to_owned()
    }
}

/// A name for a file without one.
fn nameless(facts: &FileFacts) -> String {
    let title = match facts.kind {
        FileKind::Picture => "picture",
        FileKind::Video => "video",
        FileKind::Audio | FileKind::Voice => "audio",
        FileKind::File => "file",
    };
    let ending = match facts.content_type.as_str() {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "video/mp4" => ".mp4",
        "video/webm" => ".webm",
        "video/quicktime" => ".mov",
        "audio/mp3" | "audio/mpeg" => ".mp3",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "audio/aac" => ".m4a",
        "audio/ogg" => ".ogg",
        "audio/wav" => ".wav",
        "audio/flac" => ".flac",
        "application/pdf" => ".pdf",
        "application/zip" => ".zip",
        "text/plain" => ".txt",
        _ => "",
    };
    format!("{title}{ending}")
}

/// The name with a number before its ending.
pub(crate) fn numbered(name: &str, number: u32) -> String {
    if number == 1 {
        return name.to_owned();
    }
    match name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, ending)) => format!("{stem} ({number}).{ending}"),
        None => format!("{name} ({number})"),
    }
}

/// Writes a file beside its place, as `part`; it gets its name once it is whole.
fn write_new(
    folder: &Path,
    part: &Path,
    name: &str,
    mut reader: SealedReader,
) -> Result<Saved, StorageError> {
    fs::create_dir_all(folder)?;
    let file = create_new(part)?;
    let saved = fill(file, &mut reader).and_then(|size| {
        step!("save.writing");
        Ok((size, put_in_place(part, folder, name)?))
    });
    if !matches!(saved, Ok((_, Some(_)))) {
        // Half a file is worse than none.
        let _ = fs::remove_file(part);
    }
    let (size, path) = saved?;
    let path = path.ok_or(StorageError::ReadOnly)?;
    Ok(Saved { path, size })
}

/// Makes something under the first free name; `None` if there is none left.
fn first_free<T>(
    folder: &Path,
    name: &str,
    make: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<Option<(PathBuf, T)>> {
    for number in 1..=MOST_OF_A_NAME {
        let path = folder.join(numbered(name, number));
        match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| Some((path, made))),
        }
    }
    Ok(None)
}

/// Gives a whole file the first free name: nothing is overwritten, whatever comes there meanwhile.
fn put_in_place(part: &Path, folder: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let placed = first_free(folder, name, |path| match fs::hard_link(part, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => reserve(path),
        linked => linked.map(|()| false),
    })?;
    let Some((path, is_reserved)) = placed else {
        return Ok(None);
    };
    if is_reserved {
        fs::rename(part, &path).inspect_err(|_| {
            let _ = fs::remove_file(&path);
        })?;
    } else {
        // It has its name: a second one does no harm.
        let _ = fs::remove_file(part);
    }
    Ok(Some(path))
}

/// On a disk where no file has two names: an empty file keeps the place.
fn reserve(path: &Path) -> io::Result<bool> {
    create_new(path).map(|_| true)
}

/// A new file that only its owner can read.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Nobody may run it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Writes a whole file; answers its bytes.
pub(crate) fn fill(mut file: File, reader: &mut SealedReader) -> io::Result<u64> {
    let size = io::copy(reader, &mut file)?;
    file.sync_all()?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn named(name: &str) -> FileFacts {
        FileFacts {
            name: name.into(),
            content_type: "image/png".into(),
            kind: FileKind::Picture,
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

    #[test]
    fn names_lead_nowhere_and_hide_nothing() {
        let cases = [
            ("a.png", "a.png"),
            ("../../etc/passwd", "passwd"),
            (".bashrc", "bashrc"),
            ("C:\\x\\a?.png", "a_.png"),
            ("a\u{0}b\u{1b}.png", "ab.png"),
            ("photo\u{202e}gnp.exe", "photo\u{fffd}gnp.exe"),
            ("a.png. ", "a.png"),
            ("", "picture.png"),
            ("...", "picture.png"),
        ];
        for (said, wanted) in cases {
            assert_eq!(name_of(&named(said)), wanted, "{said:?}");
        }
    }

    #[test]
    fn a_number_stands_before_the_ending() {
        assert_eq!(numbered("a.tar.gz", 1), "a.tar.gz");
        assert_eq!(numbered("a.tar.gz", 2), "a.tar (2).gz");
        assert_eq!(numbered("README", 3), "README (3)");
    }

    #[test]
    fn what_is_whole_gets_the_first_free_name_and_leaves_no_other() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.txt"), "mine").unwrap();
        for wanted in ["a (2).txt", "a (3).txt"] {
            let part = dir.path().join(".a.txt.part");
            fs::write(&part, "came").unwrap();
            let placed = put_in_place(&part, dir.path(), "a.txt").unwrap().unwrap();
            assert_eq!(placed, dir.path().join(wanted));
            assert_eq!(fs::read_to_string(&placed).unwrap(), "came");
            assert!(!part.exists());
        }
        assert_eq!(fs::read_to_string(dir.path().join("a.txt")).unwrap(), "mine");
    }

    #[test]
    fn where_no_file_has_two_names_the_place_is_kept_first() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("a.txt");
        assert!(reserve(&place).unwrap());
        let refused = reserve(&place).map_err(|error| error.kind());
        assert_eq!(refused, Err(io::ErrorKind::AlreadyExists));
    }

    #[test]
    fn what_is_there_is_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        fs::write(&path, "mine").unwrap();
        let refused = create_new(&path).err().map(|error| error.kind());
        assert_eq!(refused, Some(io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }
}
