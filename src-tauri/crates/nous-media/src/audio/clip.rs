//! Length and waveform of a file, for the row that shows it.

use std::time::Duration;

use super::level::Loudness;
use super::read::SoundReader;
use super::{AudioError, time_of};

/// So much of a sound is decoded to measure it; a longer one has the length that its container
/// says, and no waveform.
pub const MEASURED: Duration = Duration::from_secs(600);

/// What is shown of a sound before it plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// How long it is; `None` if that is not known without playing it.
    pub length: Option<Duration>,
    /// 64 pillars of 0 to 255; empty for a sound that is too long for one.
    pub waveform: Vec<u8>,
}

/// Decodes a sound from anybody and measures it. Blocks.
///
/// # Errors
/// [`AudioError`]: it cannot be played.
pub fn measure(file: Vec<u8>) -> Result<Clip, AudioError> {
    let mut reader = SoundReader::open(file)?;
    if reader.length().is_some_and(|length| length > MEASURED) {
        return Ok(Clip {
            length: reader.length(),
            waveform: Vec::new(),
        });
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
            return Ok(Clip {
                length: reader.length(),
                waveform: Vec::new(),
            });
        }
        loudness.push(&mono);
    }
    Ok(Clip {
        length: Some(time_of(frames, rate)),
        waveform: loudness.waveform(),
    })
}
