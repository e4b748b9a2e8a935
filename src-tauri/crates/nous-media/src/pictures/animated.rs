//! Pictures that move keep their frames byte for byte; everything else is cut out.
//!
//! What is kept is a list of what is known to draw, so that no comment, position or program's
//! block of any name comes through.
//!
//! Sources: GIF89a specification §12 to §26; RFC 9649 (WebP container); PNG specification, third
//! edition, §5 and §11.

use super::decoding::DecodeError;

/// In which container a picture moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovingFormat {
    /// GIF.
    Gif,
    /// Animated WebP.
    WebP,
    /// PNG with further frames.
    Apng,
}

/// A picture of several frames, without metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct Moving {
    /// The whole file: its frames as they were.
    pub bytes: Vec<u8>,
    /// How many frames it has; more than one.
    pub frames: usize,
    /// How far they reach from the upper left corner, in pixels. A frame may say that it reaches
    /// beyond the picture, and some programs make room for that.
    pub reach: (u32, u32),
    /// In which container.
    pub format: MovingFormat,
}

impl std::fmt::Debug for Moving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Moving(…)")
    }
}

/// The picture without metadata if it is a GIF, WebP or PNG of several frames; `None` if it
/// stands still or is of another format.
///
/// # Errors
/// [`DecodeError::Damaged`] if it begins as one that moves and is cut off.
pub fn stripped(bytes: &[u8]) -> Result<Option<Moving>, DecodeError> {
    let (read, format) = if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        (gif(bytes), MovingFormat::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        (webp(bytes), MovingFormat::WebP)
    } else if bytes.starts_with(PNG) && is_announced(bytes) {
        (apng(bytes), MovingFormat::Apng)
    } else {
        return Ok(None);
    };
    let (bytes, frames) = read.ok_or(DecodeError::Damaged)?;
    Ok((frames.count > 1).then_some(Moving {
        bytes,
        frames: frames.count,
        reach: frames.reach,
        format,
    }))
}

/// How many frames there are, and how far they reach.
#[derive(Default)]
struct Frames {
    count: usize,
    reach: (u32, u32),
}

impl Frames {
    fn add(&mut self, (left, top): (u32, u32), (width, height): (u32, u32)) {
        self.count += 1;
        let (right, lower) = self.reach;
        self.reach = (
            right.max(left.saturating_add(width)),
            lower.max(top.saturating_add(height)),
        );
    }
}

/// Two bytes, the smaller one first.
fn short(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(bytes).into())
}

/// Three bytes, the smallest one first.
fn triple(bytes: &[u8], at: usize) -> Option<u32> {
    let [low, middle, high]: [u8; 3] = bytes.get(at..at + 3)?.try_into().ok()?;
    Some(u32::from_le_bytes([low, middle, high, 0]))
}

/// Four bytes, the largest one first.
fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Blocks of a length byte and so many bytes, up to the empty one; all of it.
    fn blocks(&mut self) -> Option<&'a [u8]> {
        let all = self.0;
        let mut length = 0;
        loop {
            let size = usize::from(*self.take(1)?.first()?);
            self.take(size)?;
            length += 1 + size;
            if size == 0 {
                return all.get(..length);
            }
        }
    }

    /// A table of colours, if `flags` say that one follows.
    fn colours(&mut self, flags: u8) -> Option<&'a [u8]> {
        if flags & 0x80 == 0 {
            return Some(&[]);
        }
        self.take(3 << ((flags & 7) + 1))
    }
}

/// The kept bytes and the frames.
fn gif(bytes: &[u8]) -> Option<(Vec<u8>, Frames)> {
    const GRAPHIC_CONTROL: u8 = 0xf9;
    const APPLICATION: u8 = 0xff;
    let mut rest = Rest(bytes);
    let mut kept = rest.take(13)?.to_vec();
    kept.extend_from_slice(rest.colours(*kept.get(10)?)?);
    let mut frames = Frames::default();
    loop {
        // Some programs leave the last byte out.
        let is_cut = rest.0.is_empty() && frames.count > 0;
        match if is_cut { 0x3b } else { *rest.take(1)?.first()? } {
            0x3b => {
                kept.push(0x3b);
                return Some((kept, frames));
            }
            0x2c => {
                let place = rest.take(9)?;
                kept.push(0x2c);
                kept.extend_from_slice(place);
                kept.extend_from_slice(rest.colours(*place.get(8)?)?);
                kept.extend_from_slice(rest.take(1)?);
                kept.extend_from_slice(rest.blocks()?);
                frames.add(
                    (short(place, 0)?, short(place, 2)?),
                    (short(place, 4)?, short(place, 6)?),
                );
            }
            0x21 => {
                let label = *rest.take(1)?.first()?;
                let blocks = rest.blocks()?;
                // How often it repeats is kept in a program's block.
                let repeats = label == APPLICATION && blocks.get(1..12) == Some(b"NETSCAPE2.0".as_slice());
                if label == GRAPHIC_CONTROL || repeats {
                    kept.extend_from_slice(&[0x21, label]);
                    kept.extend_from_slice(blocks);
                }
            }
            _ => return None,
        }
    }
}

