//! What people are called: names as typed, as received, and as shown.
//!
//! Source: `identity.md` §6.

use crate::account::AccountId;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};

/// The longest name, in UTF-8 bytes: display names, nicknames, group names.
pub const MAX_NAME_BYTES: usize = 100;

/// Why a typed name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// Holds the number of UTF-8 bytes after trimming.
    #[error("{0} bytes instead of at most 100")]
    TooLong(usize),
}

impl HasKind for NameError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => ErrorKind::InvalidInput,
            Self::TooLong(_) => ErrorKind::TooLarge,
        }
    }
}

impl HasRetry for NameError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// White space, and characters that take no room.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Characters that turn the direction of the text around them.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn breaks_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The longest beginning of `name` of at most [`MAX_NAME_BYTES`] bytes that ends between two
/// code points.
#[must_use]
pub fn cut_name(name: &str) -> &str {
    name.get(..name.floor_char_boundary(MAX_NAME_BYTES))
        .unwrap_or(name)
}

/// Line breaks become spaces; control characters and those that turn the direction of text
/// are dropped.
fn harmless(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if breaks_line(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !turns_direction(*c))
        .collect()
}

/// Our own name, or a nickname or group name that we give: made harmless, trimmed, else as
/// typed.
///
/// # Errors
/// [`NameError::Empty`] or [`NameError::TooLong`].
///
/// Source: `identity.md` §6, `product.md` §2.
pub fn typed_name(text: &str) -> Result<String, NameError> {
    let clean = harmless(text);
    let name = clean.trim_matches(is_blank);
    if name.is_empty() {
        Err(NameError::Empty)
    } else if name.len() > MAX_NAME_BYTES {
        Err(NameError::TooLong(name.len()))
    } else {
        Ok(name.to_owned())
    }
}

/// A name that came from elsewhere, made harmless and cut; `None` if nothing is left of it.
///
/// Source: `identity.md` §6.
#[must_use]
pub fn received_name(text: &str) -> Option<String> {
    received_text(text, MAX_NAME_BYTES)
}

/// A line of text that came from elsewhere, made harmless like a name, and cut to `most_bytes`
/// UTF-8 bytes; `None` if nothing is left of it.
#[must_use]
pub fn received_text(text: &str, most_bytes: usize) -> Option<String> {
    let clean = harmless(text);
    let whole = clean.trim_matches(is_blank);
    let cut = whole
        .get(..whole.floor_char_boundary(most_bytes))
        .unwrap_or(whole);
    let line = cut.trim_end_matches(is_blank);
    (!line.is_empty()).then(|| line.to_owned())
}

/// What a person is called: the nickname, else the display name, else the shortened ID.
///
/// Source: `identity.md` §6.
#[must_use]
pub fn shown_name(nickname: Option<&str>, display: Option<&str>, id: &AccountId) -> String {
    [nickname, display]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
        .map_or_else(|| id.short(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_names_are_trimmed_of_visible_and_invisible_space() {
        assert_eq!(
            typed_name(" \u{200b}\u{feff}Zoé\u{2060}\u{200f}\n"),
            Ok("Zoé".to_owned())
        );
        assert_eq!(typed_name("a \u{200b} b"), Ok("a \u{200b} b".to_owned()));
    }

    #[test]
    fn typed_names_hold_no_control_characters_and_turn_no_direction() {
        assert_eq!(
            typed_name("\u{202e}Zo\u{7}é\nL.\u{2066}"),
            Ok("Zoé L.".to_owned())
        );
        assert_eq!(typed_name(" \u{202e}\u{7} "), Err(NameError::Empty));
    }

    #[test]
    fn empty_and_long_typed_names_are_refused() {
        assert_eq!(typed_name(" \u{200b} "), Err(NameError::Empty));
        assert_eq!(typed_name(&"é".repeat(51)), Err(NameError::TooLong(102)));
        assert_eq!(typed_name(&"é".repeat(50)), Ok("é".repeat(50)));
    }

    #[test]
    fn received_names_are_cut_between_code_points() {
        assert_eq!(received_name(&"a".repeat(10_000)), Some("a".repeat(100)));
        assert_eq!(
            received_name(&format!("a{}", "é".repeat(60))),
            Some(format!("a{}", "é".repeat(49)))
        );
        assert_eq!(received_name(&"🦊".repeat(26)), Some("🦊".repeat(25)));
        let ten_megabytes = "\u{202e}é".repeat(2_000_000);
        assert_eq!(received_name(&ten_megabytes), Some("é".repeat(50)));
    }

    #[test]
    fn received_names_lose_controls_and_turns_of_direction() {
        assert_eq!(
            received_name("a\u{202e}b\u{2066}c\u{0}\u{7f}\u{9b}d"),
            Some("abcd".to_owned())
        );
        assert_eq!(received_name("a\r\nb\nc\u{2028}d"), Some("a b c d".to_owned()));
    }

    #[test]
    fn a_name_of_nothing_is_no_name() {
        assert_eq!(received_name("\u{202e}\u{200b}\n "), None);
        assert_eq!(received_name(""), None);
    }

    #[test]
    fn nickname_comes_before_name_before_id() {
        let id = AccountId::from_x25519([0x11; 32]);
        assert_eq!(shown_name(Some("N"), Some("D"), &id), "N");
        assert_eq!(shown_name(Some(""), Some("D"), &id), "D");
        assert_eq!(shown_name(None, None, &id), "0511…1111");
    }
}
