//! The bytes of an attempt: sealed once and kept, for a group sealed again when it has another key.
//!
//! Source: `architecture.md` §5.1, `groups.md` §17.

use std::sync::Arc;

use nous_network::{SwarmApi, SwarmError};
use nous_protocol::account::{AccountId, ConversationId, SwarmAccount};
use nous_protocol::content::{
    self, Attachment, Extras, Message, Outgoing, OutgoingBody, Picture, Preview, Profile, Target,
};
use nous_protocol::envelope;
use nous_protocol::keys::IdentityKeys;
use nous_protocol::time::Timestamp;
use nous_protocol::wire::padding;
use nous_protocol::wire::rpc::StorageRequest;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Quote};
use nous_storage::outbox::{self, CopyKind, OutboxRow};
use nous_storage::{account, attachments, reactions};

use super::attempt::{NotSent, is_acceptance};
use super::group::GroupSealing;
use super::{MESSAGE_LIFE, response};
use crate::cards;
use crate::core::Core;
use crate::disappearing::rules::to_content;
use crate::error::ClientError;
use crate::files::received::told;
use crate::reactions::said;
use crate::step::step;

/// The bytes to store: those of the first attempt, or sealed and saved now. `None` if the
/// message was deleted meanwhile.
pub(super) async fn sealed_bytes(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
) -> Result<Result<Option<Vec<u8>>, NotSent>, ClientError> {
    let Some(person) = row.peer.person() else {
        return sealed_for_group(core, swarm, row).await;
    };
    if let Some(sealed) = &row.sealed {
        return Ok(Ok(Some(sealed.clone())));
    }
    let sent = match fixed_time(core, swarm, row).await? {
        Ok(sent) => sent,
        Err(error) => return Ok(Err(error.into())),
    };
    let is_for_ourselves = row.destination == SwarmAccount::from(core.own);
    let content = match &row.content {
        Some(_) if is_acceptance(row) => response::response(sent, Some(own_profile(core).await?)),
        Some(content) if said::is_reaction(content) => {
            let profile = if is_for_ourselves {
                None
            } else {
                Some(own_profile(core).await?)
            };
            match said::finished(content, sent, profile) {
                Some(content) => content,
                None => return Ok(Err(SwarmError::Refused(400).into())),
            }
        }
        Some(content) if row.sent.is_some() => content.clone(),
        Some(content) => match content::retimed(content, sent) {
            Some(content) => content,
            None => return Ok(Err(SwarmError::Refused(400).into())),
        },
        None => {
            let Some(brought) = brought(core, row).await? else {
                return Ok(Err(NotSent::WithoutFile));
            };
            content::encode(&outgoing(row, &person, sent, own_profile(core).await?, brought))
        }
    };
    let recipient = if is_for_ourselves { core.own } else { person };
    let padded = padding::pad(&content);
    let Ok(sealed) = envelope::seal(&core.keys, &recipient, &padded, sent, &mut rand::rng()) else {
        return Ok(Err(SwarmError::Refused(400).into()));
    };
    let (key, bytes) = (row.key, sealed.0);
    let kept = core.db.write(move |writer| {
        // Its message was deleted meanwhile: only what was sealed then has all of it.
        if let Some(kept) = outbox::find(&writer.reader(), key)?.and_then(|row| row.sealed) {
            return Ok(Some(kept));
        }
        let is_there = outbox::save_sealed(writer, key, &bytes, sent)?;
        Ok(is_there.then_some(bytes))
    });
    let kept = kept.await?;
    step!("send.sealed");
    Ok(Ok(kept))
}

/// Seals the copies for our own devices of those of these messages that were sent: their messages are
/// deleted on this device, and nothing tells afterwards what they said.
///
/// # Errors
/// What the database said.
pub(super) fn seal_own_copies(
    writer: &mut Writer<'_>,
    keys: &IdentityKeys,
    messages: &[MessageKey],
) -> Result<(), StorageError> {
    for row in outbox::unsealed_own_copies(&writer.reader(), messages)? {
        let (Some(message), Some(person), Some(sent)) = (row.message, row.peer.person(), row.sent) else {
            continue;
        };
        let Some(brought) = brought_by(&writer.reader(), message)? else {
            continue;
        };
        let content = content::encode(&outgoing(&row, &person, sent, Profile::default(), brought));
        let padded = padding::pad(&content);
        if let Ok(sealed) = envelope::seal(keys, &keys.account_id(), &padded, sent, &mut rand::rng()) {
            outbox::save_sealed(writer, row.key, &sealed.0, sent)?;
        }
    }
    Ok(())
}

