//! All nodes of the network and what goes on between them, without sockets and without a
//! clock: every call gets the moment at which it happens.
//!
//! Source: `network.md` §1.1, §4.2, §4.7, §4.8, §9.1, §9.3.

use std::collections::{BTreeMap, BTreeSet};

use nous_protocol::account::SwarmAccount;
use nous_protocol::swarm::swarm_of;
use serde_json::{Map, Value, json};

use super::directory;
use super::identity::{NodeKeys, NodeSpec};
use super::names::Names;
use super::node::{Node, Sender};
use super::parse::parse;
use super::reply::Reply;
use super::request::{Action, Auth, Call, Request, Store};
use super::rows::{Change, Rows};

/// Bytes that a node holds at most: 3.5 GiB.
const CAPACITY: u64 = 3_758_096_384;

/// No node's clock goes beyond this.
const LAST_MS: i64 = 1 << 53;

/// What happens to requests that other members pass on to a node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Replication {
    /// They are served.
    #[default]
    Works,
    /// No answer: `failed`, `timeout`.
    Timeout,
    /// Refused with a status and a text: `failed`, `code`, `reason`.
    Code(u16, String),
    /// An answer that nobody understands: `failed`, `bad_peer_response`.
    BadReply,
    /// The node's own database fails: `failed`, `query_failure`.
    QueryFailure,
}

/// One node and its circumstances.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) node: Node,
    pub(crate) spec: NodeSpec,
    /// How far its clock is from the network's, in ms.
    pub(crate) skew_ms: i64,
    /// Whether other nodes reach it.
    pub(crate) is_reachable: bool,
    /// Whether the directory names it.
    pub(crate) is_listed: bool,
    /// What happens to what other members send.
    pub(crate) replication: Replication,
}

/// An answer and what its making would have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The answer.
    pub reply: Reply,
    /// Whether the node waited in vain for another member of its swarm.
    pub has_waited: bool,
}

/// What goes along when rows move to other nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// The rows themselves.
    pub rows: bool,
    /// Each row's namespace; without, all arrive in namespace 0, as with 2.8.0.
    pub namespaces: bool,
    /// Revocations; 2.8.0 leaves them behind.
    pub revocations: bool,
}

impl Default for Transfer {
    fn default() -> Self {
        Self {
            rows: true,
            namespaces: true,
            revocations: true,
        }
    }
}

/// The network's nodes, rows, names, and the accounts that were moved.
#[derive(Debug)]
pub struct Cluster {
    pub(crate) members: Vec<Member>,
    pub(crate) moved: BTreeMap<SwarmAccount, u64>,
    pub(crate) refused: BTreeSet<SwarmAccount>,
    pub(crate) names: Names,
    /// Hard fork and revision, as answers tell them.
    pub(crate) hard_fork: (u8, u8),
    /// When the network's chain stood at `first_height`.
    pub(crate) started_ms: i64,
    waited: bool,
}

impl Cluster {
    /// Nodes of these specifications. `started_ms`: when the chain has its first height.
    #[must_use]
    pub fn new(specs: Vec<NodeSpec>, started_ms: i64) -> Self {
        let member = |spec: NodeSpec| Member {
            node: Node {
                keys: NodeKeys::from_seed(&spec.seed),
                rows: Rows::default(),
                capacity: CAPACITY,
            },
            spec,
            skew_ms: 0,
            is_reachable: true,
            is_listed: true,
            replication: Replication::Works,
        };
        Self {
            members: specs.into_iter().map(member).collect(),
            moved: BTreeMap::new(),
            refused: BTreeSet::new(),
            names: Names::default(),
            hard_fork: (20, 1),
            started_ms,
            waited: false,
        }
    }

    /// Serves the body of a storage request at `node` when the network's clock is `now_ms`.
    ///
    /// A node that does not exist answers 503.
    pub fn rpc(&mut self, node: usize, body: &[u8], now_ms: i64) -> Outcome {
        self.waited = false;
        let reply = match (self.members.get(node).is_some(), parse(body)) {
            (false, _) => Reply::error(503, "Service node is not ready: no such node\n"),
            (true, Err(text)) => Reply::error(400, text),
            (true, Ok(Call::One(request))) => self.serve(node, &request, now_ms),
            (true, Ok(Call::Batch(requests))) => {
                let results = requests.iter().map(|request| self.serve(node, request, now_ms));
                let results: Vec<Value> = results.map(Reply::into_result).collect();
                Reply::ok(json!({ "results": results }))
            }
            (true, Ok(Call::Sequence(requests))) => self.sequence(node, &requests, now_ms),
        };
        Outcome {
            reply,
            has_waited: self.waited,
        }
    }

    fn sequence(&mut self, node: usize, requests: &[Request], now_ms: i64) -> Reply {
        let mut results = Vec::new();
        for request in requests {
            let reply = self.serve(node, request, now_ms);
            let is_good = (200..300).contains(&reply.status);
            results.push(reply.into_result());
            if !is_good {
                break;
            }
        }
        Reply::ok(json!({ "results": results }))
    }

