//! The pools for work that keeps a core busy: one with a thread less than there are cores, and a
//! narrow one for files of strangers, so that what takes long there holds up no message.
//!
//! Source: `architecture.md` §7 and §17.

use std::sync::Arc;
use std::time::Duration;

use nous_media::audio::limit::Deadline;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ClientError;

/// Runs work on blocking threads, few at a time. Clones share the limit.
#[derive(Debug, Clone)]
pub struct CpuPool {
    permits: Arc<Semaphore>,
    width: usize,
}

impl Default for CpuPool {
    fn default() -> Self {
        Self::new()
    }
}

impl CpuPool {
    /// A pool as wide as this machine allows.
    #[must_use]
    pub fn new() -> Self {
        Self::of(spare_cores())
    }

    /// A pool for work that may take long and much memory: two pieces at a time at most.
    #[must_use]
    pub fn narrow() -> Self {
        Self::of(spare_cores().min(2))
    }

    fn of(width: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(width)),
            width,
        }
    }

    /// How many pieces of work run at a time.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Runs `work` and waits for it.
    ///
    /// # Errors
    /// [`ClientError::Bug`] if it panicked or the runtime ends.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ClientError> {
        let permit = self.turn().await?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|_| ClientError::Bug("work on the cpu pool"))
    }

    /// Runs `work` once it is its turn, however long that takes, and then waits for it no longer than
    /// `patience`: `None`. Its deadline is a little before that, so that it can end with what it has; it
    /// has passed, too, when nobody waits any more. The place in the pool is free when the work ends.
    ///
    /// # Errors
    /// As [`CpuPool::run`].
    pub async fn run_within<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce(&Deadline) -> T + Send + 'static,
    ) -> Result<Option<T>, ClientError> {
        let permit = self.turn().await?;
        let waited_for = WaitedFor(Deadline::after(patience - patience / 4));
        let deadline = waited_for.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&deadline);
            drop(permit);
            result
        });
        match tokio::time::timeout(patience, done).await {
            Ok(done) => done
                .map(Some)
                .map_err(|_| ClientError::Bug("work on the cpu pool")),
            Err(_) => Ok(None),
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, ClientError> {
        Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ClientError::Bug("cpu pool"))
    }
}

/// One core is left to everything else.
fn spare_cores() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    cores.saturating_sub(1).max(1)
}

/// Tells work when it is not waited for any more: this was dropped.
struct WaitedFor(Deadline);

impl Drop for WaitedFor {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn until_it_is_its_turn_no_time_counts() {
        let pool = CpuPool::of(1);
        let (release, held) = mpsc::sync_channel::<()>(1);
        let before = pool.run(move || held.recv().is_ok());
        let late = pool.run_within(PATIENCE, |_| 7);
        let let_go = async {
            tokio::task::yield_now().await;
            tokio::time::advance(PATIENCE * 10).await;
            release.send(()).unwrap();
        };
        let (_, late, ()) = tokio::join!(before, late, let_go);
        assert_eq!(late, Ok(Some(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_takes_too_long_is_told_and_gives_its_place_back() {
        let pool = CpuPool::of(1);
        let (told, was_told) = mpsc::sync_channel(1);
        let endless = pool.run_within(PATIENCE, move |deadline: &Deadline| {
            while !deadline.has_passed() {
                std::thread::yield_now();
            }
            told.send(()).unwrap();
        });
        let passes = async {
            tokio::task::yield_now().await;
            tokio::time::advance(PATIENCE * 2).await;
        };
        let (endless, ()) = tokio::join!(endless, passes);
        assert_eq!(endless, Ok(None));
        assert_eq!(pool.run(|| 1).await, Ok(1), "its place is free");
        assert_eq!(was_told.recv(), Ok(()));
    }

    #[tokio::test]
    async fn work_whose_asker_goes_away_is_told() {
        let pool = CpuPool::of(1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let asked = pool.run_within(PATIENCE, move |deadline: &Deadline| {
            begun.send(()).unwrap();
            while !deadline.has_passed() {
                std::thread::yield_now();
            }
        });
        tokio::select! {
            biased;
            _ = asked => unreachable!("it does not end by itself"),
            _ = has_begun => {}
        }
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }

    #[test]
    fn one_core_is_left_and_the_narrow_pool_is_narrow() {
        assert!(CpuPool::new().width() >= 1);
        assert!((1..=2).contains(&CpuPool::narrow().width()));
    }
}
