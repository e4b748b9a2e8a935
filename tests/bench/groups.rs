//! A group of 100, all of them with a client in this process: invited, written to, one added.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nous_api::ids::ConversationId;
use nous_api::requests::{
    AddGroupMembersRequest, CreateGroupRequest, GroupMemberAction, GroupMemberActionRequest,
};
use nous_api::rows::{GroupMemberRow, MemberState};
use nous_api::{NetworkConfig, groups, subscriptions};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::account::Account;
use crate::figure;
use crate::stage::Stage;

const INVITED: &str = "group of 100: created until all are invited";
const MESSAGE: &str = "group of 100: stored until 99 others have it";
const ADDED: &str = "group of 99: added until invited";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[INVITED, MESSAGE, ADDED];

const MEMBERS: usize = 100;
const MESSAGES: usize = 3;
const ADDITIONS: usize = 3;
/// How many profiles are made at once.
const AT_ONCE: usize = 8;
/// Between two messages; not a multiple of the pause between two polls.
const BETWEEN: Duration = Duration::from_secs(7);
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Makes the accounts, then the group. The members' apps run beside on the same machine, at the
/// pace of the background; for the additions they are closed.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let (mut alice, members) = gather(stage).await?;
    let start = Instant::now();
    let group = create(&alice, &members).await?;
    let are_invited = |members: &[GroupMemberRow]| members.len() == MEMBERS && members.iter().all(is_invited);
    until(&mut alice, &group, "all are invited", are_invited).await?;
    figure(INVITED, "ms", &[ms(start.elapsed())]);
    let members = settle(&mut alice, members, &group).await?;
    let members = tell(&alice, members, &group).await?;
    let people = close(members).await?;
    add(&mut alice, &group, &people).await?;
    alice.app.shutdown().await;
    Ok(())
}

/// Alice, and those who have accepted her.
async fn gather(stage: &Stage) -> Result<(Account, Vec<Account>)> {
    let network = stage.network_config()?;
    let alice = Account::create(stage.place("Alice"), network.clone(), "Alice").await?;
    subscriptions::set_window_focus(&alice.app, true).await?;
    let names: Vec<String> = (1..MEMBERS).map(|number| format!("Member {number}")).collect();
    let mut members = Vec::new();
    for part in names.chunks(AT_ONCE) {
        let newcomers = part.iter().map(|name| {
            let (dir, network) = (stage.place(name), network.clone());
            newcomer(dir, network, name.clone(), alice.id.clone())
        });
        members.extend(all(newcomers).await?);
    }
    Ok((alice, members))
}

/// Somebody who has written to `friend`, and so accepts their invitations silently.
async fn newcomer(dir: PathBuf, network: NetworkConfig, name: String, friend: String) -> Result<Account> {
    let account = Account::create(dir, network, &name).await?;
    let hello = account.write_to(&friend, "Here I am").await?;
    within("somebody is sent a first message", account.until_sent(&hello)).await?;
    Ok(account)
}

async fn create(alice: &Account, members: &[Account]) -> Result<ConversationId> {
    let request = CreateGroupRequest {
        name: "A hundred".to_owned(),
        description: String::new(),
        members: members.iter().map(|member| member.id.clone()).collect(),
        all_are_admins: false,
        picture: None,
    };
    Ok(groups::create_group(&alice.app, request).await?.id)
}

/// Waits until everybody is in it and knows the others, and nothing is left to do for it.
async fn settle(alice: &mut Account, members: Vec<Account>, group: &ConversationId) -> Result<Vec<Account>> {
    let joining = members.into_iter().map(|mut member| {
        let group = group.clone();
        async move {
            within("a member is in", member.until_joined(&group, MEMBERS)).await?;
            Ok(member)
        }
    });
    let members = all(joining).await?;
    let has_joined =
        |member: &GroupMemberRow| matches!(member.state, MemberState::Joined | MemberState::Admin);
    let are_in = |members: &[GroupMemberRow]| members.iter().all(has_joined);
    until(alice, group, "all are in", are_in).await?;
    within("the group is stored", alice.until_groups_are_settled(1)).await?;
    Ok(members)
}

