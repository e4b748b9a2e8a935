//! One config of one device: what it says, whether it is stored, and what must be deleted.
//!
//! A config is *clean* (stored in the swarm, as far as we know), *dirty* (changed here) or
//! *pending* (sealed, but not known to be stored). The first change makes it dirty and gives
//! it its seqno; [`ConfigState::push`] makes it pending; [`ConfigState::confirm_pushed`]
//! makes it clean; [`ConfigState::merge`] takes what others stored.
//!
//! Changes that are not known to be stored are remembered until they are: whenever others
//! stored something, ours are made again on top of what all devices come to. So no merge of
//! others takes them back, however old they are, and none of ours names what we did not change.
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
use super::message::{ConfigMessage, MessageId, Signer};
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

/// Our changes that are not known to be stored, and what they stand on.
///
/// They are kept apart from what is shared: where others went on, ours are made again on top of
/// what every device comes to, so that nobody's merge takes them back.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Own {
    /// What all devices come to without them.
    base: ConfigMessage,
    /// Where a message with some of them was sealed, and changed again since: that message.
    sent: Option<ConfigMessage>,
    /// What each of our messages on top of `base` changed, of those that were sealed. The
    /// values are those of our newest message.
    sealed: Vec<(MessageId, Diff)>,
}

impl Own {
    /// What our newest message began with.
    fn parent(&self) -> &ConfigMessage {
        self.sent.as_ref().unwrap_or(&self.base)
    }
}

/// One config of one device.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigState {
    phase: Phase,
    /// While it is being changed, its diff and its hash are those of the last sealing, or none.
    message: ConfigMessage,
    /// A merge of what others stored that was not changed since has none.
    own: Option<Own>,
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
            own: None,
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

    /// The hash of its message, the same on all devices that agree; `None` while it is being
    /// changed.
    #[must_use]
    pub const fn digest(&self) -> Option<[u8; 32]> {
        if self.is_open() {
            None
        } else {
            Some(self.message.id.hash)
        }
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

    /// Whether the message has no final form yet.
    const fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Dirty) && self.own.is_some()
    }

    /// Begins a new message, if none has begun.
    fn begin(&mut self) {
        self.needs_dump = true;
        if self.is_open() {
            return;
        }
        let next = self.message.next();
        let parent = std::mem::replace(&mut self.message, next);
        match &mut self.own {
            Some(own) => own.sent = Some(parent),
            None => {
                self.own = Some(Own {
                    base: parent,
                    sent: None,
                    sealed: Vec::new(),
                });
            }
        }
        self.phase = Phase::Dirty;
        self.obsolete.append(&mut self.current);
    }

    /// Sets diff and hash of a message that is being changed, and gives its bytes.
    fn seal(&mut self, signer: Option<&Signer<'_>>) -> Vec<u8> {
        if self.is_open() {
            self.message.data.prune();
            self.message.diff = self.open_diff();
        }
        let serialised = self.message.serialise(signer);
        if self.is_open() {
            self.message.id.hash = super::message::hash(&serialised);
        }
        serialised
    }

    /// What was changed in a message that has no final form yet.
    fn open_diff(&self) -> Diff {
        match &self.own {
            Some(own) if self.is_open() => Diff::between(&own.parent().data, &self.message.data),
            _ => Diff::default(),
        }
    }
}

#[cfg(test)]
mod tests;
