//! The key of the database and what protects it.
//!
//! The key is 32 random bytes, made once. `key.json` holds it wrapped
//! (XChaCha20-Poly1305) under a second key that comes from a password, lies in the
//! system keyring, or lies in `key.json` itself (a file only its owner can read).
//! Changing the protection rewrites `key.json`, never the database.
//!
//! A tag over the key in `key.json` proves it: a wrong password is told from damage.
//!
//! Source: `architecture.md` §10.

mod digits;
mod file;
mod keyring;
pub(crate) mod tries;
mod wrap;

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::time::Duration;

use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::time::Timestamp;

pub(crate) use file::{KeyFile, random};
pub use keyring::KeyringUse;

use crate::secret::{DatabaseKey, Password};

/// What protects the database key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A password of the person.
    Password,
    /// The keyring of the system.
    Keyring,
    /// The computer account only: the file's mode.
    File,
}

/// What shall protect the database key from now on.
#[derive(Debug)]
pub enum NewProtection<'p> {
    /// This password, 6 to 256 characters.
    Password(&'p Password),
    /// The system keyring, or the file if there is none.
    Device,
    /// The file, even if there is a keyring.
    File,
}

/// Why the key could not be had or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A password protects the key and none was given.
    #[error("a password is needed")]
    Locked,
    /// The password does not open the key.
    #[error("wrong password")]
    WrongPassword,
    /// Too many wrong passwords: the next try may be made after a pause.
    #[error("too many wrong passwords")]
    TooManyTries {
        /// How long.
        wait: Duration,
    },
    /// A new password that is too short or too long.
    #[error("a password has 6 to 256 characters")]
    PasswordLength,
    /// The system keyring protects the key and does not answer or is locked.
    #[error("the system keyring does not answer")]
    KeyringUnavailable,
    /// The system keyring has no entry for this profile, or one that opens nothing.
    #[error("the system keyring lost the key of this profile")]
    KeyringEntryLost,
    /// `key.json` cannot be understood.
    #[error("the key file is damaged")]
    Damaged,
    /// `key.json` was written by a newer version.
    #[error("the key file has format {found}")]
    NewerVersion {
        /// Its format number.
        found: u32,
    },
    /// The system's source of randomness failed.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// What the disk said.
    #[error("the key file cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

impl HasKind for KeyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked | Self::WrongPassword | Self::TooManyTries { .. } => ErrorKind::WrongPassword,
            Self::PasswordLength => ErrorKind::InvalidInput,
            Self::KeyringUnavailable => ErrorKind::NotAllowed,
            Self::KeyringEntryLost | Self::Damaged => ErrorKind::Damaged,
            Self::NewerVersion { .. } => ErrorKind::NewerVersion,
            Self::NoRandomness => ErrorKind::Bug,
            Self::Io(_) => ErrorKind::DiskFull,
        }
    }
}

impl HasRetry for KeyError {
    fn retry(&self) -> Retry {
        match self {
            Self::NewerVersion { .. } | Self::Damaged | Self::KeyringEntryLost | Self::NoRandomness => {
                Retry::Never
            }
            Self::TooManyTries { wait } => Retry::After(*wait),
            Self::Locked
            | Self::WrongPassword
            | Self::PasswordLength
            | Self::KeyringUnavailable
            | Self::Io(_) => Retry::AfterChange(Cause::Person),
        }
    }
}

/// Makes a new key, and `key.json` with the first protection that is available.
///
/// # Errors
/// [`KeyError::PasswordLength`], or what the disk said.
pub(crate) fn create(
    path: &Path,
    password: Option<&Password>,
    keyring: KeyringUse,
) -> Result<(DatabaseKey, KeyFile), KeyError> {
    let key = DatabaseKey::from_bytes(random()?);
    let profile_id = hex::encode(random::<16>()?);
    let wanted = password.map_or(NewProtection::Device, NewProtection::Password);
    let wrapped = wrap_under(&key, &profile_id, &wanted, keyring)?;
    let file = KeyFile::new(profile_id, &key, wrapped);
    file.save(path)?;
    Ok((key, file))
}

