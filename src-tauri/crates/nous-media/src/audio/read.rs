//! A sound file, decoded packet by packet into frames of one or two channels.
//!
//! M4A and AAC, MP3, Ogg and WebM with Opus or Vorbis, WAVE. Files come from anybody: nothing
//! is taken from them but samples, and a decoder that gives up ends the sound. So does a file
//! that takes more than its size is worth, or more time than a person waits: see [`super::limit`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::well_known::{FORMAT_ID_ISOMP4, FORMAT_ID_MKV};
use symphonia::core::formats::{SeekMode, SeekTo};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Time, TimeBase};

use super::boxes::{self, Edit};
use super::limit::{Bytes, Deadline, Watch};
use super::stream::{Shape, Stream};
use super::{AudioError, frames_in, time_of};

/// So many packets in a row that cannot be decoded, or hold nothing, end a sound.
const MOST_BAD: u32 = 50;
/// Between the place that was asked for and the one where decoding can begin.
const MOST_SKIPPED: Duration = Duration::from_secs(10);
/// Decoding begins so long before a place: the bits of an MP3 frame may stand in up to nine
/// frames before it, and Opus comes into step within 80 ms.
const RUN_UP: Duration = Duration::from_millis(500);
/// Frames a second of anything that is sound.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;

/// A sound that is read from its beginning to its end, or from any place.
pub struct SoundReader {
    file: Bytes,
    watch: Arc<Watch>,
    stream: Stream,
    /// Which part of it is heard.
    edit: Option<Edit>,
    length: Option<Duration>,
    rate: u32,
    channels: usize,
    /// The number of the first frame that is heard, by the times of the container: not every
    /// one begins at nought.
    origin: Option<i128>,
    /// The number of the first one that is not heard any more.
    end: Option<i128>,
    /// Frames that were decoded and not given yet.
    held: Vec<f32>,
    scratch: Vec<f32>,
    /// Where it is heard again after seeking.
    place: Option<Place>,
    bad: u32,
    packets: u64,
    is_ended: bool,
}

/// Both frames by the times of the container.
struct Place {
    /// Packets before this one need not be decoded.
    run_up: i128,
    frame: i128,
    /// Frames that may be left out before it, whatever the container says.
    most: u64,
}

impl std::fmt::Debug for SoundReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SoundReader(…)")
    }
}

/// A decoder that panics on bytes of a stranger ends the sound, not the app.
fn guarded<T>(work: impl FnOnce() -> Result<T, AudioError>) -> Result<T, AudioError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(AudioError::Damaged))
}

impl SoundReader {
    /// Opens a file and decodes its beginning. Ends within seconds, as do all calls of a reader.
    ///
    /// # Errors
    /// [`AudioError`]: there is no sound in it that can be read.
    pub fn open(file: Vec<u8>) -> Result<Self, AudioError> {
        Self::open_until(file, Deadline::never())
    }

    /// The same, for whoever wants to end it: once the deadline has passed, opening fails, and an
    /// open sound is at its end.
    ///
    /// # Errors
    /// [`AudioError`].
    pub fn open_until(file: Vec<u8>, deadline: Deadline) -> Result<Self, AudioError> {
        guarded(|| Self::begin(file, deadline))
    }

    fn begin(file: Vec<u8>, deadline: Deadline) -> Result<Self, AudioError> {
        let outline = boxes::outline(&file)?;
        let watch = Arc::new(Watch::new(deadline, file.len()));
        let file = Bytes::new(file);
        let stream = Stream::open(&file, &watch)?;
        // One that begins later in the file was not looked at.
        if stream.format.format_info().format == FORMAT_ID_ISOMP4 && outline.is_none() {
            return Err(AudioError::Damaged);
        }
        let edit = outline.and_then(|outline| outline.edit_of(stream.track));
        let skipped =
            |edit: &Edit| time_in(stream.time_base, edit.start).filter(|time| *time <= MOST_SKIPPED);
        let edit = edit.filter(|edit| skipped(edit).is_some());
        let mut reader = Self {
            length: match &edit {
                None => stream.length,
                Some(edit) => {
                    let rest = stream
                        .length
                        .map(|length| length.saturating_sub(skipped(edit).unwrap_or_default()));
                    edit.length.or(rest)
                }
            },
            file,
            watch,
            stream,
            edit,
            rate: 0,
            channels: 0,
            origin: None,
            end: None,
            held: Vec::new(),
            scratch: Vec::new(),
            place: None,
            bad: 0,
            packets: 0,
            is_ended: false,
        };
        // Only decoded frames say what they are.
        while reader.held.is_empty() {
            if !reader.step() {
                return Err(AudioError::Damaged);
            }
        }
        Ok(reader)
    }