/// Writes several times; each time is that of the last member whose database has the message.
async fn tell(alice: &Account, mut members: Vec<Account>, group: &ConversationId) -> Result<Vec<Account>> {
    let mut times = Vec::new();
    for run in 0..MESSAGES {
        tokio::time::sleep(BETWEEN).await;
        let text = format!("Message {run} to all");
        let waiting = members.into_iter().map(|mut member| {
            let (group, text) = (group.clone(), text.clone());
            async move {
                let at = within("a member has the message", member.until_text(&group, &text)).await?;
                Ok((member, at))
            }
        });
        let sending = async {
            let message = alice.write(group, &text).await?;
            within("the message is stored", alice.until_sent(&message)).await
        };
        let (stored, arrived) = tokio::try_join!(sending, all(waiting))?;
        let last = arrived.iter().map(|(_, at)| *at).max().context("no members")?;
        times.push(ms(last.saturating_duration_since(stored)));
        members = arrived.into_iter().map(|(member, _)| member).collect();
    }
    figure(MESSAGE, "ms", &times);
    Ok(members)
}

/// Closes the members' apps; answers who they are.
async fn close(members: Vec<Account>) -> Result<Vec<String>> {
    let closing = members.into_iter().map(|member| async move {
        member.app.shutdown().await;
        Ok(member.id)
    });
    all(closing).await
}

/// Adds some of them, for whom there is room because they were removed before.
async fn add(alice: &mut Account, group: &ConversationId, people: &[String]) -> Result<()> {
    let mut times = Vec::new();
    for person in people.iter().take(ADDITIONS) {
        let removal = GroupMemberActionRequest {
            conversation: group.clone(),
            members: vec![person.clone()],
            action: GroupMemberAction::Remove { with_messages: false },
        };
        groups::act_on_group_members(&alice.app, removal).await?;
        let is_out = |members: &[GroupMemberRow]| find(members, person).is_none();
        until(alice, group, "somebody is out", is_out).await?;
        within("the removal is stored", alice.until_groups_are_settled(1)).await?;
        let start = Instant::now();
        let addition = AddGroupMembersRequest {
            conversation: group.clone(),
            members: vec![person.clone()],
            with_history: false,
        };
        groups::add_group_members(&alice.app, addition).await?;
        let is_in = |members: &[GroupMemberRow]| find(members, person).is_some_and(is_invited);
        until(alice, group, "somebody is invited", is_in).await?;
        times.push(ms(start.elapsed()));
    }
    figure(ADDED, "ms", &times);
    Ok(())
}

fn find<'m>(members: &'m [GroupMemberRow], person: &str) -> Option<&'m GroupMemberRow> {
    members.iter().find(|member| member.account_id == person)
}

/// Whether the swarm of somebody has their invitation.
const fn is_invited(member: &GroupMemberRow) -> bool {
    matches!(
        member.state,
        MemberState::InvitationSent | MemberState::Joined | MemberState::Admin
    )
}

/// Waits until the members are as wished, and nothing waits to be done for the group.
async fn until(
    alice: &mut Account,
    group: &ConversationId,
    what: &str,
    is_so: impl Fn(&[GroupMemberRow]) -> bool,
) -> Result<()> {
    let waiting = async {
        loop {
            let details = groups::get_group(&alice.app, group.clone()).await?;
            let rows = groups::list_group_sync(&alice.app).await?;
            let is_idle = rows
                .iter()
                .any(|row| row.conversation == *group && !row.has_tasks);
            if is_idle && is_so(&details.members) {
                return Ok(());
            }
            alice.change().await?;
        }
    };
    within(what, waiting).await
}

/// Does everything at the same time; answers in any order.
async fn all<T, F>(work: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for work in work {
        running.spawn(work);
    }
    let mut done = Vec::new();
    while let Some(result) = running.join_next().await {
        done.push(result??);
    }
    Ok(done)
}

async fn within<T>(what: &str, waiting: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .with_context(|| format!("in vain: {what}"))?
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
