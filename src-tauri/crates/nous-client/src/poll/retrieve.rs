//! One question to one node of the own swarm, about one box or all of them.
//!
//! Source: `network.md` §4.5, §7.2.

use std::sync::Arc;

use nous_network::{Snode, SwarmApi, SwarmError, check};
use nous_protocol::account::{Namespace, SwarmAccount};
use nous_protocol::auth::Signing;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, StorageReply, StorageRequest, StoredMessage};
use nous_storage::cursors::{self, Place};

use crate::core::Core;
use crate::error::ClientError;
use crate::receive::{Retrieved, Stored};
use crate::send::MESSAGE_LIFE;

/// The boxes of an account and their shares of the largest answer: −2 is half of it.
const BOXES: [(Namespace, i64); 5] = [
    (Namespace::MESSAGES, -2),
    (Namespace::USER_PROFILE, -8),
    (Namespace::CONTACTS, -8),
    (Namespace::USER_GROUPS, -8),
    (Namespace::CONVO_INFO_VOLATILE, -8),
];

/// What is asked about one box.
#[derive(Debug, Clone)]
struct Ask {
    namespace: Namespace,
    share: i64,
    last_hash: Option<String>,
}

/// What is new in every box, in one batch.
pub(super) async fn retrieve_all(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
) -> Result<Vec<Retrieved>, ClientError> {
    let (account, key, now) = (SwarmAccount::from(core.own), node.key.0, core.clock.now());
    let asks = core.db.read(move |reader| {
        let ask = |(namespace, share)| {
            let place = Place {
                account: &account,
                node: &key,
                namespace,
            };
            Ok(Ask {
                namespace,
                share,
                last_hash: cursors::last_hash(reader, place, now)?,
            })
        };
        BOXES.into_iter().map(ask).collect()
    });
    retrieve(core, swarm, node, asks.await?).await
}

/// What is in one box, from its beginning.
pub(crate) async fn retrieve_from_start(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    namespace: Namespace,
) -> Result<Retrieved, ClientError> {
    let ask = Ask {
        namespace,
        share: -2,
        last_hash: None,
    };
    let mut answers = retrieve(core, swarm, node, vec![ask]).await?;
    Ok(answers.pop().ok_or(SwarmError::BadAnswer)?)
}

async fn retrieve(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    node: &Snode,
    asks: Vec<Ask>,
) -> Result<Vec<Retrieved>, ClientError> {
    let own = SwarmAccount::from(core.own);
    let mut again = true;
    loop {
        let requests = asks.iter().map(|ask| request(core, own, ask)).collect();
        match swarm.call(&own, node, requests).await {
            Err(SwarmError::ClockCorrected { .. }) if again => again = false,
            Err(error) => return Err(error.into()),
            Ok(replies) if replies.len() != asks.len() => return Err(SwarmError::BadAnswer.into()),
            Ok(replies) => {
                let now = core.clock.now();
                let answers = asks.iter().zip(&replies);
                return answers
                    .map(|(ask, reply)| Ok(read(node, ask.namespace, reply, now)?))
                    .collect();
            }
        }
    }
}

fn request(core: &Core, own: SwarmAccount, ask: &Ask) -> StorageRequest {
    let action = Action::Retrieve {
        namespace: ask.namespace,
        timestamp: core.clock.now(),
        last_hash: ask.last_hash.clone(),
        max_count: None,
        max_size: Some(ask.share),
    };
    Signing::User(&core.keys).request(own, action)
}

/// Reads what one node answered for one box.
///
/// # Errors
/// What the status means, or that the answer is none.
pub(crate) fn read(
    node: &Snode,
    namespace: Namespace,
    reply: &StorageReply,
    now: Timestamp,
) -> Result<Retrieved, SwarmError> {
    check(reply)?;
    let reply = reply.retrieve().map_err(|_| SwarmError::BadAnswer)?;
    let messages = reply.messages.into_iter().map(|message| stored(message, now));
    Ok(Retrieved {
        node: node.key,
        namespace,
        messages: messages.collect(),
        has_more: reply.more,
    })
}

/// A node that does not say when a message was stored or ends is believed to mean now, and
/// the longest life.
fn stored(message: StoredMessage, now: Timestamp) -> Stored {
    let or = |at: Timestamp, other: Timestamp| if at.as_ms() > 0 { at } else { other };
    Stored {
        hash: message.hash,
        data: message.data,
        stored: or(message.timestamp, now),
        expires: or(message.expiration, now + MESSAGE_LIFE),
    }
}
