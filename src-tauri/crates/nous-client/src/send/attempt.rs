//! One attempt of one row of the outbox.
//!
//! Counted before it is made; the bytes are sealed once and kept; the result is committed
//! in one transaction.
//!
//! Source: `architecture.md` §5.1.

use std::sync::Arc;
use std::time::Duration;

use nous_network::{Departure, StoreReceipt, SwarmApi, SwarmError};
use nous_protocol::account::{AccountId, Namespace, SwarmAccount};
use nous_protocol::content::{self, Extras, Message, Outgoing, OutgoingBody, Picture, Profile};
use nous_protocol::envelope;
use nous_protocol::error::{HasRetry, Retry};
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::{Action, Expiry, StorageRequest};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{MessageKey, OutboxKey};
use nous_storage::messages::{self, SendState};
use nous_storage::outbox::{self, CopyKind, OutboxRow};
use nous_storage::{account, conversations, seen_hashes};

use super::retry::{self, Next};
use super::{MESSAGE_LIFE, fail, response};
use crate::core::Core;
use crate::error::{ClientError, Failure};
use crate::events::Change;
use crate::receipts;
use crate::step::step;

/// If nothing is heard of an attempt (the process died) the row is due again after this.
const UNHEARD: Duration = Duration::from_secs(60);
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
        Err(error) => return commit_failure(core, row, &error, running.departure()).await,
    };
    step!("send.storing");
    match store(core, swarm, &row, &sealed, running.departure()).await {
        Ok(receipt) => {
            step!("send.stored");
            commit_success(core, row, receipt).await
        }
        Err(error) => commit_failure(core, row, &error, running.departure()).await,
    }
}

async fn begin(core: &Core, key: OutboxKey) -> Result<Option<OutboxRow>, ClientError> {
    let (own, next) = (core.own, core.clock.now() + UNHEARD);
    let row = core
        .db
        .write(move |writer| {
            let row = outbox::begin_attempt(writer, key, next)?;
            if let Some(row) = &row
                && !may_leave(&writer.reader(), &own, row)?
            {
                outbox::done(writer, key)?;
                return Ok(None);
            }
            if let Some(message) = row.as_ref().and_then(shown_message) {
                messages::begin_sending(writer, message)?;
            }
            Ok(row)
        })
        .await?;
    if let Some(row) = &row
        && let Some(message) = shown_message(row)
    {
        core.announce_messages(row.peer, vec![message]);
    }
    Ok(row)
}

/// Whether a row tells somebody that we accepted their request.
pub(super) fn is_acceptance(row: &OutboxRow) -> bool {
    row.content.as_deref().is_some_and(content::is_request_response)
}

/// Whether what was written down may still go out. A receipt and the answer to a request tell
/// something that the person may have thought better of since: by a setting, by blocking or
/// deleting the other.
fn may_leave(reader: &Reader<'_>, own: &AccountId, row: &OutboxRow) -> Result<bool, StorageError> {
    if !row.is_receipt && !is_acceptance(row) {
        return Ok(true);
    }
    let known = conversations::standings(reader, &[row.peer])?;
    match known.get(&row.peer) {
        None => Ok(false),
        Some(standing) if row.is_receipt => receipts::is_told(reader, own, &row.peer, standing),
        Some(standing) => Ok(standing.is_approved && !standing.is_blocked),
    }
}

/// The message whose state an attempt changes: own copies go out unseen.
fn shown_message(row: &OutboxRow) -> Option<MessageKey> {
    row.message.filter(|_| row.kind != CopyKind::Own)
}

/// The bytes to store: those of the first attempt, or sealed and saved now. `None` if the
/// message was deleted meanwhile.
async fn sealed_bytes(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
) -> Result<Result<Option<Vec<u8>>, SwarmError>, ClientError> {
    if let Some(sealed) = &row.sealed {
        return Ok(Ok(Some(sealed.clone())));
    }
    let sent = match fixed_time(core, swarm, row).await? {
        Ok(sent) => sent,
        Err(error) => return Ok(Err(error)),
    };
    let content = match &row.content {
        Some(_) if is_acceptance(row) => response::response(sent, Some(own_profile(core).await?)),
        Some(content) if row.sent.is_some() => content.clone(),
        Some(content) => match content::retimed(content, sent) {
            Some(content) => content,
            None => return Ok(Err(SwarmError::Refused(400))),
        },
        None => content::encode(&outgoing(row, sent, own_profile(core).await?)),
    };
    let recipient = if row.kind == CopyKind::Own {
        core.own
    } else {
        row.peer
    };
    let padded = padding::pad(&content);
    let Ok(sealed) = envelope::seal(&core.keys, &recipient, &padded, sent, &mut rand::rng()) else {
        return Ok(Err(SwarmError::Refused(400)));
    };
    let (key, bytes) = (row.key, sealed.0.clone());
    let is_there = core
        .db
        .write(move |writer| outbox::save_sealed(writer, key, &bytes, sent))
        .await?;
    step!("send.sealed");
    Ok(Ok(is_there.then_some(sealed.0)))
}

