//! Taking what other devices stored.

use std::collections::BTreeSet;

use super::{ConfigState, Phase};
use crate::config::crypto::{self, CryptoError};
use crate::config::data::Dict;
use crate::config::diff::Diff;
use crate::config::form::{Form, inflate};
use crate::config::merge::{Resolution, resolve};
use crate::config::message::{ConfigMessage, MessageError, MessageId, Signer, hash};
use crate::config::parts::{Joined, Part, PartError};
use crate::config::sealing::ConfigKeys;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::time::Timestamp;

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
    ///
    /// Our changes that are not stored take no part: they are made again on top of the result.
    fn take(&mut self, incoming: Vec<Incoming>, keys: &ConfigKeys<'_>) -> bool {
        self.forget_seen_changes(&incoming);
        let ours = self.own.as_ref().map_or(&self.message, |own| &own.base);
        let first = usize::from(!ours.is_empty());
        let messages: Vec<&ConfigMessage> = Some(ours)
            .filter(|_| first == 1)
            .into_iter()
            .chain(incoming.iter().map(|one| &one.message))
            .collect();
        let Some(resolution) = resolve(&messages, keys.authority().can_write()) else {
            return false;
        };
        let changed = match resolution {
            Resolution::Unmerged(index) if index < first => self.stay(&incoming),
            Resolution::Unmerged(index) => {
                self.move_on(|state| state.become_incoming(incoming, index.saturating_sub(first)))
            }
            Resolution::Merged(merged) => {
                let signer = keys.authority().signer();
                self.move_on(|state| state.become_merged(*merged, &incoming, signer))
            }
        };
        if !keys.authority().can_write() {
            self.obsolete.clear();
        }
        changed
    }

    /// Our changes that stand in what came in were stored, whatever we know.
    fn forget_seen_changes(&mut self, incoming: &[Incoming]) {
        let is_seen = |id: MessageId| {
            let has = |one: &Incoming| one.message.id == id || one.message.lags.contains_key(&id);
            incoming.iter().any(has)
        };
        if self.phase == Phase::Pending && is_seen(self.message.id) {
            self.own = None;
            self.needs_dump = true;
        } else if !self.stand_on_sent(is_seen) {
            let Some(own) = &mut self.own else {
                return;
            };
            if let Some(last) = own.sealed.iter().rposition(|(id, _)| is_seen(*id)) {
                own.sealed.drain(..=last);
                self.needs_dump = true;
            }
        }
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

    /// Takes another message, and makes our changes again on top; whether the data changed.
    fn move_on(&mut self, take: impl FnOnce(&mut Self)) -> bool {
        let last = self.open_diff();
        let sealed = self.own.take().map(|own| own.sealed).unwrap_or_default();
        let before = self.message.data.clone();
        take(self);
        self.needs_dump = true;
        let mut data = self.message.data.clone();
        for diff in sealed.iter().map(|(_, diff)| diff).chain([&last]) {
            diff.apply(&mut data, &before);
        }
        data.prune();
        if data != self.message.data {
            self.begin();
            self.message.data = data;
        }
        self.message.data != before
    }

    /// One of the others holds all, or counts alone.
    fn become_incoming(&mut self, mut incoming: Vec<Incoming>, index: usize) {
        if index >= incoming.len() {
            return;
        }
        let winner = incoming.swap_remove(index);
        self.forget_stored(&incoming);
        self.message = winner.message;
        self.phase = Phase::Clean;
        self.become_current(winner.hashes);
    }

    /// Several hold something: a new message, to be stored. It names all of its data, so that
    /// every device that has the same makes the same bytes.
    fn become_merged(&mut self, merged: ConfigMessage, incoming: &[Incoming], signer: Option<&Signer<'_>>) {
        self.forget_stored(incoming);
        self.message = merged;
        self.message.diff = Diff::between(&Dict::new(), &self.message.data);
        self.message.id.hash = hash(&self.message.serialise(signer));
        self.phase = Phase::Dirty;
    }

    /// Everything stored is superseded: what came in, and what we had.
    fn forget_stored(&mut self, incoming: &[Incoming]) {
        self.obsolete.append(&mut self.current);
        let hashes = incoming.iter().flat_map(|one| one.hashes.iter().cloned());
        self.obsolete.extend(hashes);
    }
}
