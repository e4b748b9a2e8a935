//! Reactions in a group, and what answers its messages.

use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::messages;

use super::Batch;
use crate::groups::rules::GroupArrived;
use crate::reactions::said::{Origin, ReactionTo};

impl Batch {
    pub(super) fn react(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &GroupArrived,
        reaction: &ReactionTo,
    ) -> Result<(), StorageError> {
        let from = Origin {
            sender: arrived.sender,
            own: self.own,
            sent: arrived.sent,
            is_between_two: false,
            now: self.now,
        };
        let shown = reaction.take_in(writer, self.key, &from)?;
        self.changed.messages.extend(shown);
        Ok(())
    }

    /// Messages that answer those of the batch show another thing now.
    pub(super) fn note_quoting(&mut self, writer: &Writer<'_>) -> Result<(), StorageError> {
        let quoting = messages::quoting(&writer.reader(), &self.changed.messages)?;
        self.changed.messages.extend(quoting);
        Ok(())
    }
}
