//! How long messages live that come from the swarm, and new timers of conversations.
//!
//! Source: `messages.md` §9.

use nous_protocol::account::AccountId;
use nous_protocol::config::fields::Timer;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::disappearing as lives;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::inbox;
use nous_storage::messages::{self, MessageKind, NewMessage, SendState};

use super::Work;
use crate::config_sync::actions;
use crate::disappearing;
use crate::disappearing::rules::{Arrival, length, of_content, until_seen};
use crate::receive::open::Arrived;
use crate::receive::rules::{DUPLICATE, TimerNews};
use crate::send::response::acceptance_row;

impl Work<'_> {
    /// Gives a message the life that its content says. `with`: where it stands.
    pub(super) fn give_life(
        &self,
        writer: &mut Writer<'_>,
        message: MessageKey,
        arrived: &Arrived,
        with: AccountId,
        row: &NewMessage,
    ) -> Result<(), StorageError> {
        let is_between_two = with != self.batch.own;
        let parsed = arrived.parsed.as_ref().ok();
        let timer = parsed.and_then(|parsed| of_content(parsed.disappearing, is_between_two));
        let timer = match row.kind {
            MessageKind::MediaSaved => until_seen(timer),
            _ => timer,
        };
        let Some(timer) = timer else {
            return Ok(());
        };
        let arrival = Arrival {
            timer,
            is_own: row.is_own,
            is_read: row.order <= self.standing(&with).last_read,
            stored: arrived.stored,
            expires: self.expires(arrived, timer),
            now: self.batch.now,
        };
        disappearing::give_arrived(writer, message, &arrival)
    }

    /// When the swarm forgets a message. What waited for this version is kept for longer: its time began
    /// when it came.
    fn expires(&self, arrived: &Arrived, timer: Timer) -> Timestamp {
        if self.batch.is_second_try {
            arrived.stored + length(timer.seconds)
        } else {
            arrived.expires
        }
    }

    /// A content for a later version disappears with its copy in the swarm.
    pub(super) fn end_parked(&self, writer: &mut Writer<'_>, arrived: &Arrived) -> Result<(), StorageError> {
        let parsed = arrived.parsed.as_ref().ok();
        match parsed.and_then(|parsed| of_content(parsed.disappearing, true)) {
            Some(_) => lives::end_parked(writer, &arrived.hash, arrived.expires),
            None => Ok(()),
        }
    }

    /// A line tells that somebody saved a file that we sent them. It stays until it is seen. However many
    /// files of one message they save, and on however many devices, there is one line.
    pub(super) fn media_saved(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        person: AccountId,
        of: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let conversation = self.conversation(writer, &person)?;
        if let Some(of) = of
            && messages::is_save_known(writer, conversation, &arrived.sender, of)?
        {
            return inbox::note_drop(writer, DUPLICATE);
        }
        let row = NewMessage {
            kind: MessageKind::MediaSaved,
            order: self.place(arrived),
            server_hash: arrived.hash.clone(),
            expires: Some(arrived.expires),
            ..acceptance_row(conversation, arrived.sender, false, arrived.sent, self.batch.now)
        };
        let message = messages::insert(writer, &row)?;
        if let Some(of) = of {
            messages::note_saved(writer, message, of)?;
        }
        self.give_life(writer, message, arrived, person, &row)?;
        let name = (person.into(), arrived.sender, arrived.sent);
        self.view.known.insert(name);
        self.touched.insert(conversation);
        self.changed.messages.entry(person).or_default().push(message);
        Ok(())
    }

    /// A line tells of a new timer, in the place of the one before.
    pub(super) fn timer_changed(
        &mut self,
        writer: &mut Writer<'_>,
        arrived: &Arrived,
        news: &TimerNews,
    ) -> Result<(), StorageError> {
        let conversation = self.conversation(writer, &news.conversation)?;
        let place = self.place(arrived);
        let Some(older) = lives::replace_timer_changes(writer, conversation, Some(place))? else {
            return Ok(());
        };
        if news.sets {
            lives::set_setting(writer, conversation, news.timer)?;
        }
        let standing = self.standing(&news.conversation);
        if actions::show_hidden(writer, conversation, standing.priority)? {
            self.update(&news.conversation, |standing| standing.priority = 0);
            self.share_if(true, news.conversation);
        }
        let row = NewMessage {
            kind: MessageKind::TimerChanged,
            is_received: true,
            order: place,
            state: news.is_own.then_some(SendState::Sent),
            server_hash: arrived.hash.clone(),
            expires: Some(arrived.expires),
            ..acceptance_row(
                conversation,
                arrived.sender,
                news.is_own,
                arrived.sent,
                self.batch.now,
            )
        };
        let message = messages::insert(writer, &row)?;
        self.give_life(writer, message, arrived, news.conversation, &row)?;
        let name = (news.conversation.into(), arrived.sender, arrived.sent);
        self.view.known.insert(name);
        self.touched.insert(conversation);
        let changed = self.changed.messages.entry(news.conversation).or_default();
        changed.extend(older);
        changed.push(message);
        Ok(())
    }
}
