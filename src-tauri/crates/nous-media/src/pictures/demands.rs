//! What a decoder would take beyond what the size of a picture says; looked up before it begins.
//!
//! Whatever cannot be followed counts as the worst that it could be.
//!
//! Source: `messages.md` §11.6, `architecture.md` §17.

/// Whether all pictures inside of a WebP fit into its canvas: the library decodes them whole before it
/// compares. `canvas`: width and height in pixels.
#[must_use]
pub fn fits_canvas(webp: &[u8], canvas: (u32, u32)) -> bool {
    chunks(webp.get(12..).unwrap_or_default()).all(|(name, body)| match &name {
        b"ANMF" => {
            let inner = chunks(body.get(16..).unwrap_or_default());
            inner.into_iter().all(|(name, body)| fits(name, body, canvas))
        }
        _ => fits(name, body, canvas),
    })
}

/// The bytes that a decoder holds beside the pixels of a WebP: one without losses is decoded with alpha and
/// copied without, if it has none. `pixels`: of the whole picture.
#[must_use]
pub fn lossless_bytes(webp: &[u8], has_alpha: bool, pixels: u64) -> u64 {
    let is_lossless = chunks(webp.get(12..).unwrap_or_default()).any(|(name, _)| &name == b"VP8L");
    if is_lossless && !has_alpha {
        pixels.saturating_mul(4)
    } else {
        0
    }
}

fn fits(name: [u8; 4], body: &[u8], (width, height): (u32, u32)) -> bool {
    let size = match &name {
        b"VP8 " => lossy_size(body),
        b"VP8L" => lossless_size(body),
        _ => return true,
    };
    size.is_none_or(|(own_width, own_height)| own_width <= width && own_height <= height)
}

/// Behind the tag of the frame and its mark; `None` if there is no header: then nothing is decoded.
fn lossy_size(body: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let bytes = body.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_le_bytes(bytes)) & 0x3fff)
    };
    Some((side(6)?, side(8)?))
}

/// Behind the mark: 14 bits for each side, less one.
fn lossless_size(body: &[u8]) -> Option<(u32, u32)> {
    let bits = u32::from_le_bytes(body.get(1..5)?.try_into().ok()?);
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

/// The chunks one after the other; the last one may be cut off.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let name = rest.get(..4)?.try_into().ok()?;
        let size = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
        let behind = rest.get(8..)?;
        let body = behind.get(..size).unwrap_or(behind);
        rest = behind.get(size.saturating_add(size % 2)..).unwrap_or_default();
        Some((name, body))
    })
}

/// The bytes that a decoder holds beside the pixels of a JPEG: all coefficients, two bytes each, if they
/// come in several scans; else none. `pixels`: of the whole picture.
#[must_use]
pub fn coefficient_bytes(jpeg: &[u8], pixels: u64) -> u64 {
    const WORST: u64 = 4 * 2;
    match Scans::of(jpeg) {
        Some(Scans { is_whole: true, .. }) => 0,
        Some(Scans { shares, .. }) => {
            let most = shares.iter().copied().max().unwrap_or(1).max(1);
            let all: u64 = shares.iter().sum();
            pixels.saturating_mul(2 * all).div_ceil(most)
        }
        None => pixels.saturating_mul(WORST),
    }
}

/// What the header of a JPEG says of its scans.
struct Scans {
    /// The first one has everything.
    is_whole: bool,
    /// How finely each component is sampled, against the others.
    shares: Vec<u64>,
}

