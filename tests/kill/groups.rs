//! Groups: made and changed, and waited for.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nous_api::ids::ConversationId;
use nous_api::requests::{
    AddGroupMembersRequest, ChangeGroupRequest, CreateGroupRequest, GroupMemberAction,
    GroupMemberActionRequest, LeaveGroupRequest, ListConversationsRequest,
};
use nous_api::rows::{ConversationRow, MemberState};
use nous_api::{App, conversations, groups};

const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Carries out one command about groups, and waits until nothing of them is left to do.
pub(crate) async fn run(app: &App, command: &str, mut next: impl FnMut() -> Result<String>) -> Result<()> {
    if command == "group-settle" {
        return settle(app).await;
    }
    let name = next()?;
    match command {
        "group-create" => {
            let request = CreateGroupRequest {
                name,
                description: String::new(),
                members: vec![next()?],
                all_are_admins: false,
                picture: None,
            };
            groups::create_group(app, request).await?;
        }
        "group-add" => {
            let request = AddGroupMembersRequest {
                conversation: called(app, &name).await?.id,
                members: vec![next()?],
                with_history: true,
            };
            groups::add_group_members(app, request).await?;
        }
        "group-promote" => act(app, &name, next()?, GroupMemberAction::Promote).await?,
        "group-remove" => {
            let with_messages = true;
            act(app, &name, next()?, GroupMemberAction::Remove { with_messages }).await?;
        }
        "group-rename" => {
            let request = ChangeGroupRequest {
                conversation: called(app, &name).await?.id,
                name: Some(next()?),
                description: None,
                timer_seconds: None,
                members_may_add: None,
                all_are_admins: None,
            };
            groups::change_group(app, request).await?;
        }
        "group-leave" => {
            let request = LeaveGroupRequest {
                conversation: called(app, &name).await?.id,
                for_everybody: false,
            };
            groups::leave_group(app, request).await?;
        }
        other => bail!("no command {other}"),
    }
    settle(app).await
}

async fn act(app: &App, name: &str, member: String, action: GroupMemberAction) -> Result<()> {
    let request = GroupMemberActionRequest {
        conversation: called(app, name).await?.id,
        members: vec![member],
        action,
    };
    Ok(groups::act_on_group_members(app, request).await?)
}

async fn listed(app: &App) -> Result<Vec<ConversationRow>> {
    let request = ListConversationsRequest {
        cursor: None,
        limit: 100,
        filter: String::new(),
    };
    let page = conversations::list_conversations(app, request).await?;
    Ok(page.rows.into_iter().filter(|row| row.group.is_some()).collect())
}

/// The group of this name.
async fn called(app: &App, name: &str) -> Result<ConversationRow> {
    let look = async {
        loop {
            let rows = listed(app).await?;
            if let Some(row) = rows.into_iter().find(|row| row.name.as_deref() == Some(name)) {
                return Ok(row);
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, look)
        .await
        .context("no such group")?
}

/// Waits until everything of all groups is stored, and everybody was invited or removed.
async fn settle(app: &App) -> Result<()> {
    let look = async {
        while !is_settled(app).await? {
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, look)
        .await
        .context("not settled")?
}

async fn is_settled(app: &App) -> Result<bool> {
    let all = groups::list_group_sync(app).await?;
    if all.iter().any(|row| row.is_push_due || row.has_tasks) {
        return Ok(false);
    }
    for row in all {
        let details = groups::get_group(app, ConversationId(row.conversation.0)).await?;
        let is_on_its_way = |state| {
            matches!(
                state,
                MemberState::InvitationSending | MemberState::PromotionSending | MemberState::Removing
            )
        };
        if details.members.iter().any(|member| is_on_its_way(member.state)) {
            return Ok(false);
        }
    }
    Ok(true)
}
