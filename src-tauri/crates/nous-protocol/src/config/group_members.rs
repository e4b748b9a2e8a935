//! Who is in a group: names, roles, and how far invitations, promotions and removals are.
//!
//! Source: `groups.md` §4.

use std::fmt;

use super::data::Dict;
use super::fields::{EntryEditor, Fields, Picture};
use super::state::ConfigState;
use crate::account::AccountId;
use crate::group::secret::GroupSecret;

/// The most members of a group.
///
/// Source: `groups.md` §21.
pub const MAX_MEMBERS: usize = 100;

/// The dict of members.
const MEMBERS: &[u8] = b"m";

/// Where this device keeps what was doubtful at the last poll.
const DOUBT: &[u8] = b"doubt";

/// The config of a group's members.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupMembers {
    state: ConfigState,
}

super::typed_group!(GroupMembers, "groups::Members", GROUP_MEMBERS);

/// How far an invitation or a promotion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Progress {
    /// There is none, or it was accepted.
    #[default]
    Accepted,
    /// It was sent.
    Sent,
    /// It could not be sent.
    Failed,
    /// It was not sent yet.
    NotSent,
    /// Another client's number.
    Unknown(i64),
}

impl Progress {
    const fn of(number: i64) -> Self {
        match number {
            0 => Self::Accepted,
            1 => Self::Sent,
            2 => Self::Failed,
            3 => Self::NotSent,
            other => Self::Unknown(other),
        }
    }

    /// The number that travels; 0 for none.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Accepted => 0,
            Self::Sent => 1,
            Self::Failed => 2,
            Self::NotSent => 3,
            Self::Unknown(other) => other,
        }
    }
}

/// Whether a member is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Leaving {
    /// No.
    #[default]
    Stays,
    /// Yes.
    Removed,
    /// Yes, and what they wrote too.
    RemovedWithMessages,
    /// Yes, by another client's number.
    Unknown(i64),
}

impl Leaving {
    const fn of(number: i64) -> Self {
        match number {
            0 => Self::Stays,
            1 => Self::Removed,
            2 => Self::RemovedWithMessages,
            other => Self::Unknown(other),
        }
    }

    /// The number that travels; 0 for none.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Stays => 0,
            Self::Removed => 1,
            Self::RemovedWithMessages => 2,
            Self::Unknown(other) => other,
        }
    }
}

/// A member of a group.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// Who.
    pub id: AccountId,
    /// The name they gave themselves, as it came, at most 100 bytes.
    pub name: String,
    /// Their picture.
    pub picture: Option<Picture>,
    /// When their profile was last changed, in seconds; 0 if nobody knows.
    pub profile_updated: i64,
    /// Whether they are an admin, or the promotion is on its way.
    pub is_admin: bool,
    /// Their invitation; admins have none.
    pub invitation: Progress,
    /// Their promotion.
    pub promotion: Progress,
    /// Whether the invitation comes with older keys.
    pub with_history: bool,
    /// Whether they are being removed.
    pub leaving: Leaving,
}

/// Shows nothing that names a person.
impl fmt::Debug for GroupMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupMember")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a member is now; the numbers are those of other implementations, on no wire.
///
/// Source: `groups.md` §4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MemberStatus {
    InviteUnknown = 0,
    InviteNotSent = 1,
    InviteSending = 2,
    InviteFailed = 3,
    InviteSent = 4,
    InviteAccepted = 5,
    PromotionUnknown = 6,
    PromotionNotSent = 7,
    PromotionSending = 8,
    PromotionFailed = 9,
    PromotionSent = 10,
    PromotionAccepted = 11,
    RemovedUnknown = 12,
    Removed = 13,
    RemovedWithMessages = 14,
}

impl GroupMember {
    /// Somebody who is to be invited.
    #[must_use]
    pub const fn invited(id: AccountId) -> Self {
        Self {
            id,
            name: String::new(),
            picture: None,
            profile_updated: 0,
            is_admin: false,
            invitation: Progress::NotSent,
            promotion: Progress::Accepted,
            with_history: false,
            leaving: Leaving::Stays,
        }
    }

