//! The life of what is stored is extended; what is gone is stored again.
//!
//! Source: `config.md` §16, `network.md` §7.3.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_network::{SwarmApi, SwarmError};
use nous_protocol::account::SwarmAccount;
use nous_protocol::auth::Signing;
use nous_protocol::config::message::Authority;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, ExpireMode, StorageReply};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use rand::seq::SliceRandom;

use super::kept::{self, Config, IN_ORDER, with_config};
use super::push::CONFIG_LIFE;
use crate::core::Core;
use crate::error::ClientError;
use crate::step::step;

/// Extends the life of all active config messages; whether a member did.
///
/// # Errors
/// What the database said.
pub(super) async fn keep_alive(core: &Core, swarm: &Arc<dyn SwarmApi>) -> Result<bool, ClientError> {
    let active: Vec<String> = core.db.read(active).await?;
    if active.is_empty() {
        return Ok(true);
    }
    step!("config.extending");
    let reply = match extend(core, swarm, &active).await {
        Ok(reply) => {
            step!("config.extended");
            reply
        }
        Err(error) => {
            tracing::debug!(%error, "configs were not kept alive");
            return Ok(false);
        }
    };
    let gone = gone(&reply, &active);
    if !gone.is_empty() {
        tracing::info!(
            count = gone.len(),
            "config messages are gone; they are stored again"
        );
        core.db.write(move |writer| store_again(writer, &gone)).await?;
        step!("config.touched");
        core.configs.change();
    }
    Ok(true)
}

fn active(reader: &Reader<'_>) -> Result<Vec<String>, StorageError> {
    let mut all = BTreeSet::new();
    for kind in IN_ORDER {
        with_config!(kind, C => all.extend(kept::load::<C>(reader)?.state().active_hashes()));
    }
    Ok(all.into_iter().collect())
}

async fn extend(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    messages: &[String],
) -> Result<StorageReply, SwarmError> {
    let own = SwarmAccount::from(core.own);
    let mut members = swarm.members(&own).await?;
    members.shuffle(&mut rand::rng());
    let node = members.first().ok_or(SwarmError::NoSwarm)?;
    let action = longer_life(messages, core.clock.now());
    let request = Signing::User(&core.keys).request(own, action);
    let mut replies = swarm.sequence(&own, node, vec![request]).await?;
    let reply = replies.pop().ok_or(SwarmError::BadAnswer)?;
    nous_network::check(&reply)?;
    Ok(reply)
}

/// Extends the lives of messages of configs.
pub(crate) fn longer_life(messages: &[String], now: Timestamp) -> Action {
    Action::Expire {
        messages: messages.to_vec(),
        expiry: vec![now + CONFIG_LIFE],
        each: false,
        mode: ExpireMode::Extend,
    }
}

/// What most members do not have.
pub(crate) fn gone(reply: &StorageReply, active: &[String]) -> BTreeSet<String> {
    let Ok(swarm) = reply.swarm() else {
        return BTreeSet::new();
    };
    let is_gone = |hash: &&String| {
        let without = swarm
            .done()
            .filter(|(_, done)| !done.updated.contains(*hash) && !done.unchanged.contains_key(*hash));
        without.count() * 2 > swarm.members.len()
    };
    active.iter().filter(is_gone).cloned().collect()
}

fn store_again(writer: &mut Writer<'_>, gone: &BTreeSet<String>) -> Result<(), StorageError> {
    for kind in IN_ORDER {
        with_config!(kind, C => touch::<C>(writer, gone))?;
    }
    Ok(())
}

fn touch<C: Config>(writer: &mut Writer<'_>, gone: &BTreeSet<String>) -> Result<(), StorageError> {
    kept::change(writer, |config: &mut C| {
        if !config.state().current_hashes().is_disjoint(gone) {
            // Whoever has the account's keys may write.
            let _ = config.state_mut().touch(&Authority::None);
        }
    })
}
