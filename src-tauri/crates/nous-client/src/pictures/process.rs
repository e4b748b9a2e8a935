//! Decoding with limits, turning, cutting, writing anew. Blocks: belongs into the CPU pool.
//!
//! Whatever comes in, what goes out of here is a JPEG of ours without metadata, or the frames
//! of a moving picture and nothing else.

use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, RgbImage, imageops};
use nous_media::audio::limit::Deadline;
use nous_media::pictures::animated::{self, MovingFormat};
use nous_media::pictures::decoding::{self, DecodeError, Decoded};
use nous_media::pictures::pixels::{on_white, within};
use nous_media::pictures::{LIMITS, MAX_MEGAPIXELS};

use super::PictureError;
use crate::cpu::CpuPool;

/// The most bytes of a file that is chosen.
pub const MAX_INPUT_BYTES: usize = nous_media::pictures::MAX_INPUT_BYTES;
/// The most bytes of a moving picture, which is sent as it is.
pub const MAX_ANIMATED_BYTES: usize = nous_protocol::attachment::MAX_FILE;
/// The side of a picture that is sent, in pixels.
pub const LARGE_PX: u32 = 600;
/// The side of the small one: 96 px of the page at two pixels each.
pub const SMALL_PX: u32 = 192;
/// The longer side of what is kept between choosing and cutting.
const WORK_PX: u32 = 2_400;
/// The longer side of what the page shows while cutting.
const PREVIEW_PX: u32 = 1_024;
/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(20);
const QUALITY: u8 = 85;

/// A square of a picture as a person chose it: first turned, then cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crop {
    /// Quarter turns, clockwise; every fourth is none.
    pub quarter_turns: u8,
    /// The left edge in the turned picture, in pixels.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// The side.
    pub side: u32,
}

/// A picture, opened and upright.
#[derive(Clone)]
pub struct Opened {
    /// The first frame, without transparency, its longer side at most [`WORK_PX`].
    still: RgbImage,
    /// The whole without metadata, if it moves.
    animated: Option<Vec<u8>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(…)")
    }
}

/// What is sent and what is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Finished {
    /// What goes out, before encryption.
    pub sent: Vec<u8>,
    /// JPEG of at most [`LARGE_PX`].
    pub large: Vec<u8>,
    /// JPEG of [`SMALL_PX`] at most, square.
    pub small: Vec<u8>,
}

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finished(…)")
    }
}

/// Runs work on pictures in a pool, and waits for it only so long once it is its turn: what takes
/// longer ends by itself, within the limits of its size.
///
/// # Errors
/// What the work returned; [`PictureError::TooSlow`] if it took too long.
pub async fn in_pool<T: Send + 'static>(
    cpu: &CpuPool,
    work: impl FnOnce() -> Result<T, PictureError> + Send + 'static,
) -> Result<T, PictureError> {
    in_pool_until(cpu, |_| work()).await
}

/// The same for work that can end early: see [`CpuPool::run_within`].
///
/// # Errors
/// As [`in_pool`].
pub(crate) async fn in_pool_until<T: Send + 'static>(
    cpu: &CpuPool,
    work: impl FnOnce(&Deadline) -> Result<T, PictureError> + Send + 'static,
) -> Result<T, PictureError> {
    match cpu.run_within(PATIENCE, work).await? {
        Some(done) => done,
        None => Err(PictureError::TooSlow),
    }
}

/// Opens a picture that a person chose.
///
/// # Errors
/// [`PictureError`]: what is wrong with it.
pub fn open(bytes: &[u8]) -> Result<Opened, PictureError> {
    let Decoded {
        picture, orientation, ..
    } = decode(bytes)?;
    // Other apps show a GIF or WebP as a profile's picture, and no PNG that moves.
    let animated = animated::stripped(bytes)?
        .filter(|moving| moving.format != MovingFormat::Apng)
        .map(|moving| moving.bytes);
    if animated
        .as_ref()
        .is_some_and(|bytes| bytes.len() > MAX_ANIMATED_BYTES)
    {
        return Err(PictureError::TooLarge(MAX_ANIMATED_BYTES));
    }
    // Smaller first: turning makes a second copy.
    let mut decoded = within(picture, WORK_PX);
    if animated.is_none() {
        decoded.apply_orientation(orientation);
    }
    Ok(Opened {
        still: on_white(&decoded),
        animated,
    })
}

