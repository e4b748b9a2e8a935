//! Deleting everything that the own swarm keeps of the account.
//!
//! One `delete_all` over all boxes, which every member signs for what it deleted. A member
//! that the others could not reach is asked itself.
//!
//! Source: `network.md` §4.2, §4.3.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_network::{NodeKey, Snode, SwarmApi, SwarmError};
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth::Signing;
use nous_protocol::wire::rpc::{Action, Namespaces, StorageReply};
use rand::seq::SliceRandom;

use crate::core::Core;

/// How often one member is asked when our clock was wrong.
const TRIES: u32 = 2;

/// What nodes signed so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// The nodes of the swarm.
    pub members: BTreeSet<NodeKey>,
    /// Those that signed that they hold nothing any more.
    pub confirmed: BTreeSet<NodeKey>,
    /// The hashes of what they deleted.
    pub hashes: BTreeSet<String>,
    /// Why the last of the others did not answer.
    pub failure: Option<SwarmError>,
}

impl Deleted {
    /// Whether every node confirmed.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.members.is_empty() && self.members.is_subset(&self.confirmed)
    }

    /// Only what was signed counts: the seam makes failures of all else.
    fn take(&mut self, reply: Option<&StorageReply>) {
        let Some(Ok(swarm)) = reply.map(StorageReply::swarm) else {
            self.failure = Some(SwarmError::BadAnswer);
            return;
        };
        for (key, done) in swarm.done() {
            self.members.insert(NodeKey(*key));
            self.confirmed.insert(NodeKey(*key));
            self.hashes.extend(done.deleted.iter().cloned());
        }
    }
}

/// Has everything of the account deleted: one node passes it on, and who has not confirmed is
/// asked itself. Nothing may be stored for the account meanwhile.
///
/// `before`: what an earlier attempt reached. `told`: what there is after each answer.
pub async fn delete_everything(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    before: Deleted,
    told: impl Fn(&Deleted),
) -> Deleted {
    let mut deleted = Deleted {
        failure: None,
        ..before
    };
    let own = SwarmAccount::from(core.own);
    let mut members = match swarm.current_members(&own).await {
        Ok(members) => members,
        Err(error) => {
            deleted.failure = Some(error);
            return deleted;
        }
    };
    members.shuffle(&mut rand::rng());
    deleted.members = members.iter().map(|node| node.key).collect();
    members.retain(|node| !deleted.confirmed.contains(&node.key));
    if let Some(first) = members.first() {
        match ask(core, swarm, first).await {
            Ok(replies) => deleted.take(replies.first()),
            Err(error) => deleted.failure = Some(error),
        }
        told(&deleted);
    }
    let mut asked: FuturesUnordered<_> = members
        .iter()
        .filter(|node| !deleted.confirmed.contains(&node.key))
        .map(|node| ask(core, swarm, node))
        .collect();
    while let Some(answer) = asked.next().await {
        match answer {
            Ok(replies) => deleted.take(replies.first()),
            Err(error) => deleted.failure = Some(error),
        }
        told(&deleted);
    }
    if deleted.is_complete() {
        deleted.failure = None;
    }
    deleted
}

/// Asks one node, and once more if our clock was wrong and is set now.
async fn ask(core: &Core, swarm: &Arc<dyn SwarmApi>, node: &Snode) -> Result<Vec<StorageReply>, SwarmError> {
    let own = SwarmAccount::from(core.own);
    let mut last = SwarmError::NoSwarm;
    for _ in 0..TRIES {
        let action = Action::DeleteAll {
            namespaces: Namespaces::All,
            timestamp: core.clock.now(),
        };
        let request = Signing::User(&core.keys).request(own, action);
        // A sequence of one: the answers of its members are verified.
        match swarm.sequence(&own, node, vec![request]).await {
            Err(error @ SwarmError::ClockCorrected { .. }) => last = error,
            result => return result,
        }
    }
    Err(last)
}
