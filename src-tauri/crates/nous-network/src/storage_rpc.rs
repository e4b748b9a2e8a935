//! Storage requests to members of a swarm, and what their statuses mean.
//!
//! Source: `network.md` §3.6 and §4.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{MAX_BATCH, StorageReply, StorageRequest};
use serde_json::{Value, json};

use crate::api::{StoreReceipt, SwarmApi};
use crate::clock;
use crate::departure::Departure;
use crate::directory::fetch;
use crate::error::{SwarmError, check};
use crate::network::{Inner, Network, lock};
use crate::node::{NodeKey, Snode};
use crate::path::PathEvent;
use crate::requester::Effort;

/// So far ahead of the network, or behind it, a request may be: nodes allow 10 s ahead for a
/// store, and 60 s either way for a signature.
const MOST_AHEAD: Duration = Duration::from_secs(5);
const MOST_BEHIND: Duration = Duration::from_secs(30);
/// A second refusal of our time within this is final.
const CLOCK_REFUSAL: Duration = Duration::from_secs(120);
/// A sequence may take so many times as long as one request: the swarm takes part in each.
const SEQUENCE_FACTOR: u32 = 3;
/// How many nodes are asked for time, list or name.
const WITNESSES: usize = 3;
/// How often others are asked in place of nodes that do not answer.
const ANSWER_ROUNDS: u32 = 3;
/// How often three nodes are asked for a list they agree on.
const LIST_ROUNDS: u32 = 4;

/// What was asked, for the table of what is answered.
struct Question<'a> {
    account: &'a SwarmAccount,
    node: &'a Snode,
    time: Option<Timestamp>,
    asked_at: Instant,
}

#[async_trait]
impl SwarmApi for Network {
    async fn members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        self.inner.until_shutdown(self.inner.members_of(account)).await
    }

    async fn current_members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError> {
        let asked = self.inner.current_members_of(account);
        self.inner.until_shutdown(asked).await
    }

    async fn call(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        let used = Mutex::new(Vec::new());
        let effort = Effort::within(self.inner.config.intervals.rpc, &used);
        self.inner
            .until_shutdown(self.inner.call(account, node, requests, &effort))
            .await
    }

    async fn sequence(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        self.inner
            .until_shutdown(Box::pin(self.inner.sequence(account, node, requests)))
            .await
    }

    async fn store(
        &self,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        self.inner
            .until_shutdown(Box::pin(self.inner.store(account, request, departure)))
            .await
    }
}

impl Inner {
    /// Ends a request with the network.
    pub(crate) async fn until_shutdown<T>(
        &self,
        request: impl Future<Output = Result<T, SwarmError>>,
    ) -> Result<T, SwarmError> {
        self.tasks
            .token()
            .run_until_cancelled(request)
            .await
            .unwrap_or(Err(SwarmError::ShutDown))
    }

