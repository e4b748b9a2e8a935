//! The loop that polls groups' swarms, stores what must be stored, and keeps lives extended.
//!
//! Source: `groups.md` §16, `network.md` §7.1 and §7.3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use nous_network::{Connectivity, LinkState, SwarmApi, clock};
use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::keys::IdentityKeys;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups;
use tokio::sync::watch;

use super::access::Access;
use super::keep_alive::{KeptAlive, keep_alive};
use super::poll::{GroupEnd, poll_group};
use super::push::{GroupPushEnded, push_group};
use crate::config_sync::kept;
use crate::core::Core;
use crate::error::ClientError;
use crate::poll::schedule::{PollTarget, next_due};

/// Between two polls of a group.
const PACE: Duration = Duration::from_secs(60);
/// Between two extensions of the lives of what is stored.
const DAILY: Duration = Duration::from_secs(86_400);
/// After an extension that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(3_600);
/// Between two pushes of one group.
const BETWEEN_PUSHES: Duration = Duration::from_secs(15);
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Follows the groups that the account has joined, until it is dropped.
pub struct GroupWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    /// How many polls of the own swarm went to the end: before the first, what is known of
    /// groups may be old.
    rounds: watch::Receiver<u64>,
    targets: Vec<(GroupId, PollTarget)>,
    /// When each was stored last, in this run.
    pushed: BTreeMap<GroupId, Instant>,
    /// Not before then are lives extended, after a failure.
    extend_after: BTreeMap<GroupId, Instant>,
}

impl std::fmt::Debug for GroupWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupWorker")
            .field("groups", &self.targets.len())
            .finish_non_exhaustive()
    }
}

impl GroupWorker {
    /// A worker that has not begun. `rounds`: how many polls of the own swarm went to the end.
    #[must_use]
    pub const fn new(
        core: Core,
        swarm: Arc<dyn SwarmApi>,
        connectivity: watch::Receiver<Connectivity>,
        rounds: watch::Receiver<u64>,
    ) -> Self {
        Self {
            core,
            swarm,
            connectivity,
            rounds,
            targets: Vec::new(),
            pushed: BTreeMap::new(),
            extend_after: BTreeMap::new(),
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        if self.rounds.wait_for(|rounds| *rounds > 0).await.is_err() {
            return;
        }
        while let Err(error) = self.look_up().await {
            tracing::warn!(%error, "groups cannot be read");
            tokio::time::sleep(AFTER_TROUBLE).await;
        }
        loop {
            // Also while something is always due.
            if self.core.groups_stirred.notified().now_or_never().is_some() {
                self.refresh().await;
            }
            let is_linked = self.connectivity.borrow().state == LinkState::Connected;
            let targets: Vec<PollTarget> = self.targets.iter().map(|(_, target)| target.clone()).collect();
            let due = next_due(&targets, clock::monotonic()).filter(|_| is_linked);
            match due {
                Some((index, at)) if at <= clock::monotonic() => self.turn(index).await,
                due => self.wait(due.map(|(_, at)| at)).await,
            }
        }
    }

    /// Which groups there are; places of those that were left are forgotten.
    async fn look_up(&mut self) -> Result<(), ClientError> {
        let keys = Arc::clone(&self.core.keys);
        let followed = self.core.db.write(move |writer| followed(writer, &keys)).await?;
        self.targets.retain(|(id, _)| followed.contains(id));
        for id in followed {
            if self.targets.iter().all(|(known, _)| *known != id) {
                let target = PollTarget::new(SwarmAccount::from(id), PACE);
                self.targets.push((id, target));
            }
        }
        Ok(())
    }

    async fn refresh(&mut self) {
        if let Err(error) = self.look_up().await {
            tracing::warn!(%error, "groups cannot be read");
        }
    }

    /// One poll of one group, and what follows from it.
    async fn turn(&mut self, index: usize) {
        let Some(id) = self.targets.get(index).map(|(id, _)| *id) else {
            return;
        };
        let ended = match self.serve(id).await {
            Ok(more) => Some(more),
            Err(ClientError::Swarm(error)) => {
                tracing::debug!(%error, "a poll of a group failed");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "what a group's poll brought could not be kept; it will come again");
                None
            }
        };
        if let Some((_, target)) = self.targets.get_mut(index) {
            target.ended(clock::monotonic(), ended);
        }
    }

    /// Polls, stores, extends; whether another poll should follow at once.
    async fn serve(&mut self, id: GroupId) -> Result<bool, ClientError> {
        let Some(polled) = poll_group(&self.core, &self.swarm, id).await? else {
            return Ok(false);
        };
        if polled.standing != GroupEnd::Member {
            self.core.groups_stirred.notify_one();
            return Ok(false);
        }
        let is_pushed = polled.is_push_due && self.push(id).await?;
        if !polled.has_more && self.is_extension_due(id).await? {
            self.extend(id).await?;
        }
        // What was stored is confirmed by another poll.
        Ok(polled.has_more || polled.is_doubtful || is_pushed)
    }

    /// Stores what is not stored, but not too often: while a node is behind, what was stored does
    /// not come back.
    async fn push(&mut self, id: GroupId) -> Result<bool, ClientError> {
        let now = clock::monotonic();
        if self
            .pushed
            .get(&id)
            .is_some_and(|last| now < *last + BETWEEN_PUSHES)
        {
            return Ok(false);
        }
        let ended = push_group(&self.core, &self.swarm, id).await?;
        self.pushed.insert(id, clock::monotonic());
        Ok(ended == GroupPushEnded::Pushed)
    }

    async fn extend(&mut self, id: GroupId) -> Result<(), ClientError> {
        let kept = keep_alive(&self.core, &self.swarm, id).await?;
        tracing::debug!(?kept, "lives of a group's messages");
        if kept == KeptAlive::Failed {
            self.extend_after.insert(id, clock::monotonic() + AFTER_FAILURE);
        }
        Ok(())
    }

    async fn is_extension_due(&self, id: GroupId) -> Result<bool, ClientError> {
        if self
            .extend_after
            .get(&id)
            .is_some_and(|at| clock::monotonic() < *at)
        {
            return Ok(false);
        }
        let now = self.core.clock.now();
        let standings = self.core.db.read(groups::standings).await?;
        let of_group = standings.into_iter().find(|standing| standing.id == id);
        let last = of_group.and_then(|standing| standing.extended);
        Ok(last.is_none_or(|at| now.since(at) >= DAILY || at > now))
    }

    /// Sleeps until `at`, news of groups, or a change of the connection.
    async fn wait(&mut self, at: Option<Instant>) {
        let stirred = Arc::clone(&self.core.groups_stirred);
        tokio::select! {
            () = clock::sleep_until(at) => {}
            () = stirred.notified() => self.refresh().await,
            changed = self.connectivity.changed() => {
                if changed.is_err() {
                    // The network is gone: so is what polls.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// The groups whose swarms may be asked. What is kept of others goes.
fn followed(writer: &mut Writer<'_>, keys: &IdentityKeys) -> Result<BTreeSet<GroupId>, StorageError> {
    let config: UserGroups = kept::load(&writer.reader())?;
    let joined = config.groups().filter(|entry| Access::of(entry, keys).is_some());
    let followed: BTreeSet<GroupId> = joined.map(|entry| entry.id).collect();
    for standing in groups::standings(&writer.reader())? {
        if !followed.contains(&standing.id) {
            groups::forget(writer, &standing.id)?;
        }
    }
    Ok(followed)
}
