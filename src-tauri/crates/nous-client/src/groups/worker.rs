//! The loop over all groups: whose turn it is, several at once.
//!
//! Source: `groups.md` §16, `network.md` §7.1.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use nous_network::{Connectivity, LinkState, SwarmApi, SwarmError, clock};
use nous_protocol::account::{ConversationId, GroupId, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::Action;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::tasks::{self, TaskKey};
use nous_storage::{conversations, groups};
use tokio::sync::watch;

use super::access::Access;
use super::poll::{GroupEnd, poll_group};
use super::turn::{DAILY, Memory, PACES, Purpose, Turn, Turned, pace_of};
use super::work::work;
use crate::config_sync::kept;
use crate::config_sync::push::is_by_most;
use crate::core::Core;
use crate::error::ClientError;
use crate::poll::schedule::PollTarget;

/// The most groups whose turns are under way at once.
const AT_ONCE: usize = 4;
/// The most polls of one group where each has more.
const MOST_POLLS: usize = 50;
/// Between two attempts of what is done beside.
const AFTER_CHORES: Duration = Duration::from_secs(60);
/// Groups whose swarms did not answer lately have no more turns at once than this.
const AT_ONCE_IN_VAIN: usize = 2;
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
    groups: BTreeMap<GroupId, Followed>,
    /// The turns under way, of different groups.
    turns: FuturesUnordered<BoxFuture<'static, (GroupId, Turned)>>,
    /// What is done beside.
    chores: FuturesUnordered<BoxFuture<'static, bool>>,
    /// When it is done next; `None`: there is nothing to do.
    chores_at: Option<Instant>,
}

/// A group that is followed.
struct Followed {
    target: PollTarget,
    /// When something has to be done for it.
    work: Option<Instant>,
    /// Somebody looks at it: it does not wait for a quiet pace.
    is_looked_at: bool,
    /// Its turn is under way.
    is_busy: bool,
    memory: Memory,
}

impl Followed {
    fn new(id: GroupId, pace: Duration) -> Self {
        Self {
            target: PollTarget::new(SwarmAccount::from(id), pace),
            work: None,
            is_looked_at: false,
            is_busy: false,
            memory: Memory::default(),
        }
    }

    /// When it has its next turn, and what for. Nobody's turn comes while another is under way.
    fn due_at(&self, now: Instant) -> Option<(Instant, Purpose)> {
        if self.is_busy {
            return None;
        }
        let mut poll = self.target.due_at(now);
        if self.is_looked_at {
            let last = self.target.last.map_or(now, |last| last + PACES[0]);
            poll = poll.min(last);
        }
        let work = self.work.map(|at| (at, self.purpose_of_work(at.max(now))));
        Some(
            work.filter(|(at, _)| *at <= poll)
                .unwrap_or((poll, Purpose::Poll)),
        )
    }

    /// Of what much was heard lately is worked on; else it is polled first.
    fn purpose_of_work(&self, at: Instant) -> Purpose {
        let is_known = |last: Instant| at < last + KNOWN_FOR && self.target.failures == 0;
        if self.target.last.is_some_and(is_known) {
            Purpose::Work
        } else {
            Purpose::Poll
        }
    }

    /// Takes in what a turn for this came to.
    fn ended(&mut self, now: Instant, turned: Turned) {
        self.is_busy = false;
        self.memory = turned.memory;
        if let Some(pace) = turned.pace {
            self.target.pace = pace;
        }
        match turned.purpose {
            Purpose::Poll => self.target.ended(now, turned.has_more),
            // What was stored is confirmed by another poll.
            Purpose::Work => self.target.is_hurried |= turned.has_more == Some(true),
        }
        self.work = [self.work, turned.work].into_iter().flatten().min();
    }
}

impl std::fmt::Debug for GroupWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupWorker")
            .field("groups", &self.groups.len())
            .finish_non_exhaustive()
    }
}

