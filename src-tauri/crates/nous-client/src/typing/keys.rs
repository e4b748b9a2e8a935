//! What our own keys mean to the other. Pure.
//!
//! Source: `messages.md` §8.

use std::time::{Duration, Instant};

/// A sign is repeated after this while keys come, and taken back after this without one.
const PAUSE: Duration = Duration::from_secs(10);

/// What the other is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// We type.
    Started,
    /// We stopped.
    Stopped,
}

/// The keys pressed in one conversation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys {
    /// The last key.
    pressed: Option<Instant>,
    /// When the other was last told that we type; `None` if they think that we do not.
    told: Option<Instant>,
}

impl Keys {
    /// A key changed the text.
    pub const fn pressed(&mut self, now: Instant) {
        self.pressed = Some(now);
    }

    /// Nothing stands in the field any more, or nobody looks at it.
    pub const fn emptied(&mut self) {
        self.pressed = None;
    }

    /// What to tell now, if anything; it counts as told.
    pub fn next(&mut self, now: Instant) -> Option<Sign> {
        let is_typing = self.pressed.is_some_and(|pressed| now < pressed + PAUSE);
        if !is_typing {
            self.pressed = None;
            return self.told.take().map(|_| Sign::Stopped);
        }
        // Repeated only for a key that came after the last sign.
        let is_due = self
            .told
            .is_none_or(|told| now >= told + PAUSE && self.pressed.is_some_and(|pressed| pressed > told));
        is_due.then(|| {
            self.told = Some(now);
            Sign::Started
        })
    }

    /// When [`Keys::next`] has something to tell by itself; `None` if nobody types.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        let Some(pressed) = self.pressed else {
            return self.told;
        };
        let repeated = self.told.filter(|told| pressed > *told);
        let stopped = pressed + PAUSE;
        Some(repeated.map_or(stopped, |told| stopped.min(told + PAUSE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    /// Presses a key each second of `pressed`; answers what was told when.
    fn told(pressed: &[u64], until: u64) -> Vec<(u64, Sign)> {
        let (start, mut keys, mut told) = (nous_network::clock::monotonic(), Keys::default(), Vec::new());
        for second in 0..=until {
            if pressed.contains(&second) {
                keys.pressed(at(start, second));
            }
            told.extend(keys.next(at(start, second)).map(|sign| (second, sign)));
        }
        told
    }

    #[test]
    fn the_first_key_tells_and_ten_seconds_without_one_take_it_back() {
        assert_eq!(told(&[3], 30), [(3, Sign::Started), (13, Sign::Stopped)]);
    }

    #[test]
    fn while_keys_come_it_is_repeated_every_ten_seconds() {
        let keys: Vec<u64> = (0..=25).collect();
        let signs = [
            (0, Sign::Started),
            (10, Sign::Started),
            (20, Sign::Started),
            (30, Sign::Started),
            (35, Sign::Stopped),
        ];
        assert_eq!(told(&keys, 60), signs);
    }

    #[test]
    fn an_emptied_field_stops_at_once_and_only_once() {
        let (start, mut keys) = (nous_network::clock::monotonic(), Keys::default());
        keys.emptied();
        assert_eq!(keys.next(start), None, "nothing was told");
        keys.pressed(start);
        assert_eq!(keys.next(start), Some(Sign::Started));
        keys.emptied();
        assert_eq!(keys.next(at(start, 1)), Some(Sign::Stopped));
        assert_eq!((keys.next(at(start, 1)), keys.due_at()), (None, None));
    }

    #[test]
    fn it_is_looked_at_when_something_is_due_and_no_earlier() {
        let (start, mut keys) = (nous_network::clock::monotonic(), Keys::default());
        keys.pressed(start);
        assert_eq!(keys.next(start), Some(Sign::Started));
        assert_eq!(keys.due_at(), Some(at(start, 10)));
        keys.pressed(at(start, 4));
        assert_eq!(keys.due_at(), Some(at(start, 10)), "the repetition");
        assert_eq!(keys.next(at(start, 10)), Some(Sign::Started));
        assert_eq!(keys.due_at(), Some(at(start, 14)), "the end");
    }
}
