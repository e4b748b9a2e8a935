//! Tasks that nobody forgets: tracked, cancelled together, their panics told.
//!
//! Source: `architecture.md` §7.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The first pause before a panicked task starts again; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A task that panicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPanic {
    /// Its name, as given to [`Tasks::spawn`].
    pub name: &'static str,
    /// How many panics there were so far, of any task.
    pub count: u64,
}

/// A group of tasks. Clones are handles of the same group.
#[derive(Debug, Clone)]
pub struct Tasks {
    tracker: TaskTracker,
    token: CancellationToken,
    panics: Arc<watch::Sender<Option<TaskPanic>>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}

impl Tasks {
    /// A new group without parent.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tracker: TaskTracker::new(),
            token: CancellationToken::new(),
            panics: Arc::new(watch::Sender::new(None)),
        }
    }

    /// A group that is cancelled with this one, or alone.
    #[must_use]
    pub fn child(&self) -> Self {
        Self {
            tracker: TaskTracker::new(),
            token: self.token.child_token(),
            panics: Arc::clone(&self.panics),
        }
    }

    /// Runs `future` until it ends or the group is cancelled, whichever comes first; then it
    /// is dropped at its next await. The handle gives `None` if it was cancelled or panicked.
    pub fn spawn<F>(&self, name: &'static str, future: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let token = self.token.clone();
        let tasks = self.clone();
        self.spawn_raw(async move {
            let guarded = AssertUnwindSafe(future).catch_unwind();
            match token.run_until_cancelled(guarded).await {
                Some(Ok(output)) => Some(output),
                Some(Err(panic)) => {
                    tasks.announce(name, panic.as_ref());
                    None
                }
                None => None,
            }
        })
    }

    /// Runs what `make` makes; after a panic it is made again, with pauses of 1 s doubling to
    /// 60 s. Ends when one ends by itself or the group is cancelled.
    pub fn supervise<M, F>(&self, name: &'static str, mut make: M) -> JoinHandle<Option<()>>
    where
        M: FnMut() -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let tasks = self.clone();
        self.spawn(name, async move {
            let mut pause = FIRST_PAUSE;
            loop {
                match AssertUnwindSafe(make()).catch_unwind().await {
                    Ok(()) => return,
                    Err(panic) => tasks.announce(name, panic.as_ref()),
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        })
    }

    /// The last panic, for diagnostics.
    #[must_use]
    pub fn panics(&self) -> watch::Receiver<Option<TaskPanic>> {
        self.panics.subscribe()
    }

    /// The token that is cancelled with this group.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Cancels the group and its children, without waiting.
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Cancels the group and waits until all of its own tasks have ended.
    pub async fn shutdown(&self) {
        self.token.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn spawn_raw<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        tokio::spawn(self.tracker.track_future(future))
    }

    fn announce(&self, name: &'static str, panic: &(dyn Any + Send)) {
        // The text may hold data of a person: only its kind is logged.
        let kind = if panic.is::<&str>() || panic.is::<String>() {
            "message"
        } else {
            "value"
        };
        tracing::error!(task = name, kind, "a task panicked");
        self.panics.send_modify(|last| {
            let count = last.as_ref().map_or(0, |panic| panic.count) + 1;
            *last = Some(TaskPanic { name, count });
        });
    }
}

#[cfg(test)]
mod tests;
