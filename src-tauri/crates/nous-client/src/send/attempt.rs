//! One attempt of one row of the outbox.
//!
//! Counted before it is made; the bytes are sealed once and kept; the result is committed
//! in one transaction.
//!
//! Source: `architecture.md` §5.1.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{Departure, StoreReceipt, SwarmApi, SwarmError};
use nous_protocol::account::{AccountId, ConversationId, GroupId, Namespace, SwarmAccount};
use nous_protocol::content::{self};
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use nous_storage::attachments::transfers;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::deletions as group_deletions;
use nous_storage::ids::{MessageKey, OutboxKey};
use nous_storage::messages::{self, SendState};
use nous_storage::outbox::{self, CopyKind, OutboxRow};
use nous_storage::{conversations, deletions, reactions, seen_hashes};

use super::fail;
use super::retry::{self, Next};
use super::sealing::sealed_bytes;
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::groups::access::Access;
use crate::groups::facts;
use crate::reactions::said;
use crate::receipts;
use crate::step::step;

/// If nothing is heard of an attempt (the process died) the row is due again after this.
const UNHEARD: Duration = Duration::from_secs(60);
/// How long a message with a file that seems to have ended waits for a node to tell the time.
const UNTIL_KNOWN: Duration = Duration::from_secs(5);
/// How often one attempt asks again at once: after a corrected clock, after a moved swarm.
const AT_ONCE: u32 = 2;

/// Makes one attempt. Errors of the network are results; only the database can fail.
pub(crate) async fn run(core: &Core, swarm: &Arc<dyn SwarmApi>, key: OutboxKey) -> Result<(), ClientError> {
    let running = core.departures.begin(key);
    let Some(row) = begin(core, key).await? else {
        return Ok(());
    };
    step!("send.begun");
    let sealed = match sealed_bytes(core, swarm, &row).await? {
        Ok(Some(sealed)) => sealed,
        Ok(None) => return Ok(()),
        Err(reason) => return commit_failure(core, row, reason, running.departure()).await,
    };
    step!("send.storing");
    match store(core, swarm, &row, &sealed, running.departure()).await? {
        Ok(receipt) => {
            step!("send.stored");
            commit_success(core, row, receipt).await
        }
        Err(reason) => commit_failure(core, row, reason, running.departure()).await,
    }
}

/// Counts an attempt; `None` if it is not to be made. Files of the message that the server has forgotten
/// meanwhile are uploaded once more, and it waits for that.
async fn begin(core: &Core, key: OutboxKey) -> Result<Option<OutboxRow>, ClientError> {
    let (own, now, is_time_known) = (core.own, core.clock.now(), core.clock.is_known());
    let (row, taken_back) = core
        .db
        .write(move |writer| {
            let row = outbox::begin_attempt(writer, key, now + UNHEARD)?;
            if let Some(row) = &row
                && let Some(message) = row.message
                && transfers::has_expired(&writer.reader(), message, now)?
            {
                // By another time nothing may have ended.
                if !is_time_known {
                    outbox::postpone(writer, row.key, now + UNTIL_KNOWN, "")?;
                    return Ok((None, None));
                }
                transfers::repeat_expired(writer, message, now)?;
                outbox::await_uploads(writer, message)?;
                return Ok((None, Some((row.peer, row.message))));
            }
            if let Some(row) = &row
                && !may_leave(&writer.reader(), &own, row)?
            {
                let taken_back = reactions::give_up(writer, key)?;
                outbox::done(writer, key)?;
                return Ok((None, taken_back.map(|message| (row.peer, Some(message)))));
            }
            if let Some(message) = row.as_ref().and_then(shown_message) {
                messages::begin_sending(writer, message)?;
            }
            Ok((row, None))
        })
        .await?;
    if let Some((peer, message)) = taken_back {
        core.announce_messages(peer, message.into_iter().collect());
        core.uploads_stirred.notify_one();
    }
    if let Some(row) = &row
        && let Some(message) = shown_message(row)
    {
        core.announce_messages(row.peer, vec![message]);
    }
    Ok(row)
}

