//! A picture as it is sent: upright, without metadata, no larger than need be.
//!
//! A still is always written anew. A picture that moves keeps its frames byte for byte.

use image::{DynamicImage, RgbImage};

use super::animated::{self, MovingFormat};
use super::decoding::{self, DecodeError};
use super::{LIMITS, may_move, pixels, thumbnail_of, upright};

/// The longer side of a still that is sent, in pixels.
pub const SENT_PX: u32 = 2_000;
/// Tried in this order until a JPEG is small enough.
const QUALITIES: [u8; 5] = [95, 85, 75, 55, 30];
/// Nothing better than this is worth more bytes than the picture came with.
const GOOD_QUALITY: u8 = 75;
/// A PNG has no quality to give: it gets smaller.
const PNG_SIDES_PX: [u32; 4] = [SENT_PX, 1_500, 1_000, 600];

/// Why a picture cannot be sent as one. As a file it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// It cannot be read, or not within the limits.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It has more bytes than these, whatever is tried.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
}

/// In which format a picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentFormat {
    /// JPEG.
    Jpeg,
    /// PNG, also one that moves.
    Png,
    /// GIF that moves.
    Gif,
    /// WebP that moves.
    WebP,
}

impl SentFormat {
    /// Its content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// How file names of it end, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }
}

/// What is sent, and what is shown of it here.
#[derive(Clone, PartialEq, Eq)]
pub struct Prepared {
    /// What goes out, before padding and encryption.
    pub bytes: Vec<u8>,
    /// What it is.
    pub format: SentFormat,
    /// Its width, upright, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// It moves, and may be shown moving.
    pub is_animated: bool,
    /// JPEG, at most [`THUMBNAIL_PX`](super::THUMBNAIL_PX).
    pub thumbnail: Vec<u8>,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared(…)")
    }
}

/// Makes a picture ready to be sent in at most `most_bytes`. Blocks.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare(file: &[u8], most_bytes: usize) -> Result<Prepared, PrepareError> {
    if let Some(moving) = animated::stripped(file)? {
        return prepare_moving(moving, most_bytes);
    }
    let (picture, ..) = upright(file, SENT_PX)?;
    let thumbnail = thumbnail_of(&picture)?;
    let (bytes, format, (width, height)) = if pixels::is_transparent(&picture) {
        let (bytes, size) = as_png(picture, most_bytes)?;
        (bytes, SentFormat::Png, size)
    } else {
        let (bytes, format) = as_opaque(&picture, file, most_bytes)?;
        (bytes, format, (picture.width(), picture.height()))
    };
    Ok(Prepared {
        bytes,
        format,
        width,
        height,
        is_animated: false,
        thumbnail,
    })
}

fn prepare_moving(moving: animated::Moving, most_bytes: usize) -> Result<Prepared, PrepareError> {
    if moving.bytes.len() > most_bytes {
        return Err(PrepareError::TooLarge(most_bytes));
    }
    // What was cut is decoded, not what came: a picture that lost its sense is not sent.
    let (width, height) = decoding::dimensions(&moving.bytes, &LIMITS)?;
    let (picture, ..) = upright(&moving.bytes, super::THUMBNAIL_PX)?;
    let is_animated = may_move(&moving, (width, height));
    let format = match moving.format {
        MovingFormat::Gif => SentFormat::Gif,
        MovingFormat::WebP => SentFormat::WebP,
        MovingFormat::Apng => SentFormat::Png,
    };
    Ok(Prepared {
        thumbnail: thumbnail_of(&picture)?,
        bytes: moving.bytes,
        format,
        width,
        height,
        is_animated,
    })
}

/// A drawing or a picture of a screen stays sharp: what came as PNG goes as one, where a JPEG is no smaller.
fn as_opaque(
    picture: &DynamicImage,
    file: &[u8],
    most_bytes: usize,
) -> Result<(Vec<u8>, SentFormat), PrepareError> {
    let pixels = picture.to_rgb8();
    let jpeg = as_jpeg(&pixels, file.len(), most_bytes);
    if file.starts_with(animated::PNG) {
        let png = pixels::opaque_png(&pixels).ok_or(DecodeError::Damaged)?;
        let most = jpeg.as_ref().map_or(most_bytes, Vec::len);
        if png.len() <= most {
            return Ok((png, SentFormat::Png));
        }
    }
    Ok((jpeg?, SentFormat::Jpeg))
}

/// With the best quality that does not make it larger than it came (`came_bytes`), as far as that is a good one.
fn as_jpeg(pixels: &RgbImage, came_bytes: usize, most_bytes: usize) -> Result<Vec<u8>, PrepareError> {
    for quality in QUALITIES {
        let bytes = pixels::jpeg(pixels, quality).ok_or(DecodeError::Damaged)?;
        let most = if quality > GOOD_QUALITY {
            came_bytes.min(most_bytes)
        } else {
            most_bytes
        };
        if bytes.len() <= most {
            return Ok(bytes);
        }
    }
    Err(PrepareError::TooLarge(most_bytes))
}

/// The bytes, and the size that they needed.
fn as_png(mut picture: DynamicImage, most_bytes: usize) -> Result<(Vec<u8>, (u32, u32)), PrepareError> {
    for side in PNG_SIDES_PX {
        picture = pixels::within(picture, side);
        let bytes = pixels::png(&picture.to_rgba8()).ok_or(DecodeError::Damaged)?;
        if bytes.len() <= most_bytes {
            return Ok((bytes, (picture.width(), picture.height())));
        }
    }
    Err(PrepareError::TooLarge(most_bytes))
}
