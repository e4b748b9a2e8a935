//! The folder of an export: made anew, readable by its owner only, and nothing in it overwritten.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use nous_storage::sealed_files::SealedReader;

use crate::files::save;

/// So many folders of one name are told apart by a number.
const MOST_OF_A_NAME: u32 = 1_000;
/// The folder in it with the files of messages.
pub(super) const FILES: &str = "files";
/// How a file ends that is not whole yet.
const PART: &str = ".part";

/// A folder that is being filled.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// How often each name was given, in lower case: some disks know no capitals.
    given: BTreeMap<String, u32>,
}

/// A document that is being written: it gets its name when it is whole.
#[derive(Debug)]
pub(super) struct Document {
    out: BufWriter<File>,
    part: PathBuf,
    whole: PathBuf,
}

impl Folder {
    /// Makes a folder that was not there.
    pub(super) fn make(parent: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        for number in 1..=MOST_OF_A_NAME {
            let path = parent.join(if number == 1 {
                name.to_owned()
            } else {
                format!("{name} ({number})")
            });
            match private().create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    return Ok(Self {
                        path,
                        given: BTreeMap::new(),
                    });
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a document.
    pub(super) fn begin(&self, name: &str) -> io::Result<Document> {
        let part = self.path.join(format!("{name}{PART}"));
        Ok(Document {
            out: BufWriter::new(save::create_new(&part)?),
            part,
            whole: self.path.join(name),
        })
    }

    /// Writes a file of a message; answers its place in the folder. `None` if it cannot be read.
    pub(super) fn keep(&mut self, name: &str, reader: &mut SealedReader) -> io::Result<Option<String>> {
        let folder = self.path.join(FILES);
        if self.given.is_empty() {
            match private().create(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        let given = self.given.entry(name.to_lowercase()).or_default();
        loop {
            *given += 1;
            let name = save::numbered(name, *given);
            let path = folder.join(&name);
            let file = match save::create_new(&path) {
                // Another name has got a number that makes it the same.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                opened => opened?,
            };
            return match save::fill(file, reader) {
                Ok(_) => Ok(Some(format!("{FILES}/{name}"))),
                Err(error) => {
                    // Half a file is worse than none.
                    let _ = fs::remove_file(&path);
                    // What was sealed here is damaged: the rest can be written all the same.
                    let is_damaged = error.kind() == io::ErrorKind::InvalidData;
                    if is_damaged { Ok(None) } else { Err(error) }
                }
            };
        }
    }
}

impl Document {
    /// It is whole: on the disk, under its name.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&self.part, &self.whole)
    }
}

impl Write for Document {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Removes what was written, and the folder if nobody put anything else into it. What cannot be removed
/// stays: nothing depends on it.
pub(super) fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder.join(FILES));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let whole = name.strip_suffix(PART).unwrap_or(&name);
        if whole == super::json::NAME || super::html::is_page(whole) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_folder_is_never_one_that_was_there() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("Bob"), "mine").unwrap();
        for name in ["Bob (2)", "Bob (3)"] {
            let folder = Folder::make(dir.path(), "Bob").unwrap();
            assert_eq!(folder.path(), dir.path().join(name));
        }
        assert_eq!(fs::read_to_string(dir.path().join("Bob")).unwrap(), "mine");
    }

    #[test]
    fn a_document_has_its_name_once_it_is_whole_and_what_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(dir.path(), "Bob").unwrap();
        let mut first = folder.begin("index.html").unwrap();
        first.write_all(b"a page").unwrap();
        let name = folder.path().join("index.html");
        assert!(!name.exists());
        first.finish().unwrap();
        assert_eq!(fs::read_to_string(&name).unwrap(), "a page");
        drop(folder.begin("page-2.html").unwrap());
        remove(folder.path());
        assert!(!folder.path().exists());
    }

    #[test]
    fn what_somebody_else_put_there_stays() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::make(dir.path(), "Bob").unwrap();
        drop(folder.begin("messages.json").unwrap());
        let other = folder.path().join("mine.txt");
        fs::write(&other, "mine").unwrap();
        remove(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    }
}
