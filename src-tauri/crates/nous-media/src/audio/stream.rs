//! The demuxer and the decoder of a file.

use std::sync::Arc;
use std::time::Duration;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_OPUS, CODEC_ID_VORBIS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{self, TimeBase};

use super::limit::{Bytes, Source, Watch};
use super::{AudioError, time_of, vorbis};

/// What Opus is decoded at, whatever it was made from.
const OPUS_RATE: u32 = 48_000;
/// Frames of the longest packet of Opus: 120 ms.
const OPUS_FRAMES: usize = 5_760;
/// More channels have no place in a room.
const MOST_CHANNELS: usize = 32;
/// Frames of a packet that memory is taken for before it is there.
const MOST_FRAMES: u64 = 1 << 16;

/// A demuxer and a decoder, at the beginning of a file.
pub(super) struct Stream {
    pub(super) format: Box<dyn FormatReader>,
    pub(super) track: u32,
    pub(super) time_base: Option<TimeBase>,
    pub(super) codec: Codec,
    /// How long it is, by what its container says.
    pub(super) length: Option<Duration>,
}

impl Stream {
    pub(super) fn open(file: &Bytes, watch: &Arc<Watch>) -> Result<Self, AudioError> {
        let source = Source::new(file, watch);
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
    let by_frames = || Some(time_of(track.num_frames?, parameters.sample_rate?));
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
pub(super) struct Shape {
    pub(super) rate: u32,
    pub(super) channels: usize,
    /// Frames of its beginning that were decoded and are not to be heard, beside those that the
    /// container says.
    pub(super) skipped: u64,
}

pub(super) enum Codec {
    Plain(Box<dyn AudioDecoder>),
    Opus(OpusPackets),
}

impl Codec {
    fn new(parameters: &AudioCodecParameters) -> Result<Self, AudioError> {
        if parameters.codec == CODEC_ID_OPUS {
            return OpusPackets::new(parameters).map(Self::Opus);
        }
        let channels = parameters.channels.as_ref().map_or(0, Channels::count);
        let headers = parameters.extra_data.as_deref().unwrap_or_default();
        let is_vorbis = parameters.codec == CODEC_ID_VORBIS;
        if channels > MOST_CHANNELS || is_vorbis && vorbis::is_too_large(headers) {
            return Err(AudioError::Unknown);
        }
        let mut parameters = parameters.clone();
        let frames = parameters.max_frames_per_packet;
        parameters.max_frames_per_packet = frames.filter(|frames| *frames <= MOST_FRAMES);
        symphonia::default::get_codecs()
            .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
            .map(Self::Plain)
            .map_err(|_| AudioError::Unknown)
    }

    /// Frames of a packet into `samples`. `None` if it is damaged.
    pub(super) fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Option<Shape> {
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

    pub(super) fn reset(&mut self) {
        match self {
            Self::Plain(decoder) => decoder.reset(),
            Self::Opus(packets) => packets.reset(),
        }
    }
}

pub(super) struct OpusPackets {
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
