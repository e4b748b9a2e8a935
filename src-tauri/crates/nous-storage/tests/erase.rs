//! Erasing a profile.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{NOW, fill, get, open, options, set, try_open, with_password};
use nous_storage::key::KeyError;
use nous_storage::profile::{Profile, ProfileError};

/// A closed profile with rows, a backup and everything else that the app writes.
async fn profile(dir: &Path) {
    let profile = open(dir);
    fill(profile.database()).await;
    set(profile.database(), "answer", 42).await;
    profile.back_up(NOW).await.unwrap();
    profile.close().await;
    for name in [
        "attachments/a1",
        "logs/entre-nous.log",
        "webview/x",
        "windows.json",
        "tries.json",
    ] {
        fs::write(dir.join(name), "something").unwrap();
    }
    fs::write(dir.join("holiday.txt"), "not ours").unwrap();
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

async fn assert_is_fresh(profile: &Profile, dir: &Path) {
    assert_eq!(get(profile.database(), "answer").await, None);
    for inside in ["attachments", "backup", "logs", "webview"] {
        assert!(names(&dir.join(inside)).is_empty(), "{inside}");
    }
    assert!(dir.join("holiday.txt").exists(), "what is not ours stays");
    assert!(
        !names(dir)
            .iter()
            .any(|name| name.starts_with("erasing") || name == "tries.json")
    );
}

#[tokio::test]
async fn a_profile_that_nobody_can_open_is_erased_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let first = Profile::open_or_create(dir.path(), &with_password("correct horse")).unwrap();
    set(first.database(), "answer", 42).await;
    first.close().await;
    drop(first);
    assert!(matches!(
        try_open(dir.path()),
        Err(ProfileError::Key(KeyError::Locked))
    ));
    fs::write(dir.path().join("holiday.txt"), "not ours").unwrap();
    let fresh = Profile::erase_closed(dir.path(), &options()).unwrap();
    assert_is_fresh(&fresh, dir.path()).await;
}

#[tokio::test]
async fn an_open_profile_is_erased_under_its_own_lock() {
    let dir = tempfile::tempdir().unwrap();
    profile(dir.path()).await;
    let opened = open(dir.path());
    opened.note_erasing().unwrap();
    opened.close().await;
    let fresh = opened.erase(NOW).unwrap();
    assert_is_fresh(&fresh, dir.path()).await;
    assert!(matches!(try_open(dir.path()), Err(ProfileError::InUse { .. })));
}

#[tokio::test]
async fn an_erasure_cut_short_anywhere_is_ended_at_the_next_opening() {
    for gone in [
        &[][..],
        &["key.json"],
        &["key.json", "nous.db", "nous.db-wal", "nous.db-shm"],
        &["key.json", "nous.db-wal", "tries.json"],
    ] {
        let dir = tempfile::tempdir().unwrap();
        profile(dir.path()).await;
        let opened = open(dir.path());
        opened.note_erasing().unwrap();
        opened.close().await;
        drop(opened);
        for name in gone {
            let _ = fs::remove_file(dir.path().join(name));
        }
        let fresh = open(dir.path());
        assert_is_fresh(&fresh, dir.path()).await;
    }
}

#[tokio::test]
async fn a_note_that_cannot_be_read_still_counts() {
    let dir = tempfile::tempdir().unwrap();
    profile(dir.path()).await;
    fs::write(dir.path().join("erasing.json"), "half a no").unwrap();
    assert_is_fresh(&open(dir.path()), dir.path()).await;
}
