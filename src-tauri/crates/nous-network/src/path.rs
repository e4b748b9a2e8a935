//! Onion paths: a machine without I/O that builds them, watches them and finds whom to blame.
//!
//! ```text
//!   begun ──▶ Checking, prefix by prefix ──all answer──▶ Serving
//!                 │     ▲            ▲                     │ a request fails, or waits long
//!       a hop     │     │ replaced   └─────────────────────┘
//!       it is     ├─────┘
//!       the guard └──▶ gone; another guard
//! ```
//!
//! - A path serves after a probe: `info`, asked of the guard, then of each further hop through
//!   those before it, at most 3 s each. The first prefix that fails names the hop. If all
//!   answer, the destination of the failed request is to blame.
//! - A guard stays in the list of guards although another takes its place for a while.
//! - While no path stands: one attempt every 5 s ± 20 %. An attempt tries the saved guards,
//!   then at most 6 rounds of 2 new candidates.
//! - Nobody is blamed while offline.
//!
//! Source: `network.md` §3.6 and §3.7, `architecture.md` §6.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;

use crate::config::NetworkConfig;
use crate::directory::Directory;
use crate::node::{NodeKey, Snode};

mod blame;
mod build;
mod events;
#[cfg(test)]
mod tests;

/// Names one path; a path whose hop was replaced is another path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u64);

/// What went wrong on a path, as far as its guard said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// Nobody was named.
    Unnamed,
    /// That node is not in service.
    NotReady(NodeKey),
    /// That node is not known to the one before it.
    Unknown(NodeKey),
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathEvent {
    /// A fetch of the directory ended; `None`: without success.
    DirectoryFetched(Option<Vec<Snode>>),
    /// The directory does not have what somebody needs.
    DirectoryWanted,
    /// The system has a network, or has none.
    Online(bool),
    /// A candidate was asked for `info`.
    GuardTested {
        /// Which.
        node: NodeKey,
        /// Whether it answered.
        ok: bool,
    },
    /// A probe ended.
    Probed {
        /// Of the action.
        probe: u64,
        /// `None`: answered in time.
        fault: Option<PathFault>,
    },
    /// A request was answered by its destination, whatever it said.
    Answered {
        /// Over this path.
        path: PathId,
        /// Unless it was a server.
        destination: Option<NodeKey>,
    },
    /// A request got no answer of its destination.
    Failed {
        /// Over this path.
        path: PathId,
        /// What is known.
        fault: PathFault,
        /// Unless it was a server.
        destination: Option<NodeKey>,
    },
    /// What came back does not open, or is too much: the destination's fault, unless a hop
    /// made it, which a look at the path shows.
    Nonsense {
        /// Over this path.
        path: PathId,
        /// Unless it was a server.
        destination: Option<NodeKey>,
    },
    /// A request waits longer than usual.
    Suspected(PathId),
    /// A destination answered that it is in trouble, or nonsense.
    NodeTrouble(NodeKey),
    /// A path without this node is needed.
    Wanted {
        /// The destination.
        without: NodeKey,
    },
    /// New paths are wished for, with the same guards.
    Rotate,
    /// The machine slept, or the network changed: nothing known about connections holds.
    Resumed,
}

/// Where a directory comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectorySource {
    /// The seeds.
    Seeds,
    /// Three random nodes, through the onion.
    Nodes,
}

/// Something to do; its end is told by an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathAction {
    /// Ask the node directly for `info`; answer with [`PathEvent::GuardTested`].
    TestGuard(Snode),
    /// Ask the last of `hops` for `info` through the others, at most 3 s; answer with
    /// [`PathEvent::Probed`].
    Probe {
        /// To name it in the answer.
        probe: u64,
        /// Guard first; at least one.
        hops: Vec<Snode>,
    },
    /// Fetch the directory; answer with [`PathEvent::DirectoryFetched`].
    FetchDirectory(DirectorySource),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Its first `prefix` hops are being probed. `is_open`: nothing failed on it yet, it may
    /// still be used.
    Checking {
        prefix: usize,
        probe: u64,
        is_open: bool,
    },
}

