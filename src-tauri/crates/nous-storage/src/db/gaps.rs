//! What stands between the entries of a page, made zeros.
//!
//! `PRAGMA secure_delete` zeroes an entry that is deleted and a page that becomes free. It misses copies:
//! when SQLite shares the entries of a page out among its neighbours, it writes the page anew from its end
//! and leaves what stood before, so that entries which live on another page now still stand in the gap
//! between the list of the entries and the entries. Deleted, they are zeroed over there only. Here every gap
//! is zeroed, of each page that changed before its change leaves the log ([`log`](super::log)), and of
//! all pages of a file that this was never done to.
//!
//! Pages are read and written as a whole, by the table `sqlite_dbpage`, in a transaction like any other. Only
//! the gap changes, where SQLite itself says that nothing stands. Which pages have one, they tell:
//! - A page of a tree begins with 2, 5, 10 or 13.
//! - A page of what is too long for an entry, or of the list of free pages, begins with the number of
//!   another page: its first byte is 0 or 1 in a file of less than 2²⁵ pages, and larger ones are refused.
//! - Pages that tell where others belong (`auto_vacuum`) stand at known places, and are left out.
//! - A free page may begin with anything and is never read: zeros do no harm to it.
//!
//! A page whose list does not agree with its entries is damaged, and stays as it is.
//!
//! The other ways cost more: `VACUUM` writes the whole file for one message, twice, while everybody waits;
//! `REINDEX` leaves the same copies on the pages between root and leaves.
//!
//! Source: the file format of SQLite, §1.5 to §1.8.

use std::ops::{Range, RangeInclusive};

use rusqlite::{Connection, OptionalExtension};

use super::access::Writer;
use crate::error::StorageError;
use crate::settings;

const _: () = assert!(
    has_page_table(option_env!("LIBSQLITE3_FLAGS")),
    "SQLite is built without `sqlite_dbpage`: build inside the repository, `.cargo/config.toml` asks for it"
);

/// Whether SQLite is built with its table of pages.
const fn has_page_table(flags: Option<&str>) -> bool {
    let Some(flags) = flags else { return false };
    let (flags, wanted) = (flags.as_bytes(), b"SQLITE_ENABLE_DBPAGE_VTAB");
    let mut from = 0;
    while from + wanted.len() <= flags.len() {
        let mut same = 0;
        while same < wanted.len() && flags[from + same] == wanted[same] {
            same += 1;
        }
        if same == wanted.len() {
            return true;
        }
        from += 1;
    }
    false
}

/// The setting with the number of pages from the first one on whose gaps were never zeroed.
const LEFT: &str = "pages.left";
/// So many pages are looked at in one transaction: a few milliseconds.
const PORTION: u32 = 512;

/// The header of the file stands before the first page's own.
const FILE_HEADER: usize = 100;
/// Where in it stands how many bytes of each page belong to the encryption.
const RESERVED_AT: usize = 20;
/// Where in it stands how many pages the file has.
const PAGES_AT: usize = 28;
/// Where in it stands something else than 0 if there are pages that tell where others belong.
const MAPPED_AT: usize = 52;
/// Such a page has so many bytes for each page that it tells of.
const MAP_ENTRY: usize = 5;
/// The page with this byte is never used: locks are put on it.
const LOCK_BYTE: usize = 0x4000_0000;
/// From so many pages on, a page's number may begin with the byte of a page of a tree.
const MOST_PAGES: u32 = 1 << 25;
/// An entry has at least so many bytes.
const SHORTEST_ENTRY: usize = 4;

/// How the pages of a file are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    /// Bytes of a page that SQLite uses.
    used: usize,
    /// One page in so many tells where the others belong.
    mapped: Option<u32>,
    /// The page that is never used.
    locked: u32,
}

impl Layout {
    /// `None` if this is not the first page of a file that can be dealt with.
    fn of(first: &[u8]) -> Option<Self> {
        let used = first.len().checked_sub(usize::from(*first.get(RESERVED_AT)?))?;
        if number_of_four(first, PAGES_AT)? >= MOST_PAGES {
            return None;
        }
        let is_mapped = number_of_four(first, MAPPED_AT)? != 0;
        let pages_of_map = u32::try_from(used / MAP_ENTRY + 1).ok()?;
        Some(Self {
            used,
            mapped: is_mapped.then_some(pages_of_map),
            locked: u32::try_from(LOCK_BYTE.checked_div(first.len())? + 1).ok()?,
        })
    }

    /// Whether this page tells where others belong.
    fn is_map(self, page: u32) -> bool {
        let Some(every) = self.mapped else { return false };
        let Some(behind_first) = page.checked_sub(2) else {
            return false;
        };
        let place = behind_first / every * every + 2;
        page == place + u32::from(place == self.locked)
    }

