//! The first look for the profile of an account that was restored.
//!
//! Source: `config.md` §17.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nous_network::SwarmApi;
use nous_protocol::account::{Namespace, SwarmAccount};

use super::merge;
use crate::core::Core;
use crate::error::ClientError;
use crate::poll;

/// Asks all nodes of the swarm at once for the profile, from its beginning: they can be out of
/// step with each other. The first answer that holds any is merged. Whether there was one.
///
/// # Errors
/// [`ClientError::Swarm`] if no node is known; else what the database said.
pub async fn fetch_profile(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<bool, ClientError> {
    let own = SwarmAccount::from(core.own);
    let members = swarm.members(&own).await?;
    let mut asked: FuturesUnordered<_> = members
        .iter()
        .map(|node| poll::retrieve_from_start(core, swarm, node, Namespace::USER_PROFILE))
        .collect();
    while let Some(answer) = asked.next().await {
        match answer {
            Ok(retrieved) if !retrieved.messages.is_empty() => {
                merge::take(core, vec![retrieved], false).await?;
                return Ok(true);
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "a node did not tell the profile"),
        }
    }
    Ok(false)
}
