//! A sound file, decoded packet by packet into frames of one or two channels.
//!
//! M4A and AAC, MP3, Ogg and WebM with Opus or Vorbis, WAVE. Files come from anybody: nothing
//! is taken from them but samples, and a decoder that gives up ends the sound.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, SeekErrorKind};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, SeekedTo, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Time, TimeBase};

use super::{AudioError, frames_in};

/// So many packets in a row that cannot be decoded end a sound.
const MOST_BAD: u32 = 50;
/// Between the place that was asked for and the one where decoding can begin.
const MOST_SKIPPED: Duration = Duration::from_secs(10);
/// What Opus is decoded at, whatever it was made from.
const OPUS_RATE: u32 = 48_000;
/// Frames of the longest packet of Opus: 120 ms.
const OPUS_FRAMES: usize = 5_760;

/// A sound that is read from its beginning to its end, or from any place.
pub struct SoundReader {
    format: Box<dyn FormatReader>,
    track: u32,
    time_base: Option<TimeBase>,
    codec: Codec,
    rate: u32,
    channels: usize,
    length: Option<Duration>,
    /// Frames that were decoded and not given yet.
    held: Vec<f32>,
    scratch: Vec<f32>,
    /// Frames to leave out after seeking.
    leave_out: u64,
    bad: u32,
    is_ended: bool,
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
        let source = MediaSourceStream::new(Box::new(Cursor::new(file)), MediaSourceStreamOptions::default());
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
        let length = length_of(track, parameters);
        let (track, time_base) = (track.id, track.time_base);
        let mut reader = Self {
            format,
            track,
            time_base,
            codec,
            rate: 0,
            channels: 0,
            length,
            held: Vec::new(),
            scratch: Vec::new(),
            leave_out: 0,
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
        self.length
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
        self.bad = 0;
        self.is_ended = false;
        self.leave_out = 0;
        let time = Time::from_millis_u64(u64::try_from(to.as_millis()).unwrap_or(u64::MAX));
        let place = SeekTo::Time {
            time,
            track_id: Some(self.track),
        };
        let found = guarded(|| match self.format.seek(SeekMode::Accurate, place) {
            Ok(found) => Ok(Some(found)),
            Err(Error::SeekError(SeekErrorKind::OutOfRange)) => Ok(None),
            Err(_) => Err(AudioError::Damaged),
        })?;
        match found {
            Some(found) => {
                self.codec.reset();
                self.leave_out = self.between(&found);
            }
            None => self.is_ended = true,
        }
        Ok(())
    }

    /// Frames between where decoding begins and what was asked for.
    fn between(&self, found: &SeekedTo) -> u64 {
        let difference = found.required_ts.duration_from(found.actual_ts);
        let time = difference.and_then(|difference| self.time_base?.calc_duration(difference));
        time.and_then(duration_of)
            .map_or(0, |time| frames_in(time.min(MOST_SKIPPED), self.rate))
    }

    /// Decodes one packet into what is held; `false` at the end.
    fn step(&mut self) -> bool {
        if self.is_ended || self.bad > MOST_BAD {
            return false;
        }
        let packet = match self.format.next_packet() {
            Ok(Some(packet)) => packet,
            // A file that is cut off, or another stream behind this one, ends it.
            Ok(None) | Err(_) => {
                self.is_ended = true;
                return false;
            }
        };
        if packet.track_id != self.track {
            return true;
        }
        match self.codec.decode(&packet, &mut self.scratch) {
            Some((rate, channels)) if rate > 0 && channels > 0 => {
                self.bad = 0;
                self.take(rate, channels);
            }
            _ => self.bad += 1,
        }
        true
    }

    /// Takes what a packet held, in the form of the first one.
    fn take(&mut self, rate: u32, channels: usize) {
        if self.rate == 0 {
            self.rate = rate;
            self.channels = channels.min(2);
        }
        let frames = (self.scratch.len() / channels) as u64;
        let left_out = frames.min(self.leave_out);
        self.leave_out -= left_out;
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
}

fn average<'a>(samples: impl Iterator<Item = &'a f32>) -> f32 {
    let (sum, count) = samples.fold((0.0, 0_u16), |(sum, count), sample| (sum + sample, count + 1));
    sum / f32::from(count.max(1))
}

fn length_of(track: &Track, parameters: &AudioCodecParameters) -> Option<Duration> {
    let by_container = || duration_of(track.time_base?.calc_duration(track.duration?)?);
    let by_frames = || Some(super::time_of(track.num_frames?, parameters.sample_rate?));
    by_container().or_else(by_frames)
}

fn duration_of(time: Time) -> Option<Duration> {
    Duration::try_from_secs_f64(time.as_secs_f64()).ok()
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

    /// Frames of a packet into `samples`; their rate and channels. `None` if it is damaged.
    fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Option<(u32, usize)> {
        samples.clear();
        match self {
            Self::Plain(decoder) => {
                let decoded = decoder.decode(packet).ok()?;
                decoded.copy_to_vec_interleaved(samples);
                Some((decoded.spec().rate(), decoded.spec().channels().count()))
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

    fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Option<(u32, usize)> {
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
        Some((OPUS_RATE, self.channels))
    }

    fn reset(&mut self) {
        self.skip = 0;
        // It cannot fail on a decoder that was made, and a click is no harm.
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
