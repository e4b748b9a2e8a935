//! Groups: joined, made and changed, talked in, and waited for.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nous_api::ids::ConversationId;
use nous_api::requests::{
    AddGroupMembersRequest, Anchor, ChangeGroupRequest, CreateGroupRequest, GroupMemberAction,
    GroupMemberActionRequest, LeaveGroupRequest, ListConversationsRequest, ListMessagesRequest,
    ListRequestsRequest, SendMessageRequest, SetGroupPictureRequest,
};
use nous_api::rows::{ConversationRow, GroupStanding, MemberState, MessageBody, MessageRow, MessageState};
use nous_api::{App, ErrorCode, conversations, deleting, groups, message_requests, messages};

use crate::portraits;

const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(100);
/// The most rows of one page.
const PAGE: u32 = 100;

/// Carries out one command about groups, and waits until nothing of them is left to do.
pub(crate) async fn run(app: &App, command: &str, mut next: impl FnMut() -> Result<String>) -> Result<()> {
    match command {
        "group-settle" => {}
        // Each of them is entered.
        "group-await" => {
            for name in rest(&mut next) {
                called(app, &name).await?;
            }
        }
        "group-create-each" => {
            let member = next()?;
            for name in rest(&mut next) {
                create(app, name, vec![member.clone()]).await?;
            }
        }
        "group-create" => {
            let name = next()?;
            create(app, name, rest(&mut next)).await?;
        }
        "group-accept" => {
            let id = asked(app, &next()?).await?;
            message_requests::accept_request(app, id).await?;
        }
        "group-decline" => {
            let id = asked(app, &next()?).await?;
            message_requests::decline_request(app, id).await?;
        }
        _ => {
            let id = called(app, &next()?).await?.id;
            inside(app, id, command, next).await?;
        }
    }
    settle(app).await
}

/// What is done in a group.
async fn inside(
    app: &App,
    id: ConversationId,
    command: &str,
    mut next: impl FnMut() -> Result<String>,
) -> Result<()> {
    match command {
        "group-add" => {
            let request = AddGroupMembersRequest {
                conversation: id,
                members: rest(&mut next),
                with_history: true,
            };
            groups::add_group_members(app, request).await?;
        }
        "group-promote" => act(app, id, next()?, GroupMemberAction::Promote).await?,
        "group-resend" => act(app, id, next()?, GroupMemberAction::Resend).await?,
        "group-remove" | "group-remove-only" => {
            let with_messages = command == "group-remove";
            act(app, id, next()?, GroupMemberAction::Remove { with_messages }).await?;
        }
        "group-change" => {
            let request = ChangeGroupRequest {
                conversation: id,
                name: Some(next()?),
                description: Some(next()?),
                timer_seconds: Some(next()?.parse()?),
                members_may_add: None,
                all_are_admins: None,
            };
            groups::change_group(app, request).await?;
        }
        "group-portray" => {
            let picture = Some(portraits::stage(app, next()?.parse()?).await?);
            let request = SetGroupPictureRequest {
                conversation: id,
                picture,
            };
            groups::set_group_picture(app, request).await?;
        }
        "group-unportray" => {
            let request = SetGroupPictureRequest {
                conversation: id,
                picture: None,
            };
            groups::set_group_picture(app, request).await?;
        }
        "group-leave" | "group-destroy" => {
            let request = LeaveGroupRequest {
                conversation: id,
                for_everybody: command == "group-destroy",
            };
            groups::leave_group(app, request).await?;
        }
        "group-say" => {
            for text in rest(&mut next) {
                say(app, &id, text).await?;
            }
        }
        "group-read" => {
            said(app, &id, &next()?).await?;
        }
        "group-delete" => {
            let row = said(app, &id, &next()?).await?;
            deleting::delete_for_everyone(app, vec![row.id]).await?;
        }
        other => bail!("no command {other}"),
    }
    Ok(())
}

/// The arguments that are left.
fn rest(next: &mut impl FnMut() -> Result<String>) -> Vec<String> {
    std::iter::from_fn(|| next().ok()).collect()
}

async fn create(app: &App, name: String, members: Vec<String>) -> Result<()> {
    let request = CreateGroupRequest {
        name,
        description: String::new(),
        members,
        all_are_admins: false,
        picture: None,
    };
    groups::create_group(app, request).await?;
    Ok(())
}

