//! Who sent a file is told that it was saved outside of the app.
//!
//! Source: `messages.md` §8, §9.

use nous_protocol::account::{AccountId, SwarmAccount};
use nous_protocol::content::{self, DataExtraction, Outgoing, OutgoingBody};
use nous_protocol::time::Timestamp;
use nous_storage::attachments;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages;
use nous_storage::outbox::{self, NewControl};
use nous_storage::{account, conversations, disappearing};

use crate::core::Core;
use crate::disappearing::rules;
use crate::receipts;
use crate::send::MESSAGE_LIFE;

/// A file of a message was saved. Only friends are told, between two: whoever is not may not learn that
/// we read; and of each file once, however often it is saved. The file stays saved if that cannot be
/// written down.
pub(super) async fn saved(core: &Core, message: MessageKey, place: u32) {
    let notice = Notice {
        own: core.own,
        message,
        place,
        now: core.clock.now(),
        local: core.clock.local_now(),
        is_time_known: core.clock.is_known(),
    };
    match core.db.write(move |writer| notice.write_down(writer)).await {
        Ok(true) => core.stir_outbox(),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "nobody is told that a file was saved"),
    }
}

/// The message whose file was saved, and who sent it.
struct Told {
    conversation: ConversationKey,
    sender: AccountId,
    sent: Timestamp,
}

struct Notice {
    own: AccountId,
    message: MessageKey,
    /// Of the file, in the message.
    place: u32,
    now: Timestamp,
    /// What this machine's clock says.
    local: Timestamp,
    /// In this run.
    is_time_known: bool,
}

impl Notice {
    /// Whether anybody is told.
    fn write_down(&self, writer: &mut Writer<'_>) -> Result<bool, StorageError> {
        let Some(told) = self.told(&writer.reader())? else {
            return Ok(false);
        };
        if !attachments::note_save_told(writer, self.message, self.place)? {
            return Ok(false);
        }
        let is_fixed = self.is_time_known && !outbox::waits_for_time(writer, told.conversation)?;
        let sent = is_fixed
            .then(|| account::take_sent_time(writer, self.now, self.now))
            .transpose()?;
        let timer = disappearing::setting(&writer.reader(), told.conversation)?;
        let timer = rules::until_seen(rules::sound(timer));
        let content = content::encode(&Outgoing {
            sent: sent.unwrap_or(self.now),
            disappearing: rules::to_content(timer),
            body: OutgoingBody::DataExtraction(DataExtraction {
                screenshot: false,
                timestamp: Some(told.sent),
            }),
        });
        let new = NewControl {
            conversation: told.conversation,
            destination: SwarmAccount::from(told.sender),
            content,
            sent: sent.unwrap_or(self.now),
            ttl_ms: rules::ttl_ms(timer, false),
            first_attempt: self.now,
            queued: self.now,
            give_up: self.now + MESSAGE_LIFE,
        };
        let row = outbox::enqueue_control(writer, &new)?;
        if sent.is_none() {
            outbox::fix_later(writer, row, self.local)?;
        }
        Ok(true)
    }

    fn told(&self, reader: &Reader<'_>) -> Result<Option<Told>, StorageError> {
        let row = messages::by_keys(reader, &[self.message])?.pop();
        let Some(row) = row.filter(|row| !row.is_own) else {
            return Ok(None);
        };
        let Some(person) = row.peer.person().filter(|person| *person != self.own) else {
            return Ok(None);
        };
        let standing = conversations::standings(reader, &[person])?.remove(&person);
        let is_told = standing.is_some_and(|standing| receipts::is_friend(&standing));
        Ok(is_told.then_some(Told {
            conversation: row.conversation,
            sender: person,
            sent: row.sent,
        }))
    }
}
