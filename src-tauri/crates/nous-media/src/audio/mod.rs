//! Sound: decoded, measured, recorded, played.
//!
//! Reading and encoding are plain functions and state machines. Recording and playing have a
//! thread each, which owns the device: between it and the device's own thread stands a ring
//! that neither locks nor allocates. Devices are behind two traits, so that tests hear and
//! speak without any.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what can go wrong |
//! | `boxes` | what is looked at in MPEG-4 before it is decoded |
//! | [`clip`] | length and waveform of a file |
//! | `clock` | the clock, for deadlines |
//! | [`device`] | microphones and loudspeakers, as traits |
//! | [`encode`] | MP3 as voice messages are sent |
//! | [`hardware`] | those of this machine |
//! | [`level`] | how loud it is, and the waveform |
//! | [`limit`] | how much a file of a stranger may take |
//! | `owner` | the thread that owns a device |
//! | [`play`] | playing, with seeking and speed |
//! | [`read`] | decoding, packet by packet |
//! | [`record`] | recording |
//! | [`resample`] | other rates and channels |
//! | [`ring`] | samples between two threads |
//! | `stream` | the demuxer and the decoder of a file |
//! | [`stretch`] | faster without a higher voice |
//! | [`synthetic`] | a tone for a microphone, a place for a loudspeaker |
//! | `vorbis` | the memory that the books of Vorbis take |
//!
//! Source: `messages.md` §11.6, `product.md` §13.

mod boxes;
pub mod clip;
mod clock;
pub mod device;
pub mod encode;
pub mod hardware;
pub mod level;
pub mod limit;
mod owner;
pub mod play;
pub mod read;
pub mod record;
pub mod resample;
pub mod ring;
mod stream;
pub mod stretch;
pub mod synthetic;
mod vorbis;

use std::time::Duration;

/// Why a sound cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// No format that is known here, or no sound in it.
    #[error("not a sound of a known format")]
    Unknown,
    /// It begins as one, and cannot be read.
    #[error("a damaged sound")]
    Damaged,
}

/// Why there is no device to record or play with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is none, or the system's sound does not run.
    #[error("no device")]
    Missing,
    /// The system does not let us, or another program has it.
    #[error("the device is not ours to use")]
    Refused,
    /// It was there, and is gone.
    #[error("the device is gone")]
    Lost,
    /// Anything else that its driver says.
    #[error("the device failed")]
    Failed,
}

/// Told from a thread of sound when something changed; must not wait.
pub type OnChange = Box<dyn Fn() + Send>;

/// How many frames a time holds.
pub(crate) fn frames_in(time: Duration, rate: u32) -> u64 {
    u64::try_from(time.as_micros() * u128::from(rate) / 1_000_000).unwrap_or(u64::MAX)
}

/// How long so many frames are. `rate`: frames a second, not zero.
pub(crate) fn time_of(frames: u64, rate: u32) -> Duration {
    let micros = u128::from(frames) * 1_000_000 / u128::from(rate.max(1));
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
