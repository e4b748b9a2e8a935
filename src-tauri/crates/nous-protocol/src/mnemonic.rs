//! The recovery phrase: 13 English words for a seed.
//!
//! Source: `identity.md` §2.

mod check;
mod words;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::keys::Seed;

pub use check::{PhraseCheck, WordCheck, check};

/// Words of a phrase: 12 and the checksum word.
pub const WORDS: usize = 13;

/// A recovery phrase: as secret as the seed. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecoveryPhrase(String);

impl RecoveryPhrase {
    /// The 13 words, separated by single spaces: to be shown on demand, for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase(…)")
    }
}

/// Why a phrase is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MnemonicError {
    /// Fewer than 13 words; 12 means that the last one is missing.
    #[error("{0} words instead of 13")]
    TooShort(usize),
    /// More than 13 words.
    #[error("{0} words instead of 13")]
    TooLong(usize),
    /// A word that is not in the list; holds its place, from 0.
    #[error("word {0} is not in the list")]
    UnknownWord(usize),
    /// Three words that no seed gives.
    #[error("no seed gives these words")]
    Overflow,
    /// The last word does not fit the others.
    #[error("the last word does not fit the others")]
    Checksum,
}

impl HasKind for MnemonicError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidInput
    }
}

impl HasRetry for MnemonicError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// The place of the word that is repeated as the 13th.
fn checksum_place(indices: &[u32]) -> usize {
    let mut hasher = crc32fast::Hasher::new();
    for index in indices {
        hasher.update(words::prefix_of(*index).as_bytes());
    }
    let place = hasher.finalize().checked_rem(12).unwrap_or(0);
    usize::try_from(place).unwrap_or(0)
}

/// The three words of four bytes.
fn encode_group(bytes: [u8; 4]) -> [u32; 3] {
    let n = words::COUNT;
    let x = u32::from_le_bytes(bytes);
    let div = |a: u32, b: u32| a.checked_div(b).unwrap_or(0);
    let rem = |a: u32| a.checked_rem(n).unwrap_or(0);
    let first = rem(x);
    let second = rem(div(x, n).wrapping_add(first));
    let third = rem(div(div(x, n), n).wrapping_add(second));
    [first, second, third]
}

/// The four bytes of three words; `None` if there are none.
fn decode_group(words: [u32; 3]) -> Option<[u8; 4]> {
    let n = u64::from(words::COUNT);
    let [first, second, third] = words.map(u64::from);
    let middle = n.checked_sub(first)?.checked_add(second)?.checked_rem(n)?;
    let high = n.checked_sub(second)?.checked_add(third)?.checked_rem(n)?;
    let x = n
        .checked_mul(high)?
        .checked_add(middle)?
        .checked_mul(n)?
        .checked_add(first)?;
    u32::try_from(x).ok().map(u32::to_le_bytes)
}

/// The recovery phrase of a seed.
///
/// Source: `identity.md` §2.
#[must_use]
pub fn encode(seed: &Seed) -> RecoveryPhrase {
    let (groups, _) = seed.expose().as_chunks::<4>();
    let mut indices = Zeroizing::new(Vec::with_capacity(WORDS));
    for group in groups {
        indices.extend(encode_group(*group));
    }
    let repeated = indices.get(checksum_place(&indices)).copied().unwrap_or(0);
    indices.push(repeated);
    // 13 words of at most 12 letters: no reallocation leaves a copy behind.
    let mut phrase = String::with_capacity(13 * 13);
    for index in indices.iter() {
        if !phrase.is_empty() {
            phrase.push(' ');
        }
        phrase.push_str(words::word(*index));
    }
    RecoveryPhrase(phrase)
}

