//! One group on one device: its keys, its information, its members, and what must be stored.
//!
//! A rotation seals information and members anew, so all three are stored together.
//!
//! Source: `groups.md` §3, §4 and §16.

use std::collections::BTreeSet;

use super::keys::{GroupKeys, KeyMessageError, KeyReader, RekeyError};
use super::secret::GroupSecret;
use crate::account::{AccountId, GroupId, Namespace};
use crate::config::crypto;
use crate::config::group_info::{GroupInfo, GroupRules};
use crate::config::group_members::{GroupMember, GroupMembers};
use crate::config::message::Authority;
use crate::config::sealing::{ConfigKeys, SealingError};
use crate::config::state::{ConfigState, MergeOutcome, PendingPush};
use crate::curve;
use crate::hash::blake2b_32;
use crate::time::Timestamp;

/// The bytes of a key's tag.
const TAG: usize = 8;

/// One group on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupState {
    keys: GroupKeys,
    info: GroupInfo,
    members: GroupMembers,
}

/// What an admin's app found after a poll, and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Righted {
    /// All is well.
    Nothing,
    /// Another key may be needed: the next poll tells.
    Doubtful,
    /// Something must be stored.
    Changed,
}

/// What an admin must store, in this order, and delete afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupPush {
    /// A key message, namespace 12.
    pub keys: Option<Vec<u8>>,
    /// Namespace 13.
    pub info: Option<PendingPush>,
    /// Namespace 14.
    pub members: Option<PendingPush>,
}

impl GroupState {
    /// A group of which nothing is known.
    #[must_use]
    pub fn new(group: GroupId) -> Self {
        Self::of(
            GroupKeys::new(group),
            GroupInfo::default(),
            GroupMembers::default(),
        )
    }

    /// From what was kept.
    #[must_use]
    pub const fn of(keys: GroupKeys, info: GroupInfo, members: GroupMembers) -> Self {
        Self { keys, info, members }
    }

    /// A new group with its first key: the founder and those who are to be invited. Its members may
    /// have others added.
    ///
    /// # Errors
    /// [`RekeyError::Nobody`] without members.
    ///
    /// Source: `groups.md` §8 and §22.
    pub fn found(
        secret: &GroupSecret,
        name: &str,
        created: Timestamp,
        members: &[GroupMember],
    ) -> Result<Self, RekeyError> {
        let mut group = Self::new(secret.id());
        let mut info = group.info.edit(secret);
        info.name(name);
        info.created(created.as_ms().checked_div(1_000).unwrap_or(0));
        info.rules(GroupRules {
            members_may_add: true,
            all_are_admins: false,
        });
        for member in members {
            group.members.set(secret, member);
        }
        group.rekey(secret)?;
        Ok(group)
    }

    /// Which group.
    #[must_use]
    pub const fn id(&self) -> GroupId {
        self.keys.group()
    }

    /// Its keys.
    #[must_use]
    pub const fn keys(&self) -> &GroupKeys {
        &self.keys
    }

    /// The same, to keep them.
    pub const fn keys_mut(&mut self) -> &mut GroupKeys {
        &mut self.keys
    }

    /// What it says of itself.
    #[must_use]
    pub const fn info(&self) -> &GroupInfo {
        &self.info
    }

    /// The same, to change and confirm.
    pub const fn info_mut(&mut self) -> &mut GroupInfo {
        &mut self.info
    }

    /// Who is in it.
    #[must_use]
    pub const fn members(&self) -> &GroupMembers {
        &self.members
    }

    /// The same, to change and confirm.
    pub const fn members_mut(&mut self) -> &mut GroupMembers {
        &mut self.members
    }

    /// Takes a stored key message; see [`GroupKeys::load`].
    ///
    /// # Errors
    /// As [`GroupKeys::load`].
    pub fn load_keys(
        &mut self,
        hash: &str,
        data: &[u8],
        stored: Timestamp,
        reader: &KeyReader<'_>,
    ) -> Result<bool, KeyMessageError> {
        self.keys.load(hash, data, stored, reader)
    }

    /// Takes stored information, each with its storage hash. Members take the greatest; admins
    /// (`secret`) merge.
    ///
    /// Source: `groups.md` §4.
    pub fn merge_info(
        &mut self,
        stored: &[(&str, &[u8])],
        secret: Option<&GroupSecret>,
        now: Timestamp,
    ) -> MergeOutcome {
        let info = &mut self.info;
        let outcome = with_keys(&self.keys, GroupInfo::DOMAIN, secret, |keys| {
            info.state_mut().merge(stored.iter().copied(), keys, now)
        });
        if let Some(tag) = self.tag_of_current(self.info.state(), stored, GroupInfo::DOMAIN) {
            self.info.note_sealed_with(&tag);
        }
        outcome
    }

