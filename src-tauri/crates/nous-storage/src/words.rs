//! The words of texts, as a search takes them: without case and accents, by their beginnings.
//!
//! What a word is, is decided here only: the index holds what [`index_words`] makes of a message, and
//! a found message is checked and marked with the same letters. Scripts that put no spaces between
//! words are taken apart into pairs of letters; what is searched in them is a part of a text.
//!
//! Source: `product.md` §15.

use std::ops::Range;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use crate::folding::without_stroke;

/// So many letters of a word stand in the index.
const INDEXED_LETTERS: usize = 40;
/// So many words of a search count.
const MOST_TERMS: usize = 16;
/// The fewest letters of a word that is searched for.
const FEWEST_LETTERS: usize = 2;
/// What [`index_words`] does; another number where it does something else.
const FORM: u32 = 1;
/// The quarters of years that have marks: earlier and later ones count as the first and the last.
const QUARTERS: Range<i64> = 0..500;
const QUARTER_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Files beside the text of a message (`messages.media`).
const MEDIA_FILE: i64 = 1;
/// Pictures beside the text of a message (`messages.media`).
const MEDIA_PICTURE: i64 = 2;

/// How words are made now: this code, and the tables of Unicode that it goes by.
pub(crate) fn form() -> String {
    let (std, own) = (char::UNICODE_VERSION, unicode_normalization::UNICODE_VERSION);
    format!("{FORM} {std:?} {own:?}")
}

/// A letter of the folded text, and the bytes of the text that it comes from.
#[derive(Debug, Clone, Copy)]
struct Letter {
    letter: char,
    from: usize,
    to: usize,
}

/// How letters of a kind make words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// With something between the words.
    Spaced,
    /// Without.
    Unspaced,
}

/// `None`: no letter of a word.
fn writing(letter: char) -> Option<Writing> {
    match letter {
        '0'..='9' | 'a'..='z' => Some(Writing::Spaced),
        _ if letter.is_ascii() => None,
        // Thai, Lao, Burmese, Khmer, kana, Chinese signs.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{20000}'..='\u{3fffd}'
            if letter.is_alphanumeric() || is_part(letter) =>
        {
            Some(Writing::Unspaced)
        }
        _ if letter.is_alphanumeric() || is_part(letter) => Some(Writing::Spaced),
        _ => None,
    }
}

/// Signs that make another letter of the one before.
fn is_part(letter: char) -> bool {
    (2..10).contains(&canonical_combining_class(letter))
}

/// Signs without which a word is the same: accents, points, and what cannot be seen.
fn is_nothing(letter: char) -> bool {
    match letter {
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => true,
        _ => matches!(canonical_combining_class(letter), 1 | 10..),
    }
}

fn letters(text: &str) -> Vec<Letter> {
    let mut folded: Vec<Letter> = Vec::with_capacity(text.len());
    for (from, sign) in text.char_indices() {
        let to = from + sign.len_utf8();
        if sign.is_ascii() {
            let letter = sign.to_ascii_lowercase();
            folded.push(Letter { letter, from, to });
            continue;
        }
        let before = folded.len();
        for letter in sign.nfkd().flat_map(char::to_lowercase) {
            match letter {
                // Only the end of a word has it.
                'ς' => folded.push(Letter {
                    letter: 'σ',
                    from,
                    to,
                }),
                _ if is_nothing(letter) => {}
                _ => without_stroke(letter, |letter| folded.push(Letter { letter, from, to })),
            }
        }
        // An accent of its own belongs to the letter before it.
        if folded.len() == before
            && let Some(last) = folded.last_mut()
            && last.to == from
        {
            last.to = to;
        }
    }
    folded
}

/// The words, as places in the letters.
fn runs(letters: &[Letter]) -> Vec<(Writing, Range<usize>)> {
    let mut runs: Vec<(Writing, Range<usize>)> = Vec::new();
    let mut last = None;
    for (at, letter) in letters.iter().enumerate() {
        let now = writing(letter.letter);
        if now == last
            && now.is_some()
            && let Some((_, run)) = runs.last_mut()
        {
            run.end = at + 1;
        } else if let Some(writing) = now {
            runs.push((writing, at..at + 1));
        }
        last = now;
    }
    runs
}

/// What of a message stands in the index: its words, and marks for what narrows a search.
///
/// `author`: prefix and key. `media`: as the column.
pub(crate) fn index_words(body: &str, conversation: i64, author: &[u8], order_ms: i64, media: i64) -> String {
    let letters = letters(body);
    let mut words = String::with_capacity(body.len() + 48);
    for (writing, run) in runs(&letters) {
        match writing {
            Writing::Spaced => {
                let end = run.end.min(run.start + INDEXED_LETTERS);
                push_word(&mut words, &letters[run.start..end]);
            }
            Writing::Unspaced => {
                for at in run.clone() {
                    push_word(&mut words, &letters[at..run.end.min(at + 2)]);
                }
            }
        }
    }
    for mark in [
        Mark::Conversation(conversation),
        Mark::Author(author),
        Mark::Quarter(quarter(order_ms)),
    ] {
        mark.push(&mut words);
    }
    for (has, mark) in [
        (media & MEDIA_FILE != 0, Mark::File),
        (media & MEDIA_PICTURE != 0, Mark::Picture),
        (has_link(body), Mark::Link),
    ] {
        if has {
            mark.push(&mut words);
        }
    }
    words
}

