//! A config as a row of our own, and back.
//!
//! A dict; what other implementations write into theirs stands under the same keys, so theirs
//! load as well:
//!
//! | Key | Value |
//! | --- | --- |
//! | `!` | phase: 0 clean, 1 dirty, 2 pending |
//! | `$` | the message, without a signature |
//! | `(` | current storage hashes |
//! | `)` | obsolete storage hashes |
//! | `*` | parts of messages |
//! | `+` | what is kept beside |
//! | `V` | version of this form, 1 |
//! | `b` | while our changes are not stored: what they stand on, `[message, hash]` |
//! | `h` | the hash of the message, as it was received or made |
//! | `p` | the last of ours that was sealed, if it was changed since: `[message, hash]` |
//! | `s` | the signature of the message, checked |
//! | `u` | what ours changed that were sealed: list of `[seqno, hash, diff]` |
//!
//! Source: `config.md` §8.

mod load;

use std::collections::BTreeSet;

use super::{ConfigState, Phase};
use crate::config::data::{write_integer, write_string};
use crate::config::message::{ConfigMessage, MessageError};
use crate::config::parts::{PartSet, PartSets};
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::wire::bt::BtError;

/// The version of the form that is written.
const VERSION: i64 = 1;

/// Why a row is no config.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DumpError {
    /// The encoding is broken.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// The message in it is broken.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Something is missing or has another form; holds its key.
    #[error("`{0}` is missing or wrong")]
    Field(char),
    /// A newer version wrote it.
    #[error("version {0}")]
    Version(i64),
}

impl HasKind for DumpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Version(_) => ErrorKind::NewerVersion,
            Self::Encoding(_) | Self::Message(_) | Self::Field(_) => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for DumpError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

const fn number_of(phase: Phase) -> i64 {
    match phase {
        Phase::Clean => 0,
        Phase::Dirty => 1,
        Phase::Pending => 2,
    }
}

impl ConfigState {
    /// Everything that must be kept, as one row.
    ///
    /// Source: `config.md` §8.
    pub fn dump(&mut self) -> Vec<u8> {
        self.seal(None);
        let signature = self.message.signature.take();
        let message = self.message.serialise(None);
        self.message.signature = signature;
        let mut out = b"d1:!".to_vec();
        write_integer(number_of(self.phase), &mut out);
        key(b"$", &mut out);
        write_string(&message, &mut out);
        key(b"(", &mut out);
        write_hashes(&self.current, &mut out);
        key(b")", &mut out);
        write_hashes(&self.obsolete, &mut out);
        key(b"*", &mut out);
        write_parts(&self.parts, &mut out);
        key(b"+", &mut out);
        self.local.write(&mut out);
        key(b"V", &mut out);
        write_integer(VERSION, &mut out);
        if let Some(own) = &self.own {
            key(b"b", &mut out);
            write_whole(&own.base, &mut out);
        }
        key(b"h", &mut out);
        write_string(&self.message.id.hash, &mut out);
        self.write_changes(&mut out);
        out.push(b'e');
        self.needs_dump = false;
        out
    }

    /// What was changed here, and the signature between in its place.
    fn write_changes(&self, out: &mut Vec<u8>) {
        if let Some(sent) = self.own.as_ref().and_then(|own| own.sent.as_ref()) {
            key(b"p", out);
            write_whole(sent, out);
        }
        if let Some(signature) = &self.message.signature {
            key(b"s", out);
            write_string(signature, out);
        }
        let Some(own) = &self.own else {
            return;
        };
        key(b"u", out);
        out.push(b'l');
        for (id, diff) in &own.sealed {
            out.push(b'l');
            write_integer(id.seqno, out);
            write_string(&id.hash, out);
            out.extend_from_slice(diff.as_bytes());
            out.push(b'e');
        }
        out.push(b'e');
    }
}

/// A message and its hash.
fn write_whole(message: &ConfigMessage, out: &mut Vec<u8>) {
    out.push(b'l');
    write_string(&message.serialise(None), out);
    write_string(&message.id.hash, out);
    out.push(b'e');
}

fn key(name: &[u8], out: &mut Vec<u8>) {
    write_string(name, out);
}

fn write_hashes(hashes: &BTreeSet<String>, out: &mut Vec<u8>) {
    out.push(b'l');
    for hash in hashes {
        write_string(hash.as_bytes(), out);
    }
    out.push(b'e');
}

/// By the hash of the whole: `#` number of parts, 0 if complete; `T` expiry in ms; `p` the
/// parts, each `#` index, `M` storage hash, `d` bytes.
fn write_parts(sets: &PartSets, out: &mut Vec<u8>) {
    out.push(b'd');
    for (whole, set) in &sets.0 {
        write_string(whole, out);
        let (count, expiry, parts) = match set {
            PartSet::Done { expiry } => (0, expiry, None),
            PartSet::Waiting { count, parts, expiry } => (i64::from(*count), expiry, Some(parts)),
        };
        out.extend_from_slice(b"d1:#");
        write_integer(count, out);
        key(b"T", out);
        write_integer(expiry.as_ms(), out);
        if let Some(parts) = parts {
            out.extend_from_slice(b"1:pl");
            for (index, (hash, chunk)) in parts {
                out.extend_from_slice(b"d1:#");
                write_integer(i64::from(*index), out);
                key(b"M", out);
                write_string(hash.as_bytes(), out);
                key(b"d", out);
                write_string(chunk, out);
                out.push(b'e');
            }
            out.push(b'e');
        }
        out.push(b'e');
    }
    out.push(b'e');
}
