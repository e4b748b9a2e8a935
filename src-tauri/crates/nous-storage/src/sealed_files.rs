//! Files in `attachments/`: named by chance, each sealed with a key of its own.
//!
//! A file is written whole before the row that names it, and removed after that row is gone.
//! What a crash leaves between the two is swept at the next start.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | the folder; small files, sealed at once |
//! | [`large`] | large files, sealed piece by piece |
//!
//! Source: `architecture.md` §10.

mod large;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::db::Database;
use crate::error::StorageError;
use crate::files;

pub use large::{SealedReader, SealedWriter};

const NONCE: usize = 24;
const FOLDER: &str = "attachments";

/// What one file is sealed with.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct FileKey(pub(crate) [u8; 32]);

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

/// A sealed file: its name in the folder, 32 hexadecimal digits, and its key.
#[derive(Debug)]
pub struct SealedFile {
    /// The name.
    pub name: String,
    /// The key.
    pub key: FileKey,
}

/// The folder. Clones share it.
#[derive(Debug, Clone)]
pub struct SealedFiles {
    folder: PathBuf,
    turn: Arc<RwLock<()>>,
}

impl SealedFiles {
    /// The folder of the profile that this database belongs to.
    #[must_use]
    pub fn beside(database: &Database) -> Self {
        let root = database.path().parent().unwrap_or_else(|| Path::new("."));
        Self {
            folder: root.join(FOLDER),
            turn: Arc::default(),
        }
    }

    /// Held from before a file is written until its row is committed, so that no sweep comes
    /// between.
    pub async fn writing(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.turn).read_owned().await
    }

    /// Held while rows are read and what they do not name is swept.
    pub async fn sweeping(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.turn).write_owned().await
    }

    /// Seals `bytes` into a new file. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn put(&self, bytes: &[u8]) -> Result<SealedFile, StorageError> {
        let (key, nonce): ([u8; 32], [u8; NONCE]) = (random()?, random()?);
        let sealed = XChaCha20Poly1305::new(&key.into())
            .encrypt(&XNonce::from(nonce), bytes)
            .map_err(|_| StorageError::Value("a file"))?;
        let name = self.put_plain(&[nonce.as_slice(), &sealed].concat())?;
        Ok(SealedFile {
            name,
            key: FileKey(key),
        })
    }

    /// Writes bytes that are encrypted already into a new file; answers its name. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn put_plain(&self, encrypted: &[u8]) -> Result<String, StorageError> {
        files::private_folder(&self.folder)?;
        let name = hex::encode(random::<16>()?);
        let path = self.folder.join(&name);
        files::replace_file(&path, encrypted).inspect_err(|_| {
            // A full disk gets its room back at once. What stays is swept at the next start.
            let _ = files::remove_if_there(&files::with_suffix(&path, ".new"));
        })?;
        Ok(name)
    }

    /// Opens a file; `None` if it is gone or damaged. Blocks.
    #[must_use]
    pub fn get(&self, file: &SealedFile) -> Option<Vec<u8>> {
        let bytes = self.get_plain(&file.name)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        XChaCha20Poly1305::new((&file.key.0).into())
            .decrypt(&XNonce::from(*nonce), sealed)
            .ok()
    }

    /// The bytes of a file as they are on the disk; `None` if it is gone. Blocks.
    #[must_use]
    pub fn get_plain(&self, name: &str) -> Option<Vec<u8>> {
        is_name(name)
            .then(|| fs::read(self.folder.join(name)).ok())
            .flatten()
    }

    /// The same, with room for `room` bytes more behind them. Blocks.
    #[must_use]
    pub fn get_plain_with_room(&self, name: &str, room: usize) -> Option<Vec<u8>> {
        let mut file = is_name(name)
            .then(|| fs::File::open(self.folder.join(name)).ok())
            .flatten()?;
        let length = usize::try_from(file.metadata().ok()?.len()).ok()?;
        let mut bytes = Vec::with_capacity(length.saturating_add(room));
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Removes files whose rows are gone. What cannot be removed now is swept later. Blocks.
    pub fn remove(&self, names: &[String]) {
        for name in names.iter().filter(|name| is_name(name)) {
            if let Err(error) = files::remove_if_there(&self.folder.join(name)) {
                tracing::warn!(kind = ?error.kind(), "a file could not be removed");
            }
        }
    }

    /// The name of each file, and its bytes on the disk. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn sizes(&self) -> Result<BTreeMap<String, u64>, StorageError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            entries => entries?,
        };
        let mut sizes = BTreeMap::new();
        for entry in entries {
            let entry = entry?;
            // One that goes meanwhile has no size.
            if let Ok(data) = entry.metadata() {
                sizes.insert(entry.file_name().to_string_lossy().into_owned(), data.len());
            }
        }
        Ok(sizes)
    }

    /// Removes every file that `named` does not hold, and answers which of `named` are not
    /// there. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn sweep(&self, named: &BTreeSet<String>) -> Result<BTreeSet<String>, StorageError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(named.clone()),
            entries => entries?,
        };
        let mut missing = named.clone();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !missing.remove(&name) && entry.file_type()?.is_file() {
                files::remove_if_there(&entry.path())?;
            }
        }
        Ok(missing)
    }
}