async fn act(app: &App, id: ConversationId, member: String, action: GroupMemberAction) -> Result<()> {
    let request = GroupMemberActionRequest {
        conversation: id,
        members: vec![member],
        action,
    };
    Ok(groups::act_on_group_members(app, request).await?)
}

/// Says something, and waits until it is in the swarm.
async fn say(app: &App, id: &ConversationId, text: String) -> Result<()> {
    let request = SendMessageRequest {
        conversation: id.clone(),
        client_token: format!("token of {text}"),
        body: text,
        quote: None,
        attachments: Vec::new(),
        preview: None,
    };
    let sent = messages::send_message(app, request).await?.remove(0).id;
    until("the message is not sent", async || {
        let rows = messages::get_messages(app, vec![sent.clone()]).await?;
        let row = rows.first().context("the message")?;
        Ok((row.state == Some(MessageState::Sent)).then_some(()))
    })
    .await
}

/// The message of this text, once it is here.
async fn said(app: &App, id: &ConversationId, wanted: &str) -> Result<MessageRow> {
    until("nobody said so", async || {
        let page = messages::list_messages(app, latest(id.clone())).await?;
        let is_it = |row: &MessageRow| matches!(&row.body, MessageBody::Text { text, .. } if text == wanted);
        Ok(page.rows.into_iter().find(is_it))
    })
    .await
}

fn latest(conversation: ConversationId) -> ListMessagesRequest {
    ListMessagesRequest {
        conversation,
        anchor: Anchor::Latest,
        limit: PAGE,
    }
}

async fn listed(app: &App) -> Result<Vec<ConversationRow>> {
    let request = ListConversationsRequest {
        cursor: None,
        limit: PAGE,
        filter: String::new(),
    };
    let page = conversations::list_conversations(app, request).await?;
    Ok(page.rows.into_iter().filter(|row| row.group.is_some()).collect())
}

/// The group of this name.
async fn called(app: &App, name: &str) -> Result<ConversationRow> {
    until("no such group", async || {
        let rows = listed(app).await?;
        Ok(rows.into_iter().find(|row| row.name.as_deref() == Some(name)))
    })
    .await
}

/// The group of this name into which we are invited.
async fn asked(app: &App, name: &str) -> Result<ConversationId> {
    until("nobody invited us", async || {
        let request = ListRequestsRequest {
            cursor: None,
            limit: PAGE,
        };
        let page = message_requests::list_requests(app, request).await?;
        let is_it = |row: &nous_api::rows::RequestRow| {
            let group = row.group.as_ref();
            group.is_some_and(|group| group.name.as_deref() == Some(name))
        };
        Ok(page.rows.into_iter().find(is_it).map(|row| row.id))
    })
    .await
}

/// Waits until everything of all groups is stored, everybody was invited or removed, and every
/// group that was joined is entered.
async fn settle(app: &App) -> Result<()> {
    until("not settled", async || Ok(is_settled(app).await?.then_some(()))).await
}

async fn is_settled(app: &App) -> Result<bool> {
    let is_before_the_door = |row: &ConversationRow| {
        let group = row.group.as_ref();
        group.is_some_and(|group| group.standing == GroupStanding::Joined && group.member_count == 0)
    };
    if listed(app).await?.iter().any(is_before_the_door) {
        return Ok(false);
    }
    // The members before what waits: somebody who is erased between the two looks leaves a push.
    if is_anybody_on_the_way(app).await? {
        return Ok(false);
    }
    let all = groups::list_group_sync(app).await?;
    for row in all.iter().filter(|row| row.has_tasks && !row.is_push_due) {
        // What waits for somebody who looks. A group that went meanwhile has nothing to show.
        let _ = messages::list_messages(app, latest(row.conversation.clone())).await;
    }
    Ok(!all.iter().any(|row| row.is_push_due || row.has_tasks))
}

/// Whether somebody is to be invited, promoted or removed.
async fn is_anybody_on_the_way(app: &App) -> Result<bool> {
    for row in groups::list_group_sync(app).await? {
        let details = match groups::get_group(app, row.conversation).await {
            // A group that went meanwhile has nobody.
            Err(error) if error.code == ErrorCode::ConversationNotFound => continue,
            found => found?,
        };
        let is_on_its_way = |state| {
            matches!(
                state,
                MemberState::InvitationSending | MemberState::PromotionSending | MemberState::Removing
            )
        };
        if details.members.iter().any(|member| is_on_its_way(member.state)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Looks again and again until `look` finds what it looks for, but not for ever.
async fn until<T>(in_vain: &'static str, look: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.context(in_vain)?
}