fn push_word(words: &mut String, letters: &[Letter]) {
    words.extend(letters.iter().map(|letter| letter.letter));
    words.push(' ');
}

/// What narrows a search, as it stands among the words. No word begins so.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark<'a> {
    /// Where it stands.
    Conversation(i64),
    /// Who wrote it, by a part of the key: it is looked at again.
    Author(&'a [u8]),
    /// About when it was sent.
    Quarter(i64),
    /// It has a file.
    File,
    /// It has a picture.
    Picture,
    /// It has a link.
    Link,
}

impl Mark<'_> {
    /// The mark and a space.
    pub(crate) fn push(self, words: &mut String) {
        // All begin with the same two signs: that costs one entry in the index of beginnings.
        words.push_str("~~");
        match self {
            Self::Conversation(key) => words.push_str(&format!("c{key}")),
            Self::Author(id) => {
                words.push('a');
                words.push_str(&hex::encode(id.get(1..4).unwrap_or_default()));
            }
            Self::Quarter(number) => words.push_str(&format!("q{number}")),
            Self::File => words.push('f'),
            Self::Picture => words.push('p'),
            Self::Link => words.push('l'),
        }
        words.push(' ');
    }
}

/// The quarter of a year in which a message stands.
pub(crate) fn quarter(order_ms: i64) -> i64 {
    order_ms
        .div_euclid(QUARTER_MS)
        .clamp(QUARTERS.start, QUARTERS.end - 1)
}

/// Whether a text holds a link that is shown as one.
pub(crate) fn has_link(body: &str) -> bool {
    let begins = |at: usize| {
        let rest = body.as_bytes().get(at..).unwrap_or_default();
        ["https://", "http://"].iter().any(|scheme| {
            let (start, next) = (rest.get(..scheme.len()), rest.get(scheme.len()));
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
                && next.is_some_and(|next| next.is_ascii_alphanumeric() || !next.is_ascii())
        })
    };
    body.char_indices()
        .any(|(at, letter)| matches!(letter, 'h' | 'H') && begins(at))
}

/// Lets triggers make words of rows.
pub(crate) fn teach(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("search_words", 5, flags, |values| {
        let body: String = values.get(0)?;
        let author: Vec<u8> = values.get(2)?;
        Ok(index_words(
            &body,
            values.get(1)?,
            &author,
            values.get(3)?,
            values.get(4)?,
        ))
    })
}

/// A word that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// The beginning of a word.
    Beginning(Vec<char>),
    /// A part of a text without spaces.
    Part(Vec<char>),
}

/// What is searched for in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Terms(Vec<Term>);

impl Terms {
    /// The words of what was typed; too short ones do not count.
    pub(crate) fn of(typed: &str) -> Self {
        let letters = letters(typed);
        let term = |(writing, run): (Writing, Range<usize>)| {
            let word: Vec<char> = letters[run].iter().map(|letter| letter.letter).collect();
            match writing {
                Writing::Spaced => (word.len() >= FEWEST_LETTERS).then_some(Term::Beginning(word)),
                Writing::Unspaced => Some(Term::Part(word)),
            }
        };
        Self(
            runs(&letters)
                .into_iter()
                .filter_map(term)
                .take(MOST_TERMS)
                .collect(),
        )
    }

    /// Whether there is nothing to search for.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The search as the index takes it. Words consist of letters and digits: nothing in them has a
    /// meaning there.
    pub(crate) fn expression(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for term in &self.0 {
            match term {
                Term::Beginning(word) => {
                    let word: String = word.iter().take(INDEXED_LETTERS).collect();
                    parts.push(format!("\"{word}\"*"));
                }
                Term::Part(word) if word.len() == 1 => {
                    parts.push(format!("\"{}\"*", String::from_iter(word)));
                }
                Term::Part(word) => {
                    parts.extend(
                        word.windows(2)
                            .map(|pair| format!("\"{}\"", String::from_iter(pair))),
                    );
                }
            }
        }
        parts.join(" AND ")
    }

    /// Whether every message that the index finds fits: it knows whole words up to a length, and
    /// pairs of letters.
    pub(crate) fn is_exact(&self) -> bool {
        self.0.iter().all(|term| match term {
            Term::Beginning(word) => word.len() <= INDEXED_LETTERS,
            Term::Part(word) => word.len() <= 2,
        })
    }

    /// Where the words stand in a text, in bytes, in order and apart from each other; `None` if one
    /// of them does not.
    pub(crate) fn places(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let places = self.each_place(text);
        let are_all = !places.iter().any(Vec::is_empty);
        are_all.then(|| apart(places.concat()))
    }

