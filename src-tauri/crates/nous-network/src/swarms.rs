//! Which nodes keep an account's messages.
//!
//! Source: `network.md` §2.4.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_protocol::account::SwarmAccount;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{StorageRequest, SwarmMembers};

use crate::cached_state::SavedSwarm;
use crate::clock;
use crate::error::SwarmError;
use crate::network::{Inner, lock};
use crate::node::{NodeKey, Snode};
use crate::path::PathEvent;
use crate::requester::Effort;

/// The most swarms that are remembered; the oldest go first.
const MOST_SWARMS: usize = 2_000;
/// A small swarm is asked for again after this.
const SMALL_SWARM_PAUSE: Duration = Duration::from_secs(60);
/// How often nodes are asked for a swarm, and how many at a time.
const ASKED: u32 = 8;
const AT_ONCE: usize = 3;
/// Between a wrong answer and the next question.
const PAUSE: Duration = Duration::from_millis(100);

/// A swarm as a node told it.
struct ToldSwarm {
    /// Its members in our directory.
    known: Vec<Snode>,
    /// All of them, those too that our directory does not have (any more).
    told: Vec<Snode>,
}

/// The swarms known, saved ones included.
#[derive(Debug, Default)]
pub(crate) struct Swarms {
    known: BTreeMap<SwarmAccount, SavedSwarm>,
    /// When each was last asked for in this run.
    asked: BTreeMap<SwarmAccount, Instant>,
    /// Those that are being renewed.
    renewing: BTreeSet<SwarmAccount>,
    /// When a node last refused our time for an account.
    pub(crate) refused_clock: BTreeMap<SwarmAccount, Instant>,
}

impl Swarms {
    pub(crate) fn from_cached(saved: &BTreeMap<String, SavedSwarm>) -> Self {
        let read = |(account, swarm): (&String, &SavedSwarm)| {
            Some((SwarmAccount::from_hex(account)?, swarm.clone()))
        };
        Self {
            known: saved.iter().filter_map(read).collect(),
            ..Self::default()
        }
    }

    fn to_cached(&self) -> BTreeMap<String, SavedSwarm> {
        self.known
            .iter()
            .map(|(account, swarm)| (account.to_string(), swarm.clone()))
            .collect()
    }

    fn keep(&mut self, account: SwarmAccount, members: Vec<NodeKey>, now: Timestamp) {
        self.known.insert(
            account,
            SavedSwarm {
                members,
                fetched_at: now,
            },
        );
        while self.known.len() > MOST_SWARMS {
            let oldest = self
                .known
                .iter()
                .min_by_key(|(_, swarm)| swarm.fetched_at)
                .map(|(account, _)| *account);
            if let Some(oldest) = oldest {
                self.known.remove(&oldest);
                self.asked.remove(&oldest);
            }
        }
    }
}

impl Inner {
    /// The members of an account's swarm: saved ones, or asked for.
    pub(crate) async fn members_of(
        self: &Arc<Self>,
        account: &SwarmAccount,
    ) -> Result<Vec<Snode>, SwarmError> {
        let (known, age, asked) = self.known_swarm(account);
        let now = clock::monotonic();
        let small = known.len() < self.config.file.min_swarm_size.max(1);
        let asked_lately = asked.is_some_and(|at| at + SMALL_SWARM_PAUSE > now);
        if !small || (!known.is_empty() && asked_lately) {
            if age >= self.config.intervals.refresh {
                self.renew(*account);
            }
            return Ok(known);
        }
        match self.ask_swarm(account).await {
            Ok(swarm) => Ok(swarm.known),
            Err(_) if !known.is_empty() => Ok(known),
            Err(error) => Err(error),
        }
    }

    /// All members of an account's swarm, as a node tells them now.
    pub(crate) async fn current_members_of(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        Ok(self.ask_swarm(account).await?.told)
    }

    /// Known members in the directory, how old that is, and when it was last asked for.
    fn known_swarm(&self, account: &SwarmAccount) -> (Vec<Snode>, Duration, Option<Instant>) {
        let directory = self.directory();
        let swarms = lock(&self.swarms);
        let asked = swarms.asked.get(account).copied();
        let Some(swarm) = swarms.known.get(account) else {
            return (Vec::new(), Duration::ZERO, asked);
        };
        let members = swarm
            .members
            .iter()
            .filter_map(|key| directory.get(key))
            .collect();
        (members, self.clock.local_now().since(swarm.fetched_at), asked)
    }

    /// Asks again in the background.
    fn renew(self: &Arc<Self>, account: SwarmAccount) {
        if !lock(&self.swarms).renewing.insert(account) {
            return;
        }
        let inner = Arc::clone(self);
        self.tasks.spawn("swarm", async move {
            let _ = inner.ask_swarm(&account).await;
            lock(&inner.swarms).renewing.remove(&account);
        });
    }

