//! What the tests of the profile share.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use nous_protocol::time::Timestamp;
use nous_storage::db::Database;
use nous_storage::error::StorageError;
use nous_storage::key::KeyringUse;
use nous_storage::profile::{Profile, ProfileError, UnlockOptions};
use nous_storage::secret::Password;
use nous_storage::{network_state, settings};

/// 2026-11-24T00:00:00Z.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_795_478_400_000);
pub(crate) const HOUR_MS: i64 = 3_600_000;

pub(crate) fn later(ms: i64) -> Timestamp {
    Timestamp::from_ms(NOW.as_ms() + ms)
}

pub(crate) fn options() -> UnlockOptions {
    UnlockOptions {
        keyring: KeyringUse::Off,
        ..UnlockOptions::new(NOW)
    }
}

pub(crate) fn with_password(text: &str) -> UnlockOptions {
    UnlockOptions {
        password: Some(Password::new(text.into())),
        ..options()
    }
}

pub(crate) fn open(dir: &Path) -> Profile {
    try_open(dir).unwrap()
}

pub(crate) fn try_open(dir: &Path) -> Result<Profile, ProfileError> {
    Profile::open_or_create(dir, &options())
}

pub(crate) async fn set(db: &Database, key: &'static str, value: i64) {
    db.write(move |w| settings::set(w, key, &value)).await.unwrap();
}

pub(crate) async fn get(db: &Database, key: &'static str) -> Option<i64> {
    db.read(move |r| settings::get(r, key)).await.unwrap()
}

/// A megabyte of rows, so that there is a middle to damage.
pub(crate) async fn fill(db: &Database) {
    db.write(|w| network_state::save(w, "large", &vec![0x5a; 1 << 20], NOW))
        .await
        .unwrap();
}

pub(crate) async fn read_all(db: &Database) -> Result<Option<Vec<u8>>, StorageError> {
    db.read(|r| network_state::load(r, "large")).await
}

/// Flips 64 bytes at `offset`.
pub(crate) fn damage(file: &Path, offset: u64) {
    let mut bytes = fs::read(file).unwrap();
    let at = usize::try_from(offset).unwrap();
    for byte in &mut bytes[at..at + 64] {
        *byte ^= 0xff;
    }
    let mut file = OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&bytes).unwrap();
}

pub(crate) fn middle_of(file: &Path) -> u64 {
    fs::metadata(file).unwrap().len() / 2
}

/// Names in a folder, sorted.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Databases that were set aside, without their `-wal` and `-shm`.
pub(crate) fn damaged_files(dir: &Path) -> Vec<PathBuf> {
    let is_database = |name: &String| {
        name.starts_with("nous.db.damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    names(dir)
        .into_iter()
        .filter(is_database)
        .map(|name| dir.join(name))
        .collect()
}
