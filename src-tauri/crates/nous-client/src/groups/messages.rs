//! What is said in a group: opened with its keys, decided, committed, announced. What no key
//! opens waits for its key.
//!
//! Source: `groups.md` §6, §16.

use std::collections::BTreeSet;
use std::sync::Arc;

use nous_protocol::account::{AccountId, GroupId, Namespace, SwarmAccount};
use nous_protocol::content::{self, ContentError};
use nous_protocol::envelope::{Opened, Senders};
use nous_protocol::group::message::{OpenGroupError, open_batch_with};
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::parked::{self, ParkedMessage, Reason};
use nous_storage::groups::{deletions, details};
use nous_storage::{conversations, messages, seen_hashes};
use zeroize::Zeroizing;

use super::commit::{Batch, Changed};
use super::kept;
use super::rules::{GroupArrived, GroupView};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::receive::boxes::PolledBox;
use crate::receive::{Retrieved, Stored};
use crate::step::step;

/// A message of a group, as far as it could be opened.
pub(super) struct Candidate {
    pub(super) stored: Stored,
    /// It was kept for later: why.
    pub(super) waited: Option<Reason>,
    pub(super) opened: Result<GroupArrived, Unopened>,
}

/// Why a message was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unopened {
    /// Perhaps a later key does.
    NoKey,
    /// It never will be; why, in a word.
    Damaged(&'static str),
}

/// Takes what nodes answered for the box of messages, and what waited for `reasons`. Answers how
/// many new messages there were.
///
/// # Errors
/// What the database said; then nothing was kept and no cursor moved.
pub(super) async fn receive(
    core: &Core,
    id: GroupId,
    answers: Arc<Vec<Retrieved>>,
    reasons: &'static [Reason],
) -> Result<u32, ClientError> {
    let given = Arc::clone(&answers);
    let has_places = answers
        .iter()
        .any(|answer| answer.namespace == Namespace::GROUP_MESSAGES && !answer.messages.is_empty());
    let read = core.db.read(move |reader| {
        let fresh = polled(id, &given).fresh(reader)?;
        let fresh: Vec<Stored> = fresh.into_iter().cloned().collect();
        let waiting = parked::of_group(reader, &id, reasons)?;
        if fresh.is_empty() && waiting.is_empty() && !has_places {
            return Ok(None);
        }
        let keys = kept::load(reader, &id)?.map(|kept| kept.state.keys().all());
        Ok(Some((fresh, waiting, keys.unwrap_or_default())))
    });
    let Some((fresh, waiting, keys)) = read.await? else {
        return Ok(0);
    };
    step!("group.messages");
    let again = waiting.into_iter().map(|parked| {
        let reason = parked.reason;
        (stored(parked), Some(reason))
    });
    let all: Vec<(Stored, Option<Reason>)> = again
        .chain(fresh.into_iter().map(|stored| (stored, None)))
        .collect();
    let candidates = core.cpu.run(move || open(id, &keys, all)).await?;
    step!("group.opened");
    let (own, now, sure) = (core.own, core.clock.now(), core.clock.sure_now());
    let changed = core
        .db
        .write(move |writer| write(writer, id, own, &answers, candidates, (now, sure)))
        .await?;
    step!("group.said");
    Ok(announce(core, id, changed))
}

/// Messages that wait for a later version, or of people who were blocked, are looked at again.
///
/// # Errors
/// What the database said.
pub(crate) async fn retry_later(core: &Core) -> Result<u32, ClientError> {
    let waiting = core.db.read(parked::groups_with_later).await?;
    let mut shown = 0;
    for id in waiting {
        shown += receive(core, id, Arc::default(), &[Reason::Later]).await?;
    }
    Ok(shown)
}

fn polled(id: GroupId, answers: &[Retrieved]) -> PolledBox<'_> {
    PolledBox {
        account: id.into(),
        namespace: Namespace::GROUP_MESSAGES,
        answers,
    }
}

fn stored(parked: ParkedMessage) -> Stored {
    Stored {
        hash: parked.hash,
        data: parked.data,
        stored: parked.stored,
        expires: parked.expires,
    }
}

/// Opens messages with the keys of their group, on a thread of the pool.
fn open(
    id: GroupId,
    keys: &Zeroizing<Vec<[u8; 32]>>,
    mut left: Vec<(Stored, Option<Reason>)>,
) -> Vec<Candidate> {
    let mut senders = Senders::default();
    let mut candidates = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let data: Vec<&[u8]> = left.iter().map(|(stored, _)| stored.data.as_slice()).collect();
        let opened = open_batch_with(&id, keys.iter(), &data, &mut senders);
        let rest = left.split_off(opened.len().clamp(1, left.len()));
        let part = std::mem::replace(&mut left, rest);
        for ((stored, waited), opened) in part.into_iter().zip(opened) {
            let opened = understand(opened, waited);
            candidates.push(Candidate {
                stored,
                waited,
                opened,
            });
        }
    }
    candidates
}

