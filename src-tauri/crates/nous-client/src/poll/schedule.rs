//! Whose turn it is to be polled. Pure.
//!
//! Source: `network.md` §7.1.

use std::time::{Duration, Instant};

use nous_protocol::account::SwarmAccount;

/// The pace while a window is used.
pub const PACE_USED: Duration = Duration::from_secs(5);
/// The pace in the background.
pub const PACE_BACKGROUND: Duration = Duration::from_secs(15);
/// The longest pause after failures.
const LONGEST: Duration = Duration::from_secs(60);

/// Something that is polled again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollTarget {
    /// Whose box.
    pub account: SwarmAccount,
    /// The pause between two polls.
    pub pace: Duration,
    /// When the last poll ended; `None`: never polled.
    pub last: Option<Instant>,
    /// Polls that failed since the last that did not.
    pub failures: u32,
    /// There was more than one answer could hold, or somebody asked for a poll.
    pub is_hurried: bool,
}

impl PollTarget {
    /// A target that was never polled.
    #[must_use]
    pub const fn new(account: SwarmAccount, pace: Duration) -> Self {
        Self {
            account,
            pace,
            last: None,
            failures: 0,
            is_hurried: false,
        }
    }

    /// When it is due; `now` if it was never polled.
    #[must_use]
    pub fn due_at(&self, now: Instant) -> Instant {
        let Some(last) = self.last else {
            return now;
        };
        if self.is_hurried {
            return last;
        }
        let doublings = self.failures.min(8);
        last + (self.pace * (1 << doublings)).min(LONGEST.max(self.pace))
    }

    /// A poll ended at `now`: well, and maybe with more to fetch, or (`None`) badly.
    pub fn ended(&mut self, now: Instant, has_more: Option<bool>) {
        self.last = Some(now);
        self.is_hurried = has_more == Some(true);
        self.failures = if has_more.is_some() {
            0
        } else {
            self.failures.saturating_add(1)
        };
    }
}

/// The target to poll next and the moment to do it; the one that waits longest goes first.
/// `None` without targets.
#[must_use]
pub fn next_due(targets: &[PollTarget], now: Instant) -> Option<(usize, Instant)> {
    targets
        .iter()
        .enumerate()
        .map(|(index, target)| (target.due_at(now), target.last, index))
        .min()
        .map(|(at, _, index)| (index, at))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn target(n: u8, pace: Duration) -> PollTarget {
        PollTarget::new(SwarmAccount::from_bytes([n; 33]), pace)
    }

    fn start() -> Instant {
        nous_network::clock::monotonic()
    }

    #[test]
    fn a_new_target_is_due_at_once() {
        let now = start();
        assert_eq!(next_due(&[target(1, PACE_USED)], now), Some((0, now)));
    }

    #[test]
    fn failures_double_the_pause_up_to_a_minute() {
        let now = start();
        let mut own = target(1, PACE_USED);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            own.ended(now, None);
            pauses.push((own.due_at(now) - now).as_secs());
        }
        assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);
    }

    #[test]
    fn success_ends_the_doubling_and_more_is_fetched_at_once() {
        let now = start();
        let mut own = target(1, PACE_USED);
        own.ended(now, None);
        own.ended(now, Some(true));
        assert_eq!(own.due_at(now), now);
        own.ended(now, Some(false));
        assert_eq!(own.due_at(now), now + PACE_USED);
    }

    proptest! {
        /// Whatever fails or has more, every target gets its turn.
        #[test]
        fn no_target_starves(
            paces in prop::collection::vec(1_u64..120, 1..6),
            results in prop::collection::vec(prop::option::of(any::<bool>()), 400),
        ) {
            let mut now = start();
            let mut targets: Vec<PollTarget> =
                paces.iter().zip(0_u8..).map(|(pace, n)| target(n, Duration::from_secs(*pace))).collect();
            let mut polled_at = vec![now; targets.len()];
            for result in results {
                let (index, at) = next_due(&targets, now).unwrap();
                now = at.max(now) + Duration::from_millis(300);
                targets[index].ended(now, result);
                polled_at[index] = now;
                for (other, at) in polled_at.iter().enumerate() {
                    let pace = targets[other].pace.max(LONGEST);
                    prop_assert!(now - *at <= pace * 2 + Duration::from_secs(10), "target {} waits", other);
                }
            }
        }
    }
}
