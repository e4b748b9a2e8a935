//! Names as they are searched and put in order: without case and accents.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use unicode_normalization::UnicodeNormalization;

/// The accents that Unicode takes off Latin, Greek and Cyrillic letters.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// A name without case and accents, for the order of names and for looking them up.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = text.nfkd().filter(|letter| !ACCENTS.contains(letter));
    plain
        .flat_map(char::to_lowercase)
        .fold(String::new(), |mut folded, letter| {
            without_stroke(letter, |letter| folded.push(letter));
            folded
        })
}

/// Gives a small letter, or what stands for one that has no form without its stroke or its other half.
pub(crate) fn without_stroke(letter: char, mut take: impl FnMut(char)) {
    let (first, second) = match letter {
        'œ' => ('o', Some('e')),
        'æ' => ('a', Some('e')),
        'ß' => ('s', Some('s')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' => ('d', None),
        'ı' => ('i', None),
        other => (other, None),
    };
    take(first);
    if let Some(second) = second {
        take(second);
    }
}

/// Lets migrations fold what stands in tables.
pub(crate) fn teach(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("fold", 1, flags, |values| {
        let text: String = values.get(0)?;
        Ok(fold(&text))
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_do_not_count() {
        for (name, folded) in [
            ("Élodie", "elodie"),
            ("E\u{301}lodie", "elodie"),
            ("Œdipe Ærø", "oedipe aero"),
            ("Łukasz Đorđe", "lukasz dorde"),
            ("STRASSE ß", "strasse ss"),
            ("Ålesund İzmir", "alesund izmir"),
            ("Ωμέγα Йод", "ωμεγα иод"),
            ("", ""),
        ] {
            assert_eq!(fold(name), folded);
        }
    }
}
