//! When the life of a message begins and ends, and how long a swarm keeps it. Pure.
//!
//! Source: `messages.md` §9.

use std::time::{Duration, Instant};

use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::content::{DisappearKind, Disappearing, MAX_TIMER};
use nous_protocol::time::Timestamp;
use nous_storage::disappearing::{Life, LifeTask, OpenLife};

use crate::send::MESSAGE_LIFE;

/// How long messages may live after they were read, in seconds.
const AFTER_READ: [u32; 6] = [300, 3_600, 43_200, 86_400, 604_800, 1_209_600];
/// How long after they were sent.
const AFTER_SEND: [u32; 4] = [43_200, 86_400, 604_800, 1_209_600];
/// For looking at it, while it is being made.
const FOR_TRYING: [u32; 3] = [10, 30, 60];
/// The shortest life that a swarm takes, in seconds.
const SHORTEST: i64 = 10;

/// The lives that are offered, in seconds; others are honoured where somebody else chose them.
#[must_use]
pub fn offered(start: TimerStart) -> Vec<u32> {
    let times: &[u32] = match start {
        TimerStart::Read => &AFTER_READ,
        TimerStart::Sent => &AFTER_SEND,
    };
    let for_trying: &[u32] = if cfg!(debug_assertions) { &FOR_TRYING } else { &[] };
    [for_trying, times].concat()
}

/// Whether a life is among those offered.
#[must_use]
pub fn is_offered(timer: Timer) -> bool {
    u32::try_from(timer.seconds).is_ok_and(|seconds| offered(timer.start).contains(&seconds))
}

/// A timer within its bounds: a config may say anything.
#[must_use]
pub fn sound(timer: Option<Timer>) -> Option<Timer> {
    let timer = timer.filter(|timer| timer.seconds > 0)?;
    Some(Timer {
        seconds: timer.seconds.min(MAX_TIMER.into()),
        ..timer
    })
}

/// The life that a content says of itself; a kind that nobody knows, or no time, is none.
///
/// `is_between_two`: it is about a conversation with somebody else. In groups and notes every life begins
/// when a message is sent.
#[must_use]
pub fn of_content(said: Disappearing, is_between_two: bool) -> Option<Timer> {
    let start = match said.kind {
        DisappearKind::Off => return None,
        DisappearKind::AfterRead if is_between_two => TimerStart::Read,
        DisappearKind::AfterRead | DisappearKind::AfterSend => TimerStart::Sent,
    };
    let seconds = said.seconds.into();
    sound(Some(Timer { start, seconds }))
}

/// What a content says of its life.
#[must_use]
pub fn to_content(timer: Option<Timer>) -> Disappearing {
    let Some(timer) = sound(timer) else {
        return Disappearing::default();
    };
    Disappearing {
        kind: match timer.start {
            TimerStart::Sent => DisappearKind::AfterSend,
            TimerStart::Read => DisappearKind::AfterRead,
        },
        seconds: u32::try_from(timer.seconds).unwrap_or(MAX_TIMER),
    }
}

/// The life of what must stay until it is seen, such as that media were saved, or a call.
#[must_use]
pub fn until_seen(timer: Option<Timer>) -> Option<Timer> {
    timer.map(|timer| Timer {
        start: TimerStart::Read,
        ..timer
    })
}

/// The life of what nobody else has to see, such as that we called.
#[must_use]
pub fn seen_by_us(timer: Option<Timer>) -> Option<Timer> {
    timer.map(|timer| Timer {
        start: TimerStart::Sent,
        ..timer
    })
}

/// How long a swarm keeps a message, in ms. `is_own`: in our own swarm, for our other devices: we have
/// read it.
#[must_use]
pub fn ttl_ms(timer: Option<Timer>, is_own: bool) -> i64 {
    let longest = i64::try_from(MESSAGE_LIFE.as_millis()).unwrap_or(i64::MAX);
    match sound(timer) {
        Some(timer) if is_own || timer.start == TimerStart::Sent => {
            timer.seconds.max(SHORTEST).saturating_mul(1_000).min(longest)
        }
        _ => longest,
    }
}

