//! The loop that takes what is due from the outbox.
//!
//! At most one attempt of a lane runs at a time, so order is kept inside a conversation,
//! and at most [`WIDTH`] at all, so one stuck conversation never holds another.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_network::{Connectivity, LinkState, SwarmApi, clock};
use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{MessageKey, OutboxKey};
use nous_storage::{account, conversations, messages, outbox, reactions};
use tokio::sync::watch;

use super::{attempt, fail};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::step::step;

/// Attempts that run at a time.
const WIDTH: usize = 8;
/// The longest sleep while something waits: the end of a message's life must be noticed.
const LONGEST: Duration = outbox::LONGEST_PAUSE;
/// The shortest sleep.
const SHORTEST: Duration = Duration::from_millis(50);
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

type Attempt = Pin<Box<dyn Future<Output = (OutboxKey, Result<(), ClientError>)> + Send>>;

/// Takes what is due until it is dropped.
pub struct OutboxWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    running: FuturesUnordered<Attempt>,
    busy: BTreeSet<OutboxKey>,
}

impl OutboxWorker {
    /// A worker that has not begun.
    #[must_use]
    pub fn new(core: Core, swarm: Arc<dyn SwarmApi>, connectivity: watch::Receiver<Connectivity>) -> Self {
        Self {
            core,
            swarm,
            connectivity,
            running: FuturesUnordered::new(),
            busy: BTreeSet::new(),
        }
    }

    /// Runs for ever. What a crash interrupted waits again, and everything is due.
    pub async fn run(mut self) {
        while let Err(error) = self.recover().await {
            tracing::warn!(%error, "the outbox cannot be read");
            tokio::time::sleep(AFTER_TROUBLE).await;
        }
        loop {
            let sleep = match self.start_due().await {
                Ok(sleep) => sleep,
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    Some(AFTER_TROUBLE)
                }
            };
            self.wait(sleep).await;
        }
    }

    async fn recover(&mut self) -> Result<(), ClientError> {
        make_due(&self.core).await?;
        let interrupted = self
            .core
            .db
            .write(|writer| {
                outbox::recover_unheard(writer)?;
                let unsynced = messages::recover_unsynced(writer)?;
                Ok(messages::recover_sending(writer)?.len() + unsynced)
            })
            .await?;
        if interrupted > 0 {
            self.core.hub.announce([Change::Resync]);
        }
        Ok(())
    }

    fn can_send(&self) -> bool {
        self.connectivity.borrow().state == LinkState::Connected
    }

    /// Starts what is due; answers how long to sleep, `None` if nothing waits.
    async fn start_due(&mut self) -> Result<Option<Duration>, ClientError> {
        self.expire().await?;
        let now = self.core.clock.now();
        let is_linked = self.can_send();
        let limit = u32::try_from(WIDTH * 2).unwrap_or(16);
        let (due, next) = self
            .core
            .db
            .read(move |reader| {
                Ok((
                    outbox::due(reader, now, limit)?,
                    outbox::next_due_after(reader, now)?,
                ))
            })
            .await?;
        if !is_linked {
            return Ok((next.is_some() || !due.is_empty()).then_some(LONGEST));
        }
        let mut waits_for_room = false;
        for row in due {
            if self.busy.contains(&row.key) {
                continue;
            }
            if self.running.len() >= WIDTH {
                waits_for_room = true;
                break;
            }
            self.start(row.key);
        }
        if waits_for_room {
            return Ok(None);
        }
        // Rows being tried lie a minute ahead; an answer wakes this loop before.
        Ok(next.map(|at| at.since(now).clamp(SHORTEST, LONGEST)))
    }

    fn start(&mut self, key: OutboxKey) {
        self.busy.insert(key);
        let (core, swarm) = (self.core.clone(), Arc::clone(&self.swarm));
        self.running.push(Box::pin(
            async move { (key, attempt::run(&core, &swarm, key).await) },
        ));
    }

    /// Messages whose life has ended fail; not before a node has told the time in this run.
    async fn expire(&mut self) -> Result<(), ClientError> {
        if !self.core.clock.is_known() {
            return Ok(());
        }
        let now = self.core.clock.now();
        let expired = self
            .core
            .db
            .read(move |reader| outbox::expired(reader, now))
            .await?;
        if expired.is_empty() {
            return Ok(());
        }
        let changed = self
            .core
            .db
            .write(move |writer| end_lives(writer, &expired, now))
            .await?;
        step!("send.expired");
        for (peer, message) in changed {
            self.core.announce_messages(peer, vec![message]);
        }
        Ok(())
    }

    async fn wait(&mut self, sleep: Option<Duration>) {
        let stirred = Arc::clone(&self.core.outbox_stirred);
        let until = sleep.map(|pause| clock::monotonic() + pause);
        tokio::select! {
            Some((key, result)) = self.running.next(), if !self.running.is_empty() => {
                self.busy.remove(&key);
                if let Err(error) = result {
                    tracing::warn!(%error, "an attempt could not be written down");
                    tokio::time::sleep(AFTER_TROUBLE).await;
                }
            }
            () = stirred.notified() => {}
            Ok(()) = self.connectivity.changed() => {}
            () = clock::sleep_until(until) => {}
        }
    }
}

/// A message that was never stored fails; a missing own copy is given up; an acceptance begins
/// again; the rest is dropped. Answers the messages that show another thing now.
fn end_lives(
    writer: &mut Writer<'_>,
    expired: &[outbox::OutboxRow],
    now: Timestamp,
) -> Result<Vec<(ConversationId, MessageKey)>, StorageError> {
    let mut changed = Vec::new();
    for row in expired {
        if attempt::is_acceptance(row) {
            let sent = account::take_sent_time(writer, now, now)?;
            outbox::renew(writer, row.key, sent)?;
            continue;
        }
        let Some(message) = row.message else {
            let reacted_to = reactions::give_up(writer, row.key)?;
            changed.extend(reacted_to.map(|message| (row.peer, message)));
            outbox::done(writer, row.key)?;
            continue;
        };
        changed.push((row.peer, message));
        if row.kind == outbox::CopyKind::Own && row.after.is_none() {
            messages::set_not_synced(writer, message)?;
            outbox::stop(writer, message, &Failure::Expired.to_string())?;
        } else if row.kind != outbox::CopyKind::Own {
            fail(writer, message, Failure::Expired)?;
        }
    }
    let keys: Vec<_> = expired.iter().map(|row| row.conversation).collect();
    conversations::refresh(writer, &keys)?;
    Ok(changed)
}

/// Makes everything that waits due, and wakes the worker.
///
/// # Errors
/// What the database said.
pub async fn make_due(core: &Core) -> Result<(), ClientError> {
    let now = core.clock.now();
    core.db
        .write(move |writer| outbox::make_all_due(writer, now))
        .await?;
    core.stir_outbox();
    Ok(())
}