/// Why an attempt did not succeed.
pub(super) enum NotSent {
    /// The network.
    Swarm(SwarmError),
    /// The group's key is not here, or the group is closed.
    Group(Failure),
    /// A file of the message is neither here nor at the server.
    WithoutFile,
}

impl From<SwarmError> for NotSent {
    fn from(error: SwarmError) -> Self {
        Self::Swarm(error)
    }
}

impl NotSent {
    fn failure(&self) -> Failure {
        match self {
            Self::Swarm(error) => Failure::from(error),
            Self::Group(failure) => *failure,
            Self::WithoutFile => Failure::FileGone,
        }
    }

    /// One node may have missed that we were let in; another one is asked each time.
    fn retry_of_group(&self, row: &OutboxRow) -> Option<Retry> {
        let is_refused = matches!(self, Self::Swarm(SwarmError::NotAllowed)) && row.peer.group().is_some();
        (is_refused && row.attempts < REFUSALS).then_some(Retry::Now)
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Swarm(error) => error.retry(),
            Self::Group(Failure::WithoutKey) => Retry::After(FOR_A_KEY),
            Self::Group(_) | Self::WithoutFile => Retry::Never,
        }
    }
}

/// Nodes that refuse a message to a group are asked so often before it is believed.
const REFUSALS: u32 = 6;
/// How long a message waits for the key of its group before it looks again.
const FOR_A_KEY: Duration = Duration::from_secs(1);

/// Whether a row tells somebody that we accepted their request.
pub(super) fn is_acceptance(row: &OutboxRow) -> bool {
    row.content.as_deref().is_some_and(content::is_request_response)
}

/// Whether a row tells somebody that we saved a file of theirs.
fn is_notice(row: &OutboxRow) -> bool {
    row.content.as_deref().is_some_and(content::is_data_extraction)
}

/// Whether what was written down may still go out. A receipt, a reaction, the answer to a request and
/// that we saved a file tell something that the person may have thought better of since: by a setting,
/// by blocking or deleting the other.
fn may_leave(reader: &Reader<'_>, own: &AccountId, row: &OutboxRow) -> Result<bool, StorageError> {
    let is_for_other = row.peer.group().is_none() && row.destination != SwarmAccount::from(*own);
    let is_reaction = is_for_other && row.content.as_deref().is_some_and(said::is_reaction);
    let is_for_friend = is_reaction || is_for_other && is_notice(row);
    if !row.is_receipt && !is_for_friend && !is_acceptance(row) {
        return Ok(true);
    }
    let Some(peer) = row.peer.person() else {
        return Ok(false);
    };
    let known = conversations::standings(reader, &[peer])?;
    match known.get(&peer) {
        None => Ok(false),
        Some(standing) if row.is_receipt => receipts::is_told(reader, own, &peer, standing),
        Some(standing) if is_for_friend => Ok(receipts::is_friend(standing)),
        Some(standing) => Ok(standing.is_approved && !standing.is_blocked),
    }
}

/// The message whose state an attempt changes: own copies go out unseen.
fn shown_message(row: &OutboxRow) -> Option<MessageKey> {
    row.message.filter(|_| row.kind != CopyKind::Own)
}

/// Stores the bytes; the request has the time of this attempt.
async fn store(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
    sealed: &[u8],
    departure: &Departure,
) -> Result<Result<StoreReceipt, NotSent>, ClientError> {
    let access = match row.peer {
        ConversationId::Person(_) => None,
        ConversationId::Group(group) => {
            let keys = Arc::clone(&core.keys);
            let read = core.db.read(move |reader| Access::read(reader, &group, &keys));
            match read.await? {
                Some(access) => Some((group, access)),
                None => return Ok(Err(NotSent::Group(Failure::GroupClosed))),
            }
        }
    };
    let mut again = 0;
    loop {
        let request = match &access {
            None => StorageRequest::unsigned(row.destination, action(core, row, sealed)),
            Some((group, access)) => access.request(group, action(core, row, sealed)),
        };
        match swarm.store(&row.destination, request, departure).await {
            Err(error) if error.retry() == Retry::Now && again < AT_ONCE => again += 1,
            Err(SwarmError::ClockCorrected { deviation_ms }) => {
                return Ok(Err(SwarmError::ClockRefused { deviation_ms }.into()));
            }
            result => return Ok(result.map_err(NotSent::from)),
        }
    }
}

