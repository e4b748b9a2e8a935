//! A made-up account with a long history, the same each time: what budgets are measured on,
//! and what a program that shows messages is tried with. Pure.
//!
//! Conversation 0 is the long one. Everything about a row follows from its number, so that
//! any part of it can be made by itself.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | who writes what, and when |
//! | `photos` | pictures that messages have |
//! | [`texts`] | names, words, numbers that look random |

mod photos;
pub(crate) mod texts;

use nous_protocol::account::AccountId;
use nous_protocol::content::{Disappearing, Message, Outgoing, OutgoingBody, encode};
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use nous_storage::ids::ConversationKey;
use nous_storage::messages::{MessageKind, NewMessage, SendState};

use texts::Numbers;

/// The name of the account.
pub(crate) const OWN_NAME: &str = "Camille";
/// When the last message was written: 2026-01-01.
const END_MS: i64 = 1_767_225_600_000;
const MINUTE_MS: i64 = 60_000;
/// Between two messages of the long conversation.
const PACE_MS: i64 = 5 * MINUTE_MS;
/// Between the last messages of two conversations.
const APART_MS: i64 = 95 * MINUTE_MS;
/// The most messages of a conversation that is not the long one.
const FEW: u32 = 7;
/// Own messages before these were read by the others.
const LAST_UNREAD_BY_THEM: u32 = 12;
/// One message in so many has a picture, where there are some.
const PICTURE_IN: u32 = 4;

/// How much there is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSize {
    /// Conversations, the long one included.
    pub conversations: u32,
    /// Messages of the long one.
    pub messages: u32,
    /// Pictures of the long one that are on this device: those of its newest messages. One message in
    /// four has a picture then, and older ones are on the server only. 0: there are none.
    pub pictures: u32,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The account.
    pub own: AccountId,
    /// With whom the long conversation is.
    pub longest: AccountId,
    /// Messages of all conversations.
    pub messages: u64,
    /// Unread ones among them.
    pub unread: u64,
}

/// The account's secret. Anybody can know it: never write to the account of a sample.
pub(crate) fn own_seed() -> Seed {
    seed(u32::MAX)
}

fn seed(number: u32) -> Seed {
    let mut bytes = *b"Entre Nous 0000.";
    bytes[11..15].copy_from_slice(&number.to_be_bytes());
    Seed::from_bytes(bytes)
}

/// One conversation of a sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Talk {
    number: u32,
    /// How many messages it has.
    pub(crate) messages: u32,
    /// How many pictures of it are on this device.
    pictures: u32,
    own: AccountId,
    /// With whom.
    pub(crate) peer: AccountId,
}

impl Talk {
    /// The conversation of this number, with the account `own`.
    pub(crate) fn new(number: u32, size: SampleSize, own: AccountId) -> Self {
        let messages = if number == 0 {
            size.messages
        } else {
            1 + number % FEW
        };
        Self {
            number,
            messages,
            pictures: if number == 0 { size.pictures } else { 0 },
            own,
            peer: IdentityKeys::from_seed(&seed(number)).account_id(),
        }
    }

    /// The other's name; one in forty never told it.
    pub(crate) fn name(&self) -> Option<String> {
        (self.number % 40 != 39).then(|| texts::name(self.number))
    }

    /// One in twelve was not answered yet.
    pub(crate) const fn is_approved(&self) -> bool {
        self.number % 12 != 11
    }

    /// Two stand above the others.
    pub(crate) const fn is_pinned(&self) -> bool {
        matches!(self.number, 3 | 4)
    }

