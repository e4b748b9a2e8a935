//! Groups.

use std::time::Duration;

use nous_api::ids::ConversationId;
use nous_api::requests::{
    AddGroupMembersRequest, ChangeGroupRequest, CreateGroupRequest, GroupMemberAction,
    GroupMemberActionRequest, LeaveGroupRequest,
};
use nous_api::rows::{ConversationKind, GroupStanding, MemberState};
use nous_api::{App, ErrorCode, conversations, groups, subscriptions};
use serde_json::json;

use crate::arguments::{GroupCommand, MembersArguments};
use crate::exit::{ExitCode, Failure};
use crate::output::Output;
use crate::session::{account_id, sync_first, to_value};
use crate::{changes, requests};

impl GroupCommand {
    /// Whether the engine must deliver and poll while this command runs.
    pub(crate) const fn needs_engine(&self) -> bool {
        !matches!(self, Self::List { .. } | Self::Members { .. })
    }
}

/// Carries out one command.
pub(crate) async fn run(app: &App, command: GroupCommand, output: Output) -> Result<(), Failure> {
    match command {
        GroupCommand::Create {
            name,
            member,
            description,
            all_admins,
            timeout,
        } => {
            let request = CreateGroupRequest {
                name,
                description,
                members: accounts(app, &member).await?,
                all_are_admins: all_admins,
                picture: None,
            };
            let row = groups::create_group(app, request).await?;
            let done = until_done(app, &row.id, timeout).await;
            output.line(&json!({ "groupId": row.account_id }))?;
            done
        }
        GroupCommand::List { sync } => {
            sync_first(app, sync).await?;
            list(app, output).await
        }
        GroupCommand::Members { group, sync } => {
            sync_first(app, sync).await?;
            let details = groups::get_group(app, ConversationId(group)).await?;
            for member in &details.members {
                output.line(&to_value(member)?)?;
            }
            Ok(())
        }
        GroupCommand::Invite(arguments) => invite(app, arguments, output).await,
        GroupCommand::Promote(arguments) => act(app, arguments, GroupMemberAction::Promote, output).await,
        GroupCommand::Remove {
            arguments,
            with_messages,
        } => {
            act(
                app,
                arguments,
                GroupMemberAction::Remove { with_messages },
                output,
            )
            .await
        }
        GroupCommand::Resend(arguments) => act(app, arguments, GroupMemberAction::Resend, output).await,
        GroupCommand::Repair { arguments, again } => repair(app, arguments, again, output).await,
        GroupCommand::Leave {
            group,
            for_everybody,
            timeout,
        } => {
            let conversation = ConversationId(group);
            let request = LeaveGroupRequest {
                conversation: conversation.clone(),
                for_everybody,
            };
            groups::leave_group(app, request).await?;
            until_gone(app, &conversation, timeout).await
        }
        GroupCommand::Rename { group, name, timeout } => {
            let change = ChangeGroupRequest {
                name: Some(name),
                ..unchanged(group)
            };
            change_and_print(app, change, timeout, output).await
        }
        GroupCommand::Settings {
            group,
            description,
            timer,
            members_may_add,
            all_admins,
            timeout,
        } => {
            let change = ChangeGroupRequest {
                description,
                timer_seconds: timer,
                members_may_add,
                all_are_admins: all_admins,
                ..unchanged(group)
            };
            change_and_print(app, change, timeout, output).await
        }
        GroupCommand::Reconnect { group } => Ok(groups::reconnect_group(app, ConversationId(group)).await?),
    }
}

const fn unchanged(group: String) -> ChangeGroupRequest {
    ChangeGroupRequest {
        conversation: ConversationId(group),
        name: None,
        description: None,
        timer_seconds: None,
        members_may_add: None,
        all_are_admins: None,
    }
}

async fn change_and_print(
    app: &App,
    change: ChangeGroupRequest,
    timeout: Duration,
    output: Output,
) -> Result<(), Failure> {
    let details = groups::change_group(app, change).await?;
    until_done(app, &details.conversation, timeout).await?;
    let mut line = to_value(&details)?;
    if let Some(fields) = line.as_object_mut() {
        fields.remove("members");
    }
    Ok(output.line(&line)?)
}

async fn accounts(app: &App, ids: &[String]) -> Result<Vec<String>, Failure> {
    let mut accounts = Vec::new();
    for id in ids {
        accounts.push(account_id(app, id).await?);
    }
    Ok(accounts)
}

