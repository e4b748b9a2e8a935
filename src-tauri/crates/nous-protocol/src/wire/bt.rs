//! bt-encoding: integers, byte strings, lists and dicts; one value, one encoding.
//!
//! [`read`] takes canonical bytes only, within [`Limits`]; [`encode`] writes them. So
//! whatever reads at all is written again to the same bytes. [`Reader`] steps through a value
//! without building it, and knows where it stands: for bytes that are signed up to a place.
//!
//! Source: `config.md` §1.

mod reader;
mod writer;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use reader::{Kind, Reader};
pub use writer::encode;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `i…e`
    Integer(i64),
    /// `<length>:<bytes>`
    String(Cow<'a, [u8]>),
    /// `l…e`
    List(Vec<Self>),
    /// `d…e`; keys ascend by unsigned bytes.
    Dict(BTreeMap<Cow<'a, [u8]>, Self>),
}

impl<'a> Value<'a> {
    /// A string that borrows its bytes.
    #[must_use]
    pub const fn string(bytes: &'a [u8]) -> Self {
        Self::String(Cow::Borrowed(bytes))
    }

    /// A string that owns its bytes.
    #[must_use]
    pub const fn owned_string(bytes: Vec<u8>) -> Self {
        Self::String(Cow::Owned(bytes))
    }

    /// A dict of these entries; the last of equal keys counts.
    #[must_use]
    pub fn dict<const N: usize>(entries: [(&'a [u8], Self); N]) -> Self {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (Cow::Borrowed(key), value));
        Self::Dict(entries.collect())
    }

    /// The integer, if it is one.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, if it is a string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if it is a dict.
    #[must_use]
    pub const fn as_dict(&self) -> Option<&BTreeMap<Cow<'a, [u8]>, Self>> {
        match self {
            Self::Dict(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key, if it is a dict that has it.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Self> {
        self.as_dict()?.get(key)
    }

    /// The same value, owning all its bytes.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        let own = |bytes: Cow<'_, [u8]>| Cow::<'static, [u8]>::Owned(bytes.into_owned());
        match self {
            Self::Integer(number) => Value::Integer(number),
            Self::String(bytes) => Value::String(own(bytes)),
            Self::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Self::Dict(entries) => Value::Dict(
                entries
                    .into_iter()
                    .map(|(key, value)| (own(key), value.into_owned()))
                    .collect(),
            ),
        }
    }
}

/// How much a reader takes before it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lists and dicts inside each other.
    pub depth: usize,
    /// Values in all, keys of dicts not counted.
    pub values: usize,
    /// Bytes of one string.
    pub string: usize,
}

impl Default for Limits {
    /// Deeper, longer and larger than anything that the network carries.
    fn default() -> Self {
        Self {
            depth: 32,
            values: 1 << 20,
            string: 16 << 20,
        }
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct BtError {
    /// Bytes before the place.
    pub offset: usize,
    /// What is wrong there.
    pub kind: BtErrorKind,
}

/// What is wrong with bt-encoded bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BtErrorKind {
    /// The bytes end inside a value.
    #[error("unexpected end")]
    End,
    /// A byte that cannot stand there.
    #[error("unexpected byte")]
    Byte,
    /// A number with a leading zero, `-0`, without digits, or too large.
    #[error("bad number")]
    Number,
    /// A key of a dict that is not greater than the one before.
    #[error("keys not in order")]
    Order,
    /// More than one of the [`Limits`] allows.
    #[error("beyond a limit")]
    Limit,
    /// Bytes after the value.
    #[error("bytes after the value")]
    Trailing,
    /// Another type than was asked for.
    #[error("another type")]
    Type,
    /// A list or dict without items where one may not be empty.
    #[error("empty")]
    Empty,
}

/// Reads one value that fills `data`.
///
/// # Errors
/// [`BtError`] for anything that [`encode`] would not have written, and beyond `limits`.
///
/// Source: `config.md` §1.
pub fn read<'a>(data: &'a [u8], limits: &Limits) -> Result<Value<'a>, BtError> {
    let mut reader = Reader::new(data, *limits);
    let value = reader.value()?;
    reader.finish()?;
    Ok(value)
}

#[cfg(test)]
mod tests;
