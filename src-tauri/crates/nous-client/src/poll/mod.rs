//! Polling: asking our swarm what arrived.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`poll_own`]: one poll of the own swarm; [`Poller`]: the loop |
//! | [`retrieve`] | one question to one node |
//! | [`schedule`] | whose turn it is; pure |
//!
//! Source: `network.md` §7.

pub(crate) mod retrieve;
pub mod schedule;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_network::clock::{self, SleepWatch};
use nous_network::{Connectivity, LinkState, SwarmApi, SwarmError};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_storage::account;
use rand::seq::SliceRandom;
use tokio::sync::{Notify, watch};

use crate::config_sync::merge;
use crate::core::Core;
use crate::error::ClientError;
use crate::receive::{Retrieved, pipeline};
use crate::send::worker::make_due;
use crate::step::step;
pub(crate) use retrieve::retrieve_from_start;
use schedule::{PACE_BACKGROUND, PACE_USED, PollTarget, next_due};

/// How many members of the own swarm are asked: single nodes are often behind.
const MEMBERS: usize = 2;
/// Answers that come so soon after each other are taken in together.
const TOGETHER: Duration = Duration::from_millis(300);
/// How many polls in a row one call makes while there is more.
const MOST_ROUNDS: u32 = 1_000;

/// What a poll brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Polled {
    /// New messages.
    pub arrived: u32,
    /// Whether a node has more.
    pub has_more: bool,
}

/// Asks two members of the own swarm what is new, and takes it in.
///
/// # Errors
/// [`ClientError::Swarm`] if no member answered; else what the database said.
pub async fn poll_own(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<Polled, ClientError> {
    let own = SwarmAccount::from(core.own);
    let mut members = swarm.members(&own).await?;
    members.shuffle(&mut rand::rng());
    members.truncate(MEMBERS);
    let mut asked: FuturesUnordered<_> = members
        .iter()
        .map(|node| retrieve::retrieve_all(core, swarm, node))
        .collect();
    let mut total: Option<Polled> = None;
    let mut failure = SwarmError::NoSwarm;
    while let Some(first) = asked.next().await {
        let mut answers = vec![first];
        // A member that is slow, or silent, does not hold what the other brought.
        while let Ok(Some(answer)) = tokio::time::timeout(TOGETHER, asked.next()).await {
            answers.push(answer);
        }
        let (answers, error) = split(answers)?;
        failure = error.unwrap_or(failure);
        if !answers.is_empty() {
            let polled = take_in(core, answers).await?;
            core.configs.answered();
            let before = total.unwrap_or_default();
            total = Some(Polled {
                arrived: before.arrived + polled.arrived,
                has_more: before.has_more || polled.has_more,
            });
        }
    }
    total.ok_or_else(|| failure.into())
}

/// Answers, and the last failure of the network; other errors end the poll.
type Split = (Vec<Retrieved>, Option<SwarmError>);

fn split(answers: Vec<Result<Vec<Retrieved>, ClientError>>) -> Result<Split, ClientError> {
    let (mut good, mut failure) = (Vec::new(), None);
    for answer in answers {
        match answer {
            Ok(retrieved) => good.extend(retrieved),
            Err(ClientError::Swarm(error)) => failure = Some(error),
            Err(other) => return Err(other),
        }
    }
    Ok((good, failure))
}

/// Configs before messages: they say of whom messages are taken, and what was read. While a
/// member has more of them, its messages wait: they are asked for again.
async fn take_in(core: &Core, answers: Vec<Retrieved>) -> Result<Polled, ClientError> {
    let is_more = |answer: &Retrieved| answer.has_more && !answer.messages.is_empty();
    let has_more = answers.iter().any(is_more);
    let (messages, configs): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer.namespace == Namespace::MESSAGES);
    let is_whole = !configs.iter().any(is_more);
    merge::take(core, configs, is_whole).await?;
    let arrived = if is_whole {
        pipeline::process(core, Namespace::MESSAGES, messages).await?
    } else {
        0
    };
    Ok(Polled { arrived, has_more })
}

