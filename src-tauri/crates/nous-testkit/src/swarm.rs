//! Swarms in memory that do what a test says. No onions, no signatures.

mod answers;
mod members;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use nous_network::{
    Connectivity, Departure, FileApi, FileError, LinkState, NetworkClock, NodeKey, Snode, StoreReceipt,
    StoredFile, SwarmApi, SwarmError,
};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, MAX_BATCH, StorageReply, StorageRequest};
use tokio::sync::{Notify, Semaphore, watch};

use crate::clock::ManualClock;
use crate::files::ScriptedFiles;

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its hash.
    pub hash: String,
    /// Its bytes.
    pub data: Vec<u8>,
    /// The time in the request.
    pub timestamp: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// One attempt to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// In whose swarm.
    pub account: SwarmAccount,
    /// The bytes.
    pub data: Vec<u8>,
    /// The time in the request.
    pub timestamp: Timestamp,
}

/// Something that a client asked of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// About whose messages.
    pub account: SwarmAccount,
    /// What; `None`: which nodes keep them.
    pub request: Option<StorageRequest>,
}

#[derive(Debug, Default)]
struct State {
    /// Everything that ever left, in order.
    asked: Vec<Asked>,
    /// By account, namespace and node, in the order of arrival there.
    boxes: BTreeMap<(SwarmAccount, i16, NodeKey), Vec<Kept>>,
    attempts: Vec<Attempt>,
    retrieves: Vec<(NodeKey, Option<String>)>,
    /// Results of the next stores, in order.
    store_script: VecDeque<SwarmError>,
    /// Swarms that fail until told otherwise.
    refusing: BTreeMap<SwarmAccount, SwarmError>,
    /// The methods of every sequence.
    sequences: Vec<Vec<&'static str>>,
    failing_polls: u32,
    slow_polls: u32,
    failing_sequences: u32,
    /// How many sequences go well before those that fail.
    good_sequences: u32,
    lost_answers: u32,
    /// Nodes that do not take part in replication.
    behind: BTreeSet<NodeKey>,
    /// Nodes whose clocks are off, and how far ahead in milliseconds.
    ahead: BTreeMap<NodeKey, i64>,
    /// Nodes that answer no question.
    silent: BTreeSet<NodeKey>,
    page: usize,
    teaches_time: bool,
    is_deaf: bool,
}

/// A network of one swarm with three members, which every account has.
///
/// Clones are the same network.
#[derive(Clone)]
pub struct ScriptedSwarm {
    state: Arc<Mutex<State>>,
    clock: ManualClock,
    network_clock: NetworkClock,
    connectivity: Arc<watch::Sender<Connectivity>>,
    /// Stores wait here, before anything leaves, while no path stands.
    paths: Arc<Semaphore>,
    /// Stores wait here, after they left, while the gate is closed.
    gate: Arc<Semaphore>,
    /// Calls that read and are slow wait here.
    slow: Arc<Notify>,
    /// The file server.
    files: ScriptedFiles,
}

/// The number of members.
const MEMBERS: u8 = 3;

fn node(n: u8) -> Snode {
    Snode {
        key: NodeKey([n; 32]),
        x25519: NodeKey([n; 32]),
        ip: Ipv4Addr::new(127, 0, 0, n),
        port: 22_000,
    }
}

impl ScriptedSwarm {
    /// A network that works. `network_clock`: the client's, taught by answers.
    #[must_use]
    pub fn new(clock: &ManualClock, network_clock: &NetworkClock) -> Self {
        let connected = Connectivity {
            state: LinkState::Connected,
            wanted_paths: 2,
            ..Connectivity::default()
        };
        Self {
            state: Arc::new(Mutex::new(State {
                page: 1_000,
                teaches_time: true,
                ..State::default()
            })),
            clock: clock.clone(),
            network_clock: network_clock.clone(),
            connectivity: Arc::new(watch::Sender::new(connected)),
            paths: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            slow: Arc::default(),
            files: ScriptedFiles::new(clock),
        }
    }

