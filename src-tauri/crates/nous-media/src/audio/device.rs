//! Microphones and loudspeakers: whoever records or plays knows these two traits only.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::DeviceError;
use super::ring::Ring;

/// How a device takes or gives samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamShape {
    /// Frames a second, not zero.
    pub rate: u32,
    /// Samples of each frame, not zero.
    pub channels: usize,
}

/// Where a device says that it failed, and who opened it looks.
#[derive(Debug, Clone, Default)]
pub struct Trouble(Arc<OnceLock<DeviceError>>);

impl Trouble {
    /// The device failed; only the first time counts.
    pub fn report(&self, error: DeviceError) {
        let _ = self.0.set(error);
    }

    /// What the device reported.
    #[must_use]
    pub fn reported(&self) -> Option<DeviceError> {
        self.0.get().copied()
    }
}

/// An open device. Dropping it closes it. It stays on the thread that opened it.
pub struct OpenDevice {
    /// How it takes or gives samples.
    pub shape: StreamShape,
    /// What becomes of it.
    pub trouble: Trouble,
    /// Closes the device when it is dropped.
    pub keep: Box<dyn Any>,
}

impl std::fmt::Debug for OpenDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenDevice")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}

/// Something that hears.
pub trait Microphone: Send + Sync {
    /// Begins to hear: samples go into the ring until what is answered is dropped. What does not
    /// fit in is lost.
    ///
    /// # Errors
    /// [`DeviceError`]: there is none, or it is not ours to use.
    fn open(&self, into: Arc<Ring>) -> Result<OpenDevice, DeviceError>;
}

/// Something that speaks.
pub trait Speaker: Send + Sync {
    /// Begins to speak what comes out of the ring, in the shape that is answered; silence while
    /// nothing comes.
    ///
    /// # Errors
    /// [`DeviceError`]: there is none, or it is not ours to use.
    fn open(&self, from: Arc<Ring>) -> Result<OpenDevice, DeviceError>;
}

/// What a profile hears and speaks with.
#[derive(Clone)]
pub struct SoundDevices {
    /// Records.
    pub microphone: Arc<dyn Microphone>,
    /// Plays.
    pub speaker: Arc<dyn Speaker>,
}

impl std::fmt::Debug for SoundDevices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SoundDevices(…)")
    }
}
