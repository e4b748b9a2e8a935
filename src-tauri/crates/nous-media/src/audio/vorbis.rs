//! How much memory the code books of Vorbis take: a file of some thousand bytes can name books
//! of gigabytes, each of them allowed.
//!
//! Source: Vorbis I specification, sections 3.2.1 and 4.2.4.

/// Numbers that all the books of a sound may hold; the encoder that everybody uses has less than
/// a tenth of it.
const MOST: u64 = 1 << 22;
/// Bytes of the header before the one that holds the books.
const FIRST: usize = 30;
/// How the one with the books begins.
const SETUP: &[u8] = b"\x05vorbis";
/// How a book begins.
const BOOK: u64 = 0x56_4342;

/// Whether the books of these headers are larger than those of any sound. Both demuxers put the
/// first and the last of the three headers together.
pub(super) fn is_too_large(headers: &[u8]) -> bool {
    let books = headers.get(FIRST..).and_then(|setup| setup.strip_prefix(SETUP));
    // The decoder would take them with lengths before them, too.
    headers.first() == Some(&2) || books.is_some_and(is_more)
}

/// What cannot be read is left to the decoder, which will not read it either.
fn is_more(books: &[u8]) -> bool {
    let mut bits = Bits { bytes: books, at: 0 };
    let mut sum = 0;
    let Some(count) = bits.take(8) else {
        return false;
    };
    for _ in 0..=count {
        let Some(size) = book(&mut bits) else {
            return false;
        };
        sum += size;
        if sum > MOST {
            return true;
        }
    }
    false
}

/// The numbers that a book holds once it is unpacked.
fn book(bits: &mut Bits<'_>) -> Option<u64> {
    if bits.take(24)? != BOOK {
        return None;
    }
    let (dimensions, entries) = (bits.take(16)?, bits.take(24)?);
    let is_ordered = bits.take(1)? == 1;
    if is_ordered {
        bits.take(5)?;
        let mut named = 0;
        while named < entries {
            named += bits.take(width(entries - named))?;
        }
    } else if bits.take(1)? == 1 {
        for _ in 0..entries {
            if bits.take(1)? == 1 {
                bits.take(5)?;
            }
        }
    } else {
        bits.pass(entries * 5);
    }
    let kind = bits.take(4)?;
    if kind == 0 {
        return Some(entries);
    }
    bits.pass(64);
    let value = bits.take(4)? + 1;
    bits.pass(1);
    let values = if kind == 1 {
        root(entries, dimensions)
    } else {
        entries * dimensions
    };
    bits.pass(values * value);
    Some(entries * (dimensions + 1))
}

/// Bits of the largest of these numbers.
fn width(most: u64) -> u64 {
    u64::from(u64::BITS - most.leading_zeros())
}

/// The largest number whose power is not more.
fn root(power: u64, exponent: u64) -> u64 {
    let exponent = u32::try_from(exponent).unwrap_or(u32::MAX);
    let fits = |number: u64| number.checked_pow(exponent).is_some_and(|found| found <= power);
    let (mut yes, mut no) = (0, power + 1);
    while no - yes > 1 {
        let middle = u64::midpoint(yes, no);
        if fits(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    yes
}

/// Bits from the lowest of each byte on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn take(&mut self, count: u64) -> Option<u64> {
        let mut taken = 0;
        for place in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            taken |= u64::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(taken)
    }

    fn pass(&mut self, count: u64) {
        self.at = self.at.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Written(Vec<bool>);

    impl Written {
        fn put(mut self, number: u64, count: u32) -> Self {
            self.0.extend((0..count).map(|place| number >> place & 1 == 1));
            self
        }

        fn header(self) -> Vec<u8> {
            let bytes = self.0.chunks(8).map(|bits| {
                let bits = bits.iter().enumerate();
                bits.fold(0, |byte, (place, bit)| byte | u8::from(*bit) << place)
            });
            let first = b"\x01vorbis and the rest of the one";
            first
                .iter()
                .copied()
                .take(FIRST)
                .chain(SETUP.iter().copied())
                .chain(bytes)
                .collect()
        }
    }

    /// Books of 2^17 codes of one length, 32 numbers each.
    fn huge(count: u64) -> Vec<u8> {
        let mut written = Written::default().put(count - 1, 8);
        for _ in 0..count {
            written = written
                .put(BOOK, 24)
                .put(32, 16)
                .put(1 << 17, 24)
                .put(1, 1)
                .put(16, 5);
            written = written
                .put(1 << 17, 18)
                .put(1, 4)
                .put(0, 64)
                .put(0, 4)
                .put(0, 1)
                .put(1, 1);
        }
        written.header()
    }

    #[test]
    fn books_of_gigabytes_in_some_bytes_are_found() {
        let headers = huge(256);
        assert!(headers.len() < 8_000);
        assert!(is_too_large(&headers));
        assert!(is_too_large(&huge(1)));
    }

    #[test]
    fn usual_books_and_other_bytes_are_not() {
        let sparse = Written::default().put(1, 8);
        let sparse = sparse.put(BOOK, 24).put(2, 16).put(3, 24).put(0, 1).put(1, 1);
        let sparse = sparse
            .put(0b1, 1)
            .put(7, 5)
            .put(0, 1)
            .put(0b1, 1)
            .put(7, 5)
            .put(0, 4);
        let dense = sparse
            .put(BOOK, 24)
            .put(2, 16)
            .put(9, 24)
            .put(0, 2)
            .put(0, 45)
            .put(2, 4);
        let dense = dense.put(0, 64).put(3, 4).put(0, 1).put(0, 64).put(0, 8);
        assert!(!is_too_large(&dense.header()));
        for other in [&b""[..], b"\x05vorbis", b"\x05vorbis\xFFno books", b"OpusHead"] {
            assert!(!is_too_large(other));
        }
        assert!(!is_too_large(&huge(256)[..44]));
        assert!(is_too_large(b"\x02\x1E\x10 and lengths"));
    }

    #[test]
    fn roots_are_whole_numbers() {
        assert_eq!(
            [root(361, 2), root(560, 3), root(131_072, 32), root(0, 4)],
            [19, 8, 1, 0]
        );
        assert_eq!([root(5, 1), root(7, 65_535)], [5, 1]);
    }
}
