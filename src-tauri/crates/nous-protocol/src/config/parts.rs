//! Messages too large for one stored message: split into parts, and joined again.
//!
//! Source: `config.md` §6.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::crypto::OVERHEAD;
use super::data::write_string;
use crate::hash::blake2b_32;
use crate::time::Timestamp;
use crate::wire::bt::{BtError, Limits, Reader};

/// The most bytes that a node stores as one message.
pub const MAX_STORED: usize = 76_800;

/// The bytes of a message in each part but the last.
pub const CHUNK: usize = 76_710;

/// The most bytes of a message that is split, compressed and padded.
pub const MAX_OUTGOING: usize = 5_000_000;

/// The most bytes of a message that is joined.
pub const MAX_INCOMING: usize = 8 << 20;

/// The most bytes of all incomplete messages together.
const MAX_WAITING: usize = 16 << 20;

/// How long the first parts wait for the others.
pub const WAIT: Duration = Duration::from_secs(7 * 86_400);

/// How long a message that was joined is remembered.
pub const REMEMBER: Duration = Duration::from_secs(15 * 86_400);

/// Why a part is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// No list of four strings of the right sizes.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// A hash, an index or a count of another length, fewer than two parts, an index beyond
    /// the count, or an empty chunk.
    #[error("a field out of bounds")]
    Field,
    /// Another number of parts than another part of the same message says.
    #[error("the parts do not agree on their number")]
    Count,
    /// More than [`MAX_INCOMING`] bytes.
    #[error("too large")]
    TooLarge,
    /// The joined parts are not the message they should be.
    #[error("the joined parts have another hash")]
    Hash,
}

/// One part, as it stands in its encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'a> {
    /// The hash of the whole message.
    pub whole: [u8; 32],
    /// Its place, from 0.
    pub index: u8,
    /// How many parts there are, at least 2.
    pub count: u8,
    /// The bytes.
    pub chunk: &'a [u8],
}

impl<'a> Part<'a> {
    /// Reads a part: `m` and a list of four strings.
    ///
    /// # Errors
    /// [`PartError`] for anything else.
    ///
    /// Source: `config.md` §6.
    pub fn read(bytes: &'a [u8]) -> Result<Self, PartError> {
        let list = bytes.strip_prefix(b"m").ok_or(PartError::Field)?;
        let mut reader = Reader::new(list, Limits::default());
        reader.begin_list()?;
        let whole = reader.string()?.try_into().map_err(|_| PartError::Field)?;
        let (&[index], &[count]) = (reader.string()?, reader.string()?) else {
            return Err(PartError::Field);
        };
        let chunk = reader.string()?;
        if reader.next_item()? || count < 2 || index >= count || chunk.is_empty() {
            return Err(PartError::Field);
        }
        reader.finish()?;
        Ok(Self {
            whole,
            index,
            count,
            chunk,
        })
    }

    /// The bytes of a part.
    ///
    /// Source: `config.md` §6.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.chunk.len().saturating_add(50));
        out.extend_from_slice(b"ml");
        write_string(&self.whole, &mut out);
        write_string(&[self.index], &mut out);
        write_string(&[self.count], &mut out);
        write_string(self.chunk, &mut out);
        out.push(b'e');
        out
    }
}

/// The hash that names a message among the parts.
pub(super) fn whole_hash(message: &[u8]) -> [u8; 32] {
    blake2b_32(&[], &[], &[message])
}

/// Splits a compressed and padded message into parts, ready to be encrypted; `None` if it
/// fits into one stored message, or is larger than [`MAX_OUTGOING`].
///
/// Source: `config.md` §6.
#[must_use]
pub fn split(message: &[u8]) -> Option<Vec<Vec<u8>>> {
    if message.len().saturating_add(OVERHEAD) <= MAX_STORED || message.len() > MAX_OUTGOING {
        return None;
    }
    let whole = whole_hash(message);
    let count = u8::try_from(message.len().div_ceil(CHUNK)).ok()?;
    let parts = message.chunks(CHUNK).zip(0_u8..).map(|(chunk, index)| {
        let part = Part {
            whole,
            index,
            count,
            chunk,
        };
        part.write()
    });
    Some(parts.collect())
}

/// Parts of messages, by the hash of the whole.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PartSets(pub(super) BTreeMap<[u8; 32], PartSet>);

/// Shows nothing that names a person.
impl fmt::Debug for PartSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartSets")
            .field("sets", &self.0.len())
            .finish_non_exhaustive()
    }
}

