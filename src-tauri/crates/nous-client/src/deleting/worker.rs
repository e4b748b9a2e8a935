//! The loop: deletions that an earlier process began, messages of our own swarm that were unsent, and no
//! trace of them in the database's log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_network::{Connectivity, LinkState, SwarmApi, SwarmError, clock};
use nous_protocol::error::HasRetry;
use nous_protocol::time::Timestamp;
use nous_storage::deletions::{self, Wanted};
use nous_storage::ids::MessageKey;
use tokio::sync::watch;

use super::{Begun, carry_out, give_up, swarm as own_swarm};
use crate::core::Core;
use crate::error::ClientError;
use crate::send::retry::{self, Next};
use crate::step::step;

/// How many messages one request names.
const BATCH: u32 = 100;
/// After what only a person can change, and the longest sleep while something waits.
const LONGEST: Duration = Duration::from_secs(600);
/// The log is emptied so often at most.
const BETWEEN_EMPTYINGS: Duration = Duration::from_secs(60);
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Goes on with deletions until it is dropped.
pub struct DeletionWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    /// Nothing was looked at in this run.
    is_start: bool,
    was_linked: bool,
    /// What was deleted since may stand in the database's log.
    has_traces: bool,
    began: Instant,
}

impl std::fmt::Debug for DeletionWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeletionWorker(…)")
    }
}

impl DeletionWorker {
    /// A worker that has not begun.
    #[must_use]
    pub fn new(core: Core, swarm: Arc<dyn SwarmApi>, connectivity: watch::Receiver<Connectivity>) -> Self {
        Self {
            core,
            swarm,
            connectivity,
            is_start: true,
            was_linked: false,
            has_traces: false,
            began: clock::monotonic(),
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        loop {
            let sleep = match self.round().await {
                Ok(sleep) => sleep,
                Err(error) => {
                    tracing::warn!(%error, "deletions cannot go on");
                    Some(AFTER_TROUBLE)
                }
            };
            self.wait(sleep).await;
        }
    }

    /// Answers how long to sleep; `None` if nothing waits.
    async fn round(&mut self) -> Result<Option<Duration>, ClientError> {
        let is_linked = self.connectivity.borrow_and_update().state == LinkState::Connected;
        let is_new_link = is_linked && !self.was_linked;
        self.was_linked = is_linked;
        if is_new_link {
            make_due(&self.core, self.is_start).await?;
            self.is_start = false;
        }
        let mut sleep = None;
        if is_linked {
            work(&self.core, &self.swarm).await?;
            let next = self.core.db.read(deletions::next_due).await?;
            let now = self.core.clock.now();
            sleep = next.map(|at| at.since(now).min(LONGEST));
        }
        if self.has_traces {
            let running = clock::monotonic().saturating_duration_since(self.began);
            self.has_traces = !self.core.db.truncate_wal(running).await?;
            if !self.has_traces {
                step!("log.emptied");
            }
        }
        let emptying = self.has_traces.then_some(BETWEEN_EMPTYINGS);
        Ok(sleep.into_iter().chain(emptying).min())
    }

    async fn wait(&mut self, sleep: Option<Duration>) {
        let until = sleep.map(|pause| clock::monotonic() + pause);
        let stirred = Arc::clone(&self.core.deletions_stirred);
        tokio::select! {
            () = stirred.notified() => self.has_traces = true,
            () = clock::sleep_until(until) => {}
            changed = self.connectivity.changed() => {
                if changed.is_err() {
                    // The network is gone: so is what deletes.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// Does once what an earlier process left and what our own swarm has to delete, for a process that does
/// not stay.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub async fn once(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    make_due(core, true).await?;
    work(core, swarm).await
}

async fn make_due(core: &Core, is_start: bool) -> Result<(), ClientError> {
    // Most of the time there is nothing to write.
    if core.db.read(deletions::next_due).await?.is_none() {
        return Ok(());
    }
    let now = core.clock.now();
    core.db
        .write(move |writer| deletions::make_due(writer, is_start, now))
        .await?;
    Ok(())
}

/// Does what is due.
async fn work(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    go_on(core, swarm).await?;
    delete_in_swarm(core, swarm).await
}

/// Deletions whose process died before it heard of our own swarm. Nobody waits for an answer: it is
/// tried until it can be done.
async fn go_on(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    let (now, sure) = (core.clock.now(), core.clock.sure_now());
    let is_old = |wanted: &Wanted| sure.is_some_and(|now| now.since(wanted.asked) >= deletions::KEPT);
    let (old, due): (Vec<Wanted>, Vec<Wanted>) = core
        .db
        .read(deletions::wanted)
        .await?
        .into_iter()
        .filter(|wanted| wanted.due <= now)
        .partition(is_old);
    let keys = |wanted: &[Wanted]| -> Vec<MessageKey> { wanted.iter().map(|one| one.message).collect() };
    if !old.is_empty() {
        give_up(core, Begun(keys(&old))).await?;
    }
    let (due, attempts) = (keys(&due), due.iter().map(|one| one.attempts).max());
    match carry_out(core, swarm, due.clone()).await {
        Err(ClientError::Swarm(error)) => {
            let at = later(now, attempts.unwrap_or(0), &error);
            core.db
                .write(move |writer| deletions::postpone(writer, &due, at))
                .await?;
            Ok(())
        }
        result => result,
    }
}

/// What was unsent goes from our own swarm.
async fn delete_in_swarm(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    loop {
        let now = core.clock.now();
        let (hashes, attempts) = core
            .db
            .read(move |reader| deletions::due_hashes(reader, now, BATCH))
            .await?;
        if hashes.is_empty() {
            return Ok(());
        }
        if let Err(error) = own_swarm::delete(core, swarm, &hashes).await {
            let at = later(now, attempts, &error);
            core.db
                .write(move |writer| deletions::postpone_hashes(writer, &hashes, at))
                .await?;
            return Ok(());
        }
        core.db
            .write(move |writer| deletions::hashes_done(writer, &hashes))
            .await?;
        step!("delete.forgotten");
    }
}

/// When it is tried again; `attempts`: those made before.
fn later(now: Timestamp, attempts: u32, error: &SwarmError) -> Timestamp {
    match retry::next_due(attempts.saturating_add(1), error.retry(), &mut rand::rng()) {
        Next::After(pause) => now + pause,
        Next::Stop => now + LONGEST,
    }
}
