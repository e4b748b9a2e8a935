//! Pages of the file that hold nothing: counted, and given back to the disk in portions.
//!
//! A file gives pages back if it was made for it. New files are; one of an older version is written
//! anew with the update that changes its schema, where all of it is copied in any case and nobody
//! waits for the writer yet. A file that is too large for that keeps its free pages and uses them
//! again.

use rusqlite::Connection;
use rusqlite::types::{FromSql as _, ValueRef};

use super::access::Reader;
use super::handle::Database;
use crate::error::StorageError;

/// A larger file is not written anew: its copy is made in memory.
const MOST_REWRITTEN: u64 = 128 * 1024 * 1024;
/// What `PRAGMA auto_vacuum` answers of a file that gives pages back when it is asked to.
const INCREMENTAL: u64 = 2;
/// So many free pages are always kept: they are used again soon.
const KEPT: u64 = 256;
/// And of a large file one page in so many.
const KEPT_PART: u64 = 16;

/// How much of the database holds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Pages of the file.
    pub pages: u64,
    /// Those that hold nothing.
    pub free: u64,
    /// Bytes of a page.
    pub page_bytes: u64,
    /// Whether the file gives pages back.
    pub gives_back: bool,
}

impl Space {
    /// Bytes of the pages that hold nothing.
    #[must_use]
    pub const fn free_bytes(&self) -> u64 {
        self.free.saturating_mul(self.page_bytes)
    }

    /// How many pages are to be given back: none before it is worth it.
    #[must_use]
    pub fn surplus(&self) -> u64 {
        let kept = KEPT.max(self.pages / KEPT_PART);
        if self.gives_back && self.free > kept.saturating_mul(2) {
            self.free - kept
        } else {
            0
        }
    }
}

/// How much of the database holds something, as of now.
///
/// # Errors
/// What the database said.
pub fn space(reader: &Reader<'_>) -> Result<Space, StorageError> {
    measure(reader.conn())
}

fn measure(conn: &Connection) -> Result<Space, StorageError> {
    let number = |name: &str| -> rusqlite::Result<u64> {
        conn.query_row(&format!("PRAGMA {name}"), [], |row| match row.get_ref(0)? {
            // SQLCipher says the size of a page as a text.
            ValueRef::Text(text) => Ok(String::from_utf8_lossy(text).parse().unwrap_or_default()),
            found => Ok(i64::column_result(found)?.unsigned_abs()),
        })
    };
    Ok(Space {
        pages: number("page_count")?,
        free: number("freelist_count")?,
        page_bytes: number("page_size")?,
        gives_back: number("auto_vacuum")? == INCREMENTAL,
    })
}

/// Has a file without a page give back what it will not need.
pub(crate) fn begin(conn: &Connection) -> Result<(), StorageError> {
    if measure(conn)?.pages == 0 {
        conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL;")?;
    }
    Ok(())
}

/// Writes a file of an older version anew, so that it gives pages back from now on. Blocks for a
/// second or two: before anybody waits for the writer. As one step, like any transaction.
///
/// # Errors
/// What the disk said, as that there is no room for it; the file is as it was then.
pub(crate) fn write_anew(conn: &Connection) -> Result<(), StorageError> {
    let space = measure(conn)?;
    if space.gives_back || space.pages.saturating_mul(space.page_bytes) > MOST_REWRITTEN {
        return Ok(());
    }
    Ok(conn.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;")?)
}

impl Database {
    /// Gives pages that hold nothing back to the disk, at most `most`, between two transactions: others
    /// wait no longer than for these. Nothing happens in a file that was not made for it.
    ///
    /// # Errors
    /// What the disk said.
    pub async fn give_back(&self, most: u32) -> Result<(), StorageError> {
        if most == 0 {
            // To SQLite that is all of them.
            return Ok(());
        }
        self.upkeep(move |conn| {
            let mut statement = conn.prepare(&format!("PRAGMA incremental_vacuum({most})"))?;
            let mut steps = statement.raw_query();
            // Each step is one page.
            while steps.next()?.is_some() {}
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::db::{DatabaseOptions, Mode, open_connection};
    use crate::migrations;
    use crate::secret::DatabaseKey;

    fn key() -> DatabaseKey {
        DatabaseKey::from_bytes([7; 32])
    }

    const FILLED: &str = "CREATE TABLE filled (id INTEGER PRIMARY KEY, what BLOB NOT NULL) STRICT;
        WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
        INSERT INTO filled (id, what) SELECT x, zeroblob(3000) FROM n;";

    fn bytes_of(db: &Database) -> u64 {
        std::fs::metadata(db.path()).unwrap().len()
    }

    async fn now(db: &Database) -> Space {
        db.read(space).await.unwrap()
    }

    #[tokio::test]
    async fn pages_of_what_is_gone_are_given_back_in_portions() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let db = Database::open(&path, &key(), DatabaseOptions::default()).unwrap();
        db.write(|writer| Ok(writer.conn().execute_batch(FILLED)?))
            .await
            .unwrap();
        let full = now(&db).await;
        assert!(full.gives_back && full.surplus() == 0, "{full:?}");
        db.write(|writer| {
            let gone = "DELETE FROM filled WHERE id % 10 <> 0";
            Ok(writer.conn().execute_batch(gone)?)
        })
        .await
        .unwrap();
        let freed = now(&db).await;
        assert!(freed.surplus() > 1_000, "{freed:?}");
        db.give_back(100).await.unwrap();
        let first = now(&db).await;
        assert_eq!(first.free, freed.free - 100);
        db.give_back(0).await.unwrap();
        assert_eq!(now(&db).await, first);
        for _ in 0..first.surplus().div_ceil(100) {
            db.give_back(100).await.unwrap();
        }
        assert_eq!(now(&db).await.surplus(), 0);
        let left = db.read(|reader| {
            let sql = "SELECT count(*) FROM filled WHERE length(what) = 3000";
            Ok(reader.conn().query_row(sql, [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(left.await.unwrap(), 300);
        db.close().await;
        assert!(bytes_of(&db) < full.pages * full.page_bytes / 2);
    }

    #[test]
    fn a_file_of_an_older_version_is_written_anew_with_all_its_rows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("nous.db");
        let mut conn = open_connection(&path, &key(), Mode::Create).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL;").unwrap();
        migrations::migrate(&mut conn).unwrap();
        conn.execute_batch(FILLED).unwrap();
        assert!(!measure(&conn).unwrap().gives_back);
        write_anew(&conn).unwrap();
        assert!(measure(&conn).unwrap().gives_back);
        conn.close().unwrap();
        let conn = open_connection(&path, &key(), Mode::Read).unwrap();
        assert!(measure(&conn).unwrap().gives_back, "it stays so");
        let sql = "SELECT count(*) FROM filled WHERE length(what) = 3000";
        let rows: i64 = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 3_000);
        assert_eq!(crate::db::is_sound(&conn), Ok(true));
    }

    #[test]
    fn a_few_free_pages_are_kept() {
        let space = |pages, free| Space {
            pages,
            free,
            page_bytes: 4_096,
            gives_back: true,
        };
        assert_eq!(space(1_000, 500).surplus(), 0);
        assert_eq!(space(1_000, 600).surplus(), 344);
        assert_eq!(space(160_000, 15_000).surplus(), 0);
        assert_eq!(space(160_000, 25_000).surplus(), 15_000);
        let fixed = Space {
            gives_back: false,
            ..space(1_000, 900)
        };
        assert_eq!(fixed.surplus(), 0);
    }
}