fn action(core: &Core, row: &OutboxRow, sealed: &[u8]) -> Action {
    Action::Store {
        namespace: match row.peer {
            ConversationId::Person(_) => Namespace::MESSAGES,
            ConversationId::Group(_) => Namespace::GROUP_MESSAGES,
        },
        timestamp: core.clock.now(),
        expiry: Expiry::Ttl(row.ttl_ms.unsigned_abs()),
        data: sealed.to_vec(),
        sig_timestamp: None,
    }
}

async fn commit_success(core: &Core, row: OutboxRow, receipt: StoreReceipt) -> Result<(), ClientError> {
    let now = core.clock.now();
    // No later than now: lives begin then.
    let stored = receipt.network_time.map_or(now, |at| at.min(now));
    let own = core.own;
    let (peer, message) = (row.peer, row.message);
    let fallback = stored + Duration::from_millis(row.ttl_ms.unsigned_abs());
    let was_unsent = core
        .db
        .write(move |writer| {
            let expires = receipt.expiry.unwrap_or(fallback);
            if row.destination == SwarmAccount::from(own) {
                note_own(
                    writer,
                    row.destination,
                    Namespace::MESSAGES,
                    &receipt.hash,
                    expires,
                )?;
            }
            if !outbox::done(writer, row.key)? {
                return match row.peer {
                    // Deleted meanwhile: what unsends it waits for this.
                    ConversationId::Person(_) => {
                        outbox::hurry_controls(writer, row.conversation, now)?;
                        forget_unsent(writer, &own, &row, &receipt.hash, expires)
                    }
                    ConversationId::Group(group) => {
                        unsay_deleted(writer, &row, group, &receipt.hash, now).map(|()| false)
                    }
                };
            }
            if row.peer.group().is_some() {
                let namespace = Namespace::GROUP_MESSAGES;
                note_own(writer, row.destination, namespace, &receipt.hash, expires)?;
            }
            note_stored(writer, &row, &receipt.hash, stored, expires)?;
            step!("send.committing");
            Ok(false)
        })
        .await?;
    step!("send.committed");
    announce(core, peer, message);
    if was_unsent {
        core.deletions_stirred.notify_one();
    }
    if peer.group().is_some() {
        core.groups_stirred.notify_one();
    }
    Ok(())
}

/// A message that was unsent while it was on its way to our own swarm goes from there. Whether it is
/// one.
fn forget_unsent(
    writer: &mut Writer<'_>,
    own: &AccountId,
    row: &OutboxRow,
    hash: &str,
    expires: Timestamp,
) -> Result<bool, StorageError> {
    let is_ours = row.destination == SwarmAccount::from(*own) && row.message.is_some();
    let Some(sent) = row.sent.filter(|_| is_ours) else {
        return Ok(false);
    };
    let is_unsent = deletions::is_unsent(&writer.reader(), own, sent)?;
    if is_unsent {
        deletions::note_hashes(writer, &[(hash, expires)])?;
    }
    Ok(is_unsent)
}

/// A poll may have found our message in the group before the node's answer came: then its row is
/// gone too, and nothing was deleted. What cannot be told here the next poll tells.
fn unsay_deleted(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    group: GroupId,
    hash: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    match row.sent {
        Some(sent) if group_deletions::take_unsaid(writer, &group, sent)? => {
            facts::unsay(writer, group, hash, now)
        }
        _ => Ok(()),
    }
}

fn note_stored(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    hash: &str,
    stored: Timestamp,
    expires: Timestamp,
) -> Result<(), StorageError> {
    let Some(message) = row.message else {
        return Ok(());
    };
    match row.kind {
        CopyKind::Recipient | CopyKind::Control => {
            messages::mark_stored(writer, message, stored, Some(expires))?;
            // Its life may have ended while this attempt ran, and stopped the own copy.
            outbox::delivered(writer, message, stored)?;
        }
        CopyKind::Own => {
            messages::note_own_copy(writer, message, hash)?;
        }
        CopyKind::NoteToSelf | CopyKind::Group => {
            messages::mark_stored(writer, message, stored, Some(expires))?;
            messages::note_own_copy(writer, message, hash)?;
        }
    }
    Ok(())
}