/// Polls until nothing is left; answers how many new messages there were.
///
/// # Errors
/// As [`poll_own`].
pub async fn poll_to_the_end(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<u32, ClientError> {
    let mut arrived = 0;
    for _ in 0..MOST_ROUNDS {
        let polled = poll_own(core, swarm).await?;
        arrived += polled.arrived;
        if !polled.has_more {
            break;
        }
    }
    note_sync(core).await?;
    Ok(arrived)
}

async fn note_sync(core: &Core) -> Result<(), ClientError> {
    let now = core.clock.now();
    core.db
        .write(move |writer| account::note_sync(writer, now))
        .await?;
    Ok(())
}

/// Turns of the loop from outside.
#[derive(Debug, Default)]
pub struct PollControl {
    is_used: std::sync::atomic::AtomicBool,
    hurry: std::sync::atomic::AtomicBool,
    woke: std::sync::atomic::AtomicBool,
    stirred: Notify,
}

impl PollControl {
    /// Says whether a window is used; becoming used polls at once.
    pub fn set_used(&self, is_used: bool) {
        use std::sync::atomic::Ordering;
        let was_used = self.is_used.swap(is_used, Ordering::AcqRel);
        if is_used && !was_used {
            self.hurry.store(true, Ordering::Release);
        }
        self.stirred.notify_one();
    }

    /// Polls at once.
    pub fn poll_now(&self) {
        self.hurry.store(true, std::sync::atomic::Ordering::Release);
        self.stirred.notify_one();
    }

    /// The machine woke from sleep: what failed before says nothing, and everything is due.
    pub fn woke(&self) {
        self.woke.store(true, std::sync::atomic::Ordering::Release);
        self.stirred.notify_one();
    }

    fn pace(&self) -> Duration {
        if self.is_used.load(std::sync::atomic::Ordering::Acquire) {
            PACE_USED
        } else {
            PACE_BACKGROUND
        }
    }

    fn take_hurry(&self) -> bool {
        self.hurry.swap(false, std::sync::atomic::Ordering::AcqRel)
    }
}

/// Told when the machine has slept; the network clears its pauses then.
pub type OnResume = Arc<dyn Fn() + Send + Sync>;

/// Polls for ever.
pub struct Poller {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    control: Arc<PollControl>,
    on_resume: OnResume,
    rounds: watch::Sender<u64>,
}

impl Poller {
    /// A poller that has not begun. `rounds`: how many polls went to the end.
    #[must_use]
    pub fn new(
        core: Core,
        swarm: Arc<dyn SwarmApi>,
        connectivity: watch::Receiver<Connectivity>,
        control: Arc<PollControl>,
        on_resume: OnResume,
        rounds: watch::Sender<u64>,
    ) -> Self {
        Self {
            core,
            swarm,
            connectivity,
            control,
            on_resume,
            rounds,
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        let mut targets = [PollTarget::new(self.core.own.into(), self.control.pace())];
        let mut sleep = SleepWatch::new(self.core.clock.local_now(), clock::monotonic());
        loop {
            let now = clock::monotonic();
            let is_linked = self.connectivity.borrow().state == LinkState::Connected;
            match next_due(&targets, now) {
                Some((index, at)) if at <= now && is_linked => {
                    let result = self.turn().await;
                    if let Some(target) = targets.get_mut(index) {
                        target.ended(clock::monotonic(), result);
                    }
                }
                due => self.wait(due.filter(|_| is_linked).map(|(_, at)| at)).await,
            }
            let woke = clock::monotonic();
            let is_told = self.control.woke.swap(false, std::sync::atomic::Ordering::AcqRel);
            if sleep.slept(self.core.clock.local_now(), woke) || is_told {
                self.resumed(&mut targets).await;
            }
            let is_hurried = self.control.take_hurry();
            for target in &mut targets {
                target.pace = self.control.pace();
                if is_hurried {
                    // Something has changed: what failed before says nothing.
                    target.is_hurried = true;
                    target.failures = 0;
                }
            }
        }
    }

    /// One poll: `Some(more)` if it went well.
    async fn turn(&self) -> Option<bool> {
        step!("poll.begun");
        match poll_own(&self.core, &self.swarm).await {
            Ok(polled) => {
                if let Err(error) = note_sync(&self.core).await {
                    tracing::warn!(%error, "the time of a poll could not be kept");
                }
                if !polled.has_more {
                    self.rounds.send_modify(|rounds| *rounds += 1);
                }
                Some(polled.has_more)
            }
            Err(ClientError::Swarm(error)) => {
                tracing::debug!(%error, "a poll failed");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "what a poll brought could not be kept; it will come again");
                None
            }
        }
    }

    async fn resumed(&self, targets: &mut [PollTarget]) {
        tracing::info!("resumed after sleep");
        (self.on_resume)();
        self.core.configs.resumed();
        self.core.looked_at.note_all();
        self.core.groups_stirred.notify_one();
        for target in targets {
            target.failures = 0;
            target.is_hurried = true;
        }
        if let Err(error) = make_due(&self.core).await {
            tracing::warn!(%error, "the outbox cannot be written");
        }
        self.core.hub.stir_lives();
    }

    /// Sleeps until `at`, a stir, or a change of the connection.
    async fn wait(&mut self, at: Option<std::time::Instant>) {
        tokio::select! {
            () = clock::sleep_until(at) => {}
            () = self.control.stirred.notified() => {}
            changed = self.connectivity.changed() => {
                if changed.is_err() {
                    // The network is gone: so is what polls.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}
