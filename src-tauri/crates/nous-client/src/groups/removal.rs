//! Members who are being removed: told, shut out, erased; then the next key is made without them.
//! Who had a later key by then than they were told of is told again.
//!
//! Any admin's app finishes it, also after a crash: the list of members says what is left.
//!
//! Source: `groups.md` §13.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{SwarmApi, SwarmError};
use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::auth::Access as Permission;
use nous_protocol::config::group_members::{GroupMember, Leaving};
use nous_protocol::content::Extras;
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::group::kick;
use nous_protocol::group::message;
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::state::GroupState;
use nous_protocol::group::subaccount;
use nous_protocol::group::update;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, StorageReply};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::conversation;
use nous_storage::groups::deletions::{self, Erased};
use nous_storage::groups::shut_out;
use nous_storage::groups::tasks::{self, NewTask, TaskKind};
use nous_storage::{account, conversations, messages};
use rand::seq::SliceRandom;

use super::access::Access;
use super::edit::news;
use super::{kept, pieces, show};
use crate::config_sync::push::{is_by_most, store};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::step::step;

/// How many members of the swarm are asked.
const MEMBERS: usize = 2;
/// Tokens in one request: nodes take at most 50.
const MOST_TOKENS: usize = 50;

/// Who is being removed, and the requests for it.
struct Plan {
    secret: GroupSecret,
    removed: Vec<(AccountId, bool)>,
    /// Who was removed, and has a later key than the one they were told of.
    late: Vec<AccountId>,
    kicks: Vec<Vec<u8>>,
    /// The content for all to delete what they wrote, sealed, and its life in ms.
    erase: Option<(Vec<u8>, i64)>,
}

/// Finishes what the list of members says; whether somebody was removed.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub(super) async fn finish(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId) -> Result<bool, ClientError> {
    let (keys, now) = (Arc::clone(&core.keys), core.clock.now());
    let planned = core.db.write(move |writer| plan(writer, id, &keys, now));
    let Some(plan) = planned.await? else {
        return Ok(false);
    };
    step!("group.removing");
    if !shut_out(core, swarm, id, &plan).await {
        return Ok(false);
    }
    step!("group.shutOut");
    let now = core.clock.now();
    core.db.write(move |writer| erase(writer, id, &plan, now)).await?;
    step!("group.removed");
    core.hub.announce([
        Change::Groups,
        Change::AllMessages(id.into()),
        Change::Conversations(vec![id.into()]),
    ]);
    Ok(true)
}

fn plan(
    writer: &mut Writer<'_>,
    id: GroupId,
    keys: &nous_protocol::keys::IdentityKeys,
    now: Timestamp,
) -> Result<Option<Plan>, StorageError> {
    let access = Access::read(&writer.reader(), &id, keys)?;
    let (Some(Access::Admin(secret)), Some(kept)) = (access, kept::load(&writer.reader(), &id)?) else {
        return Ok(None);
    };
    let state = &kept.state;
    // What is said of the generation must hold for those who have the newest key already; a list
    // that is older than the key may be of before they were added again.
    let is_unsettled =
        state.keys().is_empty() || state.keys().pending_message().is_some() || state.needs_rekey(&secret);
    if is_unsettled {
        return Ok(None);
    }
    let removed: Vec<(AccountId, bool)> = state
        .members()
        .iter()
        .filter(|member| member.leaving != Leaving::Stays && member.id != keys.account_id())
        .map(|member| (member.id, member.leaving == Leaving::RemovedWithMessages))
        .collect();
    let late = told_too_early(writer, state)?;
    if removed.is_empty() && late.is_empty() {
        return Ok(None);
    }
    let ids: Vec<AccountId> = removed.iter().map(|(member, _)| *member).collect();
    let generation = state.keys().generation();
    // Before it is done: another admin may add them again meanwhile.
    shut_out::note(writer, &id, &ids, generation, now)?;
    let told = [(&ids, generation), (&late, generation - 1)];
    let kicks = told
        .into_iter()
        .filter(|(people, _)| !people.is_empty())
        .map(|(people, generation)| kick::seal(&secret, people, generation, &mut rand::rng()))
        .collect();
    let with_messages: Vec<AccountId> = removed
        .iter()
        .filter(|(_, with_messages)| *with_messages)
        .map(|(member, _)| *member)
        .collect();
    let mut erase = None;
    if !with_messages.is_empty() {
        let sent = account::take_sent_time(writer, now, now)?;
        let content = update::delete_content(&secret, with_messages, Vec::new(), sent);
        let task = news(id, content, Extras::default(), sent, (0, now));
        let keys_of_group = state.keys().all();
        if let Some(key) = keys_of_group.first() {
            let sealed = message::seal_content(keys, &id, key, &task.data, sent, &mut rand::rng());
            erase = sealed.ok().map(|sealed| (sealed, task.ttl_ms));
        }
    }
    Ok(Some(Plan {
        secret,
        removed,
        late,
        kicks,
        erase,
    }))
}

/// Who was removed while somebody else made a key for them: it may be here only now. They have it,
/// and would take the word that they were removed for an older one. The newest key was made
/// without them.
fn told_too_early(writer: &mut Writer<'_>, state: &GroupState) -> Result<Vec<AccountId>, StorageError> {
    let id = state.id();
    let mut all = shut_out::unsettled(&writer.reader(), &id)?;
    // While they are in the list, they are not out yet.
    all.retain(|(member, _)| state.members().get(member).is_none());
    let newest_of_theirs = state.keys().generation() - 1;
    let is_late = |told: &(AccountId, i64)| told.1 < newest_of_theirs;
    let (late, settled): (Vec<_>, Vec<_>) = all.into_iter().partition(is_late);
    let ids = |people: Vec<(AccountId, i64)>| people.into_iter().map(|(member, _)| member);
    shut_out::settle(writer, &id, &ids(settled).collect::<Vec<_>>())?;
    Ok(ids(late).collect())
}

