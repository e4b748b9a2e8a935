//! Whom a failure is put down to.
//!
//! Source: `network.md` §3.6.

use std::time::Instant;

use super::{FRESH, HEARD_LATELY, OnionPath, PathFault, PathId, PathManager, Phase};
use crate::directory::STRIKES;
use crate::node::NodeKey;

/// How many lost paths are remembered.
const LOST: usize = 32;

impl PathManager {
    /// A probe of a path ended.
    pub(super) fn probed(&mut self, probe: u64, fault: Option<PathFault>, now: Instant) {
        let waits =
            |path: &OnionPath| matches!(path.phase, Phase::Checking { probe: own, .. } if own == probe);
        let Some((id, path)) = self.paths.iter().find(|(_, path)| waits(path)) else {
            return;
        };
        let (id, length) = (*id, path.hops.len());
        let Phase::Checking { prefix, is_open, .. } = path.phase else {
            return;
        };
        match fault {
            None => {
                self.last_heard = Some(now);
                if prefix < length {
                    self.go_on(id, prefix + 1, is_open)
                } else {
                    self.serves(id, now)
                }
            }
            Some(PathFault::NotReady(key) | PathFault::Unknown(key)) if path.contains(&key) => {
                self.named(id, key, now);
            }
            Some(_) => self.hop_failed(id, prefix - 1, now),
        }
    }

    fn go_on(&mut self, id: PathId, prefix: usize, is_open: bool) {
        let Some(hops) = self.paths.get(&id).map(|path| path.hops.clone()) else {
            return;
        };
        let phase = self.probing(prefix, is_open, &hops);
        if let Some(path) = self.paths.get_mut(&id) {
            path.phase = phase;
        }
    }

    /// Looks at a path again, guard first; nothing new goes over it meanwhile.
    pub(super) fn check(&mut self, id: PathId) {
        self.go_on(id, 1, false);
    }

    /// Somebody answered nonsense: nobody is struck before the path was looked at.
    pub(super) fn nonsense(&mut self, id: PathId, destination: Option<NodeKey>) {
        let Some(path) = self.paths.get_mut(&id).filter(|path| path.is_open()) else {
            return;
        };
        path.suspect = path.suspect.or(destination);
        self.check(id);
    }

    /// A request waits long: its path is looked at, and the others, so that all is known when
    /// it has to go out again. They may be used meanwhile.
    pub(super) fn suspected(&mut self, id: PathId, now: Instant) {
        if self.paths.get(&id).is_some_and(OnionPath::is_serving) {
            self.go_on(id, 1, true);
        }
        self.doubt_others(Some(now));
    }

