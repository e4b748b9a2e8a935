//! Devices that are none: for tests, and to try the app on a machine without sound.

use std::sync::{Arc, Mutex, PoisonError};

use super::DeviceError;
use super::device::{Microphone, OpenDevice, Speaker, StreamShape, Trouble};
use super::ring::Ring;

/// A device that cannot be opened, and says why.
#[derive(Debug, Clone, Copy)]
pub struct Nothing(pub DeviceError);

impl Microphone for Nothing {
    fn open(&self, _: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        Err(self.0)
    }
}

impl Speaker for Nothing {
    fn open(&self, _: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        Err(self.0)
    }
}

#[derive(Debug)]
struct Line {
    ring: Arc<Ring>,
    trouble: Trouble,
}

/// A device whose other end is held by whoever made it. Clones are the same device.
#[derive(Debug, Clone)]
pub struct Patch {
    shape: StreamShape,
    line: Arc<Mutex<Option<Line>>>,
    /// How many samples of a tone were heard so far.
    phase: Arc<Mutex<u32>>,
}

struct Unplug(Arc<Mutex<Option<Line>>>);

impl Drop for Unplug {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Patch {
    /// A device with so many frames a second and samples a frame.
    #[must_use]
    pub fn new(rate: u32, channels: usize) -> Self {
        Self {
            shape: StreamShape { rate, channels },
            line: Arc::default(),
            phase: Arc::default(),
        }
    }

    fn plug(&self, ring: Arc<Ring>) -> OpenDevice {
        let trouble = Trouble::default();
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(Line {
            ring,
            trouble: trouble.clone(),
        });
        OpenDevice {
            shape: self.shape,
            trouble,
            keep: Box::new(Unplug(Arc::clone(&self.line))),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&Line) -> T) -> Option<T> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.as_ref().map(work)
    }

    /// Whether somebody has it open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.with(|_| ()).is_some()
    }

    /// As a microphone: hears a tone of 440 Hz for so many frames. Answers how many found a
    /// place, which is none while nobody listens.
    pub fn hear_tone(&self, frames: u32, loudness: f32) -> u32 {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = self.with(|line| {
            let mut heard = 0;
            while heard < frames && line.ring.free() >= self.shape.channels {
                let turns = *phase as f32 * 440.0 / self.shape.rate as f32;
                let sample = (turns * std::f32::consts::TAU).sin() * loudness;
                for _ in 0..self.shape.channels {
                    line.ring.push(sample);
                }
                *phase = (*phase + 1) % self.shape.rate.max(1);
                heard += 1;
            }
            heard
        });
        heard.unwrap_or(0)
    }

    /// As a loudspeaker: speaks up to so many frames, and answers their samples.
    #[must_use]
    pub fn speak(&self, frames: usize) -> Vec<f32> {
        let mut frame = vec![0.0; self.shape.channels];
        let mut spoken = Vec::new();
        self.with(|line| {
            for _ in 0..frames {
                if !line.ring.pop_frame(&mut frame) {
                    break;
                }
                spoken.extend_from_slice(&frame);
            }
        });
        spoken
    }

    /// It was unplugged.
    pub fn fail(&self) {
        self.with(|line| line.trouble.report(DeviceError::Lost));
    }
}

impl Microphone for Patch {
    fn open(&self, into: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        Ok(self.plug(into))
    }
}

impl Speaker for Patch {
    fn open(&self, from: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        Ok(self.plug(from))
    }
}
