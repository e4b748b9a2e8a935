//! The pool for work that keeps a core busy: one thread less than there are cores.
//!
//! Source: `architecture.md` §7.

use std::sync::Arc;

use tokio::sync::Semaphore;

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
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let width = cores.saturating_sub(1).max(1);
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
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| ClientError::Bug("cpu pool"))?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|_| ClientError::Bug("work on the cpu pool"))
    }
}
