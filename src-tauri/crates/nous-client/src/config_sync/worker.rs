//! The loop that pushes configs and keeps them alive, one thing at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_network::{Connectivity, LinkState, SwarmApi, clock};
use nous_storage::configs;
use tokio::sync::watch;

use super::keep_alive::keep_alive;
use super::push::push;
use super::schedule::{Ended, Schedule};
use super::{groups, kept};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;

/// Between two extensions of the life of what is stored.
const DAILY: Duration = Duration::from_secs(86_400);
/// After an extension that failed.
const SOON: Duration = Duration::from_secs(60);
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Pushes what changes until it is dropped.
pub struct ConfigSync {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    /// How many polls went to the end.
    rounds: watch::Receiver<u64>,
    /// How many had when the connection was lost, or the machine slept.
    rounds_before: u64,
    schedule: Schedule,
    is_linked: bool,
    /// When the life of what is stored is to be extended.
    extend_at: Instant,
}

impl std::fmt::Debug for ConfigSync {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigSync")
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

impl ConfigSync {
    /// A worker that has not begun. `rounds`: how many polls went to the end.
    #[must_use]
    pub fn new(
        core: Core,
        swarm: Arc<dyn SwarmApi>,
        connectivity: watch::Receiver<Connectivity>,
        rounds: watch::Receiver<u64>,
    ) -> Self {
        let now = clock::monotonic();
        Self {
            core,
            swarm,
            connectivity,
            rounds,
            rounds_before: 0,
            schedule: Schedule::started(now),
            is_linked: false,
            extend_at: now,
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        while let Err(error) = self.begin().await {
            tracing::warn!(%error, "configs cannot be read");
            tokio::time::sleep(AFTER_TROUBLE).await;
        }
        loop {
            self.listen();
            let now = clock::monotonic();
            let (push_at, extend_at) = self.due();
            if push_at.is_some_and(|at| at <= now) {
                self.push().await;
            } else if extend_at.is_some_and(|at| at <= now) {
                self.extend().await;
            } else {
                self.wait(push_at.into_iter().chain(extend_at).min()).await;
            }
        }
    }

    /// Gives every config a row, and every group its place in the list.
    async fn begin(&self) -> Result<(), ClientError> {
        let now = self.core.clock.now();
        let begun = self.core.db.write(move |writer| {
            kept::begin_all(writer)?;
            groups::show_kept(writer, now)
        });
        if begun.await? {
            self.core.hub.announce([Change::Groups]);
        }
        Ok(())
    }

    fn can_send(&self) -> bool {
        self.connectivity.borrow().state == LinkState::Connected
    }

    fn listen(&mut self) {
        let (told, now) = (self.core.configs.take(), clock::monotonic());
        let is_linked = self.can_send();
        let was_linked = std::mem::replace(&mut self.is_linked, is_linked);
        if self.is_linked && !was_linked {
            self.schedule.forget_failures();
        }
        if told.resumed || was_linked && !self.is_linked {
            self.rounds_before = *self.rounds.borrow();
        }
        if told.answered {
            self.schedule.answered();
        }
        if told.changed {
            self.schedule.changed(now);
        }
        if told.read {
            self.schedule.read(now);
        }
    }

    /// When to push and when to extend; never before a poll over this connection, and since the
    /// machine slept, went to the end. It may bring what takes the place of what we have, and what is
    /// pushed far behind
    /// it would be stored, confirmed, and thrown away by every device.
    fn due(&self) -> (Option<Instant>, Option<Instant>) {
        if !self.is_linked || !self.has_polled() {
            return (None, None);
        }
        (self.schedule.due_at(), Some(self.extend_at))
    }

    /// Whether a poll went to the end since the connection stands and the machine is awake.
    fn has_polled(&self) -> bool {
        *self.rounds.borrow() > self.rounds_before
    }

    async fn push(&mut self) {
        self.schedule.begin();
        let ended = match push(&self.core, &self.swarm).await {
            Ok(ended) => ended,
            Err(error) => {
                tracing::warn!(%error, "what was pushed could not be written down");
                Ended::Failed
            }
        };
        self.schedule.ended(clock::monotonic(), ended);
        if ended == Ended::Pushed && self.is_more_needed().await.unwrap_or(true) {
            self.schedule.changed(clock::monotonic());
        }
    }

    /// Whether something changed while the push was on its way.
    async fn is_more_needed(&self) -> Result<bool, ClientError> {
        Ok(self.core.db.read(configs::is_push_needed).await?)
    }

    async fn extend(&mut self) {
        let pause = match keep_alive(&self.core, &self.swarm).await {
            Ok(true) => DAILY,
            Ok(false) => SOON,
            Err(error) => {
                tracing::warn!(%error, "configs cannot be read");
                SOON
            }
        };
        self.extend_at = clock::monotonic() + pause;
    }

    /// Sleeps until `at`, a word, a change of the connection, or the poll that is waited for.
    async fn wait(&mut self, at: Option<Instant>) {
        let core = self.core.clone();
        self.rounds.mark_unchanged();
        let has_polled = self.has_polled();
        tokio::select! {
            () = clock::sleep_until(at) => {}
            () = core.configs.stirred.notified() => {}
            Ok(()) = self.rounds.changed(), if !has_polled => {}
            Ok(()) = self.connectivity.changed() => {}
        }
    }
}
