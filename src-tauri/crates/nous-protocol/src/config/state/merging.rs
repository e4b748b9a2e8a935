//! Taking what other devices stored.

use std::collections::BTreeSet;

use super::{ConfigState, Phase, Work};
use crate::config::crypto::{self, CryptoError};
use crate::config::data::Dict;
use crate::config::form::{Form, inflate};
use crate::config::merge::{Resolution, is_too_old, resolve};
use crate::config::message::{ConfigMessage, MessageError};
use crate::config::parts::{Joined, Part, PartError};
use crate::config::sealing::ConfigKeys;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;

/// Our changes may stand in the lags of a merged message, if they are of at most so many
/// seqnos before it: they must outlive the merges that follow until everybody has them.
const NAMED_FOR: i64 = 2;

/// Why a stored message was left out. It stays in the swarm: perhaps a newer version reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It does not open.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// Empty, damaged, too large, or of a form that we do not know.
    #[error("of no known form")]
    Form,
    /// It is no part of a message.
    #[error(transparent)]
    Part(#[from] PartError),
    /// It is no message.
    #[error(transparent)]
    Message(#[from] MessageError),
}

impl HasKind for OpenError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Message(error) => error.kind(),
            Self::Crypto(_) | Self::Form | Self::Part(_) => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for OpenError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergeOutcome {
    /// Whether the config says something else now.
    pub changed: bool,
    /// The storage hashes of the messages and parts that were understood.
    pub accepted: Vec<String>,
    /// Those that were not.
    pub rejected: Vec<(String, OpenError)>,
}

/// A message that was understood, and where it is stored: in several parts perhaps.
struct Incoming {
    message: ConfigMessage,
    hashes: BTreeSet<String>,
}

impl ConfigState {
    /// Takes stored messages, each with its storage hash; their order does not matter. All
    /// that one poll brings belongs into one call.
    ///
    /// Source: `config.md` §4 and §6.
    pub fn merge<'m>(
        &mut self,
        stored: impl IntoIterator<Item = (&'m str, &'m [u8])>,
        keys: &ConfigKeys<'_>,
        now: Timestamp,
    ) -> MergeOutcome {
        let mut outcome = MergeOutcome::default();
        let mut incoming = Vec::new();
        for (hash, bytes) in stored {
            match self.open(hash, bytes, keys, now) {
                Ok(opened) => {
                    outcome.accepted.push(hash.to_owned());
                    incoming.extend(opened);
                }
                Err(error) => outcome.rejected.push((hash.to_owned(), error)),
            }
        }
        self.needs_dump |= self.parts.expire(now);
        if !incoming.is_empty() {
            outcome.changed = self.take(incoming, keys);
        }
        outcome
    }

    /// Opens one stored message; `None` for a part while others are missing.
    fn open(
        &mut self,
        hash: &str,
        stored: &[u8],
        keys: &ConfigKeys<'_>,
        now: Timestamp,
    ) -> Result<Option<Incoming>, OpenError> {
        let plain = keys.open(stored)?;
        let mut hashes = BTreeSet::from([hash.to_owned()]);
        let body = match Form::of(&plain).ok_or(OpenError::Form)? {
            Form::Plain | Form::Compressed => plain,
            Form::Part => {
                let joined = self.parts.add(&Part::read(&plain)?, hash, now)?;
                self.needs_dump |= joined != Joined::Repeated;
                let Joined::Complete { hashes: all, message } = joined else {
                    return Ok(None);
                };
                hashes = all.into_iter().collect();
                crypto::unpad(&message).to_vec()
            }
        };
        let serialised = inflate(body).ok_or(OpenError::Form)?;
        let message = ConfigMessage::parse(&serialised, keys.authority().verifier())?;
        Ok(Some(Incoming { message, hashes }))
    }

    /// Resolves what came in with what we have; whether the data changed.
    fn take(&mut self, incoming: Vec<Incoming>, keys: &ConfigKeys<'_>) -> bool {
        if self.work.is_some() {
            self.seal(keys.authority().signer());
        }
        let is_untouched = self.seqno() == 0 && self.phase == Phase::Clean;
        let first = usize::from(!is_untouched);
        let ours = (!is_untouched).then_some(&self.message);
        let messages: Vec<&ConfigMessage> = ours
            .into_iter()
            .chain(incoming.iter().map(|one| &one.message))
            .collect();
        let Some(resolution) = resolve(&messages, keys.authority().can_write()) else {
            return false;
        };
        let is_unseen = self.is_left_behind(&incoming);
        let is_seen = self.is_seen(&incoming);
        let changed = match resolution {
            Resolution::Unmerged(index) if index < first => self.stay(&incoming),
            Resolution::Unmerged(index) => {
                self.settle_own_changes(is_seen);
                self.become_incoming(incoming, index.saturating_sub(first), is_unseen)
            }
            Resolution::Merged(merged) => {
                self.settle_own_changes(is_seen);
                self.become_merged(*merged, &incoming, is_unseen)
            }
        };
        if !keys.authority().can_write() {
            self.obsolete.clear();
        }
        changed
    }

    /// Before another message takes the place of ours: our changes are kept in mind, unless
    /// others have them.
    fn settle_own_changes(&mut self, is_seen: bool) {
        if is_seen {
            self.unpushed.clear();
        } else {
            self.keep_own_changes();
        }
    }

    /// Whether others have our message: then it was stored, whatever we know.
    fn is_seen(&self, incoming: &[Incoming]) -> bool {
        let ours = self.message.id;
        let has = |one: &Incoming| one.message.id == ours || one.message.lags.contains_key(&ours);
        incoming.iter().any(has)
    }

    /// Whether we have changes that are not stored, in a message that is too old to count
    /// and that nobody has seen.
    fn is_left_behind(&self, incoming: &[Incoming]) -> bool {
        let max = incoming.iter().map(|one| one.message.id.seqno).max();
        let is_too_old = max.is_some_and(|max| is_too_old(self.seqno(), max));
        self.needs_push() && is_too_old && !self.is_seen(incoming)
    }

    /// Our message holds all others: nothing changes.
    fn stay(&mut self, incoming: &[Incoming]) -> bool {
        let ours = self.message.id;
        let before = self.obsolete.len();
        for one in incoming {
            // One that equals what we are about to store must not be deleted after that.
            if one.message.id != ours || self.phase == Phase::Clean {
                let others = one.hashes.difference(&self.current).cloned();
                self.obsolete.extend(others);
            }
        }
        self.needs_dump |= self.obsolete.len() > before;
        false
    }

    /// One of the others holds all, or counts alone.
    fn become_incoming(&mut self, mut incoming: Vec<Incoming>, index: usize, is_unseen: bool) -> bool {
        if index >= incoming.len() {
            return false;
        }
        let winner = incoming.swap_remove(index);
        self.forget_stored(&incoming);
        let before = std::mem::replace(&mut self.message, winner.message).data;
        self.work = None;
        self.phase = Phase::Clean;
        self.become_current(winner.hashes);
        if is_unseen {
            self.make_changes_again(&before);
        }
        self.unpushed.clear();
        self.message.data != before
    }

    /// Several hold something: a new message, to be stored.
    fn become_merged(&mut self, merged: ConfigMessage, incoming: &[Incoming], is_unseen: bool) -> bool {
        let was_dirty = self.phase == Phase::Dirty;
        self.forget_stored(incoming);
        let before = std::mem::replace(&mut self.message, merged).data;
        let mut origin = self.message.data.clone();
        let names_old = !is_unseen && self.take_back_old(&mut origin);
        self.work = Some(Work {
            origin,
            lists_all: !was_dirty && !names_old,
        });
        self.phase = Phase::Dirty;
        self.needs_dump = true;
        if is_unseen {
            self.make_changes_again(&before);
            self.unpushed.clear();
        }
        self.message.data != before
    }

    /// Takes those of our changes back that the message carries in old lags only: it must
    /// name them itself, or one of the next merges could lose them. Whether there are any.
    fn take_back_old(&mut self, origin: &mut Dict) -> bool {
        let bound = self.seqno().saturating_sub(NAMED_FOR);
        let all = std::mem::take(&mut self.unpushed).into_iter();
        let (old, kept): (Vec<_>, Vec<_>) = all.partition(|(own, _)| *own < bound);
        self.unpushed = kept;
        for (_, diff) in &old {
            diff.take_back(origin, &self.message.data);
        }
        !old.is_empty()
    }

    /// Everything stored is superseded: what came in, and what we had.
    fn forget_stored(&mut self, incoming: &[Incoming]) {
        self.obsolete.append(&mut self.current);
        let hashes = incoming.iter().flat_map(|one| one.hashes.iter().cloned());
        self.obsolete.extend(hashes);
    }

    /// Makes our changes that were not stored once more, with the values of `before`.
    fn make_changes_again(&mut self, before: &Dict) {
        let mut data = self.message.data.clone();
        for (_, diff) in &self.unpushed {
            diff.apply(&mut data, before);
        }
        data.prune();
        if data != self.message.data {
            self.begin();
            self.message.data = data;
        }
    }
}
