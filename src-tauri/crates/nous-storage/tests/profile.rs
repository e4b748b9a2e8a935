//! Opening a profile: lock, key, folder, versions.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{NOW, damaged_files, get, names, open, options, set, try_open, with_password};
use nous_protocol::error::{ErrorKind, HasKind};
use nous_storage::key::{KeyError, KeyringUse, NewProtection, Protection};
use nous_storage::profile::{Profile, ProfileError, UnlockOptions};
use nous_storage::secret::Password;

/// Names the folder for [`child`].
const CHILD_DIR: &str = "NOUS_STORAGE_TEST_DIR";
/// If set, [`child`] may ask the system keyring.
const CHILD_KEYRING: &str = "NOUS_STORAGE_TEST_KEYRING";

/// This test binary, asked to run [`child`] on `dir`.
fn child_command(binary: &Path, dir: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CHILD_DIR, dir);
    command
}

/// The other process of tests that need one: opens the profile, says how it went, waits.
#[test]
#[expect(clippy::print_stdout, reason = "it speaks to its parent")]
fn child() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else {
        return;
    };
    let keyring = if std::env::var_os(CHILD_KEYRING).is_some() {
        KeyringUse::Allowed
    } else {
        KeyringUse::Off
    };
    match Profile::open_or_create(Path::new(&dir), &UnlockOptions { keyring, ..options() }) {
        Ok(profile) if profile.protection() != Protection::File => println!("\nfailed to use the file"),
        Ok(_profile) => {
            println!("\nopen");
            drop(std::io::stdin().read_line(&mut String::new()));
        }
        Err(error) => println!("\nfailed {:?}", error.kind()),
    }
}

fn said(child: &mut std::process::Child) -> String {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap())
        .lines()
        .map(Result::unwrap);
    lines
        .find(|line| line == "open" || line.starts_with("failed"))
        .unwrap()
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "answer", 42).await;
    profile.close().await;
    drop(profile);
    assert_eq!(get(open(dir.path()).database(), "answer").await, Some(42));
}

#[tokio::test]
async fn what_was_written_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "answer", 42).await;
    let copy = tempfile::tempdir().unwrap();
    for name in ["nous.db", "nous.db-wal", "key.json"] {
        fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    assert_eq!(get(open(copy.path()).database(), "answer").await, Some(42));
}

#[test]
fn the_folder_is_private_and_complete() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("a").join("b");
    let profile = open(&root);
    for path in [
        &root,
        &root.join("attachments"),
        &root.join("backup"),
        &root.join("logs"),
        &root.join("webview"),
    ] {
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o700,
            "{path:?}"
        );
    }
    for name in ["key.json", "lock"] {
        assert_eq!(
            fs::metadata(root.join(name)).unwrap().permissions().mode() & 0o077,
            0,
            "{name}"
        );
    }
    assert_eq!(profile.protection(), Protection::File);
}

#[test]
fn the_rights_of_others_are_taken_from_an_existing_folder() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    drop(open(dir.path()));
    assert_eq!(
        fs::metadata(dir.path()).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[tokio::test]
async fn what_a_window_writes_stays_while_the_profile_opens_and_is_erased_at_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let left = dir.path().join("webview").join("cache").join("page");
    fs::create_dir_all(left.parent().unwrap()).unwrap();
    fs::write(&left, b"text").unwrap();
    let profile = open(dir.path());
    assert!(left.exists());
    profile.close().await;
    assert!(!left.exists());
}