    /// Where the gap of a page is; `None` if it has none.
    fn gap(self, page: u32, bytes: &[u8]) -> Option<Range<usize>> {
        if self.is_map(page) || page == self.locked {
            return None;
        }
        let header = if page == 1 { FILE_HEADER } else { 0 };
        let list = header
            + match *bytes.get(header)? {
                10 | 13 => 8,
                2 | 5 => 12,
                _ => return None,
            };
        let entries = number_of_two(bytes, header + 3)?;
        let begin = match number_of_two(bytes, header + 5)? {
            0 => 0x1_0000,
            begin => begin,
        };
        let end = list + 2 * entries;
        let is_sound = end <= begin && begin <= self.used;
        let places = bytes.get(list..end)?.chunks_exact(2);
        let last = self.used.checked_sub(SHORTEST_ENTRY)?;
        let are_behind = places
            .map(|place| usize::from(u16::from_be_bytes([place[0], place[1]])))
            .all(|place| (begin..=last).contains(&place));
        (is_sound && are_behind).then_some(end..begin)
    }

    /// The page with nothing in its gap; `None` if it is so already.
    fn cleared(self, page: u32, bytes: &[u8]) -> Option<Vec<u8>> {
        let gap = self.gap(page, bytes)?;
        if bytes.get(gap.clone())?.iter().all(|byte| *byte == 0) {
            return None;
        }
        let mut bytes = bytes.to_vec();
        bytes.get_mut(gap)?.fill(0);
        Some(bytes)
    }
}

fn number_of_two(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*two).into())
}

fn number_of_four(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*four))
}

/// Zeroes the gaps of some pages in the transaction that is open; answers how many had something in them.
/// Numbers of pages that are not there do nothing.
///
/// # Errors
/// What the database said.
pub(super) fn clear(conn: &Connection, pages: impl IntoIterator<Item = u32>) -> Result<usize, StorageError> {
    let mut look = conn.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
    let first = look.query_row([1], |row| Ok(Layout::of(row.get_ref(0)?.as_blob()?)));
    let layout = match first.optional()? {
        // A file without a page.
        None => return Ok(0),
        Some(layout) => layout.ok_or_else(|| StorageError::Bug {
            what: "a file whose pages cannot be told apart".into(),
        })?,
    };
    let mut write = conn.prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?;
    let mut count = 0;
    for page in pages {
        let cleared = look.query_row([page], |row| Ok(layout.cleared(page, row.get_ref(0)?.as_blob()?)));
        if let Some(bytes) = cleared.optional()?.flatten() {
            write.execute((page, bytes))?;
            count += 1;
        }
    }
    Ok(count)
}

/// Zeroes the gaps of all pages of a file that nobody else has open.
///
/// # Errors
/// What the database said; nothing is changed then.
pub(crate) fn clear_all(conn: &Connection) -> Result<(), StorageError> {
    let transaction = conn.unchecked_transaction()?;
    clear(&transaction, 1..=page_count(&transaction)?)?;
    Ok(transaction.commit()?)
}

/// Zeroes the gaps of a portion of the pages that this was never done to, from the last page to the first;
/// answers whether some are left. Those that change meanwhile are dealt with by the log.
///
/// # Errors
/// What the database said.
pub(super) fn clear_some(writer: &mut Writer<'_>) -> Result<bool, StorageError> {
    let left = match settings::get(&writer.reader(), LEFT)? {
        Some(0) => return Ok(false),
        Some(left) => left,
        None => page_count(writer.conn())?,
    };
    let pages = last_of(left);
    let rest = pages.start() - 1;
    clear(writer.conn(), pages)?;
    settings::set(writer, LEFT, &rest)?;
    Ok(rest > 0)
}

/// The last portion of so many pages.
fn last_of(left: u32) -> RangeInclusive<u32> {
    left.saturating_sub(PORTION) + 1..=left
}

/// Pages left the log as they were: all have to be looked at again.
///
/// # Errors
/// What the database said.
pub(super) fn start_over(conn: &Connection) -> Result<(), StorageError> {
    conn.prepare_cached("DELETE FROM settings WHERE key = ?1")?
        .execute([LEFT])?;
    Ok(())
}

