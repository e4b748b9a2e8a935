//! What goes to a group: sealed with its newest key, stored in its swarm with our permission.
//!
//! Source: `groups.md` §6 and §17.

use std::sync::Arc;

use nous_protocol::account::GroupId;
use nous_protocol::content::{
    self, DisappearKind, Disappearing, Extras, Message, Outgoing, OutgoingBody, Profile,
};
use nous_protocol::group::message;
use nous_protocol::group::state::tag_of;
use nous_protocol::time::Timestamp;
use nous_storage::outbox::OutboxRow;
use zeroize::Zeroizing;

use super::sealing::{Brought, target_of};
use crate::core::Core;
use crate::disappearing::rules::to_content;
use crate::error::{ClientError, Failure};
use crate::groups::access::Access;
use crate::groups::kept;
use crate::reactions::said;

/// What seals a message for a group now.
pub(super) struct GroupSealing {
    id: GroupId,
    key: Zeroizing<[u8; 32]>,
}

impl GroupSealing {
    /// What tells the key from others.
    pub(super) fn tag(&self) -> [u8; 8] {
        tag_of(&self.key)
    }

    /// The newest key of a group. A refusal says why nothing can be sealed.
    pub(super) async fn load(core: &Core, id: GroupId) -> Result<Result<Self, Failure>, ClientError> {
        let keys = Arc::clone(&core.keys);
        let read = core.db.read(move |reader| {
            if Access::read(reader, &id, &keys)?.is_none() {
                return Ok(Err(Failure::GroupClosed));
            }
            let Some(kept) = kept::load(reader, &id)? else {
                return Ok(Err(Failure::WithoutKey));
            };
            // A key that is not in the swarm yet may never be: another admin's takes its place.
            if kept.state.keys().pending_message().is_some() {
                return Ok(Err(Failure::WithoutKey));
            }
            let newest = kept.state.keys().all().first().map(|key| Zeroizing::new(*key));
            Ok(newest.map(|key| Self { id, key }).ok_or(Failure::WithoutKey))
        });
        Ok(read.await?)
    }

    /// Seals what a row carries.
    pub(super) fn seal(
        &self,
        core: &Core,
        row: &OutboxRow,
        sent: Timestamp,
        profile: Profile,
        brought: Brought,
    ) -> Result<Vec<u8>, Failure> {
        let content = match &row.content {
            Some(content) => said::finished(content, sent, Some(profile)).unwrap_or_else(|| content.clone()),
            None => content::encode(&text(row, sent, profile, brought)),
        };
        message::seal_content(&core.keys, &self.id, &self.key, &content, sent, &mut rand::rng())
            .map_err(|_| Failure::TooLarge)
    }
}

/// A text as it goes to a group, with our profile and what it brings.
fn text(row: &OutboxRow, sent: Timestamp, profile: Profile, brought: Brought) -> Outgoing {
    Outgoing {
        sent,
        disappearing: to_content(row.timer),
        body: OutgoingBody::Message(Box::new(Message {
            body: row.body.clone(),
            attachments: brought.files,
            quote: row.quote.map(target_of),
            preview: brought.preview,
            extras: Extras {
                profile: Some(profile).filter(|profile| profile.name.is_some()),
                ..Extras::default()
            },
            ..Message::default()
        })),
    }
}

/// A group's timer begins when a message is sent.
pub(crate) fn disappearing(timer_s: i64) -> Disappearing {
    match u32::try_from(timer_s) {
        Ok(seconds) if seconds > 0 => Disappearing {
            kind: DisappearKind::AfterSend,
            seconds,
        },
        _ => Disappearing::default(),
    }
}
