//! The loop: one timer for the nearest end, by the monotonic clock.
//!
//! What is past its end is hidden at once and erased once the time is sure: two nodes have told it in
//! this run, since the clocks moved against each other last. Without a network it is erased when the app
//! has run for a week since. A clock that is ten years ahead therefore hides and erases nothing.
//!
//! Source: `messages.md` §9.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nous_network::{Connectivity, LinkState, SwarmApi, clock};
use nous_protocol::account::ConversationId;
use nous_storage::disappearing::{self as lives, Changed, Erasable, Outlook};
use tokio::sync::watch;

use super::rules::ClockWatch;
use super::swarm as own_swarm;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::step::step;

/// What was hidden for so long while the app ran, without anybody to tell the time, is erased.
const LONGEST_HIDDEN: Duration = Duration::from_secs(7 * 86_400);
/// How often that time is counted.
const COUNTED: Duration = Duration::from_secs(600);
/// How often it is looked whether the time is sure, while there is a connection.
const LOOK: Duration = Duration::from_secs(2);
/// The longest sleep.
const LONGEST: Duration = Duration::from_secs(86_400);
/// After our swarm did not answer.
const AFTER_SILENCE: Duration = Duration::from_secs(30);
/// After the database failed.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Hides and erases what has ended until it is dropped.
pub struct DisappearingWorker {
    core: Core,
    swarm: Arc<dyn SwarmApi>,
    connectivity: watch::Receiver<Connectivity>,
    clocks: ClockWatch,
    /// Up to when the time of what is hidden was counted.
    counted: Instant,
    /// Our swarm is not asked before.
    silent_until: Option<Instant>,
}

impl std::fmt::Debug for DisappearingWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DisappearingWorker(…)")
    }
}

impl DisappearingWorker {
    /// A worker that has not begun.
    #[must_use]
    pub fn new(core: Core, swarm: Arc<dyn SwarmApi>, connectivity: watch::Receiver<Connectivity>) -> Self {
        let now = clock::monotonic();
        Self {
            clocks: ClockWatch::new(core.clock.local_now(), now),
            core,
            swarm,
            connectivity,
            counted: now,
            silent_until: None,
        }
    }

    /// Runs for ever.
    pub async fn run(mut self) {
        // An earlier process may have died between erasing and emptying the database's log.
        self.core.deletions_stirred.notify_one();
        loop {
            let until = match self.round().await {
                Ok(until) => until,
                Err(error) => {
                    tracing::warn!(%error, "messages that disappear cannot be looked at");
                    Some(clock::monotonic() + AFTER_TROUBLE)
                }
            };
            self.wait(until).await;
        }
    }

    /// Answers when to look again; `None` if nothing waits.
    async fn round(&mut self) -> Result<Option<Instant>, ClientError> {
        let is_linked = self.connectivity.borrow_and_update().state == LinkState::Connected;
        let now = clock::monotonic();
        self.clocks.look(self.core.clock.local_now(), now);
        let unsettled = self.clocks.settles_at(now);
        let is_sure = unsettled.is_none() && self.core.clock.is_confirmed(self.clocks.moved());
        let passed = now.saturating_duration_since(self.counted);
        let tidied = tidy(&self.core, is_sure, passed).await?;
        if tidied.is_counted {
            self.counted = now;
        }
        let outlook = tidied.outlook;
        if outlook.has_tasks && is_linked && unsettled.is_none() && self.may_ask(now) {
            let is_done = own_swarm::work(&self.core, &self.swarm).await?;
            let after = clock::monotonic();
            self.silent_until = (!is_done).then_some(after + AFTER_SILENCE);
            return Ok(Some(if is_done { after } else { after + AFTER_SILENCE }));
        }
        let mut wakes: Vec<Instant> = unsettled.into_iter().collect();
        if let Some(next) = outlook.next {
            let left = next.since(self.core.clock.now()) + Duration::from_millis(1);
            wakes.push(now + left.min(LONGEST));
        }
        if outlook.has_hidden {
            wakes.push(now + if is_linked { LOOK } else { COUNTED });
        }
        if outlook.has_tasks && is_linked {
            wakes.extend(self.silent_until);
            wakes.push(now + AFTER_SILENCE);
        }
        Ok(wakes.into_iter().min())
    }

