//! Profiles of another version, which need SQL to be made.
#![expect(clippy::unwrap_used, reason = "tests")]

mod erasing;
mod traces;

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::db::{Mode, open_connection};
use crate::migrations::{FILES, latest_version, migrate_with};
use crate::secret::DatabaseKey;

fn options() -> UnlockOptions {
    UnlockOptions {
        keyring: KeyringUse::Off,
        ..UnlockOptions::new(Timestamp::from_ms(1_795_478_400_000))
    }
}

/// The key of a closed profile without a password.
fn key_of(dir: &Path) -> DatabaseKey {
    let file = key::KeyFile::load(&dir.join("key.json")).unwrap().unwrap();
    key::unlock(&file, None, KeyringUse::Off).unwrap()
}

fn raw(dir: &Path) -> Connection {
    open_connection(&dir.join("nous.db"), &key_of(dir), Mode::Copy).unwrap()
}

fn version(conn: &Connection) -> i64 {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

/// A profile whose database is of the first version, with a row.
async fn first_version(dir: &Path) {
    let profile = Profile::open_or_create(dir, &options()).unwrap();
    profile.close().await;
    drop(profile);
    fs::remove_file(dir.join("nous.db")).unwrap();
    let mut conn = raw(dir);
    migrate_with(&mut conn, &FILES[..1]).unwrap();
    conn.execute_batch("INSERT INTO settings (key, value) VALUES ('answer', '42');")
        .unwrap();
}

#[tokio::test]
async fn an_older_database_is_backed_up_and_then_migrated_with_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    first_version(dir.path()).await;
    let profile = Profile::open_or_create(dir.path(), &options()).unwrap();
    let answer = profile
        .database()
        .read(|r| crate::settings::get::<i64>(r, "answer"))
        .await
        .unwrap();
    assert_eq!(answer, Some(42));
    profile.close().await;
    assert_eq!(
        version(&raw(dir.path())),
        i64::try_from(latest_version()).unwrap()
    );
    let backups = backup::list(&dir.path().join("backup")).unwrap();
    assert_eq!(backups.len(), 1);
    let copy = open_connection(&backups[0].path, &key_of(dir.path()), Mode::Read).unwrap();
    assert_eq!(version(&copy), 1, "as it was before");
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_migrated_when_it_is_restored() {
    let dir = tempfile::tempdir().unwrap();
    first_version(dir.path()).await;
    let profile = Profile::open_or_create(dir.path(), &options()).unwrap();
    profile.close().await;
    drop(profile);
    fs::write(dir.path().join("nous.db"), vec![1; 8192]).unwrap();
    let Err(ProfileError::Damaged(found)) = Profile::open_or_create(dir.path(), &options()) else {
        unreachable!("the database is damaged")
    };
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, options().now).unwrap();
    let answer = profile
        .database()
        .read(|r| crate::settings::get::<i64>(r, "answer"))
        .await
        .unwrap();
    assert_eq!(answer, Some(42));
}

#[tokio::test]
async fn before_a_migration_a_clock_ten_years_ahead_takes_no_backup_away() {
    let dir = tempfile::tempdir().unwrap();
    let ten_years = Duration::from_secs(10 * 365 * 86_400);
    for now in [options().now, options().now + ten_years] {
        first_version(dir.path()).await;
        let then = UnlockOptions { now, ..options() };
        let profile = Profile::open_or_create(dir.path(), &then).unwrap();
        profile.close().await;
    }
    let made = backup::list(&dir.path().join("backup")).unwrap();
    let made: Vec<Timestamp> = made.into_iter().map(|backup| backup.made).collect();
    assert_eq!(made, [options().now + ten_years, options().now]);
}

#[tokio::test]
async fn a_newer_database_is_told_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::open_or_create(dir.path(), &options()).unwrap();
    profile.close().await;
    drop(profile);
    raw(dir.path())
        .execute_batch("PRAGMA user_version = 99;")
        .unwrap();
    let before = fs::read(dir.path().join("nous.db")).unwrap();
    let error = Profile::open_or_create(dir.path(), &options()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NewerVersion);
    assert_eq!(fs::read(dir.path().join("nous.db")).unwrap(), before);
    assert!(backup::list(&dir.path().join("backup")).unwrap().is_empty());
}
