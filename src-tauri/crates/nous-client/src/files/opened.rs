//! Copies of files for other programs: each in a folder that only its owner can enter, and no longer
//! there than its message and the open profile.
//!
//! Source: `product.md` §13.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nous_storage::attachments;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::sealed_files::SealedReader;

use super::save::{self, create_new, fill};
use super::{FilesError, on_disk};
use crate::core::Core;
use crate::error::ClientError;

/// A file of a message: the message, and the place among its files.
type Which = (MessageKey, u32);

/// The copies of a profile, and where they lie. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    root: PathBuf,
    copies: Arc<Mutex<BTreeMap<Which, PathBuf>>>,
}

impl Opened {
    /// For the profile in this folder.
    pub(crate) fn new(profile: &Path) -> Self {
        let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self {
            root: root(profile, session),
            copies: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Which, PathBuf>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy of a file, if there is one.
    fn find(&self, which: Which) -> Option<PathBuf> {
        self.lock().get(&which).filter(|path| path.exists()).cloned()
    }

    fn put(&self, which: Which, path: PathBuf) {
        self.lock().insert(which, path);
    }

    fn which(&self) -> Vec<Which> {
        self.lock().keys().copied().collect()
    }

    /// Forgets copies; answers their folders.
    fn take(&self, gone: &[Which]) -> Vec<PathBuf> {
        let mut copies = self.lock();
        let paths = gone.iter().filter_map(|which| copies.remove(which));
        paths
            .filter_map(|path| path.parent().map(Path::to_owned))
            .collect()
    }

    /// Removes every copy, those of a run that ended badly too. Only for who holds the profile. Blocks.
    pub(crate) fn clear(&self) {
        self.lock().clear();
        remove(&self.root);
    }
}

/// In the folder that is the person's own and is emptied when they leave, in memory on most systems;
/// without one, in the profile.
fn root(profile: &Path, session: Option<PathBuf>) -> PathBuf {
    let session = session.filter(|folder| folder.is_absolute() && folder.is_dir());
    session.map_or_else(
        || profile.join("opened"),
        |folder| {
            let mut hasher = DefaultHasher::new();
            profile.hash(&mut hasher);
            folder.join(format!("entre-nous-{:016x}", hasher.finish()))
        },
    )
}

fn remove(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(kind = ?error.kind(), "a copy for another program could not be removed");
        }
        _ => {}
    }
}

/// Writes a copy of a file that another program is to show; answers where it is. Nobody is told: it is
/// not saved.
///
/// # Errors
/// [`FilesError::NoFile`], [`FilesError::NotHere`], or what the database or the disk said.
pub(crate) async fn open(
    core: &Core,
    opened: &Opened,
    message: MessageKey,
    place: u32,
) -> Result<PathBuf, FilesError> {
    let which = (message, place);
    if let Some(path) = opened.find(which) {
        return Ok(path);
    }
    let (facts, local) = save::locate(core, message, place).await?;
    let folder = opened.root.join(hex::encode(rand::random::<[u8; 8]>()));
    let (files, name) = (core.files.clone(), save::name_of(&facts));
    let write = move || match files.reader(&local) {
        Some(reader) => write_in(&folder, &name, reader).map(Some),
        None => Ok(None),
    };
    let path = on_disk(write).await?.ok_or(FilesError::NotHere)?;
    opened.put(which, path);
    // The message may have gone meanwhile, or the profile closed.
    if let Err(error) = remove_gone(core, opened).await {
        opened.take(&[which]).iter().for_each(|folder| remove(folder));
        return Err(error.into());
    }
    opened.find(which).ok_or(FilesError::NoFile)
}

fn write_in(folder: &Path, name: &str, mut reader: SealedReader) -> Result<PathBuf, StorageError> {
    let path = folder.join(name);
    let written = private(folder)
        .and_then(|()| create_new(&path))
        .and_then(|file| fill(file, &mut reader))
        .and_then(|_| only_read(&path));
    if let Err(error) = written {
        remove(folder);
        return Err(error.into());
    }
    Ok(path)
}

/// A folder, and those above it, that only their owner can enter.
fn private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whoever changes a copy learns at once that nothing of that would stay.
fn only_read(path: &Path) -> io::Result<()> {
    let mut rights = fs::metadata(path)?.permissions();
    rights.set_readonly(true);
    fs::set_permissions(path, rights)
}

/// Removes the copies of files that are not here any more.
///
/// # Errors
/// What the database said.
pub(crate) async fn remove_gone(core: &Core, opened: &Opened) -> Result<(), ClientError> {
    let asked = opened.which();
    if asked.is_empty() {
        return Ok(());
    }
    let gone = core.db.read(move |reader| {
        let mut gone = Vec::new();
        for which in asked {
            let (message, place) = which;
            let found = attachments::find(reader, message, place)?;
            if !found.is_some_and(|file| file.is_here) {
                gone.push(which);
            }
        }
        Ok(gone)
    });
    let folders = opened.take(&gone.await?);
    on_disk(move || {
        folders.iter().for_each(|folder| remove(folder));
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn copies_lie_where_the_system_empties_itself_and_else_in_the_profile() {
        let session = tempfile::tempdir().unwrap();
        let (one, other) = (Path::new("/profiles/one"), Path::new("/profiles/other"));
        let in_session = |profile| root(profile, Some(session.path().to_owned()));
        assert_eq!(in_session(one).parent(), Some(session.path()));
        assert_eq!(in_session(one), in_session(one), "the next run finds it");
        assert_ne!(in_session(one), in_session(other));
        for none in [None, Some("relative".into()), Some("/nowhere/at-all".into())] {
            assert_eq!(root(one, none), Path::new("/profiles/one/opened"));
        }
    }

    #[test]
    fn what_an_earlier_run_left_is_removed() {
        let profile = tempfile::tempdir().unwrap();
        let opened = Opened {
            root: profile.path().join("opened"),
            copies: Arc::default(),
        };
        opened.clear();
        let folder = opened.root.join("0011");
        private(&folder).unwrap();
        let path = folder.join("a.txt");
        fs::write(&path, "what was agreed").unwrap();
        only_read(&path).unwrap();
        opened.put((MessageKey(1), 0), path.clone());
        assert_eq!(opened.find((MessageKey(1), 0)), Some(path));
        opened.clear();
        assert_eq!(opened.find((MessageKey(1), 0)), None);
        assert!(!opened.root.exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_enter_and_nobody_can_write() {
        use std::os::unix::fs::PermissionsExt;
        let profile = tempfile::tempdir().unwrap();
        let folder = profile.path().join("opened").join("0011");
        private(&folder).unwrap();
        let path = folder.join("a.txt");
        drop(create_new(&path).unwrap());
        only_read(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&path)), (0o700, 0o400));
        assert_eq!(mode(folder.parent().unwrap()), 0o700);
    }
}
