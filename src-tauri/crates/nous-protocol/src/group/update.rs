//! News about a group: made with the admins' signature, and checked.
//!
//! Everything that only an admin may say carries a signature with the group's key over a
//! short text that ends in, or contains, the time of the message.
//!
//! Source: `groups.md` §7.

use super::secret::GroupSecret;
use super::subaccount;
use crate::account::{AccountId, GroupId};
use crate::auth::Access;
use crate::content::group::{GroupUpdate, InfoChange, MemberChange};
use crate::curve;
use crate::time::Timestamp;
use crate::wire::protobuf::{
    group_update_info_change_message as info_change_message,
    group_update_member_change_message as member_change_message,
};

/// What is known about who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// An admin signed it for this group, this person and this time.
    Valid,
    /// It carries no signature of an admin. Who sent it is known from the message itself; a
    /// promotion is proven by its seed ([`GroupSecret::of_group`]).
    Unsigned,
    /// It carries a signature, or should, and that is not an admin's: drop it.
    Invalid,
}

/// An invitation for one person, with the permission of a member inside.
///
/// `name`: the group's; `sent`: the time of the message that carries it. `None` if the
/// person's account ID is no usable key.
///
/// Source: `groups.md` §7.
#[must_use]
pub fn invite(secret: &GroupSecret, invitee: &AccountId, name: &str, sent: Timestamp) -> Option<GroupUpdate> {
    let auth = subaccount::issue(secret, invitee, Access::MEMBER)?;
    Some(GroupUpdate::Invite {
        group: secret.id().into(),
        name: name.to_owned(),
        member_auth_data: *auth.expose(),
        admin_signature: secret.sign(&invite_text(invitee, sent)),
    })
}

/// Name, picture or timer changed.
///
/// `sent`: the time of the message that carries it.
///
/// Source: `groups.md` §7.
#[must_use]
pub fn info_change(secret: &GroupSecret, change: InfoChange, sent: Timestamp) -> GroupUpdate {
    let admin_signature = secret.sign(&info_text(&change, sent));
    GroupUpdate::InfoChange {
        change,
        admin_signature,
    }
}

/// Members came, went, or became admins.
///
/// `history_shared`: whether new ones can read what was before; `sent`: the time of the
/// message that carries it.
///
/// Source: `groups.md` §7.
#[must_use]
pub fn member_change(
    secret: &GroupSecret,
    change: MemberChange,
    members: Vec<AccountId>,
    history_shared: bool,
    sent: Timestamp,
) -> GroupUpdate {
    GroupUpdate::MemberChange {
        change,
        members,
        history_shared,
        admin_signature: secret.sign(&member_text(change, sent)),
    }
}

/// Messages that an admin erases: all of `members`, and those with these `hashes`.
///
/// A member who erases own messages writes the content without a signature instead.
/// `sent`: the time of the message that carries it.
///
/// Source: `groups.md` §7.
#[must_use]
pub fn delete_content(
    secret: &GroupSecret,
    members: Vec<AccountId>,
    hashes: Vec<String>,
    sent: Timestamp,
) -> GroupUpdate {
    let admin_signature = Some(secret.sign(&delete_text(&members, &hashes, sent)));
    GroupUpdate::DeleteMemberContent {
        members,
        hashes,
        admin_signature,
    }
}