    /// Who makes a group: an admin from the beginning.
    #[must_use]
    pub const fn founder(id: AccountId) -> Self {
        let mut member = Self::invited(id);
        member.accept_promotion();
        member
    }

    fn read(id: AccountId, entry: &Dict) -> Self {
        let is_admin = entry.is_set(b"A");
        let invitation = match Progress::of(entry.number(b"I")) {
            _ if is_admin => Progress::Accepted,
            progress => progress,
        };
        Self {
            id,
            name: entry.name(b"n"),
            picture: entry.picture(b"p", b"q"),
            profile_updated: entry.number(b"t").max(0),
            is_admin,
            invitation,
            promotion: Progress::of(entry.number(b"P")),
            with_history: invitation != Progress::Accepted && entry.is_set(b"s"),
            leaving: Leaving::of(entry.number(b"R")),
        }
    }

    /// What they are. `is_sending`: an invitation or promotion is on its way from this device.
    ///
    /// Source: `groups.md` §4.
    #[must_use]
    pub const fn status(&self, is_sending: bool) -> MemberStatus {
        match (self.leaving, self.is_admin) {
            (Leaving::RemovedWithMessages, _) => MemberStatus::RemovedWithMessages,
            (Leaving::Removed, _) => MemberStatus::Removed,
            (Leaving::Unknown(_), _) => MemberStatus::RemovedUnknown,
            (Leaving::Stays, true) => match self.promotion {
                Progress::NotSent if is_sending => MemberStatus::PromotionSending,
                Progress::NotSent => MemberStatus::PromotionNotSent,
                Progress::Failed => MemberStatus::PromotionFailed,
                Progress::Sent => MemberStatus::PromotionSent,
                Progress::Unknown(_) => MemberStatus::PromotionUnknown,
                Progress::Accepted => MemberStatus::PromotionAccepted,
            },
            (Leaving::Stays, false) => match self.invitation {
                Progress::NotSent if is_sending => MemberStatus::InviteSending,
                Progress::NotSent => MemberStatus::InviteNotSent,
                Progress::Failed => MemberStatus::InviteFailed,
                Progress::Sent => MemberStatus::InviteSent,
                Progress::Unknown(_) => MemberStatus::InviteUnknown,
                Progress::Accepted => MemberStatus::InviteAccepted,
            },
        }
    }

    /// The invitation is so far.
    pub const fn invite(&mut self, progress: Progress) {
        self.invitation = progress;
        if matches!(progress, Progress::Accepted) {
            self.with_history = false;
        }
    }

    /// They become an admin; the promotion is so far.
    pub const fn promote(&mut self, progress: Progress) {
        self.is_admin = true;
        self.invite(Progress::Accepted);
        self.promotion = progress;
    }

    /// They are an admin.
    pub const fn accept_promotion(&mut self) {
        self.promote(Progress::Accepted);
    }

    /// They are to be removed.
    pub const fn remove(&mut self, with_messages: bool) {
        self.invite(Progress::Accepted);
        self.promotion = Progress::Accepted;
        self.leaving = if with_messages {
            Leaving::RemovedWithMessages
        } else {
            Leaving::Removed
        };
    }
}

impl GroupMembers {
    /// A member, if they are there.
    #[must_use]
    pub fn get(&self, id: &AccountId) -> Option<GroupMember> {
        let entry = self.state.data().dict_at(&[MEMBERS, &id.to_bytes()])?;
        Some(GroupMember::read(*id, entry))
    }

    /// All members, by ascending id. What is no member's entry is left out.
    pub fn iter(&self) -> impl Iterator<Item = GroupMember> {
        let members = self.state.data().dicts(MEMBERS);
        members.filter_map(|(key, entry)| Some(GroupMember::read(AccountId::from_bytes(key)?, entry)))
    }

    /// What was doubtful at the last poll, on this device.
    pub(crate) fn doubt(&self) -> Option<&[u8]> {
        self.state.local().string(DOUBT)
    }