#[tokio::test]
async fn nothing_readable_lies_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "findable-name", 1).await;
    for name in names(dir.path()) {
        let Ok(bytes) = fs::read(dir.path().join(&name)) else {
            continue;
        };
        assert!(
            !bytes.windows(13).any(|window| window == b"findable-name"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_password_locks_the_profile_and_a_wrong_one_is_no_damage() {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::open_or_create(dir.path(), &with_password("correct horse")).unwrap();
    set(profile.database(), "answer", 42).await;
    profile.close().await;
    drop(profile);
    assert!(matches!(
        try_open(dir.path()),
        Err(ProfileError::Key(KeyError::Locked))
    ));
    let wrong = Profile::open_or_create(dir.path(), &with_password("wrong horse")).unwrap_err();
    assert!(matches!(wrong, ProfileError::Key(KeyError::WrongPassword)));
    assert_eq!(
        (wrong.kind(), wrong.damaged_file()),
        (ErrorKind::WrongPassword, None)
    );
    let profile = Profile::open_or_create(dir.path(), &with_password("correct horse")).unwrap();
    assert_eq!(get(profile.database(), "answer").await, Some(42));
    assert!(
        profile
            .check_password(&Password::new("correct horse".into()), NOW)
            .unwrap()
    );
    assert!(
        !profile
            .check_password(&Password::new("wrong horse".into()), NOW)
            .unwrap()
    );
}

#[tokio::test]
async fn changing_the_protection_rewrites_the_key_file_and_not_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    set(profile.database(), "answer", 42).await;
    let database = fs::metadata(dir.path().join("nous.db")).unwrap();
    let salt = fs::read(dir.path().join("nous.db")).unwrap()[..16].to_vec();
    let word = Password::new("correct horse".into());
    assert_eq!(
        profile.protect(&NewProtection::Password(&word)).unwrap(),
        Protection::Password
    );
    assert_eq!(get(profile.database(), "answer").await, Some(42));
    profile.close().await;
    drop(profile);
    let profile = Profile::open_or_create(dir.path(), &with_password("correct horse")).unwrap();
    assert_eq!(profile.protect(&NewProtection::Device).unwrap(), Protection::File);
    drop(profile);
    assert_eq!(get(open(dir.path()).database(), "answer").await, Some(42));
    assert_eq!(
        fs::metadata(dir.path().join("nous.db")).unwrap().ino(),
        database.ino()
    );
    assert_eq!(fs::read(dir.path().join("nous.db")).unwrap()[..16], salt);
}

#[test]
fn a_second_opening_says_who_holds_the_profile() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    match try_open(dir.path()) {
        Err(ProfileError::InUse { process }) => assert_eq!(process, Some(std::process::id())),
        other => panic!("{other:?}"),
    }
    drop(first);
    drop(open(dir.path()));
}

#[test]
fn a_second_opening_waits_for_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let patient = UnlockOptions {
        lock_timeout: Duration::from_secs(30),
        ..options()
    };
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Profile::open_or_create(dir.path(), &patient).map(drop));
        drop(first);
        second.join().unwrap().unwrap();
    });
}

#[test]
fn another_process_holds_the_profile_until_it_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = child_command(&std::env::current_exe().unwrap(), dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(said(&mut child), "open");
    match try_open(dir.path()) {
        Err(ProfileError::InUse { process }) => assert_eq!(process, Some(child.id())),
        other => panic!("{other:?}"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(open(dir.path()));
}

/// Opens a profile in a process whose session bus is this socket.
fn with_session_bus(socket: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let mut child = child_command(&std::env::current_exe().unwrap(), dir.path())
        .env(CHILD_KEYRING, "1")
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", socket.display()),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(said(&mut child), "open");
    child.wait().unwrap();
}

#[test]
fn without_a_keyring_service_the_file_protects_the_key() {
    let dir = tempfile::tempdir().unwrap();
    with_session_bus(&dir.path().join("nothing"));
}

#[test]
fn a_keyring_service_that_never_answers_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("bus");
    let _silent = UnixListener::bind(&socket).unwrap();
    with_session_bus(&socket);
}

#[test]
fn a_folder_that_cannot_be_written_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("profile");
    drop(open(&root));
    // Root writes everywhere: there the other process is nobody, with its own copy of us.
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let binary = if is_root {
        copy_of_us(dir.path())
    } else {
        std::env::current_exe().unwrap()
    };
    for mode in [0o555, 0o700] {
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).unwrap();
        if !is_root && mode == 0o700 {
            continue;
        }
        let mut command = child_command(&binary, &root);
        if is_root {
            command.uid(65534).gid(65534);
        }
        let mut child = command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(said(&mut child), "failed DiskFull", "{mode:o}");
        child.wait().unwrap();
    }
    fs::set_permissions(&root, fs::Permissions::from_mode(0o700)).unwrap();
    drop(open(&root));
}

fn copy_of_us(dir: &Path) -> PathBuf {
    let binary = dir.join("test-binary");
    fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    binary
}

#[test]
fn a_profile_of_which_only_the_key_was_made_is_completed() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let key = fs::read_to_string(dir.path().join("key.json")).unwrap();
    let fresh = tempfile::tempdir().unwrap();
    let early = key.replacen("\"hasDatabase\": true", "\"hasDatabase\": false", 1);
    assert_ne!(early, key);
    fs::write(fresh.path().join("key.json"), early).unwrap();
    drop(open(fresh.path()));
    assert!(fresh.path().join("nous.db").exists());
    assert_eq!(fs::read_to_string(fresh.path().join("key.json")).unwrap(), key);
    assert!(damaged_files(fresh.path()).is_empty());
}

#[test]
fn a_key_file_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    let path = dir.path().join("key.json");
    let newer = fs::read_to_string(&path)
        .unwrap()
        .replacen("\"format\": 1", "\"format\": 2", 1);
    fs::write(&path, &newer).unwrap();
    assert_eq!(try_open(dir.path()).unwrap_err().kind(), ErrorKind::NewerVersion);
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}
