//! Files that the person asked for, in their folder for downloads; and files that they dropped.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::app::App;
use crate::convert::unexpected;
use crate::errors::{ApiError, ErrorCode};
use crate::rows::SavedFile;

/// So many files of one name are told apart by a number.
const MOST_OF_A_NAME: u32 = 1_000;

/// Writes a new file; nothing is overwritten.
///
/// `title`: the name without ending; what a file name cannot hold is dropped.
///
/// # Errors
/// `DiskFull` or `DiskReadOnly`.
pub(crate) async fn save(
    app: &App,
    title: &str,
    ending: &'static str,
    bytes: Vec<u8>,
) -> Result<SavedFile, ApiError> {
    let folder = app
        .face
        .downloads_dir
        .clone()
        .ok_or_else(|| ApiError::new(ErrorCode::DiskReadOnly))?;
    let title = plain(title);
    let written = tokio::task::spawn_blocking(move || {
        let name = write_new(&folder, &title, ending, &bytes)?;
        Ok(SavedFile {
            name,
            folder: folder.to_string_lossy().into_owned(),
        })
    });
    written.await.map_err(|error| unexpected(&error))?
}

/// Reads the one file that was dropped.
///
/// # Errors
/// `SeveralFiles`, `FileIsFolder`, `FileUnreadable`, or `FileTooLarge` over `most` bytes.
pub(crate) async fn read_dropped(files: Vec<PathBuf>, most: usize) -> Result<Vec<u8>, ApiError> {
    let read = tokio::task::spawn_blocking(move || match files.as_slice() {
        [file] => read_at_most(file, most),
        _ => Err(ApiError::new(ErrorCode::SeveralFiles)),
    });
    read.await.map_err(|error| unexpected(&error))?
}

fn read_at_most(file: &Path, most: usize) -> Result<Vec<u8>, ApiError> {
    let unreadable = |_| ApiError::new(ErrorCode::FileUnreadable);
    // Asked first: a pipe would keep whoever opens it waiting. An address is no path of a file.
    let kind = std::fs::metadata(file).map_err(unreadable)?;
    if kind.is_dir() {
        return Err(ApiError::new(ErrorCode::FileIsFolder));
    }
    if !kind.is_file() || !file.is_absolute() {
        return Err(ApiError::new(ErrorCode::FileUnreadable));
    }
    let too_large = || ApiError::new(ErrorCode::FileTooLarge).with("limit", most);
    if kind.len() > most as u64 {
        return Err(too_large());
    }
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    let end = most as u64 + 1;
    opened.take(end).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(too_large());
    }
    Ok(bytes)
}

/// A title as a file may be called.
pub(crate) fn plain(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let kept: String = kept.take(60).collect();
    match kept.trim() {
        "" => "entre-nous".to_owned(),
        name => name.to_owned(),
    }
}

fn write_new(folder: &Path, title: &str, ending: &str, bytes: &[u8]) -> Result<String, ApiError> {
    std::fs::create_dir_all(folder).map_err(|error| disk_error(&error))?;
    for number in 1..=MOST_OF_A_NAME {
        let name = match number {
            1 => format!("{title}.{ending}"),
            _ => format!("{title} ({number}).{ending}"),
        };
        let path = folder.join(&name);
        let mut options = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(disk_error(&error)),
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                return written.map(|()| name).map_err(|error| {
                    // Half a file is worse than none.
                    let _ = std::fs::remove_file(&path);
                    disk_error(&error)
                });
            }
        }
    }
    Err(ApiError::new(ErrorCode::DiskReadOnly))
}

fn disk_error(error: &std::io::Error) -> ApiError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            ApiError::new(ErrorCode::DiskFull)
        }
        _ => ApiError::new(ErrorCode::DiskReadOnly),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn code(read: Result<Vec<u8>, ApiError>) -> Option<ErrorCode> {
        read.err().map(|error| error.code)
    }

    #[tokio::test]
    async fn one_dropped_file_is_read_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.csv");
        std::fs::write(&file, "12345").unwrap();
        let folder = dir.path().to_owned();
        assert_eq!(read_dropped(vec![file.clone()], 5).await.unwrap(), b"12345");
        let read = |files| async { code(read_dropped(files, 4).await) };
        assert_eq!(read(vec![file.clone()]).await, Some(ErrorCode::FileTooLarge));
        assert_eq!(read(vec![folder]).await, Some(ErrorCode::FileIsFolder));
        assert_eq!(
            read(vec![file.clone(), file]).await,
            Some(ErrorCode::SeveralFiles)
        );
        for no_file in [
            "/nowhere/at all",
            "https://example.org/",
            "/dev/zero",
            "Cargo.toml",
        ] {
            let found = read(vec![no_file.into()]).await;
            assert_eq!(found, Some(ErrorCode::FileUnreadable), "{no_file}");
        }
    }

    #[test]
    fn nothing_is_overwritten_and_names_are_plain() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(plain("../An/nuaire: \u{202e}x\0"), "Annuaire x");
        assert_eq!(plain("…"), "entre-nous");
        for name in ["a.csv", "a (2).csv", "a (3).csv"] {
            assert_eq!(write_new(dir.path(), "a", "csv", name.as_bytes()).unwrap(), name);
        }
        assert_eq!(
            std::fs::read_to_string(dir.path().join("a.csv")).unwrap(),
            "a.csv"
        );
    }
}