    /// Notes what is doubtful.
    pub(crate) fn note_doubt(&mut self, doubt: Option<&[u8]>) {
        self.state.note_local(DOUBT, doubt);
    }

    /// Sets a member; only admins can. Fields that we do not know stay as they are.
    ///
    /// Source: `groups.md` §4.
    pub fn set(&mut self, _admin: &GroupSecret, member: &GroupMember) {
        let id = member.id.to_bytes();
        let path: [&[u8]; 2] = [MEMBERS, &id];
        let mut entry = EntryEditor {
            editor: self.state.edit_own(),
            path: &path,
        };
        let is_invited = !member.is_admin && member.invitation != Progress::Accepted;
        entry.name(b"n", &member.name, true);
        entry.picture(b"p", b"q", member.picture.as_ref());
        entry.positive(b"t", member.profile_updated);
        entry.flag(b"A", member.is_admin);
        entry.nonzero(b"I", if is_invited { member.invitation.number() } else { 0 });
        entry.nonzero(b"P", member.promotion.number());
        entry.flag(b"s", is_invited && member.with_history);
        entry.nonzero(b"R", member.leaving.number());
    }

    /// Erases a member; whether they were there. Only admins can.
    pub fn erase(&mut self, _admin: &GroupSecret, id: &AccountId) -> bool {
        self.state.edit_own().remove(&[MEMBERS, &id.to_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> AccountId {
        AccountId::from_x25519([n; 32])
    }

    fn stored(member: &GroupMember) -> GroupMember {
        let mut members = GroupMembers::default();
        members.set(&GroupSecret::from_seed(&[1; 32]), member);
        members.get(&member.id).unwrap()
    }

    #[test]
    fn every_state_reads_as_it_was_set() {
        let mut member = GroupMember::invited(id(1));
        member.with_history = true;
        assert_eq!(stored(&member), member);
        assert_eq!(member.status(false), MemberStatus::InviteNotSent);
        assert_eq!(member.status(true), MemberStatus::InviteSending);
        for (progress, status) in [
            (Progress::Sent, MemberStatus::InviteSent),
            (Progress::Failed, MemberStatus::InviteFailed),
            (Progress::Unknown(9), MemberStatus::InviteUnknown),
            (Progress::Accepted, MemberStatus::InviteAccepted),
        ] {
            member.invite(progress);
            assert_eq!(
                (stored(&member).status(false), &stored(&member)),
                (status, &member)
            );
        }
        assert!(
            !member.with_history,
            "an accepted invitation has no history to come"
        );
        for (progress, status) in [
            (Progress::NotSent, MemberStatus::PromotionNotSent),
            (Progress::Sent, MemberStatus::PromotionSent),
            (Progress::Failed, MemberStatus::PromotionFailed),
            (Progress::Accepted, MemberStatus::PromotionAccepted),
        ] {
            member.promote(progress);
            assert_eq!(
                (stored(&member).status(false), &stored(&member)),
                (status, &member)
            );
        }
        for (with_messages, status) in [
            (false, MemberStatus::Removed),
            (true, MemberStatus::RemovedWithMessages),
        ] {
            member.remove(with_messages);
            assert_eq!(stored(&member).status(false), status);
        }
    }

    #[test]
    fn an_admin_has_no_invitation_and_a_name_is_always_written() {
        let (mut members, secret) = (GroupMembers::default(), GroupSecret::from_seed(&[1; 32]));
        let mut admin = GroupMember::founder(id(2));
        admin.invitation = Progress::Sent;
        members.set(&secret, &admin);
        let entry = members
            .state()
            .data()
            .dict_at(&[MEMBERS, &id(2).to_bytes()])
            .unwrap();
        assert_eq!((entry.integer(b"I"), entry.string(b"n")), (None, Some(&b""[..])));
        assert_eq!(members.iter().count(), 1);
        assert!(members.erase(&secret, &id(2)) && !members.erase(&secret, &id(2)));
        assert_eq!(members.iter().count(), 0);
    }
}