async fn list(app: &App, output: Output) -> Result<(), Failure> {
    let mut rows = changes::all_rows(app).await?;
    let asking = requests::all(app).await?;
    let ids = asking.into_iter().map(|request| request.id).collect();
    rows.extend(conversations::get_conversations(app, ids).await?);
    for row in rows.iter().filter(|row| row.kind == ConversationKind::Group) {
        let state = row.group.as_ref().map(|group| group.standing);
        output.line(&json!({ "groupId": row.account_id, "name": row.name, "state": state }))?;
    }
    Ok(())
}

async fn invite(app: &App, arguments: MembersArguments, output: Output) -> Result<(), Failure> {
    let conversation = ConversationId(arguments.group);
    let request = AddGroupMembersRequest {
        conversation: conversation.clone(),
        members: accounts(app, &arguments.member).await?,
        with_history: arguments.with_history,
    };
    let added = groups::add_group_members(app, request).await?;
    until_done(app, &conversation, arguments.timeout).await?;
    Ok(output.line(&json!({ "result": added }))?)
}

async fn act(
    app: &App,
    arguments: MembersArguments,
    action: GroupMemberAction,
    output: Output,
) -> Result<(), Failure> {
    let conversation = ConversationId(arguments.group);
    let request = GroupMemberActionRequest {
        conversation: conversation.clone(),
        members: accounts(app, &arguments.member).await?,
        action,
    };
    groups::act_on_group_members(app, request).await?;
    until_done(app, &conversation, arguments.timeout).await?;
    Ok(output.line(&json!({ "result": "done" }))?)
}

async fn repair(app: &App, arguments: MembersArguments, again: bool, output: Output) -> Result<(), Failure> {
    let with_history = arguments.with_history;
    let action = if again {
        GroupMemberAction::AddAgain { with_history }
    } else {
        GroupMemberAction::Repair { with_history }
    };
    act(app, arguments, action, output).await
}

/// Waits until everything of a group is stored, and everybody was invited or removed.
pub(crate) async fn until_done(app: &App, group: &ConversationId, timeout: Duration) -> Result<(), Failure> {
    let waited = tokio::time::timeout(timeout, async {
        let mut events = app.subscribe();
        while !is_done(app, group).await? {
            wait(app, &mut events).await?;
        }
        Ok::<(), Failure>(())
    });
    waited.await.unwrap_or_else(|_| Err(late()))
}

/// Waits for news, or a moment.
async fn wait(app: &App, events: &mut nous_api::EventStream) -> Result<(), Failure> {
    let pause = Duration::from_millis(300);
    if let Ok(Some(batch)) = tokio::time::timeout(pause, events.next()).await {
        subscriptions::ack_events(app, batch.seq).await?;
    }
    Ok(())
}

async fn is_done(app: &App, group: &ConversationId) -> Result<bool, Failure> {
    let is_waiting = groups::list_group_sync(app)
        .await?
        .iter()
        .any(|row| row.conversation == *group && (row.is_push_due || row.has_tasks));
    let details = groups::get_group(app, group.clone()).await?;
    let is_on_its_way = details.members.iter().any(|member| {
        matches!(
            member.state,
            MemberState::InvitationSending | MemberState::PromotionSending | MemberState::Removing
        )
    });
    Ok(!is_waiting && !is_on_its_way)
}

async fn until_gone(app: &App, group: &ConversationId, timeout: Duration) -> Result<(), Failure> {
    let waited = tokio::time::timeout(timeout, async {
        let mut events = app.subscribe();
        while is_here(app, group).await? {
            wait(app, &mut events).await?;
        }
        Ok::<(), Failure>(())
    });
    waited.await.unwrap_or_else(|_| Err(late()))
}

async fn is_here(app: &App, group: &ConversationId) -> Result<bool, Failure> {
    match groups::get_group(app, group.clone()).await {
        Ok(details) => Ok(details.standing == GroupStanding::Joined),
        Err(error) if error.code == ErrorCode::ConversationNotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn late() -> Failure {
    Failure {
        error: Some(ErrorCode::TimedOut),
        ..Failure::new(
            ExitCode::Offline,
            "Not in time. What is left goes out with the next command that runs.",
        )
    }
}
