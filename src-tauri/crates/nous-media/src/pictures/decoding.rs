//! Pictures from anywhere, decoded within limits. Blocks: belongs into a pool.
//!
//! Source: `architecture.md` §17.

use std::hash::{DefaultHasher, Hasher};
use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::demands;
use super::pixels::is_jpeg_whole;

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

/// So many pairs of bytes stand in the place of a JPEG's missing end: more than a decoder reads ahead.
const FILLING: usize = 32;

/// Whether the scans of a JPEG would take too long. One of a thumbnail in its metadata counts too.
/// `most`: the most pixels of all scans together.
fn is_endless(jpeg: &[u8], (width, height): (u32, u32), most: u64) -> bool {
    let scans = jpeg.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
    let pixels = u64::from(width) * u64::from(height);
    pixels.saturating_mul(scans as u64) > most
}

/// Decodes a JPEG, PNG, GIF or WebP; nothing beyond the limits is begun. What is missing of a JPEG is grey.
///
/// # Errors
/// [`DecodeError`].
pub fn decode(file: &[u8], limits: &DecodeLimits) -> Result<Decoded, DecodeError> {
    decode_scans(file, limits, MAX_PIXELS_OF_SCANS)
}

/// The same of a picture all of whose pixels are there, even if the mark at the end of a JPEG is not.
///
/// # Errors
/// [`DecodeError`]; [`DecodeError::Damaged`] if pixels are missing.
pub fn decode_whole(file: &[u8], limits: &DecodeLimits) -> Result<Decoded, DecodeError> {
    if format_of(file, limits)? == ImageFormat::Jpeg && !is_jpeg_whole(file) {
        return decode_without_end(file, limits);
    }
    decode(file, limits)
}

/// Decodes a JPEG without its last mark. Its pixels are all there if it does not matter what follows: it is
/// decoded twice, with other bits behind it.
fn decode_without_end(file: &[u8], limits: &DecodeLimits) -> Result<Decoded, DecodeError> {
    let mut data = file;
    // The first half of the mark, or filling before it.
    while let Some(rest) = data.strip_suffix(&[0xff_u8]) {
        data = rest;
    }
    let followed_by = |bits: [u8; 2]| {
        let whole = [data, bits.repeat(FILLING).as_slice(), &[0xff, 0xd9]].concat();
        // Both times together take no longer than one may.
        decode_scans(&whole, limits, MAX_PIXELS_OF_SCANS / 2)
    };
    // Not both pictures at once: that would be twice the memory. In a scan, 0xff and 0 are eight ones.
    let ones = sum_of(&followed_by([0xff, 0])?.picture);
    let decoded = followed_by([0, 0])?;
    if sum_of(&decoded.picture) != ones {
        return Err(DecodeError::Damaged);
    }
    Ok(decoded)
}

fn sum_of(picture: &DynamicImage) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(picture.as_bytes());
    hasher.finish()
}

/// `most_scanned`: the most pixels that all scans of a JPEG have together.
fn decode_scans(file: &[u8], limits: &DecodeLimits, most_scanned: u64) -> Result<Decoded, DecodeError> {
    let format = format_of(file, limits)?;
    let (mut decoder, orientation) = opened(file, format, limits)?;
    check_demands(file, format, &mut decoder, limits, most_scanned)?;
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
    decoder: &mut impl ImageDecoder,
    limits: &DecodeLimits,
    most_scanned: u64,
) -> Result<(), DecodeError> {
    let size = decoder.dimensions();
    let pixels = u64::from(size.0) * u64::from(size.1);
    let left = limits.memory_bytes.saturating_sub(decoder.total_bytes());
    match format {
        // A frame that does not fill the picture is decoded beside it.
        ImageFormat::Gif => {
            let mut beside = limits.of_library();
            beside.max_alloc = Some(left);
            decoder.set_limits(beside)?;
        }
        ImageFormat::Jpeg => {
            let beside = demands::coefficient_bytes(file, pixels);
            if is_endless(file, size, most_scanned) || beside > left {
                return Err(DecodeError::TooManyPixels);
            }
        }
        ImageFormat::WebP if !demands::fits_canvas(file, size) => return Err(DecodeError::Damaged),
        ImageFormat::WebP
            if demands::lossless_bytes(file, decoder.color_type().has_alpha(), pixels) > left =>
        {
            return Err(DecodeError::TooManyPixels);
        }
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
