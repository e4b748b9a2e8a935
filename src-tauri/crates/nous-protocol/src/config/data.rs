//! The data of a config message: integers, strings, sets and dicts.
//!
//! Whatever reads is written again to the same bytes: keys and entries that nobody knows
//! included.
//!
//! Source: `config.md` §1.

mod dict;
mod path;

pub use path::Path;

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::Bytes;
use crate::wire::bt::{BtError, BtErrorKind, Kind, Reader};

/// Dicts inside each other, the outermost included. Diffs and lists of diffs go a little
/// deeper than the data that they describe.
pub const MAX_DEPTH: usize = 32;

/// An integer or a string; integers come first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    /// `i…e`
    Integer(i64),
    /// `<length>:<bytes>`
    String(Bytes),
}

/// What stands under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// An integer or a string.
    Scalar(Scalar),
    /// Integers and strings, each once.
    Set(BTreeSet<Scalar>),
    /// Entries under keys of their own.
    Dict(Dict),
}

/// A dict of config data; keys ascend by unsigned bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dict(BTreeMap<Bytes, Entry>);

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&[u8]> for Scalar {
    fn from(bytes: &[u8]) -> Self {
        Self::String(Bytes::from(bytes))
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::String(Bytes::from(text))
    }
}

impl Scalar {
    /// Reads an integer or a string.
    ///
    /// # Errors
    /// [`BtError`] if another type stands next.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BtError> {
        match reader.kind() {
            Kind::Integer => reader.integer().map(Self::Integer),
            Kind::String => reader.string().map(Self::from),
            Kind::List | Kind::Dict | Kind::End => Err(error(reader, BtErrorKind::Type)),
        }
    }

    /// Appends the encoding.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Integer(number) => write_integer(*number, out),
            Self::String(bytes) => write_string(bytes, out),
        }
    }
}

/// Reads a list of scalars, ascending, no duplicate.
pub(super) fn read_scalars(reader: &mut Reader<'_>) -> Result<BTreeSet<Scalar>, BtError> {
    let mut scalars = BTreeSet::new();
    reader.begin_list()?;
    while reader.next_item()? {
        let place = error(reader, BtErrorKind::Order);
        let scalar = Scalar::read(reader)?;
        if scalars.last().is_some_and(|last| *last >= scalar) {
            return Err(place);
        }
        scalars.insert(scalar);
    }
    Ok(scalars)
}

/// Appends a list of scalars.
pub(super) fn write_scalars<'a>(scalars: impl IntoIterator<Item = &'a Scalar>, out: &mut Vec<u8>) {
    out.push(b'l');
    for scalar in scalars {
        scalar.write(out);
    }
    out.push(b'e');
}

/// Appends an integer.
pub(crate) fn write_integer(number: i64, out: &mut Vec<u8>) {
    out.push(b'i');
    if number < 0 {
        out.push(b'-');
    }
    write_digits(number.unsigned_abs(), out);
    out.push(b'e');
}

/// Appends a string.
pub(crate) fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    write_digits(u64::try_from(bytes.len()).unwrap_or(u64::MAX), out);
    out.push(b':');
    out.extend_from_slice(bytes);
}

fn write_digits(number: u64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut rest = number;
    let mut count = 0_usize;
    for place in digits.iter_mut().rev() {
        *place = b'0'.saturating_add(u8::try_from(rest.checked_rem(10).unwrap_or(0)).unwrap_or(0));
        rest = rest.checked_div(10).unwrap_or(0);
        count = count.saturating_add(1);
        if rest == 0 {
            break;
        }
    }
    let start = digits.len().saturating_sub(count);
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// An error at the place where the reader stands.
pub(super) const fn error(reader: &Reader<'_>, kind: BtErrorKind) -> BtError {
    BtError {
        offset: reader.offset(),
        kind,
    }
}

#[cfg(test)]
mod tests;