/// What is there of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartSet {
    /// Some parts.
    Waiting {
        /// How many there will be.
        count: u8,
        /// Those that are there, by their index: storage hash and bytes.
        parts: BTreeMap<u8, (String, Vec<u8>)>,
        /// When they are given up.
        expiry: Timestamp,
    },
    /// It was complete, or is ours.
    Done {
        /// When it is forgotten.
        expiry: Timestamp,
    },
}

impl PartSet {
    const fn expiry(&self) -> Timestamp {
        match self {
            Self::Waiting { expiry, .. } | Self::Done { expiry } => *expiry,
        }
    }
}

/// What came of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Others are missing.
    Waiting,
    /// It was there before, or its message was complete before.
    Repeated,
    /// It was the last one.
    Complete {
        /// The storage hashes of all parts, by index.
        hashes: Vec<String>,
        /// The message, compressed and padded.
        message: Vec<u8>,
    },
}

impl PartSets {
    /// Takes a part that is stored under `storage_hash`.
    ///
    /// # Errors
    /// [`PartError`] if it does not fit to the others. Where the joined message has another
    /// hash, all its parts are dropped.
    ///
    /// Source: `config.md` §6.
    pub fn add(&mut self, part: &Part<'_>, storage_hash: &str, now: Timestamp) -> Result<Joined, PartError> {
        let set = self.0.entry(part.whole).or_insert_with(|| PartSet::Waiting {
            count: part.count,
            parts: BTreeMap::new(),
            expiry: now.later(WAIT),
        });
        let PartSet::Waiting { count, parts, expiry } = set else {
            return Ok(Joined::Repeated);
        };
        if *count != part.count {
            return Err(PartError::Count);
        }
        if parts.contains_key(&part.index) {
            return Ok(Joined::Repeated);
        }
        let size = parts.values().map(|(_, chunk)| chunk.len()).sum::<usize>();
        if size.saturating_add(part.chunk.len()) > MAX_INCOMING {
            return Err(PartError::TooLarge);
        }
        parts.insert(part.index, (storage_hash.to_owned(), part.chunk.to_vec()));
        *expiry = now.later(WAIT);
        if parts.len() < usize::from(*count) {
            self.make_room(&part.whole);
            return Ok(Joined::Waiting);
        }
        let (hashes, chunks): (Vec<String>, Vec<Vec<u8>>) = std::mem::take(parts).into_values().unzip();
        let message = chunks.concat();
        if whole_hash(&message) != part.whole {
            self.0.remove(&part.whole);
            return Err(PartError::Hash);
        }
        self.finish(part.whole, now);
        Ok(Joined::Complete { hashes, message })
    }

    /// Gives up the oldest incomplete messages but `kept` where they hold too much together: in
    /// a group, any member can send parts of nothing.
    fn make_room(&mut self, kept: &[u8; 32]) {
        let held = |set: &PartSet| match set {
            PartSet::Waiting { parts, .. } => parts.values().map(|(_, chunk)| chunk.len()).sum::<usize>(),
            PartSet::Done { .. } => 0,
        };
        while self.0.values().map(held).sum::<usize>() > MAX_WAITING {
            let others = self
                .0
                .iter()
                .filter(|(whole, set)| *whole != kept && held(set) > 0);
            let Some(oldest) = others
                .min_by_key(|(_, set)| set.expiry())
                .map(|(whole, _)| *whole)
            else {
                return;
            };
            self.0.remove(&oldest);
        }
    }

    /// Remembers a message as complete: its parts are not waited for.
    pub(super) fn finish(&mut self, whole: [u8; 32], now: Timestamp) {
        let done = PartSet::Done {
            expiry: now.later(REMEMBER),
        };
        self.0.insert(whole, done);
    }