/// What we stored in a box that we read ourselves does not come back as news.
fn note_own(
    writer: &mut Writer<'_>,
    account: SwarmAccount,
    namespace: Namespace,
    hash: &str,
    expires: Timestamp,
) -> Result<(), StorageError> {
    seen_hashes::note(writer, &account, namespace, &[(hash, expires)])
}

async fn commit_failure(
    core: &Core,
    row: OutboxRow,
    reason: NotSent,
    departure: &Departure,
) -> Result<(), ClientError> {
    let failure = reason.failure();
    let now = core.clock.now();
    let retry = reason.retry_of_group(&row).unwrap_or_else(|| reason.retry());
    let next = retry::next_due(row.attempts, retry, &mut rand::rng());
    tracing::debug!(%failure, attempts = row.attempts, "a message was not stored");
    let (peer, message, has_departed) = (row.peer, row.message, departure.has_departed());
    let given_up = core
        .db
        .write(move |writer| {
            if has_departed {
                outbox::note_departed(writer, row.key)?;
            }
            let given_up = keep_failure(writer, &row, failure, next, now)?;
            outbox::hurry_controls(writer, row.conversation, now)?;
            Ok(given_up)
        })
        .await?;
    step!("send.failed");
    announce(core, peer, message.or(given_up));
    Ok(())
}

/// The message has another state, and the number of those that wait may have changed.
fn announce(core: &Core, peer: ConversationId, message: Option<MessageKey>) {
    core.announce_messages(peer, message.into_iter().collect());
    core.hub.announce([Change::Connectivity]);
}

/// Answers the message whose reaction was given up.
fn keep_failure(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    failure: Failure,
    next: Next,
    now: Timestamp,
) -> Result<Option<MessageKey>, StorageError> {
    let Some(message) = row.message else {
        return keep_failure_of_control(writer, row, failure, next, now);
    };
    if outbox::find(&writer.reader(), row.key)?.is_some_and(|row| row.is_stopped) {
        // It failed for another reason while this attempt ran.
        return Ok(None);
    }
    let is_own_copy = row.kind == CopyKind::Own;
    if is_own_copy {
        messages::set_not_synced(writer, message)?;
    }
    match next {
        Next::Stop if is_own_copy => outbox::stop(writer, message, &failure.to_string())?,
        Next::Stop => fail(writer, message, failure)?,
        Next::After(pause) => {
            let is_there = outbox::postpone(writer, row.key, now + pause, &failure.to_string())?;
            if is_there && !is_own_copy {
                messages::set_state(writer, message, SendState::Queued)?;
            }
        }
    }
    Ok(None)
}

/// How long a content without a message waits for what only a person can change.
const STOPPED_PAUSE: Duration = Duration::from_secs(600);

/// Nobody sees these: what cannot succeed is dropped; a wrong clock is waited for. An acceptance
/// is never given up: the other would wait for ever. That a file was saved is told once, when there is
/// a connection. A reaction that is given up is shown no more; answers its message.
fn keep_failure_of_control(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    failure: Failure,
    next: Next,
    now: Timestamp,
) -> Result<Option<MessageKey>, StorageError> {
    let next = match (next, failure) {
        _ if is_notice(row) && failure != Failure::Offline => Next::Stop,
        (Next::Stop, Failure::ClockWrong(_)) => Next::After(STOPPED_PAUSE),
        (Next::Stop, _) if is_acceptance(row) => Next::After(STOPPED_PAUSE),
        (next, _) => next,
    };
    match next {
        Next::Stop => {
            let message = reactions::give_up(writer, row.key)?;
            outbox::done(writer, row.key)?;
            Ok(message)
        }
        Next::After(pause) => {
            outbox::postpone(writer, row.key, now + pause, &failure.to_string())?;
            Ok(None)
        }
    }
}
