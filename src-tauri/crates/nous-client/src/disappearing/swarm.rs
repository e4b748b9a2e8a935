//! Lives in our own swarm: messages that were read here are to be forgotten in time, so that our other
//! devices know when it was; those that were read there are asked for.
//!
//! Source: `messages.md` §9, `network.md` §7.3.

use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError, check};
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth::Signing;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, ExpireMode, MemberDone};
use nous_storage::disappearing::{self as lives, LifeTask, OpenLife};
use nous_storage::ids::MessageKey;
use rand::seq::SliceRandom;

use super::rules;
use crate::config_sync::push::is_by_most;
use crate::core::Core;
use crate::error::ClientError;
use crate::step::step;

/// How many messages one request names.
const MOST: u32 = 100;

/// What became of one life: its end, if the swarm told one, and what is left to do.
type Settled = (MessageKey, Option<Timestamp>, LifeTask);

/// Does what there is to do in our own swarm, at most [`MOST`] messages; whether it could be done.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub(super) async fn work(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<bool, ClientError> {
    let now = core.clock.now();
    let open = core.db.read(|reader| lives::open_lives(reader, MOST)).await?;
    // What has ended here is hidden next; the swarm is to delete it once the time is sure and it is erased.
    let open = open.into_iter().filter(|life| life.ends > now);
    let (asked, read): (Vec<OpenLife>, Vec<OpenLife>) = open.partition(|life| life.task == LifeTask::Ask);
    let mut settled: Vec<Settled> = Vec::new();
    let told = tell(core, swarm, &read).await;
    let heard = ask(core, swarm, &asked).await;
    let is_done = told.is_ok() && heard.is_ok();
    for result in [told, heard] {
        match result {
            Ok(of_swarm) => settled.extend(of_swarm),
            Err(error) => tracing::debug!(%error, "our swarm did not say how long messages live"),
        }
    }
    if !settled.is_empty() {
        step!("life.told");
        let written = core.db.write(move |writer| {
            let mut changed = Vec::new();
            for (message, ends, left) in settled {
                changed.extend(lives::settle(writer, message, ends, left)?);
            }
            Ok(changed)
        });
        super::worker::announce(core, written.await?);
    }
    Ok(is_done)
}

async fn member(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<Snode, SwarmError> {
    let mut members = swarm.members(&SwarmAccount::from(core.own)).await?;
    members.shuffle(&mut rand::rng());
    members.into_iter().next().ok_or(SwarmError::NoSwarm)
}

/// Tells the swarm when messages end that were read here; done once most of its members have kept that.
async fn tell(core: &Core, swarm: &Arc<dyn SwarmApi>, read: &[OpenLife]) -> Result<Vec<Settled>, SwarmError> {
    if read.is_empty() {
        return Ok(Vec::new());
    }
    let own = SwarmAccount::from(core.own);
    let action = Action::Expire {
        messages: hashes(read),
        expiry: read.iter().map(|life| life.ends).collect(),
        each: read.len() > 1,
        mode: ExpireMode::Shorten,
    };
    let request = Signing::User(&core.keys).request(own, action);
    let node = member(core, swarm).await?;
    // A sequence of one: the answers of its members are verified.
    let replies = swarm.sequence(&own, &node, vec![request]).await?;
    let reply = replies.first().ok_or(SwarmError::BadAnswer)?;
    check(reply)?;
    if !is_by_most(reply) {
        // Others would keep it, and our other devices ask any of them.
        return Err(SwarmError::NodeTrouble(500));
    }
    let answer = reply.swarm().map_err(|_| SwarmError::BadAnswer)?;
    let of = |life: &OpenLife| {
        let said = answer.done().filter_map(|(_, done)| end_in(done, &life.hash));
        let ends = rules::shortened(life, said.collect());
        (life.message, ends, LifeTask::None)
    };
    Ok(read.iter().map(of).collect())
}

/// When a message ends, as one member says; `None`: it does not have it.
fn end_in(done: &MemberDone, hash: &str) -> Option<Timestamp> {
    if let Some(at) = done.unchanged.get(hash) {
        return Some(*at);
    }
    let place = done.updated.iter().position(|updated| updated == hash)?;
    match done.expiry.as_slice() {
        [one] => Some(*one),
        each => each.get(place).copied(),
    }
}

/// Asks the swarm when messages end that another device has read.
async fn ask(core: &Core, swarm: &Arc<dyn SwarmApi>, asked: &[OpenLife]) -> Result<Vec<Settled>, SwarmError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let own = SwarmAccount::from(core.own);
    let node = member(core, swarm).await?;
    let action = Action::GetExpiries {
        messages: hashes(asked),
        timestamp: core.clock.now(),
    };
    let request = Signing::User(&core.keys).request(own, action);
    let replies = swarm.call(&own, &node, vec![request]).await?;
    let reply = replies.first().ok_or(SwarmError::BadAnswer)?;
    check(reply)?;
    let answer = reply.expiries().map_err(|_| SwarmError::BadAnswer)?;
    let of = |life: &OpenLife| {
        let (ends, left) = rules::read_elsewhere(life, answer.expiries.get(&life.hash).copied());
        (life.message, ends, left)
    };
    Ok(asked.iter().map(of).collect())
}

fn hashes(of: &[OpenLife]) -> Vec<String> {
    of.iter().map(|life| life.hash.clone()).collect()
}
