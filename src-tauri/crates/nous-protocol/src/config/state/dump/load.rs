//! Reading the row of a config.

use std::collections::{BTreeMap, BTreeSet};

use super::{DumpError, VERSION};
use crate::config::data::Dict;
use crate::config::diff::Diff;
use crate::config::message::ConfigMessage;
use crate::config::parts::{PartSet, PartSets};
use crate::config::state::{ConfigState, Phase, Work};
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
    origin: Option<Dict>,
    lists_all: bool,
    signature: Option<[u8; 64]>,
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
                VERSION => {}
                version => return Err(DumpError::Version(version)),
            },
            b"h" => self.hash = Some(fixed(reader.string()?, 'h')?),
            b"o" => self.origin = Some(Dict::read(reader)?),
            b"s" => self.signature = Some(fixed(reader.string()?, 's')?),
            b"u" => self.state.unpushed = read_unpushed(reader)?,
            b"w" => self.lists_all = reader.integer()? == 1,
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
        match (self.phase.ok_or(DumpError::Field('!'))?, self.origin) {
            (Phase::Dirty, Some(origin)) => {
                state.phase = Phase::Dirty;
                let lists_all = self.lists_all;
                state.work = Some(Work { origin, lists_all });
            }
            (Phase::Dirty, None) => {
                let diff = state.message.diff.clone();
                state.unpushed.push((state.seqno(), diff));
                state.begin();
            }
            (phase, _) => state.phase = phase,
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

fn read_unpushed(reader: &mut Reader<'_>) -> Result<Vec<(i64, Diff)>, DumpError> {
    let mut diffs = Vec::new();
    reader.begin_list()?;
    while reader.next_item()? {
        reader.begin_list()?;
        let mut next = || reader.next_item()?.then_some(()).ok_or(DumpError::Field('u'));
        next()?;
        let seqno = reader.integer()?;
        if !reader.next_item()? {
            return Err(DumpError::Field('u'));
        }
        diffs.push((seqno, Diff::read(reader)?));
        if reader.next_item()? {
            return Err(DumpError::Field('u'));
        }
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
