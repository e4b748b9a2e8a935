//! What one person does in one group: chosen, noted in the book, done.

use nous_api::ids::{ConversationId, MessageId};
use nous_api::requests::{
    AddGroupMembersRequest, ChangeGroupRequest, GroupMemberAction, GroupMemberActionRequest,
    LeaveGroupRequest, SendMessageRequest,
};
use nous_api::{ApiError, App, ErrorCode, deleting, groups, messages};

use super::book::{Fate, Place, Said};
use super::look::can_read;
use super::{NAMES, Story};
use crate::person::text_of;

/// What somebody does in a group.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub(super) who: usize,
    pub(super) group: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Write(String),
    /// A member who is no admin asks the admins' apps.
    Add {
        whom: usize,
        with_history: bool,
    },
    Remove {
        whom: usize,
        with_messages: bool,
    },
    AddAgain {
        whom: usize,
        with_history: bool,
    },
    Repair {
        whom: usize,
        with_history: bool,
    },
    Resend {
        whom: usize,
    },
    Promote {
        whom: usize,
    },
    Leave,
    Rename(String),
    Describe(String),
    /// By its place in the book.
    Unsay(usize),
}

impl What {
    /// What it is called where deeds are counted.
    const fn word(&self) -> &'static str {
        match self {
            Self::Write(_) => "write",
            Self::Add { .. } => "add",
            Self::Remove { .. } => "remove",
            Self::AddAgain { .. } => "add again",
            Self::Repair { .. } => "repair",
            Self::Resend { .. } => "resend",
            Self::Promote { .. } => "promote",
            Self::Leave => "leave",
            Self::Rename(_) => "rename",
            Self::Describe(_) => "describe",
            Self::Unsay(_) => "delete for all",
        }
    }
}

/// What may be answered: somebody else was faster, or the author is out by now.
const fn is_refusal(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::GroupClosed
            | ErrorCode::GroupWithoutKey
            | ErrorCode::NotGroupAdmin
            | ErrorCode::GroupNeedsMember
            | ErrorCode::LastGroupAdmin
            | ErrorCode::ConversationNotFound
    )
}

impl Story {
    /// Somebody writes: mostly one who was in when the chapter began, sometimes anybody.
    pub(super) fn writing(&mut self) -> Deed {
        let group = self.below(self.groups.len());
        let mut authors = self.book.at(group, Place::In);
        authors.retain(|who| self.people.contains_key(who));
        if self.below(25) == 0 || authors.is_empty() {
            authors = self.people.keys().copied().collect();
        }
        let who = self.pick(&authors).expect("somebody is there");
        let what = What::Write(self.text());
        Deed { who, group, what }
    }

    /// Somebody changes who is in a group; `None` where nobody can be found for it.
    pub(super) fn changing(&mut self) -> Option<Deed> {
        let group = self.below(self.groups.len());
        let (mut admins, mut members) = (self.book.leaders(group), self.book.free(group, Place::In));
        admins.retain(|who| self.people.contains_key(who));
        members.retain(|who| self.people.contains_key(who));
        let outside = self.book.free(group, Place::Out);
        let invited = self.book.free(group, Place::Invited);
        let admin = self.pick(&admins)?;
        let others = [members.as_slice(), invited.as_slice()].concat();
        let with_history = self.below(2) == 0;
        let (who, what) = match self.below(18) {
            0..=4 => {
                let whom = self.pick(&outside)?;
                (admin, What::Add { whom, with_history })
            }
            5..=8 => {
                let whom = self.pick(&others)?;
                let with_messages = self.below(5) == 0;
                (admin, What::Remove { whom, with_messages })
            }
            9 | 10 => {
                let whom = self.pick(&others)?;
                (admin, What::AddAgain { whom, with_history })
            }
            11 | 12 => {
                let whom = self.pick(&others)?;
                let with_history = self.below(4) == 0;
                (admin, What::Repair { whom, with_history })
            }
            13 => {
                let whom = self.pick(&invited)?;
                (admin, What::Resend { whom })
            }
            14 => {
                let whom = self.pick(&members)?;
                (admin, What::Promote { whom })
            }
            15 => (self.pick(&members)?, What::Leave),
            16 if self.book.may_leave((group, admin)) => (admin, What::Leave),
            // An app that leaves does not do what it is asked for.
            _ if self.book.has_lost_admin(group) => return None,
            16 => return None,
            _ => {
                let with_history = false;
                let whom = self.pick(&outside)?;
                (self.pick(&members)?, What::Add { whom, with_history })
            }
        };
        Some(Deed { who, group, what })
    }

    /// An admin changes what a group says of itself.
    pub(super) fn describing(&mut self) -> Option<Deed> {
        let group = self.below(self.groups.len());
        let mut admins = self.book.leaders(group);
        admins.retain(|who| self.people.contains_key(who));
        let who = self.pick(&admins)?;
        let what = if self.below(2) == 0 {
            What::Rename(self.name_of(group))
        } else {
            What::Describe(self.name_of(group))
        };
        Some(Deed { who, group, what })
    }

    /// The author of a message, or an admin, deletes it for all.
    pub(super) fn unsaying(&mut self) -> Option<Deed> {
        let place = self.below(self.book.said.len().max(1));
        let (group, author) = self.book.said.get(place).map(|said| (said.group, said.author))?;
        let mut admins = self.book.leaders(group);
        admins.push(author);
        admins.retain(|who| self.people.contains_key(who));
        let (who, what) = (self.pick(&admins)?, What::Unsay(place));
        Some(Deed { who, group, what })
    }

