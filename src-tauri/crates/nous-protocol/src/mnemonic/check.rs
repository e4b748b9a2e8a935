//! A phrase while it is being typed: which words are wrong, and what was meant.

use zeroize::Zeroizing;

use super::{MnemonicError, decode, words};

/// How many words are offered for an unknown one.
const SUGGESTIONS: usize = 4;

/// One typed word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordCheck {
    /// In the list.
    Known,
    /// The beginning of a word that is not yet long enough to be found; holds completions.
    Beginning(Vec<&'static str>),
    /// Not in the list; holds the nearest words, perhaps none.
    Unknown(Vec<&'static str>),
}

/// Every typed word, and what is wrong with the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseCheck {
    /// One for each word, in order.
    pub words: Vec<WordCheck>,
    /// What [`decode`] says; `None` if the phrase is right.
    pub error: Option<MnemonicError>,
}

/// Checks a phrase word by word, for the field where it is typed.
///
/// Source: `identity.md` §2, `product.md` §3.
#[must_use]
pub fn check(text: &str) -> PhraseCheck {
    let lower = Zeroizing::new(text.to_lowercase());
    PhraseCheck {
        words: lower.split_whitespace().map(check_word).collect(),
        error: decode(text).err(),
    }
}

fn check_word(text: &str) -> WordCheck {
    if words::find(text).is_some() {
        return WordCheck::Known;
    }
    if words::prefix(text).is_none() {
        let mut starts = words::all()
            .iter()
            .filter(|word| word.starts_with(text))
            .peekable();
        if starts.peek().is_some() {
            return WordCheck::Beginning(starts.take(SUGGESTIONS).copied().collect());
        }
    }
    let mut near: Vec<(usize, &'static str)> = words::all()
        .iter()
        .map(|word| (distance(text, word), *word))
        .filter(|(distance, _)| *distance <= 2)
        .collect();
    near.sort_unstable();
    WordCheck::Unknown(near.into_iter().take(SUGGESTIONS).map(|(_, word)| word).collect())
}

/// How many letters must be added, dropped or changed; words of very different length are far.
fn distance(typed: &str, word: &str) -> usize {
    let length = typed.chars().take(40).count();
    if length.abs_diff(word.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (at, letter) in typed.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at.saturating_add(1);
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(word.chars()) {
            let change = diagonal.saturating_add(usize::from(letter != other));
            left = change.min(above.saturating_add(1)).min(left.saturating_add(1));
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_word_is_named_and_the_right_one_offered() {
        let checked = check("atom  axtom Abbey");
        assert_eq!(checked.words.len(), 3);
        assert_eq!(checked.words[0], WordCheck::Known);
        assert!(matches!(&checked.words[1], WordCheck::Unknown(near) if near.contains(&"atom")));
        assert_eq!(checked.words[2], WordCheck::Known);
        assert_eq!(checked.error, Some(MnemonicError::TooShort(3)));
    }

    #[test]
    fn the_beginning_of_a_word_is_completed() {
        let checked = check("at");
        assert!(matches!(&checked.words[0], WordCheck::Beginning(some) if some.contains(&"atom")));
        assert!(matches!(&check("q").words[0], WordCheck::Beginning(_)));
    }

    #[test]
    fn rubbish_has_no_suggestions() {
        let long = "x".repeat(10_000);
        assert_eq!(check(&long).words, [WordCheck::Unknown(vec![])]);
        assert_eq!(check("été").words, [WordCheck::Unknown(vec![])]);
        assert_eq!(check("").words, []);
    }

    #[test]
    fn distance_counts_added_dropped_and_changed_letters() {
        assert_eq!(distance("atom", "atom"), 0);
        assert_eq!(distance("atm", "atom"), 1);
        assert_eq!(distance("attom", "atom"), 1);
        assert_eq!(distance("otam", "atom"), 2);
        assert_eq!(distance("", "ab"), 2);
    }
}
