//! Groups.

use std::fmt;

use zeroize::Zeroize;

use super::{GroupSettings, UserGroups};
use crate::account::GroupId;
use crate::config::data::Dict;
use crate::config::fields::{EntryEditor, Fields};
use crate::keys::IdentityKeys;

/// The dict of groups.
const GROUPS: &[u8] = b"g";

/// Why we are out of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Removal {
    /// We are not.
    #[default]
    None,
    /// We were removed; we may be invited again.
    Kicked,
    /// The group is gone, for good.
    Destroyed,
}

/// A group.
#[derive(Clone, PartialEq, Eq)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// The name from the invitation, as it came, at most 100 bytes.
    pub name: String,
    /// The seed of the group's key, if we are an admin.
    pub admin_seed: Option<[u8; 32]>,
    /// What lets us into its swarm, if we are a member.
    pub auth_data: Option<[u8; 100]>,
    /// Whether we are out.
    pub removal: Removal,
    /// What all kinds have.
    pub settings: GroupSettings,
}

/// Shows no secrets.
impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("id", &self.id)
            .field("removal", &self.removal)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.forget_keys();
    }
}

impl Group {
    /// A group of which nothing is known.
    #[must_use]
    pub fn new(id: GroupId) -> Self {
        Self {
            id,
            name: String::new(),
            admin_seed: None,
            auth_data: None,
            removal: Removal::None,
            settings: GroupSettings::default(),
        }
    }

    fn forget_keys(&mut self) {
        self.admin_seed.zeroize();
        self.auth_data.zeroize();
    }

    /// We were removed.
    ///
    /// Source: `config.md` §13.
    pub fn mark_kicked(&mut self) {
        self.forget_keys();
        if self.removal != Removal::Destroyed {
            self.removal = Removal::Kicked;
        }
    }

    /// We were invited again. A group that is gone stays so.
    ///
    /// Source: `config.md` §13.
    pub fn mark_invited(&mut self) {
        if self.removal == Removal::Kicked {
            self.removal = Removal::None;
        }
    }

    /// The group is gone.
    ///
    /// Source: `config.md` §13.
    pub fn mark_destroyed(&mut self) {
        self.forget_keys();
        self.removal = Removal::Destroyed;
    }

    fn read(id: GroupId, entry: &Dict) -> Self {
        Self {
            id,
            name: entry.name(b"n"),
            admin_seed: entry.fixed(b"K").filter(|seed| is_seed_of(&id, seed)),
            auth_data: entry.fixed(b"s"),
            removal: match entry.number(b"r") {
                1 => Removal::Kicked,
                2 => Removal::Destroyed,
                _ => Removal::None,
            },
            settings: GroupSettings::read(entry),
        }
    }
}

/// Whether the group's id comes from this seed.
fn is_seed_of(id: &GroupId, seed: &[u8; 32]) -> bool {
    IdentityKeys::from_ed25519_seed(seed).ed25519_public() == *id.ed25519()
}

impl UserGroups {
    /// A group, if it is there.
    #[must_use]
    pub fn group(&self, id: &GroupId) -> Option<Group> {
        let entry = self.state.data().dict_at(&[GROUPS, &id.to_bytes()])?;
        Some(Group::read(*id, entry))
    }

    /// All groups, by ascending id.
    pub fn groups(&self) -> impl Iterator<Item = Group> {
        let groups = self.state.data().dicts(GROUPS);
        groups.filter_map(|(key, entry)| Some(Group::read(GroupId::from_bytes(key)?, entry)))
    }

    /// Sets a group; fields that we do not know stay. A seed that is not the group's counts as
    /// none; what an admin got as a member stays as it is.
    ///
    /// Source: `config.md` §13.
    pub fn set_group(&mut self, group: &Group) {
        let id = group.id.to_bytes();
        let path: [&[u8]; 2] = [GROUPS, &id];
        let mut entry = EntryEditor {
            editor: self.state.edit_own(),
            path: &path,
        };
        group.settings.write(&mut entry);
        entry.name(b"n", &group.name, false);
        let removal = match group.removal {
            Removal::None => 0,
            Removal::Kicked => 1,
            Removal::Destroyed => 2,
        };
        entry.positive(b"r", removal);
        match group.admin_seed.filter(|seed| is_seed_of(&group.id, seed)) {
            Some(seed) => drop(entry.string(b"K", &seed)),
            None => {
                entry.string(b"K", b"");
                entry.optional(b"s", group.auth_data.as_ref().map(<[u8; 100]>::as_slice));
            }
        }
    }

    /// Removes a group; whether it was there.
    pub fn erase_group(&mut self, id: &GroupId) -> bool {
        self.state.edit_own().remove(&[GROUPS, &id.to_bytes()])
    }
}