    /// Takes stored lists of members, as [`GroupState::merge_info`].
    ///
    /// Source: `groups.md` §4.
    pub fn merge_members(
        &mut self,
        stored: &[(&str, &[u8])],
        secret: Option<&GroupSecret>,
        now: Timestamp,
    ) -> MergeOutcome {
        let members = &mut self.members;
        let outcome = with_keys(&self.keys, GroupMembers::DOMAIN, secret, |keys| {
            members.state_mut().merge(stored.iter().copied(), keys, now)
        });
        if let Some(tag) = self.tag_of_current(self.members.state(), stored, GroupMembers::DOMAIN) {
            self.members.note_sealed_with(&tag);
        }
        outcome
    }

    /// The tag of the key that sealed what a config says, if it came in just now.
    fn tag_of_current(
        &self,
        state: &ConfigState,
        stored: &[(&str, &[u8])],
        domain: &str,
    ) -> Option<[u8; TAG]> {
        let is_current = |(hash, _): &&(&str, &[u8])| state.current_hashes().contains(*hash);
        let (_, bytes) = stored.iter().find(is_current)?;
        let keys = self.keys.all();
        let opens = |key: &&[u8; 32]| crypto::decrypt(bytes, key, domain).is_ok();
        keys.iter().find(opens).map(tag_of)
    }

    /// Makes the next key for all members as they stand; information and members must be stored
    /// again.
    ///
    /// # Errors
    /// As [`GroupKeys::rekey`].
    ///
    /// Source: `groups.md` §3.
    pub fn rekey(&mut self, secret: &GroupSecret) -> Result<(), RekeyError> {
        let members: Vec<AccountId> = self.members.iter().map(|member| member.id).collect();
        self.keys.rekey(secret, members)?;
        let own = Authority::None;
        for state in [self.info.state_mut(), self.members.state_mut()] {
            // An admin can write: the secret is here.
            let _ = state.touch(&own);
        }
        Ok(())
    }

    /// Whether an admin must make another key: two admins made one at the same time, or the
    /// newest one was not made for the members as they stand.
    ///
    /// Source: `groups.md` §17.
    #[must_use]
    pub fn needs_rekey(&self, secret: &GroupSecret) -> bool {
        let members = self.members.iter().map(|member| member.id);
        !self.keys.is_empty()
            && self.members.iter().next().is_some()
            && ((self.keys.pending_message().is_none() && self.keys.has_collision())
                || !self.keys.is_made_for(secret, members))
    }

    /// What an admin's app does after every poll: makes another key where one is needed, and has
    /// stored again what was sealed with an older key than the newest, which new members do not
    /// have.
    ///
    /// Another key is made only if two polls in a row show the same: a node that is behind may
    /// have the key of a new member and not their entry, and a key made from the list as it was
    /// would lock them out.
    ///
    /// # Errors
    /// As [`GroupState::rekey`].
    ///
    /// Source: `groups.md` §16 and §17.
    pub fn put_right(&mut self, secret: &GroupSecret) -> Result<Righted, RekeyError> {
        if self.needs_rekey(secret) {
            let doubt = self.doubt();
            if self.members.doubt() != Some(doubt.as_slice()) {
                self.members.note_doubt(Some(&doubt));
                return Ok(Righted::Doubtful);
            }
            self.rekey(secret)?;
            self.members.note_doubt(None);
            return Ok(Righted::Changed);
        }
        self.members.note_doubt(None);
        Ok(if self.seal_anew() {
            Righted::Changed
        } else {
            Righted::Nothing
        })
    }

    /// What tells the newest key and the list of members from others.
    fn doubt(&self) -> [u8; TAG] {
        let ids: Vec<[u8; 33]> = self.members.iter().map(|member| member.id.to_bytes()).collect();
        let newest = self.keys.all().first().map(tag_of).unwrap_or_default();
        short(&blake2b_32(
            b"EntreNousGroupDoubt",
            &[],
            &[&newest, &ids.concat()],
        ))
    }

    /// Has stored again what an older key sealed; whether there was any.
    fn seal_anew(&mut self) -> bool {
        let Some(newest) = self.keys.all().first().map(tag_of) else {
            return false;
        };
        let is_old = |tag: Option<&[u8]>, state: &ConfigState| {
            state.seqno() > 0 && !state.needs_push() && tag != Some(newest.as_slice())
        };
        let info_is_old = is_old(self.info.sealed_with(), self.info.state());
        let members_are_old = is_old(self.members.sealed_with(), self.members.state());
        let own = Authority::None;
        if info_is_old {
            let _ = self.info.state_mut().touch(&own);
        }
        if members_are_old {
            let _ = self.members.state_mut().touch(&own);
        }
        info_is_old || members_are_old
    }

