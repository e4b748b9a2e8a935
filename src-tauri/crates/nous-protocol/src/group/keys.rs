//! The symmetric keys of a group: which we hold, and the messages that bring them.
//!
//! An admin makes a new key (*rekey*) whenever somebody is added or removed, and sends it to
//! every member in one stored message; a *supplement* brings older keys to somebody new. Until
//! a key comes back from the swarm it is *pending*: it is used to seal, not yet counted on.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`GroupKeys`]: the list, loading, what is kept |
//! | `parse` | key messages, read |
//! | `write` | key messages, made |
//! | `dump` | the row of the list |
//!
//! Source: `groups.md` §2 and §3.

mod dump;
mod parse;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::secret::GroupSecret;
use crate::account::GroupId;
use crate::keys::IdentityKeys;
use crate::time::Timestamp;

pub use dump::KeysDumpError;
pub use parse::KeyMessageError;
pub use write::RekeyError;

use parse::KeyMessage;

/// A generation is dropped when the next one's earliest key is older than the newest key by
/// more than this: 60 days.
pub const KEPT_AFTER: Duration = Duration::from_secs(60 * 86_400);

/// Domains of BLAKE2b.
const FOR_ADMINS: &str = "SessionGroupKeyAdminKey";
const FOR_MEMBERS: &str = "SessionGroupKeyMemberKey";

/// One key of a group. Wiped when dropped.
///
/// Keys are ordered by generation, then by the time of the swarm, then by their bytes: the
/// last one seals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// How many rotations came before.
    generation: i64,
    /// When the swarm stored the message that brought it.
    stored: Timestamp,
    key: [u8; 32],
}

impl GroupKey {
    /// How many rotations came before it.
    #[must_use]
    pub const fn generation(&self) -> i64 {
        self.generation
    }

    /// When the swarm stored the message that brought it.
    #[must_use]
    pub const fn stored(&self) -> Timestamp {
        self.stored
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.key
    }
}

impl Drop for GroupKey {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

/// Shows no key.
impl fmt::Debug for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupKey")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// A key that we made and that did not come back from the swarm yet.
#[derive(Clone, PartialEq, Eq)]
struct Pending {
    /// The message to store.
    message: Vec<u8>,
    /// Its time is not known: 0.
    key: GroupKey,
}

/// Who loads a key message.
#[derive(Clone, Copy)]
pub struct KeyReader<'a> {
    /// The account.
    pub account: &'a IdentityKeys,
    /// The group's secret, if the account is an admin.
    pub secret: Option<&'a GroupSecret>,
}

/// The keys of one group, as far as this account has them.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupKeys {
    group: GroupId,
    /// The newest last.
    keys: BTreeSet<GroupKey>,
    /// The storage hashes of the messages of each generation, also of those without a key for
    /// us: their lives are extended.
    active: BTreeMap<i64, BTreeSet<String>>,
    /// The active messages as they were stored: whoever has them can store them again.
    messages: BTreeMap<String, Vec<u8>>,
    pending: Option<Pending>,
    needs_dump: bool,
}

/// Shows no keys.
impl fmt::Debug for GroupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupKeys")
            .field("group", &self.group)
            .field("keys", &self.keys.len())
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

impl GroupKeys {
    /// No keys yet.
    #[must_use]
    pub const fn new(group: GroupId) -> Self {
        Self {
            group,
            keys: BTreeSet::new(),
            active: BTreeMap::new(),
            messages: BTreeMap::new(),
            pending: None,
            needs_dump: false,
        }
    }

    /// The group.
    #[must_use]
    pub const fn group(&self) -> GroupId {
        self.group
    }

