//! When an attempt is made again. Pure.
//!
//! Source: `architecture.md` §5.1, `product.md` §7.

use std::time::Duration;

use nous_protocol::error::Retry;
use rand::{Rng, RngExt};

/// What becomes of a row after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Again after this pause.
    After(Duration),
    /// Not by itself: the person must act.
    Stop,
}

/// No pause is longer, whatever a failure asks for.
const LONGEST: Duration = Duration::from_secs(600);

/// The longest pause after so many attempts: quick while a person may be watching.
const fn longest(attempts: u32) -> Duration {
    match attempts {
        0..=12 => Duration::from_secs(8),
        13..=60 => Duration::from_secs(60),
        _ => LONGEST,
    }
}

/// The pause before attempt number `attempts + 1`, doubling from one second, with 20 % of
/// chance in it; never shorter than what the failure asks for.
///
/// `attempts`: those made so far, at least 1. `retry`: what the last one's failure says.
#[must_use]
pub fn next_due(attempts: u32, retry: Retry, rng: &mut impl Rng) -> Next {
    let least = match retry {
        Retry::Never | Retry::AfterChange(_) => return Next::Stop,
        Retry::After(pause) => pause,
        Retry::Now | Retry::WhenOnline => Duration::ZERO,
    };
    let doublings = attempts.saturating_sub(1).min(16);
    let pause = Duration::from_secs(1 << doublings)
        .min(longest(attempts))
        .max(least)
        .min(LONGEST);
    Next::After(pause.mul_f64(rng.random_range(1.0..1.2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nous_protocol::error::Cause;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn pause(attempts: u32, retry: Retry) -> Duration {
        match next_due(attempts, retry, &mut StdRng::seed_from_u64(7)) {
            Next::After(pause) => pause,
            Next::Stop => Duration::MAX,
        }
    }

    #[test]
    fn pauses_grow_up_to_eight_seconds_at_first() {
        let pauses: Vec<u64> = (1..=6).map(|n| pause(n, Retry::Now).as_secs()).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert!(pause(6, Retry::Now) <= Duration::from_secs(10));
    }

    #[test]
    fn a_failure_can_ask_for_more() {
        assert!(pause(1, Retry::After(Duration::from_secs(30))) >= Duration::from_secs(30));
    }

    #[test]
    fn what_cannot_succeed_stops() {
        assert_eq!(pause(1, Retry::Never), Duration::MAX);
        assert_eq!(pause(1, Retry::AfterChange(Cause::Clock)), Duration::MAX);
    }

    #[test]
    fn a_day_of_attempts_stays_below_three_hundred() {
        let mut spent = Duration::ZERO;
        let mut attempts = 0;
        while spent < Duration::from_secs(86_400) {
            attempts += 1;
            spent += pause(attempts, Retry::WhenOnline);
        }
        assert!(attempts < 300, "{attempts}");
    }
}
