//! The handle of a running network.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nous_protocol::time::Timestamp;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::{mpsc, watch};

use crate::cached_state::CachedState;
use crate::clock::{self, NetworkClock};
use crate::config::NetworkConfig;
use crate::directory::Directory;
use crate::driver::{self, Snapshot};
use crate::error::SwarmError;
use crate::health::Connectivity;
use crate::node::NodeKey;
use crate::offline::{InterfaceSource, OnlineCheck, system_interfaces};
use crate::path::{PathEvent, PathManager};
use crate::swarms::Swarms;
use crate::tasks::Tasks;
use crate::transport::{Transport, TransportError};

/// How many events may wait for the machine; then whoever reports waits.
const EVENTS: usize = 256;
/// A clock offset is saved anew when it moved by more.
const CLOCK_STEP_MS: i64 = 1_000;

/// What [`Network::start_with`] may be given instead of the system's.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Where the list of interfaces comes from.
    pub interfaces: Option<InterfaceSource>,
    /// Where the local time comes from.
    pub clock: Option<clock::LocalClock>,
    /// What paths are chosen with; the system's randomness if absent.
    pub seed: Option<u64>,
}

/// The client's way into the network. Clones are handles of the same network.
#[derive(Clone)]
pub struct Network {
    pub(crate) inner: Arc<Inner>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("config", &self.inner.config)
            .finish_non_exhaustive()
    }
}

pub(crate) struct Inner {
    pub(crate) config: NetworkConfig,
    pub(crate) transport: Transport,
    pub(crate) clock: NetworkClock,
    pub(crate) online: OnlineCheck,
    pub(crate) tasks: Tasks,
    pub(crate) snapshot: watch::Sender<Snapshot>,
    pub(crate) connectivity: watch::Sender<Connectivity>,
    pub(crate) cached: watch::Sender<CachedState>,
    pub(crate) swarms: Mutex<Swarms>,
    events: mpsc::Sender<PathEvent>,
    saved: Mutex<Option<(Directory, Vec<NodeKey>)>>,
    last_success: Mutex<Option<Timestamp>>,
    too_fast: AtomicU32,
    bulk: AtomicU32,
    /// The slowest of the last probes that were answered, in milliseconds; 0: none yet.
    slowest_probe_ms: AtomicU32,
}

/// A probe may take so many times as long as the slowest of the last ones, at least
/// [`SHORTEST_PROBE`].
const PROBE_FACTOR: u32 = 10;
const SHORTEST_PROBE: Duration = Duration::from_secs(1);

/// A file is on its way as long as this lives.
pub(crate) struct Bulk<'a>(&'a AtomicU32);

impl Drop for Bulk<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Network {
    /// Starts a network and returns at once; paths are built in the background. `cached`:
    /// what an earlier run saved, then no seed is needed. `tasks`: the group that its own
    /// group becomes a child of.
    ///
    /// # Errors
    /// [`TransportError::Setup`] if TLS cannot be set up.
    pub fn start(
        config: NetworkConfig,
        cached: Option<CachedState>,
        tasks: &Tasks,
    ) -> Result<Self, TransportError> {
        Self::start_with(config, cached, tasks, Surroundings::default())
    }

    /// As [`Network::start`], with other surroundings than the system's.
    ///
    /// # Errors
    /// [`TransportError::Setup`] if TLS cannot be set up.
    pub fn start_with(
        config: NetworkConfig,
        cached: Option<CachedState>,
        tasks: &Tasks,
        surroundings: Surroundings,
    ) -> Result<Self, TransportError> {
        let cached = cached.unwrap_or_default();
        let now = clock::monotonic();
        let rng = surroundings
            .seed
            .map_or_else(|| StdRng::from_rng(&mut rand::rng()), StdRng::seed_from_u64);
        let guards = cached.guards.clone();
        let machine = PathManager::new(config.clone(), cached.directory.clone(), guards, rng, now);
        let (events, receiver) = mpsc::channel(EVENTS);
        let source = surroundings.clock.unwrap_or_else(|| Arc::new(clock::local));
        let interfaces = surroundings.interfaces.unwrap_or_else(system_interfaces);
        let inner = Arc::new(Inner {
            transport: Transport::new(&config)?,
            clock: NetworkClock::with_source(source, cached.clock_offset_ms),
            online: OnlineCheck::new(config.is_on_loopback(), interfaces),
            tasks: tasks.child(),
            snapshot: watch::Sender::new(first_snapshot(&machine)),
            connectivity: watch::Sender::new(Connectivity::default()),
            swarms: Mutex::new(Swarms::from_cached(&cached.swarms)),
            cached: watch::Sender::new(cached),
            events,
            saved: Mutex::new(None),
            last_success: Mutex::new(None),
            too_fast: AtomicU32::new(0),
            bulk: AtomicU32::new(0),
            slowest_probe_ms: AtomicU32::new(0),
            config,
        });
        inner
            .tasks
            .spawn("paths", driver::run(Arc::clone(&inner), machine, receiver));
        Ok(Self { inner })
    }

    /// How the network is reached; changes when anything in it does.
    #[must_use]
    pub fn connectivity(&self) -> watch::Receiver<Connectivity> {
        self.inner.connectivity.subscribe()
    }

    /// Network time.
    #[must_use]
    pub fn clock(&self) -> NetworkClock {
        self.inner.clock.clone()
    }