    /// Our swarm is asked in network time, and not again at once.
    fn may_ask(&self, now: Instant) -> bool {
        self.core.clock.is_known() && self.silent_until.is_none_or(|until| until <= now)
    }

    async fn wait(&mut self, until: Option<Instant>) {
        let hub = self.core.hub.clone();
        tokio::select! {
            () = hub.lives_stirred() => {}
            () = clock::sleep_until(until) => {}
            changed = self.connectivity.changed() => {
                if changed.is_err() {
                    // The network is gone; ends come all the same.
                    tokio::select! {
                        () = hub.lives_stirred() => {}
                        () = clock::sleep_until(until) => {}
                    }
                }
            }
        }
    }
}

/// How it stands after a look.
struct Tidied {
    outlook: Outlook,
    /// The time of what is hidden was counted, or nothing is hidden.
    is_counted: bool,
}

/// Hides what has ended; erases it if the time is sure.
///
/// `passed`: how long the app ran since the time of what is hidden was counted.
async fn tidy(core: &Core, is_sure: bool, passed: Duration) -> Result<Tidied, ClientError> {
    let now = core.clock.now();
    let before = core.db.read(move |reader| lives::outlook(reader, now)).await?;
    let (is_known, offset_ms) = (core.clock.is_known(), core.clock.offset_ms());
    let settles = before.has_guesses && is_known;
    let erases = is_sure && (before.has_hidden || before.has_parked);
    let counts = before.has_hidden && !is_sure && passed >= COUNTED;
    let mut tidied = Tidied {
        outlook: before,
        is_counted: counts || !before.has_hidden,
    };
    if !(before.is_stale || settles || erases || counts) {
        return Ok(tidied);
    }
    let written = core.db.write(move |writer| {
        if settles {
            lives::settle_guesses(writer, offset_ms, now)?;
        }
        if counts {
            lives::count_hidden_time(writer, passed)?;
        }
        let mut changed = lives::hide_ended(writer, now)?;
        let erasable = if is_sure {
            Erasable::Ended
        } else {
            Erasable::HiddenFor(LONGEST_HIDDEN)
        };
        let erased = lives::erase(writer, erasable, now)?;
        let has_erased = !erased.is_empty();
        if has_erased {
            step!("expiry.erasing");
        }
        changed.extend(erased);
        Ok((changed, has_erased, lives::outlook(&writer.reader(), now)?))
    });
    let (changed, has_erased, outlook) = written.await?;
    if has_erased {
        step!("expiry.erased");
    }
    if has_erased || (erases && before.has_parked) {
        // No trace of them stays in the database.
        core.deletions_stirred.notify_one();
    }
    announce(core, changed);
    tidied.outlook = outlook;
    Ok(tidied)
}

/// Tells that messages are shown no more, again, or with another end.
pub(crate) fn announce(core: &Core, changed: Vec<Changed>) {
    let conversations: Vec<ConversationId> = changed.iter().map(|one| one.peer).collect();
    if conversations.is_empty() {
        return;
    }
    let messages = changed
        .into_iter()
        .map(|one| Change::Messages(one.peer, vec![one.message]));
    core.hub
        .announce(messages.chain([Change::Conversations(conversations)]));
}

/// Looks once, for a process that does not stay: what has ended is hidden, and erased if two nodes have
/// told the time.
///
/// # Errors
/// What the database said.
pub async fn look(core: &Core) -> Result<(), ClientError> {
    tidy(core, core.clock.is_confirmed(None), Duration::ZERO).await?;
    Ok(())
}

/// The same, with what there is to do in our own swarm.
///
/// # Errors
/// What the database said. Errors of the network are results.
pub async fn once(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<(), ClientError> {
    look(core).await?;
    if core.clock.is_known() {
        own_swarm::work(core, swarm).await?;
    }
    Ok(())
}
