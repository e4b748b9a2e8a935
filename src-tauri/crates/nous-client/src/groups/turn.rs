//! One group's turn: it is polled, what is due for it is done, its life is extended.
//!
//! Source: `groups.md` §16, `network.md` §7.1 and §7.3.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_network::{SwarmApi, clock};
use nous_protocol::account::GroupId;
use nous_protocol::time::Timestamp;
use nous_storage::groups::tasks;
use nous_storage::{conversations, groups};
use rand::RngExt as _;

use super::keep_alive::{KeptAlive, keep_alive};
use super::poll::{GroupEnd, GroupPolled, poll_group};
use super::reconnect;
use super::work::work;
use crate::core::Core;
use crate::error::ClientError;

/// Between two polls of a group in which something happened within two days, within a week, or
/// not for longer.
pub(super) const PACES: [Duration; 3] = [
    Duration::from_secs(5),
    Duration::from_secs(60),
    Duration::from_secs(120),
];
/// Something happened lately.
const LATELY: Duration = Duration::from_secs(2 * 86_400);
/// Something happened within a week.
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// So much of a pace is left to chance, that not all groups are polled at one moment.
const SWAY: f64 = 0.1;
/// Between two extensions of the lives of what is stored.
pub(super) const DAILY: Duration = Duration::from_secs(86_400);
/// After an extension that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(3_600);
/// Between two pushes of one group, where nobody waits for them.
const BETWEEN_PUSHES: Duration = Duration::from_secs(15);

/// What a turn is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To poll it, and do what follows from it.
    Poll,
    /// To do what is due, of which much is known.
    Work,
}

/// What one turn of a group leaves to the next, in this run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// When something was stored last.
    pub(super) pushed: Option<Instant>,
    /// Not before then are lives extended, after a failure.
    pub(super) extend_after: Option<Instant>,
}

/// A group's turn.
pub(super) struct Turn {
    pub(super) core: Core,
    pub(super) swarm: Arc<dyn SwarmApi>,
    pub(super) id: GroupId,
    pub(super) purpose: Purpose,
    pub(super) memory: Memory,
}

/// What a turn came to.
pub(super) struct Turned {
    pub(super) purpose: Purpose,
    /// Whether the group is to be polled again at once; `None` if the turn failed.
    pub(super) has_more: Option<bool>,
    /// How often it is to be polled from now on, if that was looked up.
    pub(super) pace: Option<Duration>,
    /// When more is due.
    pub(super) work: Option<Instant>,
    /// We are no more in it.
    pub(super) is_over: bool,
    pub(super) memory: Memory,
}

impl Turn {
    /// Takes the turn. What fails is logged, and tried again in another one.
    pub(super) async fn take(self) -> Turned {
        let mut turned = Turned {
            purpose: self.purpose,
            has_more: None,
            pace: None,
            work: None,
            is_over: false,
            memory: self.memory,
        };
        let done = match self.purpose {
            Purpose::Poll => self.poll(&mut turned).await,
            Purpose::Work => self.work(&mut turned).await,
        };
        match done {
            Ok(more) => turned.has_more = Some(more),
            Err(ClientError::Swarm(error)) => tracing::debug!(%error, "a poll of a group failed"),
            Err(error) => {
                tracing::warn!(%error, "what a group's turn brought could not be kept; it will come again");
            }
        }
        turned
    }

    /// Polls, does what is due, extends; whether another poll should follow at once.
    async fn poll(&self, turned: &mut Turned) -> Result<bool, ClientError> {
        let (core, id) = (&self.core, self.id);
        let is_ending = core.db.read(move |reader| tasks::is_ending(reader, &id)).await?;
        if is_ending {
            // Nothing of it is shown any more.
            self.work(turned).await?;
            return Ok(false);
        }
        let Some(polled) = poll_group(core, &self.swarm, id).await? else {
            return Ok(false);
        };
        if polled.standing != GroupEnd::Member {
            turned.is_over = true;
            return Ok(false);
        }
        turned.pace = Some(self.pace().await?);
        reconnect::go_on(core, id).await?;
        let has_pushed = self.is_work_due(turned, &polled).await? && self.work(turned).await?;
        if !polled.has_more && self.is_extension_due(turned).await? {
            self.extend(turned).await?;
        }
        // What was stored is confirmed by another poll.
        Ok(polled.has_more || polled.is_doubtful || has_pushed)
    }

    /// Does what is due, and notes when more is; whether something was stored.
    async fn work(&self, turned: &mut Turned) -> Result<bool, ClientError> {
        let (core, id) = (&self.core, self.id);
        let worked = work(core, &self.swarm, id).await?;
        let moment = clock::monotonic();
        turned.memory.pushed = Some(moment);
        if worked.is_over {
            turned.is_over = true;
            return Ok(false);
        }
        let now = core.clock.now();
        let due = core.db.read(tasks::due_groups).await?;
        if let Some((_, at)) = due.into_iter().find(|(due, _)| *due == id) {
            turned.work = Some(moment + at.since(now).max(Duration::from_secs(1)));
        }
        Ok(worked.has_pushed)
    }

    /// Where nobody waits for it, not too often: while a node is behind, what was stored does not
    /// come back.
    async fn is_work_due(&self, turned: &Turned, polled: &GroupPolled) -> Result<bool, ClientError> {
        let (now, id) = (self.core.clock.now(), self.id);
        let tasks = self
            .core
            .db
            .read(move |reader| tasks::of_group(reader, &id))
            .await?;
        if polled.has_removals || tasks.iter().any(|task| task.due <= now) {
            return Ok(true);
        }
        let last = turned.memory.pushed;
        Ok(polled.is_push_due && last.is_none_or(|last| clock::monotonic() >= last + BETWEEN_PUSHES))
    }

    /// Groups in which something happened lately are asked more often.
    async fn pace(&self) -> Result<Duration, ClientError> {
        let (now, id) = (self.core.clock.now(), self.id);
        let read = self
            .core
            .db
            .read(move |reader| conversations::by_ids(reader, &[id.into()]));
        Ok(pace_of(read.await?.first().map(|row| row.last_activity), now))
    }

    async fn extend(&self, turned: &mut Turned) -> Result<(), ClientError> {
        let kept = keep_alive(&self.core, &self.swarm, self.id).await?;
        tracing::debug!(?kept, "lives of a group's messages");
        turned.memory.extend_after = (kept == KeptAlive::Failed).then(|| clock::monotonic() + AFTER_FAILURE);
        Ok(())
    }

    async fn is_extension_due(&self, turned: &Turned) -> Result<bool, ClientError> {
        if turned
            .memory
            .extend_after
            .is_some_and(|at| clock::monotonic() < at)
        {
            return Ok(false);
        }
        let (now, id) = (self.core.clock.now(), self.id);
        let read = self.core.db.read(move |reader| groups::standing(reader, &id));
        let last = read.await?.and_then(|standing| standing.extended);
        Ok(last.is_none_or(|at| now.since(at) >= DAILY || at > now))
    }
}

/// Between two polls of a group in which something happened last at `active`.
pub(super) fn pace_of(active: Option<Timestamp>, now: Timestamp) -> Duration {
    let quiet = active.map_or(WEEK, |at| now.since(at));
    let [lately, weekly, rarely] = PACES;
    let pace = match quiet {
        quiet if quiet < LATELY => lately,
        quiet if quiet < WEEK => weekly,
        _ => rarely,
    };
    pace.mul_f64(rand::rng().random_range(1.0 - SWAY..=1.0 + SWAY))
}