/// Whether an admin of `group` said it.
///
/// `recipient`: who received it, which an invitation is signed for; `sent`: the time of the
/// message that carried it. An invitation into another group is [`Proof::Invalid`]. The list of
/// members in a change is **not** signed, only its kind and time: take the change for a
/// notice, and who is a member from the config.
///
/// Source: `groups.md` §7.
#[must_use]
pub fn verify(group: &GroupId, update: &GroupUpdate, recipient: &AccountId, sent: Timestamp) -> Proof {
    let (text, signature) = match update {
        GroupUpdate::Invite {
            group: into,
            admin_signature,
            ..
        } => {
            if into.as_bytes() != &group.to_bytes() {
                return Proof::Invalid;
            }
            (invite_text(recipient, sent), admin_signature)
        }
        GroupUpdate::InfoChange {
            change,
            admin_signature,
        } => (info_text(change, sent), admin_signature),
        GroupUpdate::MemberChange {
            change,
            admin_signature,
            ..
        } => (member_text(*change, sent), admin_signature),
        GroupUpdate::DeleteMemberContent {
            members,
            hashes,
            admin_signature: Some(admin_signature),
        } => (delete_text(members, hashes, sent), admin_signature),
        GroupUpdate::DeleteMemberContent {
            admin_signature: None,
            ..
        }
        | GroupUpdate::Promote { .. }
        | GroupUpdate::MemberLeft
        | GroupUpdate::MemberLeftNotification
        | GroupUpdate::InviteResponse { .. } => return Proof::Unsigned,
    };
    if curve::verify_ed25519(group.ed25519(), &text, signature) {
        Proof::Valid
    } else {
        Proof::Invalid
    }
}

fn invite_text(invitee: &AccountId, sent: Timestamp) -> Vec<u8> {
    format!("INVITE{invitee}{}", sent.as_wire()).into_bytes()
}

fn info_text(change: &InfoChange, sent: Timestamp) -> Vec<u8> {
    use info_change_message::Type;
    let kind = i32::from(match change {
        InfoChange::Name(_) => Type::Name,
        InfoChange::Avatar => Type::Avatar,
        InfoChange::Disappearing(_) => Type::DisappearingMessages,
    });
    format!("INFO_CHANGE{kind}{}", sent.as_wire()).into_bytes()
}

fn member_text(change: MemberChange, sent: Timestamp) -> Vec<u8> {
    use member_change_message::Type;
    let kind = i32::from(match change {
        MemberChange::Added => Type::Added,
        MemberChange::Removed => Type::Removed,
        MemberChange::Promoted => Type::Promoted,
    });
    format!("MEMBER_CHANGE{kind}{}", sent.as_wire()).into_bytes()
}

