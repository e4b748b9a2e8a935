//! Finding and changing entries by the keys that lead to them.

use std::collections::BTreeSet;

use super::{Dict, Entry, Scalar};

/// Keys from the outermost dict down to an entry.
pub type Path<'a> = [&'a [u8]];

impl Dict {
    /// The entry at a path.
    #[must_use]
    pub fn at(&self, path: &Path<'_>) -> Option<&Entry> {
        let (last, parents) = path.split_last()?;
        let mut dict = self;
        for key in parents {
            dict = dict.dict(key)?;
        }
        dict.get(last)
    }

    /// The dict at a path; the outermost for an empty path.
    #[must_use]
    pub fn dict_at(&self, path: &Path<'_>) -> Option<&Self> {
        path.iter().try_fold(self, |dict, key| dict.dict(key))
    }

    /// The dict under a key, if it is one.
    #[must_use]
    pub fn dict(&self, key: &[u8]) -> Option<&Self> {
        match self.get(key)? {
            Entry::Dict(dict) => Some(dict),
            Entry::Scalar(_) | Entry::Set(_) => None,
        }
    }

    /// The dicts inside of the dict under a key, each with its own key, by ascending key; entries
    /// of other kinds are left out.
    pub fn dicts(&self, key: &[u8]) -> impl Iterator<Item = (&[u8], &Self)> {
        let inside = self.dict(key).into_iter().flat_map(Self::iter);
        inside.filter_map(|(key, entry)| match entry {
            Entry::Dict(dict) => Some((key.as_slice(), dict)),
            Entry::Scalar(_) | Entry::Set(_) => None,
        })
    }

    /// The integer under a key, if it is one.
    #[must_use]
    pub fn integer(&self, key: &[u8]) -> Option<i64> {
        match self.get(key)? {
            Entry::Scalar(Scalar::Integer(number)) => Some(*number),
            Entry::Scalar(Scalar::String(_)) | Entry::Set(_) | Entry::Dict(_) => None,
        }
    }

    /// The string under a key, if it is one.
    #[must_use]
    pub fn string(&self, key: &[u8]) -> Option<&[u8]> {
        match self.get(key)? {
            Entry::Scalar(Scalar::String(bytes)) => Some(bytes),
            Entry::Scalar(Scalar::Integer(_)) | Entry::Set(_) | Entry::Dict(_) => None,
        }
    }

    /// The set under a key, if it is one.
    #[must_use]
    pub fn set(&self, key: &[u8]) -> Option<&BTreeSet<Scalar>> {
        match self.get(key)? {
            Entry::Set(set) => Some(set),
            Entry::Scalar(_) | Entry::Dict(_) => None,
        }
    }

    /// Puts an entry at a path and makes the dicts that lead to it; what stands in the way
    /// as another kind goes.
    pub(in crate::config) fn put(&mut self, path: &Path<'_>, entry: Entry) {
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let mut dict = self;
        for key in parents {
            match dict.dict_mut(key) {
                Some(inner) => dict = inner,
                None => return,
            }
        }
        dict.insert(last, entry);
    }

    /// Takes away the entry at a path, and the dicts that get empty by that.
    pub(in crate::config) fn take(&mut self, path: &Path<'_>) -> Option<Entry> {
        let (first, rest) = path.split_first()?;
        if rest.is_empty() {
            return self.remove(first);
        }
        let Some(Entry::Dict(inner)) = self.get_mut(first) else {
            return None;
        };
        let taken = inner.take(rest);
        if inner.is_empty() {
            self.remove(first);
        }
        taken
    }
}
