//! When the next push is due. Pure.
//!
//! Source: `config.md` §12, §16.

use std::time::{Duration, Instant};

/// After a change: others are collected, and a fresh device merges first.
const COLLECT: Duration = Duration::from_secs(3);
/// After a read position moved.
const QUIET: Duration = Duration::from_secs(5);
/// Between two pushes.
const APART: Duration = Duration::from_secs(5);
/// The first pause after a push that failed, and the longest.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// The longest pause after a failure where the swarm has answered a poll since.
const PAUSE_IF_ANSWERED: Duration = Duration::from_secs(20);

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// There was nothing to do, or it may not be done yet.
    Idle,
    /// What there was is stored.
    Pushed,
    /// To be tried again.
    Failed,
}

/// When the next push is due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// The first change that is not pushed.
    changed: Option<Instant>,
    /// The last read position that moved.
    read: Option<Instant>,
    /// Not before.
    rests_until: Option<Instant>,
    failures: u32,
    /// The last push, if it failed.
    failed: Option<Instant>,
    /// What waited when the app started goes out at once.
    is_hurried: bool,
}

impl Schedule {
    /// The app has just started: what waits is due.
    #[must_use]
    pub fn started(now: Instant) -> Self {
        Self {
            changed: Some(now),
            is_hurried: true,
            ..Self::default()
        }
    }

    /// Something changed.
    pub fn changed(&mut self, now: Instant) {
        self.changed.get_or_insert(now);
    }

    /// A read position moved.
    pub const fn read(&mut self, now: Instant) {
        self.read = Some(now);
    }

    /// The network is back: failures before say nothing.
    pub const fn forget_failures(&mut self) {
        self.failures = 0;
        self.failed = None;
        self.rests_until = None;
    }

    /// The swarm answered a poll: whatever made the last push fail may be over.
    pub fn answered(&mut self) {
        if let Some(failed) = self.failed {
            let until = failed + PAUSE_IF_ANSWERED;
            self.rests_until = self.rests_until.map(|rest| rest.min(until));
        }
    }

    /// When to push; `None` if nothing waits.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        let collect = if self.is_hurried { Duration::ZERO } else { COLLECT };
        let changed = self.changed.map(|at| at + collect);
        let read = self.read.map(|at| at + QUIET);
        let wanted = match (changed, read) {
            (Some(changed), Some(read)) => changed.min(read),
            (changed, read) => changed.or(read)?,
        };
        Some(self.rests_until.map_or(wanted, |rest| wanted.max(rest)))
    }

    /// A push begins: what changes from now on is for the next one.
    pub const fn begin(&mut self) {
        self.changed = None;
        self.read = None;
        self.is_hurried = false;
    }

    /// A push ended at `now`.
    pub fn ended(&mut self, now: Instant, how: Ended) {
        match how {
            Ended::Idle => {}
            Ended::Pushed => {
                self.failures = 0;
                self.failed = None;
                self.rests_until = Some(now + APART);
            }
            Ended::Failed => {
                let pause = PAUSE * (1 << self.failures.min(10));
                self.failures = self.failures.saturating_add(1);
                self.failed = Some(now);
                self.rests_until = Some(now + pause.min(LONGEST_PAUSE));
                self.changed(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Instant {
        nous_network::clock::monotonic()
    }

    fn idle(now: Instant) -> Schedule {
        let mut schedule = Schedule::started(now);
        schedule.begin();
        schedule.ended(now, Ended::Idle);
        schedule
    }

    fn seconds(schedule: &Schedule, now: Instant) -> Option<u64> {
        schedule.due_at().map(|at| (at - now).as_secs())
    }

    #[test]
    fn what_waited_goes_out_at_the_start_and_changes_are_collected() {
        let now = start();
        assert_eq!(seconds(&Schedule::started(now), now), Some(0));
        let mut schedule = idle(now);
        assert_eq!(seconds(&schedule, now), None);
        schedule.changed(now);
        schedule.changed(now + Duration::from_secs(2));
        assert_eq!(seconds(&schedule, now), Some(3));
    }

    #[test]
    fn reading_goes_on_until_it_is_quiet_or_something_else_goes_out() {
        let now = start();
        let mut schedule = idle(now);
        schedule.read(now);
        schedule.read(now + Duration::from_secs(4));
        assert_eq!(seconds(&schedule, now), Some(9));
        schedule.changed(now);
        assert_eq!(seconds(&schedule, now), Some(3));
    }

    #[test]
    fn pushes_are_apart_and_failures_double_the_pause() {
        let now = start();
        let mut schedule = idle(now);
        schedule.ended(now, Ended::Pushed);
        schedule.changed(now);
        assert_eq!(seconds(&schedule, now), Some(5));
        let mut pauses = Vec::new();
        for _ in 0..9 {
            schedule.begin();
            schedule.ended(now, Ended::Failed);
            pauses.extend(seconds(&schedule, now));
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        schedule.answered();
        assert_eq!(seconds(&schedule, now), Some(20), "the swarm answers polls");
        schedule.forget_failures();
        assert_eq!(seconds(&schedule, now), Some(3));
    }
}