impl GroupWorker {
    /// A worker that has not begun. `rounds`: how many polls of the own swarm went to the end.
    #[must_use]
    pub fn new(
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
            groups: BTreeMap::new(),
            turns: FuturesUnordered::new(),
            chores: FuturesUnordered::new(),
            chores_at: Some(clock::monotonic()),
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
            let next = self.begin_turns();
            let stirred = Arc::clone(&self.core.groups_stirred);
            tokio::select! {
                Some((id, turned)) = self.turns.next(), if !self.turns.is_empty() => self.ended(id, turned),
                Some(is_done) = self.chores.next(), if !self.chores.is_empty() => {
                    if !is_done {
                        self.chores_at = Some(clock::monotonic() + AFTER_CHORES);
                    }
                }
                () = clock::sleep_until(self.chores_at), if self.chores.is_empty() => self.begin_chores(),
                () = clock::sleep_until(next) => {}
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

    /// Begins the turns that are due, some at once: a swarm that does not answer holds up no
    /// other. Answers when the next is due, if it can begin then.
    fn begin_turns(&mut self) -> Option<Instant> {
        if self.connectivity.borrow().state != LinkState::Connected {
            return None;
        }
        while self.turns.len() < AT_ONCE {
            let now = clock::monotonic();
            let in_vain = |group: &&Followed| group.is_busy && group.target.failures > 0;
            let is_full = self.groups.values().filter(in_vain).count() >= AT_ONCE_IN_VAIN;
            let due = self.groups.iter().filter_map(|(id, group)| {
                if is_full && group.target.failures > 0 {
                    return None;
                }
                let (at, purpose) = group.due_at(now)?;
                Some((at, group.target.last, *id, purpose))
            });
            let (at, _, id, purpose) = due.min_by_key(|(at, last, id, _)| (*at, *last, *id))?;
            if at > now {
                return Some(at);
            }
            self.begin(id, purpose);
        }
        None
    }

    fn begin(&mut self, id: GroupId, purpose: Purpose) {
        let Some(group) = self.groups.get_mut(&id) else {
            return;
        };
        group.is_busy = true;
        let now = clock::monotonic();
        group.work = group.work.filter(|at| *at > now);
        group.is_looked_at &= purpose != Purpose::Poll;
        let turn = Turn {
            core: self.core.clone(),
            swarm: Arc::clone(&self.swarm),
            id,
            purpose,
            memory: group.memory,
        };
        self.turns.push(async move { (id, turn.take().await) }.boxed());
    }

    fn ended(&mut self, id: GroupId, turned: Turned) {
        if turned.is_over {
            self.core.groups_stirred.notify_one();
        }
        if let Some(group) = self.groups.get_mut(&id) {
            group.ended(clock::monotonic(), turned);
        }
    }

    /// Which groups there are, and for which of them something has to be done; places of those that
    /// were left are forgotten.
    async fn look_up(&mut self) -> Result<(), ClientError> {
        let now = self.core.clock.now();
        let read = self.core.db.write(move |writer| {
            let followed = followed(writer)?;
            let due = tasks::due_groups(&writer.reader())?;
            let standings = groups::standings(&writer.reader())?;
            let ids: Vec<ConversationId> = followed.iter().map(ConversationId::from).collect();
            let rows = conversations::by_ids(&writer.reader(), &ids)?;
            Ok((followed, due, standings, rows))
        });
        let (followed, due, standings, rows) = read.await?;
        self.groups.retain(|id, _| followed.contains(id));
        for id in followed {
            let active = rows.iter().find(|row| row.id == id).map(|row| row.last_activity);
            let pace = pace_of(active, now);
            let group = self.groups.entry(id).or_insert_with(|| Followed::new(id, pace));
            group.target.pace = pace;
            group.work = None;
        }
        let moment = clock::monotonic();
        for (id, at) in due {
            if let Some(group) = self.groups.get_mut(&id) {
                group.work = Some(moment + at.since(now));
            }
        }
        for standing in standings {
            let Some(group) = self.groups.get_mut(&standing.id) else {
                continue;
            };
            if standing.is_push_due {
                group.work = Some(moment);
            }
            // Whose life was not extended for longer than a day does not wait for a quiet pace.
            let is_old = |at: Timestamp| now.since(at) >= DAILY * 2;
            let is_overdue = standing.extended.is_some_and(is_old);
            group.target.is_hurried |= is_overdue && group.memory.extend_after.is_none();
        }
        Ok(())
    }

    async fn refresh(&mut self) {
        if let Err(error) = self.look_up().await {
            tracing::warn!(%error, "groups cannot be read");
        }
        let noted = self.core.looked_at.take();
        for (id, group) in &mut self.groups {
            group.is_looked_at |= noted.groups.contains(id);
            if noted.is_all {
                group.target.failures = 0;
                group.target.is_hurried = true;
            }
        }
        self.chores_at.get_or_insert_with(clock::monotonic);
    }

    /// Invitations of which we know enough are forgotten; what fails is tried again later.
    fn begin_chores(&mut self) {
        self.chores_at = None;
        if self.connectivity.borrow().state == LinkState::Connected {
            let chore = forget_invitations(self.core.clone(), Arc::clone(&self.swarm));
            self.chores.push(chore.boxed());
        } else {
            self.chores_at = Some(clock::monotonic() + AFTER_CHORES);
        }
    }
}

/// The messages that invited us go from our swarm.
///
/// Source: `groups.md` §10.
async fn forget_invitations(core: Core, swarm: Arc<dyn SwarmApi>) -> bool {
    try_to_forget(&core, &swarm).await.unwrap_or_else(|error| {
        tracing::debug!(%error, "invitations were not deleted");
        false
    })
}

/// Whether nothing is left of them.
async fn try_to_forget(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<bool, ClientError> {
    let all = core.db.read(tasks::invitations_to_forget).await?;
    if all.is_empty() {
        return Ok(true);
    }
    let (keys, hashes): (Vec<TaskKey>, Vec<String>) = all.into_iter().unzip();
    let own = SwarmAccount::from(core.own);
    let action = Action::Delete {
        messages: hashes,
        required: false,
    };
    let request = Signing::User(&core.keys).request(own, action);
    let members = swarm.members(&own).await?;
    let node = members.first().ok_or(SwarmError::NoSwarm)?;
    let replies = swarm.sequence(&own, node, vec![request]).await?;
    let is_done = replies.first().is_some_and(is_by_most);
    if is_done {
        core.db.write(move |writer| tasks::done(writer, keys)).await?;
    }
    Ok(is_done)
}

/// The groups whose swarms may be asked. What is kept of others goes.
fn followed(writer: &mut Writer<'_>) -> Result<BTreeSet<GroupId>, StorageError> {
    let config: UserGroups = kept::load(&writer.reader())?;
    let joined = config.groups().filter(Access::is_given);
    let followed: BTreeSet<GroupId> = joined.map(|entry| entry.id).collect();
    for standing in groups::standings(&writer.reader())? {
        if !followed.contains(&standing.id) {
            groups::forget(writer, &standing.id)?;
            tasks::forget_group(writer, &standing.id)?;
        }
    }
    Ok(followed)
}

/// Polls every followed group to the end once, and does what is due for it; answers how many new
/// messages there were. A group whose swarm does not answer is passed over.
///
/// # Errors
/// What the database said.
pub(crate) async fn once(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<u32, ClientError> {
    let followed = core.db.write(followed).await?;
    let mut shown = 0;
    let polls = followed.into_iter().map(|id| one(core, swarm, id));
    let mut polls = stream::iter(polls).buffer_unordered(AT_ONCE);
    while let Some(polled) = polls.next().await {
        match polled {
            Ok(count) => shown += count,
            Err(ClientError::Swarm(error)) => tracing::debug!(%error, "a poll of a group failed"),
            Err(error) => return Err(error),
        }
    }
    Ok(shown)
}

async fn one(core: &Core, swarm: &Arc<dyn SwarmApi>, id: GroupId) -> Result<u32, ClientError> {
    let is_ending = core.db.read(move |reader| tasks::is_ending(reader, &id)).await?;
    if is_ending {
        // Nothing of it is shown any more.
        return work(core, swarm, id).await.map(|_| 0);
    }
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
