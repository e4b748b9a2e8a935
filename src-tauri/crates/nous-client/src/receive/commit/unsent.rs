//! Messages that were unsent: erased here, and in our own swarm.
//!
//! Source: `messages.md` §10.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::deletions::{self, Target};
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::{inbox, messages};

use super::Work;
use crate::receive::open::Arrived;

impl Work<'_> {
    /// A message is erased, whoever of ours or of theirs wrote it; of a note no row stays. One that is
    /// still to come is not shown.
    pub(super) fn unsent(
        &mut self,
        writer: &mut Writer<'_>,
        author: AccountId,
        sent: Timestamp,
    ) -> Result<(), StorageError> {
        let now = self.batch.now;
        deletions::note_unsent(writer, &author, sent, now)?;
        self.view.unsent.insert((author, sent));
        let found = deletions::targets(&writer.reader(), &author, sent)?;
        for target in &found {
            let quoting = messages::quoting(&writer.reader(), &[target.key])?;
            let changed = self.changed.messages.entry(target.peer).or_default();
            changed.push(target.key);
            changed.extend(quoting);
            self.touched.insert(target.conversation);
            // Who only asks stands in the list of requests.
            let known = self.view.people.get(&target.peer);
            self.changed.has_requests |= known.is_some_and(|person| !person.is_approved);
        }
        let keys: Vec<MessageKey> = found.iter().map(|target| target.key).collect();
        deletions::take_hashes(writer, &keys, now)?;
        let is_note = |target: &&Target| target.peer == self.batch.own;
        let (notes, others): (Vec<&Target>, Vec<&Target>) = found.iter().partition(is_note);
        let keys_of = |targets: Vec<&Target>| targets.into_iter().map(|target| target.key).collect();
        let (notes, others): (Vec<MessageKey>, Vec<MessageKey>) = (keys_of(notes), keys_of(others));
        messages::remove(writer, &notes, now)?;
        messages::delete_for_all(writer, &others, now)?;
        self.changed.has_deletions = true;
        self.unpark(writer, author, sent)
    }

    /// What waits for a later version is erased too, with its part of the row that stands for it.
    fn unpark(
        &mut self,
        writer: &mut Writer<'_>,
        author: AccountId,
        sent: Timestamp,
    ) -> Result<(), StorageError> {
        for (hash, expires, folded) in inbox::unpark_sent(writer, &author, sent)? {
            deletions::note_hashes(writer, &[(hash, expires)])?;
            if let Some(row) = folded {
                self.unfold(writer, author, row)?;
            }
        }
        Ok(())
    }

    /// One content less is folded into the row that stands for those of `author`.
    pub(super) fn unfold(
        &mut self,
        writer: &mut Writer<'_>,
        author: AccountId,
        row: MessageKey,
    ) -> Result<(), StorageError> {
        messages::unfold(writer, row)?;
        self.changed.messages.entry(author).or_default().push(row);
        self.touched
            .extend(self.view.people.get(&author).map(|person| person.key));
        Ok(())
    }

    /// A message comes after it was unsent: nothing is shown, and it goes from our own swarm.
    pub(super) fn withdrawn(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
    ) -> Result<(), StorageError> {
        self.changed.has_deletions = true;
        deletions::note_hashes(writer, &[(arrived.hash.as_str(), arrived.expires)])?;
        inbox::note_drop(writer, "unsent")
    }
}