async fn own_profile(core: &Core) -> Result<Profile, ClientError> {
    let own = core.db.read(account::load).await?.ok_or(ClientError::NoAccount)?;
    Ok(profile_of(own))
}

/// What others get of the own profile, with what is written to them.
fn profile_of(own: account::Account) -> Profile {
    Profile {
        name: Some(own.display_name).filter(|name| !name.is_empty()),
        picture: own.picture.map(|(url, key)| Picture { url, key }),
        updated_seconds: Some(own.profile_updated_s).filter(|seconds| *seconds > 0),
    }
}

/// The sent time. If none was known when the message was written, it is fixed now, after a
/// node has answered: the time at which it was written, by the clock as it is known now.
async fn fixed_time(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
) -> Result<Result<Timestamp, SwarmError>, ClientError> {
    if let Some(sent) = row.sent {
        return Ok(Ok(sent));
    }
    if let Err(error) = learn_time(core, swarm, row).await {
        return Ok(Err(error));
    }
    let (message, conversation, now) = (row.message, row.conversation, core.clock.now());
    let at = written_at(row.written_local, core.clock.offset_ms(), now);
    let sent = core
        .db
        .write(move |writer| {
            let sent = account::take_sent_time(writer, at, now)?;
            match message {
                Some(message) => {
                    messages::fix_sent(writer, message, sent)?;
                    outbox::fix_sent(writer, message, sent)?;
                }
                None => messages::fix_acceptance(writer, conversation, sent)?,
            }
            Ok(sent)
        })
        .await?;
    step!("send.timed");
    Ok(Ok(sent))
}

/// Hears a node's time if this run has not heard one yet.
async fn learn_time(core: &Core, swarm: &Arc<dyn SwarmApi>, row: &OutboxRow) -> Result<(), SwarmError> {
    if core.clock.is_known() {
        return Ok(());
    }
    let members = swarm.members(&row.destination).await?;
    if !core.clock.is_known() {
        let node = members.first().ok_or(SwarmError::NoSwarm)?;
        swarm
            .call(&row.destination, node, vec![StorageRequest::Info])
            .await?;
    }
    Ok(())
}

/// Network time of writing, from what this machine's clock said then. A clock that was set
/// meanwhile tells nothing: then it is now.
fn written_at(local: Timestamp, offset_ms: i64, now: Timestamp) -> Timestamp {
    let at = Timestamp::from_ms(local.as_ms().saturating_sub(offset_ms));
    if at <= now && now.since(at) < MESSAGE_LIFE {
        at
    } else {
        now
    }
}

fn outgoing(row: &OutboxRow, sent: Timestamp, profile: Profile) -> Outgoing {
    let is_to_another = row.kind == CopyKind::Recipient;
    let extras = Extras {
        profile: Some(profile).filter(|profile| is_to_another && profile.name.is_some()),
        ..Extras::default()
    };
    let body = Message {
        body: row.body.clone(),
        extras,
        ..Message::default()
    };
    let outgoing = Outgoing {
        sent,
        disappearing: content::Disappearing::default(),
        body: OutgoingBody::Message(Box::new(body)),
    };
    match row.kind {
        CopyKind::Own => content::own_copy(&outgoing, &row.peer).unwrap_or(outgoing),
        CopyKind::Recipient | CopyKind::NoteToSelf | CopyKind::Control => outgoing,
    }
}

/// Stores the bytes; the request has the time of this attempt.
async fn store(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
    sealed: &[u8],
    departure: &Departure,
) -> Result<StoreReceipt, SwarmError> {
    let mut again = 0;
    loop {
        match swarm
            .store(&row.destination, request(core, row, sealed), departure)
            .await
        {
            Err(error) if error.retry() == Retry::Now && again < AT_ONCE => again += 1,
            Err(SwarmError::ClockCorrected { deviation_ms }) => {
                return Err(SwarmError::ClockRefused { deviation_ms });
            }
            result => return result,
        }
    }
}

fn request(core: &Core, row: &OutboxRow, sealed: &[u8]) -> StorageRequest {
    let action = Action::Store {
        namespace: Namespace::MESSAGES,
        timestamp: core.clock.now(),
        expiry: Expiry::Ttl(row.ttl_ms.unsigned_abs()),
        data: sealed.to_vec(),
        sig_timestamp: None,
    };
    StorageRequest::unsigned(row.destination, action)
}

