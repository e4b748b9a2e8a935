//! A group that fell silent: its keys are asked for of other nodes, then of admins' apps; then
//! only a new invitation helps.
//!
//! Source: `groups.md` §18 and §22, `product.md` §10.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId, SwarmAccount};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::content::{self, Disappearing, Extras, Message, Outgoing, OutgoingBody, Wish, WishKind};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::details::{self, GroupDetails, Standing, Trouble};
use nous_storage::groups::members;
use nous_storage::ids::ConversationKey;
use nous_storage::outbox::{self, NewControl};
use nous_storage::{account, conversations, cursors};

use super::error::GroupError;
use super::kept;
use crate::config_sync::kept as config;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::MESSAGE_LIFE;

/// How long other nodes are asked before admins are.
pub(super) const FOR_NODES: Duration = Duration::from_secs(60);
/// How long admins' apps have to answer.
pub(super) const FOR_ADMINS: Duration = Duration::from_secs(24 * 3_600);

/// Begins anew: the group's boxes are read from their beginning, on every node.
///
/// # Errors
/// [`GroupError::Closed`] for a group that we are not in, or what the database said.
pub async fn begin(core: &Core, id: GroupId) -> Result<(), GroupError> {
    let now = core.clock.now();
    let begun = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        let Some(mut shown) = details::load(&writer.reader(), key)? else {
            return Ok(false);
        };
        if !matches!(shown.standing, Standing::Joined | Standing::Expired) {
            return Ok(false);
        }
        cursors::forget_account(writer, &SwarmAccount::from(id))?;
        shown.trouble = Trouble::AskingNodes;
        shown.trouble_since = now;
        details::save(writer, key, &shown)?;
        Ok(true)
    });
    if !begun.await.map_err(ClientError::from)? {
        return Err(GroupError::Closed);
    }
    announce(core, id);
    Ok(())
}

fn announce(core: &Core, id: GroupId) {
    core.hub
        .announce([Change::Groups, Change::Conversations(vec![id.into()])]);
    core.groups_stirred.notify_one();
}

/// After a poll: where no key is here, the next step is taken when its time has come. Whether
/// something changed.
///
/// # Errors
/// What the database said.
pub(super) async fn go_on(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let (now, own) = (core.clock.now(), core.own);
    let written = core.db.write(move |writer| {
        let (Some(key), Some(kept)) = (
            conversations::find(&writer.reader(), id)?,
            kept::load(&writer.reader(), &id)?,
        ) else {
            return Ok(false);
        };
        let Some(mut shown) = details::load(&writer.reader(), key)? else {
            return Ok(false);
        };
        let next = next_step(&shown, !kept.state.keys().is_empty(), now);
        if next == shown.trouble {
            return Ok(false);
        }
        if next == Trouble::AskingAdmins {
            ask_admins(writer, id, key, own, &shown, now)?;
        }
        shown.trouble = next;
        shown.trouble_since = now;
        details::save(writer, key, &shown)?;
        Ok(true)
    });
    let is_changed = written.await?;
    if is_changed {
        core.hub
            .announce([Change::Groups, Change::Conversations(vec![id.into()])]);
        core.stir_outbox();
    }
    Ok(is_changed)
}

/// What is done about a group after a poll.
fn next_step(shown: &GroupDetails, has_keys: bool, now: Timestamp) -> Trouble {
    if has_keys {
        return Trouble::None;
    }
    let waited = now.since(shown.trouble_since);
    match shown.trouble {
        Trouble::None => Trouble::AskingNodes,
        Trouble::AskingNodes if waited >= FOR_NODES => Trouble::AskingAdmins,
        Trouble::AskingAdmins if waited >= FOR_ADMINS => Trouble::NeedsInvitation,
        same => same,
    }
}

/// Whoever invited us, and those whom we knew as admins, each get a message of their own: in the
/// group nothing can be written without a key.
///
/// Source: `groups.md` §22.
fn ask_admins(
    writer: &mut Writer<'_>,
    id: GroupId,
    key: ConversationKey,
    own: AccountId,
    shown: &GroupDetails,
    now: Timestamp,
) -> Result<(), StorageError> {
    let admins = members::list(&writer.reader(), key)?
        .into_iter()
        .filter(|member| member.is_admin)
        .map(|member| member.id);
    let mut asked: Vec<AccountId> = shown.inviter.into_iter().chain(admins).collect();
    asked.sort();
    asked.dedup();
    let known = conversations::standings(&writer.reader(), &asked)?;
    let is_blocked = |admin: &AccountId| known.get(admin).is_some_and(|person| person.is_blocked);
    for admin in asked {
        if admin != own && !is_blocked(&admin) {
            tell(writer, id, admin, now)?;
        }
    }
    Ok(())
}

fn tell(writer: &mut Writer<'_>, id: GroupId, to: AccountId, now: Timestamp) -> Result<(), StorageError> {
    let conversation = conversations::ensure(writer, to, now)?;
    let groups: UserGroups = config::load(&writer.reader())?;
    let name = groups
        .group(&id)
        .map(|entry| entry.name.clone())
        .unwrap_or_default();
    let sent = account::take_sent_time(writer, now, now)?;
    // Read by people whose app does not do it by itself.
    let body = format!("I cannot read the group \u{201c}{name}\u{201d} any more. Please let me in again.");
    let content = content::encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::Message(Box::new(Message {
            body,
            extras: Extras {
                wish: Some(Wish {
                    group: id,
                    kind: WishKind::SendState,
                }),
                ..Extras::default()
            },
            ..Message::default()
        })),
    });
    let new = NewControl {
        conversation,
        destination: SwarmAccount::from(to),
        content,
        sent,
        ttl_ms: i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX),
        first_attempt: now,
        queued: now,
        give_up: now + MESSAGE_LIFE,
    };
    outbox::enqueue_control(writer, &new).map(drop)
}

/// Asks for a new invitation, once more.
///
/// # Errors
/// [`GroupError::Closed`] if nobody is known who could be asked, or what the database said.
pub async fn ask_for_invitation(core: &Core, id: GroupId) -> Result<(), GroupError> {
    let (now, own) = (core.clock.now(), core.own);
    let asked = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        let Some(mut shown) = details::load(&writer.reader(), key)? else {
            return Ok(false);
        };
        ask_admins(writer, id, key, own, &shown, now)?;
        shown.trouble = Trouble::AskingAdmins;
        shown.trouble_since = now;
        details::save(writer, key, &shown)?;
        Ok(true)
    });
    if !asked.await.map_err(ClientError::from)? {
        return Err(GroupError::Closed);
    }
    core.stir_outbox();
    announce(core, id);
    Ok(())
}
