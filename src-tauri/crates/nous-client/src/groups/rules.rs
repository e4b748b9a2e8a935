//! What a message of a group means here. Pure: a content and what is known, in; effects, out.
//!
//! Source: `groups.md` §7, §11, §14, §15 and §22.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::content::group::{InfoChange, MemberChange};
use nous_protocol::content::{GroupUpdate, Incoming, Parsed, Profile, Wish};
use nous_protocol::group::update::{self, Proof};
use nous_protocol::time::Timestamp;
use nous_storage::attachments::PointedFile;
use nous_storage::conversations::Standing;
use nous_storage::groups::deletions::Erased;
use nous_storage::groups::parked::Reason;
use nous_storage::messages::{GroupEvent, MessageName, Quote};

use crate::cards::{self, ReceivedCard};
use crate::files::received::pointed;
use crate::reactions::said::ReactionTo;
use crate::receive::rules::quote_of;

/// What is known when a message is decided about.
#[derive(Debug, Clone)]
pub struct GroupView {
    /// Which group.
    pub group: GroupId,
    /// Us.
    pub own: AccountId,
    /// Who is in it, as far as the list of members is known, and whether they are admins.
    pub members: BTreeMap<AccountId, bool>,
    /// The people of the batch who have a conversation with us.
    pub people: BTreeMap<AccountId, Standing>,
    /// The (author, sent time) of the batch that have a message.
    pub known: BTreeSet<MessageName>,
    /// What was deleted for all before it could be read here.
    pub erased: Vec<Erased>,
    /// What was sent before that moment was deleted for all.
    pub delete_before: Timestamp,
    /// The same for messages with attachments.
    pub delete_attachments_before: Timestamp,
}

impl GroupView {
    fn is_blocked(&self, account: &AccountId) -> bool {
        self.people.get(account).is_some_and(|person| person.is_blocked)
    }
}

/// A message of a group that was opened.
#[derive(Clone, PartialEq)]
pub struct GroupArrived {
    /// Who signed it.
    pub sender: AccountId,
    /// The envelope's time: its name on the network.
    pub sent: Timestamp,
    /// What it says.
    pub parsed: Parsed,
    /// It waited for its sender to become known: it does not wait again.
    pub has_waited: bool,
}

/// Something to do in the transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupEffect {
    /// A message in the timeline.
    Show {
        /// Its text.
        body: String,
        /// It has something that this version cannot show, and no text.
        is_unsupported: bool,
        /// Whether it mentions us, or answers us.
        mentions_us: bool,
        /// What it answers.
        quote: Option<Quote>,
        /// Its files, in order.
        files: Vec<PointedFile>,
        /// Its card.
        card: Option<ReceivedCard>,
    },
    /// A reaction to a message.
    React(ReactionTo),
    /// A message of ours that the swarm has: it was sent.
    Sent,
    /// Something happened, as an admin says, or the one who did it.
    Event(GroupEvent),
    /// Messages are deleted for all.
    Erase {
        /// With these hashes.
        hashes: Vec<String>,
        /// All of these people.
        members: Vec<AccountId>,
        /// An admin says so; else only what the sender wrote is meant.
        is_admin: bool,
    },
    /// The sender is in the group, with this profile.
    InGroup(Option<Profile>),
    /// The sender left: admins remove them.
    LeftGroup,
    /// The sender asks the admins' apps for something.
    Asks(Wish),
    /// Kept for later.
    Park(Reason),
    /// Of a kind for a later version: kept, and shown as one folded row.
    Unknown,
    /// Dropped and counted.
    Drop(&'static str),
}

