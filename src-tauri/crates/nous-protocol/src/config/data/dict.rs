//! Reading, writing and pruning dicts.

use std::collections::BTreeMap;

use super::{Dict, Entry, MAX_DEPTH, Scalar, error, read_scalars, write_scalars, write_string};
use crate::config::bytes::Bytes;
use crate::wire::bt::{BtError, BtErrorKind, Kind, Reader};

/// Room for the entries of most dicts.
const USUAL_ENTRIES: usize = 12;

impl Dict {
    /// An empty dict.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The entries, by ascending key.
    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.0.iter()
    }

    /// What stands under a key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Entry> {
        self.0.get(key)
    }

    /// The same, to be changed.
    pub(in crate::config) fn get_mut(&mut self, key: &[u8]) -> Option<&mut Entry> {
        self.0.get_mut(key)
    }

    /// Puts an entry under a key, in place of another.
    pub(in crate::config) fn insert(&mut self, key: &[u8], entry: Entry) {
        match self.0.get_mut(key) {
            Some(found) => *found = entry,
            None => {
                self.0.insert(Bytes::from(key), entry);
            }
        }
    }

    /// Takes away what stands under a key.
    pub(in crate::config) fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        self.0.remove(key)
    }

    /// The dict under a key, made if there is none; an entry of another kind goes.
    pub(in crate::config) fn dict_mut(&mut self, key: &[u8]) -> Option<&mut Self> {
        if !matches!(self.0.get(key), Some(Entry::Dict(_))) {
            self.insert(key, Entry::Dict(Self::new()));
        }
        match self.0.get_mut(key) {
            Some(Entry::Dict(dict)) => Some(dict),
            _ => None,
        }
    }

    /// Reads the outermost dict, which may be empty.
    ///
    /// # Errors
    /// [`BtError`] for anything but data as it is written: an inner dict or a set that is
    /// empty, a set that is not in order, other types, too deep.
    ///
    /// Source: `config.md` §1.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, BtError> {
        Self::read_at(reader, 1)
    }

    fn read_at(reader: &mut Reader<'_>, depth: usize) -> Result<Self, BtError> {
        if depth > MAX_DEPTH {
            return Err(error(reader, BtErrorKind::Limit));
        }
        // Keys ascend: a map of all at once is made faster than one by one.
        let mut entries = Vec::with_capacity(USUAL_ENTRIES);
        reader.begin_dict()?;
        while let Some(key) = reader.next_key()? {
            let entry = Entry::read_at(reader, depth.saturating_add(1))?;
            entries.push((Bytes::from(key), entry));
        }
        Ok(Self(entries.into_iter().collect()))
    }

    /// Appends the encoding.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'd');
        for (key, entry) in &self.0 {
            write_string(key, out);
            entry.write(out);
        }
        out.push(b'e');
    }

    /// Removes empty sets and dicts inside, and the dicts that get empty by that.
    ///
    /// Source: `config.md` §1.
    pub fn prune(&mut self) {
        self.0.retain(|_, entry| match entry {
            Entry::Scalar(_) => true,
            Entry::Set(set) => !set.is_empty(),
            Entry::Dict(dict) => {
                dict.prune();
                !dict.is_empty()
            }
        });
    }
}

impl Entry {
    fn read_at(reader: &mut Reader<'_>, depth: usize) -> Result<Self, BtError> {
        let place = error(reader, BtErrorKind::Empty);
        match reader.kind() {
            Kind::Integer | Kind::String | Kind::End => Scalar::read(reader).map(Self::Scalar),
            Kind::List => match read_scalars(reader)? {
                set if set.is_empty() => Err(place),
                set => Ok(Self::Set(set)),
            },
            Kind::Dict => match Dict::read_at(reader, depth)? {
                dict if dict.is_empty() => Err(place),
                dict => Ok(Self::Dict(dict)),
            },
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Scalar(scalar) => scalar.write(out),
            Self::Set(set) => write_scalars(set, out),
            Self::Dict(dict) => dict.write(out),
        }
    }
}
