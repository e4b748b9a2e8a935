//! The loop that polls groups' swarms, stores what must be stored, and keeps lives extended.
//!
//! Source: `groups.md` §16, `network.md` §7.1 and §7.3.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use nous_network::{Connectivity, LinkState, SwarmApi, SwarmError, clock};
use nous_protocol::account::{ConversationId, GroupId, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::Action;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::GroupStanding;
use nous_storage::groups::tasks::{self, TaskKey};
use nous_storage::{conversations, groups};
use tokio::sync::watch;

use super::access::Access;
use super::keep_alive::{KeptAlive, keep_alive};
use super::poll::{GroupEnd, GroupPolled, poll_group};
use super::reconnect;
use super::work::work;
use crate::config_sync::kept;
use crate::config_sync::push::is_by_most;
use crate::core::Core;
use crate::error::ClientError;
use crate::poll::schedule::{PollTarget, next_due};

/// Between two polls of a group in which something happened within two days, within a week, or
/// not for longer.
const PACES: [Duration; 3] = [
    Duration::from_secs(5),
    Duration::from_secs(60),
    Duration::from_secs(120),
];
/// Something happened lately.
const LATELY: Duration = Duration::from_secs(2 * 86_400);
/// Something happened within a week.
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// Between two extensions of the lives of what is stored.
const DAILY: Duration = Duration::from_secs(86_400);
/// After an extension that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(3_600);
/// Between two pushes of one group, where nobody waits for them.
const BETWEEN_PUSHES: Duration = Duration::from_secs(15);
/// The most polls of one group where each has more.
const MOST_POLLS: usize = 50;
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// What was polled so lately is known well enough to work on.
const KNOWN_FOR: Duration = Duration::from_secs(30);

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
    /// For which something has to be done, and when.
    work: BTreeMap<GroupId, Instant>,
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
            work: BTreeMap::new(),
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
            let now = clock::monotonic();
            let work = self
                .work
                .iter()
                .map(|(id, at)| (*at, *id))
                .min()
                .filter(|_| is_linked);
            if let Some((_, id)) = work.filter(|(at, _)| *at <= now) {
                self.work.remove(&id);
                self.do_work(id).await;
                continue;
            }
            let targets: Vec<PollTarget> = self.targets.iter().map(|(_, target)| target.clone()).collect();
            let due = next_due(&targets, now).filter(|_| is_linked);
            match due {
                Some((index, at)) if at <= now => self.turn(index).await,
                due => {
                    let next = due
                        .map(|(_, at)| at)
                        .into_iter()
                        .chain(work.map(|(at, _)| at))
                        .min();
                    self.wait(next).await;
                }
            }
        }
    }

    /// Which groups there are, and for which of them something has to be done; places of those that
    /// were left are forgotten.
    async fn look_up(&mut self) -> Result<(), ClientError> {
        let (keys, now) = (Arc::clone(&self.core.keys), self.core.clock.now());
        let read = self.core.db.write(move |writer| {
            let followed = followed(writer, &keys)?;
            let due = tasks::due_groups(&writer.reader())?;
            let standings = groups::standings(&writer.reader())?;
            let ids: Vec<ConversationId> = followed.iter().map(ConversationId::from).collect();
            let rows = conversations::by_ids(&writer.reader(), &ids)?;
            Ok((followed, due, standings, rows))
        });
        let (followed, due, standings, rows) = read.await?;
        self.targets.retain(|(id, _)| followed.contains(id));
        self.work.clear();
        let moment = clock::monotonic();
        for (id, at) in due.into_iter().filter(|(id, _)| followed.contains(id)) {
            self.work.insert(id, moment + at.since(now));
        }
        for standing in standings.iter().filter(|standing| standing.is_push_due) {
            self.work.insert(standing.id, moment);
        }
        // Whose life was not extended for longer than a day does not wait for a quiet pace.
        let is_overdue = |standing: &GroupStanding| {
            let is_old = |at: Timestamp| now.since(at) >= DAILY * 2;
            standing.extended.is_some_and(is_old) && !self.extend_after.contains_key(&standing.id)
        };
        let overdue: BTreeSet<GroupId> = standings
            .iter()
            .filter(|standing| is_overdue(standing))
            .map(|standing| standing.id)
            .collect();
        for id in followed {
            let active = rows.iter().find(|row| row.id == id).map(|row| row.last_activity);
            let pace = pace_of(active, now);
            match self.targets.iter_mut().find(|(known, _)| *known == id) {
                Some((_, target)) => {
                    target.pace = pace;
                    target.is_hurried |= overdue.contains(&id);
                }
                None => {
                    let target = PollTarget::new(SwarmAccount::from(id), pace);
                    self.targets.push((id, target));
                }
            }
        }
        Ok(())
    }

    /// The messages that invited us go from our swarm.
    ///
    /// Source: `groups.md` §10.
    async fn forget_invitations(&self) -> Result<(), ClientError> {
        let all = self.core.db.read(tasks::invitations_to_forget).await?;
        if all.is_empty() || self.connectivity.borrow().state != LinkState::Connected {
            return Ok(());
        }
        let (keys, hashes): (Vec<TaskKey>, Vec<String>) = all.into_iter().unzip();
        let own = SwarmAccount::from(self.core.own);
        let action = Action::Delete {
            messages: hashes,
            required: false,
        };
        let request = Signing::User(&self.core.keys).request(own, action);
        let members = self.swarm.members(&own).await?;
        let node = members.first().ok_or(SwarmError::NoSwarm)?;
        let replies = self.swarm.sequence(&own, node, vec![request]).await?;
        if replies.first().is_some_and(is_by_most) {
            self.core
                .db
                .write(move |writer| tasks::done(writer, keys))
                .await?;
        }
        Ok(())
    }

    /// Works on one group, of which much was heard lately; else it is polled first.
    async fn do_work(&mut self, id: GroupId) {
        let Some(index) = self.targets.iter().position(|(known, _)| *known == id) else {
            return;
        };
        let is_known = self.targets.get(index).is_some_and(|(_, target)| {
            target
                .last
                .is_some_and(|at| clock::monotonic() < at + KNOWN_FOR && target.failures == 0)
        });
        if !is_known {
            return self.turn(index).await;
        }
        match self.work_on(id).await {
            Ok(has_pushed) => {
                if let Some((_, target)) = self.targets.get_mut(index) {
                    // What was stored is confirmed by another poll.
                    target.is_hurried |= has_pushed;
                }
            }
            Err(error) => tracing::warn!(%error, "what has to be done for a group could not be kept"),
        }
    }

    /// Does what is due for a group, and notes when more is; whether something was stored.
    async fn work_on(&mut self, id: GroupId) -> Result<bool, ClientError> {
        let worked = work(&self.core, &self.swarm, id).await?;
        let moment = clock::monotonic();
        self.pushed.insert(id, moment);
        if worked.is_over {
            self.core.groups_stirred.notify_one();
            return Ok(false);
        }
        let now = self.core.clock.now();
        let due = self.core.db.read(tasks::due_groups).await?;
        if let Some((_, at)) = due.into_iter().find(|(due, _)| *due == id) {
            let pause = at.since(now).max(Duration::from_secs(1));
            self.work.insert(id, moment + pause);
        }
        Ok(worked.has_pushed)
    }

    async fn refresh(&mut self) {
        if let Err(error) = self.look_up().await {
            tracing::warn!(%error, "groups cannot be read");
        }
        if let Err(error) = self.forget_invitations().await {
            tracing::debug!(%error, "invitations were not deleted");
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

    /// Polls, does what is due, extends; whether another poll should follow at once.
    async fn serve(&mut self, id: GroupId) -> Result<bool, ClientError> {
        let is_ending = self
            .core
            .db
            .read(move |reader| tasks::is_ending(reader, &id))
            .await?;
        if is_ending {
            // Nothing of it is shown any more.
            self.work_on(id).await?;
            return Ok(false);
        }
        let Some(polled) = poll_group(&self.core, &self.swarm, id).await? else {
            return Ok(false);
        };
        if polled.standing != GroupEnd::Member {
            self.core.groups_stirred.notify_one();
            return Ok(false);
        }
        self.set_pace(id).await?;
        reconnect::go_on(&self.core, id).await?;
        let has_pushed = self.is_work_due(id, &polled).await? && self.work_on(id).await?;
        if !polled.has_more && self.is_extension_due(id).await? {
            self.extend(id).await?;
        }
        // What was stored is confirmed by another poll.
        Ok(polled.has_more || polled.is_doubtful || has_pushed)
    }

    /// Where nobody waits for it, not too often: while a node is behind, what was stored does not
    /// come back.
    async fn is_work_due(&self, id: GroupId, polled: &GroupPolled) -> Result<bool, ClientError> {
        let now = self.core.clock.now();
        let tasks = self
            .core
            .db
            .read(move |reader| tasks::of_group(reader, &id))
            .await?;
        if polled.has_removals || tasks.iter().any(|task| task.due <= now) {
            return Ok(true);
        }
        let last = self.pushed.get(&id);
        Ok(polled.is_push_due && last.is_none_or(|last| clock::monotonic() >= *last + BETWEEN_PUSHES))
    }

    /// Groups in which something happened lately are asked more often.
    async fn set_pace(&mut self, id: GroupId) -> Result<(), ClientError> {
        let now = self.core.clock.now();
        let read = self
            .core
            .db
            .read(move |reader| conversations::by_ids(reader, &[id.into()]));
        let pace = pace_of(read.await?.first().map(|row| row.last_activity), now);
        if let Some((_, target)) = self.targets.iter_mut().find(|(known, _)| *known == id) {
            target.pace = pace;
        }
        Ok(())
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
            tasks::forget_group(writer, &standing.id)?;
        }
    }
    Ok(followed)
}

