//! Groups; and communities, kept as other devices set them up and not opened yet.

use nous_client::client::GroupPage;
use nous_client::groups::create::NewGroup;
use nous_client::groups::error::GroupError;
use nous_client::groups::facts::FactsChange;
use nous_client::groups::people::{Added, MemberAction};
use nous_client::groups::picture::GroupPictureError;
use nous_client::groups::status::GroupStatus;
use nous_client::protocol::account::{AccountId, GroupId};
use nous_client::protocol::config::fields::NotifyMode;
use nous_client::protocol::time::Timestamp;
use nous_client::storage::conversations::ListedGroup;
use nous_client::storage::groups::details::{Standing, Trouble};
use nous_client::storage::groups::members::{MemberRow, Step};
use nous_client::storage::kept_groups::{KeptGroup, KeptKind};

use crate::app::App;
use crate::convert::{conversation_id, moment};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::{ConversationId, PictureId, TimestampMs};
use crate::people_names::PeopleNames;
use crate::pictures::crop_of;
use crate::requests::{
    AddGroupMembersRequest, ChangeGroupRequest, CreateGroupRequest, GroupMemberAction,
    GroupMemberActionRequest, GroupWords, LeaveGroupRequest, SetGroupPictureRequest,
};
use crate::rows::{
    AddedMembers, ConversationRow, GroupDetails, GroupKind, GroupMemberRow, GroupNotifications,
    GroupStanding, GroupSummary, GroupSyncRow, GroupTrouble, KeptGroupRow, MemberState,
};

/// A group that was not heard of for so many days needs care.
const SILENT_DAYS: u32 = 10;
/// The milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Communities and groups of the old kind, pinned first, then by name.
///
/// # Errors
/// `Locked`, or what the database said.
pub async fn list_kept_groups(app: &App) -> Result<Vec<KeptGroupRow>, ApiError> {
    let groups = app.client.kept_groups().await?;
    Ok(groups.into_iter().map(row).collect())
}

/// Makes a group; its members are invited in the background.
///
/// # Errors
/// `NameEmpty`, `NameTooLong`, `DescriptionTooLong`, `GroupNeedsMember`, `GroupTooLarge`,
/// `NotAnAccountId`, `PictureGone` if it is not staged any more, or what the database said; then
/// nothing was made.
pub async fn create_group(app: &App, request: CreateGroupRequest) -> Result<ConversationRow, ApiError> {
    let people = accounts(&request.members)?;
    let new = NewGroup {
        name: request.name,
        description: request.description,
        people: people.into_iter().map(|id| (id, String::new())).collect(),
        all_are_admins: request.all_are_admins,
    };
    let id = match request.picture {
        None => app.client.create_group(new).await?,
        Some(picture) => {
            let staged = (picture.staged.0, picture.crop.map(crop_of));
            app.client.create_group_with_picture(new, staged).await?
        }
    };
    let mut rows = app.client.conversations_with(vec![id.into()]).await?;
    let names = PeopleNames::of_list(app, &rows).await?;
    rows.pop()
        .map(|row| crate::convert::conversation_row(row, &names, app.client.now()))
        .ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

/// Everything about a group.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn get_group(app: &App, conversation: ConversationId) -> Result<GroupDetails, ApiError> {
    let page = app.client.group(group_of(&conversation)?).await?;
    let people = page.members.iter().map(|member| member.id).collect();
    let names = PeopleNames::of_people(app, people).await?;
    Ok(details(page, conversation, &names, app.client.now()))
}

/// Changes what a group says of itself. Admins only.
///
/// # Errors
/// `NotGroupAdmin`, `GroupClosed`, `NameEmpty`, `NameTooLong`, `DescriptionTooLong`, or what the
/// database said.
pub async fn change_group(app: &App, request: ChangeGroupRequest) -> Result<GroupDetails, ApiError> {
    let change = FactsChange {
        name: request.name,
        description: request.description,
        timer_s: request.timer_seconds,
        members_may_add: request.members_may_add,
        all_are_admins: request.all_are_admins,
    };
    app.client
        .change_group(group_of(&request.conversation)?, change)
        .await?;
    get_group(app, request.conversation).await
}

