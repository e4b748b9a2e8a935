//! The only place of the crate that waits or looks at a clock.

use std::io;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Counts down a time limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// A limit of `limit` from now.
    pub(crate) fn after(limit: Duration) -> Self {
        Self(now() + limit)
    }

    /// Waits `pause`, or what is left if that is less; `false` when nothing is left.
    pub(crate) fn pause(self, pause: Duration) -> bool {
        let left = self.0.saturating_duration_since(now());
        if left.is_zero() {
            return false;
        }
        rest(pause.min(left));
        true
    }
}

#[allow(clippy::disallowed_methods, reason = "this is the clock module")]
fn now() -> Instant {
    Instant::now()
}

#[allow(
    clippy::disallowed_methods,
    reason = "this is the clock module; only database threads wait here"
)]
fn rest(pause: Duration) {
    std::thread::sleep(pause);
}

/// Starts a thread of the database or the profile.
///
/// # Errors
/// When the system has no thread left.
#[allow(
    clippy::disallowed_methods,
    reason = "database threads are threads, not tasks (architecture.md §7)"
)]
pub(crate) fn start_thread(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body)
}
