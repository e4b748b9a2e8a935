//! Files that the person asked for, in their folder for downloads.

use std::io::Write as _;
use std::path::Path;

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

fn plain(title: &str) -> String {
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
