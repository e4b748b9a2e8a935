//! Damage is said, never overwritten, and mended from a backup.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{
    NOW, damage, damaged_files, fill, get, later, middle_of, names, open, options, read_all, set, try_open,
};
use nous_protocol::account::SwarmAccount;
use nous_protocol::error::{ErrorKind, HasKind};
use nous_storage::damage::DamagedProfile;
use nous_storage::db::Health;
use nous_storage::erased::{self, Erased};
use nous_storage::error::StorageError;
use nous_storage::profile::{Profile, ProfileError, UnlockOptions};

fn damaged(dir: &Path) -> Box<DamagedProfile> {
    match try_open(dir) {
        Err(ProfileError::Damaged(profile)) => profile,
        other => panic!("expected damage, got {other:?}"),
    }
}

fn erased_message() -> Erased {
    Erased {
        conversation: vec![5; 33],
        author: SwarmAccount::from_bytes([5; 33]),
        sent: NOW,
    }
}

/// A closed profile with a backup that holds `answer` = 42; later writes are in the database only.
async fn profile_with_backup(dir: &Path) {
    let profile = open(dir);
    set(profile.database(), "answer", 42).await;
    fill(profile.database()).await;
    profile.back_up(NOW).await.unwrap();
    set(profile.database(), "since", 1).await;
    let note = |w: &mut nous_storage::db::Writer<'_>| erased::note(w, &[erased_message()], NOW);
    profile.database().write(note).await.unwrap();
    profile.close().await;
}

#[tokio::test]
async fn a_damaged_page_is_told_when_it_is_read_and_offered_for_restore_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let file = dir.path().join("nous.db");
    damage(&file, middle_of(&file));
    let bytes = fs::read(&file).unwrap();

    let profile = open(dir.path());
    assert_eq!(
        *profile.database().health().borrow(),
        Health::Good,
        "not every start reads every page"
    );
    assert_eq!(read_all(profile.database()).await, Err(StorageError::Damaged));
    profile
        .database()
        .health()
        .wait_for(|health| *health == Health::Damaged)
        .await
        .unwrap();
    profile.close().await;
    drop(profile);

    let found = damaged(dir.path());
    assert_eq!(found.file(), file);
    assert_eq!(found.backups().len(), 1);
    assert_eq!(fs::read(&file).unwrap(), bytes, "looking changes nothing");
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, later(1000)).unwrap();
    assert_eq!(get(profile.database(), "answer").await, Some(42));
    assert_eq!(get(profile.database(), "since").await, None);
    assert!(read_all(profile.database()).await.unwrap().is_some());
    let kept = dir.path().join("nous.db.damaged-2026-11-24T000001Z");
    assert_eq!(damaged_files(dir.path()), std::slice::from_ref(&kept));
    assert_eq!(
        fs::read(kept).unwrap(),
        bytes,
        "the damaged file is kept as it was"
    );
    profile.close().await;
    drop(profile);
    assert_eq!(get(open(dir.path()).database(), "answer").await, Some(42));
}

#[tokio::test]
async fn deletions_since_the_backup_survive_the_restore() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let file = dir.path().join("nous.db");
    damage(&file, middle_of(&file));
    let options = UnlockOptions {
        verify: true,
        ..options()
    };
    let Err(ProfileError::Damaged(found)) = Profile::open_or_create(dir.path(), &options) else {
        panic!("damage")
    };
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, NOW).unwrap();
    assert!(
        profile
            .database()
            .read(|r| erased::contains(r, &erased_message()))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_damaged_header_is_damage_and_no_wrong_key() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    damage(&dir.path().join("nous.db"), 0);
    let error = try_open(dir.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert_eq!(error.damaged_file(), Some("nous.db"));
    drop(error);
    let found = damaged(dir.path());
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, NOW).unwrap();
    assert_eq!(get(profile.database(), "answer").await, Some(42));
}

#[tokio::test]
async fn an_empty_or_missing_database_is_damage_once_there_was_one() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    fs::write(dir.path().join("nous.db"), b"").unwrap();
    drop(damaged(dir.path()));
    assert_eq!(fs::metadata(dir.path().join("nous.db")).unwrap().len(), 0);
    fs::remove_file(dir.path().join("nous.db")).unwrap();
    let found = damaged(dir.path());
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, NOW).unwrap();
    assert_eq!(get(profile.database(), "answer").await, Some(42));
}

#[tokio::test]
async fn a_damaged_backup_is_not_offered() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let backups = dir.path().join("backup");
    let backup = backups.join(&names(&backups)[0]);
    damage(&backup, middle_of(&backup));
    damage(&dir.path().join("nous.db"), 0);
    assert!(damaged(dir.path()).backups().is_empty());
}

