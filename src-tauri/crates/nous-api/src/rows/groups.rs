//! Groups and communities that are kept and cannot be opened yet.

use serde::{Deserialize, Serialize};

use crate::ids::TimestampMs;

/// What kind of group it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GroupKind {
    /// An encrypted group.
    Group,
    /// A room of a community.
    Community,
    /// A group of the old kind.
    Legacy,
}

/// How we stand to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GroupStanding {
    /// In it.
    Joined,
    /// Invited, not answered.
    Invited,
    /// Removed.
    Removed,
    /// Gone for everybody.
    Destroyed,
}

/// What may disturb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GroupNotifications {
    /// As the app is set.
    Default,
    /// Everything.
    All,
    /// Mentions only.
    Mentions,
    /// Nothing.
    None,
}

/// A group or a room as another device of the account set it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KeptGroupRow {
    /// Its name for every function.
    pub id: String,
    /// What it is.
    pub kind: GroupKind,
    /// Its name, else `null`.
    pub name: Option<String>,
    /// Of a group its ID (66 hex digits); of a room the community's address and its token.
    pub address: String,
    /// Standing above the others.
    pub is_pinned: bool,
    /// When it was joined, if anybody knows.
    pub joined_at: Option<TimestampMs>,
    /// How we stand to it.
    pub standing: GroupStanding,
    /// What may disturb.
    pub notifications: GroupNotifications,
    /// Until when nothing disturbs, if it is muted.
    pub muted_until: Option<TimestampMs>,
}
