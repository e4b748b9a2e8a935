//! The threads and transactions, with SQL that the public surface does not offer.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::Duration;

use super::*;
use crate::error::StorageError;
use crate::secret::DatabaseKey;

/// A call that is under way.
type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), StorageError>> + 'a>>;

struct Fixture {
    db: Database,
    folder: tempfile::TempDir,
}

fn key() -> DatabaseKey {
    DatabaseKey::from_bytes([7; 32])
}

fn open() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(&folder.path().join("nous.db"), &key(), DatabaseOptions::default()).unwrap();
    Fixture { db, folder }
}

fn put(w: &Writer<'_>, key: &str) -> Result<(), StorageError> {
    w.conn()
        .execute("INSERT INTO settings (key, value) VALUES (?1, '1')", [key])?;
    Ok(())
}

async fn keys(db: &Database) -> Vec<String> {
    db.read(|r| {
        let mut statement = r.conn().prepare("SELECT key FROM settings ORDER BY key")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
    .await
    .unwrap()
}

async fn pragma(db: &Database, name: &'static str) -> String {
    db.upkeep(move |conn| {
        Ok(conn.query_row(&format!("PRAGMA {name}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        })?)
    })
    .await
    .map(|value| format!("{value:?}"))
    .unwrap()
}

/// Polls each future once, so that all of them are queued.
async fn queue<F: Future>(futures: Vec<F>) -> Vec<Pin<Box<F>>> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        for future in &mut pinned {
            assert!(future.as_mut().poll(cx).is_pending());
        }
        Poll::Ready(())
    })
    .await;
    pinned
}

/// Holds the writer up until the sender is used or dropped.
async fn hold(db: &Database) -> (mpsc::SyncSender<()>, Outcome<'static>) {
    let (release, wait) = mpsc::sync_channel::<()>(1);
    let (started, running) = tokio::sync::oneshot::channel();
    let db = db.clone();
    let mut held: Outcome<'static> = Box::pin(async move {
        db.upkeep(move |_| {
            started.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        })
        .await
    });
    let mut running = running;
    std::future::poll_fn(|cx| {
        assert!(held.as_mut().poll(cx).is_pending());
        Pin::new(&mut running).poll(cx).map(|_| ())
    })
    .await;
    (release, held)
}

#[tokio::test]
async fn connections_have_the_settings_of_the_design() {
    let f = open();
    for (name, value) in [
        ("journal_mode", "Text(\"wal\")"),
        ("synchronous", "Integer(1)"),
        ("foreign_keys", "Integer(1)"),
        ("secure_delete", "Integer(1)"),
        ("temp_store", "Integer(2)"),
        ("wal_autocheckpoint", "Integer(0)"),
    ] {
        assert_eq!(pragma(&f.db, name).await, value, "{name}");
    }
    let mapped = f.db.upkeep(|conn| {
        Ok(conn
            .query_row("PRAGMA mmap_size", [], |row| row.get::<_, i64>(0))
            .unwrap_or(0))
    });
    assert_eq!(mapped.await.unwrap(), 0);
}

#[tokio::test]
async fn a_durable_write_is_synchronised_fully_and_only_it() {
    let f = open();
    let read = |w: &mut Writer<'_>| {
        Ok(w.conn()
            .query_row("PRAGMA synchronous", [], |row| row.get::<_, i64>(0))?)
    };
    assert_eq!(f.db.write_durable(read).await.unwrap(), 2);
    assert_eq!(f.db.write(read).await.unwrap(), 1);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let f = open();
    let refused = f.db.read(|r| {
        r.conn()
            .execute("INSERT INTO settings (key, value) VALUES ('a', '1')", [])?;
        Ok(())
    });
    assert_eq!(refused.await, Err(StorageError::ReadOnly));
    assert!(keys(&f.db).await.is_empty());
}

