//! Reading the row of a config.

use std::collections::{BTreeMap, BTreeSet};

use super::{DumpError, VERSION};
use crate::config::data::Dict;
use crate::config::diff::Diff;
use crate::config::message::{ConfigMessage, MessageId};
use crate::config::parts::{PartSet, PartSets};
use crate::config::state::{ConfigState, Own, Phase};
use crate::time::Timestamp;
use crate::wire::bt::{Kind, Limits, Reader};

/// Our own rows may be as large as the disk gives them.
const LIMITS: Limits = Limits {
    depth: 64,
    values: usize::MAX,
    string: usize::MAX,
};

/// The fields as they are found.
#[derive(Default)]
struct Fields {
    phase: Option<Phase>,
    message: Option<ConfigMessage>,
    hash: Option<[u8; 32]>,
    base: Option<ConfigMessage>,
    sent: Option<ConfigMessage>,
    sealed: Vec<(MessageId, Diff)>,
    signature: Option<[u8; 64]>,
    has_version: bool,
    state: ConfigState,
}

impl ConfigState {
    /// Reads what [`ConfigState::dump`] wrote, or the row of another implementation. A dirty
    /// row of another implementation gets a seqno more: it does not say what was changed.
    ///
    /// # Errors
    /// [`DumpError`] says what is wrong.
    ///
    /// Source: `config.md` §8.
    pub fn load(dump: &[u8]) -> Result<Self, DumpError> {
        let mut reader = Reader::new(dump, LIMITS);
        reader.begin_dict()?;
        let mut fields = Fields::default();
        while let Some(key) = reader.next_key()? {
            fields.read(key, &mut reader)?;
        }
        reader.finish()?;
        fields.build()
    }
}

impl Fields {
    fn read(&mut self, key: &[u8], reader: &mut Reader<'_>) -> Result<(), DumpError> {
        match key {
            b"!" => self.phase = Some(phase_of(reader.integer()?)?),
            b"$" => self.message = Some(ConfigMessage::parse_own(reader.string()?)?),
            b"(" => self.state.current = read_current(reader)?,
            b")" => self.state.obsolete = read_hashes(reader)?,
            b"*" => self.state.parts = read_parts(reader)?,
            b"+" => self.state.local = read_local(reader)?,
            b"V" => match reader.integer()? {
                VERSION => self.has_version = true,
                version => return Err(DumpError::Version(version)),
            },
            b"b" => self.base = Some(read_whole(reader)?),
            b"h" => self.hash = Some(fixed(reader.string()?, 'h')?),
            b"p" => self.sent = Some(read_whole(reader)?),
            b"s" => self.signature = Some(fixed(reader.string()?, 's')?),
            b"u" => self.sealed = read_sealed(reader)?,
            _ => drop(reader.raw()?),
        }
        Ok(())
    }

    fn build(self) -> Result<ConfigState, DumpError> {
        let mut state = self.state;
        state.message = self.message.ok_or(DumpError::Field('$'))?;
        state.message.signature = self.signature.or(state.message.signature);
        if let Some(hash) = self.hash {
            state.message.id.hash = hash;
        }
        state.phase = self.phase.ok_or(DumpError::Field('!'))?;
        let is_whole = self.has_version || state.phase != Phase::Dirty;
        state.own = self.base.map(|base| Own {
            base,
            sent: self.sent,
            sealed: self.sealed,
        });
        if !is_whole {
            // What it stands on is not known: it counts as if it were stored, and its changes
            // as ours.
            let (id, diff) = (state.message.id, state.message.diff.clone());
            state.begin();
            if let Some(own) = &mut state.own {
                own.sealed.push((id, diff));
            }
        }
        state.needs_dump = false;
        Ok(state)
    }
}

const fn phase_of(number: i64) -> Result<Phase, DumpError> {
    match number {
        0 => Ok(Phase::Clean),
        1 => Ok(Phase::Dirty),
        2 => Ok(Phase::Pending),
        _ => Err(DumpError::Field('!')),
    }
}

fn fixed<const N: usize>(bytes: &[u8], key: char) -> Result<[u8; N], DumpError> {
    bytes.try_into().map_err(|_| DumpError::Field(key))
}

fn text(bytes: &[u8], key: char) -> Result<String, DumpError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DumpError::Field(key))?;
    Ok(text.to_owned())
}

