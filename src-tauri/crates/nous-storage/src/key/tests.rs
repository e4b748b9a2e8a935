#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;

struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    Fixture {
        _folder: folder,
        path,
    }
}

fn password(text: &str) -> Password {
    Password::new(text.into())
}

fn reload(f: &Fixture) -> KeyFile {
    KeyFile::load(&f.path).unwrap().unwrap()
}

#[test]
fn without_password_and_keyring_the_file_protects_the_key() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Off).unwrap();
    assert_eq!(file.protection(), Protection::File);
    assert_eq!(fs::metadata(&f.path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Off).unwrap(), key);
}

#[test]
fn a_password_opens_its_key_and_another_does_not() {
    let f = fixture();
    let (key, _) = create(&f.path, Some(&password("correct horse")), KeyringUse::Off).unwrap();
    let file = reload(&f);
    assert_eq!(
        unlock(&file, Some(&password("correct horse")), KeyringUse::Off).unwrap(),
        key
    );
    assert!(matches!(
        unlock(&file, Some(&password("wrong horse")), KeyringUse::Off),
        Err(KeyError::WrongPassword)
    ));
    assert!(matches!(
        unlock(&file, None, KeyringUse::Off),
        Err(KeyError::Locked)
    ));
}

#[test]
fn the_work_of_a_password_is_that_of_the_design() {
    let f = fixture();
    create(&f.path, Some(&password("correct horse")), KeyringUse::Off).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&f.path).unwrap()).unwrap();
    let argon2 = &json["wrapped"]["argon2"];
    assert_eq!(
        [&argon2["memoryKib"], &argon2["passes"], &argon2["lanes"]],
        [65536, 3, 1]
    );
}

#[test]
fn a_short_or_long_password_is_refused_and_nothing_changes() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Off).unwrap();
    for text in ["12345".to_owned(), "x".repeat(257)] {
        let refused = change(
            &f.path,
            &file,
            &key,
            &NewProtection::Password(&password(&text)),
            KeyringUse::Off,
        );
        assert!(matches!(refused, Err(KeyError::PasswordLength)));
    }
    assert_eq!(reload(&f), file);
}

#[test]
fn moving_between_protections_keeps_the_key() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Off).unwrap();
    let first = password("correct horse");
    let file = change(
        &f.path,
        &file,
        &key,
        &NewProtection::Password(&first),
        KeyringUse::Off,
    )
    .unwrap();
    assert_eq!(unlock(&reload(&f), Some(&first), KeyringUse::Off).unwrap(), key);
    let second = password("battery staple");
    let file = change(
        &f.path,
        &file,
        &key,
        &NewProtection::Password(&second),
        KeyringUse::Off,
    )
    .unwrap();
    assert!(matches!(
        unlock(&reload(&f), Some(&first), KeyringUse::Off),
        Err(KeyError::WrongPassword)
    ));
    change(&f.path, &file, &key, &NewProtection::Device, KeyringUse::Off).unwrap();
    assert_eq!(reload(&f).protection(), Protection::File);
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Off).unwrap(), key);
}

#[test]
fn a_half_written_key_file_beside_the_old_one_changes_nothing() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Off).unwrap();
    fs::write(f.path.with_file_name("key.json.new"), b"{\"format\":1,").unwrap();
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Off).unwrap(), key);
    let word = password("correct horse");
    change(
        &f.path,
        &file,
        &key,
        &NewProtection::Password(&word),
        KeyringUse::Off,
    )
    .unwrap();
    assert_eq!(unlock(&reload(&f), Some(&word), KeyringUse::Off).unwrap(), key);
}

#[test]
fn another_key_in_the_file_is_damage_and_no_wrong_password() {
    let f = fixture();
    let (_, ours) = create(&f.path, None, KeyringUse::Off).unwrap();
    let (_, other) = create(&f.path, None, KeyringUse::Off).unwrap();
    let mixed = ours.with(other.wrapped().clone());
    assert!(matches!(
        unlock(&mixed, None, KeyringUse::Off),
        Err(KeyError::Damaged)
    ));
}

