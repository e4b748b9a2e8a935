//! Reactions of a batch, and what answers its messages.

use nous_protocol::account::AccountId;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::{conversations, inbox, messages};

use super::Work;
use crate::reactions::said::{Origin, ReactionTo};
use crate::receive::open::Arrived;

impl Work<'_> {
    /// A reaction makes no conversation, and does not show one.
    pub(super) fn react(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        with: AccountId,
        reaction: &ReactionTo,
    ) -> Result<(), StorageError> {
        let Some(conversation) = conversations::find(&writer.reader(), with)? else {
            return inbox::note_drop(writer, "reactionNowhere");
        };
        let from = Origin {
            sender: arrived.sender,
            own: self.batch.own,
            sent: arrived.sent,
            is_between_two: with != self.batch.own,
            now: self.batch.now,
        };
        if let Some(message) = reaction.take_in(writer, conversation, &from)? {
            self.changed.messages.entry(with).or_default().push(message);
        }
        Ok(())
    }

    /// Messages that answer those of the batch show another thing now.
    pub(super) fn note_quoting(&mut self, writer: &Writer<'_>) -> Result<(), StorageError> {
        for keys in self.changed.messages.values_mut() {
            let quoting = messages::quoting(&writer.reader(), keys)?;
            keys.extend(quoting);
        }
        Ok(())
    }
}
