//! What is on its way now: how far it is, and stopping it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nous_network::Progress;
use nous_storage::ids::{AttachmentKey, MessageKey};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::core::Core;
use crate::events::{Change, TransferProgress};

/// Progress is told no more often.
const EVERY: Duration = Duration::from_millis(100);

/// A file that goes up, or comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnItsWay {
    pub(crate) key: AttachmentKey,
    pub(crate) message: MessageKey,
    pub(crate) place: u32,
    /// Bytes of the file.
    pub(crate) size: u64,
    pub(crate) is_upload: bool,
}

#[derive(Debug)]
struct One {
    file: OnItsWay,
    progress: Progress,
    stopped: CancellationToken,
}

impl One {
    fn done(&self) -> u64 {
        let part = if self.file.is_upload {
            self.progress.sent()
        } else {
            self.progress.received()
        };
        self.file.size.saturating_mul(part) / 1_000
    }
}

/// Files on their way. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transfers(Arc<Mutex<BTreeMap<AttachmentKey, Arc<One>>>>);

impl Transfers {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<AttachmentKey, Arc<One>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file is on its way until what this answers is dropped.
    pub(crate) fn begin(&self, file: OnItsWay) -> Running {
        let one = Arc::new(One {
            file,
            progress: Progress::new(),
            stopped: CancellationToken::new(),
        });
        self.lock().insert(file.key, Arc::clone(&one));
        Running {
            transfers: self.clone(),
            one,
        }
    }

    /// Stops a file, if it is on its way.
    pub(crate) fn stop(&self, key: AttachmentKey) {
        if let Some(one) = self.lock().get(&key) {
            one.stopped.cancel();
        }
    }

    /// Which files are on their way.
    pub(crate) fn keys(&self) -> Vec<AttachmentKey> {
        self.lock().keys().copied().collect()
    }

    /// How many bytes of a file that is on its way left or came.
    pub(crate) fn done_of(&self, key: AttachmentKey) -> Option<u64> {
        self.lock().get(&key).map(|one| one.done())
    }
}

/// A file while it is on its way.
#[derive(Debug)]
pub(crate) struct Running {
    transfers: Transfers,
    one: Arc<One>,
}

impl Running {
    /// What the network tells how far it is.
    pub(crate) fn progress(&self) -> &Progress {
        &self.one.progress
    }

    /// Waits for `work` and tells how far it is; `None` if it was stopped: then `work` is dropped.
    pub(crate) async fn carry<T>(&self, core: &Core, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = None;
        loop {
            tokio::select! {
                biased;
                () = self.one.stopped.cancelled() => return None,
                done = &mut work => return Some(done),
                _ = tick.tick() => {
                    let done = self.one.done();
                    if told.replace(done) != Some(done) {
                        core.hub.announce([Change::Transfer(self.told(done))]);
                    }
                }
            }
        }
    }

    fn told(&self, done: u64) -> TransferProgress {
        let file = self.one.file;
        TransferProgress {
            message: file.message,
            place: file.place,
            done,
            size: file.size,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.transfers.lock().remove(&self.one.file.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(key: i64, size: u64) -> OnItsWay {
        OnItsWay {
            key: AttachmentKey(key),
            message: MessageKey(1),
            place: 0,
            size,
            is_upload: true,
        }
    }

    #[test]
    fn a_file_is_on_its_way_until_it_is_dropped() {
        let transfers = Transfers::default();
        let running = transfers.begin(file(7, 1_000));
        running.progress().begin(200);
        running.progress().add_sent(50);
        assert_eq!(transfers.done_of(AttachmentKey(7)), Some(250));
        assert_eq!(transfers.keys(), [AttachmentKey(7)]);
        drop(running);
        assert_eq!(transfers.done_of(AttachmentKey(7)), None);
    }

    #[test]
    fn what_is_stopped_knows_it_and_others_do_not() {
        let transfers = Transfers::default();
        let (first, second) = (transfers.begin(file(1, 9)), transfers.begin(file(2, 9)));
        transfers.stop(AttachmentKey(2));
        transfers.stop(AttachmentKey(3));
        assert!(!first.one.stopped.is_cancelled());
        assert!(second.one.stopped.is_cancelled());
    }
}
