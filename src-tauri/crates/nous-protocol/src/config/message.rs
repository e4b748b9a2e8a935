//! One config message: its number, its data, and what changed in it and shortly before.
//!
//! Source: `config.md` §2.

mod parse;

pub use parse::MessageError;

use std::collections::BTreeMap;
use std::fmt;

use super::bytes::Bytes;
use super::data::{Dict, write_integer, write_string};
use super::diff::Diff;
use crate::hash::blake2b_32;

/// A message carries the diffs of the messages with seqnos above its own minus this.
pub const LAG: i64 = 5;

/// The greatest seqno that is read from others: there is room above it for our own.
pub const MAX_SEQNO: i64 = 1 << 62;

/// What names a message: its seqno, and the hash of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageId {
    /// Its number.
    pub seqno: i64,
    /// BLAKE2b-32 over its whole serialisation.
    pub hash: [u8; 32],
}

/// Who vouches for a message, where somebody must: an account's own configs need nobody, the
/// encryption is enough.
#[derive(Clone, Copy)]
pub enum Authority<'a> {
    /// Nobody: the configs of an account.
    None,
    /// Signatures are checked; we cannot make them.
    Verify(&'a Verifier<'a>),
    /// Signatures are checked and made.
    Sign(&'a Verifier<'a>, &'a Signer<'a>),
}

/// Whether a signature over a text holds.
pub type Verifier<'a> = dyn Fn(&[u8], &[u8; 64]) -> bool + 'a;

/// Signs a text.
pub type Signer<'a> = dyn Fn(&[u8]) -> [u8; 64] + 'a;

impl<'a> Authority<'a> {
    /// What checks signatures.
    #[must_use]
    pub const fn verifier(&self) -> Option<&'a Verifier<'a>> {
        match self {
            Self::None => None,
            Self::Verify(verifier) | Self::Sign(verifier, _) => Some(*verifier),
        }
    }

    /// What makes signatures.
    #[must_use]
    pub const fn signer(&self) -> Option<&'a Signer<'a>> {
        match self {
            Self::None | Self::Verify(_) => None,
            Self::Sign(_, signer) => Some(*signer),
        }
    }

    /// Whether changes can be published.
    #[must_use]
    pub const fn can_write(&self) -> bool {
        !matches!(self, Self::Verify(_))
    }
}

/// What a signature in a message that is read is worth.
#[derive(Clone, Copy)]
pub(super) enum Trust<'a> {
    /// It counts if it holds, and must be there.
    Check(&'a Verifier<'a>),
    /// It was checked before.
    Known,
    /// Nobody knows: it is not kept.
    Ignore,
}

/// A config message.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigMessage {
    /// Its seqno, and its hash as it was received or made.
    pub(super) id: MessageId,
    /// Keys of the outermost dict that we do not know, with their values as they stand.
    pub(super) unknown: BTreeMap<Bytes, Vec<u8>>,
    /// What it says.
    pub(super) data: Dict,
    /// What changed in the messages before.
    pub(super) lags: BTreeMap<MessageId, Diff>,
    /// What changed in this one.
    pub(super) diff: Diff,
    /// A signature over exactly this message that was checked.
    pub(super) signature: Option<[u8; 64]>,
}

/// Shows nothing that names a person.
impl fmt::Debug for ConfigMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigMessage")
            .field("seqno", &self.id.seqno)
            .finish_non_exhaustive()
    }
}

impl Default for ConfigMessage {
    /// The empty config, seqno 0, parent of every first message.
    fn default() -> Self {
        let mut empty = Self::unsealed(0, Dict::new());
        empty.id.hash = hash(&empty.serialise(None));
        empty
    }
}

/// The hash of a serialised message.
pub(super) fn hash(serialised: &[u8]) -> [u8; 32] {
    blake2b_32(&[], &[], &[serialised])
}

impl ConfigMessage {
    /// A message of this data whose hash is not known yet.
    pub(super) fn unsealed(seqno: i64, data: Dict) -> Self {
        let id = MessageId { seqno, hash: [0; 32] };
        Self {
            id,
            unknown: BTreeMap::new(),
            data,
            lags: BTreeMap::new(),
            diff: Diff::default(),
            signature: None,
        }
    }

    /// What names it.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }

    /// What it says.
    #[must_use]
    pub const fn data(&self) -> &Dict {
        &self.data
    }

    /// Whether it is the empty config.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.seqno == 0 && self.data.is_empty()
    }

    /// The message that begins with the data of this one: a seqno more, and what changed in
    /// this one among its lags. Its own diff and hash come later.
    ///
    /// Source: `config.md` §3.
    #[must_use]
    pub(super) fn next(&self) -> Self {
        let mut next = Self::unsealed(self.id.seqno.saturating_add(1), self.data.clone());
        next.unknown.clone_from(&self.unknown);
        next.lags.clone_from(&self.lags);
        next.lags.insert(self.id, self.diff.clone());
        next.drop_lags();
        next
    }

    /// Leaves only the lags that are written: the few seqnos before this one.
    pub(super) fn drop_lags(&mut self) {
        let seqno = self.id.seqno;
        self.lags
            .retain(|id, _| seqno.saturating_sub(LAG) < id.seqno && id.seqno < seqno);
    }

    /// The bytes: with the signature that was checked, else with one of `signer`.
    ///
    /// Source: `config.md` §2.
    #[must_use]
    pub fn serialise(&self, signer: Option<&Signer<'_>>) -> Vec<u8> {
        let mut out = b"d1:#".to_vec();
        write_integer(self.id.seqno, &mut out);
        self.write_unknown(None, b"&", &mut out);
        out.extend_from_slice(b"1:&");
        self.data.write(&mut out);
        self.write_unknown(Some(b"&"), b"<", &mut out);
        out.extend_from_slice(b"1:<l");
        for (id, diff) in &self.lags {
            out.push(b'l');
            write_integer(id.seqno, &mut out);
            write_string(&id.hash, &mut out);
            out.extend_from_slice(diff.as_bytes());
            out.push(b'e');
        }
        out.push(b'e');
        self.write_unknown(Some(b"<"), b"=", &mut out);
        out.extend_from_slice(b"1:=");
        out.extend_from_slice(self.diff.as_bytes());
        self.write_unknown(Some(b"="), b"~", &mut out);
        if let Some(signature) = self.signature.or_else(|| signer.map(|sign| sign(&out))) {
            out.extend_from_slice(b"1:~64:");
            out.extend_from_slice(&signature);
        }
        out.push(b'e');
        out
    }

    /// The unknown keys between two known ones.
    fn write_unknown(&self, after: Option<&[u8]>, before: &[u8], out: &mut Vec<u8>) {
        for (key, value) in &self.unknown {
            if after.is_none_or(|after| after < key.as_slice()) && key.as_slice() < before {
                write_string(key, out);
                out.extend_from_slice(value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