/// A message to a group is sealed with its newest key, and again when there is a newer one.
///
/// Source: `groups.md` §17.
async fn sealed_for_group(
    core: &Core,
    swarm: &Arc<dyn SwarmApi>,
    row: &OutboxRow,
) -> Result<Result<Option<Vec<u8>>, NotSent>, ClientError> {
    let ConversationId::Group(group) = row.peer else {
        return Ok(Ok(None));
    };
    let sealing = match GroupSealing::load(core, group).await? {
        Ok(sealing) => sealing,
        Err(failure) => return Ok(Err(NotSent::Group(failure))),
    };
    let tag = sealing.tag();
    if let Some(sealed) = row.sealed.as_ref().filter(|_| row.sealed_with == Some(tag)) {
        return Ok(Ok(Some(sealed.clone())));
    }
    let sent = match fixed_time(core, swarm, row).await? {
        Ok(sent) => sent,
        Err(error) => return Ok(Err(error.into())),
    };
    let Some(brought) = brought(core, row).await? else {
        return Ok(Err(NotSent::WithoutFile));
    };
    let bytes = match sealing.seal(core, row, sent, own_profile(core).await?, brought) {
        Ok(bytes) => bytes,
        Err(failure) => return Ok(Err(NotSent::Group(failure))),
    };
    let (key, sealed) = (row.key, bytes.clone());
    let is_there = core
        .db
        .write(move |writer| {
            outbox::note_sealed_with(writer, key, &tag)?;
            outbox::save_sealed(writer, key, &sealed, sent)
        })
        .await?;
    step!("send.sealed");
    Ok(Ok(is_there.then_some(bytes)))
}

/// What a message brings beside its text, as its content tells of it.
#[derive(Default)]
pub(super) struct Brought {
    /// Its files.
    pub(super) files: Vec<Attachment>,
    /// The preview of a link in its text.
    pub(super) preview: Option<Preview>,
}

/// What a message brings; `None` if one of its files is not at the server.
async fn brought(core: &Core, row: &OutboxRow) -> Result<Option<Brought>, ClientError> {
    let Some(message) = row.message else {
        return Ok(Some(Brought::default()));
    };
    Ok(core.db.read(move |reader| brought_by(reader, message)).await?)
}

fn brought_by(reader: &Reader<'_>, message: MessageKey) -> Result<Option<Brought>, StorageError> {
    let files = attachments::sendable(reader, message)?;
    let card = messages::sendable_card(reader, message)?;
    Ok(files.map(|files| Brought {
        files: told(&files),
        preview: card.and_then(|(card, picture)| cards::told(card, picture)),
    }))
}

pub(crate) async fn own_profile(core: &Core) -> Result<Profile, ClientError> {
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
    let (key, is_acceptance) = (row.key, is_acceptance(row));
    let is_reaction = row.content.as_deref().is_some_and(said::is_reaction);
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
                None if is_acceptance => messages::fix_acceptance(writer, conversation, sent)?,
                None if is_reaction => reactions::fix_sent(writer, key, sent)?,
                None => {}
            }
            Ok(sent)
        })
        .await?;
    step!("send.timed");
    Ok(Ok(sent))
}

/// Hears a node's time if this run has not heard one yet; as many nodes are asked as it takes until one
/// is believed. What all of them cannot settle stays as it was.
async fn learn_time(core: &Core, swarm: &Arc<dyn SwarmApi>, row: &OutboxRow) -> Result<(), SwarmError> {
    if core.clock.is_known() {
        return Ok(());
    }
    let mut result = Err(SwarmError::NoSwarm);
    for node in swarm.members(&row.destination).await? {
        if core.clock.is_known() {
            return Ok(());
        }
        let ask = vec![StorageRequest::Info];
        let answer = swarm.call(&row.destination, &node, ask).await.map(drop);
        if result.is_err() {
            result = answer;
        }
    }
    result
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

/// What a message answers, as contents name it.
pub(super) fn target_of(quote: Quote) -> Target {
    Target {
        timestamp: quote.sent,
        author: quote.author.to_string(),
    }
}

fn outgoing(
    row: &OutboxRow,
    peer: &AccountId,
    sent: Timestamp,
    profile: Profile,
    brought: Brought,
) -> Outgoing {
    let is_to_another = row.kind == CopyKind::Recipient;
    let extras = Extras {
        profile: Some(profile).filter(|profile| is_to_another && profile.name.is_some()),
        ..Extras::default()
    };
    let body = Message {
        body: row.body.clone(),
        attachments: brought.files,
        quote: row.quote.map(target_of),
        preview: brought.preview,
        extras,
        ..Message::default()
    };
    let outgoing = Outgoing {
        sent,
        disappearing: to_content(row.timer),
        body: if row.is_timer_change {
            OutgoingBody::Expiration(body.extras)
        } else {
            OutgoingBody::Message(Box::new(body))
        },
    };
    match row.kind {
        CopyKind::Own => content::own_copy(&outgoing, peer).unwrap_or(outgoing),
        CopyKind::Recipient | CopyKind::NoteToSelf | CopyKind::Control | CopyKind::Group => outgoing,
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
