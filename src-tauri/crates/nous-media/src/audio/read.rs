//! A sound file, decoded packet by packet into frames of one or two channels.
//!
//! M4A and AAC, MP3, Ogg and WebM with Opus or Vorbis, WAVE. Files come from anybody: nothing
//! is taken from them but samples, and a decoder that gives up ends the sound.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_MKV;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{self, Time, TimeBase};

use super::{AudioError, frames_in};

/// So many packets in a row that cannot be decoded end a sound.
const MOST_BAD: u32 = 50;
/// Between the place that was asked for and the one where decoding can begin.
const MOST_SKIPPED: Duration = Duration::from_secs(10);
/// Decoding begins so long before a place: the bits of an MP3 frame may stand in up to nine
/// frames before it, and Opus comes into step within 80 ms.
const RUN_UP: Duration = Duration::from_millis(500);
/// What Opus is decoded at, whatever it was made from.
const OPUS_RATE: u32 = 48_000;
/// Frames of the longest packet of Opus: 120 ms.
const OPUS_FRAMES: usize = 5_760;

/// A sound that is read from its beginning to its end, or from any place.
pub struct SoundReader {
    file: Bytes,
    stream: Stream,
    rate: u32,
    channels: usize,
    /// The number of the first frame that is heard, by the times of the container: not every
    /// one begins at nought.
    origin: Option<i128>,
    /// Frames that were decoded and not given yet.
    held: Vec<f32>,
    scratch: Vec<f32>,
    /// Where it is heard again after seeking.
    place: Option<Place>,
    bad: u32,
    is_ended: bool,
}

