//! How long messages stay.

use nous_client::disappearing::rules;
use nous_client::protocol::account::ConversationId as With;
use nous_client::protocol::config::fields;
use nous_client::protocol::time::Timestamp;

use crate::app::App;
use crate::convert::{conversation_of, message_key, moment, unexpected};
use crate::errors::ApiError;
use crate::ids::{ConversationId, MessageId};
use crate::rows::{DisappearsRow, Timer, TimerKind};

/// Sets how long messages stay in a conversation, on all devices; in a group admins do. What is there
/// already keeps its time. In groups and in Note to Self it begins when a message is sent.
///
/// # Errors
/// `ConversationNotFound`; `NotAccepted` for somebody who is no contact, `Blocked`; `NotGroupAdmin`,
/// `GroupClosed`; or what the database said. `Unexpected` for a time that is not offered.
pub async fn set_timer(app: &App, conversation: ConversationId, timer: Timer) -> Result<(), ApiError> {
    let with = conversation_of(&conversation)?;
    let is_between_two = matches!(with, With::Person(person) if person != app.client.own_id()?);
    let wanted = wanted(timer, is_between_two)?;
    Ok(app.client.set_timer(with, wanted).await?)
}

/// Sets for our messages what a message tells that its author has set for theirs.
///
/// # Errors
/// `MessageNotFound` if it tells nothing of the kind; else as [`set_timer`].
pub async fn follow_timer(app: &App, message: MessageId) -> Result<(), ApiError> {
    Ok(app.client.follow_timer(message_key(&message)?).await?)
}

/// The times that are offered, in seconds; none where messages stay for good.
#[must_use]
pub fn offered_times(kind: TimerKind) -> Vec<u32> {
    start(kind).map_or_else(Vec::new, rules::offered)
}

const fn start(kind: TimerKind) -> Option<fields::TimerStart> {
    match kind {
        TimerKind::Off => None,
        TimerKind::AfterRead => Some(fields::TimerStart::Read),
        TimerKind::AfterSend => Some(fields::TimerStart::Sent),
    }
}

/// Only a face that invents times, or offers them where there are none, gets an error.
fn wanted(timer: Timer, is_between_two: bool) -> Result<Option<fields::Timer>, ApiError> {
    let Some(start) = start(timer.kind) else {
        return Ok(None);
    };
    let wanted = fields::Timer {
        start,
        seconds: timer.seconds.into(),
    };
    let fits = is_between_two || start == fields::TimerStart::Sent;
    if fits && rules::is_offered(wanted) {
        Ok(Some(wanted))
    } else {
        Err(unexpected(&"a time that is not offered"))
    }
}

/// How long messages of a conversation stay, as faces show it.
pub(crate) fn timer_row(timer: Option<fields::Timer>) -> Timer {
    let Some(timer) = rules::sound(timer) else {
        return Timer {
            kind: TimerKind::Off,
            seconds: 0,
        };
    };
    Timer {
        kind: match timer.start {
            fields::TimerStart::Sent => TimerKind::AfterSend,
            fields::TimerStart::Read => TimerKind::AfterRead,
        },
        seconds: u32::try_from(timer.seconds).unwrap_or(u32::MAX),
    }
}

/// The life of a message, as faces show it; `None`: it stays.
pub(crate) fn disappears_row(timer: Option<fields::Timer>, ends: Option<Timestamp>) -> Option<DisappearsRow> {
    let Timer { kind, seconds } = timer_row(timer);
    (kind != TimerKind::Off).then(|| DisappearsRow {
        kind,
        seconds,
        ends_at: ends.map(moment),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Timer = Timer {
        kind: TimerKind::AfterRead,
        seconds: 3_600,
    };

    #[test]
    fn only_offered_times_are_taken_and_what_begins_by_reading_between_two_only() {
        let taken = wanted(HOUR, true).ok().flatten();
        assert_eq!(timer_row(taken), HOUR);
        assert!(wanted(HOUR, false).is_err());
        assert!(
            wanted(
                Timer {
                    seconds: 3_601,
                    ..HOUR
                },
                true
            )
            .is_err()
        );
        let off = Timer {
            kind: TimerKind::Off,
            seconds: 7,
        };
        assert_eq!(wanted(off, false).ok(), Some(None));
    }

    #[test]
    fn what_stays_has_no_end() {
        assert_eq!(disappears_row(None, Some(Timestamp::from_ms(5))), None);
        let hour = wanted(HOUR, true).ok().flatten();
        let shown = disappears_row(hour, None);
        assert_eq!(
            shown.map(|shown| (shown.seconds, shown.ends_at)),
            Some((3_600, None))
        );
    }

    #[test]
    fn times_of_the_menu_are_offered() {
        assert!(offered_times(TimerKind::AfterRead).contains(&300));
        assert!(!offered_times(TimerKind::AfterSend).contains(&300));
        assert_eq!(offered_times(TimerKind::Off), Vec::<u32>::new());
    }
}
