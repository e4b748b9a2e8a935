//! Bytes to text: UTF-8 and UTF-16 by their marks, else UTF-8, else what spreadsheets of
//! western Europe write.

/// The text of a file. Never fails: every byte has a meaning in Windows-1252.
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).map_or_else(|_| windows_1252(bytes), ToOwned::to_owned),
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// What 0x80 to 0x9f stand for; the five that stand for nothing become the mark for that.
const UPPER: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

fn windows_1252(bytes: &[u8]) -> String {
    let upper: Vec<char> = UPPER.chars().collect();
    let letter = |byte: u8| match byte {
        0x80..=0x9f => upper
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        other => char::from(other),
    };
    bytes.iter().map(|byte| letter(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_is_understood() {
        let name = "Élodie – œuf €";
        assert_eq!(text(name.as_bytes()), name);
        assert_eq!(text(format!("\u{feff}{name}").as_bytes()), name);
        let little: Vec<u8> = "\u{feff}Élodie"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = "\u{feff}Élodie"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(
            (text(&little).as_str(), text(&big).as_str()),
            ("Élodie", "Élodie")
        );
        assert_eq!(text(b"\xc9lodie \x96 \x9cuf \x80"), name);
    }
}