#[tokio::test]
async fn waiting_writes_share_one_transaction() {
    let f = open();
    let commits = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&commits);
    f.db.upkeep(move |conn| {
        let count = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            false
        };
        Ok(conn.commit_hook(Some(count))?)
    })
    .await
    .unwrap();
    let (release, held) = hold(&f.db).await;
    let queued = queue(
        (0..20)
            .map(|n| f.db.write(move |w| put(w, &format!("k{n:02}"))))
            .collect(),
    )
    .await;
    release.send(()).unwrap();
    held.await.unwrap();
    for write in queued {
        write.await.unwrap();
    }
    assert_eq!(keys(&f.db).await.len(), 20);
    assert_eq!(commits.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failed_write_in_a_group_harms_no_other() {
    let f = open();
    let (release, held) = hold(&f.db).await;
    let names = ["a", "b", "a", "c"];
    let queued = queue(
        names
            .into_iter()
            .map(|name| f.db.write(move |w| put(w, name)))
            .collect(),
    )
    .await;
    release.send(()).unwrap();
    held.await.unwrap();
    let mut outcomes = Vec::new();
    for write in queued {
        outcomes.push(write.await.is_ok());
    }
    assert_eq!(outcomes, [true, true, false, true]);
    assert_eq!(keys(&f.db).await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_failed_closure_leaves_nothing_behind() {
    let f = open();
    let failed: Result<(), _> = f.db.write(|w| put(w, "a").and(Err(StorageError::NotFound))).await;
    assert_eq!(failed, Err(StorageError::NotFound));
    assert!(keys(&f.db).await.is_empty());
}

#[tokio::test]
async fn a_write_happens_even_if_nobody_waits() {
    let f = open();
    let (release, held) = hold(&f.db).await;
    drop(queue(vec![f.db.write(|w| put(w, "a"))]).await);
    release.send(()).unwrap();
    held.await.unwrap();
    f.db.write(|w| put(w, "b")).await.unwrap();
    assert_eq!(keys(&f.db).await, ["a", "b"]);
}

#[tokio::test]
async fn a_read_sees_one_moment() {
    let f = open();
    let (release, wait) = mpsc::sync_channel::<()>(1);
    let (started, running) = tokio::sync::oneshot::channel();
    let mut read = Box::pin(f.db.read(move |r| {
        let count = || {
            r.conn()
                .query_row("SELECT count(*) FROM settings", [], |row| row.get::<_, i64>(0))
        };
        let before = count()?;
        started.send(()).unwrap();
        wait.recv().unwrap();
        Ok((before, count()?))
    }));
    tokio::select! {
        _ = &mut read => panic!("the read waits for us"),
        _ = running => {}
    }
    f.db.write(|w| put(w, "a")).await.unwrap();
    release.send(()).unwrap();
    assert_eq!(read.await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_panic_in_a_write_ends_the_writer_and_is_announced() {
    let f = open();
    let mut health = f.db.health();
    let (release, held) = hold(&f.db).await;
    let writes: Vec<Outcome<'_>> = vec![
        Box::pin(f.db.write(|w| put(w, "a"))),
        Box::pin(f.db.write(|_| panic!("a bug"))),
    ];
    let queued = queue(writes).await;
    release.send(()).unwrap();
    held.await.unwrap();
    for write in queued {
        assert_eq!(write.await, Err(StorageError::WriterGone));
    }
    health
        .wait_for(|health| *health == Health::WriterGone)
        .await
        .unwrap();
    assert_eq!(f.db.write(|w| put(w, "b")).await, Err(StorageError::WriterGone));
    assert!(
        keys(&f.db).await.is_empty(),
        "nothing of the group was kept, and reading goes on"
    );
}

#[tokio::test]
async fn a_panic_in_a_read_is_an_error_of_that_read_only() {
    let f = open();
    for _ in 0..5 {
        let failed: Result<(), _> = f.db.read(|_| panic!("a bug")).await;
        assert!(matches!(failed, Err(StorageError::Bug { .. })));
    }
    assert!(keys(&f.db).await.is_empty());
}

#[tokio::test]
async fn a_full_disk_is_typed_and_the_database_works_after() {
    let f = open();
    f.db.write(|w| put(w, "before")).await.unwrap();
    let pages = f.db.upkeep(|conn| {
        let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        conn.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |_| Ok(()))?;
        Ok(())
    });
    pages.await.unwrap();
    let large = |w: &mut Writer<'_>| {
        let state = vec![1_u8; 100_000];
        w.conn().execute(
            "INSERT INTO network_state (network, state, saved_ms) VALUES ('n', ?1, 0)",
            [state],
        )?;
        Ok(())
    };
    assert_eq!(f.db.write(large).await, Err(StorageError::DiskFull));
    f.db.write(|w| put(w, "small")).await.unwrap();
    f.db.upkeep(|conn| Ok(conn.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?))
        .await
        .unwrap();
    f.db.write(large).await.unwrap();
    assert_eq!(keys(&f.db).await, ["before", "small"]);
    assert_eq!(*f.db.health().borrow(), Health::Good);
}

#[tokio::test]
async fn writes_beside_one_that_fills_the_disk_say_the_truth() {
    let f = open();
    f.db.upkeep(|conn| {
        let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        Ok(conn.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |_| Ok(()))?)
    })
    .await
    .unwrap();
    let (release, held) = hold(&f.db).await;
    let writes: Vec<Outcome<'_>> = vec![
        Box::pin(f.db.write(|w| put(w, "a"))),
        Box::pin(f.db.write(|w| {
            let state = vec![1_u8; 100_000];
            w.conn().execute(
                "INSERT INTO network_state (network, state, saved_ms) VALUES ('n', ?1, 0)",
                [state],
            )?;
            Ok(())
        })),
        Box::pin(f.db.write(|w| put(w, "c"))),
    ];
    let queued = queue(writes).await;
    release.send(()).unwrap();
    held.await.unwrap();
    let mut told = Vec::new();
    for (write, name) in queued.into_iter().zip(["a", "large", "c"]) {
        if write.await.is_ok() {
            told.push(name);
        }
    }
    assert!(told.contains(&"c") && !told.contains(&"large"));
    assert_eq!(
        keys(&f.db).await,
        told,
        "exactly what was told as written is there"
    );
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_then_refuses() {
    let f = open();
    let (release, held) = hold(&f.db).await;
    let queued = queue(vec![f.db.write(|w| put(w, "a"))]).await;
    let closer = f.db.clone();
    let mut close = Box::pin(async move { closer.close().await });
    std::future::poll_fn(|cx| Poll::Ready(close.as_mut().poll(cx).is_ready())).await;
    release.send(()).unwrap();
    held.await.unwrap();
    close.await;
    for write in queued {
        write.await.unwrap();
    }
    assert_eq!(f.db.write(|w| put(w, "b")).await, Err(StorageError::Closed));
    assert_eq!(f.db.read(|_| Ok(())).await, Err(StorageError::Closed));
    f.db.close().await;
    assert!(
        !f.folder.path().join("nous.db-wal").exists(),
        "the last connection put the WAL into the file"
    );
    let again = Database::open(f.db.path(), &key(), DatabaseOptions::default()).unwrap();
    assert_eq!(keys(&again).await, ["a"]);
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_what_is_queued_and_closes_the_file() {
    let Fixture { db, folder } = open();
    let (release, held) = hold(&db).await;
    let queued = queue(
        vec!["a", "b"]
            .into_iter()
            .map(|name| db.write(move |w| put(w, name)))
            .collect(),
    )
    .await;
    drop((queued, held));
    release.send(()).unwrap();
    drop(db);
    let wal = folder.path().join("nous.db-wal");
    assert!(!wal.exists(), "the last connection removes it when it closes");
    let db = Database::open(&folder.path().join("nous.db"), &key(), DatabaseOptions::default()).unwrap();
    assert_eq!(keys(&db).await, ["a", "b"]);
}

#[tokio::test]
async fn the_last_handle_may_go_with_a_job() {
    let Fixture { db, folder: _folder } = open();
    let (release, held) = hold(&db).await;
    let last = db.clone();
    let queued = queue(vec![db.write(move |w| {
        drop(last);
        put(w, "a")
    })])
    .await;
    drop((queued, held));
    drop(db);
    release.send(()).unwrap();
}

#[tokio::test]
async fn emptying_the_wal_leaves_no_bytes_and_waits_a_minute() {
    let f = open();
    f.db.write(|w| put(w, "a")).await.unwrap();
    let wal = f.folder.path().join("nous.db-wal");
    assert!(wal.metadata().unwrap().len() > 0);
    let at = Duration::from_millis;
    assert!(f.db.truncate_wal(at(1_000_000)).await.unwrap());
    assert_eq!(wal.metadata().unwrap().len(), 0);
    assert!(!f.db.truncate_wal(at(1_059_999)).await.unwrap());
    assert!(f.db.truncate_wal(at(1_060_000)).await.unwrap());
    assert!(
        f.db.truncate_wal(at(0)).await.unwrap(),
        "a clock that begins anew"
    );
}

#[tokio::test]
async fn plans_that_walk_or_sort_are_found() {
    let f = open();
    let answers = f.db.read(|r| {
        Ok([
            explain_uses_index(r, "SELECT value FROM settings WHERE key = ?1")?,
            explain_uses_index(r, "SELECT key FROM settings WHERE value = ?1")?,
            explain_uses_index(
                r,
                "SELECT hash FROM seen_hashes WHERE expires_ms < ?1 ORDER BY expires_ms",
            )?,
            explain_uses_index(r, "SELECT key FROM settings WHERE key > ?1 ORDER BY value")?,
        ])
    });
    assert_eq!(answers.await.unwrap(), [true, false, true, false]);
}

#[tokio::test]
async fn queries_of_the_core_tables_use_an_index() {
    let f = open();
    for sql in [
        crate::cursors::PRUNE,
        crate::erased::CONTAINS,
        crate::erased::PRUNE,
        crate::seen_hashes::PRUNE,
        crate::seen_hashes::SEEN_AMONG,
    ] {
        assert!(
            f.db.read(move |r| explain_uses_index(r, sql)).await.unwrap(),
            "{sql}"
        );
    }
}

/// SQLCipher tells damage in several ways; all of them must be understood.
#[test]
fn damage_of_any_page_is_told_as_damage_and_found_by_the_check() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("good.db");
    let conn = open_connection(&path, &key(), Mode::Copy).unwrap();
    conn.execute_batch(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB) STRICT;
         CREATE INDEX t_by_a ON t (a);
         WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200)
         INSERT INTO t (a, b) SELECT x, zeroblob(CASE WHEN x % 40 = 0 THEN 20000 ELSE 300 END) FROM n;",
    )
    .unwrap();
    conn.close().unwrap();
    let good = std::fs::read(&path).unwrap();
    for page in 0..good.len() / 4096 {
        let copy = dir.path().join(format!("{page}.db"));
        let mut bad = good.clone();
        bad[page * 4096 + 1000] ^= 0xff;
        std::fs::write(&copy, bad).unwrap();
        let opened = open_connection(&copy, &key(), Mode::Copy);
        let Ok(conn) = opened else {
            assert_eq!(opened.unwrap_err(), StorageError::Damaged, "page {page}");
            continue;
        };
        for sql in [
            "SELECT sum(length(hex(b))) FROM t",
            "SELECT a FROM t WHERE a > '' ORDER BY a",
            "DELETE FROM t",
        ] {
            for _ in 0..2 {
                let outcome = every_row(&conn, sql);
                assert!(
                    matches!(outcome, Ok(()) | Err(StorageError::Damaged)),
                    "page {page}: {sql}: {outcome:?}"
                );
            }
        }
        let fresh = open_connection(&copy, &key(), Mode::Read).unwrap();
        assert_eq!(is_sound(&fresh), Ok(false), "page {page}");
    }
}

fn every_row(conn: &rusqlite::Connection, sql: &str) -> Result<(), StorageError> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}
