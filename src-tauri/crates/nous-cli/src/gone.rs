//! Messages that go while `watch` runs: they disappear, or somebody deletes them.

use std::collections::{BTreeMap, BTreeSet};

use nous_api::ids::{ConversationId, MessageId};
use nous_api::rows::{MessageBody, MessageRow};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::output::Output;

/// Of how many messages this is known.
const KNOWN: usize = 50_000;

/// What is known of messages, so that it can be told when they go.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    /// Messages that are there.
    here: BTreeMap<MessageId, Here>,
    /// Messages whose deletion was told, or was no news.
    deleted: BTreeSet<MessageId>,
}

#[derive(Debug)]
struct Here {
    conversation: ConversationId,
    disappears: bool,
}

impl Gone {
    /// A message is as it is: that is told, or no news.
    pub(crate) fn note(&mut self, row: &MessageRow) {
        if is_deleted(row) {
            self.here.remove(&row.id);
            self.add_deleted(&row.id);
            return;
        }
        if self.here.len() >= KNOWN {
            self.here.pop_first();
        }
        let is_line = matches!(row.body, MessageBody::TimerChanged { .. });
        let here = Here {
            conversation: row.conversation.clone(),
            disappears: row.disappears.is_some() && !is_line,
        };
        self.here.insert(row.id.clone(), here);
    }

    /// The messages that are known to be there, in one conversation or in all.
    pub(crate) fn known(&self, conversation: Option<&ConversationId>) -> Vec<MessageId> {
        let is_meant = |here: &Here| conversation.is_none_or(|meant| here.conversation == *meant);
        let known = self.here.iter().filter(|(_, here)| is_meant(here));
        known.map(|(id, _)| id.clone()).collect()
    }

    /// Prints which of the messages that were asked for have gone. `rows`: those that are there.
    pub(crate) fn print(
        &mut self,
        asked: &[MessageId],
        rows: &[MessageRow],
        output: Output,
    ) -> Result<(), Failure> {
        for line in self.lines(asked, rows) {
            output.line(&line)?;
        }
        Ok(())
    }

    fn lines(&mut self, asked: &[MessageId], rows: &[MessageRow]) -> Vec<Value> {
        let mut lines = Vec::new();
        for row in rows.iter().filter(|row| is_deleted(row)) {
            self.here.remove(&row.id);
            if self.add_deleted(&row.id) {
                let for_everyone = matches!(row.body, MessageBody::DeletedForAll);
                lines.push(deleted(&row.id, &row.conversation, for_everyone));
            }
        }
        let is_there = |id: &MessageId| rows.iter().any(|row| row.id == *id);
        for id in asked.iter().filter(|id| !is_there(id)) {
            let Some(was) = self.here.remove(id) else {
                continue;
            };
            if was.disappears {
                let line = json!({ "event": "expired", "messageId": id, "conversation": was.conversation });
                lines.push(line);
            } else if self.add_deleted(id) {
                lines.push(deleted(id, &was.conversation, false));
            }
        }
        lines
    }

    /// Whether it was not known.
    fn add_deleted(&mut self, id: &MessageId) -> bool {
        if self.deleted.len() >= KNOWN {
            self.deleted.pop_first();
        }
        self.deleted.insert(id.clone())
    }
}

fn deleted(id: &MessageId, conversation: &ConversationId, for_everyone: bool) -> Value {
    json!({
        "event": "deleted",
        "messageId": id,
        "conversation": conversation,
        "forEveryone": for_everyone,
    })
}

/// Whether nothing is left of what it said.
pub(crate) const fn is_deleted(row: &MessageRow) -> bool {
    matches!(row.body, MessageBody::Deleted | MessageBody::DeletedForAll)
}
