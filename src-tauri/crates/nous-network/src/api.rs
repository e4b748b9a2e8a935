//! The seam: what the engine asks of the network, here and in the scripted network of tests.
//!
//! Source: `architecture.md` §4.

use async_trait::async_trait;
use nous_protocol::account::SwarmAccount;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{StorageReply, StorageRequest};

use crate::departure::Departure;
use crate::error::{SwarmError, check};
use crate::file_api::FileApi;
use crate::node::{NodeKey, Snode};

/// What the engine keeps of a stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreReceipt {
    /// The message's hash, 43 characters.
    pub hash: String,
    /// The members that have it, each with a signature that was verified.
    pub stored_by: Vec<NodeKey>,
    /// When it ends, as the first of them says.
    pub expiry: Option<Timestamp>,
    /// The answering node's time.
    pub network_time: Option<Timestamp>,
}

/// Speaking to the swarms that keep accounts' messages.
///
/// Paths, onions, strikes and moves of an account are below this seam. The caller chooses
/// the member, because cursors belong to (account, node, namespace).
#[async_trait]
pub trait SwarmApi: FileApi {
    /// The storage nodes of an account, as known now; asked from the network if unknown.
    ///
    /// # Errors
    /// [`SwarmError`]; never an empty list.
    async fn members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError>;

    /// All storage nodes of an account, asked from the network now: those too that did not
    /// answer lately and are not asked for anything else.
    ///
    /// # Errors
    /// [`SwarmError`]; never an empty list.
    async fn current_members(&self, account: &SwarmAccount) -> Result<Vec<Snode>, SwarmError>;

    /// One request, or several (2 to 20) as one batch, to one member; answers in their order.
    ///
    /// A single request that was refused is an error. In a batch 421, 406 and 425 are errors
    /// of the whole; every other status stays in its reply: see [`check`].
    ///
    /// # Errors
    /// [`SwarmError`]: [`retry`](nous_protocol::error::HasRetry::retry) tells what to do.
    async fn call(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError>;

    /// One request or several (to 20) in turn, as one `sequence`, to one member; answers in
    /// their order. It ends after the first that fails, so there may be fewer answers.
    ///
    /// Statuses as in a batch. In the answers of `store`, `delete` and `expire`, members whose
    /// signature does not hold count as failed.
    ///
    /// # Errors
    /// [`SwarmError`]: [`retry`](nous_protocol::error::HasRetry::retry) tells what to do.
    ///
    /// Source: `network.md` §4.2 and §4.7.
    async fn sequence(
        &self,
        account: &SwarmAccount,
        node: &Snode,
        requests: Vec<StorageRequest>,
    ) -> Result<Vec<StorageReply>, SwarmError>;

    /// Stores one message with any member of the swarm; `request` is a `store`.
    ///
    /// Nothing leaves once `departure` was called back; it departs before the first byte does, and stays
    /// where no connection came about.
    ///
    /// This default tries the members in turn and believes their answers; the network
    /// overrides it with verified signatures and a second attempt at the same time.
    ///
    /// # Errors
    /// [`SwarmError`] of the last member.
    async fn store(
        &self,
        account: &SwarmAccount,
        request: StorageRequest,
        departure: &Departure,
    ) -> Result<StoreReceipt, SwarmError> {
        let mut last = SwarmError::NoSwarm;
        for node in self.members(account).await? {
            if !departure.depart() {
                return Err(SwarmError::CalledBack);
            }
            match self.call(account, &node, vec![request.clone()]).await {
                Ok(replies) => return receipt(&replies),
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

/// Whether another member would answer the same.
pub(crate) fn is_final(error: &SwarmError) -> bool {
    use nous_protocol::error::{HasRetry, Retry};
    match error {
        SwarmError::WrongSwarm | SwarmError::NodeTrouble(_) | SwarmError::BadAnswer | SwarmError::Timeout => {
            false
        }
        SwarmError::ClockCorrected { .. }
        | SwarmError::Offline
        | SwarmError::NoPath
        | SwarmError::CalledBack
        | SwarmError::ShutDown => true,
        other => matches!(other.retry(), Retry::Never | Retry::AfterChange(_)),
    }
}

fn receipt(replies: &[StorageReply]) -> Result<StoreReceipt, SwarmError> {
    let reply = replies.first().ok_or(SwarmError::BadAnswer)?;
    check(reply)?;
    let store = reply.store().map_err(|_| SwarmError::BadAnswer)?;
    let done: Vec<_> = store.swarm.done().collect();
    let (_, first) = done.first().ok_or(SwarmError::BadAnswer)?;
    Ok(StoreReceipt {
        hash: store.hash.clone(),
        stored_by: done.iter().map(|(key, _)| NodeKey(**key)).collect(),
        expiry: first.expiry.first().copied(),
        network_time: store.swarm.t,
    })
}
