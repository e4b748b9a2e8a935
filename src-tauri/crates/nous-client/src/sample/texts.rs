//! Names, words, and numbers that look random.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const FIRST: &[&str] = &[
    "Amélie", "Bruno", "Chloé", "Dario", "Elif", "Farid", "Greta", "Hugo", "Inès", "Jonas", "Karim", "Léa",
    "Mateo", "Nadia", "Oscar", "Paula", "Quentin", "Rosa", "Samir", "Tove", "Ugo", "Vera", "Willem", "Yara",
    "Zoé",
];
const LAST: &[&str] = &[
    "Arnaud", "Berger", "Costa", "Dubois", "Eriksen", "Fabre", "Girard", "Haddad", "Ito", "Jansen", "Kaya",
    "Lopez", "Moreau", "Nowak", "Okafor", "Petit", "Rossi", "Silva", "Tanaka", "Weber",
];
const WORDS: &[&str] = &[
    "and",
    "the",
    "we",
    "you",
    "that",
    "it",
    "was",
    "then",
    "so",
    "not",
    "with",
    "for",
    "this",
    "have",
    "about",
    "they",
    "maybe",
    "tomorrow",
    "evening",
    "train",
    "coffee",
    "window",
    "remember",
    "answer",
    "always",
    "letter",
    "bonjour",
    "demain",
    "peut-être",
    "voilà",
    "garden",
    "yesterday",
    "cinema",
    "kitchen",
    "somebody",
    "quiet",
    "street",
    "almost",
    "together",
    "question",
    "thank",
    "really",
    "photo",
    "ticket",
    "morning",
    "rain",
    "summer",
    "forgot",
    "bring",
    "call",
    "later",
    "fine",
    "good",
    "🙂",
    "❤️",
    "👍",
];
/// One text in so many is longer than what a row of a timeline holds.
const LONGEST_IN: u32 = 4_000;

/// SplitMix64: small, and the same on every machine and in every version.
#[derive(Debug, Clone)]
pub(crate) struct Numbers(u64);

impl Numbers {
    /// The numbers that follow from a first one.
    pub(crate) const fn new(first: u64) -> Self {
        Self(first)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `limit`.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit.max(1))).unwrap_or(0)
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        let at = self.below(u32::try_from(words.len()).unwrap_or(1));
        words.get(at as usize).copied().unwrap_or_default()
    }
}

/// A person's name; the first 500 differ.
pub(crate) fn name(number: u32) -> String {
    let (round, first) = (number as usize / FIRST.len(), number as usize % FIRST.len());
    format!("{} {}", FIRST[first], LAST[(round + first) % LAST.len()])
}

/// A text: mostly short, some long, some with a link.
pub(crate) fn body(numbers: &mut Numbers) -> String {
    if numbers.below(LONGEST_IN) == 0 {
        return words(numbers, 1_200);
    }
    match numbers.below(100) {
        0..3 => link(numbers),
        3..70 => count_and_words(numbers, 1, 12),
        70..94 => count_and_words(numbers, 15, 45),
        _ => count_and_words(numbers, 120, 280),
    }
}

fn count_and_words(numbers: &mut Numbers, least: u32, more: u32) -> String {
    let count = least + numbers.below(more);
    words(numbers, count)
}

fn words(numbers: &mut Numbers, count: u32) -> String {
    let mut text = String::new();
    for n in 0..count {
        if n > 0 {
            // Long texts have paragraphs.
            text.push(if numbers.below(60) == 0 { '\n' } else { ' ' });
        }
        text.push_str(numbers.one_of(WORDS));
    }
    text
}

fn link(numbers: &mut Numbers) -> String {
    let mut text = count_and_words(numbers, 1, 6);
    let _ = write!(text, " https://example.org/{}", numbers.below(1_000_000));
    text
}

/// Something of the form of a hash that a storage node gives.
pub(crate) fn hash(numbers: &mut Numbers) -> String {
    let mut bytes = [0; 32];
    for part in bytes.chunks_exact_mut(8) {
        part.copy_from_slice(&numbers.next().to_le_bytes());
    }
    STANDARD_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn five_hundred_people_have_names_of_their_own() {
        let names: BTreeSet<String> = (0..500).map(name).collect();
        assert_eq!(names.len(), 500);
    }

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        let mut numbers = Numbers::new(1_234_567);
        assert_eq!(
            [numbers.next(), numbers.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]
        );
    }

    #[test]
    fn a_hash_has_the_length_of_one() {
        assert_eq!(hash(&mut Numbers::new(1)).len(), 43);
    }
}
