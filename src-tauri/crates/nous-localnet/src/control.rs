//! Commands for misbehaviour, and the record of what was seen.
//!
//! Everything takes effect at once, for the next request. The same commands as lines of
//! JSON: [`LocalnetControl::apply_json`].
//!
//! Source: `architecture.md` §14, `network.md` §3.6, §9.

use std::time::Duration;

use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use serde::Serialize;

use crate::core::cluster::{Member, Replication, Transfer};
use crate::core::params::Spaces;
use crate::core::rows::Change;
use crate::error::LocalnetError;
use crate::faults::{Effect, Fault, Level, Place};
use crate::http;
use crate::known_errors::KnownError;
use crate::seen::Seen;
use crate::world::{Power, Shared, lock};

/// Directs a running network. Clones direct the same one.
#[derive(Clone)]
pub struct LocalnetControl {
    world: Shared,
}

impl std::fmt::Debug for LocalnetControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalnetControl")
    }
}

impl From<usize> for Place {
    fn from(node: usize) -> Self {
        Self::Node(node)
    }
}

/// A storage node as the directory and the network's owner see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeState {
    /// Its number.
    pub index: usize,
    /// Its name, 64 hex.
    pub ed25519: String,
    /// What opens its layers, 64 hex.
    pub x25519: String,
    /// Its HTTPS port on 127.0.0.1.
    pub port: u16,
    /// Its swarm.
    pub swarm: u64,
    /// Messages it holds.
    pub messages: usize,
}

/// A message that a node holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredMessage {
    /// The node's number.
    pub node: usize,
    /// The namespace.
    pub namespace: Namespace,
    /// The message's name.
    pub hash: String,
    /// Its time in ms, as its sender gave it.
    pub timestamp: i64,
    /// Its end in ms.
    pub expiry: i64,
    /// Bytes of data.
    pub size: usize,
}

type Done = Result<(), LocalnetError>;

impl LocalnetControl {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn with_node<T>(&self, node: usize, work: impl FnOnce(&mut Member) -> T) -> Result<T, LocalnetError> {
        let mut cluster = lock(&self.world.cluster);
        let member = cluster.members.get_mut(node).ok_or(LocalnetError::NoNode(node))?;
        let result = work(member);
        self.world.record_changes(&mut cluster);
        Ok(result)
    }

    fn set_power(&self, node: usize, power: Power) -> Done {
        self.with_node(node, |member| member.is_reachable = power == Power::On)?;
        if let Some(current) = lock(&self.world.power).get_mut(node) {
            *current = power;
        }
        Ok(())
    }

    /// Stops a server: when this returns, its port refuses and its connections are closed.
    /// To others a stopped node is silent for [`Timing::stopped`](crate::Timing::stopped).
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub async fn stop(&self, place: impl Into<Place>) -> Done {
        let place = place.into();
        if let Place::Node(node) = place {
            self.set_power(node, Power::Refusing)?;
        }
        if let Some(door) = self.world.doors.lock().await.get_mut(&place) {
            http::close(door).await;
        }
        Ok(())
    }