    /// The same of those words that stand there.
    pub(crate) fn places_of_some(&self, text: &str) -> Vec<Range<usize>> {
        apart(self.each_place(text).concat())
    }

    /// For each term the places where it stands.
    fn each_place(&self, text: &str) -> Vec<Vec<Range<usize>>> {
        let letters = letters(text);
        let runs = runs(&letters);
        let places_of = |term: &Term| -> Vec<Range<usize>> {
            let mut places = Vec::new();
            for (writing, run) in &runs {
                let word = &letters[run.clone()];
                match (term, writing) {
                    (Term::Beginning(term), Writing::Spaced) => places.extend(place_of(term, word)),
                    (Term::Part(term), Writing::Unspaced) => {
                        places.extend(word.windows(term.len()).filter_map(|part| place_of(term, part)));
                    }
                    (Term::Beginning(_), Writing::Unspaced) | (Term::Part(_), Writing::Spaced) => {}
                }
            }
            places
        };
        self.0.iter().map(places_of).collect()
    }
}

/// The places in order; those that touch become one.
fn apart(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, place.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

/// Where the letters of a term stand if a word begins with them.
fn place_of(term: &[char], word: &[Letter]) -> Option<Range<usize>> {
    let begins = word.len() >= term.len() && term.iter().zip(word).all(|(a, b)| *a == b.letter);
    let (first, last) = (word.first()?, word.get(term.len().checked_sub(1)?)?);
    begins.then_some(first.from..last.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let all = index_words(text, 7, &[5, 0xab, 0xcd, 0xef, 9], 0, 0);
        all.split(' ')
            .filter(|word| !word.starts_with('~') && !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn marked(text: &str, typed: &str) -> Option<Vec<String>> {
        let places = Terms::of(typed).places(text)?;
        Some(places.into_iter().map(|place| text[place].to_owned()).collect())
    }

    #[test]
    fn words_have_no_case_no_accents_and_nothing_around_them() {
        assert_eq!(
            words("L’été, à CŒUR ouvert !"),
            ["l", "ete", "a", "coeur", "ouvert"]
        );
        assert_eq!(words("E\u{301}lodie co\u{ad}opère"), ["elodie", "coopere"]);
        assert_eq!(
            words("Łódź straße ΛΌΓΟΣ λόγος"),
            ["lodz", "strasse", "λογοσ", "λογοσ"]
        );
        assert_eq!(
            words("https://example.org/a?b=12"),
            ["https", "example", "org", "a", "b", "12"]
        );
        assert_eq!(words("🍅 ~~c7 \"x\"*"), ["c7", "x"]);
        assert_eq!(words(&"a".repeat(90)), ["a".repeat(INDEXED_LETTERS)]);
    }

    #[test]
    fn scripts_without_spaces_are_pairs_of_letters() {
        assert_eq!(words("iPhone東京都"), ["iphone", "東京", "京都", "都"]);
        assert_eq!(Terms::of("東京都").expression(), "\"東京\" AND \"京都\"");
        assert_eq!(Terms::of("都").expression(), "\"都\"*");
        assert_eq!(
            marked("今日は東京都です", "東京都"),
            Some(vec!["東京都".to_owned()])
        );
        assert_eq!(marked("京都の東京", "東京都"), None);
    }

    #[test]
    fn marks_narrow_a_search() {
        let all = index_words(
            "see HTTPS://example.org",
            7,
            &[5, 0xab, 0xcd, 0xef, 9],
            90 * 86_400_000,
            3,
        );
        for mark in ["~~c7 ", "~~aabcdef ", "~~q1 ", "~~f ", "~~p ", "~~l "] {
            assert!(all.contains(mark), "{mark}");
        }
        assert!(!has_link("http:// and xhttp") && has_link("(http://a"));
        assert_eq!((quarter(i64::MIN), quarter(i64::MAX)), (0, 499));
    }

    #[test]
    fn words_under_two_letters_do_not_count() {
        assert!(Terms::of(" a ! ").is_empty());
        assert_eq!(Terms::of("j’ai vu").expression(), "\"ai\"* AND \"vu\"*");
        assert_eq!(
            Terms::of("\"ab\" OR c* NOT (de:f)").expression(),
            "\"ab\"* AND \"or\"* AND \"not\"* AND \"de\"*"
        );
    }

    #[test]
    fn beginnings_of_words_are_found_where_they_stand() {
        assert_eq!(
            marked("Des étés, un ete, jeté", "ete"),
            Some(vec!["été".to_owned(), "ete".to_owned()])
        );
        assert_eq!(marked("cœur", "co"), Some(vec!["cœ".to_owned()]));
        assert_eq!(marked("e\u{301}te", "ete"), Some(vec!["e\u{301}te".to_owned()]));
        assert_eq!(
            marked("abab abc", "ab abc"),
            Some(vec!["ab".to_owned(), "abc".to_owned()])
        );
        assert_eq!(marked("one", "one two"), None);
    }
}