    /// What to save for the next start; changes when it does.
    #[must_use]
    pub fn cached_state(&self) -> watch::Receiver<CachedState> {
        self.inner.cached.subscribe()
    }

    /// Which network this is.
    #[must_use]
    pub fn config(&self) -> &NetworkConfig {
        &self.inner.config
    }

    /// The machine slept, or addresses changed: connections are dropped, pauses end, paths
    /// are looked at again.
    pub async fn resume(&self) {
        self.inner.forget_connections();
        self.inner.report(PathEvent::Resumed).await;
    }

    /// New paths through the same guards.
    pub async fn rotate_paths(&self) {
        self.inner.report(PathEvent::Rotate).await;
    }

    /// Asks three nodes for the time through the onion; how long the fastest took.
    ///
    /// # Errors
    /// [`SwarmError`] of the last if none answered.
    pub async fn test_connection(&self) -> Result<Duration, SwarmError> {
        let start = clock::monotonic();
        self.inner.ask_time().await?;
        Ok(clock::monotonic().saturating_duration_since(start))
    }

    /// Ends everything and waits for it. Requests that wait end with [`SwarmError::ShutDown`].
    pub async fn shutdown(&self) {
        self.inner.tasks.shutdown().await;
    }
}

fn first_snapshot(machine: &PathManager) -> Snapshot {
    Snapshot {
        is_online: true,
        paths: Vec::new(),
        lost: machine.lost(),
        directory: machine.directory().clone(),
        wanted_paths: machine.wanted_paths(),
    }
}

impl Inner {
    /// Tells the machine; nobody listens any more after a shutdown.
    pub(crate) async fn report(&self, event: PathEvent) {
        let sent = self.events.send(event);
        let _ = self.tasks.token().run_until_cancelled(sent).await;
    }

    /// Connections and what nodes said of the time hold no longer.
    pub(crate) fn forget_connections(&self) {
        self.transport.reset();
        self.clock.forget_samples();
    }

    /// A destination answered.
    pub(crate) fn heard(&self) {
        *lock(&self.last_success) = Some(self.clock.now());
        self.too_fast.store(0, Ordering::Relaxed);
        let hint = self.clock.hint_ms();
        self.cached.send_if_modified(|cached| {
            let moved = match (cached.clock_offset_ms, hint) {
                (Some(old), Some(new)) => old.saturating_sub(new).saturating_abs() > CLOCK_STEP_MS,
                (old, new) => old != new,
            };
            if moved {
                cached.clock_offset_ms = hint;
            }
            moved
        });
    }

    pub(crate) fn last_success(&self) -> Option<Timestamp> {
        *lock(&self.last_success)
    }

    /// The pause after "too many requests": doubles with each in a row.
    pub(crate) fn too_fast(&self, first: Duration) -> Duration {
        let before = self.too_fast.fetch_add(1, Ordering::Relaxed);
        first * 2_u32.saturating_pow(before.min(5))
    }

    /// A file begins to be carried.
    pub(crate) fn begin_bulk(&self) -> Bulk<'_> {
        self.bulk.fetch_add(1, Ordering::Relaxed);
        Bulk(&self.bulk)
    }

    fn is_bulky(&self) -> bool {
        self.bulk.load(Ordering::Relaxed) > 0
    }

    /// How long a probe may take: 3 s, less where answers come fast, so that a silent node is
    /// found sooner; more while a file fills the line.
    pub(crate) fn probe_limit(&self) -> Duration {
        let longest = self.config.intervals.probe;
        if self.is_bulky() {
            return self.config.intervals.rpc;
        }
        match self.slowest_probe_ms.load(Ordering::Relaxed) {
            0 => longest,
            ms => (Duration::from_millis(ms.into()) * PROBE_FACTOR)
                .max(SHORTEST_PROBE)
                .min(longest),
        }
    }

    /// A probe was answered after so long.
    pub(crate) fn probe_took(&self, time: Duration) {
        let ms = u32::try_from(time.as_millis()).unwrap_or(u32::MAX).max(1);
        let old = self.slowest_probe_ms.load(Ordering::Relaxed);
        self.slowest_probe_ms
            .store(ms.max(old - old / 8), Ordering::Relaxed);
    }

    /// The directory as it is now.
    pub(crate) fn directory(&self) -> Directory {
        self.snapshot.borrow().directory.clone()
    }

    /// Puts directory and guards into the state to save, if they changed.
    pub(crate) fn save_directory(&self, directory: &Directory, guards: &[NodeKey]) {
        let mut saved = lock(&self.saved);
        let same = saved
            .as_ref()
            .is_some_and(|(old, old_guards)| old.is_same_list(directory) && old_guards.as_slice() == guards);
        if same || directory.is_empty() {
            return;
        }
        let is_new_list = saved.as_ref().is_none_or(|(old, _)| !old.is_same_list(directory));
        *saved = Some((directory.clone(), guards.to_vec()));
        drop(saved);
        let now = self.clock.local_now();
        self.cached.send_if_modified(|cached| {
            let nodes: Vec<_> = directory.nodes().copied().collect();
            let changed = cached.directory != nodes || cached.guards != guards;
            if is_new_list && cached.directory != nodes {
                cached.directory = nodes;
                cached.fetched_at = now;
            }
            cached.guards = guards.to_vec();
            changed
        });
    }
}

/// Locks, also if a task panicked while it held the lock: the values stay whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
