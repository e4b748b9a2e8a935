//! Wrong passwords, counted beside the key: a restart does not forget them.
//!
//! A try is noted before it is made, so that one whose process is killed has counted. Who can
//! write the profile can also remove the count: it slows down people at the keyboard; what
//! slows down those with a copy of the files is the work of Argon2.
//!
//! Source: `product.md` §17.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nous_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::KeyError;
use crate::files;

/// So many wrong passwords are free; then each costs a pause, doubling from 2 s.
const FREE: u32 = 5;
/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(300);

/// The content of `tries.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Tries {
    wrong: u32,
    /// When the last was made.
    last_ms: i64,
}

impl Tries {
    /// One that cannot be read counts as none.
    fn load(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// How long to wait before the next try; `None` if it may be made at `now`. A clock that
    /// was set back costs the whole pause.
    fn wait(self, now: Timestamp) -> Option<Duration> {
        let over = self.wrong.checked_sub(FREE)?;
        let pause = Duration::from_secs(2 << over.min(10)).min(LONGEST);
        let gone_ms = now.as_ms().saturating_sub(self.last_ms);
        let gone = Duration::from_millis(u64::try_from(gone_ms).unwrap_or(0));
        Some(pause.saturating_sub(gone)).filter(|left| !left.is_zero())
    }
}

/// Notes a try that is about to be made.
///
/// # Errors
/// [`KeyError::TooManyTries`] if it may not be made yet.
pub(crate) fn begin(path: &Path, now: Timestamp) -> Result<(), KeyError> {
    let tries = Tries::load(path);
    if let Some(wait) = tries.wait(now) {
        return Err(KeyError::TooManyTries { wait });
    }
    let noted = Tries {
        wrong: tries.wrong.saturating_add(1),
        last_ms: now.as_ms(),
    };
    let text = serde_json::to_vec(&noted).map_err(|_| KeyError::Damaged)?;
    // A full disk must not keep the owner out.
    if let Err(error) = files::replace_file(path, &text) {
        tracing::warn!(kind = ?error.kind(), "a try cannot be noted");
    }
    Ok(())
}

/// The try was no wrong password.
pub(crate) fn clear(path: &Path) {
    if let Err(error) = files::remove_if_there(path) {
        tracing::warn!(kind = ?error.kind(), "tries cannot be forgotten");
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_795_478_400_000);

    fn wait_at(tries: Tries, now: Timestamp) -> Option<u64> {
        tries.wait(now).map(|left| left.as_secs())
    }

    #[test]
    fn five_wrong_passwords_are_free_then_each_waits_longer() {
        let after = |wrong| {
            wait_at(
                Tries {
                    wrong,
                    last_ms: NOW.as_ms(),
                },
                NOW,
            )
        };
        assert_eq!((0..5).map(after).collect::<Vec<_>>(), [None; 5]);
        assert_eq!([after(5), after(6), after(7)], [Some(2), Some(4), Some(8)]);
        assert_eq!(after(u32::MAX), Some(LONGEST.as_secs()));
    }

    #[test]
    fn the_pause_runs_with_the_clock_and_one_set_back_helps_nobody() {
        let tries = Tries {
            wrong: 6,
            last_ms: NOW.as_ms(),
        };
        let at = |ms: i64| wait_at(tries, Timestamp::from_ms(NOW.as_ms() + ms));
        assert_eq!((at(1_000), at(4_000)), (Some(3), None));
        assert_eq!(at(-86_400_000), Some(4));
    }

    #[test]
    fn a_try_counts_before_it_is_made_and_the_right_one_clears_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tries.json");
        for _ in 0..5 {
            begin(&path, NOW).unwrap();
        }
        let refused = begin(&path, NOW).unwrap_err();
        assert!(matches!(refused, KeyError::TooManyTries { wait } if wait.as_secs() == 2));
        assert_eq!(Tries::load(&path).wrong, 5, "what was refused was not made");
        clear(&path);
        begin(&path, NOW).unwrap();
        fs::write(&path, "nonsense").unwrap();
        begin(&path, NOW).unwrap();
    }
}
