//! What hostile pictures take of the memory. Each is read in a process of its own, and the system says how
//! much room was ever asked for there, whether anything was written to it or not.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::process::Command;

use image::{RgbImage, RgbaImage};
use nous_media::pictures::prepare::prepare;
use nous_media::pictures::{LIMITS, pixels, preview, still, thumbnail};

/// Whatever is asked of a picture that is refused before its pixels, or has few of them: nothing to speak of.
const LITTLE: u64 = 16 << 20;
/// Of the largest one: its pixels, which is what the limits allow, and for a GIF an index of each.
const MOST: u64 = LIMITS.memory_bytes + LIMITS.pixels + LITTLE;
/// In kibibytes. Nothing is given beyond this: a machine is not to suffer when a limit does not hold.
const ROOM: &str = "2000000";
/// Which picture a process is to read.
const PICTURE: &str = "NOUS_MEDIA_TEST_PICTURE";

struct Picture {
    name: &'static str,
    make: fn() -> Vec<u8>,
    /// Something is shown of it.
    is_shown: bool,
}

const fn refused(name: &'static str, make: fn() -> Vec<u8>) -> Picture {
    Picture {
        name,
        make,
        is_shown: false,
    }
}

static HOSTILE: [Picture; 11] = [
    refused("a PNG of 30,000 by 30,000", || png(30_000)),
    Picture {
        name: "a GIF of 10,000 frames",
        make: || gif(1, 10_000, 1),
        is_shown: true,
    },
    refused("a GIF of 10,000 frames that are far larger", || {
        gif(10, 10_000, u16::MAX)
    }),
    refused("a GIF of 65,535 by 65,535", || gif(u16::MAX, 1, u16::MAX)),
    refused("a JPEG of 65,500 by 65,500 in several scans", || {
        jpeg_in_scans(65_500)
    }),
    refused("a JPEG of too many coefficients", || jpeg_in_scans(7_000)),
    refused("the same without its end", || {
        let mut jpeg = jpeg_in_scans(7_000);
        jpeg.truncate(jpeg.len() - 2);
        jpeg
    }),
    refused("a WebP on a canvas of 16,384 by 16,384", || {
        webp(16_384, 0, &chunk(b"VP8L", &LOSSLESS))
    }),
    refused("a WebP far larger than its canvas", || {
        webp(10, 0, &chunk(b"VP8L", &LOSSLESS))
    }),
    refused("a lossy WebP far larger than its canvas", || {
        webp(10, 0, &chunk(b"VP8 ", &LOSSY))
    }),
    refused("a moving WebP far larger than its canvas", || {
        let inside = chunk(b"VP8L", &LOSSLESS);
        let header = [&[0_u8; 6][..], &[9, 0, 0, 9, 0, 0], &[0; 4]].concat();
        let frame = chunk(b"ANMF", &[header, inside].concat());
        webp(10, 2, &[chunk(b"ANIM", &[0; 6]), frame].concat())
    }),
];

/// As large as a picture may be; it is cut off behind its first pixel.
static LARGEST: Picture = refused("a GIF of 8,000 by 8,000", || gif(8_000, 1, 8_000));

/// The same with a frame that would be decoded beside it.
static UNFILLED: Picture = refused("a GIF of 8,000 by 8,000 that a frame does not fill", || {
    gif(8_000, 1, 7_999)
});
/// Allowed as a canvas; but without losses it is decoded with alpha first.
static DOUBLE: Picture = refused("a WebP of 8,000 by 8,000 without losses and alpha", || {
    let size = 7_999 | (7_999 << 14);
    let header = [&[0x2f][..], &u32::to_le_bytes(size), &[0]].concat();
    webp(8_000, 0, &chunk(b"VP8L", &header))
});