/// Nothing that leads out of the folder.
fn is_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn random<const N: usize>() -> Result<[u8; N], StorageError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StorageError::Bug {
        what: "no randomness".to_owned(),
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn folder() -> (tempfile::TempDir, SealedFiles) {
        let dir = tempfile::tempdir().unwrap();
        let files = SealedFiles {
            folder: dir.path().join(FOLDER),
            turn: Arc::default(),
        };
        (dir, files)
    }

    #[test]
    fn a_file_is_sealed_on_the_disk_and_opens_with_its_key_only() {
        let (_dir, files) = folder();
        let file = files.put(b"the plain content").unwrap();
        let other = files.put(b"another").unwrap();
        let on_disk = files.get_plain(&file.name).unwrap();
        assert!(!on_disk.windows(5).any(|window| window == b"plain"));
        assert_eq!(files.get(&file).unwrap(), b"the plain content");
        let wrong = SealedFile {
            name: file.name.clone(),
            key: FileKey(other.key.0),
        };
        assert_eq!(files.get(&wrong), None);
        files.remove(std::slice::from_ref(&file.name));
        assert_eq!(files.get(&file), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, files) = folder();
        let file = files.put(b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&files.folder), 0o700);
        assert_eq!(mode(&files.folder.join(&file.name)), 0o600);
    }

    #[test]
    fn a_sweep_leaves_what_is_named_and_tells_what_is_missing() {
        let (_dir, files) = folder();
        let (kept, left) = (files.put(b"kept").unwrap(), files.put(b"left").unwrap());
        let lost = "0".repeat(32);
        let missing = files
            .sweep(&BTreeSet::from([kept.name.clone(), lost.clone()]))
            .unwrap();
        assert_eq!(missing, BTreeSet::from([lost]));
        assert!(files.get(&kept).is_some());
        assert!(files.get(&left).is_none());
    }

    #[test]
    fn the_size_of_each_file_is_known() {
        let (_dir, files) = folder();
        assert!(files.sizes().unwrap().is_empty(), "there is no folder yet");
        let (small, large) = (files.put(b"x").unwrap(), files.put(&[0; 1_000]).unwrap());
        let sizes = files.sizes().unwrap();
        assert_eq!(sizes.len(), 2);
        assert_eq!(sizes[&large.name] - sizes[&small.name], 999);
    }

    #[test]
    fn names_do_not_lead_out_of_the_folder() {
        let (dir, files) = folder();
        fs::write(dir.path().join("nous.db"), "x").unwrap();
        assert_eq!(files.get_plain("../nous.db"), None);
        files.remove(&["../nous.db".to_owned()]);
        assert!(dir.path().join("nous.db").exists());
    }
}
