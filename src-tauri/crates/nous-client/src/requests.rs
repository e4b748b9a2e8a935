//! Message requests, of people and of groups: accepted, declined, blocked. Until one is accepted
//! nothing goes out to who asks, so that they cannot tell whether anybody is there.
//!
//! Source: `product.md` §9, `messages.md` §7, `config.md` §15, `groups.md` §11 and §19.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::ConversationKey;
use nous_storage::requests;
use nous_storage::{account, conversations, outbox};

use crate::config_sync::actions;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::groups::invitation;
use crate::send::response::Acceptance;
use crate::step::step;

/// Accepts a request: who asked is told, with our profile; all devices know. A group is joined.
///
/// # Errors
/// [`ClientError::NoRequest`], or what the database said.
pub async fn accept(core: &Core, id: impl Into<ConversationId>) -> Result<(), ClientError> {
    let (id, now) = (id.into(), core.clock.now());
    let (own, local) = (core.own, core.clock.local_now());
    let is_time_known = core.clock.is_known();
    decide(core, id, move |writer, conversation| match id {
        ConversationId::Group(group) => invitation::accept(writer, &own, &group, conversation, now),
        ConversationId::Person(peer) => {
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
        }
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
pub async fn decline(core: &Core, id: impl Into<ConversationId>) -> Result<(), ClientError> {
    let (id, now) = (id.into(), core.clock.now());
    decide(core, id, move |writer, conversation| {
        give_up(writer, id, conversation, now)
    })
    .await
}

/// What was asked is forgotten, on all devices.
fn give_up(
    writer: &mut Writer<'_>,
    id: ConversationId,
    conversation: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    match id {
        ConversationId::Person(peer) => actions::delete_contact(writer, &peer, conversation, now),
        ConversationId::Group(group) => invitation::decline(writer, &group),
    }
}

/// Blocks who asks, of a group who invited: as declined, and nothing comes from them any more.
///
/// # Errors
/// [`ClientError::NoRequest`], or what the database said.
pub async fn block(core: &Core, id: impl Into<ConversationId>) -> Result<(), ClientError> {
    let (own, now, id) = (core.own, core.clock.now(), id.into());
    decide(core, id, move |writer, conversation| match id {
        ConversationId::Person(peer) => block_person(writer, &own, &peer, conversation, now),
        ConversationId::Group(group) => {
            let inviter = invitation::inviter(&writer.reader(), conversation)?;
            invitation::decline(writer, &group)?;
            let Some(inviter) = inviter.filter(|inviter| *inviter != own) else {
                return Ok(());
            };
            let key = conversations::ensure(writer, inviter, now)?;
            let is_request = requests::find(&writer.reader(), inviter)?.is_some();
            if is_request {
                return block_person(writer, &own, &inviter, key, now);
            }
            conversations::set_blocked(writer, key, true)?;
            actions::share(writer, &own, [&inviter])
        }
    })
    .await
}

fn block_person(
    writer: &mut Writer<'_>,
    own: &AccountId,
    peer: &AccountId,
    conversation: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    requests::block(writer, conversation, now)?;
    actions::share(writer, own, [peer])
}

/// Declines every request; answers how many there were.
///
/// # Errors
/// What the database said.
pub async fn clear(core: &Core) -> Result<u32, ClientError> {
    let now = core.clock.now();
    let cleared = core.db.write(move |writer| {
        let all = requests::all(&writer.reader())?;
        for (conversation, id) in &all {
            give_up(writer, *id, *conversation, now)?;
        }
        Ok(all.into_iter().map(|(_, id)| id).collect::<Vec<_>>())
    });
    let cleared = cleared.await?;
    let count = u32::try_from(cleared.len()).unwrap_or(u32::MAX);
    announce(core, cleared);
    Ok(count)
}

/// Does what was decided in one transaction, if there is such a request.
async fn decide(
    core: &Core,
    id: ConversationId,
    decision: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
) -> Result<(), ClientError> {
    let decided = core.db.write(move |writer| {
        let Some(request) = requests::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        decision(writer, request.key)?;
        Ok(true)
    });
    if !decided.await? {
        return Err(ClientError::NoRequest);
    }
    step!("requests.decided");
    announce(core, vec![id]);
    Ok(())
}

fn announce(core: &Core, ids: Vec<ConversationId>) {
    let messages: Vec<Change> = ids.iter().map(|id| Change::AllMessages(*id)).collect();
    core.hub.announce(messages);
    core.hub.announce([
        Change::Requests,
        Change::Conversations(ids),
        Change::Connectivity,
        Change::Groups,
    ]);
    core.configs.change();
    core.groups_stirred.notify_one();
}
