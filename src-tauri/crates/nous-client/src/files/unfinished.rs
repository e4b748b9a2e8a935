//! Files that are being saved lie hidden in the person's folder until they are whole. What is left of one when
//! the app is killed goes with the next start: each has a name made by chance and is noted before it is made,
//! so that no file of anybody else is taken for one.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io, path};

use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::settings;

use super::on_disk;
use crate::core::Core;
use crate::error::ClientError;

/// The setting with their paths.
const NOTED: &str = "files.unfinished";
/// How their names begin: the dot hides them.
const HEAD: &str = ".entre-nous-";
/// How their names end.
const TAIL: &str = ".part";
/// Hexadecimal digits between them.
const DIGITS: usize = 32;
/// So many are noted: those of disks that never come back are forgotten one day.
const MOST: usize = 200;

/// A path in a folder that nothing else has.
pub(super) fn path_in(folder: &Path) -> PathBuf {
    let name = format!("{HEAD}{}{TAIL}", hex::encode(rand::random::<[u8; DIGITS / 2]>()));
    // The next run may begin in another folder.
    path::absolute(folder)
        .unwrap_or_else(|_| folder.to_owned())
        .join(name)
}

/// Notes a file before it is made. A path that is no text is not noted.
///
/// # Errors
/// What the database said.
pub(super) async fn note(core: &Core, path: &Path) -> Result<(), ClientError> {
    let Some(path) = path.to_str().map(str::to_owned) else {
        return Ok(());
    };
    core.db
        .write_durable(move |writer| change(writer, |noted| noted.push(path)))
        .await?;
    Ok(())
}

/// The files that earlier runs left, if nothing was saved in this one yet.
///
/// # Errors
/// What the database said.
pub(crate) async fn noted(core: &Core) -> Result<Vec<PathBuf>, ClientError> {
    let noted = core
        .db
        .read(|reader| settings::get::<Vec<String>>(reader, NOTED))
        .await?;
    Ok(noted.unwrap_or_default().into_iter().map(PathBuf::from).collect())
}

/// Removes these files, if they are there, and forgets them. What lies on a disk that is not there now, or
/// cannot be removed, stays noted.
///
/// # Errors
/// What the database said.
pub(crate) async fn remove(core: &Core, paths: Vec<PathBuf>) -> Result<(), ClientError> {
    let gone: Vec<PathBuf> =
        on_disk(move || Ok(paths.into_iter().filter(|path| is_gone(path)).collect())).await?;
    if gone.is_empty() {
        return Ok(());
    }
    core.db
        .write(move |writer| {
            change(writer, |noted| {
                noted.retain(|path| !gone.iter().any(|gone| gone == Path::new(path)));
            })
        })
        .await?;
    Ok(())
}

fn change(writer: &mut Writer<'_>, change: impl FnOnce(&mut Vec<String>)) -> Result<(), StorageError> {
    let mut noted: Vec<String> = settings::get(&writer.reader(), NOTED)?.unwrap_or_default();
    change(&mut noted);
    let oldest = noted.len().saturating_sub(MOST);
    drop(noted.drain(..oldest));
    if noted.is_empty() {
        settings::remove(writer, NOTED)
    } else {
        settings::set(writer, NOTED, &noted)
    }
}

/// Removes a file; whether nothing is left of it to be removed.
fn is_gone(path: &Path) -> bool {
    if !is_named_by_us(path) {
        return true;
    }
    match fs::remove_file(path) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound && path.parent().is_some_and(Path::is_dir),
    }
}

fn is_named_by_us(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str);
    let digits = name.and_then(|name| name.strip_prefix(HEAD)?.strip_suffix(TAIL));
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_left_goes_and_nothing_else_of_that_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (left, other) = (path_in(folder.path()), path_in(folder.path()));
        assert_ne!(left, other);
        let theirs = [".notes.txt.part", "entre-nous.part", ".entre-nous-12.part"].map(|name| {
            let path = folder.path().join(name);
            fs::write(&path, "theirs").unwrap();
            path
        });
        fs::write(&left, "half").unwrap();
        for path in [&left, &other].into_iter().chain(&theirs) {
            assert!(is_gone(path), "nothing is left to do");
        }
        assert!(!left.exists());
        assert!(theirs.iter().all(|path| path.exists()));
    }

    #[test]
    fn what_lies_on_a_disk_that_is_not_there_is_not_forgotten() {
        let disk = tempfile::tempdir().unwrap();
        let path = path_in(&disk.path().join("not mounted"));
        assert!(!is_gone(&path));
        fs::create_dir(path.parent().unwrap()).unwrap();
        assert!(is_gone(&path));
    }

    #[test]
    fn a_path_counts_wherever_the_next_run_begins() {
        let path = path_in(Path::new("somewhere"));
        assert!(path.is_absolute() && is_named_by_us(&path));
    }
}
