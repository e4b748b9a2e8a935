#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use image::codecs::gif::GifEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{Frame, ImageEncoder, ImageFormat, Rgba, RgbaImage};

use super::*;

const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// The left half red, the right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        image::Rgb(if x < width / 2 { RED } else { BLUE })
    })
}

fn jpeg_of(picture: &RgbImage) -> Vec<u8> {
    jpeg(picture).unwrap()
}

fn png_of(picture: &RgbaImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgba8,
        )
        .unwrap();
    bytes
}

fn gif_of(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
    for n in 0..frames {
        let shade = u8::try_from(n * 40).unwrap();
        let frame = RgbaImage::from_pixel(40, 20, Rgba([shade, 10, 10, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A JPEG with a block of EXIF: the way it was held, and where.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    // Orientation, a short.
    tiff.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    // The place of the GPS block.
    tiff.extend_from_slice(&[0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(&[0, 0]);
    tiff.extend_from_slice(b"GPS 48.8584 N 2.2945 E");
    let body = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], length.as_slice(), &body, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

/// Which of the two colours a pixel is nearer to.
fn is_red(picture: &RgbImage, x: u32, y: u32) -> bool {
    let [red, _, blue] = picture.get_pixel(x, y).0;
    red > blue
}

#[test]
fn what_is_sent_is_a_jpeg_of_600_pixels_without_a_place() {
    let photo = with_exif(&jpeg_of(&halves(1_600, 1_200)), 1);
    assert!(holds(&photo, "GPS"));
    let finished = open(&photo).unwrap().finish(None).unwrap();
    for bytes in [&finished.sent, &finished.large, &finished.small] {
        assert!(!holds(bytes, "GPS") && !holds(bytes, "Exif"));
        assert_eq!(image::guess_format(bytes).unwrap(), ImageFormat::Jpeg);
    }
    assert_eq!(decoded(&finished.sent).dimensions(), (600, 600));
    assert_eq!(decoded(&finished.small).dimensions(), (192, 192));
}

#[test]
fn a_picture_is_upright_whichever_way_the_camera_was_held() {
    // 3: upside down. 6: to be turned right, so that what was left is above.
    let opened = open(&with_exif(&jpeg_of(&halves(80, 40)), 3)).unwrap();
    let upside_down = decoded(&opened.preview().unwrap());
    assert!(!is_red(&upside_down, 5, 20) && is_red(&upside_down, 75, 20));
    let opened = open(&with_exif(&jpeg_of(&halves(80, 40)), 6)).unwrap();
    assert_eq!(opened.size(), (40, 80));
    let turned = decoded(&opened.preview().unwrap());
    assert!(is_red(&turned, 20, 5) && !is_red(&turned, 20, 75));
}

#[test]
fn the_square_is_cut_after_turning() {
    let opened = open(&jpeg_of(&halves(200, 100))).unwrap();
    let cut = |quarter_turns, x, y, side| {
        let crop = Crop {
            quarter_turns,
            x,
            y,
            side,
        };
        opened.finish(Some(crop)).map(|finished| decoded(&finished.sent))
    };
    let left = cut(0, 0, 0, 100).unwrap();
    assert!(is_red(&left, 10, 50) && is_red(&left, 90, 50));
    // Turned right, what was left is above.
    let above = cut(1, 0, 0, 100).unwrap();
    assert!(is_red(&above, 50, 10) && is_red(&above, 50, 90));
    let below = cut(1, 0, 100, 100).unwrap();
    assert!(!is_red(&below, 50, 10) && !is_red(&below, 50, 90));
    let right = cut(2, 100, 0, 100).unwrap();
    assert!(is_red(&right, 50, 50));
    let above = cut(3, 0, 0, 100).unwrap();
    assert!(!is_red(&above, 50, 50));
    assert_eq!(
        cut(4, 20, 30, 40).unwrap().dimensions(),
        (40, 40),
        "not made larger"
    );
}

#[test]
fn a_square_outside_is_refused() {
    let opened = open(&jpeg_of(&halves(200, 100))).unwrap();
    for (quarter_turns, x, y, side) in [
        (0, 0, 0, 101),
        (0, 101, 0, 100),
        (1, 0, 101, 100),
        (0, 0, 0, 0),
        (0, u32::MAX, 0, 2),
    ] {
        let crop = Crop {
            quarter_turns,
            x,
            y,
            side,
        };
        assert_eq!(opened.finish(Some(crop)).err(), Some(PictureError::Crop));
    }
}

#[test]
fn transparency_becomes_white() {
    let clear = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
    let finished = open(&png_of(&clear)).unwrap().finish(None).unwrap();
    let [red, green, blue] = decoded(&finished.sent).get_pixel(25, 25).0;
    assert!(red > 250 && green > 250 && blue > 250);
}

#[test]
fn a_still_webp_and_a_still_gif_become_jpegs() {
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp)
        .encode(&halves(30, 30), 30, 30, ExtendedColorType::Rgb8)
        .unwrap();
    for bytes in [webp, gif_of(1)] {
        let opened = open(&bytes).unwrap();
        assert!(!opened.is_animated());
        let sent = opened.finish(None).unwrap().sent;
        assert_eq!(image::guess_format(&sent).unwrap(), ImageFormat::Jpeg);
    }
}

#[test]
fn a_moving_gif_is_sent_whole_without_its_comments() {
    let gif = gif_of(3);
    let comment = b"\x21\xfe\x0cfrom home 48\x00";
    let program = b"\x21\xff\x0bXMP DataXMP\x04GPS!\x00";
    let end = gif.len() - 1;
    let full = [&gif[..end], comment, program, &gif[end..], b"behind the end"].concat();
    let opened = open(&full).unwrap();
    assert!(opened.is_animated());
    let finished = opened
        .finish(Some(Crop {
            quarter_turns: 1,
            x: 0,
            y: 0,
            side: 5,
        }))
        .unwrap();
    assert_eq!(finished.sent, gif, "frames and repeats byte for byte");
    assert_eq!(decoded(&finished.large).dimensions(), (40, 20));
    assert_eq!(decoded(&finished.small).dimensions(), (20, 20));
}

/// Two frames of the same still picture in the extended form, with a block of EXIF.
fn moving_webp(has_exif: bool) -> Vec<u8> {
    let mut still = Vec::new();
    WebPEncoder::new_lossless(&mut still)
        .encode(&halves(16, 16), 16, 16, ExtendedColorType::Rgb8)
        .unwrap();
    let chunk = |name: &[u8], body: &[u8]| {
        let mut bytes = [name, &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat();
        if body.len() % 2 == 1 {
            bytes.push(0);
        }
        bytes
    };
    let flags = if has_exif { 0x0a } else { 0x02 };
    let extended = chunk(b"VP8X", &[flags, 0, 0, 0, 15, 0, 0, 15, 0, 0]);
    let animation = chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]);
    let place = [0, 0, 0, 0, 0, 0, 15, 0, 0, 15, 0, 0, 100, 0, 0, 0];
    let frame = chunk(b"ANMF", &[place.as_slice(), &still[12..]].concat());
    let mut body = [extended, animation, frame.clone(), frame].concat();
    if has_exif {
        body.extend(chunk(b"EXIF", b"GPS 48.8584 N 2.2945 E"));
    }
    let size = u32::try_from(body.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", size.as_slice(), b"WEBP", &body].concat()
}

#[test]
fn a_moving_webp_is_sent_whole_without_its_exif() {
    let opened = open(&moving_webp(true)).unwrap();
    assert!(opened.is_animated());
    let sent = opened.finish(None).unwrap().sent;
    assert!(!holds(&sent, "GPS"));
    assert_eq!(sent, moving_webp(false));
    assert_eq!(decoded(&sent).dimensions(), (16, 16));
}

#[test]
fn no_picture_is_said_to_be_none() {
    for bytes in [
        b"".as_slice(),
        b"hello",
        b"%PDF-1.7",
        b"BM\0\0\0\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ] {
        assert_eq!(open(bytes).err(), Some(PictureError::Unknown));
    }
}

#[test]
fn a_picture_that_is_cut_off_is_said_to_be_damaged() {
    let whole = [
        jpeg_of(&halves(300, 300)),
        png_of(&RgbaImage::from_fn(90, 90, |x, y| {
            let shade = u8::try_from((x * 31 + y * 17) % 256).unwrap();
            Rgba([shade, 255 - shade, shade / 2, 255])
        })),
        gif_of(3),
        moving_webp(true),
    ];
    for bytes in &whole {
        assert!(open(bytes).is_ok());
        let half = &bytes[..bytes.len() / 2 - 1];
        assert_eq!(open(half).err(), Some(PictureError::Damaged));
    }
    for bytes in &whole[..2] {
        assert!(received(&bytes[..bytes.len() / 2]).is_err());
    }
}

#[test]
fn a_picture_of_30_000_by_30_000_is_refused_before_its_pixels() {
    let mut png = png_of(&RgbaImage::new(1, 1));
    png[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    let error = Some(PictureError::TooManyPixels(64));
    assert_eq!(open(&png).err(), error);
    assert_eq!(received(&png).err(), error);
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let huge = vec![0; MAX_INPUT_BYTES + 1];
    assert_eq!(open(&huge).err(), Some(PictureError::TooLarge(MAX_INPUT_BYTES)));
}

#[test]
fn a_picture_of_somebody_keeps_its_shape_and_loses_everything_else() {
    let photo = with_exif(&jpeg_of(&halves(900, 300)), 6);
    let (large, small) = received(&photo).unwrap();
    assert_eq!(decoded(&large).dimensions(), (200, 600));
    assert_eq!(decoded(&small).dimensions(), (192, 192));
    assert!(!holds(&large, "GPS") && !holds(&small, "GPS"));
}

#[test]
fn changed_bytes_never_panic() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::StdRng::seed_from_u64(7);
    let seeds = [
        with_exif(&jpeg_of(&halves(40, 40)), 6),
        png_of(&RgbaImage::new(20, 20)),
        gif_of(3),
        moving_webp(true),
    ];
    for seed in seeds {
        for _ in 0..150 {
            let mut bytes = seed.clone();
            for _ in 0..rng.random_range(1..6) {
                let place = rng.random_range(0..bytes.len());
                bytes[place] = rng.random();
            }
            if let Ok(opened) = open(&bytes) {
                let _ = opened.finish(None);
            }
            let _ = received(&bytes);
        }
    }
}
