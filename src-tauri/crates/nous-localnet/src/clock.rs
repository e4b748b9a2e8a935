//! The network's clock: the one place of this crate that asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// No clock goes beyond this: whole milliseconds stay exact in every number of JSON.
const LAST_MS: i64 = 1 << 53;

/// A clock that can be moved. Clones move together.
#[derive(Debug, Clone)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    stands_still: bool,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self {
            offset_ms: Arc::new(AtomicI64::new(0)),
            stands_still: false,
        }
    }

    /// A clock that stands at `ms` since 1970 until it is moved.
    #[must_use]
    pub fn standing_at(ms: i64) -> Self {
        Self {
            offset_ms: Arc::new(AtomicI64::new(ms)),
            stands_still: true,
        }
    }

    /// Milliseconds since 1970, from 0 to 2^53.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        let base = if self.stands_still { 0 } else { system_ms() };
        let now = base.saturating_add(self.offset_ms.load(Ordering::SeqCst));
        now.clamp(0, LAST_MS)
    }

    /// Moves the clock by `ms`, which may be negative.
    pub fn advance(&self, ms: i64) {
        let add = |old: i64| Some(old.saturating_add(ms));
        // The closure never declines.
        let _ = self
            .offset_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// Moves the clock to `ms` since 1970.
    pub fn set(&self, ms: i64) {
        let base = if self.stands_still { 0 } else { system_ms() };
        self.offset_ms.store(ms.saturating_sub(base), Ordering::SeqCst);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[allow(clippy::disallowed_methods, reason = "the clock itself")]
fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment for measuring what passes, whatever happens to the clock.
#[allow(clippy::disallowed_methods, reason = "the clock itself")]
pub(crate) fn monotonic() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = Clock::standing_at(1000);
        let other = clock.clone();
        clock.advance(-400);
        assert_eq!(other.now_ms(), 600);
        other.set(5);
        assert_eq!(clock.now_ms(), 5);
    }

    #[test]
    fn a_clock_stays_where_numbers_are_exact() {
        let clock = Clock::standing_at(i64::MAX);
        clock.advance(i64::MAX);
        assert_eq!(clock.now_ms(), LAST_MS);
        clock.set(i64::MIN);
        assert_eq!(clock.now_ms(), 0);
    }

    #[test]
    fn a_running_clock_can_be_set() {
        let clock = Clock::system();
        clock.set(1_000_000);
        assert!((1_000_000..1_060_000).contains(&clock.now_ms()));
    }
}
