//! The piece of a text that shows why it was found.

use std::ops::Range;

use crate::words::Terms;

/// So many letters stand before the first word, at most.
const BEFORE: usize = 40;
/// So many letters a piece has, at most.
const MOST: usize = 200;

/// A piece of a text on one line, with the words that were searched for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The piece, with `…` where something was left out.
    pub text: String,
    /// The words in it, in order.
    pub hits: Vec<Hit>,
}

/// A place in a snippet, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Where it begins.
    pub start: u32,
    /// How long it is.
    pub length: u32,
}

/// The piece around the first of `places`, which are those of `terms` in `body`, in bytes.
pub(super) fn around(body: &str, places: &[Range<usize>], terms: &Terms) -> Snippet {
    let first = places.first().map_or(0, |place| place.start);
    let start = beginning(body, first);
    let end = end(body, start, places.first().map_or(first, |place| place.end));
    let mut text = String::new();
    if start > 0 {
        text.push('…');
    }
    for word in body[start..end].split_whitespace() {
        if !text.is_empty() && text != "…" {
            text.push(' ');
        }
        text.push_str(word);
    }
    if end < body.trim_end().len() {
        text.push('…');
    }
    // It may hold a part of the words only.
    let hits = terms
        .places_of_some(&text)
        .iter()
        .map(|place| in_units(&text, place))
        .collect();
    Snippet { text, hits }
}

/// Where the piece begins: at a word, not too far before the first place.
fn beginning(body: &str, first: usize) -> usize {
    let Some((earliest, _)) = body[..first].char_indices().rev().nth(BEFORE) else {
        return 0;
    };
    // After the first space from there; a long word is cut.
    body[earliest..first]
        .char_indices()
        .find(|(_, letter)| letter.is_whitespace())
        .map_or(earliest, |(at, letter)| earliest + at + letter.len_utf8())
}

/// Where the piece ends: after a word, and not before the end of the first place.
fn end(body: &str, start: usize, least: usize) -> usize {
    let Some((latest, _)) = body[start..].char_indices().nth(MOST) else {
        return body.len();
    };
    let latest = (start + latest).max(least);
    body[least..latest]
        .char_indices()
        .rev()
        .find(|(_, letter)| letter.is_whitespace())
        .map_or(latest, |(at, _)| least + at)
}

fn in_units(text: &str, place: &Range<usize>) -> Hit {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    Hit {
        start: units(&text[..place.start]),
        length: units(&text[place.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snippet(body: &str, typed: &str) -> Snippet {
        let terms = Terms::of(typed);
        around(body, &terms.places(body).unwrap_or_default(), &terms)
    }

    fn marked(snippet: &Snippet) -> Vec<String> {
        let units: Vec<u16> = snippet.text.encode_utf16().collect();
        let at = |n: u32| usize::try_from(n).unwrap_or(0);
        let hits = snippet.hits.iter();
        hits.map(|hit| String::from_utf16_lossy(&units[at(hit.start)..at(hit.start + hit.length)]))
            .collect()
    }

    #[test]
    fn a_short_text_is_whole_and_on_one_line() {
        let found = snippet("🍅 Des\n  étés", "ete");
        assert_eq!(found.text, "🍅 Des étés");
        assert_eq!(found.hits, [Hit { start: 7, length: 3 }]);
        assert_eq!(marked(&found), ["été"]);
        assert_eq!(snippet("", ""), Snippet::default());
    }

    #[test]
    fn a_long_text_is_cut_at_words_around_the_first_hit() {
        let body = format!("{} needle {} needle", "word ".repeat(50), "tail ".repeat(100));
        let found = snippet(&body, "need");
        assert!(found.text.starts_with("…word ") && found.text.ends_with("tail…"));
        assert!(found.text.chars().count() <= MOST + 2);
        assert_eq!(marked(&found), ["need"]);
    }

    #[test]
    fn words_that_do_not_stand_near_are_not_marked_and_no_text_is_too_odd() {
        let body = format!("first {}{} second", "x".repeat(300), " y".repeat(300));
        assert_eq!(marked(&snippet(&body, "second first")), ["first"]);
        let long = format!("{}éé{}", "東".repeat(300), "京".repeat(500));
        assert_eq!(marked(&snippet(&long, "éé")), ["éé"]);
    }
}
