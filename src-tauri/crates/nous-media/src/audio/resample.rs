//! Other rates and other numbers of channels, as sound goes by.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, WindowFunction};

/// Frames that are converted at a time.
const CHUNK: usize = 480;
/// Length of the filter: more than a voice needs, less than a studio does.
const FILTER: usize = 96;
/// Rates that differ by more are no rates of sound.
const MOST_APART: u32 = 16;

/// Converts frames from one rate to another. What comes in and goes out is sample by sample.
pub struct Converter {
    channels: usize,
    filter: Option<Filter>,
}

struct Filter {
    resampler: Async<f32>,
    /// Samples that do not fill a chunk yet.
    waiting: Vec<f32>,
    /// Frames of silence at the beginning, which the filter makes.
    delay: usize,
    taken: u64,
    given: u64,
    from: u32,
    to: u32,
}

impl std::fmt::Debug for Converter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Converter(…)")
    }
}

impl Converter {
    /// From one rate to another; `None` if these are no rates of sound.
    #[must_use]
    pub fn new(from: u32, to: u32, channels: usize) -> Option<Self> {
        if from == 0 || to == 0 || channels == 0 || from / to > MOST_APART || to / from > MOST_APART {
            return None;
        }
        if from == to {
            return Some(Self {
                channels,
                filter: None,
            });
        }
        let parameters = SincInterpolationParameters::new(FILTER, WindowFunction::BlackmanHarris2);
        let ratio = f64::from(to) / f64::from(from);
        let resampler = Async::new_sinc(ratio, 1.0, &parameters, CHUNK, channels, FixedAsync::Input).ok()?;
        Some(Self {
            channels,
            filter: Some(Filter {
                delay: resampler.output_delay(),
                resampler,
                waiting: Vec::new(),
                taken: 0,
                given: 0,
                from,
                to,
            }),
        })
    }

    /// Converts further frames; what is ready is appended to `into`.
    pub fn push(&mut self, samples: &[f32], into: &mut Vec<f32>) {
        let Some(filter) = &mut self.filter else {
            into.extend_from_slice(samples);
            return;
        };
        filter.taken += (samples.len() / self.channels) as u64;
        filter.waiting.extend_from_slice(samples);
        filter.convert(self.channels, into);
    }

    /// The rest, so that what came out is as long as what went in.
    pub fn finish(mut self, into: &mut Vec<f32>) {
        let Some(filter) = &mut self.filter else {
            return;
        };
        let wanted = (filter.taken * u64::from(filter.to)).div_ceil(u64::from(filter.from));
        let mut rest = Vec::new();
        let before = filter.given;
        while filter.given < wanted {
            let before_it = (filter.given, filter.delay);
            let chunk = filter.resampler.input_frames_next() * self.channels;
            filter.waiting.resize(chunk, 0.0);
            filter.convert(self.channels, &mut rest);
            // A filter that refuses would give nothing for ever.
            if (filter.given, filter.delay) == before_it {
                break;
            }
        }
        let missing = usize::try_from(wanted.saturating_sub(before)).unwrap_or(usize::MAX);
        rest.truncate(missing.saturating_mul(self.channels));
        into.append(&mut rest);
    }
}

impl Filter {
    /// Converts every full chunk.
    fn convert(&mut self, channels: usize, into: &mut Vec<f32>) {
        let mut at = 0;
        loop {
            let frames = self.resampler.input_frames_next();
            let Some(chunk) = self.waiting.get(at..at + frames * channels) else {
                break;
            };
            at += chunk.len();
            let Ok(chunk) = InterleavedSlice::new(chunk, channels, frames) else {
                break;
            };
            let Ok(converted) = self.resampler.process(&chunk, None) else {
                break;
            };
            let samples = converted.take_data();
            let left_out = self.delay.min(samples.len() / channels);
            self.delay -= left_out;
            let heard = samples.get(left_out * channels..).unwrap_or_default();
            self.given += (heard.len() / channels) as u64;
            into.extend_from_slice(heard);
        }
        self.waiting.drain(..at.min(self.waiting.len()));
    }
}

/// Appends the mean of the channels of each frame.
pub fn to_mono(samples: &[f32], channels: usize, into: &mut Vec<f32>) {
    if channels <= 1 {
        into.extend_from_slice(samples);
        return;
    }
    let count = channels as f32;
    into.extend(
        samples
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() / count),
    );
}

/// One frame of one or two channels as a device with `channels` wants it.
pub fn spread(frame: &[f32], channels: usize) -> impl Iterator<Item = f32> + '_ {
    let left = frame.first().copied().unwrap_or(0.0);
    let right = frame.get(1).copied().unwrap_or(left);
    (0..channels).map(move |channel| match (channels, channel) {
        (1, _) => (left + right) / 2.0,
        (_, 0) => left,
        (_, 1) => right,
        // Further loudspeakers are silent.
        _ => 0.0,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// Crossings from below zero to above it.
    fn crossings(samples: &[f32]) -> usize {
        samples
            .windows(2)
            .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
            .count()
    }

    fn tone(rate: u32, hertz: f32, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|n| (n as f32 * hertz * std::f32::consts::TAU / rate as f32).sin() * 0.5)
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_height_and_its_length_at_another_rate() {
        for (from, to) in [
            (48_000, 32_000),
            (44_100, 32_000),
            (32_000, 48_000),
            (8_000, 44_100),
        ] {
            let input = tone(from, 440.0, from as usize);
            let mut converter = Converter::new(from, to, 1).unwrap();
            let mut output = Vec::new();
            for chunk in input.chunks(777) {
                converter.push(chunk, &mut output);
            }
            converter.finish(&mut output);
            assert_eq!(output.len(), to as usize, "{from} to {to}");
            assert!((438..=442).contains(&crossings(&output)), "{from} to {to}");
            let loudest = output.iter().copied().fold(0.0, f32::max);
            assert!((0.45..0.55).contains(&loudest), "{from} to {to}: {loudest}");
        }
    }

    #[test]
    fn the_same_rate_is_passed_on_and_no_rate_is_refused() {
        let mut output = Vec::new();
        let mut converter = Converter::new(48_000, 48_000, 2).unwrap();
        converter.push(&[0.1, 0.2], &mut output);
        converter.finish(&mut output);
        assert_eq!(output, [0.1, 0.2]);
        assert!(Converter::new(0, 48_000, 1).is_none());
        assert!(Converter::new(1, 48_000, 1).is_none());
    }

    #[test]
    fn channels_are_mixed_and_spread() {
        let mut mono = Vec::new();
        to_mono(&[0.2, 0.4, 1.0, 0.0], 2, &mut mono);
        assert!((mono[0] - 0.3).abs() < 1e-6 && (mono[1] - 0.5).abs() < 1e-6);
        assert_eq!(spread(&[0.5], 2).collect::<Vec<_>>(), [0.5, 0.5]);
        assert_eq!(spread(&[0.5, 0.25], 4).collect::<Vec<_>>(), [0.5, 0.25, 0.0, 0.0]);
        assert_eq!(spread(&[0.5, 0.25], 1).collect::<Vec<_>>(), [0.375]);
    }
}
