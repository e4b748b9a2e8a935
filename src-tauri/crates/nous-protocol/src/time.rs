//! Moments on the wire and in rows.

use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01 UTC, signed 64 bits.
///
/// On the wire this is *network time* (`messages.md` §3). It comes from outside:
/// this crate has no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from milliseconds since 1970.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970 as the unsigned number of the wire; moments before 1970 are 0.
    #[must_use]
    pub fn as_wire(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// A moment from an unsigned number of the wire; too large a number becomes the last moment.
    #[must_use]
    pub fn from_wire(ms: u64) -> Self {
        Self(i64::try_from(ms).unwrap_or(i64::MAX))
    }

    /// So much later; the last moment if there is none.
    #[must_use]
    pub fn later(self, by: Duration) -> Self {
        Self(self.0.saturating_add(millis(by)))
    }

    /// So much earlier; the first moment if there is none.
    #[must_use]
    pub fn earlier(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(millis(by)))
    }

    /// How long after `earlier` this moment is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        self.later(duration)
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        self.earlier(duration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_instead_of_wrapping() {
        let end = Timestamp::from_ms(i64::MAX) + Duration::from_secs(1);
        assert_eq!(end.as_ms(), i64::MAX);
        assert_eq!(Timestamp::from_wire(u64::MAX).as_ms(), i64::MAX);
        assert_eq!(Timestamp::from_ms(-5).as_wire(), 0);
        assert_eq!(Timestamp::from_ms(3).since(Timestamp::from_ms(5)), Duration::ZERO);
    }
}
