//! Message requests: accepted, declined, blocked. Until one is accepted nothing goes out to
//! who asks, so that they cannot tell whether anybody is there.
//!
//! Source: `product.md` §9, `messages.md` §7, `config.md` §15.

use nous_protocol::account::AccountId;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::ConversationKey;
use nous_storage::requests;
use nous_storage::{account, conversations, outbox};

use crate::config_sync::actions;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::response::Acceptance;
use crate::step::step;

/// Accepts a request: who asked is told, with our profile; all devices know.
///
/// # Errors
/// [`ClientError::NoRequest`], or what the database said.
pub async fn accept(core: &Core, peer: AccountId) -> Result<(), ClientError> {
    let (own, now, local) = (core.own, core.clock.now(), core.clock.local_now());
    let is_time_known = core.clock.is_known();
    decide(core, peer, move |writer, conversation| {
        let is_fixed = is_time_known && !outbox::waits_for_time(writer, conversation)?;
        let sent = is_fixed
            .then(|| account::take_sent_time(writer, now, now))
            .transpose()?;
        let acceptance = Acceptance {
            own,
            peer,
            conversation,
            sent,
            now,
            local,
        };
        acceptance.write_down(writer)?;
        conversations::refresh(writer, &[conversation])?;
        actions::share(writer, &own, [&peer])
    })
    .await?;
    core.stir_outbox();
    Ok(())
}

/// Declines a request: its messages go, on all devices, and nobody is told. A later message
/// asks again.
///
/// # Errors
/// [`ClientError::NoRequest`], or what the database said.
pub async fn decline(core: &Core, peer: AccountId) -> Result<(), ClientError> {
    let now = core.clock.now();
    decide(core, peer, move |writer, conversation| {
        actions::delete_contact(writer, &peer, conversation, now)
    })
    .await
}

/// Blocks who asks: as declined, and nothing comes from them any more.
///
/// # Errors
/// [`ClientError::NoRequest`], or what the database said.
pub async fn block(core: &Core, peer: AccountId) -> Result<(), ClientError> {
    let (own, now) = (core.own, core.clock.now());
    decide(core, peer, move |writer, conversation| {
        requests::block(writer, conversation, now)?;
        actions::share(writer, &own, [&peer])
    })
    .await
}

/// Declines every request; answers how many there were.
///
/// # Errors
/// What the database said.
pub async fn clear(core: &Core) -> Result<u32, ClientError> {
    let now = core.clock.now();
    let cleared = core.db.write(move |writer| {
        let all = requests::all(&writer.reader())?;
        for (conversation, peer) in &all {
            actions::delete_contact(writer, peer, *conversation, now)?;
        }
        Ok(all.into_iter().map(|(_, peer)| peer).collect::<Vec<_>>())
    });
    let cleared = cleared.await?;
    let count = u32::try_from(cleared.len()).unwrap_or(u32::MAX);
    announce(core, cleared);
    Ok(count)
}

/// Does what was decided in one transaction, if there is such a request.
async fn decide(
    core: &Core,
    peer: AccountId,
    decision: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
) -> Result<(), ClientError> {
    let decided = core.db.write(move |writer| {
        let Some(request) = requests::find(&writer.reader(), &peer)? else {
            return Ok(false);
        };
        decision(writer, request.key)?;
        Ok(true)
    });
    if !decided.await? {
        return Err(ClientError::NoRequest);
    }
    step!("requests.decided");
    announce(core, vec![peer]);
    Ok(())
}

fn announce(core: &Core, peers: Vec<AccountId>) {
    let messages: Vec<Change> = peers.iter().map(|peer| Change::AllMessages(*peer)).collect();
    core.hub.announce(messages);
    core.hub.announce([
        Change::Requests,
        Change::Conversations(peers),
        Change::Connectivity,
    ]);
    core.configs.change();
}
