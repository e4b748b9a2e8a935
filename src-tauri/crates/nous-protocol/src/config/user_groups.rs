//! Groups, communities, and groups of the old kind.
//!
//! Source: `config.md` §13.

mod community;
mod group;
mod legacy;

pub use community::Community;
pub use group::{Group, Removal};
pub use legacy::{LegacyGroup, LegacyKeys};

use super::data::Dict;
use super::fields::{EntryEditor, Fields, NotifyMode, seconds};
use super::state::ConfigState;

/// The config of groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserGroups {
    state: ConfigState,
}

super::typed!(UserGroups);

/// What all kinds have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupSettings {
    /// −1 hidden, 0 normal, more when pinned: higher is nearer the top.
    pub priority: i64,
    /// What may disturb.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until: i64,
    /// When it was joined, in seconds; 0 if nobody knows.
    pub joined: i64,
    /// Whether it is an invitation that was not accepted yet.
    pub is_invitation: bool,
}

impl GroupSettings {
    fn read(entry: &Dict) -> Self {
        Self {
            priority: entry.number(b"+"),
            notify: NotifyMode::of(entry.number(b"@")),
            mute_until: entry.moment(b"!"),
            joined: entry.moment(b"j"),
            is_invitation: entry.is_set(b"i"),
        }
    }

    fn write(&self, entry: &mut EntryEditor<'_, '_>) {
        entry.nonzero(b"+", self.priority);
        entry.positive(b"@", self.notify.number());
        entry.positive(b"!", seconds(self.mute_until));
        entry.positive(b"j", seconds(self.joined));
        entry.flag(b"i", self.is_invitation);
    }
}

#[cfg(test)]
mod tests;
