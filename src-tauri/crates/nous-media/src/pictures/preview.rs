//! The picture of a link preview: whatever a site gives, what goes out is a small JPEG of ours.
//!
//! Source: `messages.md` §13.

use super::decoding::{self, DecodeError, DecodeLimits};
use super::{pixels, upright};

/// The longer side, in pixels.
pub const PREVIEW_PX: u32 = 640;
const QUALITY: u8 = 80;

/// What an icon may take: its largest picture has 256 pixels a side.
const ICON_LIMITS: DecodeLimits = DecodeLimits {
    bytes: 1 << 20,
    side_px: 1_024,
    pixels: 1_024 * 1_024,
    memory_bytes: 16 << 20,
};

/// The picture of a link preview, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct PreviewPicture {
    /// JPEG, at most [`PREVIEW_PX`] wide and high, without metadata.
    pub jpeg: Vec<u8>,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

impl std::fmt::Debug for PreviewPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PreviewPicture(…)")
    }
}

/// Makes the picture of a preview from a PNG, JPEG, GIF, WebP or ICO. Blocks.
///
/// # Errors
/// [`DecodeError`]: there is nothing to show, or it would take too much.
pub fn preview(file: &[u8]) -> Result<PreviewPicture, DecodeError> {
    let picture = match decoding::decode_icon(file, &ICON_LIMITS) {
        Err(DecodeError::Unknown) => upright(file, PREVIEW_PX)?.0,
        icon => icon?,
    };
    let small = pixels::on_white(&pixels::within(picture, PREVIEW_PX));
    Ok(PreviewPicture {
        jpeg: pixels::jpeg(&small, QUALITY).ok_or(DecodeError::Damaged)?,
        width: small.width(),
        height: small.height(),
    })
}