/// Takes a staged picture as a group's, or takes its picture away. Admins only.
///
/// # Errors
/// `NotGroupAdmin`, `GroupClosed`, `PictureGone` if it is not staged any more, or what the disk
/// said.
pub async fn set_group_picture(app: &App, request: SetGroupPictureRequest) -> Result<GroupDetails, ApiError> {
    let staged = request
        .picture
        .map(|picture| (picture.staged.0, picture.crop.map(crop_of)));
    let id = group_of(&request.conversation)?;
    app.client.set_group_picture(id, staged).await?;
    get_group(app, request.conversation).await
}

/// Adds people to a group, or asks its admins' apps to.
///
/// # Errors
/// `GroupClosed`, `GroupTooLarge`, `GroupNeedsMember` if nobody is new, `MembersMayNotAdd`,
/// `GroupWithoutKey`, `NotAnAccountId`, or what the database said.
pub async fn add_group_members(app: &App, request: AddGroupMembersRequest) -> Result<AddedMembers, ApiError> {
    let people = accounts(&request.members)?;
    let id = group_of(&request.conversation)?;
    let added = app.client.add_members(id, people, request.with_history).await?;
    Ok(match added {
        Added::Now => AddedMembers::Added,
        Added::Proposed => AddedMembers::Proposed,
    })
}

/// Does something with members. Admins only.
///
/// # Errors
/// `NotGroupAdmin`, `GroupClosed`, `GroupNeedsMember` if none of them is in it, or what the
/// database said.
pub async fn act_on_group_members(app: &App, request: GroupMemberActionRequest) -> Result<(), ApiError> {
    let people = accounts(&request.members)?;
    let action = match request.action {
        GroupMemberAction::Resend => MemberAction::Resend,
        GroupMemberAction::Repair { with_history } => MemberAction::Repair { with_history },
        GroupMemberAction::AddAgain { with_history } => MemberAction::AddAgain { with_history },
        GroupMemberAction::Promote => MemberAction::Promote,
        GroupMemberAction::Remove { with_messages } => MemberAction::Remove { with_messages },
    };
    let id = group_of(&request.conversation)?;
    Ok(app.client.act_on_members(id, people, action).await?)
}

/// Leaves a group, or ends it for everybody.
///
/// # Errors
/// `LastGroupAdmin`, `NotGroupAdmin`, `GroupClosed`, or what the database said.
pub async fn leave_group(app: &App, request: LeaveGroupRequest) -> Result<(), ApiError> {
    let id = group_of(&request.conversation)?;
    Ok(app.client.leave_group(id, request.for_everybody).await?)
}

/// Asks for a group's keys again: of other nodes, then of admins' apps.
///
/// # Errors
/// `GroupClosed`, or what the database said.
pub async fn reconnect_group(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.reconnect_group(group_of(&conversation)?).await?)
}

/// Asks whoever invited us, and the admins, for a new invitation.
///
/// # Errors
/// `GroupClosed`, or what the database said.
pub async fn ask_for_invitation(app: &App, conversation: ConversationId) -> Result<(), ApiError> {
    Ok(app.client.ask_for_invitation(group_of(&conversation)?).await?)
}

/// The sentences until the face gives others: those of faces without a language of their own.
pub(crate) fn default_words() -> nous_client::groups::words::GroupWords {
    nous_client::groups::words::GroupWords {
        please_add: "Please add {person} to this group.".to_owned(),
        let_me_in: "I cannot read the group \u{201c}{group}\u{201d} any more. Please let me in again."
            .to_owned(),
    }
}

/// The sentences that the engine writes in our name from now on, in the person's language.
pub fn set_group_words(app: &App, words: GroupWords) {
    app.client
        .set_group_words(nous_client::groups::words::GroupWords {
            please_add: words.please_add,
            let_me_in: words.let_me_in,
        });
}

/// How each group stands with its swarm.
///
/// # Errors
/// What the database said.
pub async fn list_group_sync(app: &App) -> Result<Vec<GroupSyncRow>, ApiError> {
    let now = app.client.now();
    let statuses = app.client.group_statuses().await?;
    Ok(statuses.into_iter().map(|status| sync_row(status, now)).collect())
}