async fn commit_success(core: &Core, row: OutboxRow, receipt: StoreReceipt) -> Result<(), ClientError> {
    let now = core.clock.now();
    let stored = receipt.network_time.unwrap_or(now);
    let own = core.own;
    let (peer, message) = (row.peer, row.message);
    let fallback = stored + Duration::from_millis(row.ttl_ms.unsigned_abs());
    core.db
        .write(move |writer| {
            let expires = receipt.expiry.unwrap_or(fallback);
            if row.destination == SwarmAccount::from(own) {
                note_own(writer, &own, &receipt.hash, expires)?;
            }
            if !outbox::done(writer, row.key)? {
                // Deleted meanwhile: what unsends it waits for this.
                return outbox::hurry_controls(writer, row.conversation, now);
            }
            note_stored(writer, &row, &receipt.hash, stored, expires)?;
            step!("send.committing");
            Ok(())
        })
        .await?;
    step!("send.committed");
    announce(core, peer, message);
    Ok(())
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
        CopyKind::NoteToSelf => {
            messages::mark_stored(writer, message, stored, Some(expires))?;
            messages::note_own_copy(writer, message, hash)?;
        }
    }
    Ok(())
}

/// What we stored in our own swarm does not come back as news.
fn note_own(
    writer: &mut Writer<'_>,
    own: &AccountId,
    hash: &str,
    expires: Timestamp,
) -> Result<(), StorageError> {
    seen_hashes::note(
        writer,
        &SwarmAccount::from(*own),
        Namespace::MESSAGES,
        &[(hash, expires)],
    )
}

async fn commit_failure(
    core: &Core,
    row: OutboxRow,
    error: &SwarmError,
    departure: &Departure,
) -> Result<(), ClientError> {
    let failure = Failure::from(error);
    let now = core.clock.now();
    let next = retry::next_due(row.attempts, error.retry(), &mut rand::rng());
    tracing::debug!(%failure, attempts = row.attempts, "a message was not stored");
    let (peer, message, has_departed) = (row.peer, row.message, departure.has_departed());
    core.db
        .write(move |writer| {
            if has_departed {
                outbox::note_departed(writer, row.key)?;
            }
            keep_failure(writer, &row, failure, next, now)?;
            outbox::hurry_controls(writer, row.conversation, now)
        })
        .await?;
    step!("send.failed");
    announce(core, peer, message);
    Ok(())
}

/// The message has another state, and the number of those that wait may have changed.
fn announce(core: &Core, peer: AccountId, message: Option<MessageKey>) {
    core.announce_messages(peer, message.into_iter().collect());
    core.hub.announce([Change::Connectivity]);
}

fn keep_failure(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    failure: Failure,
    next: Next,
    now: Timestamp,
) -> Result<(), StorageError> {
    let Some(message) = row.message else {
        return keep_failure_of_control(writer, row, failure, next, now);
    };
    if outbox::find(&writer.reader(), row.key)?.is_some_and(|row| row.is_stopped) {
        // It failed for another reason while this attempt ran.
        return Ok(());
    }
    let is_own_copy = row.kind == CopyKind::Own;
    if is_own_copy {
        messages::set_not_synced(writer, message)?;
    }
    match next {
        Next::Stop if is_own_copy => outbox::stop(writer, message, &failure.to_string()),
        Next::Stop => fail(writer, message, failure),
        Next::After(pause) => {
            let is_there = outbox::postpone(writer, row.key, now + pause, &failure.to_string())?;
            if is_there && !is_own_copy {
                messages::set_state(writer, message, SendState::Queued)?;
            }
            Ok(())
        }
    }
}

/// How long a content without a message waits for what only a person can change.
const STOPPED_PAUSE: Duration = Duration::from_secs(600);

/// Nobody sees these: what cannot succeed is dropped; a wrong clock is waited for. An acceptance
/// is never given up: the other would wait for ever.
fn keep_failure_of_control(
    writer: &mut Writer<'_>,
    row: &OutboxRow,
    failure: Failure,
    next: Next,
    now: Timestamp,
) -> Result<(), StorageError> {
    let next = match (next, failure) {
        (Next::Stop, Failure::ClockWrong(_)) => Next::After(STOPPED_PAUSE),
        (Next::Stop, _) if is_acceptance(row) => Next::After(STOPPED_PAUSE),
        (next, _) => next,
    };
    match next {
        Next::Stop => outbox::done(writer, row.key).map(drop),
        Next::After(pause) => outbox::postpone(writer, row.key, now + pause, &failure.to_string()).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

    fn ms(at: i64) -> Timestamp {
        Timestamp::from_ms(NOW.as_ms() + at)
    }

    #[test]
    fn a_message_keeps_the_time_at_which_it_was_written() {
        assert_eq!(written_at(ms(-5_000), 0, NOW), ms(-5_000));
        // This machine is an hour ahead, then and now.
        assert_eq!(written_at(ms(3_595_000), 3_600_000, NOW), ms(-5_000));
    }

    #[test]
    fn a_clock_that_was_set_meanwhile_tells_nothing() {
        assert_eq!(written_at(ms(5_000), 0, NOW), NOW);
        assert_eq!(written_at(Timestamp::from_ms(0), 0, NOW), NOW);
        let fifteen_days = 15 * 86_400_000;
        assert_eq!(written_at(ms(-fifteen_days), 0, NOW), NOW);
    }
}