/// One file for every demuxer that reads it.
#[derive(Clone)]
struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
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
    /// Opens a file and decodes its beginning.
    ///
    /// # Errors
    /// [`AudioError`]: there is no sound in it that can be read.
    pub fn open(file: Vec<u8>) -> Result<Self, AudioError> {
        guarded(|| Self::begin(file))
    }

    fn begin(file: Vec<u8>) -> Result<Self, AudioError> {
        let file = Bytes(Arc::new(file));
        let mut reader = Self {
            stream: Stream::open(&file)?,
            file,
            rate: 0,
            channels: 0,
            origin: None,
            held: Vec::new(),
            scratch: Vec::new(),
            place: None,
            bad: 0,
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
        self.stream.length
    }

    /// Appends the next frames, sample by sample; `false` at the end.
    pub fn read_on(&mut self, into: &mut Vec<f32>) -> bool {
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
            self.stream = guarded(|| Stream::open(&self.file))?;
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
        if self.is_ended || self.bad > MOST_BAD {
            return false;
        }
        // A file that is cut off, or another stream behind this one, ends it.
        let Ok(Some(packet)) = self.stream.format.next_packet() else {
            self.is_ended = true;
            return false;
        };
        if packet.track_id != self.stream.track || self.is_far_before(&packet) {
            return true;
        }
        match self.stream.codec.decode(&packet, &mut self.scratch) {
            Some(shape) if shape.rate > 0 && shape.channels > 0 => {
                self.bad = 0;
                self.take(&packet, shape);
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
    fn take(&mut self, packet: &Packet, shape: Shape) {
        let channels = shape.channels;
        if self.rate == 0 {
            self.rate = shape.rate;
            self.channels = channels.min(2);
        }
        let frames = (self.scratch.len() / channels) as u64;
        if frames == 0 {
            return;
        }
        let ticks = i128::from(packet.pts.get()) + i128::from(packet.trim_start.get());
        let first = self.frame_at(ticks);
        let first = first.map(|frame| frame.saturating_add(shape.skipped.into()));
        self.origin = self.origin.or(first);
        let left_out = self.left_out(first, frames);
        let from = usize::try_from(left_out)
            .unwrap_or(usize::MAX)
            .saturating_mul(channels);
        let samples = self.scratch.get(from..).unwrap_or_default();
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

fn average<'a>(samples: impl Iterator<Item = &'a f32>) -> f32 {
    let (sum, count) = samples.fold((0.0, 0_u16), |(sum, count), sample| (sum + sample, count + 1));
    sum / f32::from(count.max(1))
}

/// A demuxer and a decoder, at the beginning of a file.
struct Stream {
    format: Box<dyn FormatReader>,
    track: u32,
    time_base: Option<TimeBase>,
    codec: Codec,
    length: Option<Duration>,
}

impl Stream {
    fn open(file: &Bytes) -> Result<Self, AudioError> {
        let source = Cursor::new(file.clone());
        let source = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe()
            .probe(
                &Hint::new(),
                source,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(|error| match error {
                Error::Unsupported(_) => AudioError::Unknown,
                _ => AudioError::Damaged,
            })?;
        let track = format
            .default_track(TrackType::Audio)
            .ok_or(AudioError::Unknown)?;
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
            return Err(AudioError::Unknown);
        };
        let codec = Codec::new(parameters)?;
        let length = length_of(format.as_ref(), track, parameters);
        let (track, time_base) = (track.id, track.time_base);
        Ok(Self {
            format,
            track,
            time_base,
            codec,
            length,
        })
    }
}

fn length_of(
    format: &dyn FormatReader,
    track: &Track,
    parameters: &AudioCodecParameters,
) -> Option<Duration> {
    let whole = format.media_info();
    let by_track = || duration_of(track.time_base, track.duration);
    let by_frames = || Some(super::time_of(track.num_frames?, parameters.sample_rate?));
    let by_file = || duration_of(whole.time_base, whole.duration);
    // What was written while it was recorded says nought when nothing was known yet.
    let known = |length: &Duration| !length.is_zero();
    by_track()
        .filter(known)
        .or_else(|| by_frames().filter(known))
        .or_else(|| by_file().filter(known))
}

fn duration_of(base: Option<TimeBase>, ticks: Option<units::Duration>) -> Option<Duration> {
    let time = base?.calc_duration(ticks?)?;
    Duration::try_from_secs_f64(time.as_secs_f64()).ok()
}

/// What was decoded.
struct Shape {
    rate: u32,
    channels: usize,
    /// Frames of its beginning that were decoded and are not to be heard, beside those that the
    /// container says.
    skipped: u64,
}

enum Codec {
    Plain(Box<dyn AudioDecoder>),
    Opus(OpusPackets),
}

impl Codec {
    fn new(parameters: &AudioCodecParameters) -> Result<Self, AudioError> {
        if parameters.codec == CODEC_ID_OPUS {
            return OpusPackets::new(parameters).map(Self::Opus);
        }
        symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map(Self::Plain)
            .map_err(|_| AudioError::Unknown)
    }

    /// Frames of a packet into `samples`. `None` if it is damaged.
    fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Option<Shape> {
        samples.clear();
        match self {
            Self::Plain(decoder) => {
                let decoded = decoder.decode(packet).ok()?;
                decoded.copy_to_vec_interleaved(samples);
                Some(Shape {
                    rate: decoded.spec().rate(),
                    channels: decoded.spec().channels().count(),
                    skipped: 0,
                })
            }
            Self::Opus(packets) => packets.decode(packet, samples),
        }
    }

    fn reset(&mut self) {
        match self {
            Self::Plain(decoder) => decoder.reset(),
            Self::Opus(packets) => packets.reset(),
        }
    }
}

struct OpusPackets {
    decoder: opus::Decoder,
    channels: usize,
    /// Frames at the beginning that are not to be heard.
    skip: usize,
}

impl OpusPackets {
    fn new(parameters: &AudioCodecParameters) -> Result<Self, AudioError> {
        let (channels, kind) = match parameters.channels.as_ref().map_or(2, Channels::count) {
            1 => (1, opus::Channels::Mono),
            2 => (2, opus::Channels::Stereo),
            _ => return Err(AudioError::Unknown),
        };
        let decoder = opus::Decoder::new(OPUS_RATE, kind).map_err(|_| AudioError::Unknown)?;
        Ok(Self {
            decoder,
            channels,
            skip: parameters.extra_data.as_deref().map_or(0, pre_skip),
        })
    }

    fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Option<Shape> {
        // To the library, nothing is a packet that was lost.
        if packet.data.is_empty() {
            return None;
        }
        samples.resize(OPUS_FRAMES * self.channels, 0.0);
        let decoded = self.decoder.decode_float(&packet.data, samples, false).ok()?;
        let behind = usize::try_from(packet.trim_end.get()).unwrap_or(usize::MAX);
        let frames = decoded.saturating_sub(behind);
        samples.truncate(frames * self.channels);
        let skipped = self.skip.min(frames);
        self.skip -= skipped;
        samples.drain(..skipped * self.channels);
        Some(Shape {
            rate: OPUS_RATE,
            channels: self.channels,
            skipped: skipped as u64,
        })
    }

    fn reset(&mut self) {
        self.skip = 0;
        // It cannot fail on a decoder that was made.
        let _ = self.decoder.reset_state();
    }
}

/// The frames to leave out, as the header of Opus says (RFC 7845, section 5.1).
fn pre_skip(header: &[u8]) -> usize {
    match header.get(..12) {
        Some(start) if start.starts_with(b"OpusHead") => {
            usize::from(u16::from_le_bytes([start[10], start[11]]))
        }
        _ => 0,
    }
}