fn understand(
    opened: Result<Opened, OpenGroupError>,
    waited: Option<Reason>,
) -> Result<GroupArrived, Unopened> {
    let opened = opened.map_err(|error| match error {
        OpenGroupError::NoKey => Unopened::NoKey,
        _ => Unopened::Damaged("group.message"),
    })?;
    let parsed = content::parse(&opened.content, opened.envelope_timestamp);
    Ok(GroupArrived {
        sender: opened.sender,
        sent: opened.envelope_timestamp,
        parsed: parsed.map_err(|error| Unopened::Damaged(content_word(error)))?,
        has_waited: waited.is_some_and(|reason| reason == Reason::UnknownSender),
    })
}

const fn content_word(error: ContentError) -> &'static str {
    match error {
        ContentError::Protobuf => "group.notAContent",
        ContentError::TimestampMismatch => "group.timestampMismatch",
        ContentError::Missing(_) => "group.missingField",
        ContentError::Bound(_) => "group.outOfBounds",
    }
}

fn write(
    writer: &mut Writer<'_>,
    id: GroupId,
    own: AccountId,
    answers: &[Retrieved],
    candidates: Vec<Candidate>,
    time: (Timestamp, Option<Timestamp>),
) -> Result<Changed, StorageError> {
    // The group may have been left meanwhile.
    let (Some(key), Some(kept)) = (
        conversations::find(&writer.reader(), id)?,
        kept::load(&writer.reader(), &id)?,
    ) else {
        return Ok(Changed::default());
    };
    let view = view(writer, id, own, key, &kept, &candidates)?;
    let fresh: Vec<&str> = candidates
        .iter()
        .filter(|candidate| candidate.waited.is_none())
        .map(|candidate| candidate.stored.hash.as_str())
        .collect();
    let seen = seen_hashes::seen_among(
        &writer.reader(),
        &SwarmAccount::from(id),
        Namespace::GROUP_MESSAGES,
        &fresh,
    )?;
    let mut batch = Batch::new(id, own, key, kept, view, time);
    for candidate in &candidates {
        if candidate.waited.is_none() && seen.contains(&candidate.stored.hash) {
            continue;
        }
        batch.one(writer, candidate)?;
    }
    let fresh = candidates
        .iter()
        .filter(|candidate| candidate.waited.is_none())
        .map(|candidate| &candidate.stored);
    polled(id, answers).keep_places(writer, fresh)?;
    batch.end(writer)
}

fn view(
    writer: &Writer<'_>,
    id: GroupId,
    own: AccountId,
    key: nous_storage::ids::ConversationKey,
    kept: &kept::Kept,
    candidates: &[Candidate],
) -> Result<GroupView, StorageError> {
    let reader = writer.reader();
    let arrived: Vec<&GroupArrived> = candidates
        .iter()
        .filter_map(|candidate| candidate.opened.as_ref().ok())
        .collect();
    let senders: BTreeSet<AccountId> = arrived.iter().map(|arrived| arrived.sender).collect();
    let senders: Vec<AccountId> = senders.into_iter().collect();
    let names: Vec<(AccountId, Timestamp)> = arrived
        .iter()
        .map(|arrived| (arrived.sender, arrived.sent))
        .collect();
    let shown = details::load(&reader, key)?;
    let seconds = |of: fn(&details::GroupDetails) -> i64| {
        let seconds = shown.as_ref().map_or(0, of);
        Timestamp::from_ms(seconds.saturating_mul(1_000))
    };
    Ok(GroupView {
        group: id,
        own,
        members: kept
            .state
            .members()
            .iter()
            .map(|member| (member.id, member.is_admin))
            .collect(),
        erased: deletions::erased(&reader, &id)?,
        people: conversations::standings(&reader, &senders)?,
        known: messages::known_among(&reader, &names)?,
        delete_before: seconds(|shown| shown.delete_before_s),
        delete_attachments_before: seconds(|shown| shown.delete_attachments_before_s),
    })
}

fn announce(core: &Core, id: GroupId, changed: Changed) -> u32 {
    let id = id.into();
    core.hub.announce([Change::Conversations(vec![id])]);
    if !changed.messages.is_empty() {
        core.hub.announce([Change::Messages(id, changed.messages)]);
    }
    if !changed.people.is_empty() {
        let people = changed.people.into_iter().map(Into::into).collect();
        core.hub.announce([Change::Conversations(people)]);
        core.configs.change();
    }
    if changed.has_group_changes {
        core.hub.announce([Change::Groups]);
    }
    if changed.has_tasks {
        core.groups_stirred.notify_one();
    }
    changed.shown
}
