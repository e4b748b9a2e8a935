//! The profile folder and the names in it.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;

/// The names inside a profile folder (`architecture.md` §10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// `$XDG_DATA_HOME/entre-nous/default`, or `~/.local/share/…`; `None` if neither that
    /// variable nor `HOME` is an absolute path.
    #[must_use]
    pub fn default_path() -> Option<PathBuf> {
        Self::default_path_in(
            env::var_os("XDG_DATA_HOME").map(PathBuf::from),
            env::var_os("HOME").map(PathBuf::from),
        )
    }

    fn default_path_in(data: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
        let data = data.filter(|path| path.is_absolute());
        let home = home
            .filter(|path| path.is_absolute())
            .map(|path| path.join(".local/share"));
        data.or(home).map(|base| base.join("entre-nous").join("default"))
    }

    /// Makes the folder, readable by its owner only.
    pub(crate) fn prepare(root: &Path) -> io::Result<Self> {
        files::private_folder(root)?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Makes the folders inside. What is in `webview/` is left alone: the window stands before
    /// the profile opens, and writes there meanwhile.
    pub(crate) fn prepare_inside(&self) -> io::Result<()> {
        for path in [self.attachments(), self.backups(), self.logs(), self.webview()] {
            files::private_folder(&path)?;
        }
        Ok(())
    }

    /// Empties `webview/` as far as no window writes there any more.
    pub fn erase_webview(&self) {
        if let Err(error) = files::empty_folder(&self.webview()) {
            tracing::warn!(kind = ?error.kind(), "the webview's folder is still in use");
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `nous.db`.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("nous.db")
    }

    /// `key.json`.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.root.join("key.json")
    }

    /// `tries.json`: wrong passwords.
    #[must_use]
    pub fn tries(&self) -> PathBuf {
        self.root.join("tries.json")
    }

    /// `erasing.json`: there while the profile is being erased.
    #[must_use]
    pub fn erasing(&self) -> PathBuf {
        self.root.join("erasing.json")
    }

    /// `lock`.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// `attachments/`: sealed files.
    #[must_use]
    pub fn attachments(&self) -> PathBuf {
        self.root.join("attachments")
    }

    /// `backup/`.
    #[must_use]
    pub fn backups(&self) -> PathBuf {
        self.root.join("backup")
    }

    /// `logs/`.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// `webview/`: the web view's data folder.
    #[must_use]
    pub fn webview(&self) -> PathBuf {
        self.root.join("webview")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_folder_follows_the_variables_and_ignores_relative_ones() {
        let path = |text: &str| Some(PathBuf::from(text));
        let data = Folder::default_path_in(path("/data"), path("/home/a"));
        assert_eq!(data, path("/data/entre-nous/default"));
        let home = path("/home/a/.local/share/entre-nous/default");
        assert_eq!(Folder::default_path_in(None, path("/home/a")), home);
        assert_eq!(Folder::default_path_in(path("data"), path("/home/a")), home);
        assert_eq!(Folder::default_path_in(None, None), None);
    }
}
