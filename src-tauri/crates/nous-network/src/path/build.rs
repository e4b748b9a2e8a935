//! Having enough: directory, guards, paths.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rand::RngExt;

use super::{
    Attempt, BUILDS, CANDIDATES, DirectorySource, MOST_EXTRAS, OnionPath, PathAction, PathId, PathManager,
    Phase, ROUND_PATIENCE, ROUNDS,
};
use crate::node::{NodeKey, Snode};

/// The longest pause between attempts for a second path while one stands.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl PathManager {
    /// Begins whatever is missing. Called whenever there is nothing else to do.
    pub(super) fn ensure(&mut self, now: Instant) {
        self.paths
            .retain(|_, path| path.extra.is_none_or(|(_, until)| until > now));
        self.wanted.retain(|_, until| *until > now);
        if self.directory.len() >= self.config.file.min_pool_size {
            self.ensure_paths(now);
            self.ensure_wishes(now);
        }
        self.ensure_directory(now);
    }

    fn ensure_directory(&mut self, now: Instant) {
        if self.fetch.is_running {
            return;
        }
        let too_small = self.directory.len() < self.config.file.min_pool_size;
        let asked = self.fetch.next_try;
        if (too_small || asked.is_some()) && asked.is_none_or(|at| at <= now) {
            let from_nodes = !too_small && self.stands();
            self.fetch_from(if from_nodes {
                DirectorySource::Nodes
            } else {
                DirectorySource::Seeds
            });
        } else if self.fetch.next_refresh <= now {
            if self.stands() {
                self.fetch_from(DirectorySource::Nodes);
            } else {
                self.fetch.next_refresh = now + self.config.intervals.attempt;
            }
        }
    }

    fn fetch_from(&mut self, source: DirectorySource) {
        self.fetch.is_running = true;
        self.fetch.next_try = None;
        self.actions.push_back(PathAction::FetchDirectory(source));
    }

    fn ensure_paths(&mut self, now: Instant) {
        while self.is_short() {
            if let Some(next) = self.attempt.next {
                if now < next {
                    return;
                }
                self.begin_attempt();
            }
            let Some(guard) = self.free_guard(now, None) else {
                self.ensure_candidates(now);
                return;
            };
            self.attempt.builds += 1;
            if self.attempt.builds > BUILDS || !self.begin_path(guard, None, now) {
                self.pause(now);
                return;
            }
        }
        self.attempt.next = None;
    }

    fn begin_attempt(&mut self) {
        self.attempt = Attempt {
            failed: self.attempt.failed,
            ..Attempt::default()
        };
        if !self.stands() {
            self.directory.avoid_nobody();
        }
    }

    /// No further attempt for 5 s ± 20 %; longer if a path stands and only more are missing.
    fn pause(&mut self, now: Instant) {
        let mut pause = self.config.intervals.attempt;
        let stands = self.stands();
        if stands {
            pause = (pause * 2_u32.saturating_pow(self.attempt.failed.min(8))).min(LONGEST_PAUSE);
        }
        let failed = self.attempt.failed.saturating_add(1);
        let next = now + self.jittered(pause);
        self.attempt = Attempt {
            failed,
            next: Some(next),
            ..Attempt::default()
        };
        // Perhaps all that we know is old.
        if !stands && failed.is_multiple_of(3) && self.fetch.next_try.is_none() {
            self.fetch.next_try = Some(now);
        }
        tracing::debug!(failed, stands, "paths: attempt without success");
    }

    pub(super) fn jittered(&mut self, pause: Duration) -> Duration {
        pause.mul_f64(self.rng.random_range(0.8..1.2))
    }

    /// The first saved guard that may be used: in no path, not avoided.
    fn free_guard(&self, now: Instant, without: Option<NodeKey>) -> Option<Snode> {
        let usable = |key: &&NodeKey| {
            Some(**key) != without
                && !self.directory.is_avoided(key, now)
                && !self.paths.values().any(|path| path.contains(key))
        };
        self.guards
            .iter()
            .filter(usable)
            .find_map(|key| self.directory.get(key))
    }

    /// Whether one more guard would be used.
    pub(super) fn needs_guard(&self, now: Instant) -> bool {
        let usual = self.paths.values().filter(|path| path.extra.is_none()).count();
        let missing = self.wanted_paths().saturating_sub(usual) + self.wanted.len();
        let free = |key: &&NodeKey| {
            !self.directory.is_avoided(key, now) && !self.paths.values().any(|path| path.contains(key))
        };
        missing > self.guards.iter().filter(free).count()
    }

    /// Tests two new candidates, if none are being tested.
    fn ensure_candidates(&mut self, now: Instant) {
        if self.testing.values().any(|since| *since + ROUND_PATIENCE > now) {
            return;
        }
        let candidates = self.candidates(now);
        if self.attempt.rounds >= ROUNDS || candidates.is_empty() {
            self.pause(now);
            return;
        }
        self.attempt.rounds += 1;
        for node in candidates {
            self.testing.insert(node.key, now);
            self.actions.push_back(PathAction::TestGuard(node));
        }
    }

    fn candidates(&mut self, now: Instant) -> Vec<Snode> {
        let unused = self.candidates_but(&self.used(), now);
        // Where all nodes are in paths, a hop may become the guard of an extra path.
        if unused.is_empty() && !self.wanted.is_empty() {
            return self.candidates_but(&BTreeSet::new(), now);
        }
        unused
    }

    fn candidates_but(&mut self, used: &BTreeSet<NodeKey>, now: Instant) -> Vec<Snode> {
        let distinct = self.config.file.distinct_subnets;
        let guards: Vec<_> = self
            .guards
            .iter()
            .filter_map(|key| self.directory.get(key))
            .collect();
        let mut chosen: Vec<Snode> = Vec::new();
        for _ in 0..CANDIDATES {
            let node = self.directory.random(&mut self.rng, distinct, |node| {
                let near =
                    |other: &Snode| other.key == node.key || (distinct && other.subnet() == node.subnet());
                !used.contains(&node.key)
                    && !self.testing.contains_key(&node.key)
                    && !self.directory.is_avoided(&node.key, now)
                    && !guards.iter().chain(&chosen).any(near)
            });
            chosen.extend(node);
        }
        chosen
    }

    /// The nodes of all paths.
    fn used(&self) -> BTreeSet<NodeKey> {
        self.paths
            .values()
            .flat_map(|path| path.hops.iter().map(|hop| hop.key))
            .collect()
    }

    /// Begins a path through `guard`; false if there are not enough nodes.
    pub(super) fn begin_path(
        &mut self,
        guard: Snode,
        extra: Option<(NodeKey, Instant)>,
        now: Instant,
    ) -> bool {
        let without = extra.map(|(without, _)| without);
        let mut hops = vec![guard];
        while hops.len() < self.config.file.path_length {
            let Some(hop) = self.pick_hop(&hops, without, now) else {
                return false;
            };
            hops.push(hop);
        }
        let id = PathId(self.fresh_id());
        let phase = self.probing(1, false, &hops);
        let path = OnionPath {
            hops,
            phase,
            strikes: 0,
            has_served: false,
            suspect: None,
            heard: None,
            extra,
        };
        self.paths.insert(id, path);
        true
    }

    /// Probes the first hops; the phase that waits for the answer.
    pub(super) fn probing(&mut self, prefix: usize, is_open: bool, hops: &[Snode]) -> Phase {
        let probe = self.fresh_id();
        let hops = hops.iter().take(prefix).copied().collect();
        self.actions.push_back(PathAction::Probe { probe, hops });
        Phase::Checking {
            prefix,
            probe,
            is_open,
        }
    }

    /// A random node for a path that has `chosen` already. No node twice over all paths; the
    /// wishes for distance and good repute are given up one after another where a network is
    /// small. Only an extra path (`without`) may share nodes with others.
    fn pick_hop(&mut self, chosen: &[Snode], without: Option<NodeKey>, now: Instant) -> Option<Snode> {
        let distinct = self.config.file.distinct_subnets;
        let used = self.used();
        let far: BTreeSet<[u8; 3]> = self
            .guards
            .iter()
            .chain(&used)
            .filter_map(|key| self.directory.get(key))
            .map(|node| node.subnet())
            .collect();
        for level in 0..4_u8 {
            let hop = self.directory.random(&mut self.rng, distinct, |node| {
                let near =
                    |other: &Snode| other.key == node.key || (distinct && other.subnet() == node.subnet());
                let must = Some(node.key) != without && !chosen.iter().any(near);
                let shared = used.contains(&node.key);
                let avoided = self.directory.is_avoided(&node.key, now);
                must && match level {
                    0 => {
                        let apart = !distinct || !far.contains(&node.subnet());
                        !shared && !avoided && apart && !self.guards.contains(&node.key)
                    }
                    1 => !shared && !avoided,
                    2 if without.is_some() => !avoided,
                    2 => !shared,
                    _ => without.is_some(),
                }
            });
            if hop.is_some() {
                return hop;
            }
        }
        None
    }

    /// Replaces a hop other than the guard; the path has another name then.
    pub(super) fn mend(&mut self, id: PathId, index: usize, now: Instant) {
        let Some(mut path) = self.lose(id) else { return };
        self.attempt.builds += 1;
        let mut others = path.hops.clone();
        others.remove(index);
        let without = path.extra.map(|(without, _)| without);
        let failed = path.hops.get(index).map(|hop| hop.key);
        let hop = self
            .pick_hop(&others, without, now)
            .filter(|hop| Some(hop.key) != failed);
        let (Some(hop), true) = (hop, self.attempt.builds <= BUILDS) else {
            return;
        };
        if let Some(place) = path.hops.get_mut(index) {
            *place = hop;
        }
        (path.has_served, path.suspect, path.strikes) = (false, None, 0);
        path.phase = self.probing(index + 1, false, &path.hops);
        let id = PathId(self.fresh_id());
        self.paths.insert(id, path);
    }

    /// Begins an extra path for each destination that is part of all others.
    fn ensure_wishes(&mut self, now: Instant) {
        let wishes: Vec<_> = self.wanted.iter().map(|(key, until)| (*key, *until)).collect();
        for (without, _) in wishes {
            // One that is only being built may have a silent hop: both are tried at once.
            let is_for_it = |path: &OnionPath| path.extra.is_some_and(|(key, _)| key == without);
            let is_met = |path: &OnionPath| !path.contains(&without) && (path.is_open() || is_for_it(path));
            if self.paths.values().any(is_met) {
                self.wanted.remove(&without);
                continue;
            }
            let Some(guard) = self
                .free_guard(now, Some(without))
                .or_else(|| self.shared_guard(now, without))
            else {
                if self.attempt.next.is_none() {
                    self.ensure_candidates(now);
                }
                continue;
            };
            self.drop_oldest_extra();
            self.wanted.remove(&without);
            self.begin_path(guard, Some((without, now + super::EXTRA_LIFE)), now);
        }
    }

    fn shared_guard(&self, now: Instant, without: NodeKey) -> Option<Snode> {
        let usable = |key: &&NodeKey| **key != without && !self.directory.is_avoided(key, now);
        self.guards
            .iter()
            .filter(usable)
            .find_map(|key| self.directory.get(key))
    }

    fn drop_oldest_extra(&mut self) {
        let extras = self
            .paths
            .iter()
            .filter_map(|(id, path)| path.extra.map(|(_, until)| (until, *id)));
        let extras: Vec<_> = extras.collect();
        if extras.len() >= MOST_EXTRAS
            && let Some((_, id)) = extras.iter().min()
        {
            self.paths.remove(id);
        }
    }
}
