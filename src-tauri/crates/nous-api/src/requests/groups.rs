//! What faces ask for about groups.

use serde::{Deserialize, Serialize};

use super::SetPictureRequest;
use crate::ids::ConversationId;

/// Make a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CreateGroupRequest {
    /// 1 to 100 bytes after cleaning.
    pub name: String,
    /// At most 2,000 bytes; empty for none.
    pub description: String,
    /// 1 to 99 others: 66 hex digits each.
    pub members: Vec<String>,
    /// Whether every member becomes an admin.
    pub all_are_admins: bool,
    /// Its picture, of those that were staged.
    pub picture: Option<SetPictureRequest>,
}

/// Change what a group says of itself; absent ones stay. Admins only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChangeGroupRequest {
    /// Which.
    pub conversation: ConversationId,
    /// 1 to 100 bytes after cleaning.
    pub name: Option<String>,
    /// At most 2,000 bytes; empty takes it away.
    pub description: Option<String>,
    /// How long messages stay, in seconds; 0: for good.
    pub timer_seconds: Option<u32>,
    /// Whether members may have others added.
    pub members_may_add: Option<bool>,
    /// Whether every member becomes an admin.
    pub all_are_admins: Option<bool>,
}

/// Take a staged picture as a group's. Admins only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SetGroupPictureRequest {
    /// Which group.
    pub conversation: ConversationId,
    /// Which picture; `null` takes the present one away.
    pub picture: Option<SetPictureRequest>,
}

/// Add people to a group, or ask its admins to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AddGroupMembersRequest {
    /// Which.
    pub conversation: ConversationId,
    /// 66 hex digits each.
    pub members: Vec<String>,
    /// Whether they can read the messages of the last 14 days; admins only.
    pub with_history: bool,
}

/// What is done with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum GroupMemberAction {
    /// Send the invitation or promotion again.
    Resend,
    /// They do not see the group: an invitation with fresh access.
    #[serde(rename_all = "camelCase")]
    Repair {
        /// Whether they can read the messages of the last 14 days.
        with_history: bool,
    },
    /// Remove them and add them again.
    #[serde(rename_all = "camelCase")]
    AddAgain {
        /// Whether they can read the messages of the last 14 days.
        with_history: bool,
    },
    /// Make them an admin, for good.
    Promote,
    /// Remove them.
    #[serde(rename_all = "camelCase")]
    Remove {
        /// With all that they wrote.
        with_messages: bool,
    },
}

/// Do something with members. Admins only.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupMemberActionRequest {
    /// Which group.
    pub conversation: ConversationId,
    /// 66 hex digits each.
    pub members: Vec<String>,
    /// What.
    pub action: GroupMemberAction,
}

/// Sentences that the engine writes in our name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GroupWords {
    /// Asks the admins of a group to add somebody: `{person}` stands where the mention belongs.
    pub please_add: String,
    /// Asks to be let in again: `{group}` stands where the group's name belongs.
    pub let_me_in: String,
}

/// Leave a group.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LeaveGroupRequest {
    /// Which.
    pub conversation: ConversationId,
    /// Ends it for everybody; admins only.
    pub for_everybody: bool,
}
