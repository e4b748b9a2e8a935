//! Length and waveform of a file, for the row that shows it.

use std::time::Duration;

use super::level::Loudness;
use super::limit::Deadline;
use super::read::SoundReader;
use super::{AudioError, time_of};

/// So much of a sound is decoded to measure it; a longer one has the length that its container
/// says, and no waveform.
pub const MEASURED: Duration = Duration::from_secs(600);
/// How long measuring may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is shown of a sound before it plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// How long it is; `None` if that is not known without playing it.
    pub length: Option<Duration>,
    /// 64 pillars of 0 to 255; empty for a sound that is too long for one.
    pub waveform: Vec<u8>,
}

/// Decodes a sound from anybody and measures it. Blocks, for some seconds at most.
///
/// # Errors
/// [`AudioError`]: it cannot be played.
pub fn measure(file: Vec<u8>) -> Result<Clip, AudioError> {
    measure_until(file, Deadline::after(PATIENCE))
}

/// The same, for whoever wants to end it: a sound that is not measured by then has the length
/// that its container says, and no waveform.
///
/// # Errors
/// [`AudioError`].
pub fn measure_until(file: Vec<u8>, deadline: Deadline) -> Result<Clip, AudioError> {
    let mut reader = SoundReader::open_until(file, deadline)?;
    if reader.length().is_some_and(|length| length > MEASURED) {
        return Ok(unmeasured(&reader));
    }
    let (rate, channels) = (reader.rate(), reader.channels());
    let mut loudness = Loudness::new(rate);
    let (mut samples, mut mono) = (Vec::new(), Vec::new());
    let mut frames = 0_u64;
    while reader.read_on(&mut samples) {
        mono.clear();
        mono.extend(samples.chunks_exact(channels).map(|frame| {
            let sum: f32 = frame.iter().sum();
            if channels == 1 { sum } else { sum / 2.0 }
        }));
        samples.clear();
        frames += mono.len() as u64;
        if time_of(frames, rate) > MEASURED {
            return Ok(unmeasured(&reader));
        }
        loudness.push(&mono);
    }
    if reader.is_out_of_time() {
        return Ok(unmeasured(&reader));
    }
    Ok(Clip {
        length: Some(time_of(frames, rate)),
        waveform: loudness.waveform(),
    })
}

/// What its container says.
fn unmeasured(reader: &SoundReader) -> Clip {
    Clip {
        length: reader.length(),
        waveform: Vec::new(),
    }
}
