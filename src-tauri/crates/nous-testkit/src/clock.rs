//! A wall clock that moves with tokio's time, and when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use nous_network::NetworkClock;
use nous_protocol::time::Timestamp;

/// The wall clock of a test. Clones are the same clock.
///
/// It follows tokio's clock (which tests pause and advance) and jumps beside it: a jump
/// alone is what sleep looks like.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Timestamp,
    began: tokio::time::Instant,
    jumped_ms: Arc<AtomicI64>,
}

impl ManualClock {
    /// The moment at which tests begin: 2026-01-01 00:00 UTC.
    pub const START: Timestamp = Timestamp::from_ms(1_767_225_600_000);

    /// A clock that shows [`ManualClock::START`]. Call it inside the runtime.
    #[must_use]
    pub fn new() -> Self {
        Self {
            start: Self::START,
            began: tokio::time::Instant::now(),
            jumped_ms: Arc::default(),
        }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let moved = Timestamp::from_ms(
            self.start
                .as_ms()
                .saturating_add(self.jumped_ms.load(Ordering::Acquire)),
        );
        moved + self.began.elapsed()
    }

    /// Moves it forward beside the monotonic clock.
    pub fn jump(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.jumped_ms.fetch_add(ms, Ordering::AcqRel);
    }

    /// A network clock over it. `hint_ms`: the offset known from an earlier run; `Some(0)`
    /// is a clock that is right and known to be.
    #[must_use]
    pub fn network_clock(&self, hint_ms: Option<i64>) -> NetworkClock {
        let clock = self.clone();
        NetworkClock::with_source(Arc::new(move || clock.now()), hint_ms)
    }
}

impl ManualClock {
    /// The network clock of a machine whose own clock is off by so much and that has never
    /// heard a node.
    #[must_use]
    pub fn skewed_network_clock(&self, skew_ms: i64) -> NetworkClock {
        let clock = self.clone();
        let local = move || Timestamp::from_ms(clock.now().as_ms().saturating_add(skew_ms));
        NetworkClock::with_source(Arc::new(local), None)
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}
