//! What each event does.

use std::time::{Duration, Instant};

use super::{Attempt, MOST_GUARDS, PathEvent, PathId, PathManager, WISH_LIFE};
use crate::node::{NodeKey, Snode};

impl PathManager {
    pub(super) fn take(&mut self, event: PathEvent, now: Instant) {
        match event {
            PathEvent::DirectoryFetched(list) => self.directory_fetched(list, now),
            PathEvent::DirectoryWanted => {
                if self.fetch.next_try.is_none() && !self.fetch.is_running {
                    let pause = self.config.intervals.attempt;
                    self.fetch.next_try = Some(if self.fetch.failed == 0 { now } else { now + pause });
                    self.fetch.failed = self.fetch.failed.max(1);
                }
            }
            PathEvent::Online(is_online) => self.went_online(is_online),
            PathEvent::GuardTested { node, ok } => self.guard_tested(node, ok, now),
            PathEvent::Answered { path, destination } => self.answered(path, destination, now),
            PathEvent::Probed { probe, fault } if self.is_online || fault.is_none() => {
                self.probed(probe, fault, now);
            }
            PathEvent::Failed {
                path,
                fault,
                destination,
            } if self.is_online => {
                self.failed(path, fault, destination, now);
            }
            PathEvent::Nonsense { path, destination } if self.is_online => {
                self.nonsense(path, destination);
            }
            PathEvent::Suspected(path) if self.is_online => self.suspected(path, now),
            PathEvent::NodeTrouble(node) if self.is_online => self.node_failed(node, now),
            PathEvent::Wanted { without } => {
                self.wanted.insert(without, now + WISH_LIFE);
            }
            PathEvent::Rotate => self.rotate(now),
            PathEvent::Resumed => self.start_over(),
            // Offline: nobody is blamed.
            PathEvent::Probed { .. }
            | PathEvent::Failed { .. }
            | PathEvent::Nonsense { .. }
            | PathEvent::Suspected(_)
            | PathEvent::NodeTrouble(_) => {}
        }
    }

    fn directory_fetched(&mut self, list: Option<Vec<Snode>>, now: Instant) {
        self.fetch.is_running = false;
        let enough = self.config.file.min_pool_size.min(self.directory.len().max(1));
        let Some(list) = list.filter(|list| list.len() >= enough) else {
            self.directory_failed(now);
            return;
        };
        self.directory.replace(list);
        (self.fetch.failed, self.fetch.next_try) = (0, None);
        self.fetch.next_refresh = now + self.config.intervals.refresh;
        self.forget_unknown_guards();
        self.leave_moved_nodes(now);
        if self.directory.len() < self.config.file.min_pool_size {
            let pause = self.jittered(self.config.intervals.attempt);
            self.fetch.next_try = Some(now + pause);
        }
        if !self.stands() {
            self.attempt = Attempt {
                failed: self.attempt.failed,
                ..Attempt::default()
            };
        }
    }

    /// The old list stays. Asked again after 1 s, doubling to 5 s, if it is too small.
    fn directory_failed(&mut self, now: Instant) {
        let pause = Duration::from_secs(1) * 2_u32.saturating_pow(self.fetch.failed.min(8));
        let pause = self.jittered(pause.min(self.config.intervals.attempt));
        self.fetch.failed = self.fetch.failed.saturating_add(1);
        self.fetch.next_refresh = self.fetch.next_refresh.max(now + self.config.intervals.avoid);
        if self.directory.len() < self.config.file.min_pool_size {
            self.fetch.next_try = Some(now + pause);
        }
    }

    /// Nodes that are gone, or elsewhere, leave the paths.
    fn leave_moved_nodes(&mut self, now: Instant) {
        let directory = &self.directory;
        let moved = |hop: &&Snode| directory.get(&hop.key) != Some(**hop);
        let hit = self
            .paths
            .iter()
            .filter_map(|(id, path)| Some((*id, path.hops.iter().find(moved)?.key)));
        for (id, key) in hit.collect::<Vec<_>>() {
            self.without_node(id, key, now);
        }
    }

    fn went_online(&mut self, is_online: bool) {
        if self.is_online == is_online {
            return;
        }
        self.is_online = is_online;
        if is_online {
            self.start_over();
        } else {
            self.actions.clear();
            self.testing.clear();
        }
    }

    /// Nothing known about connections holds: every path is looked at again.
    fn start_over(&mut self) {
        self.testing.clear();
        self.directory.avoid_nobody();
        self.attempt = Attempt::default();
        if self.is_online {
            let ids: Vec<_> = self.paths.keys().copied().collect();
            ids.into_iter().for_each(|id| self.check(id));
        }
    }

    /// Each path gives way to a new one behind the same guard.
    fn rotate(&mut self, now: Instant) {
        let old = std::mem::take(&mut self.paths);
        self.attempt = Attempt::default();
        if !self.is_online {
            return;
        }
        for path in old.into_values().filter(|path| path.extra.is_none()) {
            if let Some(guard) = path.hops.first() {
                self.begin_path(*guard, None, now);
            }
        }
    }

    fn guard_tested(&mut self, node: NodeKey, ok: bool, now: Instant) {
        self.testing.remove(&node);
        if !ok {
            if self.is_online {
                self.directory.avoid(node, now + self.config.intervals.avoid);
            }
            return;
        }
        self.last_heard = Some(now);
        self.directory.forgive(&node);
        if !self.needs_guard(now) || self.guards.contains(&node) || self.directory.get(&node).is_none() {
            return;
        }
        tracing::info!(node = ?node, "paths: a new guard");
        if self.guards.len() >= MOST_GUARDS {
            self.forget_a_guard();
        }
        self.guards.push(node);
    }

    /// The newest guard that no path uses.
    fn forget_a_guard(&mut self) {
        let paths = &self.paths;
        let unused = |key: &NodeKey| !paths.values().any(|path| path.guard() == Some(*key));
        if let Some(place) = self.guards.iter().rposition(unused) {
            self.guards.remove(place);
        }
    }

    fn answered(&mut self, id: PathId, destination: Option<NodeKey>, now: Instant) {
        self.last_heard = Some(now);
        if let Some(destination) = destination {
            self.directory.forgive(&destination);
        }
        let Some(path) = self.paths.get_mut(&id) else {
            return;
        };
        path.strikes = 0;
        path.heard = Some(now);
        if let Some((_, until)) = &mut path.extra {
            *until = now + super::EXTRA_LIFE;
        }
        path.hops.iter().for_each(|hop| self.directory.forgive(&hop.key));
    }
}