impl Scans {
    /// `None` if the first scan cannot be found, or there are several headers.
    fn of(jpeg: &[u8]) -> Option<Self> {
        let mut at = 2;
        let mut frame: Option<(bool, Vec<u64>)> = None;
        loop {
            let [0xff, marker] = *jpeg.get(at..at + 2)? else {
                return None;
            };
            at += match marker {
                // Filling, and markers without a length.
                0xff => 1,
                0x01 | 0xd0..=0xd8 => 2,
                _ => {
                    let length = usize::from(u16::from_be_bytes(jpeg.get(at + 2..at + 4)?.try_into().ok()?));
                    let body = jpeg.get(at + 4..(at + 2).checked_add(length)?)?;
                    match marker {
                        // The tables of Huffman's and arithmetic codes, and a reserved one, lie between the headers.
                        0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                            let is_at_once = matches!(marker, 0xc0 | 0xc1);
                            if frame.replace((is_at_once, shares(body)?)).is_some() {
                                return None;
                            }
                        }
                        0xda => {
                            let (is_at_once, shares) = frame?;
                            let is_whole = is_at_once && usize::from(*body.first()?) >= shares.len();
                            return Some(Self { is_whole, shares });
                        }
                        _ => {}
                    }
                    2 + length
                }
            };
        }
    }
}

/// Of a header: behind precision and size, three bytes for each component.
fn shares(header: &[u8]) -> Option<Vec<u64>> {
    let count = usize::from(*header.get(5)?);
    let components = header.get(6..6 + 3 * count)?;
    let sampled = components.chunks_exact(3).map(|component| {
        let factors = component.get(1).copied().unwrap_or_default();
        u64::from(factors >> 4).max(1) * u64::from(factors & 15).max(1)
    });
    Some(sampled.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    }

    /// A header with three components, the first sampled twice as finely each way.
    fn jpeg(marker: u8, in_scan: u8) -> Vec<u8> {
        let header = [8, 0, 8, 0, 8, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
        let start = [0xff, 0xd8].to_vec();
        [
            start,
            segment(0xe0, b"JFIF"),
            segment(marker, &header),
            segment(0xda, &[in_scan]),
        ]
        .concat()
    }

    #[test]
    fn scans_that_come_one_by_one_need_all_coefficients_in_memory() {
        assert_eq!(
            coefficient_bytes(&jpeg(0xc0, 3), 1_000),
            0,
            "each block is done at once"
        );
        for (marker, in_scan) in [(0xc2, 3), (0xc2, 1), (0xc0, 1)] {
            assert_eq!(
                coefficient_bytes(&jpeg(marker, in_scan), 1_000),
                3_000,
                "{marker:x} {in_scan}"
            );
        }
    }

    #[test]
    fn what_cannot_be_followed_counts_as_the_worst() {
        let whole = jpeg(0xc2, 3);
        for cut in 0..whole.len() - 1 {
            assert_eq!(coefficient_bytes(&whole[..cut], 1_000), 8_000, "{cut}");
        }
        let twice = [jpeg(0xc0, 3).split_at(8).0, &jpeg(0xc0, 3)[2..]].concat();
        assert!(coefficient_bytes(&twice, 1_000) <= 8_000);
        let two_headers = [&whole[..27], &jpeg(0xc0, 3)[8..]].concat();
        assert_eq!(coefficient_bytes(&two_headers, 1_000), 8_000);
    }

    fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
        [name.as_slice(), &size, body].concat()
    }

    #[test]
    fn a_webp_whose_picture_is_larger_than_it_says_does_not_fit() {
        let lossy = [0x30, 1, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0];
        let lossless = [0x2f, 0xff, 0xff, 0xff, 0x0f, 0];
        let head = [0; 12].as_slice();
        for (name, body) in [(b"VP8 ", lossy.as_slice()), (b"VP8L", lossless.as_slice())] {
            let own = chunk(name, body);
            let frame = chunk(b"ANMF", &[[0; 16].as_slice(), &own].concat());
            for inside in [own, frame] {
                let webp = [head, &chunk(b"VP8X", &[0; 10]), &inside].concat();
                assert!(!fits_canvas(&webp, (1, 1)));
                assert!(
                    !fits_canvas(&webp[..webp.len() - 1], (1, 16_384)),
                    "cut off, and too wide"
                );
                assert!(fits_canvas(&webp, (16_384, 16_384)));
            }
        }
    }
}
