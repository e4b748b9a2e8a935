//! A group that fell silent: its keys are asked for of other nodes, then of admins' apps; then
//! only a new invitation helps.
//!
//! Source: `groups.md` §18 and §22, `product.md` §10.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId, SwarmAccount};
use nous_protocol::config::user_groups::UserGroups;
use nous_protocol::content::{self, Disappearing, Extras, Message, Outgoing, OutgoingBody, Wish, WishKind};
use nous_protocol::time::Timestamp;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::details::{self, GroupDetails, Standing, Trouble};
use nous_storage::groups::{conversation, members, parked};
use nous_storage::ids::ConversationKey;
use nous_storage::outbox::{self, NewControl};
use nous_storage::{account, conversations, cursors, groups, seen_hashes};

use super::error::GroupError;
use super::poll::STATE_BOXES;
use super::words::GroupWords;
use crate::config_sync::kept as config;
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::send::MESSAGE_LIFE;

/// How long other nodes are asked before admins are.
pub(super) const FOR_NODES: Duration = Duration::from_secs(60);
/// The same where an older key is here: whoever writes with another one may be behind.
const FOR_NODES_WITH_A_KEY: Duration = Duration::from_secs(15 * 60);
/// So long after a new key others may still write with the one before.
const STILL_WITH_THE_OLD: Duration = Duration::from_secs(10 * 60);
/// Whom nodes refuse for so long, without a word that they were removed, an admin's app shut out
/// by mistake.
const NOT_TOLD: Duration = Duration::from_secs(10 * 60);
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
        read_again(writer, id)?;
        shown.trouble = Trouble::AskingNodes;
        shown.trouble_since = now;
        details::save(writer, key, &shown)?;
        Ok(true)
    });
    if !begun.await.map_err(ClientError::from)? {
        return Err(GroupError::Closed);
    }
    core.looked_at.note(id);
    announce(core, id);
    Ok(())
}

/// Every box is read from its beginning, on every node; keys that were passed over are looked at
/// again.
fn read_again(writer: &mut Writer<'_>, id: GroupId) -> Result<(), StorageError> {
    let account = SwarmAccount::from(id);
    cursors::forget_account(writer, &account)?;
    for namespace in STATE_BOXES {
        seen_hashes::forget_box(writer, &account, namespace)?;
    }
    Ok(())
}

fn announce(core: &Core, id: GroupId) {
    core.hub
        .announce([Change::Groups, Change::Conversations(vec![id.into()])]);
    core.groups_stirred.notify_one();
}

/// After a poll: where the newest key is not here, the next step is taken when its time has come.
/// Whether something changed.
///
/// # Errors
/// What the database said.
pub(super) async fn go_on(core: &Core, id: GroupId) -> Result<bool, ClientError> {
    let (now, own) = (core.clock.now(), core.own);
    let read = core.db.read(move |reader| Ok(next(reader, id, now)?.is_some()));
    if !read.await? {
        return Ok(false);
    }
    let words = core.words.get();
    let written = core.db.write(move |writer| {
        let Some((key, mut shown, next)) = next(&writer.reader(), id, now)? else {
            return Ok(false);
        };
        match next {
            Trouble::AskingNodes => read_again(writer, id)?,
            Trouble::AskingAdmins => ask_admins(writer, id, key, own, &shown, (&words, now))?,
            Trouble::None | Trouble::NeedsInvitation => {}
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

/// The next step, if there is one; with what is shown of the group.
fn next(
    reader: &Reader<'_>,
    id: GroupId,
    now: Timestamp,
) -> Result<Option<(ConversationKey, GroupDetails, Trouble)>, StorageError> {
    let Some(key) = conversations::find(reader, id)? else {
        return Ok(None);
    };
    let (Some(shown), Some(standing)) = (details::load(reader, key)?, groups::standing(reader, &id)?) else {
        return Ok(None);
    };
    let is_shut_out = shown.refused_since.as_ms() > 0 && now.since(shown.refused_since) >= NOT_TOLD;
    let lack = match lack(reader, id, key, standing.newest_key)? {
        Lack::Nothing if is_shut_out => Lack::Newest,
        lack => lack,
    };
    let next = next_step(&shown, lack, now);
    Ok((next != shown.trouble).then_some((key, shown, next)))
}

/// Whether keys are searched for on all nodes.
///
/// # Errors
/// What the database said.
pub(super) fn is_asking_nodes(reader: &Reader<'_>, id: GroupId) -> Result<bool, StorageError> {
    let Some(key) = conversations::find(reader, id)? else {
        return Ok(false);
    };
    Ok(details::load(reader, key)?.is_some_and(|shown| shown.trouble == Trouble::AskingNodes))
}

/// What is missing of a group's keys, or of our access to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// Nothing that we know of.
    Nothing,
    /// The newest: what others write now cannot be read.
    Newest,
    /// All.
    All,
}

/// Messages that were stored some time after our newest key, and that it does not open, were
/// sealed with a newer one; unless others wrote later what it opens.
fn lack(
    reader: &Reader<'_>,
    id: GroupId,
    key: ConversationKey,
    newest_key: Option<Timestamp>,
) -> Result<Lack, StorageError> {
    let Some(newest_key) = newest_key else {
        return Ok(Lack::All);
    };
    let Some(closed) = parked::newest_without_key(reader, &id)? else {
        return Ok(Lack::Nothing);
    };
    let opened = conversation::newest_of_others(reader, key)?;
    let is_of_newer = closed > newest_key + STILL_WITH_THE_OLD && opened.is_none_or(|opened| opened < closed);
    Ok(if is_of_newer { Lack::Newest } else { Lack::Nothing })
}

/// What is done about a group after a poll.
fn next_step(shown: &GroupDetails, lack: Lack, now: Timestamp) -> Trouble {
    let for_nodes = match lack {
        Lack::Nothing => return Trouble::None,
        Lack::Newest => FOR_NODES_WITH_A_KEY,
        Lack::All => FOR_NODES,
    };
    let waited = now.since(shown.trouble_since);
    match shown.trouble {
        Trouble::None => Trouble::AskingNodes,
        Trouble::AskingNodes if waited >= for_nodes => Trouble::AskingAdmins,
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
    (words, now): (&GroupWords, Timestamp),
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
            tell(writer, id, admin, words, now)?;
        }
    }
    Ok(())
}

fn tell(
    writer: &mut Writer<'_>,
    id: GroupId,
    to: AccountId,
    words: &GroupWords,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conversation = conversations::ensure(writer, to, now)?;
    let groups: UserGroups = config::load(&writer.reader())?;
    let name = groups
        .group(&id)
        .map(|entry| entry.name.clone())
        .unwrap_or_default();
    let sent = account::take_sent_time(writer, now, now)?;
    // Read by people whose app does not do it by itself.
    let body = words.asking_to_be_let_in(&name);
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
    let (now, own, words) = (core.clock.now(), core.own, core.words.get());
    let asked = core.db.write(move |writer| {
        let Some(key) = conversations::find(&writer.reader(), id)? else {
            return Ok(false);
        };
        let Some(mut shown) = details::load(&writer.reader(), key)? else {
            return Ok(false);
        };
        ask_admins(writer, id, key, own, &shown, (&words, now))?;
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
