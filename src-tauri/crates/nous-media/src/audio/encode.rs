//! Voice messages as they are sent: MP3, one channel, 32 kHz, 48 kbit/s.
//!
//! Source: `messages.md` §11.6.

use std::num::NonZeroU32;

use mp3lame_encoder::{Bitrate, Builder, Encoder, FlushGap, Mode, MonoPcm, Quality};

/// Frames a second of a voice message.
pub const VOICE_RATE: u32 = 32_000;
/// The content type of a voice message.
pub const VOICE_TYPE: &str = "audio/mp3";
/// What the last call may write.
const LAST_BYTES: usize = 7_200;
/// Frames that are given to the library at a time.
const CHUNK: usize = 4_096;

/// The library for MP3 does not do what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sound cannot be written as MP3")]
pub struct EncodeError;

/// Writes MP3 as frames come.
pub struct VoiceEncoder {
    encoder: Encoder,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for VoiceEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VoiceEncoder(…)")
    }
}

impl VoiceEncoder {
    /// An empty voice message.
    ///
    /// # Errors
    /// [`EncodeError`] if there is no memory for it.
    pub fn new() -> Result<Self, EncodeError> {
        let mut builder = Builder::new().ok_or(EncodeError)?;
        builder.set_num_channels(1).map_err(|_| EncodeError)?;
        builder.set_sample_rate(VOICE_RATE).map_err(|_| EncodeError)?;
        // Else the library thinks of a lower one by itself.
        builder
            .set_output_sample_rate(NonZeroU32::new(VOICE_RATE))
            .map_err(|_| EncodeError)?;
        builder.set_mode(Mode::Mono).map_err(|_| EncodeError)?;
        builder.set_brate(Bitrate::Kbps48).map_err(|_| EncodeError)?;
        builder.set_quality(Quality::Good).map_err(|_| EncodeError)?;
        // It says which frames at both ends are silence of the encoder: without it, a player
        // takes them for sound.
        builder.set_to_write_vbr_tag(true).map_err(|_| EncodeError)?;
        Ok(Self {
            encoder: builder.build().map_err(|_| EncodeError)?,
            bytes: Vec::new(),
        })
    }

    /// Writes further frames of one channel at [`VOICE_RATE`], each from −1 to 1.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn push(&mut self, mono: &[f32]) -> Result<(), EncodeError> {
        for chunk in mono.chunks(CHUNK) {
            self.bytes
                .reserve(mp3lame_encoder::max_required_buffer_size(chunk.len()));
            self.encoder
                .encode_to_vec(MonoPcm(chunk), &mut self.bytes)
                .map_err(|_| EncodeError)?;
        }
        Ok(())
    }

    /// The whole file.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        self.bytes.reserve(LAST_BYTES);
        self.encoder
            .flush_to_vec::<FlushGap>(&mut self.bytes)
            .map_err(|_| EncodeError)?;
        self.write_tag()?;
        Ok(self.bytes)
    }

    /// The tag is known at the end, and stands at the beginning, where the library left a frame
    /// for it.
    fn write_tag(&mut self) -> Result<(), EncodeError> {
        let mut tag = Vec::with_capacity(self.encoder.lame_tag_size());
        self.encoder.lame_tag_encode_to_vec(&mut tag).ok_or(EncodeError)?;
        self.bytes
            .get_mut(..tag.len())
            .ok_or(EncodeError)?
            .copy_from_slice(&tag);
        Ok(())
    }
}
