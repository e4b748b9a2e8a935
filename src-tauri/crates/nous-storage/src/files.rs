//! Files and folders that only their owner can read, and writes that survive a crash.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

/// Makes a folder (and those above it) with mode 0700; from an existing one the rights of
/// others are taken.
///
/// # Errors
/// What the system said.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path)?;
    #[cfg(unix)]
    {
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
        }
    }
    Ok(())
}

/// Options for a file with mode 0600.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options
}

/// Makes an empty file with mode 0600 if there is none; from an existing one the rights of
/// others are taken, if it is ours to take.
///
/// # Errors
/// What the system said, if there is no file and none can be made.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    match private_file().write(true).create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            take_others_rights(path);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn take_others_rights(path: &Path) {
    let Ok(data) = fs::metadata(path) else { return };
    let mode = data.permissions().mode();
    if mode & 0o077 != 0 {
        // On a read-only disk the rights stay as they are.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700));
    }
}

#[cfg(not(unix))]
fn take_others_rights(_path: &Path) {}

/// Replaces `path` as one step: after a crash there is the old content or the new.
/// Goes over `<path>.new`: written, synchronised, renamed, folder synchronised.
///
/// # Errors
/// What the system said; the old content is still there then.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let fresh = with_suffix(path, ".new");
    remove_if_there(&fresh)?;
    let mut file = private_file().write(true).create_new(true).open(&fresh)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    rename(&fresh, path)
}

/// Renames and synchronises the folder, so that the new name survives a power cut.
///
/// # Errors
/// What the system said.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// Waits until a file's content is on the disk.
///
/// # Errors
/// What the system said.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a file; none there is fine.
///
/// # Errors
/// What the system said.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes what is inside a folder, not the folder; makes it if there is none.
///
/// # Errors
/// What the system said.
pub(crate) fn empty_folder(path: &Path) -> io::Result<()> {
    private_folder(path)?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// `path` with `suffix` behind its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
