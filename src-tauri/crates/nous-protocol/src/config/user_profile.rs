//! The profile of the account, and Note to Self.
//!
//! Source: `config.md` §10.

use std::collections::BTreeSet;

use super::fields::{Cleared, EntryEditor, Fields, Picture};
use super::state::ConfigState;
use crate::time::Timestamp;

/// When the person last changed the profile, and when the picture was last stored again.
const CHANGED: &[u8] = b"t";
const REUPLOADED: &[u8] = b"T";

/// The config of the profile.
///
/// Its setters take the time that is written with a change; `None` writes none, as clients
/// before 2025 did. Setting what is there already changes nothing, and writes no time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserProfile {
    state: ConfigState,
}

super::typed!(UserProfile);

impl UserProfile {
    fn editor(&mut self) -> EntryEditor<'_, 'static> {
        EntryEditor {
            editor: self.state.edit_own(),
            path: &[],
        }
    }

    fn number(&self, key: &[u8]) -> i64 {
        self.state.data().number(key)
    }

    /// Writes a time beside the picture that counts, so that it goes on counting.
    fn stamp(&mut self, at: Option<Timestamp>) {
        let key = if self.is_reuploaded() { REUPLOADED } else { CHANGED };
        self.write_time(key, at);
    }

    fn write_time(&mut self, key: &[u8], at: Option<Timestamp>) {
        if let Some(at) = at {
            self.editor().positive(key, at.as_ms().saturating_div(1_000));
        }
    }

    /// Whether the picture that was stored again is the one that counts.
    fn is_reuploaded(&self) -> bool {
        self.number(REUPLOADED) > self.number(CHANGED)
    }

