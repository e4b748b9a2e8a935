//! What all servers of a network share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::core::cluster::{Cluster, Outcome};
use crate::core::identity::NodeKeys;
use crate::faults::{Effect, Faults, Level, Place};
use crate::file_store::FileStore;
use crate::journal::Journal;
use crate::rate::RateLimits;
use crate::seen::{Record, Seen};
use crate::tasks::Tasks;
use crate::tls::Identity;

/// How long silence lasts before somebody gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// A hop answers 504 for a **stopped** next node after this time.
    pub stopped: Duration,
    /// A hop answers 504 for a **silent** next node after this time. A silent server closes
    /// the connection then.
    pub silent: Duration,
    /// A node waits so long for members of its swarm that do not answer.
    pub member: Duration,
    /// The last hop waits so long for a server.
    pub server: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            stopped: Duration::from_secs(1),
            silent: Duration::from_secs(30),
            member: Duration::from_secs(1),
            server: Duration::from_secs(25),
        }
    }
}

/// Whether a node runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Power {
    /// It serves.
    #[default]
    On,
    /// Nothing listens at its port.
    Refusing,
    /// It takes connections and says nothing.
    Silent,
    /// It answers 503: not ready.
    NotReady,
}

/// A server's door: what is needed to open it again after it was closed.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) place: Place,
    pub(crate) port: u16,
    /// What keeps the port while the door is closed.
    pub(crate) _kept: Option<TcpSocket>,
    pub(crate) tls: Option<Identity>,
    /// The listener that stands open, and what closes it.
    pub(crate) open: Option<(CancellationToken, JoinHandle<()>)>,
}

/// The shared state of all servers.
pub(crate) struct World {
    pub(crate) cluster: Mutex<Cluster>,
    pub(crate) files: Mutex<FileStore>,
    pub(crate) file_keys: NodeKeys,
    pub(crate) faults: Mutex<Faults>,
    /// The bytes a second of slow lines.
    pub(crate) paces: Mutex<BTreeMap<Place, u32>>,
    pub(crate) seen: Mutex<BTreeMap<Place, Record>>,
    pub(crate) power: Mutex<Vec<Power>>,
    pub(crate) rates: Mutex<RateLimits>,
    pub(crate) journal: Mutex<Option<Journal>>,
    pub(crate) doors: tokio::sync::Mutex<BTreeMap<Place, Door>>,
    pub(crate) clock: Clock,
    pub(crate) timing: Timing,
    pub(crate) http: reqwest::Client,
    pub(crate) tasks: Tasks,
}

/// Everything shared, held by each task.
pub(crate) type Shared = Arc<World>;

/// Locks; what a panicking thread left is still whole, as every step is.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// Serves a storage request at a node; waits as long as the node would have waited for
    /// members that do not answer.
    pub(crate) async fn rpc(&self, node: usize, body: &[u8]) -> crate::core::reply::Reply {
        let Outcome { reply, has_waited } = {
            let mut cluster = lock(&self.cluster);
            let outcome = cluster.rpc(node, body, self.clock.now_ms());
            self.record_changes(&mut cluster);
            outcome
        };
        if has_waited {
            tokio::time::sleep(self.timing.member).await;
        }
        reply
    }

    /// Writes the changes of all nodes to the journal, if there is one.
    pub(crate) fn record_changes(&self, cluster: &mut Cluster) {
        if let Some(journal) = lock(&self.journal).as_mut() {
            journal.record(cluster);
        }
    }

    /// Removes what has expired, everywhere.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now_ms();
        {
            let mut cluster = lock(&self.cluster);
            cluster.sweep(now);
            self.record_changes(&mut cluster);
        }
        lock(&self.files).sweep(now);
    }

    /// How a node stands; one that does not exist refuses.
    pub(crate) fn power(&self, node: usize) -> Power {
        lock(&self.power).get(node).copied().unwrap_or(Power::Refusing)
    }

    /// How many bytes a second pass a server's line each way; no number: as many as come.
    pub(crate) fn pace(&self, place: Place) -> Option<u32> {
        lock(&self.paces).get(&place).copied()
    }

    /// What misbehaviour applies to a request.
    pub(crate) fn strike(&self, place: Place, level: Level, methods: &[&str]) -> (Duration, Option<Effect>) {
        lock(&self.faults).strike(place, level, methods)
    }

    /// Records what a server saw.
    pub(crate) fn saw(&self, place: Place, seen: Seen) {
        lock(&self.seen).entry(place).or_default().add(seen);
    }
}
