//! Messages that disappear: set for a conversation, carried by everything that is said there, begun when
//! it is sent or read, hidden at its end, and erased once the time is sure.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what other parts do with lives, inside their transactions |
//! | [`rules`] | when a life begins and ends; pure |
//! | [`setting`] | how long messages of a conversation live, set by the person |
//! | `swarm` | what our own swarm is told, and asked |
//! | [`worker`] | the loop: one timer for the nearest end |
//!
//! Ends are network time. What this machine's clock alone says hides a message and erases none: see
//! [`worker`].
//!
//! Source: `messages.md` §9, `product.md` §12.

pub mod rules;
pub mod setting;
mod swarm;
pub mod worker;

use nous_network::NetworkClock;
use nous_protocol::config::fields::Timer;
use nous_protocol::time::Timestamp;
use nous_storage::db::Writer;
use nous_storage::disappearing::{self as lives, Beginning, Life, LifeTask};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};

use self::rules::Arrival;

/// Gives a message that was just written down the life of its conversation; it begins once a swarm has
/// stored it. `may_disappear`: not before both have accepted each other. Answers that life.
///
/// # Errors
/// What the database said.
pub(crate) fn give_written(
    writer: &mut Writer<'_>,
    message: MessageKey,
    conversation: ConversationKey,
    may_disappear: bool,
    now: Timestamp,
) -> Result<Option<Timer>, StorageError> {
    let set = lives::setting(&writer.reader(), conversation)?;
    let timer = rules::sound(set).filter(|_| may_disappear);
    give(writer, message, timer, None, now)?;
    Ok(timer)
}

/// Gives a message a life whose end is known, or not yet.
///
/// # Errors
/// What the database said.
pub(crate) fn give(
    writer: &mut Writer<'_>,
    message: MessageKey,
    timer: Option<Timer>,
    ends: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let Some(timer) = timer else {
        return Ok(());
    };
    let life = Life {
        timer,
        ends,
        task: LifeTask::None,
    };
    lives::set_life(writer, message, &life, now)
}

/// Gives a message that came from a swarm its life.
///
/// # Errors
/// What the database said.
pub(crate) fn give_arrived(
    writer: &mut Writer<'_>,
    message: MessageKey,
    arrival: &Arrival,
) -> Result<(), StorageError> {
    lives::set_life(writer, message, &arrival.life(), arrival.now)
}

/// Now, as the beginning of lives.
pub(crate) fn beginning(clock: &NetworkClock) -> Beginning {
    Beginning {
        at: clock.now(),
        local: (!clock.is_known()).then(|| clock.local_now()),
    }
}