    /// The same network, teaching another client's clock.
    #[must_use]
    pub fn for_clock(&self, network_clock: &NetworkClock) -> Self {
        Self {
            network_clock: network_clock.clone(),
            ..self.clone()
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the client sees of the connection.
    #[must_use]
    pub fn connectivity(&self) -> watch::Receiver<Connectivity> {
        self.connectivity.subscribe()
    }

    /// Cuts the connection, or gives it back.
    pub fn set_link(&self, state: LinkState) {
        self.connectivity
            .send_modify(|connectivity| connectivity.state = state);
    }

    /// The next stores end so, one each.
    pub fn fail_stores(&self, errors: impl IntoIterator<Item = SwarmError>) {
        self.lock().store_script.extend(errors);
    }

    /// Whether nodes tell the time.
    pub fn tell_time(&self, is_told: bool) {
        self.lock().teaches_time = is_told;
    }

    /// Every store for this account ends so.
    pub fn refuse(&self, account: AccountId, error: SwarmError) {
        self.lock().refusing.insert(account.into(), error);
    }

    /// Stores for this account work again.
    pub fn accept(&self, account: AccountId) {
        self.lock().refusing.remove(&account.into());
    }

    /// The next calls that read fail.
    pub fn fail_polls(&self, count: u32) {
        self.lock().failing_polls = count;
    }

    /// The next sequences fail before anything arrives.
    pub fn fail_sequences(&self, count: u32) {
        self.lock().failing_sequences = count;
    }

    /// So many sequences go well, then as many as told fail before anything arrives.
    pub fn fail_sequences_after(&self, good: u32, failing: u32) {
        let mut state = self.lock();
        state.good_sequences = good;
        state.failing_sequences = failing;
    }

    /// The next sequences are carried out, and their answers lost.
    pub fn lose_answers(&self, count: u32) {
        self.lock().lost_answers = count;
    }

    /// The methods of every sequence so far, in order.
    #[must_use]
    pub fn sequences(&self) -> Vec<Vec<&'static str>> {
        self.lock().sequences.clone()
    }

    /// The next calls that read hang until [`ScriptedSwarm::quicken`].
    pub fn slow_polls(&self, count: u32) {
        self.lock().slow_polls = count;
    }

    /// Lets every call that hangs go on.
    pub fn quicken(&self) {
        self.lock().slow_polls = 0;
        self.slow.notify_waiters();
    }

    async fn be_slow(&self) {
        let quicker = self.slow.notified();
        let is_slow = {
            let mut state = self.lock();
            let is_slow = state.slow_polls > 0;
            state.slow_polls = state.slow_polls.saturating_sub(1);
            is_slow
        };
        if is_slow {
            quicker.await;
        }
    }

    /// How many messages one answer holds at most.
    pub fn set_page(&self, page: usize) {
        self.lock().page = page;
    }

    /// This member gets nothing more.
    pub fn leave_behind(&self, member: u8) {
        self.lock().behind.insert(NodeKey([member; 32]));
    }

    /// This member takes part again.
    pub fn catch_up(&self, member: u8) {
        self.lock().behind.remove(&NodeKey([member; 32]));
    }

    /// Stores wait before they leave, until [`ScriptedSwarm::build_paths`].
    pub fn lose_paths(&self) {
        self.paths.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets every store leave.
    pub fn build_paths(&self) {
        self.paths.add_permits(1_000);
    }

    async fn pass(&self, place: &Semaphore) {
        if let Ok(permit) = place.acquire().await {
            permit.forget();
        }
    }

    /// Stores that wait do not hear that they are called back, as one whose path comes at that
    /// moment: only whether it may depart counts.
    pub fn be_deaf(&self) {
        self.lock().is_deaf = true;
    }

    /// Stores hang until [`ScriptedSwarm::open_gate`].
    pub fn close_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets every store go on.
    pub fn open_gate(&self) {
        self.gate.add_permits(1_000);
    }

    /// Everything that clients asked so far, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    fn note<'r>(&self, account: &SwarmAccount, requests: impl IntoIterator<Item = &'r StorageRequest>) {
        let asked = requests.into_iter().map(|request| Asked {
            account: *account,
            request: Some(request.clone()),
        });
        self.lock().asked.extend(asked);
    }

    /// Every attempt to store so far, in order.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.lock().attempts.clone()
    }

    /// Every call that read so far: member and cursor.
    #[must_use]
    pub fn retrieves(&self) -> Vec<(NodeKey, Option<String>)> {
        self.lock().retrieves.clone()
    }

    /// The messages that the first member that has any keeps for an account.
    #[must_use]
    pub fn kept(&self, account: AccountId) -> Vec<Kept> {
        self.kept_in(account, Namespace::MESSAGES)
    }