/// The header of a picture of 16,384 by 16,384 pixels, as WebP has it inside.
const LOSSLESS: [u8; 6] = [0x2f, 0xff, 0xff, 0xff, 0x0f, 0];
/// The same of one of 16,383 by 16,383 with losses.
const LOSSY: [u8; 12] = [0x30, 1, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0];

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn png(side: u32) -> Vec<u8> {
    let mut png = pixels::png(&RgbaImage::new(1, 1)).unwrap();
    png[16..20].copy_from_slice(&side.to_be_bytes());
    png[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

/// So many frames that say that they have this size; each has one pixel.
fn gif(size: u16, frames: usize, of_frame: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend([size, size].map(u16::to_le_bytes).concat());
    bytes.extend_from_slice(b"\x80\0\0\0\0\0\xff\xff\xff");
    for _ in 0..frames {
        bytes.push(0x2c);
        bytes.extend([0, 0, of_frame, of_frame].map(u16::to_le_bytes).concat());
        bytes.extend_from_slice(b"\0\x02\x02\x44\x01\0");
    }
    bytes.push(0x3b);
    bytes
}

/// The mark of its header says that its blocks come in several scans.
fn jpeg_in_scans(side: u16) -> Vec<u8> {
    let mut jpeg = pixels::jpeg(&RgbImage::new(64, 64), 90).unwrap();
    let at = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[at + 1] = 0xc2;
    jpeg[at + 5..at + 7].copy_from_slice(&side.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&side.to_be_bytes());
    jpeg
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    [name.as_slice(), &size, body].concat()
}

fn webp(canvas: u32, flags: u8, inside: &[u8]) -> Vec<u8> {
    let side = (canvas - 1).to_le_bytes();
    let header = [&[flags, 0, 0, 0][..], &side[..3], &side[..3]].concat();
    let body = [b"WEBP".as_slice(), &chunk(b"VP8X", &header), inside].concat();
    chunk(b"RIFF", &body)
}

/// Bytes, as the system calls them in what it says of this process.
fn said(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1_024
}

/// What the others run in a process of its own; without a picture it does nothing.
#[test]
fn one_picture_is_read() {
    let Ok(name) = std::env::var(PICTURE) else {
        return;
    };
    let mut all = HOSTILE.iter().chain([&LARGEST, &UNFILLED, &DOUBLE]);
    let picture = all.find(|picture| picture.name == name).unwrap();
    let file = (picture.make)();
    let before = said("VmSize:");
    let are_shown = [
        thumbnail(&file).is_ok(),
        prepare(&file, 10_000_000).is_ok(),
        still::still(&file).is_ok(),
        still::pixels_of(&file).is_ok(),
        preview::preview(&file).is_ok(),
    ];
    let taken = said("VmPeak:").saturating_sub(before);
    assert_eq!(are_shown, [picture.is_shown; 5], "{name}");
    println!("\ntaken {taken}");
}

/// The most that was asked for at a time while a picture was read in every way.
fn taken_by(picture: &Picture) -> u64 {
    let script = format!("ulimit -v {ROOM} && exec \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["one_picture_is_read", "--exact", "--nocapture"])
        .env(PICTURE, picture.name)
        // Else each thread gets a large part of the room before it needs any.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", picture.name);
    let told = String::from_utf8(output.stdout).unwrap();
    let taken = told.lines().find_map(|line| line.strip_prefix("taken "));
    taken.unwrap().parse().unwrap()
}

#[test]
fn hostile_pictures_take_next_to_nothing() {
    for picture in &HOSTILE {
        let taken = taken_by(picture);
        assert!(taken <= LITTLE, "{}: {taken}", picture.name);
    }
}

/// It is seen too that it is measured: much is taken where that is allowed.
#[test]
fn the_largest_picture_takes_what_is_allowed() {
    let taken = taken_by(&LARGEST);
    assert!((LIMITS.memory_bytes..=MOST).contains(&taken), "{taken}");
}

#[test]
fn what_is_decoded_beside_a_picture_counts() {
    for picture in [&UNFILLED, &DOUBLE] {
        let taken = taken_by(picture);
        assert!(taken <= MOST, "{}: {taken}", picture.name);
    }
}
