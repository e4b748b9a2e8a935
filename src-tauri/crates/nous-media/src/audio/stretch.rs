//! Faster without a higher voice: pieces of the sound overlap, each placed where it goes on
//! from the one before as smoothly as it can.
//!
//! The method is known as WSOLA (waveform similarity overlap-add).

/// Half a piece, in milliseconds: what two pieces overlap.
const OVERLAP_MS: u32 = 20;
/// How far a piece may move from its place.
const SEARCH_MS: u32 = 8;
/// Every so manieth sample is compared, and every so manieth place looked at.
const STRIDE: usize = 4;
/// The speeds that make sense for speech.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 1.0..=2.0;

/// Makes sound faster, as it goes by.
#[derive(Debug)]
pub struct Stretch {
    channels: usize,
    speed: f64,
    /// Frames of half a piece.
    overlap: usize,
    search: usize,
    /// Samples that may still be needed.
    held: Vec<f32>,
    /// Where the next piece belongs, in frames of what is held.
    place: f64,
    /// The second half of the last piece; empty before the first.
    tail: Vec<f32>,
}

impl Stretch {
    /// `speed` outside of [`SPEEDS`] is brought into it.
    #[must_use]
    pub fn new(rate: u32, channels: usize, speed: f64) -> Self {
        let frames = |ms: u32| usize::try_from(u64::from(rate) * u64::from(ms) / 1_000).unwrap_or(0);
        Self {
            channels: channels.max(1),
            speed: speed.clamp(*SPEEDS.start(), *SPEEDS.end()),
            overlap: frames(OVERLAP_MS).max(STRIDE),
            search: frames(SEARCH_MS),
            held: Vec::new(),
            place: 0.0,
            tail: Vec::new(),
        }
    }

    /// Whether what comes in goes out as it is.
    fn is_plain(&self) -> bool {
        self.speed <= 1.0
    }

    /// Takes further frames; what is ready is appended to `into`.
    pub fn push(&mut self, samples: &[f32], into: &mut Vec<f32>) {
        if self.is_plain() {
            into.extend_from_slice(samples);
            return;
        }
        self.held.extend_from_slice(samples);
        loop {
            let at = self.at();
            if self.held.len() < (at + self.rest()) * self.channels {
                break;
            }
            let start = self.best(at);
            self.lay(start, into);
            self.place += self.overlap as f64 * self.speed;
        }
        self.forget();
    }

    /// Frames from the place of a piece on that must be there before it is laid: so much silence
    /// pushes out everything that came before it.
    #[must_use]
    pub fn rest(&self) -> usize {
        if self.is_plain() {
            0
        } else {
            self.search + STRIDE + 2 * self.overlap
        }
    }

    /// What is left of the last piece.
    pub fn finish(self, into: &mut Vec<f32>) {
        into.extend(self.tail);
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "never negative, and within what is held"
    )]
    fn at(&self) -> usize {
        self.place.round() as usize
    }

    /// The frame near `at` from which the sound goes on most like the tail.
    fn best(&self, at: usize) -> usize {
        if self.tail.is_empty() {
            return at;
        }
        let from = at.saturating_sub(self.search);
        let rough = (from..=at + self.search).step_by(STRIDE);
        let likest = |starts: &mut dyn Iterator<Item = usize>| {
            let mut best = (at, f32::MIN);
            for start in starts {
                let alike = self.likeness(start);
                if alike > best.1 {
                    best = (start, alike);
                }
            }
            best.0
        };
        let near = likest(&mut rough.into_iter());
        likest(&mut (near.saturating_sub(STRIDE)..=near + STRIDE))
    }

    /// How alike the tail and what begins at a frame are, by their first channel; loud parts
    /// have no advantage.
    fn likeness(&self, start: usize) -> f32 {
        let step = self.channels * STRIDE;
        let here = self.held.iter().skip(start * self.channels).step_by(step);
        let (mut product, mut square) = (0.0_f32, 1e-9_f32);
        for (tail, here) in self.tail.iter().step_by(step).zip(here) {
            product += tail * here;
            square += here * here;
        }
        product / square.sqrt()
    }

    /// Lays a piece over the tail of the one before.
    fn lay(&mut self, start: usize, into: &mut Vec<f32>) {
        let half = self.overlap * self.channels;
        let from = start * self.channels;
        let piece = self.held.get(from..from + 2 * half).unwrap_or_default();
        let (first, second) = piece.split_at_checked(half).unwrap_or_default();
        if self.tail.is_empty() {
            into.extend_from_slice(first);
        } else {
            let step = 1.0 / self.overlap as f32;
            let mixed = first.iter().zip(&self.tail).enumerate().map(|(n, (new, old))| {
                let share = (n / self.channels) as f32 * step;
                new * share + old * (1.0 - share)
            });
            into.extend(mixed);
        }
        self.tail.clear();
        self.tail.extend_from_slice(second);
    }

    /// Lets go of what no piece can begin in any more.
    fn forget(&mut self) {
        let gone = self.at().saturating_sub(self.search + STRIDE);
        let gone = gone.min(self.held.len() / self.channels);
        self.held.drain(..gone * self.channels);
        self.place -= gone as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|n| (n as f32 * 220.0 * std::f32::consts::TAU / 16_000.0).sin() * 0.5)
            .collect()
    }

    fn stretched(input: &[f32], channels: usize, speed: f64) -> Vec<f32> {
        let mut stretch = Stretch::new(16_000, channels, speed);
        let mut output = Vec::new();
        for chunk in input.chunks(500 * channels) {
            stretch.push(chunk, &mut output);
        }
        stretch.finish(&mut output);
        output
    }

    fn crossings(samples: &[f32]) -> usize {
        samples
            .windows(2)
            .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
            .count()
    }

    #[test]
    fn twice_as_fast_is_half_as_long_and_as_high_as_before() {
        let output = stretched(&tone(32_000), 1, 2.0);
        assert!((15_000..=16_500).contains(&output.len()), "{}", output.len());
        let height = crossings(&output) * 16_000 / output.len();
        assert!((210..=230).contains(&height), "{height}");
        let loudest = output.iter().copied().fold(0.0, f32::max);
        assert!((0.45..0.55).contains(&loudest));
    }

    #[test]
    fn the_usual_speed_changes_nothing_and_two_channels_stay_two() {
        let input = tone(3_000);
        assert_eq!(stretched(&input, 1, 1.0), input);
        assert_eq!(stretched(&input, 1, 0.2), input);
        let both: Vec<f32> = tone(16_000).iter().flat_map(|sample| [*sample, 0.0]).collect();
        let output = stretched(&both, 2, 1.5);
        assert_eq!(output.len() % 2, 0);
        assert!(output.iter().skip(1).step_by(2).all(|right| *right == 0.0));
    }

    #[test]
    fn too_little_for_one_piece_is_no_sound() {
        assert!(stretched(&[0.5; 100], 1, 2.0).is_empty());
        assert!(stretched(&[], 1, 2.0).is_empty());
    }
}