    fn serve(&mut self, node: usize, request: &Request, now_ms: i64) -> Reply {
        let now = self.time_of(node, now_ms);
        let is_routed = !matches!(request, Request::GetSwarm(_));
        if let Some(account) = request.account().filter(|_| is_routed)
            && self.swarm_id(&account) != self.members.get(node).map(|m| m.spec.swarm)
        {
            let body = self.stamped(directory::swarm(self, &account), now);
            return Reply {
                status: 421,
                ..Reply::ok(body)
            };
        }
        match request {
            Request::Store(store) => self.store(node, store, now_ms),
            Request::Swarm(auth, action) => self.act(node, auth, action, now_ms),
            Request::Retrieve(retrieve) => {
                let result = self.members[node].node.retrieve(retrieve, now);
                result.map_or_else(|reply| reply, |body| Reply::ok(self.stamped(body, now)))
            }
            Request::GetExpiries {
                auth,
                hashes,
                timestamp,
            } => {
                let result = self.members[node].node.expiries(auth, hashes, *timestamp, now);
                result.map_or_else(|reply| reply, Reply::ok)
            }
            Request::GetSwarm(account) => Reply::ok(self.stamped(directory::swarm(self, account), now)),
            Request::Info => {
                let body = json!({ "version": [2, 8, 0], "timestamp": now });
                Reply::ok(self.stamped(body, now))
            }
            Request::Oxend { endpoint, params } => self.oxend(endpoint, params.as_ref(), now),
        }
    }

    fn oxend(&self, endpoint: &str, params: Option<&Value>, now: i64) -> Reply {
        let result = match endpoint {
            "ons_resolve" => self.names.resolve(params),
            _ => Ok(directory::service_nodes(self, params, now)),
        };
        match result {
            Ok(result) => Reply::ok(self.stamped(json!({ "result": result }), now)),
            Err(text) => Reply::error(400, text),
        }
    }

    /// Adds time and hard fork.
    fn stamped(&self, mut body: Value, now: i64) -> Value {
        let (fork, revision) = self.hard_fork;
        body["t"] = now.into();
        body["hf"] = json!([fork, revision]);
        body
    }

    fn store(&mut self, node: usize, store: &Store, now_ms: i64) -> Reply {
        let now = self.time_of(node, now_ms);
        if self.refused.contains(&store.account) {
            return Reply::error(403, "Stores of this account are refused.");
        }
        if let Err(reply) = self.members[node].node.check_store(store, now) {
            return reply;
        }
        let mut results = Map::new();
        for peer in self.peers(node) {
            let now = self.time_of(peer, now_ms);
            let result = self.pass_on(peer, |member| {
                member.node.check_store(store, now)?;
                Ok(member.node.store(store))
            });
            results.insert(self.members[peer].name(), result);
        }
        let mut own = self.members[node].node.store(store);
        let hash = own.get("hash").cloned();
        own.insert("t".to_owned(), now.into());
        results.insert(self.members[node].name(), Value::Object(own));
        let mut body = self.stamped(json!({ "swarm": results }), now);
        if let Some(hash) = hash {
            body["hash"] = hash;
        }
        Reply::ok(body)
    }

    fn act(&mut self, node: usize, auth: &Auth, action: &Action, now_ms: i64) -> Reply {
        let now = self.time_of(node, now_ms);
        if let Err(reply) = self.members[node].node.check(auth, action, now, Sender::Client) {
            return reply;
        }
        let mut results = Map::new();
        for peer in self.peers(node) {
            let now = self.time_of(peer, now_ms);
            let result = self.pass_on(peer, |member| {
                member.node.check(auth, action, now, Sender::Member)?;
                Ok(member.node.act(auth, action, now))
            });
            results.insert(self.members[peer].name(), result);
        }
        let own = self.members[node].node.act(auth, action, now);
        results.insert(self.members[node].name(), Value::Object(own));
        let nothing_deleted = results.values().all(|result| {
            let deleted = result.get("deleted").and_then(Value::as_array);
            deleted.is_none_or(Vec::is_empty)
        });
        let is_missing = matches!(action, Action::Delete { required: true, .. }) && nothing_deleted;
        let body = self.stamped(json!({ "swarm": results }), now);
        Reply {
            status: if is_missing { 404 } else { 200 },
            ..Reply::ok(body)
        }
    }

    /// One member's part of a swarm request, or how it failed.
    fn pass_on(
        &mut self,
        peer: usize,
        serve: impl FnOnce(&mut Member) -> Result<Map<String, Value>, Reply>,
    ) -> Value {
        let member = &mut self.members[peer];
        let replication = if member.is_reachable {
            member.replication.clone()
        } else {
            Replication::Timeout
        };
        match replication {
            Replication::Works => match serve(member) {
                Ok(result) => Value::Object(between_nodes(result)),
                Err(reply) => failed_with(reply.status, &reply.text()),
            },
            Replication::Timeout => {
                self.waited = true;
                json!({ "failed": true, "timeout": true })
            }
            Replication::Code(code, reason) => failed_with(code, &reason),
            Replication::BadReply => json!({ "failed": true, "bad_peer_response": true }),
            Replication::QueryFailure => json!({ "failed": true, "query_failure": true }),
        }
    }