fn page_count(conn: &Connection) -> Result<u32, StorageError> {
    Ok(conn.query_row("PRAGMA page_count", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::db::{Mode, is_sound, open_connection};
    use crate::secret::DatabaseKey;

    const USED: usize = 4_016;

    fn layout(mapped: Option<u32>) -> Layout {
        Layout {
            used: USED,
            mapped,
            locked: 262_145,
        }
    }

    /// A page of a tree with these entries, and rests of others everywhere else.
    fn page(kind: u8, header: usize, places: &[u16]) -> Vec<u8> {
        let mut bytes = vec![0xee; 4_096];
        let begin = places
            .iter()
            .min()
            .copied()
            .unwrap_or(u16::try_from(USED).unwrap());
        let list = header + if kind > 5 { 8 } else { 12 };
        bytes[header] = kind;
        bytes[header + 3..header + 5].copy_from_slice(&u16::try_from(places.len()).unwrap().to_be_bytes());
        bytes[header + 5..header + 7].copy_from_slice(&begin.to_be_bytes());
        for (at, place) in places.iter().enumerate() {
            bytes[list + 2 * at..list + 2 * at + 2].copy_from_slice(&place.to_be_bytes());
        }
        bytes
    }

    #[test]
    fn the_gap_stands_between_the_list_and_the_entries() {
        let gap = |kind, page_number, places: &[u16]| {
            let header = if page_number == 1 { 100 } else { 0 };
            layout(None).gap(page_number, &page(kind, header, places))
        };
        assert_eq!(gap(13, 7, &[4_000, 3_900]), Some(12..3_900));
        assert_eq!(gap(10, 7, &[4_000, 3_900, 3_950]), Some(14..3_900));
        assert_eq!(gap(5, 7, &[3_000]), Some(14..3_000));
        assert_eq!(gap(2, 7, &[]), Some(12..USED));
        assert_eq!(gap(13, 1, &[4_000]), Some(110..4_000));
    }

    #[test]
    fn pages_that_are_no_part_of_a_tree_or_damaged_have_no_gap() {
        let without = |page_number, bytes: &[u8]| layout(Some(804)).gap(page_number, bytes).is_none();
        for first in [0, 1, 3, 4, 6, 14, 0xff] {
            assert!(without(7, &page(first, 0, &[4_000])), "{first}");
        }
        // Pages that tell where others belong begin with 2 or 5, too.
        for map in [2, 806, 1_610] {
            assert!(without(map, &page(5, 0, &[4_000])), "{map}");
            assert!(!without(map + 1, &page(5, 0, &[4_000])));
        }
        assert!(without(262_145, &page(5, 0, &[4_000])), "locks");
        assert!(without(7, &page(13, 0, &[4_013])), "behind what is used");
        let mut before = page(13, 0, &[4_000, 3_900]);
        before[8..10].copy_from_slice(&100_u16.to_be_bytes());
        assert!(without(7, &before), "an entry in the gap");
        let mut crossed = page(13, 0, &[4_000]);
        crossed[3..5].copy_from_slice(&3_000_u16.to_be_bytes());
        assert!(without(7, &crossed), "a list that reaches into the entries");
        assert!(without(7, &[13, 0, 0]), "a piece of a page");
    }

    #[test]
    fn only_the_gap_is_changed_and_only_if_something_stands_there() {
        let before = page(13, 0, &[4_000, 3_900]);
        let after = layout(None).cleared(7, &before).unwrap();
        assert!(after[12..3_900].iter().all(|byte| *byte == 0));
        assert_eq!((&after[..12], &after[3_900..]), (&before[..12], &before[3_900..]));
        assert_eq!(layout(None).cleared(7, &after), None);
    }

    #[test]
    fn a_file_of_more_pages_than_can_be_told_apart_is_refused() {
        let mut first = vec![0; 4_096];
        first[RESERVED_AT] = 80;
        assert_eq!(Layout::of(&first), Some(layout(None)));
        first[MAPPED_AT + 3] = 9;
        assert_eq!(Layout::of(&first), Some(layout(Some(804))));
        first[PAGES_AT] = 2;
        assert_eq!(Layout::of(&first), None);
        assert_eq!(Layout::of(&[0; 20]), None);
    }

    #[test]
    fn the_whole_of_a_file_is_looked_at_in_portions_from_its_end() {
        assert_eq!(last_of(1_300), 789..=1_300);
        assert_eq!(last_of(788), 277..=788);
        assert_eq!(last_of(276), 1..=276);
        assert!(has_page_table(Some("-DA -DSQLITE_ENABLE_DBPAGE_VTAB")));
        assert!(!has_page_table(Some("-DSQLITE_ENABLE_DBPAGE")) && !has_page_table(None));
    }

    /// Entries move among pages while some grow and go; each says a word of its own, many times.
    #[test]
    fn copies_of_entries_that_moved_are_gone_and_the_entries_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pages.db");
        let conn = open_connection(&path, &DatabaseKey::from_bytes([7; 32]), Mode::Copy).unwrap();
        conn.execute_batch(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT;
             CREATE INDEX t_by_a ON t (a);
             WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)
             INSERT INTO t SELECT x, hex(x * 7919 % 2003) || replace(hex(zeroblob(20)), '00', 'word') FROM n;
             UPDATE t SET a = a || a || a WHERE id % 5 = 0;
             DELETE FROM t WHERE id % 3 = 0;",
        )
        .unwrap();
        let all = "SELECT group_concat(id || a) FROM (SELECT id, a FROM t ORDER BY a)";
        let before: String = conn.query_row(all, [], |row| row.get(0)).unwrap();
        clear_all(&conn).unwrap();
        assert_eq!(
            clear(&conn, 1..=page_count(&conn).unwrap()),
            Ok(0),
            "nothing is left to do"
        );
        assert_eq!(
            conn.query_row(all, [], |row| row.get::<_, String>(0)).unwrap(),
            before
        );
        assert_eq!(is_sound(&conn), Ok(true));
        conn.execute_batch("DELETE FROM t WHERE id % 2 = 0;").unwrap();
        clear_all(&conn).unwrap();
        assert_eq!(is_sound(&conn), Ok(true));
    }
}
