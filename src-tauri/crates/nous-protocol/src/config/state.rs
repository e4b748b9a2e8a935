//! One config of one device: what it says, whether it is stored, and what must be deleted.
//!
//! A config is *clean* (stored in the swarm, as far as we know), *dirty* (changed here) or
//! *pending* (sealed, but not known to be stored). The first change makes it dirty and gives
//! it its seqno; [`ConfigState::push`] makes it pending; [`ConfigState::confirm_pushed`]
//! makes it clean; [`ConfigState::merge`] takes what others stored.
//!
//! A change that was not confirmed is remembered until it is: where others are so far ahead
//! that our message counts no more, it is made again on top of theirs.
//!
//! Source: `config.md` §3, §4, §7 and §8.

mod dump;
mod edit;
mod merging;
mod pushing;

use std::collections::BTreeSet;
use std::fmt;

use super::data::Dict;
use super::diff::Diff;
use super::message::{ConfigMessage, Signer};
use super::parts::PartSets;

pub use dump::DumpError;
pub use edit::{Editor, ReadOnly};
pub use merging::{MergeOutcome, OpenError};
pub use pushing::PendingPush;

/// Whether a config is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Stored as far as we know, or empty.
    Clean,
    /// Changed, not sealed.
    Dirty,
    /// Sealed and not changed since; not known to be stored.
    Pending,
}

/// What a message that is being changed began with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Work {
    /// The data before our own changes.
    origin: Dict,
    /// Whether the message names all of its data as changed: it came of a merge, while we
    /// had not changed anything.
    lists_all: bool,
}

/// One config of one device.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigState {
    phase: Phase,
    /// While dirty, its diff and its hash are those of the last sealing, or none.
    message: ConfigMessage,
    /// Only while dirty.
    work: Option<Work>,
    /// Our changes that are not known to be stored, but for those in `work`, by the seqno of
    /// the message they are in. The values are those of `message`.
    unpushed: Vec<(i64, Diff)>,
    /// The storage hashes of `message`, while clean.
    current: BTreeSet<String>,
    /// The storage hashes of what is superseded, until they are deleted.
    obsolete: BTreeSet<String>,
    parts: PartSets,
    /// What a kind of config keeps beside, on this device only.
    local: Dict,
    needs_dump: bool,
}

/// Shows nothing that names a person.
impl fmt::Debug for ConfigState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigState")
            .field("phase", &self.phase)
            .field("seqno", &self.message.id.seqno)
            .finish_non_exhaustive()
    }
}

impl Default for ConfigState {
    fn default() -> Self {
        Self::new()
    }
}

impl ConfigState {
    /// The empty config, clean.
    #[must_use]
    pub fn new() -> Self {
        Self {
            phase: Phase::Clean,
            message: ConfigMessage::default(),
            work: None,
            unpushed: Vec::new(),
            current: BTreeSet::new(),
            obsolete: BTreeSet::new(),
            parts: PartSets::default(),
            local: Dict::new(),
            needs_dump: false,
        }
    }

    /// Whether it is stored.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The seqno of what it says.
    #[must_use]
    pub const fn seqno(&self) -> i64 {
        self.message.id.seqno
    }

    /// What it says.
    #[must_use]
    pub const fn data(&self) -> &Dict {
        &self.message.data
    }

    /// What it keeps beside, on this device only.
    #[must_use]
    pub(super) const fn local(&self) -> &Dict {
        &self.local
    }

    /// Whether something here is not known to be stored.
    #[must_use]
    pub const fn needs_push(&self) -> bool {
        !matches!(self.phase, Phase::Clean)
    }

    /// Whether something changed since the last [`ConfigState::dump`].
    #[must_use]
    pub const fn needs_dump(&self) -> bool {
        self.needs_dump
    }

    /// The storage hashes of what it says, if it is stored.
    #[must_use]
    pub const fn current_hashes(&self) -> &BTreeSet<String> {
        &self.current
    }

    /// The storage hashes whose life must be extended: the current ones, and parts that wait
    /// for others.
    ///
    /// Source: `config.md` §6 and §16.
    #[must_use]
    pub fn active_hashes(&self) -> BTreeSet<String> {
        let waiting = self.parts.waiting().map(str::to_owned);
        self.current.iter().cloned().chain(waiting).collect()
    }

    /// The storage hashes of what is superseded and not known to be deleted.
    #[must_use]
    pub const fn obsolete_hashes(&self) -> &BTreeSet<String> {
        &self.obsolete
    }

    /// Begins a new message, if none has begun.
    fn begin(&mut self) {
        self.needs_dump = true;
        if self.work.is_some() {
            return;
        }
        let next = self.message.next();
        let parent = std::mem::replace(&mut self.message, next);
        self.work = Some(Work {
            origin: parent.data,
            lists_all: false,
        });
        self.phase = Phase::Dirty;
        self.obsolete.append(&mut self.current);
    }

    /// The diff of our changes since the last message or merge.
    fn own_diff(&self) -> Diff {
        match &self.work {
            Some(work) => Diff::between(&work.origin, &self.message.data),
            None => Diff::default(),
        }
    }

    /// Sets diff and hash of a message that is being changed, and gives its bytes.
    fn seal(&mut self, signer: Option<&Signer<'_>>) -> Vec<u8> {
        if let Some(work) = &self.work {
            self.message.data.prune();
            let nothing = Dict::new();
            let origin = if work.lists_all { &nothing } else { &work.origin };
            self.message.diff = Diff::between(origin, &self.message.data);
        }
        let serialised = self.message.serialise(signer);
        if self.work.is_some() {
            self.message.id.hash = super::message::hash(&serialised);
        }
        serialised
    }
}

#[cfg(test)]
mod tests;