/// Between two polls of a group in which something happened last at `active`.
fn pace_of(active: Option<Timestamp>, now: Timestamp) -> Duration {
    let quiet = active.map_or(WEEK, |at| now.since(at));
    let [lately, weekly, rarely] = PACES;
    match quiet {
        quiet if quiet < LATELY => lately,
        quiet if quiet < WEEK => weekly,
        _ => rarely,
    }
}

/// Polls every followed group to the end once, and does what is due for it; answers how many new
/// messages there were. A group whose swarm does not answer is passed over.
///
/// # Errors
/// What the database said.
pub(crate) async fn once(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<u32, ClientError> {
    let keys = Arc::clone(&core.keys);
    let followed = core.db.write(move |writer| followed(writer, &keys)).await?;
    let mut shown = 0;
    for id in followed {
        match one(core, swarm, id).await {
            Ok(count) => shown += count,
            Err(ClientError::Swarm(error)) => tracing::debug!(%error, "a poll of a group failed"),
            Err(error) => return Err(error),
        }
    }
    Ok(shown)
}

async fn one(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId) -> Result<u32, ClientError> {
    let mut shown = 0;
    for _ in 0..MOST_POLLS {
        let Some(polled) = poll_group(core, swarm, id).await? else {
            break;
        };
        shown += polled.shown;
        if polled.standing != GroupEnd::Member {
            break;
        }
        let worked = work(core, swarm, id).await?;
        if worked.is_over || !(polled.has_more || worked.has_pushed) {
            break;
        }
    }
    Ok(shown)
}
