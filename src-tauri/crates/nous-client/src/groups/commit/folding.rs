//! Contents that this version does not know: one row in the timeline stands for all that wait.
//!
//! Source: `messages.md` §4.1.

use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::groups::parked::{self, Reason};
use nous_storage::messages::{self, MessageKind, NewMessage};

use super::Batch;
use crate::groups::messages::Candidate;
use crate::groups::rules::GroupArrived;

impl Batch {
    /// Keeps a content for a later version, and counts it in the folded row. Nothing becomes unread.
    pub(super) fn fold(
        &mut self,
        writer: &mut Writer<'_>,
        candidate: &Candidate,
        arrived: &GroupArrived,
    ) -> Result<(), StorageError> {
        if candidate.waited == Some(Reason::Later) {
            return Ok(());
        }
        self.park(writer, candidate, Reason::Later)?;
        let row = NewMessage {
            kind: MessageKind::Unsupported,
            is_received: false,
            is_unread: false,
            // It is no message that anybody could name.
            server_hash: String::new(),
            expires: None,
            ..self.row(writer, candidate, arrived)?
        };
        let folded = messages::fold_unsupported(writer, &row)?;
        parked::fold(writer, &self.id, &candidate.stored.hash, folded)?;
        self.changed.messages.push(folded);
        Ok(())
    }

    /// Forgets what waits under a hash, and its part of the folded row.
    pub(super) fn unfold(&mut self, writer: &mut Writer<'_>, hash: &str) -> Result<(), StorageError> {
        if let Some(row) = parked::unpark(writer, &self.id, hash)? {
            messages::unfold(writer, row)?;
            self.changed.messages.push(row);
        }
        Ok(())
    }
}