    fn peers(&self, node: usize) -> Vec<usize> {
        let swarm = self.members[node].spec.swarm;
        let in_swarm = |index: &usize| *index != node && self.members[*index].spec.swarm == swarm;
        (0..self.members.len())
            .filter(in_swarm)
            .filter(|index| self.members[*index].is_listed)
            .collect()
    }

    /// The clock of a node when the network's is `now_ms`.
    pub(crate) fn time_of(&self, node: usize, now_ms: i64) -> i64 {
        let skew = self.members.get(node).map_or(0, |member| member.skew_ms);
        now_ms.saturating_add(skew).clamp(0, LAST_MS)
    }

    /// The swarm IDs in use, ascending.
    #[must_use]
    pub fn swarm_ids(&self) -> Vec<u64> {
        let listed = self.members.iter().filter(|member| member.is_listed);
        let ids: BTreeSet<u64> = listed.map(|member| member.spec.swarm).collect();
        ids.into_iter().collect()
    }

    /// The swarm of an account; `None` if there is no swarm at all.
    #[must_use]
    pub fn swarm_id(&self, account: &SwarmAccount) -> Option<u64> {
        let ids = self.swarm_ids();
        let moved = self.moved.get(account).filter(|id| ids.contains(id));
        moved.copied().or_else(|| swarm_of(account, &ids))
    }

    /// The indices of the nodes in an account's swarm.
    #[must_use]
    pub fn swarm_members(&self, account: &SwarmAccount) -> Vec<usize> {
        let swarm = self.swarm_id(account);
        (0..self.members.len())
            .filter(|index| Some(self.members[*index].spec.swarm) == swarm)
            .filter(|index| self.members[*index].is_listed)
            .collect()
    }

    /// Removes what has expired on each node's own clock.
    pub fn sweep(&mut self, now_ms: i64) {
        for index in 0..self.members.len() {
            let now = self.time_of(index, now_ms);
            self.members[index].node.rows.sweep(now);
        }
    }

    /// Moves an account to another swarm and its rows with it, as `transfer` says.
    pub(crate) fn move_account(&mut self, account: SwarmAccount, swarm: u64, transfer: Transfer) {
        let from = self.swarm_members(&account);
        self.moved.insert(account, swarm);
        let to = self.swarm_members(&account);
        let changes: Vec<Change> = from
            .iter()
            .filter(|index| self.members[**index].is_reachable)
            .flat_map(|index| self.members[*index].node.rows.export(&account))
            .filter_map(|change| transfer.filter(change))
            .collect();
        for index in from.into_iter().filter(|index| !to.contains(index)) {
            let rows = &mut self.members[index].node.rows;
            for change in rows.export(&account) {
                match change {
                    Change::Put(account, row) => rows.apply(Change::Remove(account, row.hash)),
                    Change::Revoke(account, token, _) => {
                        rows.apply(Change::Unrevoke(account, token));
                    }
                    _ => {}
                }
            }
        }
        for index in to {
            self.members[index].receive(&changes);
        }
    }

    /// A node gets everything that the other members of its swarm hold.
    pub(crate) fn fill_from_swarm(&mut self, node: usize, transfer: Transfer) {
        let mut changes = Vec::new();
        for peer in self.peers(node) {
            let rows = &self.members[peer].node.rows;
            let here = rows.accounts().into_iter();
            let swarm = Some(self.members[node].spec.swarm);
            for account in here.filter(|account| self.swarm_id(account) == swarm) {
                changes.extend(rows.export(&account));
            }
        }
        let changes: Vec<_> = changes.into_iter().filter_map(|c| transfer.filter(c)).collect();
        self.members[node].receive(&changes);
    }
}

impl Transfer {
    fn filter(self, change: Change) -> Option<Change> {
        match change {
            Change::Put(account, mut row) if self.rows => {
                if !self.namespaces {
                    row.namespace.0 = 0;
                }
                Some(Change::Put(account, row))
            }
            Change::Revoke(..) if self.revocations => Some(change),
            _ => None,
        }
    }
}

impl Member {
    /// The name in answers: the Ed25519 key in hex.
    pub(crate) fn name(&self) -> String {
        hex::encode(self.node.keys.ed25519())
    }

    /// Takes rows and revocations of others; known rows stay as they are.
    fn receive(&mut self, changes: &[Change]) {
        for change in changes {
            let is_known = match change {
                Change::Put(account, row) => self.node.rows.row(account, &row.hash).is_some(),
                _ => false,
            };
            if !is_known {
                self.node.rows.apply(change.clone());
            }
        }
    }
}

fn failed_with(code: u16, reason: &str) -> Value {
    json!({ "failed": true, "code": code.to_string(), "reason": reason })
}

/// Answers between nodes know no booleans: they arrive as 1.
fn between_nodes(mut result: Map<String, Value>) -> Map<String, Value> {
    for value in result.values_mut() {
        if let Value::Bool(flag) = value {
            *value = u8::from(*flag).into();
        }
    }
    result
}
