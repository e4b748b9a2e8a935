//! How much of a machine a file of a stranger may take: time, bytes, packets.
//!
//! A file of some bytes can say that it holds billions of packets, or send a demuxer to and fro
//! in it for ever. What is read of it is counted here, in proportion to its size, and every loop
//! over it looks at a deadline.

use std::io::{Cursor, Error, Read, Result, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use symphonia::core::io::MediaSource;

use super::clock;

/// How long one call may take: opening, going to a place, or the next frames.
const CALL: Duration = Duration::from_secs(5);
/// So often may every byte of a file be read, from one place that is gone to until the next.
const OFTEN: u64 = 32;
/// What is read in any case: who looks for a format reads the same bytes again and again.
const LEAST: u64 = 1 << 20;
/// What a read costs that reads nothing.
const COST: u64 = 64;
/// A packet has a byte at least. So many more may have none.
const FREE_PACKETS: u64 = 1_000;

/// When work has to end. Clones are stopped together.
#[derive(Debug, Clone)]
pub struct Deadline {
    stopped: Arc<AtomicBool>,
    at: Option<Instant>,
}

impl Deadline {
    /// Ends so long after now.
    #[must_use]
    pub fn after(most: Duration) -> Self {
        Self {
            stopped: Arc::default(),
            at: clock::now().checked_add(most),
        }
    }

    /// Ends when it is stopped, and not before.
    #[must_use]
    pub fn never() -> Self {
        Self {
            stopped: Arc::default(),
            at: None,
        }
    }

    /// Ends it now, for whoever looks at it or at a clone of it.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the work has to end.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) || self.at.is_some_and(|at| clock::now() >= at)
    }
}

/// What a reader and the demuxer below it may still take.
#[derive(Debug)]
pub(super) struct Watch {
    whole: Deadline,
    call: Mutex<Deadline>,
    size: u64,
    bytes: AtomicU64,
    packets: AtomicU64,
}

impl Watch {
    /// `size`: of the file.
    pub(super) fn new(whole: Deadline, size: usize) -> Self {
        let watch = Self {
            whole,
            call: Mutex::new(Deadline::after(CALL)),
            size: size as u64,
            bytes: AtomicU64::new(0),
            packets: AtomicU64::new(0),
        };
        watch.allow_anew();
        watch
    }

    /// Somebody called: this call has its own deadline.
    pub(super) fn begin_call(&self) {
        *self.call.lock().unwrap_or_else(PoisonError::into_inner) = Deadline::after(CALL);
    }

    /// Somebody went to another place, so that the file is read once more.
    pub(super) fn allow_anew(&self) {
        let bytes = self.size.saturating_mul(OFTEN).saturating_add(LEAST);
        self.bytes.store(bytes, Ordering::Relaxed);
        self.packets
            .store(self.size.saturating_add(FREE_PACKETS), Ordering::Relaxed);
    }

    /// Whether there is no time left.
    pub(super) fn is_over(&self) -> bool {
        let call = || {
            self.call
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .has_passed()
        };
        self.whole.has_passed() || call()
    }

    /// Takes one packet from what is left; `false` if nothing is, or no time.
    pub(super) fn take_packet(&self) -> bool {
        take(&self.packets, 1) && !self.is_over()
    }

    fn take_bytes(&self, bytes: usize) -> Result<()> {
        if take(&self.bytes, (bytes as u64).max(COST)) && !self.is_over() {
            Ok(())
        } else {
            Err(Error::other("a file takes too much"))
        }
    }
}

/// Only one thread takes at a time.
fn take(from: &AtomicU64, amount: u64) -> bool {
    let left = from.load(Ordering::Relaxed).checked_sub(amount);
    from.store(left.unwrap_or(0), Ordering::Relaxed);
    left.is_some()
}

/// One file for every demuxer that reads it.
#[derive(Clone)]
pub(super) struct Bytes(Arc<Vec<u8>>);

impl Bytes {
    pub(super) fn new(file: Vec<u8>) -> Self {
        Self(Arc::new(file))
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A file as a demuxer reads it: it fails when the demuxer takes too much.
pub(super) struct Source {
    file: Cursor<Bytes>,
    watch: Arc<Watch>,
}

impl Source {
    pub(super) fn new(file: &Bytes, watch: &Arc<Watch>) -> Self {
        Self {
            file: Cursor::new(file.clone()),
            watch: Arc::clone(watch),
        }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = self.file.read(into)?;
        self.watch.take_bytes(read)?;
        Ok(read)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.watch.take_bytes(0)?;
        self.file.seek(to)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        self.file.byte_len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_deadline_passes_by_itself_or_because_it_is_stopped() {
        assert!(Deadline::after(Duration::ZERO).has_passed());
        assert!(!Deadline::after(Duration::from_secs(3_600)).has_passed());
        assert!(!Deadline::after(Duration::MAX).has_passed());
        let never = Deadline::never();
        let clone = never.clone();
        assert!(!clone.has_passed());
        never.stop();
        assert!(clone.has_passed());
    }

    #[test]
    fn a_file_is_read_so_often_and_not_more_often() {
        let watch = Arc::new(Watch::new(Deadline::never(), 1_000));
        let mut source = Source::new(&Bytes::new(vec![7; 1_000]), &watch);
        let mut read = || -> Result<u64> {
            source.seek(SeekFrom::Start(0))?;
            let mut bytes = Vec::new();
            Ok(source.read_to_end(&mut bytes)? as u64)
        };
        let mut sum = 0;
        while let Ok(bytes) = read() {
            sum += bytes;
        }
        assert!((LEAST / 2..=LEAST + 1_000 * OFTEN).contains(&sum), "{sum}");
        // Another place that is gone to.
        watch.allow_anew();
        assert_eq!(read().unwrap(), 1_000);
        let mut packets = 0;
        while watch.take_packet() {
            packets += 1;
        }
        assert_eq!(packets, 1_000 + FREE_PACKETS);
    }

    #[test]
    fn whoever_is_stopped_reads_nothing_more() {
        let deadline = Deadline::never();
        let watch = Arc::new(Watch::new(deadline.clone(), 10));
        let mut source = Source::new(&Bytes::new(vec![7; 10]), &watch);
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 4);
        deadline.stop();
        assert!(source.read(&mut [0; 4]).is_err() && source.seek(SeekFrom::Start(0)).is_err());
        assert!(!watch.take_packet() && watch.is_over());
    }
}
