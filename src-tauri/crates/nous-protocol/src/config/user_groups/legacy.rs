//! Groups of the old kind: they can be looked at, unpinned and removed.

use std::collections::BTreeSet;
use std::fmt;

use super::{GroupSettings, UserGroups};
use crate::account::AccountId;
use crate::config::data::{Dict, Scalar};
use crate::config::fields::{EntryEditor, Fields};

/// The dict of groups of the old kind.
const LEGACY: &[u8] = b"C";

/// The keys of a group of the old kind.
#[derive(Clone, PartialEq, Eq)]
pub struct LegacyKeys {
    /// Messages are encrypted to it.
    pub public: [u8; 32],
    /// What opens them.
    pub secret: [u8; 32],
}

/// Shows no secret.
impl fmt::Debug for LegacyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacyKeys(…)")
    }
}

impl Drop for LegacyKeys {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

/// A group of the old kind.
#[derive(Clone, PartialEq, Eq)]
pub struct LegacyGroup {
    /// Which.
    pub id: AccountId,
    /// Its name, as it came, at most 100 bytes.
    pub name: String,
    /// Its keys.
    pub keys: Option<LegacyKeys>,
    /// Who is in it; not the admins.
    pub members: BTreeSet<AccountId>,
    /// Who are its admins.
    pub admins: BTreeSet<AccountId>,
    /// How long messages live, in seconds.
    pub timer_seconds: Option<i64>,
    /// What all kinds have.
    pub settings: GroupSettings,
}

/// Shows nothing that names a person.
impl fmt::Debug for LegacyGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyGroup")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl LegacyGroup {
    /// A group of which nothing is known.
    #[must_use]
    pub fn new(id: AccountId) -> Self {
        Self {
            id,
            name: String::new(),
            keys: None,
            members: BTreeSet::new(),
            admins: BTreeSet::new(),
            timer_seconds: None,
            settings: GroupSettings::default(),
        }
    }

    fn read(id: AccountId, entry: &Dict) -> Self {
        let keys = entry.fixed(b"k").zip(entry.fixed(b"K"));
        let members = people(entry, b"m");
        Self {
            id,
            name: entry.name(b"n"),
            keys: keys.map(|(public, secret)| LegacyKeys { public, secret }),
            admins: people(entry, b"a").difference(&members).copied().collect(),
            members,
            timer_seconds: Some(entry.number(b"E")).filter(|seconds| *seconds > 0),
            settings: GroupSettings::read(entry),
        }
    }
}

/// The account IDs of a set.
fn people(entry: &Dict, key: &[u8]) -> BTreeSet<AccountId> {
    let scalars = entry.set(key).into_iter().flatten();
    let ids = scalars.filter_map(|scalar| match scalar {
        Scalar::String(bytes) => AccountId::from_bytes(bytes),
        Scalar::Integer(_) => None,
    });
    ids.collect()
}

/// The set of account IDs.
fn set_of<'a>(people: impl IntoIterator<Item = &'a AccountId>) -> BTreeSet<Scalar> {
    let ids = people.into_iter().map(AccountId::to_bytes);
    ids.map(|id| Scalar::from(id.as_slice())).collect()
}

impl UserGroups {
    /// A group of the old kind, if it is there.
    #[must_use]
    pub fn legacy_group(&self, id: &AccountId) -> Option<LegacyGroup> {
        let entry = self.state.data().dict_at(&[LEGACY, &id.to_bytes()])?;
        Some(LegacyGroup::read(*id, entry))
    }

    /// All groups of the old kind, by ascending id.
    pub fn legacy_groups(&self) -> impl Iterator<Item = LegacyGroup> {
        let groups = self.state.data().dicts(LEGACY);
        groups.filter_map(|(key, entry)| Some(LegacyGroup::read(AccountId::from_bytes(key)?, entry)))
    }

    /// Sets a group of the old kind; fields that we do not know stay.
    ///
    /// Source: `config.md` §13.
    pub fn set_legacy_group(&mut self, group: &LegacyGroup) {
        let id = group.id.to_bytes();
        let path: [&[u8]; 2] = [LEGACY, &id];
        let mut entry = EntryEditor {
            editor: self.state.edit_own(),
            path: &path,
        };
        group.settings.write(&mut entry);
        entry.name(b"n", &group.name, true);
        let keys = group.keys.as_ref();
        entry.optional(b"k", keys.map(|keys| keys.public.as_slice()));
        entry.optional(b"K", keys.map(|keys| keys.secret.as_slice()));
        entry.set(b"m", set_of(&group.members));
        entry.set(b"a", set_of(group.admins.difference(&group.members)));
        entry.positive(b"E", group.timer_seconds.unwrap_or(0));
    }

    /// Removes a group of the old kind; whether it was there.
    pub fn erase_legacy_group(&mut self, id: &AccountId) -> bool {
        self.state.edit_own().remove(&[LEGACY, &id.to_bytes()])
    }
}
