//! Storing a config, and deleting what it supersedes.

use std::collections::BTreeSet;

use super::{ConfigState, Phase};
use crate::config::message::MessageId;
use crate::config::sealing::{ConfigKeys, SealingError};
use crate::time::Timestamp;

/// What must be stored and deleted, in one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPush {
    /// The seqno, for [`ConfigState::confirm_pushed`].
    pub seqno: i64,
    /// The messages to store: one, or all parts.
    pub messages: Vec<Vec<u8>>,
    /// The storage hashes to delete afterwards.
    pub obsolete: Vec<String>,
}

impl ConfigState {
    /// Seals what it says; a dirty config becomes pending. Nothing changes on an error.
    ///
    /// What is obsolete stays so until [`ConfigState::confirm_deleted`], so that a push that
    /// fails does not leave it in the swarm.
    ///
    /// # Errors
    /// [`SealingError`] if it cannot be sealed.
    ///
    /// Source: `config.md` §5 to §7.
    pub fn push(&mut self, keys: &ConfigKeys<'_>, now: Timestamp) -> Result<PendingPush, SealingError> {
        let serialised = self.seal(keys.authority().signer());
        let signature = keys.authority().signer().and_then(|_| signature_of(&serialised));
        let sealed = keys.seal(self.seqno(), serialised)?;
        if let Some(whole) = sealed.whole {
            self.parts.finish(whole, now);
            self.needs_dump = true;
        }
        if self.phase == Phase::Dirty {
            if let Some(own) = &mut self.own {
                own.sealed.push((self.message.id, self.message.diff.clone()));
                own.sent = None;
            }
            self.phase = Phase::Pending;
            self.needs_dump = true;
        }
        self.message.signature = self.message.signature.or(signature);
        let obsolete = if keys.authority().can_write() {
            self.obsolete.iter().cloned().collect()
        } else {
            Vec::new()
        };
        Ok(PendingPush {
            seqno: self.seqno(),
            messages: sealed.stored,
            obsolete,
        })
    }

    /// What the last [`ConfigState::push`] gave, for this seqno, was stored, all of it, under
    /// these hashes. If the config changed meanwhile, the next push covers it.
    ///
    /// Source: `config.md` §7.
    pub fn confirm_pushed(&mut self, seqno: i64, hashes: BTreeSet<String>) {
        if seqno == self.seqno() && self.phase == Phase::Pending {
            self.phase = Phase::Clean;
            self.own = None;
            self.become_current(hashes);
        } else if seqno <= self.seqno() {
            self.stand_on_sent(|sent| sent.seqno == seqno);
            let superseded = hashes.difference(&self.current).cloned();
            self.obsolete.extend(superseded);
            self.needs_dump = true;
        }
    }

    /// If the message that we sealed last, and changed since, is stored, our changes stand on it.
    pub(super) fn stand_on_sent(&mut self, is_stored: impl FnOnce(MessageId) -> bool) -> bool {
        let Some(own) = &mut self.own else {
            return false;
        };
        match own.sent.take_if(|sent| is_stored(sent.id)) {
            Some(sent) => {
                own.base = sent;
                own.sealed.clear();
                self.needs_dump = true;
                true
            }
            None => false,
        }
    }

    /// These storage hashes are those of what the config says.
    pub(super) fn become_current(&mut self, hashes: BTreeSet<String>) {
        self.obsolete.retain(|hash| !hashes.contains(hash));
        self.current = hashes;
        self.needs_dump = true;
    }

    /// These obsolete messages are gone.
    ///
    /// Source: `config.md` §7.
    pub fn confirm_deleted<'a>(&mut self, hashes: impl IntoIterator<Item = &'a str>) {
        for hash in hashes {
            self.needs_dump |= self.obsolete.remove(hash);
        }
    }
}

/// The signature at the end of a serialised message that has one.
fn signature_of(serialised: &[u8]) -> Option<[u8; 64]> {
    let (_, signature) = serialised.strip_suffix(b"e")?.split_last_chunk::<64>()?;
    Some(*signature)
}
