//! People: what we call them, what they are to us.
//!
//! Source: `config.md` §11.

mod blinded;

use std::collections::BTreeSet;
use std::fmt;

pub use blinded::BlindedContact;

use super::data::Dict;
use super::fields::{Cleared, EntryEditor, Fields, NotifyMode, Picture, Timer, TimerStart, seconds};
use super::state::ConfigState;
use crate::account::AccountId;

/// The dict of people.
const PEOPLE: &[u8] = b"c";

/// The config of the contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contacts {
    state: ConfigState,
}

/// Shows nothing that names a person.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

super::typed!(Contacts);

/// A person.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub id: AccountId,
    /// The name they gave themselves, as it came, at most 100 bytes.
    pub name: String,
    /// The name we gave them, empty for none.
    pub nickname: String,
    /// Their picture.
    pub picture: Option<Picture>,
    /// When their profile was last changed, in seconds; 0 if nobody knows.
    pub profile_updated: i64,
    /// Whether we agreed to talk.
    pub is_approved: bool,
    /// Whether they did.
    pub has_approved_us: bool,
    /// Whether they are blocked.
    pub is_blocked: bool,
    /// −1 hidden, 0 normal, more when pinned: higher is nearer the top.
    pub priority: i64,
    /// What may disturb; there are no mentions.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until: i64,
    /// How long messages live.
    pub timer: Option<Timer>,
    /// When the contact was made, in seconds; 0 if nobody knows.
    pub created: i64,
    /// Their features that are on, by their number.
    pub features: BTreeSet<u8>,
    /// Which messages were cleared.
    pub cleared: Cleared,
}

/// What a contact is to us.
///
/// Source: `config.md` §11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Nobody agreed to anything.
    Stranger,
    /// They wrote to us, and we did not agree yet.
    RequestReceived,
    /// We wrote to them, and they did not answer yet.
    RequestSent,
    /// Both agreed.
    Contact,
    /// Whatever else: blocked.
    Blocked,
}

impl Contact {
    /// Somebody of whom nothing is known.
    #[must_use]
    pub const fn new(id: AccountId) -> Self {
        Self {
            id,
            name: String::new(),
            nickname: String::new(),
            picture: None,
            profile_updated: 0,
            is_approved: false,
            has_approved_us: false,
            is_blocked: false,
            priority: 0,
            notify: NotifyMode::Default,
            mute_until: 0,
            timer: None,
            created: 0,
            features: BTreeSet::new(),
            cleared: Cleared::NONE,
        }
    }

    /// What they are to us.
    #[must_use]
    pub const fn relation(&self) -> Relation {
        match (self.is_blocked, self.is_approved, self.has_approved_us) {
            (true, _, _) => Relation::Blocked,
            (_, true, true) => Relation::Contact,
            (_, true, false) => Relation::RequestSent,
            (_, false, true) => Relation::RequestReceived,
            (_, false, false) => Relation::Stranger,
        }
    }

    fn read(id: AccountId, entry: &Dict) -> Self {
        Self {
            id,
            name: entry.name(b"n"),
            nickname: entry.name(b"N"),
            picture: entry.picture(b"p", b"q"),
            profile_updated: entry.number(b"t").max(0),
            is_approved: entry.is_set(b"a"),
            has_approved_us: entry.is_set(b"A"),
            is_blocked: entry.is_set(b"b"),
            priority: entry.number(b"+"),
            notify: NotifyMode::of(entry.number(b"@")).between_two(),
            mute_until: entry.moment(b"!"),
            timer: read_timer(entry),
            created: entry.moment(b"j"),
            features: entry.bits(b"f"),
            cleared: Cleared::read(entry),
        }
    }
}

/// How long messages live: both fields or none.
fn read_timer(entry: &Dict) -> Option<Timer> {
    let start = match entry.number(b"e") {
        1 => TimerStart::Sent,
        2 => TimerStart::Read,
        _ => return None,
    };
    let seconds = entry.number(b"E");
    (seconds > 0).then_some(Timer { start, seconds })
}

fn write_timer(entry: &mut EntryEditor<'_, '_>, timer: Option<Timer>) {
    let timer = timer.filter(|timer| timer.seconds > 0);
    let start = timer.map(|timer| match timer.start {
        TimerStart::Sent => 1,
        TimerStart::Read => 2,
    });
    entry.integer(b"e", start);
    entry.integer(b"E", timer.map(|timer| timer.seconds));
}

impl Contacts {
    /// A person, if they are in the contacts.
    #[must_use]
    pub fn get(&self, id: &AccountId) -> Option<Contact> {
        let entry = self.state.data().dict_at(&[PEOPLE, &id.to_bytes()])?;
        Some(Contact::read(*id, entry))
    }

    /// All people, by ascending id. What is no person's entry is left out.
    pub fn iter(&self) -> impl Iterator<Item = Contact> {
        let people = self.state.data().dicts(PEOPLE);
        people.filter_map(|(key, entry)| Some(Contact::read(AccountId::from_bytes(key)?, entry)))
    }

    /// Sets a person. Fields that we do not know stay as they are, and so does the time they
    /// were created if it is earlier.
    ///
    /// Source: `config.md` §9 and §11.
    pub fn set(&mut self, contact: &Contact) {
        let id = contact.id.to_bytes();
        let path: [&[u8]; 2] = [PEOPLE, &id];
        let mut entry = EntryEditor {
            editor: self.state.edit_own(),
            path: &path,
        };
        let known = entry.entry().map_or(0, |entry| entry.moment(b"j"));
        let created = [known, seconds(contact.created)];
        let created = created.into_iter().filter(|moment| *moment > 0).min();
        entry.name(b"n", &contact.name, true);
        entry.name(b"N", &contact.nickname, false);
        entry.picture(b"p", b"q", contact.picture.as_ref());
        entry.positive(b"t", contact.profile_updated);
        entry.flag(b"a", contact.is_approved);
        entry.flag(b"A", contact.has_approved_us);
        entry.flag(b"b", contact.is_blocked);
        entry.nonzero(b"+", contact.priority);
        entry.positive(b"@", contact.notify.between_two().number());
        entry.positive(b"!", seconds(contact.mute_until));
        write_timer(&mut entry, contact.timer);
        entry.positive(b"j", created.unwrap_or(0));
        entry.bits(b"f", &contact.features);
        contact.cleared.write(&mut entry);
    }

    /// Removes a person; whether they were there.
    pub fn erase(&mut self, id: &AccountId) -> bool {
        self.state.edit_own().remove(&[PEOPLE, &id.to_bytes()])
    }
}

#[cfg(test)]
mod tests;