    /// Asks random nodes, one more whenever those asked are silent or wrong.
    async fn ask_swarm(&self, account: &SwarmAccount) -> Result<ToldSwarm, SwarmError> {
        let used = Mutex::new(Vec::new());
        let deadline = clock::monotonic() + self.config.intervals.rpc;
        self.path_ready(deadline).await?;
        let limit = self.config.intervals.rpc / 2;
        let effort = Effort {
            used: &used,
            attempts: 1,
            deadline,
            limit,
            silence: None,
            departure: None,
            progress: None,
        };
        let mut running = FuturesUnordered::new();
        let mut asked = Vec::new();
        let mut last = SwarmError::NoSwarm;
        let mut left = ASKED;
        loop {
            if left > 0 && running.len() < AT_ONCE {
                let node = self.random_node(&asked).or_else(|| self.random_node(&[]));
                let Some(node) = node else {
                    return Err(SwarmError::NoSwarm);
                };
                left -= 1;
                asked.push(node.key);
                running.push(self.ask_swarm_of(account, node, &effort));
            }
            tokio::select! {
                answer = running.next() => match answer {
                    None => return Err(last),
                    Some(Ok(swarm)) => return Ok(swarm),
                    Some(Err(error @ (SwarmError::Offline | SwarmError::ShutDown))) => return Err(error),
                    Some(Err(error)) => {
                        last = error;
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                () = tokio::time::sleep(self.config.intervals.suspect) => {}
            }
        }
    }

    async fn ask_swarm_of(
        &self,
        account: &SwarmAccount,
        node: Snode,
        effort: &Effort<'_>,
    ) -> Result<ToldSwarm, SwarmError> {
        let reply = self
            .ask_node(&node, &StorageRequest::GetSwarm(*account), effort)
            .await?;
        let Ok(swarm) = reply.members() else {
            self.report(PathEvent::NodeTrouble(node.key)).await;
            return Err(SwarmError::NodeTrouble(reply.code));
        };
        let known = self.save_swarm(account, &swarm);
        if known.is_empty() && !swarm.nodes.is_empty() {
            self.report(PathEvent::DirectoryWanted).await;
        }
        if known.is_empty() {
            return Err(SwarmError::NoSwarm);
        }
        let told = swarm.nodes.iter().map(|node| Snode::from(*node)).collect();
        Ok(ToldSwarm { known, told })
    }

    /// Keeps a swarm as a node told it; gives the members that are in the directory with the
    /// same keys. An empty one changes nothing.
    pub(crate) fn save_swarm(&self, account: &SwarmAccount, swarm: &SwarmMembers) -> Vec<Snode> {
        let directory = self.directory();
        let same = |node: &Snode| {
            directory
                .get(&node.key)
                .filter(|known| known.x25519 == node.x25519)
        };
        let members: Vec<Snode> = swarm
            .nodes
            .iter()
            .filter_map(|node| same(&Snode::from(*node)))
            .collect();
        let mut swarms = lock(&self.swarms);
        swarms.asked.insert(*account, clock::monotonic());
        if !members.is_empty() {
            let keys = swarm.nodes.iter().map(|node| NodeKey(node.ed25519)).collect();
            swarms.keep(*account, keys, self.clock.local_now());
        }
        self.publish_swarms(&swarms);
        members
    }

    /// A member says that it is none, and does not know who is.
    pub(crate) fn remove_member(&self, account: &SwarmAccount, node: &NodeKey) {
        let mut swarms = lock(&self.swarms);
        if let Some(swarm) = swarms.known.get_mut(account) {
            swarm.members.retain(|member| member != node);
        }
        swarms.asked.remove(account);
        self.publish_swarms(&swarms);
    }

    fn publish_swarms(&self, swarms: &Swarms) {
        let fresh = swarms.to_cached();
        self.cached.send_if_modified(|cached| {
            let changed = cached.swarms != fresh;
            cached.swarms = fresh;
            changed
        });
    }

    /// Waits until a path serves.
    pub(crate) async fn path_ready(&self, deadline: Instant) -> Result<(), SwarmError> {
        let mut snapshot = self.snapshot.subscribe();
        let ready = snapshot.wait_for(|now| !now.is_online || now.paths.iter().any(|path| path.serves));
        match self
            .tasks
            .token()
            .run_until_cancelled(tokio::time::timeout_at(deadline.into(), ready))
            .await
        {
            None | Some(Ok(Err(_))) => Err(SwarmError::ShutDown),
            Some(Err(_)) => Err(SwarmError::NoPath),
            Some(Ok(Ok(now))) if now.is_online => Ok(()),
            Some(Ok(Ok(_))) => Err(SwarmError::Offline),
        }
    }

    /// A random node, not one of `but` nor in their /24s; of good repute and in no path if
    /// possible.
    pub(crate) fn random_node(&self, but: &[NodeKey]) -> Option<Snode> {
        let snapshot = self.snapshot.borrow().clone();
        let distinct = self.config.file.distinct_subnets;
        let now = clock::monotonic();
        let near: Vec<_> = but.iter().filter_map(|key| snapshot.directory.get(key)).collect();
        let apart = |node: &Snode| {
            !near
                .iter()
                .any(|other| other.key == node.key || (distinct && other.subnet() == node.subnet()))
        };
        let in_path = |node: &Snode| {
            snapshot
                .paths
                .iter()
                .any(|path| path.hops.iter().any(|hop| hop.key == node.key))
        };
        let good = |node: &Snode| !snapshot.directory.is_avoided(&node.key, now);
        let mut rng = rand::rng();
        let pick = |rng: &mut rand::rngs::ThreadRng, level: u8| {
            snapshot.directory.random(rng, distinct, |node| {
                apart(node) && (level > 1 || good(node)) && (level > 0 || !in_path(node))
            })
        };
        (0..3).find_map(|level| pick(&mut rng, level))
    }
}