    /// The display name; `None` if there is none: then this is no profile yet.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        Some(self.state.data().name(b"n")).filter(|name| !name.is_empty())
    }

    /// Sets the display name, cut to 100 bytes.
    pub fn set_name(&mut self, name: &str, at: Option<Timestamp>) {
        let before = self.name();
        self.editor().name(b"n", name, false);
        if self.name() != before {
            self.stamp(at);
        }
    }

    /// The picture that counts.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        let data = self.state.data();
        if self.is_reuploaded() {
            data.picture(b"P", b"Q")
        } else {
            data.picture(b"p", b"q")
        }
    }

    /// Sets or removes the picture, as the person chose.
    pub fn set_picture(&mut self, picture: Option<&Picture>, at: Option<Timestamp>) {
        if !self.editor().picture(b"p", b"q", picture) {
            return;
        }
        if self.state.data().picture(b"p", b"q").is_none() {
            self.editor().picture(b"P", b"Q", None);
        }
        self.write_time(CHANGED, at);
    }

    /// The same picture, stored again because files expire.
    pub fn set_reuploaded_picture(&mut self, picture: &Picture, at: Timestamp) {
        if self.editor().picture(b"P", b"Q", Some(picture)) {
            self.write_time(REUPLOADED, Some(at));
        }
    }

    /// When the profile was last changed, in seconds; 0 if nobody knows.
    #[must_use]
    pub fn updated_seconds(&self) -> i64 {
        self.number(CHANGED).max(self.number(REUPLOADED)).max(0)
    }

    /// When the person last changed the profile, in seconds; 0 if nobody knows. A picture that
    /// was stored again is no change of theirs.
    ///
    /// Source: `config.md` §10.
    #[must_use]
    pub fn changed_seconds(&self) -> i64 {
        self.number(CHANGED).max(0)
    }

    /// The priority of Note to Self: −1 hidden, 0 normal, more when pinned.
    #[must_use]
    pub fn note_priority(&self) -> i64 {
        self.number(b"+")
    }

    /// Sets the priority of Note to Self.
    pub fn set_note_priority(&mut self, priority: i64) {
        self.editor().nonzero(b"+", priority);
    }

    /// Which messages of Note to Self were cleared.
    #[must_use]
    pub fn note_cleared(&self) -> Cleared {
        Cleared::read(self.state.data())
    }

    /// Sets which messages of Note to Self were cleared.
    pub fn set_note_cleared(&mut self, cleared: Cleared) {
        cleared.write(&mut self.editor());
    }

    /// How long messages in Note to Self live after they were sent, in seconds.
    #[must_use]
    pub fn note_timer_seconds(&self) -> Option<i64> {
        Some(self.number(b"e")).filter(|seconds| *seconds > 0)
    }

    /// Sets how long messages in Note to Self live.
    pub fn set_note_timer_seconds(&mut self, seconds: Option<i64>) {
        self.editor().positive(b"e", seconds.unwrap_or(0));
    }

    /// Whether people of communities may send requests; `None` if the person never chose.
    #[must_use]
    pub fn community_requests(&self) -> Option<bool> {
        self.state.data().integer(b"M").map(|number| number != 0)
    }

    /// Sets whether people of communities may send requests.
    pub fn set_community_requests(&mut self, accepts: Option<bool>, at: Option<Timestamp>) {
        if self.community_requests() != accepts {
            self.editor().integer(b"M", accepts.map(i64::from));
            self.stamp(at);
        }
    }

    /// The features of the profile that are on, by their number.
    #[must_use]
    pub fn features(&self) -> BTreeSet<u8> {
        self.state.data().bits(b"f")
    }

    /// Sets which features of the profile are on; those that we do not know stay.
    pub fn set_features(&mut self, features: &BTreeSet<u8>, at: Option<Timestamp>) {
        if self.features() != *features && self.editor().bits(b"f", features) {
            self.stamp(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<Timestamp> {
        Some(Timestamp::from_ms(seconds * 1_000 + 7))
    }

    fn picture(n: u8) -> Picture {
        Picture {
            url: format!("http://example.org/{n}"),
            key: [n; 32],
        }
    }

    #[test]
    fn a_new_profile_has_nothing_and_never_chose() {
        let profile = UserProfile::default();
        assert_eq!((profile.name(), profile.picture()), (None, None));
        assert_eq!(profile.community_requests(), None);
        assert_eq!(profile.updated_seconds(), 0);
    }

    #[test]
    fn names_are_cut_between_two_characters() {
        let mut profile = UserProfile::default();
        profile.set_name(&"é".repeat(60), at(5));
        assert_eq!(profile.name().unwrap(), "é".repeat(50));
        profile.set_name("", at(6));
        assert_eq!((profile.name(), profile.updated_seconds()), (None, 6));
    }

    #[test]
    fn an_unchanged_value_changes_nothing_and_writes_no_time() {
        let mut profile = UserProfile::default();
        profile.set_name("Kallie", at(5));
        profile.set_picture(Some(&picture(1)), at(6));
        profile.set_community_requests(Some(false), at(7));
        let before = profile.clone();
        profile.set_name("Kallie", at(9));
        profile.set_picture(Some(&picture(1)), at(9));
        profile.set_community_requests(Some(false), at(9));
        profile.set_features(&BTreeSet::new(), at(9));
        assert_eq!(profile, before);
    }

    #[test]
    fn a_picture_stored_again_counts_until_another_is_chosen() {
        let mut profile = UserProfile::default();
        profile.set_picture(Some(&picture(1)), at(5));
        profile.set_reuploaded_picture(&picture(2), Timestamp::from_ms(9_000));
        assert_eq!(profile.picture(), Some(picture(2)));
        assert_eq!((profile.updated_seconds(), profile.changed_seconds()), (9, 5));
        profile.set_name("Kallie", at(10));
        assert_eq!(profile.picture(), Some(picture(2)));
        assert_eq!(profile.updated_seconds(), 10);
        profile.set_picture(Some(&picture(3)), at(11));
        assert_eq!(profile.picture(), Some(picture(3)));
    }

    #[test]
    fn removing_the_picture_removes_the_one_stored_again() {
        let mut profile = UserProfile::default();
        profile.set_picture(Some(&picture(1)), at(5));
        profile.set_reuploaded_picture(&picture(2), Timestamp::from_ms(9_000));
        profile.set_picture(None, at(10));
        assert_eq!(profile.picture(), None);
        assert!(profile.state.data().string(b"P").is_none());
    }

    #[test]
    fn a_lone_or_wrong_sized_picture_counts_as_none() {
        let mut profile = UserProfile::default();
        let mut editor = profile.state.edit_own();
        editor.string(&[b"p"], b"http://example.org/1");
        assert_eq!(profile.picture(), None);
        profile.state.edit_own().string(&[b"q"], &[1; 31]);
        assert_eq!(profile.picture(), None);
        profile.state.edit_own().string(&[b"q"], &[1; 32]);
        assert!(profile.picture().is_some());
        let long = Picture {
            url: "x".repeat(224),
            key: [1; 32],
        };
        profile.set_picture(Some(&long), None);
        assert_eq!(profile.picture(), None);
    }

    #[test]
    fn features_that_we_do_not_know_stay() {
        use crate::config::data::Scalar;
        let mut profile = UserProfile::default();
        let foreign = [Scalar::Integer(64), Scalar::from("x"), Scalar::Integer(1)];
        profile
            .state
            .edit_own()
            .set(&[b"f"], foreign.into_iter().collect());
        assert_eq!(profile.features(), BTreeSet::from([1]));
        profile.set_features(&BTreeSet::from([0, 2]), at(5));
        assert_eq!(profile.features(), BTreeSet::from([0, 2]));
        assert_eq!(profile.state.data().set(b"f").unwrap().len(), 4);
    }
}
