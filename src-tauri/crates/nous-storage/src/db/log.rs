//! The write-ahead log, moved into the file by us alone, and never before its pages are clean.
//!
//! SQLite would move it by itself, after a thousand pages and when the file is closed. But the log is also
//! the list of the pages that changed, in clear: their gaps are zeroed first ([`gaps`]), in a transaction of
//! its own, and only then the log is moved. So this holds at all times, whatever ends the process: **a page
//! of the file that does not stand in the log has nothing in its gap.** Text that was erased stands in no
//! entry, on no free page (`PRAGMA secure_delete`), in no gap, and after [`empty`] in no log.
//!
//! What it costs depends on what was written only: one look at each page in the log, and one more write of
//! those where something stood. Nothing happens while nothing is written.
//!
//! Why the list is whole: all of the log's frames are read, from its first to the last one that is committed,
//! and the log begins anew only after all of it was moved. The writer is the only one who writes or moves:
//! other connections read, and leave the log alone when they are closed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::connection::keep_wal_on_close;
use super::gaps;
use crate::error::StorageError;
use crate::files::with_suffix;

/// The log is moved after so many frames.
const LONG: i64 = 1_000;

/// The log begins with so many bytes, among them the size of a page.
const HEADER: usize = 32;
const PAGE_SIZE_AT: usize = 8;
/// Each frame begins with so many bytes, first of them the page's number; then comes the page.
const FRAME_HEADER: usize = 24;

/// Keeps the log of a database short.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    /// Frames that it had when it was last dealt with.
    seen: i64,
}

impl Log {
    /// The log of the database in this file.
    pub(super) fn of(database: &Path) -> Self {
        Self {
            path: path_of(database),
            seen: 0,
        }
    }

    /// Moves the log into the file if it has become long. To be called after writes.
    ///
    /// # Errors
    /// What the disk said. The log is moved all the same, if that can be: the whole file is to be cleaned
    /// again then.
    pub(super) fn keep_short(&mut self, conn: &Connection) -> Result<(), StorageError> {
        let now = frames(conn)?;
        if now < self.seen {
            // It began anew.
            self.seen = 0;
        }
        if now - self.seen < LONG {
            return Ok(());
        }
        self.seen = now;
        let cleaned = clean(conn, &self.path);
        if cleaned.is_err() {
            gaps::start_over(conn)?;
        }
        move_into_file(conn, "PASSIVE")?;
        self.seen = frames(conn)?;
        cleaned
    }

    /// Before the last connection is closed: lets SQLite move the log into the file and remove it.
    ///
    /// # Errors
    /// What the disk said; the log stays then, and is dealt with after the next opening.
    pub(super) fn finish(&self, conn: &Connection) -> Result<(), StorageError> {
        clean(conn, &self.path)?;
        keep_wal_on_close(conn, false)
    }
}

/// Moves the whole log into the file and leaves none of its bytes; `false` if a reader was in the way.
///
/// # Errors
/// What the disk said.
pub(super) fn empty(conn: &Connection, database: &Path) -> Result<bool, StorageError> {
    clean(conn, &path_of(database))?;
    move_into_file(conn, "TRUNCATE")
}

fn path_of(database: &Path) -> PathBuf {
    with_suffix(database, "-wal")
}

/// How many frames the log has up to the last one that is committed; negative if there is no log.
fn frames(conn: &Connection) -> Result<i64, StorageError> {
    Ok(conn
        .prepare_cached("PRAGMA wal_checkpoint(NOOP)")?
        .query_row([], |row| row.get(1))?)
}

fn move_into_file(conn: &Connection, how: &str) -> Result<bool, StorageError> {
    let busy: i64 = conn.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Zeroes the gaps of all pages in the log, between two transactions.
fn clean(conn: &Connection, log: &Path) -> Result<(), StorageError> {
    let frames = frames(conn)?;
    if frames <= 0 {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    gaps::clear(&transaction, pages(log, frames)?)?;
    Ok(transaction.commit()?)
}

/// The pages in the first frames of a log.
fn pages(log: &Path, frames: i64) -> Result<BTreeSet<u32>, StorageError> {
    let mut file = BufReader::with_capacity(0x1_0000, File::open(log)?);
    let mut header = [0; HEADER];
    file.read_exact(&mut header)?;
    let page_size = four(&header[PAGE_SIZE_AT..]);
    let mut pages = BTreeSet::new();
    for _ in 0..frames {
        let mut frame = [0; FRAME_HEADER];
        file.read_exact(&mut frame)?;
        pages.insert(four(&frame));
        file.seek_relative(page_size.into())?;
    }
    Ok(pages)
}

fn four(bytes: &[u8]) -> u32 {
    bytes
        .first_chunk()
        .map_or(0, |four: &[u8; 4]| u32::from_be_bytes(*four))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::db::{Mode, open_connection};
    use crate::secret::DatabaseKey;

    fn open(path: &Path) -> Connection {
        let conn = open_connection(path, &DatabaseKey::from_bytes([7; 32]), Mode::Create).unwrap();
        crate::db::adopt(&conn).unwrap();
        conn.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT;")
            .unwrap();
        conn
    }

    /// Busy, the frames of the log, and how many of them stand in the file.
    fn standing(conn: &Connection) -> (i64, i64, i64) {
        conn.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap()
    }

    fn write(conn: &Connection, rows: u32) {
        let sql = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?1)
                   INSERT INTO t (a) SELECT hex(zeroblob(1500)) FROM n";
        conn.execute(sql, [rows]).unwrap();
    }

    #[test]
    fn a_look_at_the_log_moves_nothing_and_only_a_long_one_is_moved() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let conn = open(&path);
        let mut log = Log::of(&path);
        write(&conn, 500);
        let before = standing(&conn);
        assert!(before.1 > 500 && before.2 == 0, "{before:?}");
        log.keep_short(&conn).unwrap();
        assert_eq!(standing(&conn), before, "it is not long yet");
        write(&conn, 600);
        log.keep_short(&conn).unwrap();
        let after = standing(&conn);
        assert!(after.1 > 1_100 && after.1 == after.2, "{after:?}");
        write(&conn, 1);
        log.keep_short(&conn).unwrap();
        let anew = standing(&conn);
        assert!(anew.1 < 100 && anew.2 == 0, "{anew:?}");
        assert_eq!(empty(&conn, &path), Ok(true));
        assert_eq!(path_of(&path).metadata().unwrap().len(), 0);
        assert_eq!(empty(&conn, &path), Ok(true), "again");
    }

    #[test]
    fn the_pages_of_the_log_are_told_by_its_frames() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let conn = open(&path);
        empty(&conn, &path).unwrap();
        write(&conn, 1);
        let frames = frames(&conn).unwrap();
        let pages = pages(&path_of(&path), frames).unwrap();
        let count: u32 = conn.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        assert!(i64::try_from(pages.len()).unwrap() <= frames);
        assert!(pages.iter().all(|page| (1..=count).contains(page)), "{pages:?}");
    }

    #[test]
    fn a_log_that_was_not_cleaned_outlives_its_connection_and_a_clean_one_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let conn = open(&path);
        write(&conn, 3);
        conn.close().unwrap();
        assert!(path_of(&path).metadata().unwrap().len() > 0);
        let conn = open_connection(&path, &DatabaseKey::from_bytes([7; 32]), Mode::Create).unwrap();
        crate::db::adopt(&conn).unwrap();
        Log::of(&path).finish(&conn).unwrap();
        conn.close().unwrap();
        assert!(!path_of(&path).exists());
    }
}
