//! Samples on their way between two threads: one puts in, one takes out, and neither waits.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A ring of samples. Exactly one thread may put in and one take out.
///
/// Counters grow for ever; the place of a sample is its number modulo the capacity.
pub struct Ring {
    slots: Box<[AtomicU32]>,
    written: AtomicU64,
    read: AtomicU64,
    /// Samples before this one are not to be taken any more.
    valid_from: AtomicU64,
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ring(…)")
    }
}

impl Ring {
    /// An empty ring for so many samples, at least one.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            slots: (0..capacity.max(1)).map(|_| AtomicU32::new(0)).collect(),
            written: AtomicU64::new(0),
            read: AtomicU64::new(0),
            valid_from: AtomicU64::new(0),
        }
    }

    fn capacity(&self) -> u64 {
        self.slots.len() as u64
    }

    fn slot(&self, number: u64) -> Option<&AtomicU32> {
        let place = usize::try_from(number % self.capacity()).ok()?;
        self.slots.get(place)
    }

    /// How many samples were put in so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// How many samples were taken or left out so far.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Acquire)
    }

    /// How many more fit in.
    #[must_use]
    pub fn free(&self) -> usize {
        let held = self.written().saturating_sub(self.read());
        usize::try_from(self.capacity().saturating_sub(held)).unwrap_or(0)
    }

    /// Puts one sample in; `false` if the ring is full, and the sample is lost.
    pub fn push(&self, sample: f32) -> bool {
        let written = self.written.load(Ordering::Relaxed);
        if written.saturating_sub(self.read()) >= self.capacity() {
            return false;
        }
        if let Some(slot) = self.slot(written) {
            slot.store(sample.to_bits(), Ordering::Relaxed);
        }
        self.written.store(written + 1, Ordering::Release);
        true
    }

    /// Takes one sample out, if there is one.
    pub fn pop(&self) -> Option<f32> {
        let mut sample = [0.0];
        self.pop_frame(&mut sample).then_some(sample[0])
    }

    /// Takes as many samples out as a frame has, or none: `false` if they are not all there yet.
    /// Where everything that was put in were whole frames, a channel never stands in the place of
    /// another.
    pub fn pop_frame(&self, frame: &mut [f32]) -> bool {
        let read = self.read.load(Ordering::Relaxed);
        // Read once: what is left out while a frame is taken, is left out after it.
        let from = read.max(self.valid_from.load(Ordering::Acquire));
        let after = from + frame.len() as u64;
        let is_there = after <= self.written();
        if is_there {
            for (sample, number) in frame.iter_mut().zip(from..) {
                let slot = self.slot(number).map_or(0, |slot| slot.load(Ordering::Relaxed));
                *sample = f32::from_bits(slot);
            }
        }
        self.read
            .store(if is_there { after } else { from }, Ordering::Release);
        is_there
    }

    /// Puts a whole frame in; `false` if it has no place, and the frame is lost.
    pub fn push_frame(&self, frame: impl ExactSizeIterator<Item = f32>) -> bool {
        // Only the thread that puts in makes this less.
        self.free() >= frame.len()
            && frame
                .map(|sample| self.push(sample))
                .fold(true, |all, one| all & one)
    }

    /// Leaves out everything that is in it now. For the thread that puts in.
    pub fn discard(&self) {
        self.valid_from.store(self.written(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn samples_come_out_in_order_and_a_full_ring_takes_no_more() {
        let ring = Ring::new(3);
        assert!(ring.push(0.1) && ring.push(0.2) && ring.push(0.3));
        assert!(!ring.push(0.4));
        assert_eq!(ring.pop(), Some(0.1));
        assert!(ring.push(0.5));
        assert_eq!(
            [ring.pop(), ring.pop(), ring.pop(), ring.pop()],
            [Some(0.2), Some(0.3), Some(0.5), None]
        );
        assert_eq!((ring.written(), ring.read(), ring.free()), (4, 4, 3));
    }

    #[test]
    fn what_was_discarded_does_not_come_out() {
        let ring = Ring::new(8);
        ring.push(0.1);
        ring.discard();
        ring.push(0.2);
        assert_eq!(ring.pop(), Some(0.2));
        assert_eq!(ring.pop(), None);
    }

    #[test]
    fn a_frame_is_taken_and_put_in_whole_or_not_at_all() {
        let ring = Ring::new(5);
        let mut frame = [9.0; 2];
        assert!(!ring.pop_frame(&mut frame));
        ring.push(0.1);
        // Half of it is there.
        assert!(!ring.pop_frame(&mut frame));
        assert_eq!((frame, ring.read()), ([9.0; 2], 0));
        ring.push(0.2);
        assert!(ring.pop_frame(&mut frame));
        assert_eq!(frame, [0.1, 0.2]);
        assert!(ring.push_frame([0.3, 0.4].into_iter()) && ring.push_frame([0.5, 0.6].into_iter()));
        // There is a place for half of it.
        assert!(!ring.push_frame([0.7, 0.8].into_iter()));
        assert_eq!(ring.written(), 6);
        ring.pop_frame(&mut frame);
        ring.discard();
        assert!(!ring.pop_frame(&mut frame));
        ring.push_frame([0.9, 1.0].into_iter());
        assert!(ring.pop_frame(&mut frame));
        assert_eq!((frame, ring.read()), ([0.9, 1.0], 8));
    }

    #[test]
    fn channels_keep_their_places_while_frames_are_left_out() {
        let ring = std::sync::Arc::new(Ring::new(8));
        let giver = std::sync::Arc::clone(&ring);
        let thread = std::thread::Builder::new()
            .spawn(move || {
                for number in 0..20_000_u16 {
                    while giver.free() < 2 {
                        std::thread::yield_now();
                    }
                    giver.push(f32::from(number));
                    giver.push(-f32::from(number));
                    if number % 7 == 0 {
                        giver.discard();
                    }
                }
            })
            .unwrap();
        let mut frame = [0.0; 2];
        while !thread.is_finished() || ring.pop_frame(&mut frame) {
            if ring.pop_frame(&mut frame) {
                assert_eq!(frame[0], -frame[1]);
            } else {
                std::thread::yield_now();
            }
        }
        thread.join().unwrap();
    }

    #[test]
    fn two_threads_pass_every_sample() {
        let ring = std::sync::Arc::new(Ring::new(16));
        let giver = std::sync::Arc::clone(&ring);
        let thread = std::thread::Builder::new()
            .spawn(move || {
                let mut given = 0_u16;
                while given < 20_000 {
                    if giver.push(f32::from(given)) {
                        given += 1;
                    } else {
                        std::thread::yield_now();
                    }
                }
            })
            .unwrap();
        let mut taken = 0_u16;
        while taken < 20_000 {
            if let Some(sample) = ring.pop() {
                assert!((sample - f32::from(taken)).abs() < 0.5);
                taken += 1;
            } else {
                std::thread::yield_now();
            }
        }
        thread.join().unwrap();
    }
}