    /// Whether no key came from the swarm and none is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.pending.is_none()
    }

    /// The keys that came from the swarm, the newest first.
    pub fn loaded(&self) -> impl Iterator<Item = &GroupKey> {
        self.keys.iter().rev()
    }

    /// All keys, the one that seals first: the pending one, then the newest to the oldest.
    #[must_use]
    pub fn all(&self) -> Zeroizing<Vec<[u8; 32]>> {
        let pending = self.pending.as_ref().map(|pending| &pending.key);
        let keys = pending.into_iter().chain(self.loaded());
        Zeroizing::new(keys.map(|key| key.key).collect())
    }

    /// The generation of the newest key that came from the swarm; 0 without one. A pending key
    /// does not count.
    ///
    /// Source: `groups.md` §13.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.keys.last().map_or(0, |key| key.generation)
    }

    /// The message of a key that did not come back from the swarm: it must be stored.
    #[must_use]
    pub fn pending_message(&self) -> Option<&[u8]> {
        self.pending.as_ref().map(|pending| pending.message.as_slice())
    }

    /// Whether two admins made a key of the newest generation: one of them must make another.
    ///
    /// Source: `groups.md` §17.
    #[must_use]
    pub fn has_collision(&self) -> bool {
        let newest = self.generation();
        self.loaded().take_while(|key| key.generation == newest).count() > 1
    }

    /// The storage hashes of the messages whose lives must be extended.
    pub fn active_hashes(&self) -> impl Iterator<Item = &str> {
        self.active.values().flatten().map(String::as_str)
    }

    /// An active message as it was stored. Any member can store it again if the swarm lost it.
    ///
    /// Source: `groups.md` §18.
    #[must_use]
    pub fn message(&self, hash: &str) -> Option<&[u8]> {
        self.messages.get(hash).map(Vec::as_slice)
    }

    /// Whether something changed since the last [`GroupKeys::dump`].
    #[must_use]
    pub const fn needs_dump(&self) -> bool {
        self.needs_dump
    }

    /// Takes a stored key message; whether there was a key for us in it, new or not. Messages
    /// may come in any order, and more than once.
    ///
    /// `hash`: its storage hash; `stored`: when the swarm stored it.
    ///
    /// # Errors
    /// [`KeyMessageError`] says why the message is none of this group's admins; nothing
    /// changes then.
    ///
    /// Source: `groups.md` §3.
    pub fn load(
        &mut self,
        hash: &str,
        data: &[u8],
        stored: Timestamp,
        reader: &KeyReader<'_>,
    ) -> Result<bool, KeyMessageError> {
        let message = KeyMessage::parse(data, &self.group)?;
        let found = message.keys_for(reader, &self.group, stored)?;
        let is_found = !found.is_empty();
        if is_found {
            for key in found {
                self.settle_pending(&key);
                self.insert(hash, key);
            }
        } else {
            self.activate(message.generation(), hash);
        }
        self.drop_old();
        let is_active = self.active.values().any(|hashes| hashes.contains(hash));
        if is_active && !self.messages.contains_key(hash) {
            self.messages.insert(hash.to_owned(), data.to_vec());
            self.needs_dump = true;
        }
        Ok(is_found)
    }

    fn activate(&mut self, generation: i64, hash: &str) {
        let hashes = self.active.entry(generation).or_default();
        self.needs_dump |= hashes.insert(hash.to_owned());
    }

    /// A key of ours that came back, or that others went beyond, is pending no more.
    fn settle_pending(&mut self, found: &GroupKey) {
        let is_settled = self.pending.as_ref().is_some_and(|pending| {
            let ours = &pending.key;
            found.generation > ours.generation
                || (found.generation == ours.generation && found.key == ours.key)
        });
        if is_settled {
            self.pending = None;
            self.needs_dump = true;
        }
    }

    fn insert(&mut self, hash: &str, key: GroupKey) {
        let generation = key.generation;
        let same = |known: &GroupKey| known.generation == generation && known.key == key.key;
        if !self.keys.iter().any(same) {
            if self.is_too_old(&key) {
                return;
            }
            self.keys.insert(key);
            self.needs_dump = true;
        }
        self.activate(generation, hash);
    }

    /// Whether a key is older than all that we keep, and they reach back far enough already.
    fn is_too_old(&self, key: &GroupKey) -> bool {
        let (Some(first), Some(last)) = (self.keys.first(), self.keys.last()) else {
            return false;
        };
        self.keys.len() >= 2
            && key.generation < first.generation
            && last.stored.since(first.stored) > KEPT_AFTER
    }

    /// Drops generations that another one passed long ago, and the hashes that go with them.
    fn drop_old(&mut self) {
        let Some(last) = self.keys.last().map(|key| key.stored) else {
            self.active.clear();
            self.messages.clear();
            return;
        };
        let mut earliest = BTreeMap::new();
        for key in &self.keys {
            earliest.entry(key.generation).or_insert(key.stored);
        }
        let passed = |stored: &Timestamp| last.since(*stored) > KEPT_AFTER;
        // The first generation stays while the next one is young.
        let later = earliest.iter().skip(1);
        let kept = later.take_while(|(_, stored)| passed(stored)).last();
        if let Some(generation) = kept.map(|(generation, _)| *generation) {
            self.keys.retain(|key| key.generation >= generation);
            self.needs_dump = true;
        }
        let first = self.keys.first().map_or(0, |key| key.generation);
        self.active.retain(|generation, _| *generation >= first);
        let active = &self.active;
        self.messages
            .retain(|hash, _| active.values().any(|hashes| hashes.contains(hash)));
    }
}

#[cfg(test)]
mod tests;