    /// Writes down what will be, before it is done.
    pub(super) fn note(&mut self, deed: &Deed) {
        let (group, seat) = (deed.group, (deed.group, deed.who));
        match deed.what {
            What::Write(_) | What::Rename(_) | What::Describe(_) => {}
            What::Unsay(place) => self.book.said[place].is_taken_back = true,
            What::Leave => self.book.leave(seat),
            What::Add { whom, with_history } | What::AddAgain { whom, with_history } => {
                self.book.touch((group, whom));
                self.book.changes_key(seat);
                if with_history {
                    self.book.share((group, whom));
                }
            }
            What::Remove { whom, with_messages } => {
                self.book.touch((group, whom));
                self.book.changes_key(seat);
                if with_messages {
                    self.book.silence((group, whom));
                }
            }
            What::Repair { whom, with_history } => {
                self.book.claim((group, whom));
                self.book.changes_key(seat);
                // Who was added with history and has not answered is given it again.
                if with_history || !self.book.at(group, Place::In).contains(&whom) {
                    self.book.share((group, whom));
                }
            }
            // Admins can read every key that is left.
            What::Resend { whom } | What::Promote { whom } => {
                self.book.claim((group, whom));
                self.book.changes_key(seat);
                self.book.share((group, whom));
            }
        }
    }

    /// Does what was noted; answers the message that was written.
    pub(super) async fn perform(&self, deed: &Deed) -> Result<Option<MessageId>, ApiError> {
        let app = &self.people[&deed.who].app;
        let id = self.groups[deed.group].clone();
        let members = |whom: usize| vec![self.ids[whom].clone()];
        match &deed.what {
            What::Write(text) => {
                // Where no key ever comes, as to who was removed before they accepted, it would
                // wait for ever.
                if !can_read(&self.people[&deed.who], &id).await {
                    return Ok(None);
                }
                return write(app, id, text).await.map(Some);
            }
            What::Add { whom, with_history } => {
                let request = AddGroupMembersRequest {
                    conversation: id,
                    members: members(*whom),
                    with_history: *with_history,
                };
                groups::add_group_members(app, request).await?;
            }
            What::AddAgain { whom, with_history } => {
                let with_history = *with_history;
                let action = GroupMemberAction::AddAgain { with_history };
                act_on(app, id, members(*whom), action).await?
            }
            What::Repair { whom, with_history } => {
                let with_history = *with_history;
                act_on(
                    app,
                    id,
                    members(*whom),
                    GroupMemberAction::Repair { with_history },
                )
                .await?
            }
            What::Resend { whom } => act_on(app, id, members(*whom), GroupMemberAction::Resend).await?,
            What::Promote { whom } => act_on(app, id, members(*whom), GroupMemberAction::Promote).await?,
            What::Remove { whom, with_messages } => {
                let with_messages = *with_messages;
                let action = GroupMemberAction::Remove { with_messages };
                act_on(app, id, members(*whom), action).await?;
            }
            What::Leave => {
                let request = LeaveGroupRequest {
                    conversation: id,
                    for_everybody: false,
                };
                groups::leave_group(app, request).await?;
            }
            What::Rename(name) => change(app, id, Some(name.clone()), None).await?,
            What::Describe(text) => change(app, id, None, Some(text.clone())).await?,
            What::Unsay(place) => {
                let text = &self.book.said[*place].text;
                let rows = self.people[&deed.who].timeline(&id.0).await;
                let found = rows.into_iter().filter(|row| text_of(row) == *text);
                deleting::delete_for_everyone(app, found.map(|row| row.id).collect()).await?;
            }
        }
        Ok(None)
    }

    /// Keeps what became of it; answers it in words.
    pub(super) fn keep(&mut self, deed: Deed, done: Result<Option<MessageId>, ApiError>) -> String {
        let words = format!("{} in group {}: {:?}", NAMES[deed.who], deed.group, deed.what);
        match done {
            Ok(None) if matches!(deed.what, What::Write(_)) => {
                self.count("without key");
                format!("{words}: there is no key")
            }
            Ok(written) => {
                self.count(deed.what.word());
                if let (Some(id), What::Write(text)) = (written, deed.what) {
                    self.book.said.push(Said {
                        group: deed.group,
                        author: deed.who,
                        text,
                        id,
                        chapter: self.book.chapter(),
                        fate: Fate::Waiting,
                        is_taken_back: false,
                    });
                }
                words
            }
            Err(error) if is_refusal(error.code) => {
                self.count("refused");
                format!("{words}: {:?}", error.code)
            }
            Err(error) => self.fail(&format!("{words}: {error:?}")),
        }
    }

    /// Somebody does one thing.
    pub(super) async fn carry_out(&mut self, deed: Deed) -> String {
        self.note(&deed);
        let done = Box::pin(self.perform(&deed)).await;
        self.keep(deed, done)
    }
}

async fn write(app: &App, conversation: ConversationId, text: &str) -> Result<MessageId, ApiError> {
    let request = SendMessageRequest {
        conversation,
        body: text.to_owned(),
        // No two texts are the same.
        client_token: text.to_owned(),
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    Ok(messages::send_message(app, request).await?.remove(0).id)
}

async fn act_on(
    app: &App,
    conversation: ConversationId,
    members: Vec<String>,
    action: GroupMemberAction,
) -> Result<(), ApiError> {
    let request = GroupMemberActionRequest {
        conversation,
        members,
        action,
    };
    groups::act_on_group_members(app, request).await
}

async fn change(
    app: &App,
    conversation: ConversationId,
    name: Option<String>,
    description: Option<String>,
) -> Result<(), ApiError> {
    let request = ChangeGroupRequest {
        conversation,
        name,
        description,
        timer_seconds: None,
        members_may_add: None,
        all_are_admins: None,
    };
    groups::change_group(app, request).await.map(drop)
}
