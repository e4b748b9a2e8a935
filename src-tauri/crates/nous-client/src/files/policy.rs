//! What is fetched by itself. Pure.
//!
//! Source: `messages.md` §11.6.

use nous_storage::attachments::Trust;

/// The setting for fetching by itself, from those who are trusted; if it was never set, it is on.
pub const BY_ITSELF: &str = "files.byItself";
/// So many bytes a day are fetched by themselves.
pub const MOST_A_DAY: u64 = 200_000_000;
/// No file of the server is larger, as it is uploaded.
pub const LARGEST: u64 = 10_223_616;
const DAY_MS: i64 = 86_400_000;

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The setting.
    pub is_allowed: bool,
    /// Another device of ours sent it.
    pub is_own: bool,
    /// How the conversation stands.
    pub trust: Trust,
}

/// Whether a file is fetched without a click: our own, and those of whom the person said so; never
/// out of a request.
#[must_use]
pub const fn is_fetched_by_itself(origin: Origin) -> bool {
    let is_trusted = origin.trust.is_trusted && origin.trust.is_approved;
    origin.is_allowed && (origin.is_own || is_trusted)
}

/// Whether a file of that size, as its sender says, can be one of the server's.
#[must_use]
pub fn may_exist(size: Option<u64>) -> bool {
    size.is_none_or(|size| size <= LARGEST)
}

/// The day, counted from 1970, in network time.
#[must_use]
pub const fn day(now_ms: i64) -> i64 {
    now_ms.div_euclid(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRIEND: Trust = Trust {
        is_trusted: false,
        is_approved: true,
    };
    const TRUSTED: Trust = Trust {
        is_trusted: true,
        ..FRIEND
    };
    const REQUEST: Trust = Trust {
        is_approved: false,
        ..TRUSTED
    };

    fn is_fetched(is_allowed: bool, is_own: bool, trust: Trust) -> bool {
        is_fetched_by_itself(Origin {
            is_allowed,
            is_own,
            trust,
        })
    }

    #[test]
    fn own_copies_and_trusted_people_are_fetched_and_nobody_else() {
        assert!(is_fetched(true, true, FRIEND));
        assert!(is_fetched(true, false, TRUSTED));
        assert!(!is_fetched(true, false, FRIEND));
    }

    #[test]
    fn nothing_is_fetched_from_a_request_or_against_the_setting() {
        assert!(!is_fetched(true, false, REQUEST));
        assert!(!is_fetched(false, false, TRUSTED));
        assert!(!is_fetched(false, true, FRIEND));
    }

    #[test]
    fn a_file_of_five_gigabytes_cannot_exist() {
        assert!(may_exist(None) && may_exist(Some(10_000_000)));
        assert!(!may_exist(Some(5_000_000_000)));
    }

    #[test]
    fn days_are_counted_before_1970_too() {
        assert_eq!((day(0), day(86_399_999), day(86_400_000), day(-1)), (0, 0, 1, -1));
    }
}