/// Decides what a message does.
#[must_use]
pub fn apply(arrived: &GroupArrived, view: &GroupView) -> Vec<GroupEffect> {
    let is_stranger = !view.members.contains_key(&arrived.sender) && arrived.sender != view.own;
    if is_stranger && !view.members.is_empty() && !arrived.has_waited {
        return vec![GroupEffect::Park(Reason::UnknownSender)];
    }
    match &arrived.parsed.content {
        Incoming::GroupUpdate(update, extras) => updated(arrived, update, extras.profile.as_ref(), view),
        // What blocked people say stays hidden: unblocking them shows it.
        _ if view.is_blocked(&arrived.sender) => vec![GroupEffect::Park(Reason::Later)],
        Incoming::Message(message) => {
            let name = (view.group.into(), arrived.sender, arrived.sent);
            if view.known.contains(&name) {
                let is_own = arrived.sender == view.own;
                return vec![if is_own {
                    GroupEffect::Sent
                } else {
                    GroupEffect::Drop("duplicate")
                }];
            }
            let has_attachments = !message.attachments.is_empty();
            let is_deleted = arrived.sent < view.delete_before
                || (has_attachments && arrived.sent < view.delete_attachments_before);
            if is_deleted {
                return vec![GroupEffect::Drop("group.deletedBefore")];
            }
            let quote = quote_of(message);
            let answers_us = quote.is_some_and(|quote| quote.author == view.own);
            let is_about_us = answers_us || mentions(&message.body, &view.own);
            let files = pointed(&message.attachments);
            let card = cards::received(message);
            let has_more = quote.is_some() || !files.is_empty() || card.is_some();
            let shown = GroupEffect::Show {
                body: message.body.clone(),
                is_unsupported: message.body.is_empty() && !has_more,
                mentions_us: arrived.sender != view.own && is_about_us,
                quote,
                files,
                card,
            };
            let asks = message.extras.wish.map(GroupEffect::Asks);
            let in_group = GroupEffect::InGroup(message.extras.profile.clone());
            [Some(shown), Some(in_group), asks]
                .into_iter()
                .flatten()
                .collect()
        }
        Incoming::ProfileOnly(extras) => vec![GroupEffect::InGroup(extras.profile.clone())],
        Incoming::Reaction(reaction, extras) => {
            let reacts = ReactionTo::read(reaction)
                .map_or(GroupEffect::Drop("group.reactionUnreadable"), GroupEffect::React);
            vec![reacts, GroupEffect::InGroup(extras.profile.clone())]
        }
        Incoming::Unknown if arrived.sender == view.own => vec![GroupEffect::Park(Reason::Later)],
        Incoming::Unknown => vec![GroupEffect::Unknown],
        // Admins set it in the group's information.
        Incoming::Expiration(_)
        | Incoming::Receipt(_)
        | Incoming::Typing { .. }
        | Incoming::DataExtraction(_)
        | Incoming::Unsend(_)
        | Incoming::Call(_)
        | Incoming::RequestResponse(_)
        | Incoming::Ignored(_) => vec![GroupEffect::Drop("group.notForGroups")],
    }
}

/// News about the group. Who is a member, what it is called: that is known from its configs only;
/// these are for people.
fn updated(
    arrived: &GroupArrived,
    update: &GroupUpdate,
    profile: Option<&Profile>,
    view: &GroupView,
) -> Vec<GroupEffect> {
    let proof = update::verify(&view.group, update, &view.own, arrived.sent);
    if proof == Proof::Invalid {
        return vec![GroupEffect::Drop("group.updateUnsigned")];
    }
    // The signature does not cover what changed: whoever has seen it could say something else.
    let is_of_admin = view.members.get(&arrived.sender) == Some(&true);
    let is_signed = matches!(
        update,
        GroupUpdate::InfoChange { .. } | GroupUpdate::MemberChange { .. }
    );
    if is_signed && !is_of_admin {
        return vec![GroupEffect::Drop("group.updateByMember")];
    }
    let event = |event| vec![GroupEffect::Event(event)];
    match update {
        GroupUpdate::Invite { .. } | GroupUpdate::Promote { .. } => {
            vec![GroupEffect::Drop("group.inviteInGroup")]
        }
        GroupUpdate::InfoChange { change, .. } => event(match change {
            InfoChange::Name(name) => GroupEvent::Named {
                name: name.clone().unwrap_or_default(),
            },
            InfoChange::Avatar => GroupEvent::PictureChanged,
            InfoChange::Disappearing(seconds) => GroupEvent::TimerChanged { seconds: *seconds },
        }),
        GroupUpdate::MemberChange {
            change,
            members,
            history_shared,
            ..
        } => {
            let people = members.clone();
            event(match change {
                MemberChange::Added => GroupEvent::Added {
                    people,
                    with_history: *history_shared,
                },
                MemberChange::Removed => GroupEvent::Removed { people },
                MemberChange::Promoted => GroupEvent::Promoted { people },
            })
        }
        GroupUpdate::MemberLeft => vec![GroupEffect::LeftGroup],
        GroupUpdate::MemberLeftNotification => event(GroupEvent::Left),
        GroupUpdate::InviteResponse { approved: true } => vec![GroupEffect::InGroup(profile.cloned())],
        GroupUpdate::InviteResponse { approved: false } => vec![GroupEffect::Drop("group.notAccepted")],
        GroupUpdate::DeleteMemberContent { members, hashes, .. } => vec![GroupEffect::Erase {
            hashes: hashes.clone(),
            members: members.clone(),
            is_admin: proof == Proof::Valid,
        }],
    }
}

/// Whether a text mentions somebody: `@` and their account ID stand there.
#[must_use]
pub fn mentions(body: &str, account: &AccountId) -> bool {
    body.to_ascii_lowercase().contains(&format!("@{account}"))
}

/// Whom a text mentions, each once, in order.
#[must_use]
pub fn mentioned(body: &str) -> Vec<AccountId> {
    let mut found = Vec::new();
    for (at, _) in body.match_indices("@05") {
        let id = body.get(at + 1..at + 67);
        if let Some(id) = id.and_then(|id| AccountId::from_hex(id).ok())
            && !found.contains(&id)
        {
            found.push(id);
        }
    }
    found
}
