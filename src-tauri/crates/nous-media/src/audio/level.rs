//! How loud it is: a meter while it is recorded, a waveform once it is known to the end.

use std::time::Duration;

/// Pillars of a waveform.
pub const BUCKETS: usize = 64;
/// How loud it is, is measured over so long.
pub const WINDOW: Duration = Duration::from_millis(20);
/// Windows that the meter shows together.
const SHOWN: usize = 5;
/// What is no louder than this shows as silence, in decibels below full.
const FLOOR_DB: f32 = -50.0;

/// Measures sound as it comes.
#[derive(Debug, Clone)]
pub struct Loudness {
    frames_in_window: u32,
    squares: f32,
    frames: u32,
    /// Root mean squares, one for each window.
    windows: Vec<f32>,
}

impl Loudness {
    /// Nothing measured yet. `rate`: frames a second.
    #[must_use]
    pub fn new(rate: u32) -> Self {
        Self {
            frames_in_window: (rate / 50).max(1),
            squares: 0.0,
            frames: 0,
            windows: Vec::new(),
        }
    }

    /// Measures further frames of one channel.
    pub fn push(&mut self, mono: &[f32]) {
        for sample in mono {
            self.squares += sample * sample;
            self.frames += 1;
            if self.frames == self.frames_in_window {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        if self.frames > 0 {
            let mean = self.squares / self.frames as f32;
            // A stream of a stranger may hold what is no number.
            self.windows
                .push(if mean.is_finite() { mean.sqrt() } else { 0.0 });
        }
        self.squares = 0.0;
        self.frames = 0;
    }

    /// How loud the last tenth of a second was: 0 to 100.
    #[must_use]
    pub fn meter(&self) -> u8 {
        let from = self.windows.len().saturating_sub(SHOWN);
        let loudest = loudest(self.windows.get(from..).unwrap_or_default());
        if loudest <= 0.0 {
            return 0;
        }
        byte((20.0 * loudest.log10() / FLOOR_DB).mul_add(-100.0, 100.0), 100.0)
    }

    /// The waveform of everything: [`BUCKETS`] pillars of 0 to 255, the loudest 255. Empty if
    /// there was nothing.
    #[must_use]
    pub fn waveform(mut self) -> Vec<u8> {
        self.close();
        waveform(&self.windows, BUCKETS)
    }
}

fn loudest(windows: &[f32]) -> f32 {
    windows.iter().copied().fold(0.0, f32::max)
}

/// The pillars of a waveform, from how loud each window is.
#[must_use]
pub fn waveform(windows: &[f32], buckets: usize) -> Vec<u8> {
    if windows.is_empty() || buckets == 0 {
        return Vec::new();
    }
    let most = loudest(windows);
    let pillar = |bucket: usize| {
        // Fewer windows than pillars: some share one.
        let from = bucket * windows.len() / buckets;
        let to = ((bucket + 1) * windows.len() / buckets).max(from + 1);
        let here = loudest(windows.get(from..to).unwrap_or_default());
        if most <= 0.0 {
            return 0;
        }
        // Ears hear ratios: half the height is a quarter of the force.
        byte((here / most).sqrt() * 255.0, 255.0)
    };
    (0..buckets).map(pillar).collect()
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "between 0 and 255 before it is cast"
)]
fn byte(value: f32, most: f32) -> u8 {
    value.clamp(0.0, most).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waveform_is_high_where_it_is_loud() {
        let mut loudness = Loudness::new(8_000);
        loudness.push(&[0.01; 8_000]);
        loudness.push(&[0.9; 8_000]);
        let waveform = loudness.waveform();
        assert_eq!(waveform.len(), BUCKETS);
        assert!(waveform[..30].iter().all(|pillar| *pillar < 40));
        assert!(waveform[34..].iter().all(|pillar| *pillar == 255));
    }

    #[test]
    fn the_meter_shows_what_was_last() {
        let mut loudness = Loudness::new(8_000);
        assert_eq!(loudness.meter(), 0);
        loudness.push(&[1.0; 4_000]);
        assert_eq!(loudness.meter(), 100);
        loudness.push(&[0.0; 4_000]);
        assert_eq!(loudness.meter(), 0);
        loudness.push(&[0.1; 4_000]);
        assert!((55..=65).contains(&loudness.meter()));
    }

    #[test]
    fn silence_and_nothing_have_waveforms_too() {
        let mut silence = Loudness::new(8_000);
        silence.push(&[0.0; 100]);
        assert_eq!(silence.waveform(), [0; BUCKETS]);
        assert!(Loudness::new(8_000).waveform().is_empty());
        assert_eq!(waveform(&[1.0, 0.0], 4), [255, 255, 0, 0]);
    }

    #[test]
    fn what_is_no_number_is_silence() {
        let mut loudness = Loudness::new(50);
        loudness.push(&[f32::NAN, f32::INFINITY, 0.5]);
        assert_eq!(loudness.meter(), 88);
    }
}
