//! All known nodes, with strikes against those that failed.
//!
//! Pure: time and randomness are arguments. Fetching is in [`fetch`](mod@fetch).
//!
//! Source: `network.md` §2 and §3.6.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::node::{NodeKey, Snode};

pub mod fetch;

/// A node with so many strikes leaves the directory.
pub const STRIKES: u8 = 3;

/// The nodes of a network. Clones share the list until one changes.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    nodes: Arc<BTreeMap<NodeKey, Snode>>,
    strikes: BTreeMap<NodeKey, u8>,
    avoided: BTreeMap<NodeKey, Instant>,
}

impl Directory {
    /// From a list; of two nodes with one name the last one counts.
    #[must_use]
    pub fn new(nodes: impl IntoIterator<Item = Snode>) -> Self {
        let mut directory = Self::default();
        directory.replace(nodes);
        directory
    }

    /// Takes a new list; all strikes are forgotten.
    pub fn replace(&mut self, nodes: impl IntoIterator<Item = Snode>) {
        self.nodes = Arc::new(nodes.into_iter().map(|node| (node.key, node)).collect());
        self.strikes.clear();
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of that name.
    #[must_use]
    pub fn get(&self, key: &NodeKey) -> Option<Snode> {
        self.nodes.get(key).copied()
    }

    /// All nodes, by name.
    pub fn nodes(&self) -> impl Iterator<Item = &Snode> {
        self.nodes.values()
    }

    /// Whether two directories hold the same list, without looking into it.
    #[must_use]
    pub fn is_same_list(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.nodes, &other.nodes)
    }

    /// A strike. True if it was the third and the node was removed; `keep` nodes stay
    /// whatever they did, so that a broken network does not empty the list.
    pub fn strike(&mut self, key: &NodeKey, keep: usize) -> bool {
        if !self.nodes.contains_key(key) {
            return false;
        }
        let strikes = self.strikes.entry(*key).or_insert(0);
        *strikes = strikes.saturating_add(1);
        *strikes >= STRIKES && self.remove(key, keep)
    }

    /// Takes a node out, unless only `keep` are left; says whether it did.
    pub fn remove(&mut self, key: &NodeKey, keep: usize) -> bool {
        if self.nodes.len() <= keep || Arc::make_mut(&mut self.nodes).remove(key).is_none() {
            return false;
        }
        self.strikes.remove(key);
        true
    }

    /// A node answered: its strikes are forgotten.
    pub fn forgive(&mut self, key: &NodeKey) {
        self.strikes.remove(key);
        self.avoided.remove(key);
    }

    /// How many strikes a node has.
    #[must_use]
    pub fn strikes(&self, key: &NodeKey) -> u8 {
        self.strikes.get(key).copied().unwrap_or(0)
    }

    /// Chooses a node until then only when there is no other.
    pub fn avoid(&mut self, key: NodeKey, until: Instant) {
        self.avoided.insert(key, until);
    }

    /// Ends all avoiding.
    pub fn avoid_nobody(&mut self) {
        self.avoided.clear();
    }

    /// Whether a node is avoided now.
    #[must_use]
    pub fn is_avoided(&self, key: &NodeKey, now: Instant) -> bool {
        self.avoided.get(key).is_some_and(|until| *until > now)
    }

    /// A random node that passes `fits`. If `distinct_subnets`: one random node of each /24,
    /// and among these a random one with the size of its /24 as weight.
    pub fn random(
        &self,
        rng: &mut impl RngExt,
        distinct_subnets: bool,
        fits: impl Fn(&Snode) -> bool,
    ) -> Option<Snode> {
        let fitting: Vec<Snode> = self.nodes.values().filter(|node| fits(node)).copied().collect();
        if !distinct_subnets {
            return fitting.choose(rng).copied();
        }
        let mut groups: BTreeMap<[u8; 3], Vec<Snode>> = BTreeMap::new();
        for node in fitting {
            groups.entry(node.subnet()).or_default().push(node);
        }
        let groups: Vec<_> = groups.into_values().collect();
        let group = groups.choose_weighted(rng, Vec::len).ok()?;
        group.choose(rng).copied()
    }
}

#[cfg(test)]
mod tests;