#[test]
fn a_damaged_or_newer_key_file_is_named_as_such() {
    let f = fixture();
    create(&f.path, None, KeyringUse::Off).unwrap();
    let text = fs::read_to_string(&f.path).unwrap();
    fs::write(&f.path, text.replacen("\"format\": 1", "\"format\": 9", 1)).unwrap();
    assert!(matches!(
        KeyFile::load(&f.path),
        Err(KeyError::NewerVersion { found: 9 })
    ));
    fs::write(&f.path, &text[..text.len() / 2]).unwrap();
    assert!(matches!(KeyFile::load(&f.path), Err(KeyError::Damaged)));
}

#[test]
fn absurd_settings_in_a_damaged_file_do_not_eat_the_memory() {
    let f = fixture();
    create(&f.path, Some(&password("correct horse")), KeyringUse::Off).unwrap();
    let text = fs::read_to_string(&f.path).unwrap();
    fs::write(&f.path, text.replacen("65536", "4294967295", 1)).unwrap();
    let refused = unlock(&reload(&f), Some(&password("correct horse")), KeyringUse::Off);
    assert!(matches!(refused, Err(KeyError::Damaged)));
}

#[test]
fn nothing_of_a_key_is_printed() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Off).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&f.path).unwrap()).unwrap();
    let wrapping = json["wrapped"]["wrappingKey"].as_str().unwrap();
    let printed = format!("{key:?} {file:?}");
    assert!(!printed.contains(wrapping) && !printed.contains(&hex::encode(key.as_bytes())));
}

#[test]
fn the_keyring_protects_a_new_key_if_there_is_one() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Memory).unwrap();
    assert_eq!(file.protection(), Protection::Keyring);
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Memory).unwrap(), key);
    assert!(matches!(
        unlock(&reload(&f), None, KeyringUse::Off),
        Err(KeyError::KeyringUnavailable)
    ));
}

#[test]
fn moving_through_all_three_protections_keeps_the_key_and_leaves_no_entry() {
    let f = fixture();
    let (key, file) = create(&f.path, None, KeyringUse::Memory).unwrap();
    let word = password("correct horse");
    let file = change(
        &f.path,
        &file,
        &key,
        &NewProtection::Password(&word),
        KeyringUse::Memory,
    )
    .unwrap();
    assert!(keyring::memory::get(file.profile_id()).is_none());
    assert_eq!(unlock(&reload(&f), Some(&word), KeyringUse::Memory).unwrap(), key);
    let file = change(&f.path, &file, &key, &NewProtection::Device, KeyringUse::Memory).unwrap();
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Memory).unwrap(), key);
    let file = change(&f.path, &file, &key, &NewProtection::File, KeyringUse::Memory).unwrap();
    assert_eq!(file.protection(), Protection::File);
    assert!(keyring::memory::get(file.profile_id()).is_none());
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Off).unwrap(), key);
}

#[test]
fn killed_after_the_keyring_took_its_entry_the_password_still_opens() {
    let f = fixture();
    let word = password("correct horse");
    let (key, file) = create(&f.path, Some(&word), KeyringUse::Memory).unwrap();
    keyring::store(
        KeyringUse::Memory,
        file.profile_id(),
        &wrap::WrappingKey::fresh().unwrap(),
    )
    .unwrap();
    assert_eq!(unlock(&reload(&f), Some(&word), KeyringUse::Memory).unwrap(), key);
    change(&f.path, &file, &key, &NewProtection::Device, KeyringUse::Memory).unwrap();
    assert_eq!(unlock(&reload(&f), None, KeyringUse::Memory).unwrap(), key);
}

#[test]
fn an_entry_that_opens_nothing_is_told_from_a_silent_keyring() {
    let f = fixture();
    let (_, file) = create(&f.path, None, KeyringUse::Memory).unwrap();
    keyring::store(
        KeyringUse::Memory,
        file.profile_id(),
        &wrap::WrappingKey::fresh().unwrap(),
    )
    .unwrap();
    assert!(matches!(
        unlock(&file, None, KeyringUse::Memory),
        Err(KeyError::KeyringEntryLost)
    ));
    keyring::forget(KeyringUse::Memory, file.profile_id());
    assert!(matches!(
        unlock(&file, None, KeyringUse::Memory),
        Err(KeyError::KeyringEntryLost)
    ));
}
