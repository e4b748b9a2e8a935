//! Changing a config.

use std::collections::BTreeSet;

use super::ConfigState;
use crate::config::data::{Dict, Entry, Path, Scalar};
use crate::config::message::Authority;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// Changes cannot be published: we cannot sign them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read only")]
pub struct ReadOnly;

impl HasKind for ReadOnly {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NotAllowed
    }
}

impl HasRetry for ReadOnly {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// Changes entries of a config. What changes nothing leaves it as it is, clean or not.
pub struct Editor<'a>(&'a mut ConfigState);

impl ConfigState {
    /// To change entries.
    ///
    /// # Errors
    /// [`ReadOnly`] for one who cannot sign.
    pub fn edit(&mut self, authority: &Authority<'_>) -> Result<Editor<'_>, ReadOnly> {
        if authority.can_write() {
            Ok(Editor(self))
        } else {
            Err(ReadOnly)
        }
    }

    /// To change entries of a config of an account.
    pub(in crate::config) const fn edit_own(&mut self) -> Editor<'_> {
        Editor(self)
    }

    /// Begins a new message without changing anything, so that it is stored again.
    ///
    /// # Errors
    /// [`ReadOnly`] for one who cannot sign.
    ///
    /// Source: `config.md` §16.
    pub fn touch(&mut self, authority: &Authority<'_>) -> Result<(), ReadOnly> {
        if !authority.can_write() {
            return Err(ReadOnly);
        }
        self.begin();
        Ok(())
    }

    /// Keeps a string beside, on this device only, or forgets it.
    pub(in crate::config) fn note_local(&mut self, key: &[u8], bytes: Option<&[u8]>) {
        if self.local.string(key) == bytes {
            return;
        }
        let local = self.local_mut();
        match bytes {
            Some(bytes) => local.insert(key, Entry::Scalar(Scalar::from(bytes))),
            None => drop(local.remove(key)),
        }
    }

    /// Changes what is kept beside, on this device only.
    pub(in crate::config) const fn local_mut(&mut self) -> &mut Dict {
        self.needs_dump = true;
        &mut self.local
    }
}

impl Editor<'_> {
    /// What the config says.
    #[must_use]
    pub fn data(&self) -> &Dict {
        self.0.data()
    }

    /// Puts an entry at a path; whether that changed anything.
    pub fn put(&mut self, path: &Path<'_>, entry: Entry) -> bool {
        if self.data().at(path) == Some(&entry) {
            return false;
        }
        self.0.begin();
        self.0.message.data.put(path, entry);
        true
    }

    /// Takes away an entry; whether there was one.
    pub fn remove(&mut self, path: &Path<'_>) -> bool {
        if self.data().at(path).is_none() {
            return false;
        }
        self.0.begin();
        self.0.message.data.take(path);
        true
    }

    /// Puts an integer, or takes it away for `None`.
    pub fn integer(&mut self, path: &Path<'_>, number: Option<i64>) -> bool {
        match number {
            Some(number) => self.put(path, Entry::Scalar(Scalar::Integer(number))),
            None => self.remove(path),
        }
    }

    /// Puts 1, or takes it away.
    pub fn flag(&mut self, path: &Path<'_>, is_set: bool) -> bool {
        self.integer(path, is_set.then_some(1))
    }

    /// Puts an integer that is absent when it is 0 or less.
    pub fn positive(&mut self, path: &Path<'_>, number: i64) -> bool {
        self.integer(path, (number > 0).then_some(number))
    }

    /// Puts an integer that is absent when it is 0.
    pub fn nonzero(&mut self, path: &Path<'_>, number: i64) -> bool {
        self.integer(path, (number != 0).then_some(number))
    }

    /// Puts a string, even an empty one.
    pub fn string(&mut self, path: &Path<'_>, bytes: &[u8]) -> bool {
        self.put(path, Entry::Scalar(Scalar::from(bytes)))
    }

    /// Puts a string that is absent when it is empty.
    pub fn text(&mut self, path: &Path<'_>, text: &str) -> bool {
        if text.is_empty() {
            self.remove(path)
        } else {
            self.string(path, text.as_bytes())
        }
    }

    /// Puts a set that is absent when it is empty.
    pub fn set(&mut self, path: &Path<'_>, set: BTreeSet<Scalar>) -> bool {
        if set.is_empty() {
            self.remove(path)
        } else {
            self.put(path, Entry::Set(set))
        }
    }
}