#[derive(Debug, Clone)]
struct OnionPath {
    hops: Vec<Snode>,
    phase: Phase,
    strikes: u8,
    /// Whether it has ever served: then the screen keeps showing it while it is checked.
    has_served: bool,
    /// The destination of the request that failed.
    suspect: Option<NodeKey>,
    /// When anything last came back over it.
    heard: Option<Instant>,
    /// Built for requests to this destination, beyond the wanted number; until then.
    extra: Option<(NodeKey, Instant)>,
}

impl OnionPath {
    fn contains(&self, key: &NodeKey) -> bool {
        self.hops.iter().any(|hop| hop.key == *key)
    }

    fn guard(&self) -> Option<NodeKey> {
        self.hops.first().map(|hop| hop.key)
    }

    const fn is_serving(&self) -> bool {
        matches!(self.phase, Phase::Serving)
    }

    const fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Serving | Phase::Checking { is_open: true, .. })
    }
}

/// A path for requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePath {
    /// Its name in events.
    pub id: PathId,
    /// Guard first.
    pub hops: Vec<Snode>,
    /// Whether requests may start on it now.
    pub serves: bool,
    /// Whether it is being looked at because a request waits long: others are better.
    pub is_doubtful: bool,
}

/// The machine.
#[derive(Debug)]
pub struct PathManager {
    config: NetworkConfig,
    rng: StdRng,
    directory: Directory,
    /// Saved guards, the preferred one first.
    guards: Vec<NodeKey>,
    paths: BTreeMap<PathId, OnionPath>,
    /// Paths that failed lately: requests still waiting on them may give up.
    lost: VecDeque<PathId>,
    actions: VecDeque<PathAction>,
    next_id: u64,
    is_online: bool,
    /// When anything last answered.
    last_heard: Option<Instant>,
    attempt: Attempt,
    fetch: Fetch,
    /// Candidates being tested, and since when.
    testing: BTreeMap<NodeKey, Instant>,
    /// Destinations for which a path is needed, and until when.
    wanted: BTreeMap<NodeKey, Instant>,
}

/// Where an attempt to have all wanted paths is.
#[derive(Debug, Default)]
struct Attempt {
    /// Rounds of new candidates in this attempt.
    rounds: u32,
    /// Paths begun or mended in this attempt.
    builds: u32,
    /// Attempts in a row that did not bring all paths.
    failed: u32,
    /// Not before.
    next: Option<Instant>,
}

/// Where the directory's renewal is.
#[derive(Debug)]
struct Fetch {
    is_running: bool,
    /// When to ask again because too little is known.
    next_try: Option<Instant>,
    failed: u32,
    /// When to refresh what is there.
    next_refresh: Instant,
}

/// How many new candidates are tested at a time, and how many rounds an attempt has.
const CANDIDATES: usize = 2;
const ROUNDS: u32 = 6;
/// How many paths an attempt begins or mends.
const BUILDS: u32 = 10;
/// How long a round's candidates may be silent before the next round.
const ROUND_PATIENCE: Duration = Duration::from_millis(1_500);
/// How many guards are remembered.
const MOST_GUARDS: usize = 6;
/// How many extra paths there may be, and how long an unused one stays.
const MOST_EXTRAS: usize = 4;
const EXTRA_LIFE: Duration = Duration::from_secs(60);
/// How long a wish for a path without a destination lasts.
const WISH_LIFE: Duration = Duration::from_secs(10);
/// A path over which something came back so lately need not be looked at.
const FRESH: Duration = Duration::from_millis(900);
/// Something answered so lately that failures are not the whole network's.
const HEARD_LATELY: Duration = Duration::from_secs(5);