/// Removes what a profile has in the system keyring.
pub(crate) fn forget(keyring: KeyringUse, profile_id: &str) {
    keyring::forget(keyring, profile_id);
}

/// Opens the key; a wrong password is counted in `tries`.
///
/// # Errors
/// [`KeyError`].
pub(crate) fn unlock_counted(
    file: &KeyFile,
    password: Option<&Password>,
    keyring: KeyringUse,
    tries: &Path,
    now: Timestamp,
) -> Result<DatabaseKey, KeyError> {
    if file.protection() != Protection::Password || password.is_none() {
        return unlock(file, password, keyring);
    }
    tries::begin(tries, now)?;
    let key = unlock(file, password, keyring);
    if !matches!(key, Err(KeyError::WrongPassword)) {
        tries::clear(tries);
    }
    key
}

/// Opens the key.
///
/// # Errors
/// [`KeyError`].
pub(crate) fn unlock(
    file: &KeyFile,
    password: Option<&Password>,
    keyring: KeyringUse,
) -> Result<DatabaseKey, KeyError> {
    let lost = match file.protection() {
        Protection::Password => KeyError::WrongPassword,
        Protection::Keyring => KeyError::KeyringEntryLost,
        Protection::File => KeyError::Damaged,
    };
    let wrapping = match file.wrapped() {
        file::Wrapped::Password { argon2, .. } => argon2.derive(password.ok_or(KeyError::Locked)?)?,
        file::Wrapped::Keyring { .. } => keyring::load(keyring, file.profile_id())?,
        file::Wrapped::File { wrapping_key, .. } => wrapping_key.to_key()?,
    };
    let key = file
        .wrapped()
        .sealed()
        .open(&wrapping, file.profile_id())
        .ok_or(lost)?;
    if file.proves(&key) {
        Ok(key)
    } else {
        Err(KeyError::Damaged)
    }
}

/// Puts the key under another protection.
///
/// The new one stands before `key.json` is replaced as one step, and the old keyring
/// entry is removed after it: a crash anywhere leaves a key file that opens.
///
/// # Errors
/// [`KeyError`]; the old protection holds then.
pub(crate) fn change(
    path: &Path,
    file: &KeyFile,
    key: &DatabaseKey,
    wanted: &NewProtection<'_>,
    keyring: KeyringUse,
) -> Result<KeyFile, KeyError> {
    let had_keyring = file.protection() == Protection::Keyring;
    if had_keyring && matches!(wanted, NewProtection::Device) {
        return Ok(file.clone());
    }
    let next = file.with(wrap_under(key, file.profile_id(), wanted, keyring)?);
    next.save(path)?;
    if had_keyring {
        keyring::forget(keyring, next.profile_id());
    }
    Ok(next)
}

fn wrap_under(
    key: &DatabaseKey,
    profile_id: &str,
    wanted: &NewProtection<'_>,
    keyring: KeyringUse,
) -> Result<file::Wrapped, KeyError> {
    match wanted {
        NewProtection::Password(password) if !password.has_allowed_length() => Err(KeyError::PasswordLength),
        NewProtection::Password(password) => {
            let argon2 = wrap::Argon2Settings::fresh()?;
            let sealed = wrap::Sealed::seal(&argon2.derive(password)?, profile_id, key)?;
            Ok(file::Wrapped::Password { argon2, sealed })
        }
        NewProtection::Device => {
            let wrapping = wrap::WrappingKey::fresh()?;
            if keyring::store(keyring, profile_id, &wrapping).is_ok() {
                let sealed = wrap::Sealed::seal(&wrapping, profile_id, key)?;
                return Ok(file::Wrapped::Keyring { sealed });
            }
            in_file(key, profile_id)
        }
        NewProtection::File => in_file(key, profile_id),
    }
}

fn in_file(key: &DatabaseKey, profile_id: &str) -> Result<file::Wrapped, KeyError> {
    let wrapping = wrap::WrappingKey::fresh()?;
    let sealed = wrap::Sealed::seal(&wrapping, profile_id, key)?;
    Ok(file::Wrapped::File {
        wrapping_key: wrapping.to_text(),
        sealed,
    })
}