    /// What the swarm lost, as it was stored: key messages, and what information and members
    /// say, with the signature and the key that they had. Any member can store it again, so that
    /// nobody has to rotate from a list of members that may be old.
    ///
    /// `missing`: storage hashes that no node knows. What this device does not have is left out;
    /// so is what it changed and will store anyway.
    ///
    /// Source: `groups.md` §18.
    pub fn lost(&mut self, missing: &BTreeSet<String>, now: Timestamp) -> Vec<(Namespace, Vec<u8>)> {
        let hashes = missing.iter();
        let keys = hashes.filter_map(|hash| Some((Namespace::GROUP_KEYS, self.keys.message(hash)?.to_vec())));
        let mut lost: Vec<_> = keys.collect();
        let all = self.keys.all();
        let (info, members) = (&mut self.info, &mut self.members);
        let configs = [
            (
                GroupInfo::NAMESPACE,
                GroupInfo::DOMAIN,
                info.sealed_with().map(<[u8]>::to_vec),
                info.state_mut(),
            ),
            (
                GroupMembers::NAMESPACE,
                GroupMembers::DOMAIN,
                members.sealed_with().map(<[u8]>::to_vec),
                members.state_mut(),
            ),
        ];
        for (namespace, domain, tag, state) in configs {
            let is_lost =
                !state.needs_push() && state.current_hashes().intersection(missing).next().is_some();
            let key = all
                .iter()
                .find(|key| Some(tag_of(key).as_slice()) == tag.as_deref());
            if let Some(key) = key.filter(|_| is_lost) {
                let verify = |_: &[u8], _: &[u8; 64]| false;
                let keys = [*key];
                let keys = ConfigKeys::group(domain, &keys, Authority::Verify(&verify));
                let sealed = state.push(&keys, now).map(|push| push.messages);
                lost.extend(
                    sealed
                        .unwrap_or_default()
                        .into_iter()
                        .map(|data| (namespace, data)),
                );
            }
        }
        lost
    }

    /// Whether something changed since it was kept.
    #[must_use]
    pub const fn needs_dump(&self) -> bool {
        self.keys.needs_dump() || self.info.state().needs_dump() || self.members.state().needs_dump()
    }

    /// Whether something must be stored.
    #[must_use]
    pub fn needs_push(&self) -> bool {
        self.keys.pending_message().is_some()
            || self.info.state().needs_push()
            || self.members.state().needs_push()
    }

    /// Seals what must be stored; it stays to be stored until it is confirmed.
    ///
    /// # Errors
    /// [`SealingError`] if it cannot be sealed.
    ///
    /// Source: `groups.md` §16.
    pub fn push(&mut self, secret: &GroupSecret, now: Timestamp) -> Result<GroupPush, SealingError> {
        let mut push = GroupPush {
            keys: self.keys.pending_message().map(<[u8]>::to_vec),
            ..GroupPush::default()
        };
        let (info, members) = (self.info.state_mut(), self.members.state_mut());
        if info.needs_push() {
            push.info = Some(with_keys(&self.keys, GroupInfo::DOMAIN, Some(secret), |keys| {
                info.push(keys, now)
            })?);
        }
        if members.needs_push() {
            push.members = Some(with_keys(
                &self.keys,
                GroupMembers::DOMAIN,
                Some(secret),
                |keys| members.push(keys, now),
            )?);
        }
        if let Some(newest) = self.keys.all().first().map(tag_of) {
            if push.info.is_some() {
                self.info.note_sealed_with(&newest);
            }
            if push.members.is_some() {
                self.members.note_sealed_with(&newest);
            }
        }
        Ok(push)
    }
}

/// What tells a key of a group from others without giving it away: 8 bytes.
#[must_use]
pub fn tag_of(key: &[u8; 32]) -> [u8; TAG] {
    short(&blake2b_32(b"EntreNousGroupKeyTag", &[], &[key]))
}

fn short(hash: &[u8; 32]) -> [u8; TAG] {
    let mut tag = [0; TAG];
    for (target, byte) in tag.iter_mut().zip(hash) {
        *target = *byte;
    }
    tag
}

/// What opens and seals a config of the group: all of its keys, and the group's signature.
fn with_keys<R>(
    keys: &GroupKeys,
    domain: &str,
    secret: Option<&GroupSecret>,
    work: impl FnOnce(&ConfigKeys<'_>) -> R,
) -> R {
    let group = keys.group();
    let verify =
        move |text: &[u8], signature: &[u8; 64]| curve::verify_ed25519(group.ed25519(), text, signature);
    let all = keys.all();
    match secret.filter(|secret| secret.id() == group) {
        Some(secret) => {
            let sign = |text: &[u8]| secret.sign(text);
            work(&ConfigKeys::group(domain, &all, Authority::Sign(&verify, &sign)))
        }
        None => work(&ConfigKeys::group(domain, &all, Authority::Verify(&verify))),
    }
}

#[cfg(test)]
mod tests;
