//! How far a file is on its way, for whoever shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    to_send: AtomicU64,
    received: AtomicU64,
    to_receive: AtomicU64,
    /// Over all attempts.
    came: AtomicU64,
}

/// Bytes of one file that left this machine, and came to it. Clones are the same.
///
/// A second attempt begins anew. What was handed to the system counts as sent.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counts>);

impl Progress {
    /// Nothing has moved yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What part of an upload has left, in thousandths.
    #[must_use]
    pub fn sent(&self) -> u64 {
        thousandths(&self.0.sent, &self.0.to_send)
    }

    /// What part of a download has come, in thousandths; 0 while nobody told how much there is.
    #[must_use]
    pub fn received(&self) -> u64 {
        thousandths(&self.0.received, &self.0.to_receive)
    }

    /// How many bytes have come, in all attempts: what the line carried, however much of it was of use.
    #[must_use]
    pub fn came(&self) -> u64 {
        self.0.came.load(Ordering::Relaxed)
    }

    /// An attempt begins, with so many bytes to send.
    pub fn begin(&self, to_send: usize) {
        self.0.sent.store(0, Ordering::Relaxed);
        self.0.received.store(0, Ordering::Relaxed);
        self.0.to_receive.store(0, Ordering::Relaxed);
        self.0.to_send.store(whole(to_send), Ordering::Relaxed);
    }

    /// So many more have left.
    pub fn add_sent(&self, bytes: usize) {
        self.0.sent.fetch_add(whole(bytes), Ordering::Relaxed);
    }

    /// So many bytes are to come.
    pub fn expect(&self, bytes: u64) {
        self.0.to_receive.store(bytes, Ordering::Relaxed);
    }

    /// So many more have come.
    pub fn add_received(&self, bytes: usize) {
        self.0.received.fetch_add(whole(bytes), Ordering::Relaxed);
        self.0.came.fetch_add(whole(bytes), Ordering::Relaxed);
    }
}

fn whole(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn thousandths(part: &AtomicU64, of: &AtomicU64) -> u64 {
    let (part, of) = (part.load(Ordering::Relaxed), of.load(Ordering::Relaxed));
    part.saturating_mul(1_000).checked_div(of).unwrap_or(0).min(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_in_thousandths_and_a_second_attempt_begins_anew() {
        let progress = Progress::new();
        assert_eq!((progress.sent(), progress.received()), (0, 0));
        progress.begin(200);
        progress.add_sent(50);
        assert_eq!(progress.sent(), 250);
        progress.expect(1_000);
        progress.add_received(999);
        assert_eq!(progress.received(), 999);
        progress.clone().begin(100);
        assert_eq!((progress.sent(), progress.received()), (0, 0));
    }

    #[test]
    fn what_came_is_counted_over_all_attempts() {
        let progress = Progress::new();
        for bytes in [700, 40] {
            progress.begin(0);
            progress.expect(1_000);
            progress.add_received(bytes);
        }
        assert_eq!((progress.received(), progress.came()), (40, 740));
    }
}
