//! Logs of the app: `logs/` in the profile, five files of 2 MB, the newest `entre-nous.log`.
//!
//! Only our own crates are logged, and those never log texts, names, ids, addresses or keys.
//! Of a panic only the place is logged, since its message may hold anything.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

const FILE_BYTES: u64 = 2_000_000;
const FILES: u32 = 5;

/// Starts logging into the profile. What is not yet written is written when the guard is dropped.
///
/// # Errors
/// When the folder cannot be written; the app goes on without a log.
pub(crate) fn start(profile: &Path) -> io::Result<WorkerGuard> {
    let file = RotatingFile::open(profile.join("logs"), FILE_BYTES)?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let ours = Targets::new()
        .with_target("entre_nous", LevelFilter::INFO)
        .with_target("nous_", LevelFilter::INFO);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(writer)
        .with_filter(ours);
    let _ = tracing_subscriber::registry().with(layer).try_init();
    log_panics();
    Ok(guard)
}

fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
        tracing::error!(place = place.unwrap_or_default(), "panic");
        before(panic);
    }));
}

/// A file that makes room for itself: full, it becomes `.1`, `.1` becomes `.2`, and so on.
struct RotatingFile {
    folder: PathBuf,
    file: File,
    bytes: u64,
    limit_bytes: u64,
}

impl RotatingFile {
    fn open(folder: PathBuf, limit_bytes: u64) -> io::Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
        let file = open_private(&numbered(&folder, 0))?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            folder,
            file,
            bytes,
            limit_bytes,
        })
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (0..FILES - 1).rev() {
            match fs::rename(numbered(&self.folder, number), numbered(&self.folder, number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = open_private(&numbered(&self.folder, 0))?;
        self.bytes = 0;
        Ok(())
    }
}

impl Write for RotatingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len() as u64;
        if self.bytes > 0 && self.bytes + length > self.limit_bytes {
            self.rotate()?;
        }
        self.file.write_all(bytes)?;
        self.bytes += length;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn numbered(folder: &Path, number: u32) -> PathBuf {
    match number {
        0 => folder.join("entre-nous.log"),
        _ => folder.join(format!("entre-nous.{number}.log")),
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn five_files_are_kept_and_none_is_over_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = RotatingFile::open(folder.path().join("logs"), 100).unwrap();
        for line in 0..200 {
            writeln!(log, "{line:>39}").unwrap();
        }
        let mut sizes: Vec<u64> = fs::read_dir(folder.path().join("logs"))
            .unwrap()
            .map(|f| f.unwrap().metadata().unwrap().len())
            .collect();
        sizes.sort_unstable();
        assert_eq!(sizes.len(), 5);
        assert!(sizes.iter().all(|size| *size <= 100), "{sizes:?}");
        let newest = fs::read_to_string(numbered(&folder.path().join("logs"), 0)).unwrap();
        assert!(newest.ends_with("199\n"), "{newest}");
    }

    #[test]
    fn logs_can_be_read_by_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        drop(RotatingFile::open(logs.clone(), 100).unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&logs), mode(&numbered(&logs, 0))), (0o700, 0o600));
    }
}
