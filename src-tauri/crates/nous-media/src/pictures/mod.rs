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
//! | [`demands`] | what a decoder would take beyond the size |
//! | [`pixels`] | made smaller, put on white, written |
//! | [`prepare`] | a picture as it is sent |
//! | [`preview`] | the picture of a link preview |
//! | [`still`] | a picture as it is looked at large, or copied |
//!
//! Source: `messages.md` §11.5 and §11.6.

pub mod animated;
pub mod decoding;
pub mod demands;
pub mod pixels;
pub mod prepare;
pub mod preview;
pub mod still;

use image::DynamicImage;

use animated::Moving;
use decoding::{DecodeError, DecodeLimits, Decoded};

/// The most bytes of a picture that is opened.
pub const MAX_INPUT_BYTES: usize = 50_000_000;
/// The most millions of pixels of a picture, or of a frame.
pub const MAX_MEGAPIXELS: u64 = 64;
/// The most frames of a picture that is shown moving.
pub const MAX_FRAMES: usize = 2_000;
/// The most pixels of a picture that is shown moving: a page holds four bytes for each.
pub const MAX_MOVING_PIXELS: u64 = 4_000_000;
/// The most pixels that all its frames have together.
pub const MAX_PIXELS_OF_FRAMES: u64 = 500_000_000;
/// The longer side of a thumbnail, in pixels: the widest picture of a timeline has 352 of the page,
/// at two pixels each.
pub const THUMBNAIL_PX: u32 = 704;
const THUMBNAIL_QUALITY: u8 = 80;

/// What a picture of anybody may take.
pub const LIMITS: DecodeLimits = DecodeLimits {
    bytes: MAX_INPUT_BYTES,
    side_px: u32::MAX,
    pixels: MAX_MEGAPIXELS * 1_000_000,
    // All pixels with four bytes each.
    memory_bytes: 4 * MAX_MEGAPIXELS * 1_000_000,
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
    /// It has several frames, and neither more nor larger ones than a page may draw.
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
    let moving = animated::stripped(file)?;
    let (upright, width, height) = upright(file, THUMBNAIL_PX)?;
    Ok(Thumbnail {
        jpeg: thumbnail_of(&upright)?,
        width,
        height,
        is_animated: moving.is_some_and(|moving| may_move(&moving, (width, height))),
    })
}

/// Whether a page may draw all frames of a picture. `size`: its own, in pixels.
fn may_move(moving: &Moving, size: (u32, u32)) -> bool {
    let width = u64::from(size.0.max(moving.reach.0));
    let height = u64::from(size.1.max(moving.reach.1));
    let pixels = width * height;
    let all = pixels.saturating_mul(moving.frames as u64);
    moving.frames <= MAX_FRAMES && pixels <= MAX_MOVING_PIXELS && all <= MAX_PIXELS_OF_FRAMES
}

/// The picture upright, its longer side at most `most_px`, and its own width and height.
fn upright(file: &[u8], most_px: u32) -> Result<(DynamicImage, u32, u32), DecodeError> {
    let Decoded {
        picture, orientation, ..
    } = decoding::decode_whole(file, &LIMITS)?;
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
