//! Pictures: decoded within limits, prepared for sending, made small for showing.
//!
//! Whatever goes out of here is a JPEG or PNG of ours without metadata, or the frames of a
//! moving picture and nothing else.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | the limits, [`thumbnail`] |
//! | [`animated`] | pictures that move: metadata cut out, frames untouched |
//! | [`decoding`] | decoding within limits |
//! | [`pixels`] | made smaller, put on white, written |
//! | [`prepare`] | a picture as it is sent |
//! | [`preview`] | the picture of a link preview |
//!
//! Source: `messages.md` §11.5 and §11.6.

pub mod animated;
pub mod decoding;
pub mod pixels;
pub mod prepare;
pub mod preview;

use image::{DynamicImage, ImageFormat};

use decoding::{DecodeError, DecodeLimits, Decoded};

/// The most bytes of a picture that is opened.
pub const MAX_INPUT_BYTES: usize = 50_000_000;
/// The most millions of pixels of a picture, or of a frame.
pub const MAX_MEGAPIXELS: u64 = 64;
/// The most frames of a picture that is shown moving.
pub const MAX_FRAMES: usize = 2_000;
/// The longer side of a thumbnail, in pixels.
pub const THUMBNAIL_PX: u32 = 640;
const THUMBNAIL_QUALITY: u8 = 80;

/// What a picture of anybody may take.
pub const LIMITS: DecodeLimits = DecodeLimits {
    bytes: MAX_INPUT_BYTES,
    side_px: u32::MAX,
    pixels: MAX_MEGAPIXELS * 1_000_000,
    // All pixels with four bytes each, twice.
    memory_bytes: 2 * 4 * MAX_MEGAPIXELS * 1_000_000,
};

/// A picture as lists and timelines show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG, at most [`THUMBNAIL_PX`] wide and high; the first frame if the picture moves.
    pub jpeg: Vec<u8>,
    /// Width of the picture itself, upright, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// It has several frames, and not more than [`MAX_FRAMES`].
    pub is_animated: bool,
}

impl std::fmt::Debug for Thumbnail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Thumbnail(…)")
    }
}

/// Makes the thumbnail of a picture from anywhere. Blocks.
///
/// # Errors
/// [`DecodeError`]: there is nothing to show, or it would take too much.
pub fn thumbnail(file: &[u8]) -> Result<Thumbnail, DecodeError> {
    let frames = animated::stripped(file)?.map_or(1, |moving| moving.frames);
    let (upright, width, height) = upright(file, THUMBNAIL_PX)?;
    Ok(Thumbnail {
        jpeg: thumbnail_of(&upright)?,
        width,
        height,
        is_animated: frames > 1 && frames <= MAX_FRAMES,
    })
}

/// The picture upright, its longer side at most `most_px`, and its own width and height.
fn upright(file: &[u8], most_px: u32) -> Result<(DynamicImage, u32, u32), DecodeError> {
    let Decoded {
        picture,
        orientation,
        format,
    } = decoding::decode(file, &LIMITS)?;
    if format == ImageFormat::Jpeg && !pixels::is_jpeg_whole(file) {
        return Err(DecodeError::Damaged);
    }
    let stored = (picture.width(), picture.height());
    // Smaller first: turning makes a second copy.
    let mut picture = pixels::within(picture, most_px);
    picture.apply_orientation(orientation);
    let (width, height) = decoding::turned(stored, orientation);
    Ok((picture, width, height))
}

fn thumbnail_of(upright: &DynamicImage) -> Result<Vec<u8>, DecodeError> {
    let small = pixels::within(upright.clone(), THUMBNAIL_PX);
    pixels::jpeg(&pixels::on_white(&small), THUMBNAIL_QUALITY).ok_or(DecodeError::Damaged)
}

#[cfg(test)]
mod tests;
