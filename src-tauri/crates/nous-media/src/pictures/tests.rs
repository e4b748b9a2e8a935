#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, Frame, Rgb, RgbImage, Rgba, RgbaImage};

use super::prepare::{PrepareError, SentFormat, prepare};
use super::*;

const MOST: usize = 10_000_000;
const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// The left half red, the right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { RED } else { BLUE }))
}

fn jpeg_of(picture: &RgbImage) -> Vec<u8> {
    pixels::jpeg(picture, 90).unwrap()
}

/// A JPEG with a block of EXIF: the way it was held, and where.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend_from_slice(&[0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend_from_slice(&[0; 6]);
    tiff.extend_from_slice(b"GPS 48.8584 N 2.2945 E");
    let body = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], length.as_slice(), &body, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn gif_of(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for n in 0..frames {
        let shade = u8::try_from(n * 40).unwrap();
        let frame = RgbaImage::from_pixel(40, 20, Rgba([shade, 10, 10, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// One pixel, many times.
fn long_gif(frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    for _ in 0..frames {
        bytes.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn png_chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let named = [name.as_slice(), body].concat();
    [length.as_slice(), &named, &crc32(&named).to_be_bytes()].concat()
}

/// Two frames of the same PNG, with a text that says where.
fn apng(has_text: bool) -> Vec<u8> {
    let still = pixels::png(&RgbaImage::from_pixel(8, 4, Rgba([9, 9, 9, 120]))).unwrap();
    let data_at = still.windows(4).position(|name| name == b"IDAT").unwrap() - 4;
    let length = u32::from_be_bytes(still[data_at..data_at + 4].try_into().unwrap());
    let data = &still[data_at + 8..data_at + 8 + usize::try_from(length).unwrap()];
    let control = |number: u8| {
        let mut body = vec![0, 0, 0, number];
        for value in [8_u32, 4, 0, 0] {
            body.extend(value.to_be_bytes());
        }
        body.extend([0, 1, 0, 10, 0, 0]);
        png_chunk(b"fcTL", &body)
    };
    let mut bytes = still[..data_at].to_vec();
    bytes.extend(png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]));
    if has_text {
        bytes.extend(png_chunk(b"tEXt", b"Comment\0GPS 48.8584 N"));
    }
    bytes.extend(control(0));
    bytes.extend(png_chunk(b"IDAT", data));
    bytes.extend(control(1));
    bytes.extend(png_chunk(b"fdAT", &[[0_u8, 0, 0, 2].as_slice(), data].concat()));
    bytes.extend(png_chunk(b"IEND", b""));
    bytes
}

#[test]
fn a_still_that_is_sent_says_neither_where_nor_how_it_was_held() {
    let photo = with_exif(&jpeg_of(&halves(80, 40)), 6);
    assert!(holds(&photo, "GPS"));
    let sent = prepare(&photo, MOST).unwrap();
    for bytes in [&sent.bytes, &sent.thumbnail] {
        assert!(!holds(bytes, "GPS") && !holds(bytes, "Exif"));
    }
    assert_eq!((sent.width, sent.height), (40, 80));
    assert_eq!(sent.format, SentFormat::Jpeg);
    let upright = decoded(&sent.bytes).to_rgb8();
    let is_red = |x, y| upright.get_pixel(x, y).0[0] > upright.get_pixel(x, y).0[2];
    assert!(is_red(20, 5) && !is_red(20, 75), "what was left is above");
}

#[test]
fn a_small_still_keeps_its_size_and_a_large_one_is_fitted_into_2_000_pixels() {
    let small = prepare(&jpeg_of(&halves(1_999, 700)), MOST).unwrap();
    assert_eq!((small.width, small.height), (1_999, 700));
    let large = prepare(&jpeg_of(&halves(3_000, 1_500)), MOST).unwrap();
    assert_eq!((large.width, large.height), (2_000, 1_000));
    assert_eq!(
        (decoded(&large.bytes).width(), decoded(&large.bytes).height()),
        (2_000, 1_000)
    );
    assert_eq!(decoded(&large.thumbnail).width(), THUMBNAIL_PX);
}

#[test]
fn quality_is_given_up_step_by_step_until_a_still_fits() {
    let file = pixels::jpeg(&noise(300), 100).unwrap();
    let free = prepare(&file, MOST).unwrap().bytes.len();
    let tight = prepare(&file, free / 2).unwrap().bytes.len();
    assert!(tight <= free / 2);
    assert_eq!(prepare(&file, 1_000).err(), Some(PrepareError::TooLarge(1_000)));
}

#[test]
fn what_shines_through_is_sent_as_png_and_shown_on_white() {
    let clear = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
    let sent = prepare(&pixels::png(&clear).unwrap(), MOST).unwrap();
    assert_eq!(sent.format, SentFormat::Png);
    assert_eq!(decoded(&sent.bytes).to_rgba8().get_pixel(9, 9).0[3], 0);
    assert!(decoded(&sent.thumbnail).to_rgb8().get_pixel(9, 9).0[0] > 250);
}

/// Noise, which no encoder makes small.
fn noise(side: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        Rgb([red, green, blue])
    })
}

#[test]
fn a_drawing_stays_a_png_and_a_photo_that_came_as_one_does_not() {
    let drawing = RgbaImage::from_fn(400, 300, |x, y| {
        let is_ink = x % 40 == 0 || y % 30 == 0;
        if is_ink {
            Rgba([20, 30, 40, 255])
        } else {
            Rgba([250, 250, 250, 255])
        }
    });
    let sent = prepare(&pixels::png(&drawing).unwrap(), MOST).unwrap();
    assert_eq!(sent.format, SentFormat::Png);
    assert_eq!(
        decoded(&sent.bytes).to_rgba8(),
        drawing,
        "each pixel is as it was"
    );

    let photo = pixels::opaque_png(&noise(200)).unwrap();
    let sent = prepare(&photo, MOST).unwrap();
    assert_eq!(sent.format, SentFormat::Jpeg);
    assert!(sent.bytes.len() < photo.len());
}

#[test]
fn a_photo_does_not_grow_when_it_is_written_anew() {
    let photo = pixels::jpeg(&noise(300), 85).unwrap();
    let sent = prepare(&photo, MOST).unwrap();
    assert!(
        sent.bytes.len() <= photo.len(),
        "{} of {}",
        sent.bytes.len(),
        photo.len()
    );
    // No lower than what looks good: rather a little larger.
    let coarse = pixels::jpeg(&noise(300), 20).unwrap();
    let sent = prepare(&coarse, MOST).unwrap();
    assert_eq!(
        sent.bytes.len(),
        pixels::jpeg(&decoded(&coarse).to_rgb8(), 75).unwrap().len()
    );
}

#[test]
fn a_moving_gif_is_sent_whole_without_its_comments() {
    let gif = gif_of(3);
    let end = gif.len() - 1;
    let comment = b"\x21\xfe\x0cfrom home 48\x00";
    let program = b"\x21\xff\x0bXMP DataXMP\x04GPS!\x00";
    let full = [&gif[..end], comment, program, &gif[end..], b"behind the end"].concat();
    let sent = prepare(&full, MOST).unwrap();
    assert!(sent.is_animated);
    assert_eq!(sent.bytes, gif, "frames and repeats byte for byte");
    assert_eq!((sent.width, sent.height), (40, 20));
    assert_eq!(prepare(&full, 50).err(), Some(PrepareError::TooLarge(50)));
}

#[test]
fn a_moving_png_is_sent_whole_without_its_text() {
    let sent = prepare(&apng(true), MOST).unwrap();
    assert!(sent.is_animated);
    assert_eq!(sent.format, SentFormat::Png);
    assert_eq!(sent.bytes, apng(false));
    assert!(thumbnail(&sent.bytes).unwrap().is_animated);
}

#[test]
fn a_gif_of_10_000_frames_is_shown_standing_still() {
    let gif = long_gif(10_000);
    let sent = prepare(&gif, MOST).unwrap();
    assert_eq!(sent.bytes, gif);
    assert!(!sent.is_animated);
    let shown = thumbnail(&gif).unwrap();
    assert!(!shown.is_animated);
    assert_eq!((shown.width, shown.height), (1, 1));
    assert!(thumbnail(&long_gif(2_000)).unwrap().is_animated);
}

/// A moving GIF of this size whose frames say that they have this place and this size.
fn large_gif(size: u16, frames: usize, place: u16, of_frame: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend([size, size].map(u16::to_le_bytes).concat());
    bytes.extend_from_slice(b"\x80\0\0\0\0\0\xff\xff\xff");
    for _ in 0..frames {
        bytes.push(0x2c);
        bytes.extend([place, place, of_frame, of_frame].map(u16::to_le_bytes).concat());
        bytes.extend_from_slice(b"\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

#[test]
fn a_moving_picture_that_is_too_large_to_be_drawn_again_and_again_is_shown_standing_still() {
    let moves = |gif: &[u8]| thumbnail(gif).unwrap().is_animated;
    assert!(moves(&large_gif(1_000, 500, 0, 1)));
    assert!(!moves(&large_gif(1_000, 501, 0, 1)), "too much in all frames");
    assert!(moves(&large_gif(2_000, 2, 0, 1)));
    assert!(!moves(&large_gif(2_001, 2, 0, 1)), "too much in one frame");
}

#[test]
fn frames_that_reach_beyond_their_picture_count_as_they_say() {
    let read = |gif: &[u8]| animated::stripped(gif).unwrap().unwrap();
    assert_eq!(read(&large_gif(10, 2, 3, 4)).reach, (7, 7));
    let beyond = read(&large_gif(10, 2, 60_000, 5_000));
    assert_eq!(beyond.reach, (65_000, 65_000));
    assert!(!may_move(&beyond, (10, 10)));
    assert_eq!(read(&apng(false)).reach, (8, 4));
    // Nothing but the frames: their places count two pixels each.
    let header = [&[0_u8; 6][..], &[99, 0, 0, 49, 0, 0], &[0; 4]].concat();
    let frame = [b"ANMF".as_slice(), &16_u32.to_le_bytes(), &header].concat();
    let extended = [
        b"VP8X".as_slice(),
        &10_u32.to_le_bytes(),
        &[2, 0, 0, 0, 9, 0, 0, 9, 0, 0],
    ]
    .concat();
    let body = [b"WEBP".as_slice(), &extended, &frame, &frame].concat();
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let webp = [b"RIFF".as_slice(), &length, &body].concat();
    assert_eq!(read(&webp).reach, (100, 50));
}

#[test]
fn a_picture_that_is_looked_at_large_is_written_anew_and_moves_no_more() {
    let photo = still::still(&with_exif(&jpeg_of(&halves(3_000, 1_500)), 6)).unwrap();
    assert_eq!(photo.content_type, "image/jpeg");
    assert!(!holds(&photo.bytes, "GPS"));
    let shown = decoded(&photo.bytes);
    assert_eq!(
        (shown.width(), shown.height()),
        (1_000, 2_000),
        "upright and fitted"
    );
    let many = still::still(&long_gif(10_000)).unwrap();
    assert_eq!(many.content_type, "image/jpeg");
    assert!(many.bytes.len() < 2_000, "one frame of it");
    let clear = RgbaImage::from_pixel(50, 50, Rgba([0, 0, 0, 0]));
    let clear = still::still(&pixels::png(&clear).unwrap()).unwrap();
    assert_eq!(clear.content_type, "image/png");
    assert_eq!(still::still(b"<svg/>").err(), Some(DecodeError::Unknown));
}

#[test]
fn a_picture_that_is_copied_is_upright_and_has_four_bytes_for_each_pixel() {
    let copied = still::pixels_of(&with_exif(&jpeg_of(&halves(80, 40)), 6)).unwrap();
    assert_eq!((copied.width, copied.height), (40, 80));
    assert_eq!(copied.rgba.len(), 40 * 80 * 4);
    assert!(copied.rgba[0] > copied.rgba[2], "what was left is above");
}

#[test]
fn a_jpeg_of_very_many_scans_is_refused_before_its_pixels() {
    let photo = jpeg_of(&halves(1_000, 1_000));
    let end = photo.len() - 2;
    let scans = |count: usize| {
        let more = [0xff_u8, 0xda].repeat(count);
        [&photo[..end], more.as_slice(), &photo[end..]].concat()
    };
    assert_eq!(thumbnail(&scans(2_000)).err(), Some(DecodeError::TooManyPixels));
    assert_ne!(thumbnail(&scans(2)).err(), Some(DecodeError::TooManyPixels));
}

#[test]
fn a_picture_of_30_000_by_30_000_is_refused_before_its_pixels() {
    let mut png = pixels::png(&RgbaImage::new(1, 1)).unwrap();
    png[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(thumbnail(&png).err(), Some(DecodeError::TooManyPixels));
    assert_eq!(
        prepare(&png, MOST).err(),
        Some(PrepareError::Decode(DecodeError::TooManyPixels))
    );
}

#[test]
fn what_is_cut_off_or_no_picture_gives_no_thumbnail() {
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp)
        .encode(&halves(60, 60), 60, 60, ExtendedColorType::Rgb8)
        .unwrap();
    assert!(thumbnail(&webp).is_ok());
    for whole in [webp, jpeg_of(&halves(300, 300)), gif_of(3), apng(true)] {
        assert_eq!(
            thumbnail(&whole[..whole.len() / 2 - 1]).err(),
            Some(DecodeError::Damaged)
        );
    }
    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    assert_eq!(thumbnail(script).err(), Some(DecodeError::Unknown));
    assert_eq!(thumbnail(b"").err(), Some(DecodeError::Unknown));
}

#[test]
fn a_gif_without_its_last_byte_is_whole() {
    let mut gif = gif_of(3);
    assert_eq!(gif.pop(), Some(0x3b));
    assert!(thumbnail(&gif).unwrap().is_animated);
    assert_eq!(prepare(&gif, MOST).unwrap().bytes.last(), Some(&0x3b));
}

#[test]
fn a_jpeg_without_its_last_mark_is_whole_if_its_pixels_are() {
    for whole in [jpeg_of(&halves(300, 300)), jpeg_of(&noise(304))] {
        let shown = thumbnail(&whole).unwrap();
        let end = whole.len() - 2;
        assert_eq!(whole[end..], [0xff, 0xd9]);
        for cut in [end, end + 1] {
            assert_eq!(thumbnail(&whole[..cut]).as_ref(), Ok(&shown));
        }
        assert!(prepare(&whole[..end], MOST).is_ok());
    }
    let noisy = jpeg_of(&noise(304));
    for missing in [6, 40, 4_000, noisy.len() / 2] {
        let cut = &noisy[..noisy.len() - missing];
        assert_eq!(thumbnail(cut).err(), Some(DecodeError::Damaged), "{missing}");
    }
}

#[test]
fn a_webp_with_a_large_picture_on_a_small_canvas_is_refused_before_its_pixels() {
    let mut inside = Vec::new();
    WebPEncoder::new_lossless(&mut inside)
        .encode(&halves(60, 60), 60, 60, ExtendedColorType::Rgb8)
        .unwrap();
    let canvas = |side: u8| {
        let header = [0, 0, 0, 0, side - 1, 0, 0, side - 1, 0, 0];
        let body = [b"WEBPVP8X".as_slice(), &[10, 0, 0, 0], &header, &inside[12..]].concat();
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        [b"RIFF".as_slice(), &size, &body].concat()
    };
    assert!(thumbnail(&canvas(60)).is_ok());
    assert_eq!(thumbnail(&canvas(1)).err(), Some(DecodeError::Damaged));
}

#[test]
fn a_large_jpeg_in_many_scans_is_refused_where_one_in_one_is_not() {
    // The mark of its header says in what order its blocks come.
    let plain = jpeg_of(&halves(64, 64));
    let at = plain.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let mut scans = plain.clone();
    scans[at + 1] = 0xc2;
    let side = 7_000_u16.to_be_bytes();
    scans[at + 5..at + 7].copy_from_slice(&side);
    scans[at + 7..at + 9].copy_from_slice(&side);
    assert_eq!(
        decoding::decode(&scans, &LIMITS).err(),
        Some(DecodeError::TooManyPixels)
    );
}

#[test]
fn changed_bytes_never_panic() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::StdRng::seed_from_u64(11);
    for seed in [with_exif(&jpeg_of(&halves(40, 40)), 6), gif_of(3), apng(true)] {
        for _ in 0..150 {
            let mut bytes = seed.clone();
            for _ in 0..rng.random_range(1..6) {
                let place = rng.random_range(0..bytes.len());
                bytes[place] = rng.random();
            }
            let _ = prepare(&bytes, MOST);
            let _ = thumbnail(&bytes);
        }
    }
}

/// An icon file with one picture of this many pixels a side, all of one colour.
fn icon_of(side: u8) -> Vec<u8> {
    let pixels = usize::from(side) * usize::from(side);
    let mask = usize::from(side).div_ceil(32) * 4 * usize::from(side);
    let mut bitmap = Vec::new();
    for field in [
        40,
        u32::from(side),
        u32::from(side) * 2,
        1 | (32 << 16),
        0,
        0,
        0,
        0,
        0,
        0,
    ] {
        bitmap.extend_from_slice(&field.to_le_bytes());
    }
    bitmap.extend([10, 20, 200, 255].repeat(pixels));
    bitmap.extend(vec![0; mask]);
    let mut file = vec![0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0];
    file.extend_from_slice(&u32::try_from(bitmap.len()).unwrap().to_le_bytes());
    file.extend_from_slice(&22_u32.to_le_bytes());
    [file, bitmap].concat()
}

#[test]
fn the_picture_of_a_preview_is_a_small_jpeg_without_metadata() {
    let large = with_exif(&jpeg_of(&halves(1_600, 800)), 6);
    let small = preview::preview(&large).unwrap();
    assert_eq!((small.width, small.height), (320, 640), "it stands upright");
    let shown = decoded(&small.jpeg);
    assert_eq!((shown.width(), shown.height()), (320, 640));
    assert!(small.jpeg.starts_with(&[0xff, 0xd8]) && !holds(&small.jpeg, "GPS"));
    let moving = preview::preview(&gif_of(3)).unwrap();
    assert_eq!((moving.width, moving.height), (40, 20));
}

#[test]
fn the_icon_of_a_site_is_a_picture_too() {
    let icon = preview::preview(&icon_of(48)).unwrap();
    assert_eq!((icon.width, icon.height), (48, 48));
    let [red, _, blue] = decoded(&icon.jpeg).to_rgb8().get_pixel(20, 20).0;
    assert!(red > 180 && blue < 40, "{red} {blue}");
}

#[test]
fn what_is_no_picture_or_a_broken_one_is_none() {
    let refused = |file: &[u8]| preview::preview(file).err();
    assert_eq!(refused(b"<svg onload='alert(1)'/>"), Some(DecodeError::Unknown));
    assert_eq!(refused(b""), Some(DecodeError::Unknown));
    let mut cut = icon_of(48);
    cut.truncate(60);
    assert!(refused(&cut).is_some());
    let mut huge = icon_of(1);
    drop(huge.splice(26..30, 40_000_u32.to_le_bytes()));
    assert!(refused(&huge).is_some());
}