    /// One call; see [`SwarmApi::call`].
    pub(crate) async fn call(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        mut requests: Vec<StorageRequest>,
        effort: &Effort<'_>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        let request = match (requests.len(), requests.pop()) {
            (1, Some(request)) => request,
            (2..=MAX_BATCH, Some(last)) => {
                requests.push(last);
                StorageRequest::Batch(requests)
            }
            _ => return Err(SwarmError::CallSize),
        };
        self.ask_one(account, node, &request, effort).await
    }

    /// Several in turn; see [`SwarmApi::sequence`].
    async fn sequence(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        if !(1..=MAX_BATCH).contains(&requests.len()) {
            return Err(SwarmError::CallSize);
        }
        let used = Mutex::new(Vec::new());
        let effort = Effort::within(self.config.intervals.rpc * SEQUENCE_FACTOR, &used);
        let whole = StorageRequest::Sequence(requests.clone());
        let replies = self.ask_one(account, node, &whole, &effort).await?;
        let pairs = requests.iter().zip(replies);
        Ok(pairs
            .map(|(request, reply)| self.without_doubtful(node, request, reply))
            .collect())
    }

    /// The answer of a swarm, in which members count as failed that did not sign, or are
    /// neither the one that was asked nor in the directory.
    fn without_doubtful(
        &self,
        node: &Snode,
        request: &StorageRequest,
        mut reply: StorageReply,
    ) -> StorageReply {
        let (StorageRequest::Account(asked), Ok(swarm)) = (request, reply.swarm()) else {
            return reply;
        };
        let directory = self.directory();
        let doubtful: Vec<String> = swarm
            .done()
            .filter(|(key, done)| {
                let key_of_member = NodeKey(**key);
                let is_known = key_of_member == node.key || directory.get(&key_of_member).is_some();
                !is_known || !auth::verify_member(&asked.account, &asked.action, key, done)
            })
            .map(|(key, _)| hex::encode(key))
            .collect();
        let members = reply.body.get_mut("swarm").and_then(Value::as_object_mut);
        for (name, member) in members.into_iter().flatten() {
            if doubtful.contains(&name.to_ascii_lowercase()) {
                *member = json!({"failed": true, "bad_peer_response": true});
            }
        }
        reply
    }

    /// One request, or one that holds several, to one node.
    async fn ask_one(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        request: &StorageRequest,
        effort: &Effort<'_>,
    ) -> Result<Vec<StorageReply>, SwarmError> {
        let asked = Question {
            account,
            node,
            time: request.time(),
            asked_at: clock::monotonic(),
        };
        let reply = self.ask_node(node, request, effort).await?;
        self.treat(&asked, &reply).await?;
        let (least, most) = match request {
            StorageRequest::Batch(all) => (all.len(), all.len()),
            StorageRequest::Sequence(all) => (1, all.len()),
            _ => return Ok(vec![reply]),
        };
        let results = reply.results().map_err(|_| SwarmError::BadAnswer)?;
        if !(least..=most).contains(&results.len()) {
            self.report(PathEvent::NodeTrouble(node.key)).await;
            return Err(SwarmError::BadAnswer);
        }
        // What concerns the whole account comes first, wherever it is.
        for code in [421, 406, 425] {
            if let Some(result) = results.iter().find(|result| result.code == code) {
                self.treat(&asked, result).await?;
            }
        }
        Ok(results)
    }

    /// The table for what a destination says.
    async fn treat(&self, asked: &Question<'_>, reply: &StorageReply) -> Result<(), SwarmError> {
        let (account, node) = (asked.account, asked.node);
        match reply.code {
            421 => {
                let swarm = reply.members().ok().filter(|swarm| !swarm.nodes.is_empty());
                if let Some(swarm) = swarm {
                    tracing::debug!(nodes = swarm.nodes.len(), "swarm moved");
                    self.save_swarm(account, &swarm);
                } else {
                    self.remove_member(account, &node.key);
                }
                Err(SwarmError::WrongSwarm)
            }
            406 | 425 => Err(self.clock_refused(asked, reply.code).await),
            429 | 500.. => {
                self.report(PathEvent::NodeTrouble(node.key)).await;
                check(reply)
            }
            _ => {
                if reply.is_success() {
                    lock(&self.swarms).refused_clock.remove(account);
                }
                check(reply)
            }
        }
    }

    /// Our time was refused: ask three nodes for theirs. If they confirm it, the clock of the
    /// node is wrong. If not, ours is corrected; the second time in a row it is the person's turn.
    async fn clock_refused(&self, asked: &Question<'_>, code: u16) -> SwarmError {
        self.clock.doubt();
        let answered = self.ask_time().await;
        let deviation_ms = self.clock.offset_ms();
        let is_confirmed = self.was_in_time(asked);
        tracing::warn!(
            deviation_ms,
            is_confirmed,
            was_asked = answered.is_ok(),
            "clock refused by a node"
        );
        if let Err(error) = answered {
            return error;
        }
        if is_confirmed {
            self.report(PathEvent::NodeTrouble(asked.node.key)).await;
            return SwarmError::NodeTrouble(code);
        }
        let now = clock::monotonic();
        let before = lock(&self.swarms).refused_clock.insert(*asked.account, now);
        // What was signed before the last correction says nothing about it.
        let is_second = before.is_some_and(|at| at < asked.asked_at && at + CLOCK_REFUSAL > now);
        if is_second {
            SwarmError::ClockRefused { deviation_ms }
        } else {
            SwarmError::ClockCorrected { deviation_ms }
        }
    }

    /// Whether a request had the right time when it left, as the network's time is known now.
    fn was_in_time(&self, asked: &Question<'_>) -> bool {
        let left = self.clock.now() - clock::monotonic().saturating_duration_since(asked.asked_at);
        asked
            .time
            .is_some_and(|time| time <= left + MOST_AHEAD && time + MOST_BEHIND >= left)
    }

    /// Asks three random nodes for the time; good if one answered.
    pub(crate) async fn ask_time(&self) -> Result<(), SwarmError> {
        let replies = self.ask_witnesses(&StorageRequest::Info).await?;
        if replies
            .iter()
            .any(|reply| matches!(reply, Ok(reply) if reply.info().is_ok()))
        {
            return Ok(());
        }
        Err(replies
            .into_iter()
            .find_map(Result::err)
            .unwrap_or(SwarmError::BadAnswer))
    }

    /// Asks three random nodes the same at the same time.
    pub(crate) async fn ask_witnesses(
        &self,
        request: &StorageRequest,
    ) -> Result<Vec<Result<StorageReply, SwarmError>>, SwarmError> {
        self.ask_others(request, &mut Vec::new()).await
    }

    /// Asks three more random nodes, that were not asked before, the same at the same time.
    async fn ask_others(
        &self,
        request: &StorageRequest,
        asked: &mut Vec<NodeKey>,
    ) -> Result<Vec<Result<StorageReply, SwarmError>>, SwarmError> {
        let deadline = clock::monotonic() + self.config.intervals.rpc;
        self.path_ready(deadline).await?;
        let mut nodes: Vec<Snode> = Vec::new();
        while nodes.len() < WITNESSES {
            let Some(node) = self.random_node(asked) else {
                break;
            };
            asked.push(node.key);
            nodes.push(node);
        }
        let asks = nodes.iter().map(|node| async move {
            let used = Mutex::new(Vec::new());
            let limit = self.config.intervals.rpc / 2;
            self.ask_node(
                node,
                request,
                &Effort {
                    used: &used,
                    attempts: 2,
                    deadline,
                    limit,
                    silence: None,
                    departure: None,
                    progress: None,
                },
            )
            .await
        });
        Ok(join_all(asks).await)
    }

    /// The directory on which three random nodes agree.
    pub(crate) async fn agreed_directory(&self) -> Option<Vec<Snode>> {
        let params = fetch::question(false);
        let request = StorageRequest::Oxend {
            endpoint: "get_service_nodes".to_owned(),
            params,
        };
        for round in 0..LIST_ROUNDS {
            if round > 0 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            let replies = self.ask_witnesses(&request).await.ok()?;
            let lists = replies
                .iter()
                .filter_map(|reply| reply.as_ref().ok()?.service_nodes().ok());
            let lists: Vec<Vec<Snode>> = lists
                .map(|list| list.nodes.into_iter().map(Snode::from).collect())
                .collect();
            if lists.len() < WITNESSES {
                continue;
            }
            let agreed = fetch::agreed(&lists);
            if agreed.len() >= self.config.file.refresh_agreement.max(1) {
                return Some(agreed);
            }
        }
        None
    }

    /// What three nodes say, or more; `None` if they do not say the same. Three others are asked
    /// where an answer does not come or cannot be read.
    pub(crate) async fn agreed_answer<T: PartialEq>(
        &self,
        request: &StorageRequest,
        read: impl Fn(&StorageReply) -> Option<T>,
    ) -> Result<Option<T>, SwarmError> {
        let (mut answers, mut asked) = (Vec::new(), Vec::new());
        let mut last = SwarmError::BadAnswer;
        for _ in 0..ANSWER_ROUNDS {
            for reply in self.ask_others(request, &mut asked).await? {
                match reply.map(|reply| read(&reply)) {
                    Ok(Some(answer)) => answers.push(answer),
                    Ok(None) => last = SwarmError::BadAnswer,
                    Err(error) => last = error,
                }
            }
            if answers.len() >= WITNESSES {
                let first = answers.pop();
                return Ok(first.filter(|first| answers.iter().all(|other| other == first)));
            }
        }
        Err(last)
    }
}

/// An `oxend_request` as nodes want it.
pub(crate) fn oxend(endpoint: &str, params: Value) -> StorageRequest {
    StorageRequest::Oxend {
        endpoint: endpoint.to_owned(),
        params,
    }
}