const WEBP_ANIMATION: u8 = 0x02;
const WEBP_ALPHA: u8 = 0x10;

/// The kept bytes and the frames; none for a picture that stands still.
fn webp(bytes: &[u8]) -> Option<(Vec<u8>, Frames)> {
    let size = usize::try_from(u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?)).ok()?;
    let mut rest = Rest(bytes.get(12..size.checked_add(8)?)?);
    let mut kept = Vec::with_capacity(bytes.len());
    let mut is_animated = false;
    let mut frames = Frames::default();
    while !rest.0.is_empty() {
        let (name, body) = chunk(&mut rest)?;
        match &name {
            b"VP8X" => {
                let mut body = body.to_vec();
                let flags = body.first_mut()?;
                is_animated = *flags & WEBP_ANIMATION != 0;
                // Nothing but what is kept may be announced.
                *flags &= WEBP_ANIMATION | WEBP_ALPHA;
                push(&mut kept, name, &body)?;
            }
            b"ANIM" | b"VP8 " | b"VP8L" | b"ALPH" => push(&mut kept, name, body)?,
            b"ANMF" => {
                push(&mut kept, name, &frame(body)?)?;
                // Places count two pixels each, and sizes are less by one.
                let (left, top) = (triple(body, 0)?, triple(body, 3)?);
                let (width, height) = (triple(body, 6)?, triple(body, 9)?);
                frames.add(
                    (left.saturating_mul(2), top.saturating_mul(2)),
                    (width.saturating_add(1), height.saturating_add(1)),
                );
            }
            _ => {}
        }
    }
    let size = u32::try_from(kept.len().checked_add(4)?).ok()?;
    let whole = [b"RIFF", size.to_le_bytes().as_slice(), b"WEBP", &kept].concat();
    Some((whole, if is_animated { frames } else { Frames::default() }))
}

/// A frame with the chunks that draw it.
fn frame(body: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Rest(body);
    let mut kept = rest.take(16)?.to_vec();
    while !rest.0.is_empty() {
        let (name, body) = chunk(&mut rest)?;
        if matches!(&name, b"ALPH" | b"VP8 " | b"VP8L") {
            push(&mut kept, name, body)?;
        }
    }
    Some(kept)
}

fn chunk<'a>(rest: &mut Rest<'a>) -> Option<([u8; 4], &'a [u8])> {
    let name = rest.take(4)?.try_into().ok()?;
    let size = usize::try_from(u32::from_le_bytes(rest.take(4)?.try_into().ok()?)).ok()?;
    let body = rest.take(size)?;
    // Chunks begin at even places; the last one's filling byte may be missing.
    if size % 2 == 1 && !rest.0.is_empty() {
        rest.take(1)?;
    }
    Some((name, body))
}

fn push(into: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Option<()> {
    into.extend_from_slice(&name);
    into.extend_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
    into.extend_from_slice(body);
    if body.len() % 2 == 1 {
        into.push(0);
    }
    Some(())
}

/// How every PNG begins.
pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunks that draw a PNG, and those that make it move.
const PNG_KEPT: [&[u8; 4]; 11] = [
    b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND",
];

/// Whether a PNG says before its pixels that it moves: any other is rewritten whole.
fn is_announced(bytes: &[u8]) -> bool {
    let mut rest = Rest(bytes.get(PNG.len()..).unwrap_or_default());
    while let Some((name, _)) = png_chunk(&mut rest) {
        match name {
            b"acTL" => return true,
            b"IDAT" | b"IEND" => return false,
            _ => {}
        }
    }
    false
}

/// The kept bytes and the frames.
fn apng(bytes: &[u8]) -> Option<(Vec<u8>, Frames)> {
    let mut rest = Rest(bytes.get(PNG.len()..)?);
    let mut kept = PNG.to_vec();
    let mut frames = Frames::default();
    loop {
        let (name, whole) = png_chunk(&mut rest)?;
        if PNG_KEPT.iter().any(|known| known.as_slice() == name) {
            kept.extend_from_slice(whole);
        }
        match name {
            // Behind length and name: its number, its size, its place.
            b"fcTL" => frames.add(
                (long(whole, 20)?, long(whole, 24)?),
                (long(whole, 12)?, long(whole, 16)?),
            ),
            // What stands behind the end is no picture.
            b"IEND" => return Some((kept, frames)),
            _ => {}
        }
    }
}

/// The name of the next chunk, and the whole of it with length and sum.
fn png_chunk<'a>(rest: &mut Rest<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let all = rest.0;
    let size = usize::try_from(u32::from_be_bytes(rest.take(4)?.try_into().ok()?)).ok()?;
    let name = rest.take(4)?;
    rest.take(size.checked_add(4)?)?;
    Some((name, all.get(..size.checked_add(12)?)?))
}
