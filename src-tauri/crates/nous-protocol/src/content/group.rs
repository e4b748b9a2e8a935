//! Contents about groups. What they mean is in `groups.md`.
//!
//! Source: `messages.md` §4.6.

use super::ContentError;
use crate::account::{AccountId, SwarmAccount};
use crate::identity::received_name;
use crate::wire::protobuf::{
    GroupUpdateDeleteMemberContentMessage, GroupUpdateInfoChangeMessage, GroupUpdateInviteMessage,
    GroupUpdateInviteResponseMessage, GroupUpdateMemberChangeMessage, GroupUpdateMemberLeftMessage,
    GroupUpdateMemberLeftNotificationMessage, GroupUpdateMessage, GroupUpdatePromoteMessage,
    group_update_info_change_message as info_change, group_update_member_change_message as member_change,
};

/// The most members or hashes in one content.
const MAX_LIST: usize = 1_000;

/// News about a group.
#[derive(Clone, PartialEq, Eq)]
pub enum GroupUpdate {
    /// To us, in namespace 0: come in.
    Invite {
        /// The group, `03…`.
        group: SwarmAccount,
        /// Its name.
        name: String,
        /// What lets us into its swarm.
        member_auth_data: [u8; 100],
        /// An admin's.
        admin_signature: [u8; 64],
    },
    /// To us, in namespace 0: we are an admin.
    Promote {
        /// The seed of the group's key.
        group_identity_seed: [u8; 32],
        /// Its name.
        name: String,
    },
    /// Name, picture or timer changed.
    InfoChange {
        /// What.
        change: InfoChange,
        /// An admin's.
        admin_signature: [u8; 64],
    },
    /// Members came, went, or became admins.
    MemberChange {
        /// What happened to them.
        change: MemberChange,
        /// Who.
        members: Vec<AccountId>,
        /// Whether they can read what was before.
        history_shared: bool,
        /// An admin's.
        admin_signature: [u8; 64],
    },
    /// A member leaves: for the admins.
    MemberLeft,
    /// A member has left: for everybody.
    MemberLeftNotification,
    /// An invitation was accepted.
    InviteResponse {
        /// Whether.
        approved: bool,
    },
    /// Messages to erase.
    DeleteMemberContent {
        /// All of these members.
        members: Vec<AccountId>,
        /// These messages.
        hashes: Vec<String>,
        /// An admin's; absent when members erase their own.
        admin_signature: Option<[u8; 64]>,
    },
}

/// Shows nothing of it.
impl std::fmt::Debug for GroupUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GroupUpdate(…)")
    }
}

/// What of a group's information changed.
#[derive(Clone, PartialEq, Eq)]
pub enum InfoChange {
    /// Its name.
    Name(Option<String>),
    /// Its picture.
    Avatar,
    /// Its timer, in seconds.
    Disappearing(u32),
}

/// What happened to members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    /// They came.
    Added,
    /// They were removed.
    Removed,
    /// They are admins.
    Promoted,
}

type Result<T> = std::result::Result<T, ContentError>;

/// `None`: nothing in it that we know.
pub(super) fn read(update: GroupUpdateMessage) -> Result<Option<GroupUpdate>> {
    let read = if let Some(invite) = update.invite_message {
        Some(read_invite(invite)?)
    } else if let Some(change) = update.info_change_message {
        read_info(change)?
    } else if let Some(change) = update.member_change_message {
        read_members(change)?
    } else if let Some(promote) = update.promote_message {
        Some(GroupUpdate::Promote {
            group_identity_seed: exact(promote.group_identity_seed, "groupIdentitySeed")?,
            name: name(promote.name)?,
        })
    } else if update.member_left_message.is_some() {
        Some(GroupUpdate::MemberLeft)
    } else if let Some(response) = update.invite_response {
        let approved = response.is_approved.ok_or(ContentError::Missing("isApproved"))?;
        Some(GroupUpdate::InviteResponse { approved })
    } else if let Some(delete) = update.delete_member_content {
        Some(read_delete(delete)?)
    } else {
        update
            .member_left_notification_message
            .map(|_| GroupUpdate::MemberLeftNotification)
    };
    Ok(read)
}

fn read_invite(invite: GroupUpdateInviteMessage) -> Result<GroupUpdate> {
    let group = invite
        .group_session_id
        .ok_or(ContentError::Missing("groupSessionId"))?;
    let group = SwarmAccount::from_hex(&group).filter(|group| group.prefix() == 0x03);
    Ok(GroupUpdate::Invite {
        group: group.ok_or(ContentError::Bound("groupSessionId"))?,
        name: name(invite.name)?,
        member_auth_data: exact(invite.member_auth_data, "memberAuthData")?,
        admin_signature: exact(invite.admin_signature, "adminSignature")?,
    })
}

fn read_info(change: GroupUpdateInfoChangeMessage) -> Result<Option<GroupUpdate>> {
    let kind = change.r#type.ok_or(ContentError::Missing("type"))?;
    let admin_signature = exact(change.admin_signature, "adminSignature")?;
    let change = match info_change::Type::try_from(kind) {
        Ok(info_change::Type::Name) => {
            InfoChange::Name(change.updated_name.as_deref().and_then(received_name))
        }
        Ok(info_change::Type::Avatar) => InfoChange::Avatar,
        Ok(info_change::Type::DisappearingMessages) => {
            let seconds = change.updated_expiration.unwrap_or(0);
            if seconds > super::MAX_TIMER {
                return Err(ContentError::Bound("updatedExpiration"));
            }
            InfoChange::Disappearing(seconds)
        }
        Ok(info_change::Type::Unknown) | Err(_) => return Ok(None),
    };
    Ok(Some(GroupUpdate::InfoChange {
        change,
        admin_signature,
    }))
}

