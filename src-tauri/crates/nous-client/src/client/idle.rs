//! Locking by itself when nobody used the app for a while.
//!
//! Only a face with a window says that it is used; one that never does is never locked.
//!
//! Source: `product.md` §14, §17.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use nous_network::clock;
use nous_protocol::time::Timestamp;
use nous_storage::key::Protection;
use serde::Deserialize;
use tokio::sync::Notify;

use super::{Client, Inner, lock};
use crate::error::ClientError;

/// The name under which faces keep their settings; of them the engine reads its own.
pub const FACE_SETTINGS: &str = "app.settings";

/// The engine's part of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wish {
    auto_lock_minutes: u32,
}

/// A moment by both clocks: one may stand still while the machine sleeps, the other may be set.
#[derive(Debug, Clone, Copy)]
struct Moment {
    monotonic: Instant,
    local: Timestamp,
}

impl Moment {
    fn now() -> Self {
        Self {
            monotonic: clock::monotonic(),
            local: clock::local(),
        }
    }

    /// The time since, by the clock that says more.
    fn until(self, later: Self) -> Duration {
        let awake = later.monotonic.saturating_duration_since(self.monotonic);
        let gone_ms = later.local.as_ms().saturating_sub(self.local.as_ms());
        awake.max(Duration::from_millis(u64::try_from(gone_ms).unwrap_or(0)))
    }
}

/// When the app was used last, and how long it may be left alone.
#[derive(Debug, Default)]
pub(crate) struct Idle {
    last: Mutex<Option<Moment>>,
    /// In ms; 0: for ever.
    limit_ms: AtomicU64,
    stirred: Notify,
}

impl Idle {
    fn limit(&self) -> Option<Duration> {
        let ms = self.limit_ms.load(Ordering::Acquire);
        (ms > 0).then(|| Duration::from_millis(ms))
    }

    /// How long it may still be left alone at `now`; zero: it is time. `None`: for ever.
    fn left(&self, now: Moment) -> Option<Duration> {
        let last = (*lock(&self.last))?;
        Some(self.limit()?.saturating_sub(last.until(now)))
    }

    /// Counts as used now, if a face ever said that it is.
    pub(super) fn used(&self) {
        if let Some(last) = lock(&self.last).as_mut() {
            *last = Moment::now();
        }
        self.stir();
    }

    /// Something that matters may have changed, or the machine woke.
    pub(crate) fn stir(&self) {
        self.stirred.notify_one();
    }
}

impl Client {
    /// A person uses the app. If it was left alone too long it locks instead.
    ///
    /// # Errors
    /// What the database said.
    pub async fn note_use(&self) -> Result<(), ClientError> {
        if self.lock_if_left_alone().await? {
            return Ok(());
        }
        let is_first = lock(&self.inner.idle.last).replace(Moment::now()).is_none();
        if is_first {
            self.inner.idle.stir();
        }
        Ok(())
    }

    /// Reads how long the app may be left alone.
    pub(super) async fn look_at_idle_setting(&self) {
        let wish: Wish = self
            .setting(FACE_SETTINGS)
            .await
            .ok()
            .flatten()
            .unwrap_or_default();
        let limit_ms = u64::from(wish.auto_lock_minutes) * 60_000;
        self.inner.idle.limit_ms.store(limit_ms, Ordering::Release);
        self.inner.idle.stir();
    }

    /// Waits for the time to lock, as long as there is a client.
    pub(super) fn watch_idle(&self) {
        let (inner, idle) = (Arc::downgrade(&self.inner), Arc::clone(&self.inner.idle));
        drop(self.inner.tasks.spawn("idle", async move {
            while let Some(at) = look(&inner).await {
                tokio::select! {
                    () = clock::sleep_until(at) => {}
                    () = idle.stirred.notified() => {}
                }
            }
        }));
    }

    /// Whether it was left alone too long, and is locked now.
    async fn lock_if_left_alone(&self) -> Result<bool, ClientError> {
        if self.time_left().is_none_or(|left| !left.is_zero()) {
            return Ok(false);
        }
        // Who speaks uses the app.
        if self.inner.voice.is_heard() {
            self.inner.idle.used();
            return Ok(false);
        }
        self.lock().await
    }

    /// How long until it locks; `None` if it does not, as without a password.
    fn time_left(&self) -> Option<Duration> {
        let protection = self.opened().ok()?.profile().ok()?.protection();
        if protection != Protection::Password {
            return None;
        }
        self.inner.idle.left(Moment::now())
    }
}

/// Locks if it is time. When to look again: `Some(None)` when something changes, `None` when
/// the client is gone.
async fn look(inner: &Weak<Inner>) -> Option<Option<Instant>> {
    let client = Client {
        inner: inner.upgrade()?,
    };
    if let Err(error) = client.lock_if_left_alone().await {
        tracing::warn!(%error, "the profile could not be locked");
        return Some(None);
    }
    Some(client.time_left().map(|left| clock::monotonic() + left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(moment: Moment, awake_s: u64, local_s: i64) -> Moment {
        Moment {
            monotonic: moment.monotonic + Duration::from_secs(awake_s),
            local: Timestamp::from_ms(moment.local.as_ms() + local_s * 1_000),
        }
    }

    #[test]
    fn sleep_counts_and_a_clock_set_back_does_not_help() {
        let now = Moment::now();
        let idle_s = |awake, local| now.until(later(now, awake, local)).as_secs();
        assert_eq!(idle_s(30, 30), 30);
        assert_eq!(idle_s(5, 3_600), 3_600, "the machine slept");
        assert_eq!(idle_s(90, -3_600), 90, "the clock was set back");
    }

    #[test]
    fn it_is_time_when_the_limit_has_passed_and_never_without_one() {
        let (idle, now) = (Idle::default(), Moment::now());
        *lock(&idle.last) = Some(now);
        assert_eq!(idle.left(later(now, 9_999, 9_999)), None, "no limit is set");
        idle.limit_ms.store(60_000, Ordering::Release);
        assert_eq!(idle.left(later(now, 20, 20)), Some(Duration::from_secs(40)));
        assert_eq!(idle.left(later(now, 2, 61)), Some(Duration::ZERO));
        *lock(&idle.last) = None;
        assert_eq!(
            idle.left(later(now, 61, 61)),
            None,
            "no window ever said that it is used"
        );
    }
}
