//! Padding of contents to the 160-byte grid.
//!
//! Source: `messages.md` §2.1; vector `wire.pad`.

use zeroize::Zeroize;

/// The grid of padded lengths, in bytes.
const GRID: usize = 160;
/// The byte behind the content.
const MARK: u8 = 0x80;

/// A padded content: what is signed and sealed. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Padded(Vec<u8>);

impl Padded {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Padded {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Shows the length only.
impl std::fmt::Debug for Padded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Padded({} bytes)", self.0.len())
    }
}

/// content ‖ `0x80` ‖ zeros, so that one byte is missing to a multiple of 160.
#[must_use]
pub fn pad(content: &[u8]) -> Padded {
    let blocks = content.len().saturating_add(2).div_ceil(GRID);
    let length = blocks.saturating_mul(GRID).saturating_sub(1);
    let mut padded = Vec::with_capacity(length);
    padded.extend_from_slice(content);
    padded.push(MARK);
    padded.resize(length, 0);
    Padded(padded)
}

/// The content without its padding, of whatever length; bytes without padding stay as they are.
///
/// Newer clients pad to a full multiple of 160, ours and older ones to one byte less: the
/// mark is found from behind, so both are read.
#[must_use]
pub fn unpad(padded: &[u8]) -> &[u8] {
    let Some(mark) = padded.iter().rposition(|byte| *byte != 0) else {
        return padded;
    };
    match padded.get(mark) {
        Some(&MARK) => padded.get(..mark).unwrap_or(padded),
        _ => padded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_lengths_are_those_of_the_page() {
        for (length, expected) in [
            (0, 159),
            (157, 159),
            (158, 159),
            (159, 319),
            (318, 319),
            (319, 479),
        ] {
            assert_eq!(pad(&vec![7; length]).as_bytes().len(), expected, "{length}");
        }
    }

    #[test]
    fn both_forms_of_writers_are_read() {
        let mut padded = pad(b"content").as_bytes().to_vec();
        assert_eq!(unpad(&padded), b"content");
        padded.push(0);
        assert_eq!(unpad(&padded), b"content");
    }

    #[test]
    fn a_mark_or_zeros_at_the_end_of_a_content_survive() {
        for content in [&b"a\x80"[..], b"a\x00\x00", b"\x80", b"\x00", b""] {
            assert_eq!(unpad(pad(content).as_bytes()), content);
        }
    }

    #[test]
    fn bytes_without_padding_stay() {
        for bytes in [&b"abc"[..], b"abc\x00\x00", b"", b"\x00\x00"] {
            assert_eq!(unpad(bytes), bytes);
        }
    }
}
