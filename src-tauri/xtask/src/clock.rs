//! The only place of this program that reads a clock or waits.

use std::time::{Duration, Instant};

/// A moment, for measuring.
#[expect(clippy::disallowed_methods, reason = "this is the clock module")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits. For things of which the system gives no notice, such as a painted window.
#[expect(clippy::disallowed_methods, reason = "a program without an event loop")]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}
