//! The loop: removes what may not be here, uploads and renews ours, fetches those of people.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use nous_network::{Connectivity, LinkState, SwarmApi, clock};
use nous_protocol::time::Timestamp;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::{attachments, pictures};
use tokio::sync::watch;

use super::{fetch, own, remove_files};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;

/// How many pictures are fetched at a time.
const AT_ONCE: usize = 3;
/// How many are looked for at a time.
const BATCH: u32 = 30;
/// Changes of people come in bursts.
const GATHER: Duration = Duration::from_millis(200);
/// After the database or the disk failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// The longest sleep: network time may be corrected meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

/// Cares for pictures until it is dropped.
pub struct PictureWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    /// Whether a poll went to the end: then network time is known, whatever an earlier run learnt.
    rounds: watch::Receiver<u64>,
    /// Nothing was looked at in this run.
    is_start: bool,
    was_linked: bool,
}

impl std::fmt::Debug for PictureWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PictureWorker(…)")
    }
}

impl PictureWorker {
    /// A worker that has not begun. `rounds`: how many polls went to the end.
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
            is_start: true,
            was_linked: false,
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        while let Err(error) = sweep(&self.core).await {
            tracing::warn!(%error, "the files of pictures cannot be looked through");
            tokio::time::sleep(AFTER_TROUBLE).await;
        }
        loop {
            let next = match self.round().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "pictures cannot be kept up");
                    Some(self.core.clock.now() + AFTER_TROUBLE)
                }
            };
            self.wait(next).await;
        }
    }

    /// Answers when something is due; never without a connection.
    async fn round(&mut self) -> Result<Option<Timestamp>, ClientError> {
        remove_unwanted(&self.core).await?;
        let is_linked = self.connectivity.borrow_and_update().state == LinkState::Connected;
        if !is_linked {
            self.was_linked = false;
            return Ok(None);
        }
        if !std::mem::replace(&mut self.was_linked, true) {
            let now = self.core.clock.now();
            self.core
                .db
                .write(move |writer| pictures::make_due(writer, now))
                .await?;
        }
        let is_start = self.is_start && *self.rounds.borrow() > 0;
        self.is_start = self.is_start && !is_start;
        let own_at = own::tend(&self.core, &self.swarm, is_start).await?;
        fetch_due(&self.core, &self.swarm).await?;
        let fetch_at = self.core.db.read(pictures::next_fetch).await?;
        Ok(own_at.into_iter().chain(fetch_at).min())
    }

    /// Sleeps until `at`, a change of people, or of the connection.
    async fn wait(&mut self, at: Option<Timestamp>) {
        let at = at.map(|at| wake_at(at, self.core.clock.now()));
        let hub = self.core.hub.clone();
        let has_polled = *self.rounds.borrow_and_update() > 0;
        tokio::select! {
            () = clock::sleep_until(at) => {}
            () = hub.pictures_stirred() => tokio::time::sleep(GATHER).await,
            Ok(()) = self.rounds.changed(), if !has_polled => {}
            Ok(()) = self.connectivity.changed() => {}
        }
    }
}

fn wake_at(at: Timestamp, now: Timestamp) -> Instant {
    let pause = if at > now {
        at.since(now).min(LONGEST_SLEEP)
    } else {
        Duration::ZERO
    };
    clock::monotonic() + pause
}

/// Does once what is due, for a process that does not stay.
///
/// # Errors
/// What the database said.
pub async fn once(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    sweep(core).await?;
    remove_unwanted(core).await?;
    own::tend(core, swarm, true).await?;
    fetch_due(core, swarm).await
}

/// Fetches what is due, a few at a time, until nothing is.
async fn fetch_due(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    loop {
        let now = core.clock.now();
        let wanted = core
            .db
            .read(move |reader| pictures::wanted(reader, now, BATCH))
            .await?;
        if wanted.is_empty() {
            return Ok(());
        }
        let mut running = stream::iter(wanted)
            .map(|wanted| fetch::one(core, swarm, wanted))
            .buffer_unordered(AT_ONCE);
        while let Some(done) = running.next().await {
            done?;
        }
    }
}

async fn remove_unwanted(core: &Core) -> Result<(), ClientError> {
    // Most rounds have nothing to write.
    if core.db.read(pictures::unwanted).await?.is_empty() {
        return Ok(());
    }
    let (whose, names) = core.db.write(pictures::remove_unwanted).await?;
    if whose.is_empty() {
        return Ok(());
    }
    remove_files(core, names).await?;
    let of_account = whose.contains(&core.own.into()).then_some(Change::Account);
    core.hub
        .announce([Change::Conversations(whose)].into_iter().chain(of_account));
    Ok(())
}

/// Removes files that no row names, of messages too, and rows whose files are gone.
///
/// # Errors
/// What the database or the disk said.
pub async fn sweep(core: &Core) -> Result<(), ClientError> {
    let _turn = core.files.sweeping().await;
    let named = core.db.read(named).await?;
    let files = core.files.clone();
    let swept = tokio::task::spawn_blocking(move || files.sweep(&named));
    let missing = swept
        .await
        .map_err(|_| ClientError::Bug("looking through files"))??;
    if missing.is_empty() {
        return Ok(());
    }
    tracing::warn!(count = missing.len(), "files are gone");
    let names = core
        .db
        .write(move |writer| {
            attachments::gone::forget_missing(writer, &missing, &Failure::FileGone.to_string())?;
            pictures::forget_missing(writer, &missing)
        })
        .await?;
    remove_files(core, names).await
}

/// The files that any row names, of profiles and of messages.
fn named(reader: &Reader<'_>) -> Result<BTreeSet<String>, StorageError> {
    let mut named = pictures::file_names(reader)?;
    named.extend(attachments::gone::file_names(reader)?);
    Ok(named)
}
