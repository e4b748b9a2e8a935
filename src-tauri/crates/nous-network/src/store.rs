//! Storing a message: first answer wins, believed only with a member's signature.
//!
//! A store that is not answered after 2.5 s goes out again, the same bytes, over another path
//! to another member; so it goes on until one succeeds, all members refused, or time is up.
//!
//! Source: `network.md` §3.6, §4.2, §4.6.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth;
use nous_protocol::wire::rpc::{Action, StorageReply, StorageRequest};
use rand::seq::SliceRandom;
use tokio::time::Instant as TokioInstant;

use crate::api::{StoreReceipt, is_final};
use crate::clock;
use crate::departure::Departure;
use crate::error::SwarmError;
use crate::network::Inner;
use crate::node::{NodeKey, Snode};
use crate::path::{PathEvent, PathId};
use crate::requester::Effort;

/// The whole of a store, attempts and waiting for paths included.
const WHOLE: Duration = Duration::from_secs(20);
/// How many attempts there may be, and how many at a time.
const ATTEMPTS: u32 = 10;
const AT_ONCE: usize = 3;
/// How often an account may move in the course of one store.
const MOVES: u32 = 3;
/// After the second attempt the next ones follow sooner.
const NEXT_HEDGE: Duration = Duration::from_secs(1);
/// Between a failed attempt and the next one.
const PAUSE: Duration = Duration::from_millis(100);

impl Inner {
    /// See [`SwarmApi::store`](crate::SwarmApi::store).
    pub(crate) async fn store(
        self: &Arc<Self>,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        tokio::select! {
            result = self.store_in_rounds(account, request, departure) => result,
            () = departure.called_back() => Err(SwarmError::CalledBack),
        }
    }

    async fn store_in_rounds(
        self: &Arc<Self>,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        let deadline = clock::monotonic() + WHOLE;
        let used = Mutex::new(Vec::new());
        let mut moves = 0;
        loop {
            let members = self.members_of(account).await?;
            let members = self.in_order(members);
            let round = Round {
                account,
                request: &request,
                used: &used,
                deadline,
                departure,
            };
            match self.store_with(members, &round).await {
                Err(SwarmError::WrongSwarm) if moves < MOVES && clock::monotonic() < deadline => moves += 1,
                other => return other,
            }
        }
    }

    /// Shuffled; those that failed lately last.
    fn in_order(&self, mut members: Vec<Snode>) -> VecDeque<Snode> {
        let (directory, now) = (self.directory(), clock::monotonic());
        members.shuffle(&mut rand::rng());
        members.sort_by_key(|node| directory.is_avoided(&node.key, now));
        members.into()
    }

    async fn store_with(
        &self,
        mut members: VecDeque<Snode>,
        round: &Round<'_>,
    ) -> Result<StoreReceipt, SwarmError> {
        let mut running = FuturesUnordered::new();
        let mut left = ATTEMPTS;
        let mut last = SwarmError::NoSwarm;
        let mut hedge = self.config.intervals.hedge;
        let end = TokioInstant::from_std(round.deadline);
        loop {
            let may_start = running.len() < AT_ONCE && left > 0;
            if may_start && let Some(node) = members.pop_front() {
                left -= 1;
                running.push(self.store_once(node, round));
            }
            if running.is_empty() {
                return Err(last);
            }
            tokio::select! {
                Some((node, again, result)) = running.next() => match result {
                    Ok(receipt) => return Ok(receipt),
                    Err(error) if error == SwarmError::WrongSwarm || is_final(&error) => return Err(error),
                    Err(error) => {
                        // Whose fault it was is not sure: after all others once more.
                        if again {
                            members.push_back(node);
                        }
                        last = error;
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                () = tokio::time::sleep(hedge), if running.len() < AT_ONCE => hedge = hedge.min(NEXT_HEDGE),
                () = tokio::time::sleep_until(end) => {
                    return Err(if last == SwarmError::NoSwarm { SwarmError::Timeout } else { last });
                }
            }
        }
    }

    /// One attempt; whether the member may be tried again if it failed: it was perhaps the
    /// path's fault.
    async fn store_once(
        &self,
        node: Snode,
        round: &Round<'_>,
    ) -> (Snode, bool, Result<StoreReceipt, SwarmError>) {
        let limit = self.config.intervals.rpc;
        let deadline = round.deadline.min(clock::monotonic() + limit);
        let effort = Effort {
            used: round.used,
            attempts: 1,
            deadline,
            limit,
            silence: None,
            departure: Some(round.departure),
            progress: None,
        };
        match self
            .call(round.account, &node, vec![round.request.clone()], &effort)
            .await
        {
            Ok(replies) => {
                let receipt = self.believed(round, replies.first());
                if receipt == Err(SwarmError::BadAnswer) {
                    self.report(PathEvent::NodeTrouble(node.key)).await;
                }
                (node, false, receipt)
            }
            Err(error) => {
                let again = matches!(error, SwarmError::Timeout | SwarmError::BadAnswer);
                (node, again, Err(error))
            }
        }
    }

    /// Looks into the swarm's map: members count that are in the directory and signed.
    fn believed(&self, round: &Round<'_>, reply: Option<&StorageReply>) -> Result<StoreReceipt, SwarmError> {
        let reply = reply.ok_or(SwarmError::BadAnswer)?;
        let StorageRequest::Account(request) = round.request else {
            return Err(SwarmError::CallSize);
        };
        let Action::Store { namespace, data, .. } = &request.action else {
            return Err(SwarmError::CallSize);
        };
        let swarm = reply.swarm().map_err(|_| SwarmError::BadAnswer)?;
        let directory = self.directory();
        let signed: Vec<_> = swarm
            .done()
            .filter(|(key, done)| {
                directory.get(&NodeKey(**key)).is_some()
                    && auth::verify_member(round.account, &request.action, key, done)
            })
            .collect();
        let Some((_, first)) = signed.first() else {
            // Every member says that it failed: the swarm is in trouble, not the answer.
            let all_failed = swarm.done().next().is_none() && !swarm.members.is_empty();
            return Err(if all_failed {
                SwarmError::NodeTrouble(500)
            } else {
                SwarmError::BadAnswer
            });
        };
        Ok(StoreReceipt {
            hash: auth::message_hash(round.account, *namespace, data),
            stored_by: signed.iter().map(|(key, _)| NodeKey(**key)).collect(),
            expiry: first.expiry.first().copied(),
            network_time: swarm.t,
        })
    }
}

struct Round<'a> {
    account: &'a SwarmAccount,
    request: &'a StorageRequest,
    used: &'a Mutex<Vec<PathId>>,
    deadline: std::time::Instant,
    departure: &'a Departure,
}