    /// Frames a second.
    #[must_use]
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// Samples of each frame: 1 or 2.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// How long it is, by what its container says; `None` if it does not.
    #[must_use]
    pub const fn length(&self) -> Option<Duration> {
        self.length
    }

    /// Whether it may take no more time, or is at its end for that reason.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        self.watch.is_over()
    }

    /// How many packets were taken from the container so far.
    #[must_use]
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// Appends the next frames, sample by sample; `false` at the end.
    pub fn read_on(&mut self, into: &mut Vec<f32>) -> bool {
        self.watch.begin_call();
        while self.held.is_empty() {
            let went_on = guarded(|| Ok(self.step()));
            if went_on != Ok(true) {
                self.is_ended = true;
                return false;
            }
        }
        into.append(&mut self.held);
        true
    }

    /// Goes on from another place. Behind the end there is nothing.
    ///
    /// # Errors
    /// [`AudioError::Damaged`] if the file does not let itself be read from there.
    pub fn seek(&mut self, to: Duration) -> Result<(), AudioError> {
        self.watch.begin_call();
        self.watch.allow_anew();
        self.held.clear();
        self.place = None;
        self.bad = 0;
        // Until it is known that it goes on.
        let was_ended = std::mem::replace(&mut self.is_ended, true);
        let from = to.saturating_sub(RUN_UP);
        // The demuxer of WebM goes too far, by seconds: there, packets are passed by instead.
        let is_near = from.is_zero() || self.stream.format.format_info().format == FORMAT_ID_MKV;
        // The one of M4A gives nothing any more once it came to the end.
        if is_near || was_ended {
            self.stream = guarded(|| Stream::open(&self.file, &self.watch))?;
        }
        self.is_ended = !is_near && !guarded(|| self.go_near(from))?;
        let rate = self.rate;
        self.place = self.origin.map(|origin| Place {
            run_up: if is_near && !from.is_zero() {
                origin.saturating_add(frames_in(from, rate).into())
            } else {
                // Decoding begins where the demuxer is, or before the first frame that is heard.
                i128::MIN
            },
            frame: origin.saturating_add(frames_in(to, rate).into()),
            most: frames_in(MOST_SKIPPED, rate),
        });
        Ok(())
    }

    /// `false`: that is behind the end.
    fn go_near(&mut self, to: Duration) -> Result<bool, AudioError> {
        let frame = self
            .origin
            .unwrap_or(0)
            .saturating_add(frames_in(to, self.rate).into());
        let nanos = frame.saturating_mul(1_000_000_000) / i128::from(self.rate.max(1));
        let place = SeekTo::Time {
            time: Time::try_from_nanos_i128(nanos.max(0)).ok_or(AudioError::Damaged)?,
            track_id: Some(self.stream.track),
        };
        match self.stream.format.seek(SeekMode::Accurate, place) {
            Ok(_) => {
                self.stream.codec.reset();
                Ok(true)
            }
            Err(Error::SeekError(SeekErrorKind::OutOfRange)) => Ok(false),
            Err(_) => Err(AudioError::Damaged),
        }
    }

    /// The number of the frame that is heard at a time of the container.
    fn frame_at(&self, ticks: i128) -> Option<i128> {
        let TimeBase { numer, denom } = self.stream.time_base?;
        let frames = ticks
            .checked_mul(i128::from(numer.get()))?
            .checked_mul(i128::from(self.rate))?;
        Some(frames / i128::from(denom.get()))
    }

    /// Decodes one packet into what is held; `false` at the end.
    fn step(&mut self) -> bool {
        if self.is_ended || self.bad > MOST_BAD || !self.watch.take_packet() {
            return false;
        }
        // A file that is cut off, or another stream behind this one, ends it.
        let Ok(Some(packet)) = self.stream.format.next_packet() else {
            self.is_ended = true;
            return false;
        };
        self.packets += 1;
        if packet.track_id != self.stream.track || self.is_far_before(&packet) {
            return true;
        }
        match self.stream.codec.decode(&packet, &mut self.scratch) {
            // What holds nothing is no progress, however well it is decoded.
            Some(shape) if is_sound(&shape) && !self.scratch.is_empty() => {
                self.bad = 0;
                self.take(&packet, &shape);
            }
            _ => self.bad += 1,
        }
        true
    }

    /// Whether what was asked for can be decoded without this packet.
    fn is_far_before(&self, packet: &Packet) -> bool {
        let Some(place) = &self.place else {
            return false;
        };
        self.frame_at(i128::from(packet.pts.get()))
            .is_some_and(|frame| frame < place.run_up)
    }

    /// Takes what a packet held, in the form of the first one.
    fn take(&mut self, packet: &Packet, shape: &Shape) {
        let channels = shape.channels;
        if self.rate == 0 {
            self.rate = shape.rate;
            self.channels = channels.min(2);
        }
        let frames = (self.scratch.len() / channels) as u64;
        let ticks = i128::from(packet.pts.get()) + i128::from(packet.trim_start.get());
        let first = self.frame_at(ticks);
        let first = first.map(|frame| frame.saturating_add(shape.skipped.into()));
        if let (None, Some(first)) = (self.origin, first) {
            self.begin_at(first);
        }
        let heard = self.heard(first, frames);
        let left_out = self.left_out(first, heard);
        let place = |frame| {
            usize::try_from(frame)
                .unwrap_or(usize::MAX)
                .saturating_mul(channels)
        };
        let samples = self
            .scratch
            .get(place(left_out)..place(heard))
            .unwrap_or_default();
        for frame in samples.chunks_exact(channels) {
            match self.channels {
                1 => self.held.push(average(frame.iter())),
                _ if channels <= 2 => self.held.extend([frame[0], frame[channels - 1]]),
                // Of many, every other one belongs to the left.
                _ => {
                    let left = average(frame.iter().step_by(2));
                    let right = average(frame.iter().skip(1).step_by(2));
                    self.held.extend([left, right]);
                }
            }
        }
    }

    /// The first frame is known, so it is known which ones are heard.
    fn begin_at(&mut self, first: i128) {
        let Some(edit) = self.edit else {
            self.origin = Some(first);
            return;
        };
        let origin = self.frame_at(edit.start.into()).unwrap_or(first).max(first);
        self.origin = Some(origin);
        self.end = edit
            .length
            .map(|length| origin.saturating_add(frames_in(length, self.rate).into()));
        self.place = Some(Place {
            run_up: i128::MIN,
            frame: origin,
            most: frames_in(MOST_SKIPPED, self.rate),
        });
    }

    /// How many of these frames stand before the end of what is heard.
    fn heard(&mut self, first: Option<i128>, frames: u64) -> u64 {
        let (Some(end), Some(first)) = (self.end, first) else {
            return frames;
        };
        let left = u64::try_from(end.saturating_sub(first).max(0)).unwrap_or(u64::MAX);
        self.is_ended |= left <= frames;
        left.min(frames)
    }

    /// How many of these frames stand before the place that was asked for.
    fn left_out(&mut self, first: Option<i128>, frames: u64) -> u64 {
        let (Some(place), Some(first)) = (&mut self.place, first) else {
            return 0;
        };
        let before = u64::try_from(place.frame.saturating_sub(first).max(0)).unwrap_or(u64::MAX);
        let left_out = before.min(frames).min(place.most);
        place.most -= left_out;
        if left_out < frames {
            self.place = None;
        }
        left_out
    }
}

fn is_sound(shape: &Shape) -> bool {
    RATES.contains(&shape.rate) && shape.channels > 0
}

/// How long so many ticks are.
fn time_in(base: Option<TimeBase>, ticks: u32) -> Option<Duration> {
    let TimeBase { numer, denom } = base?;
    let ticks = u64::from(ticks).checked_mul(numer.get().into())?;
    Some(time_of(ticks, denom.get()))
}

fn average<'a>(samples: impl Iterator<Item = &'a f32>) -> f32 {
    let (sum, count) = samples.fold((0.0, 0_u16), |(sum, count), sample| (sum + sample, count + 1));
    sum / f32::from(count.max(1))
}