fn read_members(change: GroupUpdateMemberChangeMessage) -> Result<Option<GroupUpdate>> {
    let kind = change.r#type.ok_or(ContentError::Missing("type"))?;
    let admin_signature = exact(change.admin_signature, "adminSignature")?;
    let members = members(&change.member_session_ids)?;
    let kind = match member_change::Type::try_from(kind) {
        Ok(member_change::Type::Added) => MemberChange::Added,
        Ok(member_change::Type::Removed) => MemberChange::Removed,
        Ok(member_change::Type::Promoted) => MemberChange::Promoted,
        Ok(member_change::Type::Unknown) | Err(_) => return Ok(None),
    };
    Ok(Some(GroupUpdate::MemberChange {
        change: kind,
        members,
        history_shared: change.history_shared.unwrap_or(false),
        admin_signature,
    }))
}

fn read_delete(delete: GroupUpdateDeleteMemberContentMessage) -> Result<GroupUpdate> {
    let hashes = delete.message_hashes;
    if hashes.len() > MAX_LIST || hashes.iter().any(|hash| hash.len() > 100) {
        return Err(ContentError::Bound("messageHashes"));
    }
    let signature = delete.admin_signature.filter(|signature| !signature.is_empty());
    Ok(GroupUpdate::DeleteMemberContent {
        members: members(&delete.member_session_ids)?,
        hashes,
        admin_signature: match signature {
            None => None,
            some => Some(exact(some, "adminSignature")?),
        },
    })
}

fn members(ids: &[String]) -> Result<Vec<AccountId>> {
    if ids.len() > MAX_LIST {
        return Err(ContentError::Bound("memberSessionIds"));
    }
    let read = |id: &String| AccountId::from_hex(id).map_err(|_| ContentError::Bound("memberSessionIds"));
    ids.iter().map(read).collect()
}

fn name(name: Option<String>) -> Result<String> {
    let name = name.ok_or(ContentError::Missing("name"))?;
    Ok(received_name(&name).unwrap_or_default())
}

fn exact<const N: usize>(bytes: Option<Vec<u8>>, field: &'static str) -> Result<[u8; N]> {
    let bytes = bytes.ok_or(ContentError::Missing(field))?;
    bytes.try_into().map_err(|_| ContentError::Bound(field))
}

/// The protobuf form.
pub(super) fn write(update: &GroupUpdate) -> GroupUpdateMessage {
    let mut out = GroupUpdateMessage::default();
    match update {
        GroupUpdate::Invite {
            group,
            name,
            member_auth_data,
            admin_signature,
        } => {
            out.invite_message = Some(GroupUpdateInviteMessage {
                group_session_id: Some(group.to_string()),
                name: Some(name.clone()),
                member_auth_data: Some(member_auth_data.to_vec()),
                admin_signature: Some(admin_signature.to_vec()),
            });
        }
        GroupUpdate::Promote {
            group_identity_seed,
            name,
        } => {
            out.promote_message = Some(GroupUpdatePromoteMessage {
                group_identity_seed: Some(group_identity_seed.to_vec()),
                name: Some(name.clone()),
            });
        }
        GroupUpdate::InfoChange {
            change,
            admin_signature,
        } => {
            out.info_change_message = Some(write_info(change, admin_signature));
        }
        GroupUpdate::MemberChange {
            change,
            members,
            history_shared,
            admin_signature,
        } => {
            let kind = match change {
                MemberChange::Added => member_change::Type::Added,
                MemberChange::Removed => member_change::Type::Removed,
                MemberChange::Promoted => member_change::Type::Promoted,
            };
            out.member_change_message = Some(GroupUpdateMemberChangeMessage {
                r#type: Some(kind.into()),
                member_session_ids: members.iter().map(ToString::to_string).collect(),
                history_shared: Some(*history_shared),
                admin_signature: Some(admin_signature.to_vec()),
            });
        }
        GroupUpdate::MemberLeft => out.member_left_message = Some(GroupUpdateMemberLeftMessage {}),
        GroupUpdate::MemberLeftNotification => {
            out.member_left_notification_message = Some(GroupUpdateMemberLeftNotificationMessage {});
        }
        GroupUpdate::InviteResponse { approved } => {
            out.invite_response = Some(GroupUpdateInviteResponseMessage {
                is_approved: Some(*approved),
            });
        }
        GroupUpdate::DeleteMemberContent {
            members,
            hashes,
            admin_signature,
        } => {
            out.delete_member_content = Some(GroupUpdateDeleteMemberContentMessage {
                member_session_ids: members.iter().map(ToString::to_string).collect(),
                message_hashes: hashes.clone(),
                admin_signature: admin_signature.map(|signature| signature.to_vec()),
            });
        }
    }
    out
}

fn write_info(change: &InfoChange, admin_signature: &[u8; 64]) -> GroupUpdateInfoChangeMessage {
    let mut out = GroupUpdateInfoChangeMessage {
        admin_signature: Some(admin_signature.to_vec()),
        ..GroupUpdateInfoChangeMessage::default()
    };
    let kind = match change {
        InfoChange::Name(name) => {
            out.updated_name.clone_from(name);
            info_change::Type::Name
        }
        InfoChange::Avatar => info_change::Type::Avatar,
        InfoChange::Disappearing(seconds) => {
            out.updated_expiration = Some(*seconds);
            info_change::Type::DisappearingMessages
        }
    };
    out.r#type = Some(kind.into());
    out
}