fn actions(plan: &Plan, now: Timestamp) -> Vec<Action> {
    let removed = plan.removed.iter().map(|(member, _)| member);
    let tokens: Vec<_> = removed
        .chain(&plan.late)
        .filter_map(|member| subaccount::token(&plan.secret, member, Permission::MEMBER))
        .collect();
    let kicks = plan.kicks.iter();
    let mut actions: Vec<Action> = kicks
        .map(|kick| store(Namespace::GROUP_REVOKED, kick, now))
        .collect();
    actions.extend(tokens.chunks(MOST_TOKENS).map(|part| Action::RevokeSubaccount {
        tokens: part.to_vec(),
        timestamp: now,
    }));
    actions.extend(plan.erase.iter().map(|(sealed, ttl_ms)| Action::Store {
        namespace: Namespace::GROUP_MESSAGES,
        timestamp: now,
        expiry: nous_protocol::wire::rpc::Expiry::Ttl(ttl_ms.unsigned_abs()),
        data: sealed.clone(),
        sig_timestamp: None,
    }));
    actions
}

/// Who was shut out and is in the list of members again is let in: another admin added them while
/// we removed them.
///
/// # Errors
/// What the database said.
pub(super) fn let_back_in(
    writer: &mut Writer<'_>,
    state: &GroupState,
    now: Timestamp,
) -> Result<(), StorageError> {
    let id = state.id();
    for (member, _) in shut_out::of_group(&writer.reader(), &id)? {
        let is_in = |known: GroupMember| known.leaving == Leaving::Stays;
        if state.members().get(&member).is_some_and(is_in) {
            tasks::add(writer, &NewTask::about(id, TaskKind::Unrevoke, member, now))?;
            shut_out::forget(writer, &id, &member)?;
        }
    }
    Ok(())
}

/// All of it must be done by most members of the swarm.
async fn shut_out(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId, plan: &Plan) -> bool {
    let account = SwarmAccount::from(id);
    let mut nodes = match swarm.members(&account).await {
        Ok(nodes) => nodes,
        Err(error) => {
            tracing::debug!(%error, "a group's swarm is not known");
            return false;
        }
    };
    nodes.shuffle(&mut rand::rng());
    let access = |action| nous_protocol::auth::Signing::Owner(plan.secret.keys()).request(account, action);
    for node in nodes.iter().take(MEMBERS) {
        let requests: Vec<_> = actions(plan, core.clock.now()).into_iter().map(access).collect();
        let count = requests.len();
        let replies: Result<Vec<StorageReply>, SwarmError> = swarm.sequence(&account, node, requests).await;
        match replies {
            Ok(replies) if replies.len() == count && replies.iter().all(is_by_most) => return true,
            Ok(_) => tracing::debug!("members could not be shut out by most of the swarm"),
            Err(error) => {
                tracing::debug!(%error, "members could not be shut out");
                if matches!(error.retry(), Retry::Never) {
                    return false;
                }
            }
        }
    }
    false
}

/// They go from the list, and the next key is made without them.
fn erase(writer: &mut Writer<'_>, id: GroupId, plan: &Plan, now: Timestamp) -> Result<(), StorageError> {
    let (Some(kept), Some(key)) = (
        kept::load(&writer.reader(), &id)?,
        conversations::find(&writer.reader(), id)?,
    ) else {
        return Ok(());
    };
    shut_out::settle(writer, &id, &plan.late)?;
    if plan.removed.is_empty() {
        return Ok(());
    }
    let mut state = kept.state;
    for (member, _) in &plan.removed {
        // Whoever was invited again meanwhile stays.
        let is_leaving = state
            .members()
            .get(member)
            .is_some_and(|member| member.leaving != Leaving::Stays);
        if is_leaving {
            state.members_mut().erase(&plan.secret, member);
        }
    }
    if let Err(error) = state.rekey(&plan.secret) {
        tracing::warn!(%error, "the next key of a group cannot be made");
    }
    kept::save(writer, &mut state, true)?;
    show::state(writer, key, &state, true, now)?;
    let_back_in(writer, &state, now)?;
    let with_messages: Vec<AccountId> = plan
        .removed
        .iter()
        .filter(|(_, with_messages)| *with_messages)
        .map(|(member, _)| *member)
        .collect();
    if with_messages.is_empty() {
        return Ok(());
    }
    // What of theirs still waits is not shown later.
    let by = |author: &AccountId| Erased {
        hash: None,
        author: Some(*author),
        before: now,
    };
    let erased: Vec<Erased> = with_messages.iter().map(by).collect();
    deletions::note_erased(writer, &id, &erased, now)?;
    let found = conversation::by_authors(writer, key, &with_messages, now)?;
    let keys: Vec<_> = found.iter().map(|found| found.key).collect();
    messages::delete_for_all(writer, &keys, now)?;
    conversations::refresh(writer, &[key])?;
    let hashes: BTreeSet<String> = found
        .into_iter()
        .map(|found| found.hash)
        .filter(|hash| !hash.is_empty())
        .collect();
    if !hashes.is_empty() {
        tasks::add(writer, &pieces::deletion(id, &hashes, now))?;
    }
    Ok(())
}
