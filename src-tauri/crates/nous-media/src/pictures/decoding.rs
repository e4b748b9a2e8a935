//! Pictures from anywhere, decoded within limits. Blocks: belongs into a pool.
//!
//! Source: `architecture.md` §17.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::demands;

/// How much one decoding may take.
#[derive(Debug, Clone, Copy)]
pub struct DecodeLimits {
    /// Bytes of the file.
    pub bytes: usize,
    /// The longer side, in pixels.
    pub side_px: u32,
    /// Pixels of a frame.
    pub pixels: u64,
    /// Memory.
    pub memory_bytes: u64,
}

/// Why a picture was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No JPEG, PNG, GIF or WebP.
    #[error("not a picture of a known format")]
    Unknown,
    /// It begins as one, and cannot be read.
    #[error("a damaged picture")]
    Damaged,
    /// More bytes than allowed.
    #[error("too many bytes")]
    TooManyBytes,
    /// More pixels, or more memory for them, than allowed.
    #[error("too many pixels")]
    TooManyPixels,
}

impl From<ImageError> for DecodeError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            ImageError::Unsupported(_) => Self::Unknown,
            _ => Self::Damaged,
        }
    }
}

impl DecodeLimits {
    /// The same as the library takes them.
    fn of_library(&self) -> Limits {
        let mut limits = Limits::default();
        limits.max_image_width = Some(self.side_px);
        limits.max_image_height = Some(self.side_px);
        limits.max_alloc = Some(self.memory_bytes);
        limits
    }

    /// Whether a frame of this size may be decoded.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] without pixels, [`DecodeError::TooManyPixels`].
    pub fn check(&self, (width, height): (u32, u32)) -> Result<(), DecodeError> {
        if width == 0 || height == 0 {
            return Err(DecodeError::Damaged);
        }
        if width.max(height) > self.side_px || u64::from(width) * u64::from(height) > self.pixels {
            return Err(DecodeError::TooManyPixels);
        }
        Ok(())
    }
}

/// A decoded picture.
pub struct Decoded {
    /// Its pixels as they are stored; the first frame if it moves.
    pub picture: DynamicImage,
    /// How it has to be turned to stand upright.
    pub orientation: Orientation,
    /// What it was.
    pub format: ImageFormat,
}

/// What a file is, by its first bytes and within the limit of bytes.
fn format_of(file: &[u8], limits: &DecodeLimits) -> Result<ImageFormat, DecodeError> {
    if file.len() > limits.bytes {
        return Err(DecodeError::TooManyBytes);
    }
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP)) => {
            Ok(format)
        }
        _ => Err(DecodeError::Unknown),
    }
}

/// The most pixels that all scans of a JPEG have together: each of them goes over the whole picture,
/// and takes a hundred bytes of the file.
const MAX_PIXELS_OF_SCANS: u64 = 2_000_000_000;

/// Whether the scans of a JPEG would take too long. One of a thumbnail in its metadata counts too.
fn is_endless(jpeg: &[u8], (width, height): (u32, u32)) -> bool {
    let scans = jpeg.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
    let pixels = u64::from(width) * u64::from(height);
    pixels.saturating_mul(scans as u64) > MAX_PIXELS_OF_SCANS
}

/// Decodes a JPEG, PNG, GIF or WebP; nothing beyond the limits is begun.
///
/// # Errors
/// [`DecodeError`].
pub fn decode(file: &[u8], limits: &DecodeLimits) -> Result<Decoded, DecodeError> {
    let format = format_of(file, limits)?;
    let (decoder, orientation) = opened(file, format, limits)?;
    check_demands(file, format, &decoder, limits)?;
    Ok(Decoded {
        picture: DynamicImage::from_decoder(decoder)?,
        orientation,
        format,
    })
}

/// What the size alone does not say: how long, and how much beside the pixels.
fn check_demands(
    file: &[u8],
    format: ImageFormat,
    decoder: &impl ImageDecoder,
    limits: &DecodeLimits,
) -> Result<(), DecodeError> {
    let size = decoder.dimensions();
    match format {
        ImageFormat::Jpeg => {
            let pixels = u64::from(size.0) * u64::from(size.1);
            let beside = demands::coefficient_bytes(file, pixels);
            if is_endless(file, size) || decoder.total_bytes().saturating_add(beside) > limits.memory_bytes {
                return Err(DecodeError::TooManyPixels);
            }
        }
        ImageFormat::WebP if !demands::fits_canvas(file, size) => return Err(DecodeError::Damaged),
        _ => {}
    }
    Ok(())
}

/// Decodes the best picture of an icon file, as sites have them; nothing beyond the limits is begun.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_icon(file: &[u8], limits: &DecodeLimits) -> Result<DynamicImage, DecodeError> {
    if !matches!(image::guess_format(file), Ok(ImageFormat::Ico)) {
        return Err(DecodeError::Unknown);
    }
    if file.len() > limits.bytes {
        return Err(DecodeError::TooManyBytes);
    }
    let (decoder, _) = opened(file, ImageFormat::Ico, limits)?;
    Ok(DynamicImage::from_decoder(decoder)?)
}

/// Width and height in pixels, upright, without decoding a pixel.
///
/// # Errors
/// [`DecodeError`], also for a picture that [`decode`] would refuse for its size.
pub fn dimensions(file: &[u8], limits: &DecodeLimits) -> Result<(u32, u32), DecodeError> {
    let format = format_of(file, limits)?;
    let (decoder, orientation) = opened(file, format, limits)?;
    Ok(turned(decoder.dimensions(), orientation))
}

/// Width and height after turning.
pub(super) const fn turned((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

/// A decoder that has read the header, within the limits.
fn opened<'a>(
    file: &'a [u8],
    format: ImageFormat,
    limits: &DecodeLimits,
) -> Result<(impl ImageDecoder + 'a, Orientation), DecodeError> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.of_library());
    let mut decoder = reader.into_decoder()?;
    limits.check(decoder.dimensions())?;
    if decoder.total_bytes() > limits.memory_bytes {
        return Err(DecodeError::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, orientation))
}
