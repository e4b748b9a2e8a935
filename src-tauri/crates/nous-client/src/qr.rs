//! QR codes: drawn for a page or a file, and read from a picture.
//!
//! Pictures come from anywhere: they are decoded within limits of bytes, sides and memory,
//! on the pool of [`crate::cpu`], and never kept.
//!
//! Source: `identity.md` §7.

use std::fmt::Write as _;
use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use nous_media::pictures::decoding::{self, DecodeError, DecodeLimits};
use nous_protocol::account::AccountId;
use nous_protocol::address::account_ids;
use qrcodegen::{QrCode, QrCodeEcc};

/// The largest file that is looked at.
pub const MAX_FILE_BYTES: usize = 20_000_000;
/// The longest side, in pixels.
const MAX_SIDE_PX: u32 = 12_000;
const LIMITS: DecodeLimits = DecodeLimits {
    bytes: MAX_FILE_BYTES,
    side_px: MAX_SIDE_PX,
    pixels: u64::MAX,
    memory_bytes: 256 << 20,
};
/// The longest sides that a picture is looked at with: codes that people photograph are large
/// in it, and only if none is found are small ones looked for.
const LOOKED_AT_PX: [u32; 2] = [1_600, 4_000];
/// White around a code, in modules.
const MARGIN: i32 = 4;
/// A module of a saved picture, in pixels.
const MODULE_PX: u32 = 12;

/// Why a picture gives no account ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// More than [`MAX_FILE_BYTES`], or too many pixels.
    #[error("picture too large")]
    TooLarge,
    /// No picture, or of a kind that is not known here.
    #[error("not a picture")]
    NotAPicture,
    /// There is no code in it that can be read.
    #[error("no code")]
    NoCode,
    /// What the codes say is no account ID.
    #[error("no account ID in the code")]
    NotAnAccountId,
}

/// The account IDs in the QR codes of a picture file, each once. A code may hold the ID itself
/// or a link that carries one.
///
/// `file`: PNG, JPEG, GIF or WebP.
///
/// # Errors
/// [`QrError`].
///
/// Source: `identity.md` §7, `product.md` §5.
pub fn read_file(file: &[u8]) -> Result<Vec<AccountId>, QrError> {
    read_picture(&decoding::decode(file, &LIMITS)?.picture)
}

/// The same for a picture that is decoded already.
///
/// `rgba`: four bytes a pixel, row by row.
///
/// # Errors
/// [`QrError`]; [`QrError::NotAPicture`] if sides and bytes do not fit together.
pub fn read_pixels(width: u32, height: u32, rgba: Vec<u8>) -> Result<Vec<AccountId>, QrError> {
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX {
        return Err(QrError::TooLarge);
    }
    let picture = image::RgbaImage::from_raw(width, height, rgba).ok_or(QrError::NotAPicture)?;
    read_picture(&DynamicImage::ImageRgba8(picture))
}

impl From<DecodeError> for QrError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooManyBytes | DecodeError::TooManyPixels => Self::TooLarge,
            DecodeError::Unknown | DecodeError::Damaged => Self::NotAPicture,
        }
    }
}

fn read_picture(picture: &DynamicImage) -> Result<Vec<AccountId>, QrError> {
    let mut texts = Vec::new();
    for side in LOOKED_AT_PX {
        let grey = on_white(picture, side);
        texts = texts_in(&grey);
        if texts.is_empty() {
            texts = texts_in(&inverted(grey));
        }
        if !texts.is_empty() || picture.width().max(picture.height()) <= side {
            break;
        }
    }
    if texts.is_empty() {
        return Err(QrError::NoCode);
    }
    let mut found: Vec<AccountId> = Vec::new();
    for account in texts.iter().flat_map(|text| account_ids(text)) {
        if !found.contains(&account) {
            found.push(account);
        }
    }
    if found.is_empty() {
        return Err(QrError::NotAnAccountId);
    }
    Ok(found)
}

/// Grey, with white where it was transparent, and no side longer than `side`.
fn on_white(picture: &DynamicImage, side: u32) -> GrayImage {
    let shrunk;
    let picture = if picture.width().max(picture.height()) > side {
        shrunk = picture.thumbnail(side, side);
        &shrunk
    } else {
        picture
    };
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let both = picture.to_luma_alpha8();
    GrayImage::from_fn(both.width(), both.height(), |x, y| {
        let [grey, alpha] = both.get_pixel(x, y).0;
        let (grey, alpha) = (u16::from(grey), u16::from(alpha));
        let mixed = (grey * alpha + 255 * (255 - alpha)) / 255;
        Luma([u8::try_from(mixed).unwrap_or(u8::MAX)])
    })
}

/// Codes drawn light on dark.
fn inverted(mut grey: GrayImage) -> GrayImage {
    image::imageops::invert(&mut grey);
    grey
}

/// What the codes of a picture say, as far as they can be read.
fn texts_in(grey: &GrayImage) -> Vec<String> {
    let (Ok(width), Ok(height)) = (usize::try_from(grey.width()), usize::try_from(grey.height())) else {
        return Vec::new();
    };
    if width < 21 || height < 21 {
        return Vec::new();
    }
    let pixels = grey.as_raw();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    let grids = prepared.detect_grids();
    grids
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}

/// The code of a text; `None` if it is too long for one.
fn code(text: &str) -> Option<QrCode> {
    QrCode::encode_text(text, QrCodeEcc::Medium).ok()
}

/// A code as SVG for a page; empty if the text is too long for one.
#[must_use]
pub fn svg(text: &str) -> String {
    let Some(code) = code(text) else {
        return String::new();
    };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    let side = code.size() + 2 * MARGIN;
    format!("<svg viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>")
}

/// A code as a PNG file, black on white; `None` if the text is too long for one.
#[must_use]
pub fn png(text: &str) -> Option<Vec<u8>> {
    let code = code(text)?;
    let side = u32::try_from(code.size() + 2 * MARGIN).ok()? * MODULE_PX;
    let module = |at: u32| i32::try_from(at / MODULE_PX).map_or(-1, |at| at - MARGIN);
    let picture = GrayImage::from_fn(side, side, |x, y| {
        Luma([if code.get_module(module(x), module(y)) {
            0
        } else {
            u8::MAX
        }])
    });
    let mut file = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
        .ok()?;
    Some(file)
}

#[cfg(test)]
mod tests;
