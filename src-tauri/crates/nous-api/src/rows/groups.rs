//! Groups: what is shown of them, and communities, which are kept and cannot be opened yet.

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, PictureId, TimestampMs};

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GroupKind {
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
    /// In it, but the network has forgotten its keys, and this device has none.
    Expired,
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

/// A room, or a group of the old kind, as another device of the account set it up.
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
    /// Of a room the community's address and its token; of a group its ID (66 hex digits).
    pub address: String,
    /// Standing above the others.
    pub is_pinned: bool,
    /// When it was joined, if anybody knows.
    pub joined_at: Option<TimestampMs>,
    /// What may disturb.
    pub notifications: GroupNotifications,
    /// Until when nothing disturbs, if it is muted.
    pub muted_until: Option<TimestampMs>,
}

/// What a row of the list needs of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// How we stand to it.
    pub standing: GroupStanding,
    /// Whether we are an admin.
    pub is_admin: bool,
    /// Members who are not being removed, with us; 0 while it is not known.
    pub member_count: u32,
    /// Unread messages that mention us.
    pub unread_mentions: u32,
    /// Days since it was last heard of, from the tenth on; else 0.
    pub silent_days: u32,
    /// What keeps it from going on, if something does.
    pub trouble: Option<GroupTrouble>,
}

/// Somebody named in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PersonRef {
    /// 66 hex digits.
    pub account_id: String,
    /// What they are called here; `null`: show the shortened ID.
    pub name: Option<String>,
    /// It is us.
    pub is_self: bool,
}

/// Something that happened in a group, as its timeline tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum GroupEvent {
    /// We made it.
    Created,
    /// We were invited, by the author of the row.
    Invited,
    /// We are in it now.
    Joined,
    /// They were added.
    #[serde(rename_all = "camelCase")]
    Added {
        /// Who.
        people: Vec<PersonRef>,
        /// Whether they can read what was said before.
        with_history: bool,
    },
    /// They were removed.
    #[serde(rename_all = "camelCase")]
    Removed {
        /// Who.
        people: Vec<PersonRef>,
    },
    /// They are admins now.
    #[serde(rename_all = "camelCase")]
    Promoted {
        /// Who.
        people: Vec<PersonRef>,
    },
    /// The author of the row left.
    Left,
    /// It has another name.
    #[serde(rename_all = "camelCase")]
    Named {
        /// Empty if nobody said which.
        name: String,
    },
    /// It has another picture, or none.
    PictureChanged,
    /// Messages disappear after so long.
    #[serde(rename_all = "camelCase")]
    TimerChanged {
        /// In seconds; 0: they stay.
        seconds: u32,
    },
}

/// How far a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum MemberState {
    /// An admin's app has to add them: asked for by us.
    Proposed,
    /// The invitation is on its way.
    InvitationSending,
    /// The invitation was sent.
    InvitationSent,
    /// The invitation could not be sent.
    InvitationFailed,
    /// In the group.
    Joined,
    /// The promotion is on its way.
    PromotionSending,
    /// The promotion was sent.
    PromotionSent,
    /// The promotion could not be sent.
    PromotionFailed,
    /// An admin.
    Admin,
    /// Being removed.
    Removing,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberRow {
    /// 66 hex digits.
    pub account_id: String,
    /// What they are called here: as a contact, else, if the setting says so, as they call
    /// themselves in the group. `null`: show the shortened ID.
    pub name: Option<String>,
    /// Their picture, if it is here and may be shown.
    pub picture: Option<PictureId>,
    /// It is us.
    pub is_self: bool,
    /// Whether we have a conversation with them.
    pub is_contact: bool,
    /// How far they are.
    pub state: MemberState,
}

/// Everything about a group, for its management window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupDetails {
    /// Its conversation.
    pub conversation: ConversationId,
    /// 66 hex digits.
    pub group_id: String,
    /// Its name; `null` while it is not known.
    pub name: Option<String>,
    /// What it says of itself; empty if nothing.
    pub description: String,
    /// Its picture, once it is here.
    pub picture: Option<PictureId>,
    /// How we stand to it.
    pub standing: GroupStanding,
    /// Whether we are an admin.
    pub is_admin: bool,
    /// Whether nobody else is an admin, or is to become one.
    pub is_last_admin: bool,
    /// Whether members may have others added.
    pub members_may_add: bool,
    /// Whether every member becomes an admin.
    pub all_are_admins: bool,
    /// How long messages stay, in seconds; 0: for good.
    pub timer_seconds: u32,
    /// Days since it was last heard of, from the tenth on; else 0.
    pub silent_days: u32,
    /// What keeps it from going on, if something does.
    pub trouble: Option<GroupTrouble>,
    /// Us first, then by name, then by ID.
    pub members: Vec<GroupMemberRow>,
}

/// What keeps a group from going on, and what is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum GroupTrouble {
    /// Not heard of for ten days or more.
    Silent,
    /// The keys are asked for, of other nodes.
    AskingNodes,
    /// Admins' apps were asked to send them again.
    AskingAdmins,
    /// Nobody has them: only a new invitation helps.
    NeedsInvitation,
}

/// What became of the wish to add somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AddedMembers {
    /// They are in, and invited.
    Added,
    /// Admins' apps were asked to add them.
    Proposed,
}

/// How a group stands with its swarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupSyncRow {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its name; `null` while it is not known.
    pub name: Option<String>,
    /// The last poll that a node answered.
    pub last_poll_at: Option<TimestampMs>,
    /// How many keys are here.
    pub keys: u32,
    /// The number of the newest key, from 0; `null` without keys.
    pub generation: Option<u32>,
    /// Messages that wait for their key.
    pub parked: u32,
    /// Days until the swarm forgets its state, if nobody extends it; `null` if not known.
    pub days_left: Option<u32>,
    /// Whether something of it is not stored in the swarm.
    pub is_push_due: bool,
    /// Whether something has to be done for it: invitations, removals, news.
    pub has_tasks: bool,
    /// We leave it, or end it for all, and the others do not know yet.
    pub is_leaving: bool,
}
