//! A picture as it is looked at large, or copied: whatever came, a page gets pixels of ours.

use super::decoding::DecodeError;
use super::{pixels, upright};

/// The longer side, in pixels: as large as what others are sent.
pub const STILL_PX: u32 = 2_000;
const QUALITY: u8 = 90;

/// A picture for a page: the first frame if it moves.
#[derive(Clone, PartialEq, Eq)]
pub struct Still {
    /// JPEG; PNG where something shines through.
    pub bytes: Vec<u8>,
    /// Its content type.
    pub content_type: &'static str,
}

impl std::fmt::Debug for Still {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Still(…)")
    }
}

/// A picture without a file around it: the first frame if it moves.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue and how much shines through, a byte each; row by row.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pixels(…)")
    }
}

/// Writes a picture from anywhere anew: upright, at most [`STILL_PX`], without metadata. Blocks.
///
/// # Errors
/// [`DecodeError`]: there is nothing to show, or it would take too much.
pub fn still(file: &[u8]) -> Result<Still, DecodeError> {
    let (picture, ..) = upright(file, STILL_PX)?;
    let (bytes, content_type) = if pixels::is_transparent(&picture) {
        (pixels::png(&picture.to_rgba8()), "image/png")
    } else {
        (pixels::jpeg(&picture.to_rgb8(), QUALITY), "image/jpeg")
    };
    Ok(Still {
        bytes: bytes.ok_or(DecodeError::Damaged)?,
        content_type,
    })
}

/// A picture without a file around it as PNG, without metadata. Blocks. `None`: it has not as many pixels as
/// it says.
#[must_use]
pub fn file_of(picture: Pixels) -> Option<Vec<u8>> {
    let Pixels { width, height, rgba } = picture;
    pixels::png(&image::RgbaImage::from_raw(width, height, rgba)?)
}

/// The pixels of a picture from anywhere: upright, at most [`STILL_PX`]. Blocks.
///
/// # Errors
/// [`DecodeError`], as [`still`].
pub fn pixels_of(file: &[u8]) -> Result<Pixels, DecodeError> {
    let (picture, ..) = upright(file, STILL_PX)?;
    let picture = picture.into_rgba8();
    Ok(Pixels {
        width: picture.width(),
        height: picture.height(),
        rgba: picture.into_raw(),
    })
}