/// So many seconds; none at all for less than one.
#[must_use]
pub fn length(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// A message that comes from a swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// How long it lives.
    pub timer: Timer,
    /// It is ours, from another device.
    pub is_own: bool,
    /// It was read before it came.
    pub is_read: bool,
    /// When the swarm was asked to store it.
    pub stored: Timestamp,
    /// When the swarm forgets it.
    pub expires: Timestamp,
    /// Now.
    pub now: Timestamp,
}

impl Arrival {
    /// Its life. What begins when it is sent began so long before the swarm forgets it, but not before
    /// it was stored: the swarm keeps nothing for longer than it keeps anything.
    #[must_use]
    pub fn life(&self) -> Life {
        let length = length(self.timer.seconds);
        let stored = self.stored.min(self.now);
        let begun_by_swarm = (self.expires - length).max(stored).min(self.now);
        let (ends, task) = match self.timer.start {
            TimerStart::Sent => (Some(begun_by_swarm + length), LifeTask::None),
            TimerStart::Read if self.is_own => (Some(begun_by_swarm + length), LifeTask::None),
            TimerStart::Read if !self.is_read => (None, LifeTask::None),
            // Another device has read it, and told the swarm.
            TimerStart::Read if self.expires <= self.now + length => {
                (Some(begun_by_swarm + length), LifeTask::None)
            }
            TimerStart::Read => (Some(self.now + length), LifeTask::Shorten),
        };
        Life {
            timer: self.timer,
            ends,
            task,
        }
    }
}

/// What the swarm's word means for a message that another device has read: its end, if that tells it,
/// and what is left to do. A message that the swarm does not have is no news: it may never have had it.
#[must_use]
pub fn read_elsewhere(life: &OpenLife, expires: Option<Timestamp>) -> (Option<Timestamp>, LifeTask) {
    match expires {
        None => (None, LifeTask::None),
        Some(at) if at <= life.ends => (Some(not_too_early(life, at)), LifeTask::None),
        Some(_) => (None, LifeTask::Shorten),
    }
}

/// The end of a message that was to be forgotten, as most members of the swarm say; `None` if none has
/// it. It only comes earlier: another device may have read it before.
#[must_use]
pub fn shortened(life: &OpenLife, mut said: Vec<Timestamp>) -> Option<Timestamp> {
    said.sort_unstable();
    let middle = said.get(said.len() / 2)?;
    Some(not_too_early(life, *middle).min(life.ends))
}

/// Nobody reads a message before it is there.
fn not_too_early(life: &OpenLife, at: Timestamp) -> Timestamp {
    at.max(life.order + length(life.seconds)).min(life.ends)
}

/// Notices when the wall clock moves against the monotonic one: the machine slept, or somebody set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockWatch {
    wall: Timestamp,
    monotonic: Instant,
    moved: Option<Instant>,
}

/// What clocks drift apart by themselves between two looks.
const DRIFT_MS: i64 = 2_000;
/// For so long after a move nothing is believed.
const UNSETTLED: Duration = Duration::from_secs(10);

impl ClockWatch {
    /// From the two clocks now.
    #[must_use]
    pub const fn new(wall: Timestamp, monotonic: Instant) -> Self {
        Self {
            wall,
            monotonic,
            moved: None,
        }
    }

    /// Compares the two clocks again.
    pub fn look(&mut self, wall: Timestamp, monotonic: Instant) {
        let passed = monotonic.saturating_duration_since(self.monotonic).as_millis();
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        let moved = wall.as_ms().saturating_sub(self.wall.as_ms());
        if moved.abs_diff(passed) > DRIFT_MS.unsigned_abs() {
            self.moved = Some(monotonic);
        }
        (self.wall, self.monotonic) = (wall, monotonic);
    }

    /// When the last move was seen.
    #[must_use]
    pub const fn moved(&self) -> Option<Instant> {
        self.moved
    }

    /// When the clocks are believed again after a move; `None`: they are.
    #[must_use]
    pub fn settles_at(&self, now: Instant) -> Option<Instant> {
        let at = self.moved? + UNSETTLED;
        (at > now).then_some(at)
    }
}

#[cfg(test)]
mod tests;