/// The seed of a recovery phrase.
///
/// `text`: 13 words in any case, separated by any white space; each may be cut to its first
/// three letters, and what follows them is not looked at.
///
/// # Errors
/// [`MnemonicError`], checked in this order: number of words, words, overflow, checksum.
///
/// Source: `identity.md` §2.
pub fn decode(text: &str) -> Result<Seed, MnemonicError> {
    let lower = Zeroizing::new(text.to_lowercase());
    let count = lower.split_whitespace().count();
    match count {
        WORDS => {}
        0..WORDS => return Err(MnemonicError::TooShort(count)),
        _ => return Err(MnemonicError::TooLong(count)),
    }
    let mut indices = Zeroizing::new(Vec::with_capacity(WORDS));
    for (place, word) in lower.split_whitespace().enumerate() {
        indices.push(words::find(word).ok_or(MnemonicError::UnknownWord(place))?);
    }
    let last = indices.pop();
    let mut seed = Zeroizing::new([0_u8; 16]);
    let (groups, _) = indices.as_chunks::<3>();
    for (target, group) in seed.as_chunks_mut::<4>().0.iter_mut().zip(groups) {
        *target = decode_group(*group).ok_or(MnemonicError::Overflow)?;
    }
    if indices.get(checksum_place(&indices)).copied() != last {
        return Err(MnemonicError::Checksum);
    }
    Ok(Seed::from_bytes(*seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str = "atom teeming basin peaches laboratory wrap enigma gnome cavernous \
                          agile after hubcaps wrap";

    fn replaced(place: usize, word: &str) -> String {
        let mut words: Vec<&str> = PHRASE.split_whitespace().collect();
        words[place] = word;
        words.join(" ")
    }

    #[test]
    fn every_seed_comes_back() {
        for byte in 0..=255 {
            let seed = Seed::from_bytes([byte; 16]);
            assert_eq!(decode(encode(&seed).expose()), Ok(seed));
        }
    }

    #[test]
    fn case_spaces_and_the_end_of_words_do_not_matter() {
        let seed = decode(PHRASE).unwrap();
        assert_eq!(
            decode(&format!("\n {}\t", PHRASE.to_uppercase().replace(' ', "\r\n "))).unwrap(),
            seed
        );
        let cut: Vec<&str> = PHRASE.split(' ').map(|word| &word[..3]).collect();
        assert_eq!(decode(&cut.join(" ")).unwrap(), seed);
        assert_eq!(decode(&replaced(0, "atomic")).unwrap(), seed);
    }

    #[test]
    fn the_number_of_words_is_checked_first() {
        let twelve: Vec<&str> = PHRASE.split(' ').take(12).collect();
        assert_eq!(decode(&twelve.join(" ")), Err(MnemonicError::TooShort(12)));
        assert_eq!(decode("zzz"), Err(MnemonicError::TooShort(1)));
        assert_eq!(decode(""), Err(MnemonicError::TooShort(0)));
        assert_eq!(decode(&format!("{PHRASE} zzz")), Err(MnemonicError::TooLong(14)));
    }

    #[test]
    fn an_unknown_word_is_named_by_its_place() {
        assert_eq!(decode(&replaced(4, "zzzz")), Err(MnemonicError::UnknownWord(4)));
        assert_eq!(decode(&replaced(12, "zzzz")), Err(MnemonicError::UnknownWord(12)));
        assert_eq!(decode(&replaced(0, "at")), Err(MnemonicError::UnknownWord(0)));
        assert_eq!(decode(&replaced(0, "été")), Err(MnemonicError::UnknownWord(0)));
    }

    #[test]
    fn words_beyond_the_largest_number_are_refused() {
        // The word before the first twice in a row makes the largest x there is.
        let text = "abbey zoom zones ".to_owned() + &"abbey ".repeat(10);
        assert_eq!(decode(&text), Err(MnemonicError::Overflow));
    }

    #[test]
    fn another_last_word_is_refused() {
        assert_eq!(decode(&replaced(12, "abbey")), Err(MnemonicError::Checksum));
    }

    #[test]
    fn a_phrase_is_wiped_and_not_shown() {
        fn wiped_on_drop<T: ZeroizeOnDrop>() {}
        wiped_on_drop::<RecoveryPhrase>();
        let mut phrase = encode(&Seed::from_bytes([1; 16]));
        assert_eq!(format!("{phrase:?}"), "RecoveryPhrase(…)");
        phrase.zeroize();
        assert_eq!(phrase.expose(), "");
    }

    #[test]
    fn the_longest_phrase_needs_no_second_allocation() {
        let phrase = encode(&Seed::from_bytes([0xff; 16]));
        assert_eq!(phrase.0.capacity(), 13 * 13);
    }
}