    /// Gives up and forgets what is too old; whether there was any.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.0.len();
        self.0.retain(|_, set| set.expiry() >= now);
        self.0.len() < before
    }

    /// The storage hashes of parts that wait for others.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|set| {
            let parts = match set {
                PartSet::Waiting { parts, .. } => Some(parts),
                PartSet::Done { .. } => None,
            };
            parts
                .into_iter()
                .flat_map(BTreeMap::values)
                .map(|(hash, _)| hash.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_767_225_600_000);

    fn message(size: usize) -> Vec<u8> {
        (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    #[test]
    fn all_parts_but_the_last_fill_a_stored_message() {
        let message = message(200_000);
        let parts = split(&message).unwrap();
        let sizes: Vec<usize> = parts.iter().map(|part| part.len() + OVERHEAD).collect();
        assert_eq!(
            sizes,
            [MAX_STORED, MAX_STORED, 200_000 - 2 * CHUNK + 50 + OVERHEAD]
        );
        assert!(parts[0].starts_with(b"ml32:"));
        assert_eq!(parts[1][37..43], *b"1:\x011:\x03");
    }

    #[test]
    fn what_fits_or_is_far_too_large_is_not_split() {
        assert!(split(&message(MAX_STORED - OVERHEAD)).is_none());
        assert!(split(&message(MAX_STORED - OVERHEAD + 1)).is_some());
        assert_eq!(split(&message(MAX_OUTGOING)).unwrap().len(), 66);
        assert!(split(&message(MAX_OUTGOING + 1)).is_none());
    }

    #[test]
    fn incomplete_messages_hold_only_so_much_together_and_the_oldest_go() {
        let mut sets = PartSets::default();
        let chunk = vec![7; CHUNK];
        for turn in 0..400_u16 {
            let mut whole = [0; 32];
            whole[..2].copy_from_slice(&turn.to_be_bytes());
            let part = Part {
                whole,
                index: 0,
                count: 2,
                chunk: &chunk,
            };
            let now = NOW.later(Duration::from_secs(turn.into()));
            assert_eq!(sets.add(&part, &turn.to_string(), now), Ok(Joined::Waiting));
        }
        let waiting: Vec<&str> = sets.waiting().collect();
        assert!(
            waiting.len() * CHUNK <= MAX_WAITING && waiting.contains(&"399"),
            "{}",
            waiting.len()
        );
        assert!(!waiting.contains(&"0"));
    }

    #[test]
    fn parts_in_any_order_and_repeated_join_once() {
        let whole = message(200_000);
        let parts = split(&whole).unwrap();
        let mut sets = PartSets::default();
        let mut add = |index: usize| {
            let part = Part::read(&parts[index]).unwrap();
            sets.add(&part, &format!("h{index}"), NOW).unwrap()
        };
        assert_eq!(
            [add(2), add(0), add(2)],
            [Joined::Waiting, Joined::Waiting, Joined::Repeated]
        );
        let hashes = ["h0", "h1", "h2"].map(str::to_owned).to_vec();
        assert_eq!(
            add(1),
            Joined::Complete {
                hashes,
                message: whole.clone()
            }
        );
        assert_eq!(add(1), Joined::Repeated);
        assert_eq!(sets.waiting().count(), 0);
    }

    #[test]
    fn waiting_parts_are_given_up_and_complete_ones_forgotten() {
        let parts = split(&message(100_000)).unwrap();
        let mut sets = PartSets::default();
        sets.add(&Part::read(&parts[0]).unwrap(), "h", NOW).unwrap();
        assert_eq!(sets.waiting().collect::<Vec<_>>(), ["h"]);
        assert!(!sets.expire(NOW + WAIT));
        assert!(sets.expire(NOW + WAIT + Duration::from_millis(1)));
        sets.finish([1; 32], NOW);
        assert!(!sets.expire(NOW + REMEMBER));
        assert!(sets.expire(NOW + REMEMBER + Duration::from_millis(1)));
    }

    #[test]
    fn parts_that_do_not_fit_together_are_refused() {
        let part = |index, count| Part {
            whole: [7; 32],
            index,
            count,
            chunk: b"x",
        };
        let mut sets = PartSets::default();
        sets.add(&part(0, 2), "h", NOW).unwrap();
        assert_eq!(sets.add(&part(1, 3), "h", NOW), Err(PartError::Count));
        assert_eq!(sets.add(&part(1, 2), "h", NOW), Err(PartError::Hash));
        assert_eq!(sets, PartSets::default());
    }

    #[test]
    fn fields_out_of_bounds_are_refused() {
        let hash = "32:".to_owned() + &"x".repeat(32);
        let cases = [
            format!("ml{hash}1:\u{2}1:\u{2}1:ce"),
            format!("ml{hash}1:\u{0}1:\u{1}1:ce"),
            format!("ml{hash}1:\u{0}1:\u{2}0:e"),
            format!("ml{hash}1:\u{0}1:\u{2}1:c1:xe"),
            format!("ml{hash}1:\u{0}1:\u{2}1:ce0:"),
            format!("ml{hash}i0e1:\u{2}1:ce"),
            format!("ml{hash}2:\u{0}\u{0}1:\u{2}1:ce"),
            "ml1:x1:\u{0}1:\u{2}1:ce".to_owned(),
            "mle".to_owned(),
            "m".to_owned(),
        ];
        for case in cases {
            assert!(Part::read(case.as_bytes()).is_err(), "{case}");
        }
        assert!(Part::read(format!("ml{hash}1:\u{0}1:\u{2}1:ce").as_bytes()).is_ok());
    }
}