/// A list; an older form is one string, empty for none.
fn read_current(reader: &mut Reader<'_>) -> Result<BTreeSet<String>, DumpError> {
    if reader.kind() != Kind::String {
        return read_hashes(reader);
    }
    let hash = text(reader.string()?, '(')?;
    Ok(Some(hash).filter(|hash| !hash.is_empty()).into_iter().collect())
}

fn read_hashes(reader: &mut Reader<'_>) -> Result<BTreeSet<String>, DumpError> {
    let mut hashes = BTreeSet::new();
    reader.begin_list()?;
    while reader.next_item()? {
        hashes.insert(text(reader.string()?, ')')?);
    }
    Ok(hashes)
}

/// What is kept beside; what has not the form of data is another implementation's own.
fn read_local(reader: &mut Reader<'_>) -> Result<Dict, DumpError> {
    let raw = reader.raw()?;
    Ok(Dict::read(&mut Reader::new(raw, LIMITS)).unwrap_or_default())
}

/// Goes to the next item of a list that must have one.
fn item(reader: &mut Reader<'_>, key: char) -> Result<(), DumpError> {
    reader.next_item()?.then_some(()).ok_or(DumpError::Field(key))
}

/// Ends a list that must end here.
fn end(reader: &mut Reader<'_>, key: char) -> Result<(), DumpError> {
    if reader.next_item()? {
        Err(DumpError::Field(key))
    } else {
        Ok(())
    }
}

/// A message and its hash.
fn read_whole(reader: &mut Reader<'_>) -> Result<ConfigMessage, DumpError> {
    reader.begin_list()?;
    item(reader, 'b')?;
    let mut message = ConfigMessage::parse_own(reader.string()?)?;
    item(reader, 'b')?;
    message.id.hash = fixed(reader.string()?, 'b')?;
    end(reader, 'b')?;
    Ok(message)
}

fn read_sealed(reader: &mut Reader<'_>) -> Result<Vec<(MessageId, Diff)>, DumpError> {
    let mut diffs = Vec::new();
    reader.begin_list()?;
    while reader.next_item()? {
        reader.begin_list()?;
        item(reader, 'u')?;
        let seqno = reader.integer()?;
        item(reader, 'u')?;
        let hash = fixed(reader.string()?, 'u')?;
        item(reader, 'u')?;
        diffs.push((MessageId { seqno, hash }, Diff::read(reader)?));
        end(reader, 'u')?;
    }
    Ok(diffs)
}

fn read_parts(reader: &mut Reader<'_>) -> Result<PartSets, DumpError> {
    let mut sets = PartSets::default();
    reader.begin_dict()?;
    while let Some(whole) = reader.next_key()? {
        sets.0.insert(fixed(whole, '*')?, read_part_set(reader)?);
    }
    Ok(sets)
}

fn read_part_set(reader: &mut Reader<'_>) -> Result<PartSet, DumpError> {
    let (mut count, mut expiry, mut parts) = (None, None, BTreeMap::new());
    reader.begin_dict()?;
    while let Some(key) = reader.next_key()? {
        match key {
            b"#" => count = u8::try_from(reader.integer()?).ok(),
            b"T" => expiry = Some(Timestamp::from_ms(reader.integer()?)),
            b"p" => {
                reader.begin_list()?;
                while reader.next_item()? {
                    let (index, part) = read_part(reader)?;
                    parts.insert(index, part);
                }
            }
            _ => drop(reader.raw()?),
        }
    }
    match (count, expiry) {
        (Some(0), Some(expiry)) => Ok(PartSet::Done { expiry }),
        (Some(count), Some(expiry)) => Ok(PartSet::Waiting { count, parts, expiry }),
        _ => Err(DumpError::Field('*')),
    }
}

fn read_part(reader: &mut Reader<'_>) -> Result<(u8, (String, Vec<u8>)), DumpError> {
    let (mut index, mut hash, mut chunk) = (None, None, None);
    reader.begin_dict()?;
    while let Some(key) = reader.next_key()? {
        match key {
            b"#" => index = u8::try_from(reader.integer()?).ok(),
            b"M" => hash = Some(text(reader.string()?, 'M')?),
            b"d" => chunk = Some(reader.string()?.to_vec()),
            _ => drop(reader.raw()?),
        }
    }
    match (index, hash, chunk) {
        (Some(index), Some(hash), Some(chunk)) => Ok((index, (hash, chunk))),
        _ => Err(DumpError::Field('*')),
    }
}