fn sync_row(status: GroupStatus, now: Timestamp) -> GroupSyncRow {
    GroupSyncRow {
        conversation: conversation_id(status.id),
        name: Some(status.name).filter(|name| !name.is_empty()),
        last_poll_at: status.last_poll.map(moment),
        keys: u32::try_from(status.keys).unwrap_or(u32::MAX),
        generation: status
            .generation
            .and_then(|generation| u32::try_from(generation).ok()),
        parked: status.parked,
        days_left: status.expires.map(|at| days(now, at)),
        is_push_due: status.is_push_due,
        has_tasks: status.has_tasks,
        is_leaving: status.is_leaving,
    }
}

/// Whole days from one moment to another; 0 if that is past.
fn days(from: Timestamp, to: Timestamp) -> u32 {
    let ms = to.as_ms().saturating_sub(from.as_ms()).max(0);
    u32::try_from(ms / DAY_MS).unwrap_or(u32::MAX)
}

/// The group behind a conversation's id.
///
/// # Errors
/// `ConversationNotFound`.
pub(crate) fn group_of(id: &ConversationId) -> Result<GroupId, ApiError> {
    GroupId::from_hex(&id.0).ok_or_else(|| ApiError::new(ErrorCode::ConversationNotFound))
}

fn accounts(ids: &[String]) -> Result<Vec<AccountId>, ApiError> {
    let read = |id: &String| AccountId::from_hex(id).map_err(|_| ApiError::new(ErrorCode::NotAnAccountId));
    ids.iter().map(read).collect()
}

/// Days since a group was heard of, where it needs care.
fn silent_days(heard: Timestamp, now: Timestamp) -> u32 {
    if heard.as_ms() == 0 {
        return 0;
    }
    let days = days(heard, now);
    if days >= SILENT_DAYS { days } else { 0 }
}

const fn standing(standing: Standing) -> GroupStanding {
    match standing {
        Standing::Joined => GroupStanding::Joined,
        Standing::Invited => GroupStanding::Invited,
        Standing::Removed => GroupStanding::Removed,
        Standing::Destroyed => GroupStanding::Destroyed,
        Standing::Expired => GroupStanding::Expired,
    }
}

/// What the list needs of a group.
pub(crate) fn summary(group: &ListedGroup, now: Timestamp) -> GroupSummary {
    let is_open = matches!(group.standing, Standing::Joined | Standing::Expired);
    let silent_days = if is_open { silent_days(group.heard, now) } else { 0 };
    GroupSummary {
        standing: standing(group.standing),
        is_admin: group.is_admin,
        member_count: group.member_count,
        unread_mentions: group.unread_mentions,
        silent_days,
        trouble: trouble(group.trouble, silent_days).filter(|_| is_open),
    }
}

/// What keeps a group from going on.
const fn trouble(trouble: Trouble, silent_days: u32) -> Option<GroupTrouble> {
    match trouble {
        Trouble::None if silent_days > 0 => Some(GroupTrouble::Silent),
        Trouble::None => None,
        Trouble::AskingNodes => Some(GroupTrouble::AskingNodes),
        Trouble::AskingAdmins => Some(GroupTrouble::AskingAdmins),
        Trouble::NeedsInvitation => Some(GroupTrouble::NeedsInvitation),
    }
}

fn details(
    page: GroupPage,
    conversation: ConversationId,
    names: &PeopleNames,
    now: Timestamp,
) -> GroupDetails {
    let GroupPage {
        row,
        details,
        members,
    } = page;
    let is_last_admin = details.is_admin
        && !members
            .iter()
            .any(|member| member.is_admin && member.id != *names.own());
    let summary = summary(
        &ListedGroup {
            standing: details.standing,
            is_admin: details.is_admin,
            member_count: 0,
            unread_mentions: 0,
            heard: details.heard,
            trouble: details.trouble,
        },
        now,
    );
    let mut rows: Vec<GroupMemberRow> = members
        .iter()
        .map(|member| member_row(member, names, details.is_admin))
        .collect();
    rows.sort_by_key(|row| {
        let name = row.name.as_ref().map(|name| name.to_lowercase());
        (!row.is_self, name.is_none(), name, row.account_id.clone())
    });
    GroupDetails {
        group_id: conversation.0.clone(),
        conversation,
        name: Some(row.name).filter(|name| !name.is_empty()),
        description: details.description,
        picture: row.picture.map(PictureId),
        standing: standing(details.standing),
        is_admin: details.is_admin,
        is_last_admin,
        members_may_add: details.members_may_add,
        all_are_admins: details.all_are_admins,
        timer_seconds: u32::try_from(details.timer_s).unwrap_or(0),
        silent_days: summary.silent_days,
        trouble: summary.trouble,
        members: rows,
    }
}