impl PathManager {
    /// With a saved directory and saved guards, both maybe empty. The first actions are there
    /// at once.
    #[must_use]
    pub fn new(
        config: NetworkConfig,
        directory: Vec<Snode>,
        guards: Vec<NodeKey>,
        rng: StdRng,
        now: Instant,
    ) -> Self {
        let fetch = Fetch {
            is_running: false,
            next_try: None,
            failed: 0,
            next_refresh: now + config.intervals.first_refresh,
        };
        let mut machine = Self {
            config,
            rng,
            directory: Directory::new(directory),
            guards,
            paths: BTreeMap::new(),
            lost: VecDeque::new(),
            actions: VecDeque::new(),
            next_id: 1,
            is_online: true,
            last_heard: None,
            attempt: Attempt::default(),
            fetch,
            testing: BTreeMap::new(),
            wanted: BTreeMap::new(),
        };
        machine.forget_unknown_guards();
        machine
    }

    /// Something happened. Never blocks, never fails on bad timing.
    pub fn on_event(&mut self, event: PathEvent, now: Instant) {
        self.take(event, now);
    }

    /// The next thing to do, until `None`. Call after every `on_event`.
    pub fn next_action(&mut self, now: Instant) -> Option<PathAction> {
        if self.actions.is_empty() && self.is_online {
            self.ensure(now);
        }
        self.actions.pop_front()
    }

    /// When to call [`PathManager::next_action`] again if nothing happens. `None`: sleep until
    /// an event.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if !self.is_online {
            return None;
        }
        let waits_for_nodes = self.directory.len() < self.config.file.min_pool_size;
        let refresh = (!self.fetch.is_running).then_some(self.fetch.next_refresh);
        let again = self.fetch.next_try.filter(|_| !self.fetch.is_running);
        let attempt = self.attempt.next.filter(|_| !waits_for_nodes);
        let round = self.testing.values().max().map(|since| *since + ROUND_PATIENCE);
        let round = round.filter(|_| self.attempt.next.is_none() && self.is_short());
        let extras = self
            .paths
            .values()
            .filter_map(|path| path.extra.map(|(_, until)| until))
            .min();
        let wishes = self.wanted.values().min().copied();
        [refresh, again, attempt, round, extras, wishes]
            .into_iter()
            .flatten()
            .min()
    }

    /// The paths, those of the wanted number first.
    #[must_use]
    pub fn paths(&self) -> Vec<LivePath> {
        let shown = self.paths.iter().filter(|(_, path)| path.has_served);
        let live = |(id, path): (&PathId, &OnionPath)| LivePath {
            id: *id,
            hops: path.hops.clone(),
            serves: path.is_open(),
            is_doubtful: !path.is_serving(),
        };
        let (extra, usual): (Vec<_>, Vec<_>) = shown.partition(|(_, path)| path.extra.is_some());
        usual.into_iter().chain(extra).map(live).collect()
    }

    /// Paths that failed lately.
    #[must_use]
    pub fn lost(&self) -> BTreeSet<PathId> {
        self.lost.iter().copied().collect()
    }

    /// The nodes known now.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The guards to save, the preferred one first.
    #[must_use]
    pub fn guards(&self) -> &[NodeKey] {
        &self.guards
    }

    /// Whether the system has a network.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        self.is_online
    }

    /// How many paths are wanted of the directory as it is.
    #[must_use]
    pub fn wanted_paths(&self) -> usize {
        self.config.paths_for(self.directory.len())
    }

    fn stands(&self) -> bool {
        self.paths.values().any(OnionPath::is_serving)
    }

    fn is_short(&self) -> bool {
        self.paths.values().filter(|path| path.extra.is_none()).count() < self.wanted_paths()
    }

    fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn forget_unknown_guards(&mut self) {
        if !self.directory.is_empty() {
            let directory = &self.directory;
            self.guards.retain(|guard| directory.get(guard).is_some());
        }
    }
}