    /// One in sixty holds something unsent.
    pub(crate) const fn draft(&self) -> Option<&'static str> {
        if self.number % 60 == 59 {
            Some("I wanted to say that")
        } else {
            None
        }
    }

    /// When its first message was written.
    pub(crate) fn start(&self) -> Timestamp {
        self.sent(0)
    }

    fn sent(&self, message: u32) -> Timestamp {
        let back = i64::from(self.messages - message - 1) * PACE_MS + i64::from(self.number) * APART_MS;
        let shift = i64::from(self.numbers(message).below(240)) * 1_000;
        Timestamp::from_ms(END_MS - PACE_MS - back + shift)
    }

    fn numbers(&self, message: u32) -> Numbers {
        Numbers::new((u64::from(self.number) << 32) | u64::from(message))
    }

    /// Whether the last ones of it are unread: one conversation in nine.
    const fn is_unread(&self, message: u32) -> bool {
        self.number % 9 == 8 && message + 3 > self.messages
    }

    /// Whether a message could not be sent: the last one of a few conversations.
    pub(crate) const fn is_failed(&self, message: u32) -> bool {
        self.number % 150 == 100 && message + 1 == self.messages
    }

    /// Whether a message has a picture.
    pub(crate) const fn has_picture(&self, message: u32) -> bool {
        self.pictures > 0 && message.is_multiple_of(PICTURE_IN)
    }

    /// Whether that picture is on this device.
    pub(crate) const fn has_picture_here(&self, message: u32) -> bool {
        self.has_picture(message) && (self.messages - message - 1) / PICTURE_IN < self.pictures
    }

    /// The picture of a message as a JPEG; `None` if it cannot be made.
    pub(crate) fn picture(&self, message: u32) -> Option<Vec<u8>> {
        photos::jpeg(message / PICTURE_IN, &mut self.numbers(message))
    }

    /// Width and height of that picture.
    pub(crate) const fn picture_size(message: u32) -> (u32, u32) {
        photos::size(message / PICTURE_IN)
    }

    fn is_own(&self, message: u32) -> bool {
        // Three in a row are of one author.
        let mut chance = Numbers::new((u64::from(self.number) << 32) | (u64::from(message / 3) << 8));
        !self.is_unread(message) && (self.is_failed(message) || chance.below(100) < 45)
    }

    /// A message of it, as row of `conversation`.
    pub(crate) fn message(&self, message: u32, conversation: ConversationKey) -> NewMessage {
        let (sent, is_own) = (self.sent(message), self.is_own(message));
        let mut numbers = self.numbers(message);
        let body = texts::body(&mut numbers);
        NewMessage {
            conversation,
            author: if is_own { self.own } else { self.peer },
            is_own,
            is_received: !is_own,
            kind: MessageKind::Text,
            content: (!is_own).then(|| content(&body, sent)),
            body,
            sent,
            received: sent,
            order: sent,
            state: is_own.then(|| self.state(message)),
            is_unread: self.is_unread(message),
            client_token: None,
            server_hash: texts::hash(&mut numbers),
            expires: None,
            event: None,
            mentions_us: false,
            quote: None,
        }
    }

    const fn state(&self, message: u32) -> SendState {
        if message + LAST_UNREAD_BY_THEM < self.messages {
            SendState::Read
        } else {
            SendState::Sent
        }
    }
}

fn content(body: &str, sent: Timestamp) -> Vec<u8> {
    let message = Message {
        body: body.to_owned(),
        ..Message::default()
    };
    encode(&Outgoing {
        sent,
        disappearing: Disappearing::default(),
        body: OutgoingBody::Message(Box::new(message)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: SampleSize = SampleSize {
        conversations: 500,
        messages: 2_000,
        pictures: 0,
    };

    fn talk(number: u32) -> Talk {
        let own = IdentityKeys::from_seed(&own_seed()).account_id();
        Talk::new(number, SIZE, own)
    }

    #[test]
    fn times_grow_and_lie_in_the_past_of_the_long_conversation() {
        let long = talk(0);
        let times: Vec<_> = (0..SIZE.messages).map(|n| long.sent(n)).collect();
        assert!(times.is_sorted());
        assert!(times.iter().all(|at| at.as_ms() < END_MS));
        assert!(talk(1).sent(0) < long.sent(SIZE.messages - 1));
    }

    #[test]
    fn a_sample_has_unread_failed_own_and_long_ones_and_links() {
        let all: Vec<_> = (0..SIZE.conversations)
            .map(talk)
            .flat_map(|talk| (0..talk.messages).map(move |n| talk.message(n, ConversationKey(1))))
            .collect();
        let count = |holds: &dyn Fn(&NewMessage) -> bool| all.iter().filter(|row| holds(row)).count();
        assert!(count(&|row| row.is_unread) > 50);
        assert!(count(&|row| row.is_own) > 800);
        assert!(count(&|row| row.body.contains("https://")) > 20);
        assert!(count(&|row| row.body.chars().count() > 600) > 20);
        assert!(count(&|row| row.is_unread && row.is_own) == 0);
        assert!((0..SIZE.conversations).any(|n| talk(n).is_failed(talk(n).messages - 1)));
    }

    #[test]
    fn one_message_in_four_has_a_picture_and_the_newest_are_here() {
        let own = IdentityKeys::from_seed(&own_seed()).account_id();
        let size = SampleSize { pictures: 10, ..SIZE };
        let long = Talk::new(0, size, own);
        assert_eq!((0..SIZE.messages).filter(|n| long.has_picture(*n)).count(), 500);
        let here: Vec<u32> = (0..SIZE.messages).filter(|n| long.has_picture_here(*n)).collect();
        assert_eq!((here.len(), here.first()), (10, Some(&1_960)));
        assert!(!Talk::new(4, size, own).has_picture(0), "another one has none");
        assert!(!talk(0).has_picture(0), "there are to be none");
    }

    #[test]
    fn the_same_number_is_the_same_message() {
        let (one, two) = (
            talk(8).message(1, ConversationKey(1)),
            talk(8).message(1, ConversationKey(1)),
        );
        assert_eq!(
            (one.body, one.sent, one.server_hash),
            (two.body, two.sent, two.server_hash)
        );
        assert_ne!(talk(8).peer, talk(9).peer);
    }
}
