//! Two good backups are kept, none older than a week, one a day.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{HOUR_MS, fill, get, later, names, open, set};
use nous_storage::backup;

fn backups(dir: &Path) -> Vec<String> {
    names(&dir.join("backup"))
}

#[tokio::test]
async fn the_two_newest_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    for hour in 0..4 {
        profile.back_up(later(hour * HOUR_MS)).await.unwrap();
    }
    assert_eq!(
        backups(dir.path()),
        ["nous-2026-11-24T020000Z.db", "nous-2026-11-24T030000Z.db"]
    );
}

#[tokio::test]
async fn one_older_than_a_week_goes_when_a_newer_one_stands() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    profile.back_up(later(0)).await.unwrap();
    profile.back_up(later(8 * 24 * HOUR_MS)).await.unwrap();
    assert_eq!(backups(dir.path()), ["nous-2026-12-02T000000Z.db"]);
}

#[tokio::test]
async fn one_of_a_clock_that_was_ahead_is_none_and_goes_when_a_right_one_stands() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    profile.back_up(later(10 * 365 * 24 * HOUR_MS)).await.unwrap();
    assert!(profile.back_up_if_due(later(0)).await.unwrap());
    assert_eq!(backups(dir.path()), ["nous-2026-11-24T000000Z.db"]);
    assert!(!profile.back_up_if_due(later(HOUR_MS)).await.unwrap());
}

#[tokio::test]
async fn one_of_a_clock_that_was_a_little_ahead_makes_no_others_due() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    profile.back_up(later(2 * HOUR_MS)).await.unwrap();
    assert!(profile.back_up_if_due(later(0)).await.unwrap());
    assert!(!profile.back_up_if_due(later(HOUR_MS)).await.unwrap());
    assert_eq!(backups(dir.path()).len(), 2);
}

#[tokio::test]
async fn the_daily_one_is_made_once_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    assert!(profile.back_up_if_due(later(0)).await.unwrap());
    assert!(!profile.back_up_if_due(later(23 * HOUR_MS)).await.unwrap());
    assert!(profile.back_up_if_due(later(24 * HOUR_MS)).await.unwrap());
}

#[tokio::test]
async fn a_backup_is_one_private_file_of_the_moment_and_encrypted() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "findable-name", 1).await;
    fill(profile.database()).await;
    let made = profile.back_up(later(1234)).await.unwrap();
    assert_eq!(made.made, later(1000));
    assert_eq!(
        backup::list(&dir.path().join("backup")).unwrap(),
        std::slice::from_ref(&made)
    );
    assert_eq!(backups(dir.path()).len(), 1, "no journal beside it");
    assert_eq!(
        fs::metadata(&made.path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let bytes = fs::read(&made.path).unwrap();
    assert!(!bytes.windows(13).any(|window| window == b"findable-name"));
    assert!(!bytes.starts_with(b"SQLite format 3"));
}

#[tokio::test]
async fn writing_goes_on_after_a_backup_and_is_not_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "a", 1).await;
    profile.back_up(later(0)).await.unwrap();
    set(profile.database(), "b", 2).await;
    assert_eq!(get(profile.database(), "b").await, Some(2));
}

#[tokio::test]
async fn other_files_in_the_folder_are_neither_listed_nor_removed() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    for name in ["nous-notes.db", "mine.txt"] {
        fs::write(dir.path().join("backup").join(name), b"x").unwrap();
    }
    for hour in 0..3 {
        profile.back_up(later(hour * HOUR_MS)).await.unwrap();
    }
    let left = backups(dir.path());
    assert!(left.contains(&"nous-notes.db".to_owned()) && left.contains(&"mine.txt".to_owned()));
    assert_eq!(backup::list(&dir.path().join("backup")).unwrap().len(), 2);
}