#[tokio::test]
async fn a_backup_of_a_damaged_database_fails_and_leaves_the_good_one() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let before = names(&dir.path().join("backup"));
    let file = dir.path().join("nous.db");
    damage(&file, middle_of(&file));
    let profile = open(dir.path());
    assert_eq!(profile.back_up(later(60_000)).await, Err(StorageError::Damaged));
    assert_eq!(*profile.database().health().borrow(), Health::Damaged);
    assert_eq!(names(&dir.path().join("backup")), before);
}

#[tokio::test]
async fn without_a_backup_one_can_begin_again_and_the_damaged_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "answer", 42).await;
    profile.close().await;
    drop(profile);
    damage(&dir.path().join("nous.db"), 0);
    let found = damaged(dir.path());
    assert!(found.backups().is_empty());
    let profile = found.start_empty(NOW).unwrap();
    assert_eq!(get(profile.database(), "answer").await, None);
    assert_eq!(damaged_files(dir.path()).len(), 1);
}

#[tokio::test]
async fn a_second_damage_in_the_same_second_keeps_both_files() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    for _ in 0..2 {
        damage(&dir.path().join("nous.db"), 0);
        let found = damaged(dir.path());
        let backup = found.backups()[0].clone();
        found.restore(&backup, NOW).unwrap().close().await;
    }
    assert_eq!(damaged_files(dir.path()).len(), 2);
}

#[tokio::test]
async fn damage_met_while_open_leads_to_the_restore_without_the_password() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let file = dir.path().join("nous.db");
    damage(&file, middle_of(&file));
    let profile = open(dir.path());
    assert!(read_all(profile.database()).await.is_err());
    profile.close().await;
    let Err(ProfileError::Damaged(found)) = profile.reopen(NOW) else {
        panic!("damage")
    };
    let backup = found.backups()[0].clone();
    let profile = found.restore(&backup, NOW).unwrap();
    assert_eq!(get(profile.database(), "answer").await, Some(42));
}

#[tokio::test]
async fn a_sound_profile_can_be_opened_again_once_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let profile = open(dir.path());
    profile.close().await;
    let profile = profile.reopen(NOW).unwrap();
    assert_eq!(get(profile.database(), "since").await, Some(1));
    let refused = profile.reopen(NOW);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InUse);
}

#[tokio::test]
async fn a_suspicion_that_was_wrong_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    fs::write(dir.path().join("nous.db.suspect"), b"").unwrap();
    drop(open(dir.path()));
    assert!(!dir.path().join("nous.db.suspect").exists());
}

#[tokio::test]
async fn a_restore_killed_at_any_step_is_finished_or_asked_again() {
    for step in ["copying", "copied", "set aside"] {
        let dir = tempfile::tempdir().unwrap();
        profile_with_backup(dir.path()).await;
        let file = dir.path().join("nous.db");
        damage(&file, 0);
        let backups = dir.path().join("backup");
        let backup = fs::read(backups.join(&names(&backups)[0])).unwrap();
        match step {
            "copying" => {
                fs::write(dir.path().join("nous.db.restoring"), &backup[..backup.len() / 2]).unwrap()
            }
            "copied" => fs::write(dir.path().join("nous.db.restored"), &backup).unwrap(),
            _ => {
                fs::write(dir.path().join("nous.db.restored"), &backup).unwrap();
                fs::rename(&file, dir.path().join("nous.db.damaged-2026-11-24T000000Z")).unwrap();
                fs::write(dir.path().join("nous.db-wal"), b"of the damaged one").unwrap();
            }
        }
        if step == "set aside" {
            assert_eq!(
                get(open(dir.path()).database(), "answer").await,
                Some(42),
                "{step}"
            );
        } else {
            assert_eq!(damaged(dir.path()).backups().len(), 1, "{step}");
        }
        let left = names(dir.path());
        assert!(
            !left.iter().any(|name| name.contains("restor")),
            "{step}: {left:?}"
        );
    }
}

#[tokio::test]
async fn a_missing_or_damaged_key_file_is_named_and_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    profile_with_backup(dir.path()).await;
    let key = dir.path().join("key.json");
    fs::write(&key, b"{").unwrap();
    let error = try_open(dir.path()).unwrap_err();
    assert_eq!(
        (error.kind(), error.damaged_file()),
        (ErrorKind::Damaged, Some("key.json"))
    );
    assert_eq!(fs::read(&key).unwrap(), b"{");
    fs::remove_file(&key).unwrap();
    assert!(matches!(try_open(dir.path()), Err(ProfileError::KeyFileMissing)));
    assert!(!key.exists());
}
