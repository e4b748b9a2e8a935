//! What FTS5 keeps in its tables, as far as has to be known to leave no trace of a word.
//!
//! `%_data` holds the pages of *segments*, in which words stand in order, and under number 10 the list of
//! the segments, by levels. A merge of a level is done by and by: its first segments are read, up to a page
//! each, and what was read is in a new segment on the next level. `%_idx` tells on which page a search
//! for a word begins.
//!
//! Source: the comments on the format of records in FTS5 (`fts5_index.c`).

use rusqlite::Connection;

use crate::error::StorageError;

/// The number of the list of segments in `%_data`.
const LIST: i64 = 10;
/// Before the list stands a number of four bytes.
const COOKIE: usize = 4;
/// Then it begins so in tables of another kind.
const OTHER_KIND: [u8; 4] = [0xff, 0, 0, 1];
/// A page's number in `%_data` is its segment's number times two to this, and its own.
const PAGE_BITS: u32 = 37;

/// A part of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its number.
    pub(super) number: i64,
    /// A merge has taken all that it held; it is not read any more.
    pub(super) is_used_up: bool,
}

impl Segment {
    /// The number of one of its pages in `%_data`.
    pub(super) const fn page(segment: i64, page: i64) -> i64 {
        (segment << PAGE_BITS) + page
    }
}

/// Segments of about the same age.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Level {
    /// So many of the first ones are being merged into the last one of the next level.
    pub(super) merging: usize,
    pub(super) segments: Vec<Segment>,
}

/// The levels of the index, the newest first; `None` if they stand there in a way that is not known.
///
/// # Errors
/// What the database said.
pub(super) fn levels(conn: &Connection) -> Result<Option<Vec<Level>>, StorageError> {
    let mut statement = conn.prepare_cached("SELECT block FROM message_words_data WHERE id = ?1")?;
    Ok(statement.query_row([LIST], |row| Ok(levels_in(row.get_ref(0)?.as_blob()?)))?)
}

fn levels_in(list: &[u8]) -> Option<Vec<Level>> {
    let list = list.get(COOKIE..)?;
    if list.starts_with(&OTHER_KIND) {
        return None;
    }
    let mut numbers = Numbers(list);
    let count = numbers.next()?;
    let (_segments, _written) = (numbers.next()?, numbers.next()?);
    let mut levels = Vec::new();
    for _ in 0..count {
        let merging = usize::try_from(numbers.next()?).ok()?;
        let mut segments = Vec::new();
        for _ in 0..numbers.next()? {
            let (number, first, _last) = (numbers.next()?, numbers.next()?, numbers.next()?);
            segments.push(Segment {
                number: i64::try_from(number).ok()?,
                is_used_up: first == 0,
            });
        }
        levels.push(Level { merging, segments });
    }
    Some(levels)
}

/// How the words of a page begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning<'p> {
    /// No word begins there.
    Nothing,
    /// The first word that does, with the sign for what it is an entry of.
    Word(&'p [u8]),
    /// The page is not as it should be.
    Unknown,
}

/// How the words of a page begin.
pub(super) fn beginning(page: &[u8]) -> Beginning<'_> {
    let [_, _, high, low, ..] = page else {
        return Beginning::Unknown;
    };
    // Behind the words stands where each of them begins.
    match page.get(usize::from(u16::from_be_bytes([*high, *low]))..) {
        Some([]) => Beginning::Nothing,
        Some(places) => first_word(page, places).map_or(Beginning::Unknown, Beginning::Word),
        None => Beginning::Unknown,
    }
}

fn first_word<'p>(page: &'p [u8], places: &[u8]) -> Option<&'p [u8]> {
    let place = usize::try_from(Numbers(places).next()?).ok()?;
    let mut rest = Numbers(page.get(place..)?);
    let length = usize::try_from(rest.next()?).ok()?;
    rest.0.get(..length)
}

/// Numbers as SQLite writes them: seven bits a byte, the last one says so.
struct Numbers<'b>(&'b [u8]);

impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut number = 0;
        for at in 0..9 {
            let byte = *self.0.get(at)?;
            let is_last = byte & 0x80 == 0 || at == 8;
            number = if at == 8 {
                (number << 8) | u64::from(byte)
            } else {
                (number << 7) | u64::from(byte & 0x7f)
            };
            if is_last {
                self.0 = self.0.get(at + 1..)?;
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_sqlite_writes_them() {
        let all: Vec<u64> = Numbers(&[0, 0x7f, 0x81, 0, 0x83, 0x17]).collect();
        assert_eq!(all, [0, 127, 128, 407]);
        assert_eq!(Numbers(&[0xff; 9]).next(), Some(u64::MAX));
        assert_eq!(Numbers(&[0x81]).next(), None);
    }

    #[test]
    fn segments_are_listed_by_levels() {
        let list = [
            0, 0, 0, 9, 2, 3, 0x82, 0x2c, 2, 2, 7, 0, 0, 0x81, 3, 2, 9, 0, 1, 12, 1, 4,
        ];
        let segment = |number, is_used_up| Segment { number, is_used_up };
        let levels = levels_in(&list).unwrap_or_default();
        let expected = [
            Level {
                merging: 2,
                segments: vec![segment(7, true), segment(131, false)],
            },
            Level {
                merging: 0,
                segments: vec![segment(12, false)],
            },
        ];
        assert_eq!(levels, expected);
        assert_eq!(levels_in(&[0, 0, 0, 0, 0, 0, 0]), Some(Vec::new()));
        assert_eq!(levels_in(&list[..20]), None);
        assert_eq!(levels_in(&[0, 0, 0, 0, 0xff, 0, 0, 1, 0, 0, 0]), None);
    }

    #[test]
    fn a_page_tells_its_first_word() {
        let page = [0, 0, 0, 12, 3, b'0', b'a', b'b', 9, 1, 1, b'c', 4, 6];
        assert_eq!(beginning(&page), Beginning::Word(b"0ab"));
        let goes_on = [0, 4, 0, 12, 5, 6, 7, 3, b'0', b'x', b'y', 9, 7];
        assert_eq!(beginning(&goes_on), Beginning::Word(b"0xy"));
        assert_eq!(beginning(&[0, 4, 0, 6, 5, 6]), Beginning::Nothing);
        for damaged in [
            &[0, 0, 0][..],
            &[0, 0, 0, 9, 1],
            &[0, 0, 0, 4, 0x99],
            &[0, 0, 0, 5, 9, 4],
        ] {
            assert_eq!(beginning(damaged), Beginning::Unknown, "{damaged:?}");
        }
    }
}