/// How far somebody is, only admins see.
fn member_row(member: &MemberRow, names: &PeopleNames, is_admin: bool) -> GroupMemberRow {
    let state = match (member.is_proposed, member.is_removed, member.is_admin) {
        (true, ..) => MemberState::Proposed,
        (_, true, _) if is_admin => MemberState::Removing,
        (_, _, true) => match member.promotion {
            Step::NotSent if is_admin => MemberState::PromotionSending,
            Step::Sent if is_admin => MemberState::PromotionSent,
            Step::Failed if is_admin => MemberState::PromotionFailed,
            _ => MemberState::Admin,
        },
        _ => match member.invitation {
            Step::NotSent if is_admin => MemberState::InvitationSending,
            Step::Sent if is_admin => MemberState::InvitationSent,
            Step::Failed if is_admin => MemberState::InvitationFailed,
            _ => MemberState::Joined,
        },
    };
    let name = names.name(&member.id);
    GroupMemberRow {
        account_id: member.id.to_string(),
        picture: names.picture(&member.id),
        is_self: member.id == *names.own(),
        is_contact: name.is_some(),
        name,
        state,
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::NoName => Self::new(ErrorCode::NameEmpty),
            GroupError::NameTooLong(bytes) => Self::new(ErrorCode::NameTooLong).with("bytes", bytes),
            GroupError::DescriptionTooLong(bytes) => {
                Self::new(ErrorCode::DescriptionTooLong).with("bytes", bytes)
            }
            GroupError::Nobody => Self::new(ErrorCode::GroupNeedsMember),
            GroupError::TooMany(_) => Self::new(ErrorCode::GroupTooLarge).with("limit", 100),
            GroupError::NotAdmin => Self::new(ErrorCode::NotGroupAdmin),
            GroupError::LastAdmin => Self::new(ErrorCode::LastGroupAdmin),
            GroupError::Closed => Self::new(ErrorCode::GroupClosed),
            GroupError::WithoutKey => Self::new(ErrorCode::GroupWithoutKey),
            GroupError::MayNotAdd => Self::new(ErrorCode::MembersMayNotAdd),
            GroupError::Client(error) => error.into(),
        }
    }
}

impl From<GroupPictureError> for ApiError {
    fn from(error: GroupPictureError) -> Self {
        match error {
            GroupPictureError::Picture(error) => error.into(),
            GroupPictureError::Group(error) => error.into(),
        }
    }
}

fn row(group: KeptGroup) -> KeptGroupRow {
    let (kind, word) = match group.kind {
        KeptKind::Community => (GroupKind::Community, "community"),
        KeptKind::Legacy => (GroupKind::Legacy, "legacy"),
    };
    KeptGroupRow {
        id: format!("{word}:{}", group.id),
        kind,
        name: Some(group.name).filter(|name| !name.is_empty()),
        address: group.id,
        is_pinned: group.priority > 0,
        joined_at: moment_of(group.joined_s),
        notifications: match group.notify {
            NotifyMode::Default => GroupNotifications::Default,
            NotifyMode::All => GroupNotifications::All,
            NotifyMode::MentionsOnly => GroupNotifications::Mentions,
            NotifyMode::Disabled => GroupNotifications::None,
        },
        muted_until: moment_of(group.mute_until_s),
    }
}

/// A moment in seconds; 0: none.
fn moment_of(seconds: i64) -> Option<TimestampMs> {
    (seconds > 0).then(|| TimestampMs(seconds.saturating_mul(1_000)))
}
