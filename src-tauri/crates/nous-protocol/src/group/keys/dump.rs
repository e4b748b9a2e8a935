//! The keys of a group as a row of our own, and back.
//!
//! A dict; what other implementations write into theirs stands under the same keys:
//!
//! | Key | Value |
//! | --- | --- |
//! | `A` | active storage hashes: list of `[generation, hash…]` |
//! | `L` | the keys: list of `{g generation, k key, t time in ms}` |
//! | `M` | the active messages: dict of storage hash and bytes; ours |
//! | `P` | the pending key: `{c message, g generation, k key}` |
//!
//! Source: `groups.md` §20.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::parse::{KeyMessageError, read_list};
use super::write::write_list;
use super::{GroupKey, GroupKeys, Pending};
use crate::account::GroupId;
use crate::config::data::{write_integer, write_string};
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;
use crate::wire::bt::{BtError, Limits, Reader};

/// Why a row holds no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysDumpError {
    /// The encoding is broken.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// Something is missing or wrong; holds its key.
    #[error("`{0}` is missing or wrong")]
    Field(char),
}

impl HasKind for KeysDumpError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Damaged
    }
}

impl HasRetry for KeysDumpError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl GroupKeys {
    /// Everything that must be kept, as one row. It holds keys: for the encrypted database only.
    ///
    /// Source: `groups.md` §20.
    pub fn dump(&mut self) -> Zeroizing<Vec<u8>> {
        let keys = write_list(self.keys.iter());
        // A buffer that grows would leave keys behind in memory.
        let mut out = Zeroizing::new(Vec::with_capacity(self.dump_room(keys.len())));
        out.extend_from_slice(b"d1:Al");
        for (generation, hashes) in self.active.iter().filter(|(_, hashes)| !hashes.is_empty()) {
            out.push(b'l');
            write_integer(*generation, &mut out);
            for hash in hashes {
                write_string(hash.as_bytes(), &mut out);
            }
            out.push(b'e');
        }
        out.extend_from_slice(b"e1:L");
        out.extend_from_slice(&keys);
        out.extend_from_slice(b"1:Md");
        for (hash, message) in &self.messages {
            write_string(hash.as_bytes(), &mut out);
            write_string(message, &mut out);
        }
        out.push(b'e');
        if let Some(pending) = &self.pending {
            out.extend_from_slice(b"1:Pd1:c");
            write_string(&pending.message, &mut out);
            out.extend_from_slice(b"1:g");
            write_integer(pending.key.generation, &mut out);
            out.extend_from_slice(b"1:k32:");
            out.extend_from_slice(&pending.key.key);
            out.push(b'e');
        }
        out.push(b'e');
        debug_assert!(out.len() <= self.dump_room(keys.len()), "the row grew");
        self.needs_dump = false;
        out
    }

    /// At least as many bytes as the row has, with a list of keys of this size.
    fn dump_room(&self, keys: usize) -> usize {
        let hashes = self.active.values().flatten().map(String::len);
        let messages = self
            .messages
            .iter()
            .map(|(hash, message)| hash.len().saturating_add(message.len()));
        let pending = self.pending.iter().map(|pending| pending.message.len());
        let sizes = hashes.chain(messages).chain(pending).chain([keys]);
        // Lengths and framing: less than 64 bytes for each.
        sizes.fold(256, |room, size| room.saturating_add(size).saturating_add(64))
    }

    /// Reads what [`GroupKeys::dump`] wrote.
    ///
    /// # Errors
    /// [`KeysDumpError`] says what is wrong.
    ///
    /// Source: `groups.md` §20.
    pub fn load_dump(group: GroupId, dump: &[u8]) -> Result<Self, KeysDumpError> {
        let mut keys = Self::new(group);
        let mut reader = Reader::new(dump, Limits::default());
        let mut has_keys = false;
        reader.begin_dict()?;
        while let Some(key) = reader.next_key()? {
            match key {
                b"A" => keys.active = read_active(&mut reader)?,
                b"L" => {
                    let list = read_list(reader.raw()?).map_err(|error| match error {
                        KeyMessageError::Encoding(error) => KeysDumpError::Encoding(error),
                        _ => KeysDumpError::Field('L'),
                    })?;
                    keys.keys = list.into_iter().collect();
                    has_keys = true;
                }
                b"M" => keys.messages = read_messages(&mut reader)?,
                b"P" => keys.pending = read_pending(&mut reader)?,
                _ => drop(reader.raw()?),
            }
        }
        reader.finish()?;
        if has_keys {
            Ok(keys)
        } else {
            Err(KeysDumpError::Field('L'))
        }
    }
}

fn read_active(reader: &mut Reader<'_>) -> Result<BTreeMap<i64, BTreeSet<String>>, KeysDumpError> {
    let mut active = BTreeMap::<i64, BTreeSet<String>>::new();
    reader.begin_list()?;
    while reader.next_item()? {
        reader.begin_list()?;
        if !reader.next_item()? {
            return Err(KeysDumpError::Field('A'));
        }
        let hashes = active.entry(reader.integer()?).or_default();
        while reader.next_item()? {
            let hash = std::str::from_utf8(reader.string()?).map_err(|_| KeysDumpError::Field('A'))?;
            hashes.insert(hash.to_owned());
        }
    }
    Ok(active)
}

fn read_messages(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Vec<u8>>, KeysDumpError> {
    let mut messages = BTreeMap::new();
    reader.begin_dict()?;
    while let Some(hash) = reader.next_key()? {
        let hash = std::str::from_utf8(hash).map_err(|_| KeysDumpError::Field('M'))?;
        messages.insert(hash.to_owned(), reader.string()?.to_vec());
    }
    Ok(messages)
}

/// Others write an empty dict where nothing is pending.
fn read_pending(reader: &mut Reader<'_>) -> Result<Option<Pending>, KeysDumpError> {
    let (mut message, mut generation, mut key) = (None, None, None);
    reader.begin_dict()?;
    while let Some(name) = reader.next_key()? {
        match name {
            b"c" => message = Some(reader.string()?),
            b"g" => generation = Some(reader.integer()?),
            b"k" => key = Some(reader.string()?),
            _ => drop(reader.raw()?),
        }
    }
    let Some(message) = message.filter(|message| !message.is_empty()) else {
        return Ok(None);
    };
    let key = key.and_then(|key| key.try_into().ok());
    let generation = generation.filter(|generation| *generation >= 0);
    Ok(Some(Pending {
        message: message.to_vec(),
        key: GroupKey {
            generation: generation.ok_or(KeysDumpError::Field('g'))?,
            stored: Timestamp::default(),
            key: key.ok_or(KeysDumpError::Field('k'))?,
        },
    }))
}
