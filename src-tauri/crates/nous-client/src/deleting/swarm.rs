//! Messages deleted in our own swarm.
//!
//! Source: `messages.md` §10, `network.md` §4.3.

use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError, check};
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth::Signing;
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::wire::rpc::Action;
use rand::seq::SliceRandom;

use crate::config_sync::push::is_by_most;
use crate::core::Core;

/// How many members of the swarm are asked.
const MEMBERS: usize = 3;
/// How many messages one request names.
const MOST: usize = 100;

/// Deletes messages by their hashes; done once most members of the swarm have. What is not there any
/// more counts as deleted.
///
/// # Errors
/// Why the last member did not do it.
pub(super) async fn delete(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    hashes: &[String],
) -> Result<(), SwarmError> {
    if hashes.is_empty() {
        return Ok(());
    }
    let mut members = swarm.members(&SwarmAccount::from(core.own)).await?;
    members.shuffle(&mut rand::rng());
    for part in hashes.chunks(MOST) {
        delete_part(core, swarm, &members, part).await?;
    }
    Ok(())
}

async fn delete_part(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    members: &[Snode],
    hashes: &[String],
) -> Result<(), SwarmError> {
    let mut last = SwarmError::NoSwarm;
    for node in members.iter().take(MEMBERS) {
        match ask(core, swarm, node, hashes).await {
            Ok(()) => return Ok(()),
            Err(error) if matches!(error.retry(), Retry::Never) => return Err(error),
            Err(error) => last = error,
        }
    }
    tracing::debug!(error = %last, "messages were not deleted by most of the swarm");
    Err(last)
}

/// Asks one member, which passes it on to the others.
async fn ask(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    hashes: &[String],
) -> Result<(), SwarmError> {
    let own = SwarmAccount::from(core.own);
    let action = Action::Delete {
        messages: hashes.to_vec(),
        required: false,
    };
    let request = Signing::User(&core.keys).request(own, action);
    // A sequence of one: the answers of its members are verified.
    let replies = swarm.sequence(&own, node, vec![request]).await?;
    let reply = replies.first().ok_or(SwarmError::BadAnswer)?;
    check(reply)?;
    if is_by_most(reply) {
        Ok(())
    } else {
        Err(SwarmError::NodeTrouble(500))
    }
}
