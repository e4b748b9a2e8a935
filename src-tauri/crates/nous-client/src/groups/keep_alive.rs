//! The lives of a group's keys, information and members are extended, by members too; what the
//! swarm lost is stored again as it was, by whoever has it.
//!
//! Source: `groups.md` §16 and §18.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{SwarmApi, SwarmError};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::group::state::GroupState;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, MAX_BATCH, StorageReply};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::members;
use nous_storage::{conversations, cursors, groups};
use rand::seq::SliceRandom;

use super::access::Access;
use super::poll::{GroupEnd, STATE_BOXES, poll_group};
use super::{kept, picture, show};
use crate::config_sync::keep_alive::{gone, longer_life};
use crate::config_sync::push::{is_by_most, store};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::step::step;

/// How many members are asked, one after the other.
const MEMBERS: usize = 2;

/// What became of a group's messages in the swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptAlive {
    /// There is nothing of it here, or we may not ask.
    Idle,
    /// All of it lives on.
    Whole,
    /// Some were gone, and are stored again.
    StoredAgain,
    /// Some were gone and could not be stored again, or nobody answered: later.
    Failed,
}

/// Extends the lives of a group's messages, after a poll; what is gone, and was not replaced, is
/// stored again.
///
/// # Errors
/// What the database said. Errors of the network are results.
///
/// Source: `groups.md` §18.
pub async fn keep_alive(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<KeptAlive, ClientError> {
    let keys = Arc::clone(&core.keys);
    let plan = core.db.read(move |reader| {
        let group = kept::load(reader, &id)?;
        let access = Access::read(reader, &id, &keys)?;
        Ok(group.zip(access))
    });
    let Some((kept, access)) = plan.await? else {
        return Ok(KeptAlive::Idle);
    };
    let group = kept.state;
    let active: Vec<String> = active(&group).into_iter().collect();
    if active.is_empty() {
        return Ok(KeptAlive::Idle);
    }
    if let Some(picture) = group.info().picture() {
        picture::renew(swarm, &picture.url).await;
    }
    step!("group.extending");
    let extended = ask(core, swarm, id, &access, |now| vec![longer_life(&active, now)]).await;
    let reply = match extended.map(|mut replies| replies.pop()) {
        Ok(Some(reply)) if nous_network::check(&reply).is_ok() => reply,
        _ => return Ok(KeptAlive::Failed),
    };
    step!("group.extended");
    let gone = gone(&reply, &active);
    if gone.is_empty() {
        note(core, id).await?;
        return Ok(KeptAlive::Whole);
    }
    tracing::info!(count = gone.len(), "messages of a group are gone");
    let mut group = match read_again(core, swarm, id).await {
        Ok(Some(group)) => group,
        Ok(None) => return Ok(KeptAlive::Idle),
        Err(ClientError::Swarm(error)) => {
            tracing::debug!(%error, "what a group lost is not certain");
            return Ok(KeptAlive::Failed);
        }
        Err(error) => return Err(error),
    };
    let still = self::active(&group);
    let gone: BTreeSet<String> = gone.intersection(&still).cloned().collect();
    let is_lost = !gone.is_empty();
    if is_lost && !restore(core, swarm, &mut group, &access, &gone).await {
        return Ok(KeptAlive::Failed);
    }
    note(core, id).await?;
    Ok(if is_lost {
        KeptAlive::StoredAgain
    } else {
        KeptAlive::Whole
    })
}

/// The group as its swarm has it now: an admin may have replaced what is gone, and what was
/// replaced must not come back. `None`: it is over for us.
async fn read_again(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
) -> Result<Option<GroupState>, ClientError> {
    core.db
        .write(move |writer| from_the_beginning(writer, id))
        .await?;
    let polled = poll_group(core, swarm, id).await?;
    if polled.is_none_or(|polled| polled.standing != GroupEnd::Member) {
        return Ok(None);
    }
    let read = core.db.read(move |reader| kept::load(reader, &id));
    Ok(read.await?.map(|kept| kept.state))
}

/// Keys, information and members are read from their beginning by the next polls. Who stores again
/// what was replaced a moment before moves it behind what replaced it: who has read so far would
/// never see that.
fn from_the_beginning(writer: &mut Writer<'_>, id: GroupId) -> Result<(), StorageError> {
    let account = SwarmAccount::from(id);
    for namespace in STATE_BOXES {
        cursors::forget_box(writer, &account, namespace)?;
    }
    Ok(())
}

fn active(group: &GroupState) -> BTreeSet<String> {
    let mut active: BTreeSet<String> = group.keys().active_hashes().map(str::to_owned).collect();
    active.extend(group.info().state().active_hashes());
    active.extend(group.members().state().active_hashes());
    active
}

/// Stores what is gone and is here; whether all of it.
async fn restore(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    group: &mut GroupState,
    access: &Access,
    gone: &BTreeSet<String>,
) -> bool {
    let lost = group.lost(gone, core.clock.now());
    let mut count = 0;
    for part in lost.chunks(MAX_BATCH) {
        let stores = |now| {
            part.iter()
                .map(|(namespace, data)| store(*namespace, data, now))
                .collect()
        };
        match ask(core, swarm, group.id(), access, stores).await {
            Ok(replies) => count += replies.iter().filter(|reply| is_by_most(reply)).count(),
            Err(error) => {
                tracing::debug!(%error, "what a group lost was not stored again");
                return false;
            }
        }
    }
    step!("group.restored");
    count >= gone.len()
}

/// Asks one member, or another one; the times in the requests are those of the attempt.
async fn ask(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    id: GroupId,
    access: &Access,
    actions: impl Fn(Timestamp) -> Vec<Action>,
) -> Result<Vec<StorageReply>, SwarmError> {
    let account = SwarmAccount::from(id);
    let mut members = swarm.members(&account).await?;
    members.shuffle(&mut rand::rng());
    let mut last = SwarmError::NoSwarm;
    for node in members.iter().take(MEMBERS) {
        let requests = actions(core.clock.now()).into_iter();
        let requests = requests.map(|action| access.request(&id, action)).collect();
        match swarm.sequence(&account, node, requests).await {
            Ok(replies) => return Ok(replies),
            Err(error) if matches!(error.retry(), Retry::Never) => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Notes it; and whom we asked admins to add in vain for long is asked for no more.
async fn note(core: &Core, id: GroupId) -> Result<(), ClientError> {
    let now = core.clock.now();
    let written = core.db.write(move |writer| {
        groups::note_extended(writer, &id, now)?;
        from_the_beginning(writer, id)?;
        match conversations::find(&writer.reader(), id)? {
            Some(key) => members::forget_proposed(writer, key, now.earlier(show::ASKED_FOR)),
            None => Ok(false),
        }
    });
    if written.await? {
        core.hub.announce([Change::Groups]);
    }
    Ok(())
}
