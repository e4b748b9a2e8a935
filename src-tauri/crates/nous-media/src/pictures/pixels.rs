//! What is done with pixels before they are written.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage, RgbaImage};

/// Made smaller, if need be, so that no side is longer than `most` pixels.
#[must_use]
pub fn within(picture: DynamicImage, most: u32) -> DynamicImage {
    if picture.width() <= most && picture.height() <= most {
        return picture;
    }
    // Far larger ones come near by averages first, which is fast.
    let picture = if picture.width().max(picture.height()) > most.saturating_mul(4) {
        picture.thumbnail(most * 2, most * 2)
    } else {
        picture
    };
    picture.resize(most, most, FilterType::CatmullRom)
}

/// Transparency shows white.
#[must_use]
pub fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over = |colour: u8| {
            let mixed = u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(255)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

/// Whether anything shines through.
#[must_use]
pub fn is_transparent(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

/// A JPEG without metadata; `None` if the library refuses.
#[must_use]
pub fn jpeg(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .ok()?;
    Some(bytes)
}

/// A PNG without metadata; `None` if the library refuses.
#[must_use]
pub fn png(picture: &RgbaImage) -> Option<Vec<u8>> {
    png_of(
        picture.as_raw(),
        (picture.width(), picture.height()),
        ExtendedColorType::Rgba8,
    )
}

/// The same of a picture through which nothing shines.
#[must_use]
pub fn opaque_png(picture: &RgbImage) -> Option<Vec<u8>> {
    png_of(
        picture.as_raw(),
        (picture.width(), picture.height()),
        ExtendedColorType::Rgb8,
    )
}

fn png_of(pixels: &[u8], (width, height): (u32, u32), colours: ExtendedColorType) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(pixels, width, height, colours)
        .ok()?;
    Some(bytes)
}

/// Whether the mark at the end of a JPEG is there: decoders fill up with grey what is missing before it.
#[must_use]
pub fn is_jpeg_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some([0xff, marker]) = bytes.get(at..at + 2) else {
            // Anything but a marker is the data of a scan, or filling.
            match bytes.get(at) {
                Some(_) => at += 1,
                None => return false,
            }
            continue;
        };
        match marker {
            0xd9 => return true,
            // In a scan, or markers without a length.
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            0xff => at += 1,
            _ => match bytes.get(at + 2..at + 4) {
                Some([high, low]) => at += 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2),
                _ => return false,
            },
        }
    }
}