    /// What the member that has most keeps in a box of an account.
    #[must_use]
    pub fn kept_in(&self, account: impl Into<SwarmAccount>, namespace: Namespace) -> Vec<Kept> {
        let (state, account) = (self.lock(), account.into());
        let boxes = (1..=MEMBERS).filter_map(|n| state.boxes.get(&(account, namespace.0, NodeKey([n; 32]))));
        boxes.max_by_key(|kept| kept.len()).cloned().unwrap_or_default()
    }

    /// Puts bytes into the box of messages as a stranger could.
    pub fn put(&self, account: AccountId, data: Vec<u8>, ttl: Duration) -> String {
        self.put_in(account, Namespace::MESSAGES, data, ttl)
    }

    /// Puts bytes into a box.
    pub fn put_in(&self, account: AccountId, namespace: Namespace, data: Vec<u8>, ttl: Duration) -> String {
        let now = self.clock.now();
        self.keep(&account.into(), namespace, data, now, now + ttl)
    }

    /// Forgets what every member keeps for an account.
    pub fn lose(&self, account: impl Into<SwarmAccount>) {
        let account = account.into();
        self.lock().boxes.retain(|(owner, ..), _| *owner != account);
    }

    /// The file server.
    #[must_use]
    pub const fn files(&self) -> &ScriptedFiles {
        &self.files
    }
}

#[async_trait]
impl FileApi for ScriptedSwarm {
    async fn upload_file(&self, bytes: Vec<u8>, is_deterministic: bool) -> Result<StoredFile, FileError> {
        self.files.pass().await;
        self.files.upload(bytes, is_deterministic)
    }

    async fn download_file(&self, url: &str) -> Result<Vec<u8>, FileError> {
        self.files.pass().await;
        self.files.download(url)
    }

    async fn extend_file(&self, url: &str) -> Result<Timestamp, FileError> {
        self.files.extend(url)
    }
}

#[async_trait]
impl SwarmApi for ScriptedSwarm {
    async fn members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        self.lock().asked.push(Asked {
            account: *account,
            request: None,
        });
        self.teach(NodeKey([1; 32]));
        Ok((1..=MEMBERS).map(node).collect())
    }

    async fn current_members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        self.members(account).await
    }

    async fn call(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        self.note(account, &requests);
        if requests.iter().any(|request| request.method() == "retrieve") {
            self.be_slow().await;
        }
        self.hear(node.key)?;
        requests
            .into_iter()
            .map(|request| self.answer(account, node.key, request))
            .collect()
    }

    async fn sequence(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        self.note(account, &requests);
        self.hear(node.key)?;
        if !(1..=MAX_BATCH).contains(&requests.len()) {
            return Err(SwarmError::CallSize);
        }
        let (fails, is_lost) = self.begin_sequence(&requests);
        if fails {
            return Err(SwarmError::Timeout);
        }
        let mut replies = Vec::new();
        for request in requests {
            let reply = self.answer(account, node.key, request)?;
            let is_success = reply.is_success();
            replies.push(reply);
            if !is_success {
                break;
            }
        }
        if is_lost {
            return Err(SwarmError::Timeout);
        }
        Ok(replies)
    }

    async fn store(
        &self,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        let is_deaf = self.lock().is_deaf;
        tokio::select! {
            () = departure.called_back(), if !is_deaf => return Err(SwarmError::CalledBack),
            () = self.pass(&self.paths) => {}
        }
        if !departure.depart() {
            return Err(SwarmError::CalledBack);
        }
        self.note(account, [&request]);
        let StorageRequest::Account(request) = request else {
            return Err(SwarmError::Refused(400));
        };
        let Action::Store {
            timestamp,
            expiry,
            data,
            ..
        } = request.action
        else {
            return Err(SwarmError::Refused(400));
        };
        self.lock().attempts.push(Attempt {
            account: *account,
            data: data.clone(),
            timestamp,
        });
        self.pass(&self.gate).await;
        let scripted = self.lock().store_script.pop_front();
        let refused = self.lock().refusing.get(account).cloned();
        if let Some(error) = scripted.or(refused) {
            return Err(error);
        }
        self.teach(NodeKey([1; 32]));
        let expires = match expiry {
            Expiry::Ttl(ms) => timestamp + Duration::from_millis(ms),
            Expiry::At(at) => at,
        };
        let hash = self.keep(account, Namespace::MESSAGES, data, timestamp, expires);
        Ok(StoreReceipt {
            hash,
            stored_by: vec![NodeKey([1; 32])],
            expiry: Some(expires),
            network_time: Some(self.clock.now()),
        })
    }
}