/// Reads a picture that came from somebody: its large and its small form.
///
/// # Errors
/// [`PictureError`].
pub fn received(bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>), PictureError> {
    let Decoded {
        picture, orientation, ..
    } = decode(bytes)?;
    let mut decoded = within(picture, LARGE_PX);
    decoded.apply_orientation(orientation);
    shown(&on_white(&decoded))
}

fn shown(still: &RgbImage) -> Result<(Vec<u8>, Vec<u8>), PictureError> {
    let side = still.width().min(still.height());
    let middle = Crop {
        quarter_turns: 0,
        x: (still.width() - side) / 2,
        y: (still.height() - side) / 2,
        side,
    };
    let small = cut(still, middle, SMALL_PX)?;
    Ok((jpeg(still)?, jpeg(&small)?))
}

impl Opened {
    /// Width and height, upright, in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.still.dimensions()
    }

    /// Whether it moves: then it is sent whole.
    #[must_use]
    pub const fn is_animated(&self) -> bool {
        self.animated.is_some()
    }

    /// A JPEG for the page on which it is cut.
    ///
    /// # Errors
    /// [`PictureError::Damaged`] if it cannot be written.
    pub fn preview(&self) -> Result<Vec<u8>, PictureError> {
        let preview = within(DynamicImage::ImageRgb8(self.still.clone()), PREVIEW_PX);
        jpeg(&preview.to_rgb8())
    }

    /// The picture as it is sent and shown. Without `crop` the largest square in the middle; a
    /// moving picture is never cut.
    ///
    /// # Errors
    /// [`PictureError::Crop`] if the square lies outside.
    pub fn finish(&self, crop: Option<Crop>) -> Result<Finished, PictureError> {
        if let Some(animated) = &self.animated {
            let still = within(DynamicImage::ImageRgb8(self.still.clone()), LARGE_PX);
            let (large, small) = shown(&still.to_rgb8())?;
            return Ok(Finished {
                sent: animated.clone(),
                large,
                small,
            });
        }
        let (width, height) = self.size();
        let side = width.min(height);
        let crop = crop.unwrap_or(Crop {
            quarter_turns: 0,
            x: (width - side) / 2,
            y: (height - side) / 2,
            side,
        });
        let square = cut(&self.still, crop, LARGE_PX)?;
        let (large, small) = shown(&square)?;
        Ok(Finished {
            sent: large.clone(),
            large,
            small,
        })
    }
}

/// The first frame, and how it has to be turned.
fn decode(bytes: &[u8]) -> Result<Decoded, PictureError> {
    Ok(decoding::decode_whole(bytes, &LIMITS)?)
}

impl From<DecodeError> for PictureError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Unknown => Self::Unknown,
            DecodeError::Damaged => Self::Damaged,
            DecodeError::TooManyBytes => Self::TooLarge(MAX_INPUT_BYTES),
            DecodeError::TooManyPixels => Self::TooManyPixels(MAX_MEGAPIXELS),
        }
    }
}

/// Turned, cut, and made no larger than `most`.
fn cut(still: &RgbImage, crop: Crop, most: u32) -> Result<RgbImage, PictureError> {
    let turned = match crop.quarter_turns % 4 {
        0 => still.clone(),
        1 => imageops::rotate90(still),
        2 => imageops::rotate180(still),
        _ => imageops::rotate270(still),
    };
    let ends = |start: u32, length: u32| start.checked_add(crop.side).is_some_and(|end| end <= length);
    if crop.side == 0 || !ends(crop.x, turned.width()) || !ends(crop.y, turned.height()) {
        return Err(PictureError::Crop);
    }
    let square = imageops::crop_imm(&turned, crop.x, crop.y, crop.side, crop.side).to_image();
    if crop.side <= most {
        return Ok(square);
    }
    Ok(imageops::resize(&square, most, most, FilterType::CatmullRom))
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|_| PictureError::Damaged)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
