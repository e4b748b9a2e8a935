//! The system keyring, asked in a thread of its own: its service may ask the person, hang
//! or not exist.

use std::sync::mpsc;
use std::time::Duration;

use super::KeyError;
use super::wrap::WrappingKey;
use crate::clock::start_thread;

/// The service name of our entries.
const SERVICE: &str = "entre-nous";
/// How long the keyring may take.
const LIMIT: Duration = Duration::from_secs(2);

/// Whether the system keyring is asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyringUse {
    /// Ask it.
    #[default]
    Allowed,
    /// Behave as if there were none.
    Off,
    /// One in the memory of the thread.
    #[cfg(test)]
    Memory,
}

impl KeyringUse {
    /// `Off` if the environment has `ENTRE_NOUS_KEYRING=off`.
    #[must_use]
    pub fn from_environment() -> Self {
        match std::env::var("ENTRE_NOUS_KEYRING") {
            Ok(value) if value.eq_ignore_ascii_case("off") => Self::Off,
            _ => Self::Allowed,
        }
    }
}

pub(super) fn load(usage: KeyringUse, profile_id: &str) -> Result<WrappingKey, KeyError> {
    #[cfg(test)]
    if usage == KeyringUse::Memory {
        return memory::get(profile_id).ok_or(KeyError::KeyringEntryLost);
    }
    let answer = ask(usage, profile_id, |entry| {
        let secret = zeroize::Zeroizing::new(entry.get_secret()?);
        Ok(WrappingKey::from_slice(&secret))
    });
    match answer {
        Ok(Some(key)) => Ok(key),
        Ok(None) | Err(Trouble::NoEntry) => Err(KeyError::KeyringEntryLost),
        Err(Trouble::Unavailable) => Err(KeyError::KeyringUnavailable),
    }
}

pub(super) fn store(usage: KeyringUse, profile_id: &str, key: &WrappingKey) -> Result<(), KeyError> {
    #[cfg(test)]
    if usage == KeyringUse::Memory {
        memory::put(profile_id, Some(*key.as_bytes()));
        return Ok(());
    }
    let secret = zeroize::Zeroizing::new(*key.as_bytes());
    // Read back: some services take an entry and forget it.
    let kept = ask(usage, profile_id, move |entry| {
        entry.set_secret(secret.as_slice())?;
        Ok(zeroize::Zeroizing::new(entry.get_secret()?).as_slice() == secret.as_slice())
    });
    if matches!(kept, Ok(true)) {
        Ok(())
    } else {
        Err(KeyError::KeyringUnavailable)
    }
}

/// Removes the entry; one that stays behind opens nothing.
pub(super) fn forget(usage: KeyringUse, profile_id: &str) {
    #[cfg(test)]
    if usage == KeyringUse::Memory {
        return memory::put(profile_id, None);
    }
    if ask(usage, profile_id, |entry| entry.delete_credential()).is_err() {
        tracing::warn!("an unused entry stays in the system keyring");
    }
}

enum Trouble {
    NoEntry,
    Unavailable,
}

fn ask<T: Send + 'static>(
    usage: KeyringUse,
    profile_id: &str,
    question: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    if usage == KeyringUse::Off {
        return Err(Trouble::Unavailable);
    }
    let (reply, answer) = mpsc::sync_channel(1);
    let user = profile_id.to_owned();
    let body = move || {
        let result = keyring::Entry::new(SERVICE, &user).and_then(|entry| question(&entry));
        // Too late: nobody listens any more.
        drop(reply.send(result));
    };
    start_thread("keyring", body).map_err(|_| Trouble::Unavailable)?;
    match answer.recv_timeout(LIMIT) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(keyring::Error::NoEntry)) => Err(Trouble::NoEntry),
        Ok(Err(_)) | Err(_) => Err(Trouble::Unavailable),
    }
}

/// A keyring for tests: no service of the machine is asked.
#[cfg(test)]
pub(super) mod memory {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::WrappingKey;

    thread_local! {
        static ENTRIES: RefCell<BTreeMap<String, [u8; 32]>> = const { RefCell::new(BTreeMap::new()) };
    }

    pub(in crate::key) fn get(profile_id: &str) -> Option<WrappingKey> {
        ENTRIES.with_borrow(|entries| WrappingKey::from_slice(entries.get(profile_id)?))
    }

    pub(in crate::key) fn put(profile_id: &str, key: Option<[u8; 32]>) {
        ENTRIES.with_borrow_mut(|entries| match key {
            Some(key) => drop(entries.insert(profile_id.to_owned(), key)),
            None => drop(entries.remove(profile_id)),
        });
    }
}
