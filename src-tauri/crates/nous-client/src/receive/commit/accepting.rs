//! Who was asked, and who accepted whom.
//!
//! Source: `messages.md` §7, `groups.md` §10.

use nous_protocol::account::AccountId;
use nous_protocol::content::GroupUpdate;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::{conversations, inbox, messages};

use super::Work;
use crate::groups::invitation::{self, Invitation};
use crate::receive::open::Arrived;
use crate::send::response::acceptance_row;

impl Work<'_> {
    /// An invitation that is older than what the devices know of groups, and not in it, was
    /// answered.
    ///
    /// Source: `groups.md` §10, `config.md` §18.
    pub(super) fn invited(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        person: AccountId,
        update: &GroupUpdate,
    ) -> Result<(), StorageError> {
        let invitation = match Invitation::read(update, &self.batch.keys, arrived.sent) {
            Ok(invitation) => invitation,
            Err(word) => return inbox::note_drop(writer, word),
        };
        let group = invitation.group();
        let place = arrived.sent.max(arrived.stored);
        if invitation::is_outdated(&writer.reader(), &group, place)? {
            return inbox::note_drop(writer, "group.inviteOutdated");
        }
        let is_trusted = self.standing(&person).is_approved;
        let people = (self.batch.own, person);
        let times = (self.place(arrived), self.batch.now);
        let is_taken = invitation.take(writer, people, times, is_trusted)?.is_some();
        // One into a group that is gone must not come back on another device either.
        invitation::forget_message(writer, &group, &arrived.hash, self.batch.now)?;
        if !is_taken {
            return inbox::note_drop(writer, "group.inviteOfGone");
        }
        self.changed.has_requests |= !is_trusted;
        self.changed.groups.insert(group);
        Ok(())
    }

    /// A row says that a request was accepted, unless its conversation is hidden.
    ///
    /// `author`: who accepted it.
    pub(super) fn accepted(
        &mut self,
        writer: &mut Writer<'_>,
        person: AccountId,
        author: AccountId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let conversation = self.conversation(writer, &person)?;
        if self.standing(&person).priority < 0 {
            return Ok(());
        }
        let is_own = author == self.batch.own;
        let row = acceptance_row(conversation, author, is_own, at, self.batch.now);
        let key = messages::insert(writer, &row)?;
        self.touched.insert(conversation);
        self.changed.messages.entry(person).or_default().push(key);
        Ok(())
    }

    /// Where another device said it first, the row stands later than the response.
    pub(super) fn accepted_at(
        &mut self,
        writer: &mut Writer<'_>,
        person: AccountId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let Some(conversation) = conversations::find(&writer.reader(), person)? else {
            return Ok(());
        };
        let at = at.min(self.batch.now);
        if let Some(key) = messages::advance_acceptance(writer, conversation, at)? {
            self.touched.insert(conversation);
            self.changed.messages.entry(person).or_default().push(key);
        }
        Ok(())
    }
}
