//! The list of words, and how a word is found by its first three letters.

use std::sync::LazyLock;

/// How many words there are.
pub(super) const COUNT: u32 = 1626;

static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("english.txt").lines().collect());

/// The word at a place of the list; empty beyond its end.
pub(super) fn word(index: u32) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| LIST.get(index))
        .copied()
        .unwrap_or_default()
}

/// All words, in order.
pub(super) fn all() -> &'static [&'static str] {
    &LIST
}

/// The first three letters of a text, if it has as many.
pub(super) fn prefix(text: &str) -> Option<&str> {
    text.char_indices()
        .nth(2)
        .and_then(|(at, last)| text.get(..at.checked_add(last.len_utf8())?))
}

/// The three letters that identify the word at a place.
pub(super) fn prefix_of(index: u32) -> &'static str {
    prefix(word(index)).unwrap_or_default()
}

/// The place of the word with the same first three letters as `text`, which is lower-case.
pub(super) fn find(text: &str) -> Option<u32> {
    let wanted = prefix(text)?;
    let found = LIST
        .binary_search_by(|word| prefix(word).unwrap_or(word).cmp(wanted))
        .ok()?;
    u32::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_its_prefixes_are_unique() {
        assert_eq!(u32::try_from(LIST.len()), Ok(COUNT));
        assert!(LIST.windows(2).all(|pair| prefix(pair[0]) < prefix(pair[1])));
        assert!(
            LIST.iter()
                .all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        );
        assert!(LIST.iter().all(|word| (3..=12).contains(&word.len())));
    }

    #[test]
    fn every_word_is_found_by_itself_and_by_its_prefix() {
        for (index, word) in LIST.iter().enumerate() {
            let index = u32::try_from(index).ok();
            assert_eq!(find(word), index);
            assert_eq!(find(prefix(word).unwrap_or_default()), index);
        }
    }
}