    /// Looks at every serving path; not at those over which something came back just before
    /// `now`, if given.
    fn doubt_others(&mut self, now: Option<Instant>) {
        let fresh =
            |path: &OnionPath| now.is_some_and(|now| path.heard.is_some_and(|heard| heard + FRESH > now));
        let silent = self
            .paths
            .iter()
            .filter(|(_, path)| path.is_serving() && !fresh(path));
        for id in silent.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.go_on(id, 1, true);
        }
    }

    /// The whole path answered: whatever failed on it was its destination's fault.
    fn serves(&mut self, id: PathId, now: Instant) {
        let Some(path) = self.paths.get_mut(&id) else {
            return;
        };
        (path.phase, path.strikes, path.has_served) = (Phase::Serving, 0, true);
        path.heard = Some(now);
        let (suspect, hops) = (path.suspect.take(), path.hops.clone());
        hops.iter().for_each(|hop| self.directory.forgive(&hop.key));
        if let Some(suspect) = suspect {
            self.node_failed(suspect, now);
        }
        if !self.is_short() {
            self.attempt = super::Attempt::default();
        } else {
            self.attempt.failed = 0;
        }
    }

    /// A hop is named, by an error or by probing.
    fn hop_failed(&mut self, id: PathId, index: usize, now: Instant) {
        let Some(key) = self
            .paths
            .get(&id)
            .and_then(|path| path.hops.get(index))
            .map(|hop| hop.key)
        else {
            return;
        };
        tracing::debug!(node = ?key, hop = index, "paths: hop does not answer");
        self.directory.avoid(key, now + self.config.intervals.avoid);
        if index == 0 {
            self.lose(id);
            // A guard is not blamed for a network that is silent as a whole.
            if self.last_heard.is_some_and(|heard| heard + HEARD_LATELY > now) {
                self.strike(key, now);
            }
        } else {
            self.mend(id, index, now);
            self.strike(key, now);
        }
    }

    fn named(&mut self, id: PathId, key: NodeKey, now: Instant) {
        let place = self
            .paths
            .get(&id)
            .and_then(|path| path.hops.iter().position(|hop| hop.key == key));
        if let Some(index) = place {
            self.hop_failed(id, index, now);
        }
    }

    /// A request failed on a path.
    pub(super) fn failed(
        &mut self,
        id: PathId,
        fault: PathFault,
        destination: Option<NodeKey>,
        now: Instant,
    ) {
        let on_path = |key: &NodeKey| self.paths.get(&id).is_some_and(|path| path.contains(key));
        match fault {
            PathFault::Unknown(key) if on_path(&key) => {
                self.named(id, key, now);
                self.remove_node(key, now);
            }
            PathFault::NotReady(key) if on_path(&key) => self.named(id, key, now),
            PathFault::Unknown(key) if destination == Some(key) => self.remove_node(key, now),
            PathFault::NotReady(key) if destination == Some(key) => self.node_failed(key, now),
            _ => self.path_failed(id, destination, now),
        }
    }

    /// Nobody was named: the path and its hops are struck, not the guard, and then probed.
    fn path_failed(&mut self, id: PathId, destination: Option<NodeKey>, now: Instant) {
        let Some(path) = self.paths.get_mut(&id).filter(|path| path.is_open()) else {
            return;
        };
        path.strikes = path.strikes.saturating_add(1);
        path.suspect = destination;
        let (strikes, guard, hops) = (path.strikes, path.guard(), path.hops.clone());
        if strikes >= STRIKES {
            tracing::debug!("paths: third strike, path and guard dropped");
            self.lose(id);
            if let Some(guard) = guard {
                self.remove_node(guard, now);
                self.guards.retain(|key| *key != guard);
            }
            return;
        }
        self.check(id);
        // What failed here may be the whole network.
        self.doubt_others(None);
        for hop in hops.iter().skip(1) {
            self.strike(hop.key, now);
        }
    }

    /// A destination, or a node in general, failed.
    pub(super) fn node_failed(&mut self, key: NodeKey, now: Instant) {
        self.directory.avoid(key, now + self.config.intervals.avoid);
        self.strike(key, now);
    }

    fn strike(&mut self, key: NodeKey, now: Instant) {
        if self.directory.strike(&key, self.config.file.min_pool_size) {
            self.gone(key, now);
        }
    }

    /// Takes a node out of directory and paths.
    pub(super) fn remove_node(&mut self, key: NodeKey, now: Instant) {
        if self.directory.remove(&key, self.config.file.min_pool_size) {
            self.gone(key, now);
        } else {
            self.directory.avoid(key, now + self.config.intervals.avoid);
        }
    }

    fn gone(&mut self, key: NodeKey, now: Instant) {
        if self.guards.contains(&key) {
            tracing::info!(node = ?key, "paths: a guard left the directory");
            self.guards.retain(|guard| *guard != key);
        }
        let hit: Vec<_> = self
            .paths
            .iter()
            .filter(|(_, path)| path.contains(&key))
            .map(|(id, _)| *id)
            .collect();
        for id in hit {
            self.without_node(id, key, now);
        }
        // In a small network every node is needed: ask soon whether it is back.
        if self.directory.len() < self.config.file.refresh_agreement.max(24) {
            let soon = now + self.config.intervals.avoid;
            self.fetch.next_refresh = self.fetch.next_refresh.min(soon);
        }
    }

    /// A path goes on without a node: another hop, or, if it is the guard, not at all.
    pub(super) fn without_node(&mut self, id: PathId, key: NodeKey, now: Instant) {
        match self
            .paths
            .get(&id)
            .and_then(|path| path.hops.iter().position(|hop| hop.key == key))
        {
            Some(0) => {
                self.lose(id);
            }
            Some(index) => self.mend(id, index, now),
            None => {}
        }
    }

    /// Takes a path out because it failed.
    pub(super) fn lose(&mut self, id: PathId) -> Option<OnionPath> {
        let path = self.paths.remove(&id)?;
        self.lost.push_back(id);
        while self.lost.len() > LOST {
            self.lost.pop_front();
        }
        Some(path)
    }
}