    /// A node takes connections and says nothing, to clients and to nodes.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub async fn silence(&self, node: usize) -> Done {
        self.stop(node).await?;
        self.set_power(node, Power::Silent)?;
        self.open_door(Place::Node(node)).await
    }

    /// A node answers 503, to clients and to nodes.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub async fn make_not_ready(&self, node: usize) -> Done {
        self.start(node).await?;
        self.set_power(node, Power::NotReady)
    }

    /// A server that was stopped, silent or not ready serves again, at the same port.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`], [`LocalnetError::Bind`] if another program took the port.
    pub async fn start(&self, place: impl Into<Place>) -> Done {
        let place = place.into();
        if let Place::Node(node) = place {
            let power = self.world.power(node);
            self.set_power(node, Power::On)?;
            if power == Power::Silent
                && let Some(door) = self.world.doors.lock().await.get_mut(&place)
            {
                // Connections that were taken in silence end here.
                http::close(door).await;
            }
        }
        self.open_door(place).await
    }

    async fn open_door(&self, place: Place) -> Done {
        let mut doors = self.world.doors.lock().await;
        if let Some(door) = doors.get_mut(&place)
            && door.open.is_none()
        {
            let listener = http::listen(door.port)?;
            http::open(&self.world, door, listener)?;
        }
        Ok(())
    }

    /// Stops every storage node.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub async fn stop_all(&self) -> Done {
        for node in 0..self.nodes().len() {
            self.stop(node).await?;
        }
        Ok(())
    }

    /// Starts every storage node.
    ///
    /// # Errors
    /// [`LocalnetError::Bind`] if another program took a port.
    pub async fn start_all(&self) -> Done {
        for node in 0..self.nodes().len() {
            self.start(node).await?;
        }
        Ok(())
    }

    /// Adds a rule of misbehaviour.
    pub fn add_fault(&self, place: impl Into<Place>, fault: Fault) {
        lock(&self.world.faults).add(place.into(), fault);
    }

    /// Adds an error of `network.md` §3.6; `times`: so often, `None` until taken away.
    pub fn add_error(&self, place: impl Into<Place>, level: Level, error: KnownError, times: Option<u32>) {
        let nodes = self.nodes();
        let name_of = |node: usize| {
            let found = nodes.get(node).map(|node| node.ed25519.clone());
            found.unwrap_or_else(|| "0".repeat(64))
        };
        let mut fault = Fault::new(level, error.effect(name_of));
        fault.times = times;
        self.add_fault(place, fault);
    }

    /// Every answer of a server at this level comes so much later.
    pub fn add_delay(&self, place: impl Into<Place>, level: Level, delay: Duration) {
        self.add_fault(place, Fault::new(level, Effect::Delay(delay)));
    }

    /// Takes the rules of one server away.
    pub fn clear_faults(&self, place: impl Into<Place>) {
        lock(&self.world.faults).clear(place.into());
    }

    /// Takes all rules away.
    pub fn clear_all_faults(&self) {
        lock(&self.world.faults).clear_all();
    }

    /// So many bytes a second pass on each connection to a server, each way, also on those that
    /// stand; with 0 none do; `None`: as many as come.
    pub fn set_pace(&self, place: impl Into<Place>, bytes: Option<u32>) {
        let mut paces = lock(&self.world.paces);
        match bytes {
            Some(bytes) => paces.insert(place.into(), bytes),
            None => paces.remove(&place.into()),
        };
    }

    /// What a node does with what other members of its swarm pass on.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn set_replication(&self, node: usize, replication: Replication) -> Done {
        self.with_node(node, |member| member.replication = replication)
    }

    /// A node's clock is this far ahead of the network's; negative is behind.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn skew_clock(&self, node: usize, ms: i64) -> Done {
        self.with_node(node, |member| member.skew_ms = ms)
    }

    /// The network's time in ms.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.world.clock.now_ms()
    }

    /// Moves every clock, then removes what has expired.
    pub fn advance_ms(&self, ms: i64) {
        self.world.clock.advance(ms);
        self.world.sweep();
    }

    /// Sets every clock, then removes what has expired.
    pub fn set_time_ms(&self, ms: i64) {
        self.world.clock.set(ms);
        self.world.sweep();
    }

    /// Removes what has expired, now.
    pub fn sweep(&self) {
        self.world.sweep();
    }

    /// Moves an account to another swarm, and with it what `transfer` says.
    ///
    /// # Errors
    /// [`LocalnetError::Command`] if there is no such swarm.
    pub fn move_account(&self, account: SwarmAccount, swarm: u64, transfer: Transfer) -> Done {
        let mut cluster = lock(&self.world.cluster);
        if !cluster.swarm_ids().contains(&swarm) {
            return Err(LocalnetError::Command("there is no such swarm".to_owned()));
        }
        cluster.move_account(account, swarm, transfer);
        self.world.record_changes(&mut cluster);
        if let Some(journal) = lock(&self.world.journal).as_mut() {
            journal.moved(account, swarm);
        }
        Ok(())
    }

    /// The account's stores are refused with 403 everywhere, or no longer.
    pub fn refuse_stores(&self, account: SwarmAccount, refuse: bool) {
        let mut cluster = lock(&self.world.cluster);
        if refuse {
            cluster.refused.insert(account);
        } else {
            cluster.refused.remove(&account);
        }
    }

    /// A node loses its messages and revocations.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn lose_data(&self, node: usize) -> Done {
        self.with_node(node, |member| member.node.rows.apply(Change::Wipe))
    }

    /// A node gets what the other members of its swarm hold.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn fill_from_swarm(&self, node: usize, transfer: Transfer) -> Done {
        self.with_node(node, |_| ())?;
        let mut cluster = lock(&self.world.cluster);
        cluster.fill_from_swarm(node, transfer);
        self.world.record_changes(&mut cluster);
        Ok(())
    }

    /// A node holds no more than so many bytes of messages; stores beyond fail.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn set_capacity(&self, node: usize, bytes: u64) -> Done {
        self.with_node(node, |member| member.node.capacity = bytes)
    }

    /// Whether the directory and the swarms name a node. Others do not find one that they do
    /// not name.
    ///
    /// # Errors
    /// [`LocalnetError::NoNode`].
    pub fn set_listed(&self, node: usize, is_listed: bool) -> Done {
        self.with_node(node, |member| member.is_listed = is_listed)
    }

    /// Registers a name for an account.
    pub fn register_name(&self, name: &str, account: AccountId) {
        lock(&self.world.cluster).names.register(name, account);
        if let Some(journal) = lock(&self.world.journal).as_mut() {
            journal.name(name, Some(account));
        }
    }

    /// Forgets a name.
    pub fn remove_name(&self, name: &str) {
        lock(&self.world.cluster).names.remove(name);
        if let Some(journal) = lock(&self.world.journal).as_mut() {
            journal.name(name, None);
        }
    }

    /// The file server loses a file; whether it had it.
    pub fn remove_file(&self, id: &str) -> bool {
        lock(&self.world.files).remove(id)
    }

    /// Another byte in the middle of a file; whether the file server has it.
    pub fn spoil_file(&self, id: &str) -> bool {
        lock(&self.world.files).spoil(id)
    }

    /// The bytes of a file, as the file server has them.
    #[must_use]
    pub fn file_bytes(&self, id: &str) -> Option<Vec<u8>> {
        let now = self.world.clock.now_ms();
        lock(&self.world.files).get(id, now).map(|bytes| bytes.to_vec())
    }

    /// The ids of the file server's files.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        lock(&self.world.files).ids()
    }

    /// The largest file the server takes from now on, in bytes.
    pub fn set_max_file_bytes(&self, bytes: usize) {
        lock(&self.world.files).limits.max_bytes = bytes;
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeState> {
        let cluster = lock(&self.world.cluster);
        let members = cluster.members.iter().enumerate();
        members
            .map(|(index, member)| NodeState {
                index,
                ed25519: member.name(),
                x25519: hex::encode(member.node.keys.x25519()),
                port: member.spec.port,
                swarm: member.spec.swarm,
                messages: member.node.rows.len(),
            })
            .collect()
    }

    /// The numbers of the nodes in an account's swarm.
    #[must_use]
    pub fn swarm_of(&self, account: &SwarmAccount) -> Vec<usize> {
        lock(&self.world.cluster).swarm_members(account)
    }

    /// The IDs of all swarms, ascending.
    #[must_use]
    pub fn swarms(&self) -> Vec<u64> {
        lock(&self.world.cluster).swarm_ids()
    }

    /// What all nodes hold of an account.
    #[must_use]
    pub fn stored(&self, account: &SwarmAccount) -> Vec<StoredMessage> {
        let cluster = lock(&self.world.cluster);
        let members = cluster.members.iter().enumerate();
        members
            .flat_map(|(node, member)| {
                let rows = member.node.rows.of(account, Spaces::All).into_iter();
                rows.map(move |row| StoredMessage {
                    node,
                    namespace: row.namespace,
                    hash: row.hash.clone(),
                    timestamp: row.timestamp,
                    expiry: row.expiry,
                    size: row.data.len(),
                })
            })
            .collect()
    }

    /// What a server saw, oldest first; the newest 20,000 are kept.
    #[must_use]
    pub fn seen(&self, place: impl Into<Place>) -> Vec<Seen> {
        let seen = lock(&self.world.seen);
        seen.get(&place.into())
            .map(|record| record.entries())
            .unwrap_or_default()
    }

    /// How many requests a server saw.
    #[must_use]
    pub fn seen_count(&self, place: impl Into<Place>) -> u64 {
        let seen = lock(&self.world.seen);
        seen.get(&place.into()).map_or(0, |record| record.count())
    }

    /// Forgets what was seen, everywhere.
    pub fn clear_seen(&self) {
        for record in lock(&self.world.seen).values_mut() {
            record.clear();
        }
    }
}
