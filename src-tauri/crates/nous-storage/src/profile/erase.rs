//! Erasing a profile: its key first, so that what is left of the rest cannot be read.
//!
//! A note in the folder says that it is being erased, before anything is gone; the next
//! opening ends what a crash interrupted. Only what the app itself writes is removed: the
//! folder may hold other files of the person.
//!
//! Source: `product.md` §17, `architecture.md` §10.

use std::fs;
use std::io;
use std::path::Path;

use nous_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::trace;

use super::folder::Folder;
use super::{Profile, ProfileError, UnlockOptions};
use crate::files;
use crate::key::{self, KeyFile, KeyringUse, Protection};

/// The content of the note.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    /// The profile whose key lies in the system keyring, if it does.
    keyring_entry: Option<String>,
}

impl Profile {
    /// Writes down that the profile is to be erased: from now on nothing of it comes back.
    ///
    /// # Errors
    /// What the disk said.
    pub fn note_erasing(&self) -> Result<(), ProfileError> {
        let file = self
            .key_file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(note(&self.parts.folder, Some(&file))?)
    }

    /// Erases a closed profile and makes an empty one in its place, under the same lock. Blocks.
    ///
    /// # Errors
    /// [`ProfileError::InUse`] if it was not closed; else what the disk said: the next opening
    /// goes on.
    pub fn erase(self, now: Timestamp) -> Result<Self, ProfileError> {
        self.note_erasing()?;
        let Self { parts, database, .. } = self;
        if !database.is_closed() {
            return Err(ProfileError::InUse {
                process: Some(std::process::id()),
            });
        }
        let options = UnlockOptions {
            keyring: parts.keyring,
            database: parts.database,
            ..UnlockOptions::new(now)
        };
        Self::open_locked(parts.folder, parts.lock, &options)
    }

    /// Erases a profile that nobody has open, without its password, and makes an empty one in
    /// its place. Blocks.
    ///
    /// # Errors
    /// [`ProfileError`]; the next opening goes on with what was begun.
    pub fn erase_closed(dir: &Path, options: &UnlockOptions) -> Result<Self, ProfileError> {
        let (folder, lock) = Self::take(dir, options)?;
        // One that cannot be read has no entry that could be found.
        let file = KeyFile::load(&folder.key_file()).ok().flatten();
        note(&folder, file.as_ref())?;
        Self::open_locked(folder, lock, options)
    }
}

fn note(folder: &Folder, file: Option<&KeyFile>) -> io::Result<()> {
    let in_keyring = file.filter(|file| file.protection() == Protection::Keyring);
    let note = Note {
        keyring_entry: in_keyring.map(|file| file.profile_id().to_owned()),
    };
    let text = serde_json::to_vec(&note).map_err(io::Error::other)?;
    files::replace_file(&folder.erasing(), &text)?;
    trace!(target: "step", name = "erase.noted");
    Ok(())
}

/// Ends an erasure that was begun; does nothing if none was.
pub(super) fn finish(folder: &Folder, keyring: KeyringUse) -> io::Result<()> {
    let text = match fs::read(folder.erasing()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let note: Option<Note> = serde_json::from_slice(&text).ok();
    remove_all(folder, "key.json")?;
    trace!(target: "step", name = "erase.key");
    if let Some(entry) = note.and_then(|note| note.keyring_entry) {
        key::forget(keyring, &entry);
    }
    remove_all(folder, "nous.db")?;
    remove_all(folder, "tries.json")?;
    remove_all(folder, "windows.json")?;
    trace!(target: "step", name = "erase.database");
    for inside in [folder.backups(), folder.attachments(), folder.logs()] {
        files::empty_folder(&inside)?;
    }
    folder.erase_webview();
    trace!(target: "step", name = "erase.folders");
    files::remove_if_there(&folder.erasing())?;
    files::sync(folder.root())?;
    trace!(target: "step", name = "erase.done");
    Ok(())
}

/// Removes a file and those that are named after it: `-wal`, `.new`, `.damaged-…`.
fn remove_all(folder: &Folder, name: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder.root())? {
        let entry = entry?;
        let is_meant = entry.file_name().to_string_lossy().starts_with(name);
        if is_meant && !entry.file_type()?.is_dir() {
            files::remove_if_there(&entry.path())?;
        }
    }
    files::sync(folder.root())
}