fn delete_text(members: &[AccountId], hashes: &[String], sent: Timestamp) -> Vec<u8> {
    let ids: String = members.iter().map(ToString::to_string).collect();
    format!("DELETE_CONTENT{}{ids}{}", sent.as_wire(), hashes.concat()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::subaccount::MemberAuth;
    use crate::keys::{IdentityKeys, Seed};

    const SENT: Timestamp = Timestamp::from_ms(1_767_225_600_123);
    const LATER: Timestamp = Timestamp::from_ms(1_767_225_600_124);

    fn person(byte: u8) -> IdentityKeys {
        IdentityKeys::from_seed(&Seed::from_bytes([byte; 16]))
    }

    fn id(byte: u8) -> AccountId {
        person(byte).account_id()
    }

    fn secret() -> GroupSecret {
        GroupSecret::from_seed(&[1; 32])
    }

    fn signed() -> Vec<GroupUpdate> {
        let (members, hashes) = (vec![id(2), id(3)], vec!["a".to_owned(), "b".to_owned()]);
        let change = |kind| member_change(&secret(), kind, members.clone(), true, SENT);
        vec![
            invite(&secret(), &id(2), "Friends", SENT).unwrap(),
            info_change(&secret(), InfoChange::Name(Some("Friends".to_owned())), SENT),
            info_change(&secret(), InfoChange::Avatar, SENT),
            info_change(&secret(), InfoChange::Disappearing(60), SENT),
            change(MemberChange::Added),
            change(MemberChange::Removed),
            change(MemberChange::Promoted),
            delete_content(&secret(), members.clone(), hashes, SENT),
        ]
    }

    #[test]
    fn what_an_admin_says_is_valid_for_this_group_and_this_time_only() {
        let other = GroupSecret::from_seed(&[2; 32]).id();
        for (at, update) in signed().iter().enumerate() {
            let of = |group: &GroupId, sent| verify(group, update, &id(2), sent);
            assert_eq!(of(&secret().id(), SENT), Proof::Valid, "{at}");
            assert_eq!(of(&secret().id(), LATER), Proof::Invalid, "{at}");
            assert_eq!(of(&other, SENT), Proof::Invalid, "{at}");
        }
    }

    #[test]
    fn texts_are_those_of_the_page() {
        let time = "1767225600123";
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(text(invite_text(&id(2), SENT)), format!("INVITE{}{time}", id(2)));
        let info = [
            InfoChange::Name(None),
            InfoChange::Avatar,
            InfoChange::Disappearing(0),
        ];
        let info = info.map(|change| text(info_text(&change, SENT)));
        assert_eq!(info, [1, 2, 3].map(|n| format!("INFO_CHANGE{n}{time}")));
        let members = [MemberChange::Added, MemberChange::Removed, MemberChange::Promoted];
        let members = members.map(|change| text(member_text(change, SENT)));
        assert_eq!(members, [1, 2, 3].map(|n| format!("MEMBER_CHANGE{n}{time}")));
        let (ids, hashes) = ([id(2), id(3)], ["ab".to_owned(), "c".to_owned()]);
        let expected = format!("DELETE_CONTENT{time}{}{}abc", id(2), id(3));
        assert_eq!(text(delete_text(&ids, &hashes, SENT)), expected);
    }

    #[test]
    fn an_invitation_is_for_one_person_and_lets_them_in() {
        let invitation = invite(&secret(), &id(2), "Friends", SENT).unwrap();
        let proof = verify(&secret().id(), &invitation, &id(3), SENT);
        assert_eq!(proof, Proof::Invalid);
        let GroupUpdate::Invite { member_auth_data, .. } = invitation else {
            unreachable!("another kind");
        };
        assert!(MemberAuth::open(&secret().id(), &person(2), &member_auth_data).is_ok());
        assert!(invite(&secret(), &AccountId::from_x25519([0; 32]), "", SENT).is_none());
    }

    #[test]
    fn an_invitation_that_names_another_group_is_invalid() {
        let mut invitation = invite(&secret(), &id(2), "Friends", SENT).unwrap();
        if let GroupUpdate::Invite { group, .. } = &mut invitation {
            *group = GroupSecret::from_seed(&[2; 32]).id().into();
        }
        let proof = verify(&secret().id(), &invitation, &id(2), SENT);
        assert_eq!(proof, Proof::Invalid);
    }

    #[test]
    fn a_signature_for_one_kind_does_not_hold_for_another() {
        let added = member_change(&secret(), MemberChange::Added, Vec::new(), false, SENT);
        let GroupUpdate::MemberChange { admin_signature, .. } = added else {
            unreachable!("another kind");
        };
        let forged = [
            GroupUpdate::MemberChange {
                change: MemberChange::Removed,
                members: Vec::new(),
                history_shared: false,
                admin_signature,
            },
            GroupUpdate::InfoChange {
                change: InfoChange::Name(None),
                admin_signature,
            },
            GroupUpdate::DeleteMemberContent {
                members: Vec::new(),
                hashes: Vec::new(),
                admin_signature: Some(admin_signature),
            },
        ];
        for update in &forged {
            assert_eq!(verify(&secret().id(), update, &id(2), SENT), Proof::Invalid);
        }
    }

    #[test]
    fn kinds_that_carry_no_signature_are_unsigned() {
        let unsigned = [
            GroupUpdate::MemberLeft,
            GroupUpdate::MemberLeftNotification,
            GroupUpdate::InviteResponse { approved: true },
            GroupUpdate::Promote {
                group_identity_seed: [1; 32],
                name: String::new(),
            },
            GroupUpdate::DeleteMemberContent {
                members: vec![id(2)],
                hashes: Vec::new(),
                admin_signature: None,
            },
        ];
        for update in &unsigned {
            assert_eq!(verify(&secret().id(), update, &id(2), SENT), Proof::Unsigned);
        }
    }
}
