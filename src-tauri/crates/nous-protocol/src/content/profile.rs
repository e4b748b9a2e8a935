//! Names and pictures that messages carry.
//!
//! Source: `messages.md` §4.2 and §4.3.

use super::ContentError;
use crate::identity::received_name;
use crate::wire::protobuf::LokiProfile;

/// A profile as carried.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The name; `None` keeps the known one.
    pub name: Option<String>,
    /// The picture; `None` removes the known one.
    pub picture: Option<Picture>,
    /// When it was last changed, in **seconds**; 0 or absent = never told.
    pub updated_seconds: Option<u64>,
}

/// Shows nothing of it.
impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Profile(…)")
    }
}

/// Where a picture is and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its link.
    pub url: String,
    /// Its key.
    pub key: [u8; 32],
}

/// Shows neither link nor key.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Picture(…)")
    }
}

/// Whether a received profile replaces the stored one: its second is greater, or both are
/// 0 or absent.
#[must_use]
pub fn profile_wins(stored_seconds: Option<u64>, received_seconds: Option<u64>) -> bool {
    let (stored, received) = (stored_seconds.unwrap_or(0), received_seconds.unwrap_or(0));
    received > stored || (received == 0 && stored == 0)
}

/// Reads a profile and the key beside it; a key that has not 32 bytes counts as absent.
pub(super) fn read(
    profile: Option<LokiProfile>,
    key: Option<Vec<u8>>,
) -> Result<Option<Profile>, ContentError> {
    let Some(profile) = profile else {
        return Ok(None);
    };
    let url = profile.profile_picture.unwrap_or_default();
    if url.len() > 2_048 {
        return Err(ContentError::Bound("profilePicture"));
    }
    let key = key.and_then(|key| <[u8; 32]>::try_from(key).ok());
    let picture = key.filter(|_| !url.is_empty()).map(|key| Picture { url, key });
    Ok(Some(Profile {
        name: profile.display_name.as_deref().and_then(received_name),
        picture,
        updated_seconds: profile.last_profile_update_seconds,
    }))
}

/// The protobuf form, and the key beside it.
pub(super) fn write(profile: &Profile) -> (LokiProfile, Option<Vec<u8>>) {
    let picture = profile.picture.as_ref();
    let written = LokiProfile {
        display_name: profile.name.clone(),
        profile_picture: picture.map(|picture| picture.url.clone()),
        last_profile_update_seconds: profile.updated_seconds,
    };
    (written, picture.map(|picture| picture.key.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_second_wins_and_equal_ones_do_not() {
        assert!(profile_wins(Some(5), Some(6)));
        assert!(!profile_wins(Some(5), Some(5)));
        assert!(!profile_wins(Some(5), Some(4)));
        assert!(profile_wins(None, Some(1)));
    }

    #[test]
    fn without_seconds_on_both_sides_the_last_one_wins() {
        assert!(profile_wins(None, None));
        assert!(profile_wins(Some(0), None));
        assert!(!profile_wins(Some(1), None));
    }

    #[test]
    fn a_picture_needs_its_key() {
        let profile = LokiProfile {
            profile_picture: Some("http://h/file/1".into()),
            ..LokiProfile::default()
        };
        assert!(
            read(Some(profile.clone()), None)
                .unwrap()
                .unwrap()
                .picture
                .is_none()
        );
        assert!(
            read(Some(profile.clone()), Some(vec![1; 31]))
                .unwrap()
                .unwrap()
                .picture
                .is_none()
        );
        assert!(
            read(Some(profile), Some(vec![1; 32]))
                .unwrap()
                .unwrap()
                .picture
                .is_some()
        );
    }
}
