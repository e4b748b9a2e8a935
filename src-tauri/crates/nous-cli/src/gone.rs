//! Messages that go while `watch` runs: they disappear, or somebody deletes them.

use std::collections::BTreeSet;

use nous_api::ids::MessageId;
use nous_api::rows::{MessageBody, MessageRow};
use serde_json::json;

use crate::exit::Failure;
use crate::output::Output;

/// Of how many messages this is known.
const KNOWN: usize = 5_000;

/// What is known of messages, so that it can be told when they go.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    /// Messages that were told, and are there.
    here: BTreeSet<MessageId>,
    /// Messages that disappear.
    disappearing: BTreeSet<MessageId>,
    /// Messages whose deletion was told.
    deleted: BTreeSet<MessageId>,
}

fn add(ids: &mut BTreeSet<MessageId>, id: &MessageId) -> bool {
    if ids.len() >= KNOWN {
        ids.pop_first();
    }
    ids.insert(id.clone())
}

impl Gone {
    /// A message was told as it is.
    pub(crate) fn note(&mut self, row: &MessageRow) {
        let is_line = matches!(row.body, MessageBody::TimerChanged { .. });
        if is_deleted(row) {
            add(&mut self.deleted, &row.id);
        } else if row.disappears.is_some() && !is_line {
            add(&mut self.disappearing, &row.id);
        } else {
            self.disappearing.remove(&row.id);
            add(&mut self.here, &row.id);
        }
    }

    /// Prints which of the messages that were asked for have gone. `rows`: those that are there.
    pub(crate) fn print(
        &mut self,
        asked: &[MessageId],
        rows: &[MessageRow],
        output: Output,
    ) -> Result<(), Failure> {
        for row in rows.iter().filter(|row| is_deleted(row)) {
            if add(&mut self.deleted, &row.id) {
                let for_everyone = matches!(row.body, MessageBody::DeletedForAll);
                output.line(&json!({
                    "event": "deleted",
                    "messageId": row.id,
                    "conversation": row.conversation,
                    "forEveryone": for_everyone,
                }))?;
            }
        }
        let is_there = |id: &MessageId| rows.iter().any(|row| row.id == *id);
        for id in asked.iter().filter(|id| !is_there(id)) {
            let was_here = self.here.remove(id);
            if self.disappearing.remove(id) {
                output.line(&json!({ "event": "expired", "messageId": id }))?;
            } else if was_here && add(&mut self.deleted, id) {
                output.line(&json!({ "event": "deleted", "messageId": id, "forEveryone": false }))?;
            }
        }
        Ok(())
    }
}

/// Whether nothing is left of what it said.
pub(crate) const fn is_deleted(row: &MessageRow) -> bool {
    matches!(row.body, MessageBody::Deleted | MessageBody::DeletedForAll)
}
