//! Emoji, as reactions hold them.
//!
//! Source: `messages.md` §4.2.

/// The most bytes of the emoji of a reaction.
pub const MAX_EMOJI: usize = 64;

/// Joins several emoji into one.
const JOINER: char = '\u{200d}';

/// Whether a text is one emoji, at most [`MAX_EMOJI`] bytes: a symbol with what belongs to it, several
/// joined into one, a flag, or a key.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    if text.len() > MAX_EMOJI {
        return false;
    }
    let signs: Vec<char> = text.chars().collect();
    is_key(&signs) || is_flag(&signs) || signs.split(|sign| *sign == JOINER).all(is_element)
}

/// A digit, `#` or `*` in a frame.
fn is_key(signs: &[char]) -> bool {
    match signs {
        [first, '\u{20e3}'] | [first, '\u{fe0f}', '\u{20e3}'] => matches!(first, '0'..='9' | '#' | '*'),
        _ => false,
    }
}

/// Two letters that stand for a region.
fn is_flag(signs: &[char]) -> bool {
    let is_letter = |sign: &char| matches!(sign, '\u{1f1e6}'..='\u{1f1ff}');
    signs.len() == 2 && signs.iter().all(is_letter)
}

/// One symbol, its form, the colour of its skin, and what tells flags of parts of a country apart.
fn is_element(signs: &[char]) -> bool {
    let belongs = |sign: &char| {
        matches!(
            sign,
            '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}'
        )
    };
    signs
        .split_first()
        .is_some_and(|(first, rest)| is_symbol(*first) && rest.iter().all(belongs))
}

/// The blocks that hold emoji, those of later versions of Unicode too.
const fn is_symbol(sign: char) -> bool {
    matches!(
        sign,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
            | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
            | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_however_many_signs_it_has() {
        for emoji in [
            "😂",
            "❤",
            "❤\u{fe0f}",
            "👍🏽",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿",
            "🏳\u{fe0f}\u{200d}🌈",
            "🇫🇷",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "1\u{fe0f}\u{20e3}",
            "#\u{20e3}",
            "©",
        ] {
            assert!(is_emoji(emoji), "{emoji}");
        }
    }

    #[test]
    fn texts_and_several_emoji_are_none() {
        for text in [
            "",
            "a",
            "1",
            "hello",
            " ",
            "😂😂",
            "😂 ",
            "😂a",
            "\u{200d}",
            "😂\u{200d}",
            "\u{202e}",
            "\u{fe0f}",
            "🇫🇷🇫🇷",
            "é",
        ] {
            assert!(!is_emoji(text), "{text:?}");
        }
        let long = "😂".to_owned() + &"\u{fe0f}".repeat(30);
        assert!(!is_emoji(&long));
    }
}
