//! What a group says of itself: name, picture, timer, and what it lets members do.
//!
//! Source: `groups.md` §4 and §22.

use super::fields::{EntryEditor, Fields, Picture};
use super::state::ConfigState;
use crate::group::secret::GroupSecret;

/// The longest description, in bytes.
pub const MAX_DESCRIPTION: usize = 2_000;

/// The dict of our own rules; other clients keep it as it is.
const RULES: &[u8] = b"entrenous";

/// The config of a group's information.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupInfo {
    state: ConfigState,
}

super::typed_group!(GroupInfo, "groups::Info", GROUP_INFO);

/// What a group lets its members do, beyond what all clients know.
///
/// Source: `groups.md` §22.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupRules {
    /// Members may have others added: admins' apps do it for them.
    pub members_may_add: bool,
    /// Who accepts an invitation becomes an admin.
    pub all_are_admins: bool,
}

impl GroupInfo {
    fn number(&self, key: &[u8]) -> i64 {
        self.state.data().number(key).max(0)
    }

    /// The name as it came, at most 100 bytes.
    #[must_use]
    pub fn name(&self) -> String {
        self.state.data().name(b"n")
    }

    /// The description, at most [`MAX_DESCRIPTION`] bytes, empty for none.
    #[must_use]
    pub fn description(&self) -> String {
        let bytes = self.state.data().string(b"o").unwrap_or_default();
        let start = bytes.get(..MAX_DESCRIPTION).unwrap_or(bytes);
        cut(&String::from_utf8_lossy(start)).to_owned()
    }

    /// The picture.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        self.state.data().picture(b"p", b"q")
    }

    /// How long messages live after they were sent, in seconds; 0 for always.
    #[must_use]
    pub fn timer_seconds(&self) -> i64 {
        self.number(b"E")
    }

    /// When the group was made, in seconds; 0 if nobody knows.
    #[must_use]
    pub fn created(&self) -> i64 {
        self.state.data().moment(b"c")
    }

    /// Messages that were sent earlier are deleted by all, in seconds; 0 for none.
    #[must_use]
    pub fn delete_before(&self) -> i64 {
        self.number(b"d")
    }

    /// Messages with attachments that were sent earlier are deleted by all, in seconds; 0 for none.
    #[must_use]
    pub fn delete_attachments_before(&self) -> i64 {
        self.number(b"D")
    }

    /// Whether the group is gone, for good.
    #[must_use]
    pub fn is_destroyed(&self) -> bool {
        self.state.data().is_set(b"!")
    }

    /// What members may do.
    #[must_use]
    pub fn rules(&self) -> GroupRules {
        let rules = self.state.data().dict_at(&[RULES]);
        let is_on = |key: &[u8]| rules.is_some_and(|rules| rules.is_set(key));
        GroupRules {
            members_may_add: is_on(b"a"),
            all_are_admins: is_on(b"e"),
        }
    }

    /// To change it; only admins can.
    pub const fn edit<'a>(&'a mut self, _admin: &'a GroupSecret) -> GroupInfoEditor<'a> {
        GroupInfoEditor(self)
    }
}

/// Changes what a group says of itself.
pub struct GroupInfoEditor<'a>(&'a mut GroupInfo);

impl GroupInfoEditor<'_> {
    fn entry(&mut self) -> EntryEditor<'_, 'static> {
        EntryEditor {
            editor: self.0.state.edit_own(),
            path: &[],
        }
    }

    /// Sets the name, cut to 100 bytes.
    pub fn name(&mut self, name: &str) {
        self.entry().name(b"n", name, false);
    }

    /// Sets the description, cut to [`MAX_DESCRIPTION`] bytes; empty removes it.
    pub fn description(&mut self, text: &str) {
        let text = Some(cut(text)).filter(|text| !text.is_empty());
        self.entry().optional(b"o", text.map(str::as_bytes));
    }

    /// Sets or removes the picture.
    pub fn picture(&mut self, picture: Option<&Picture>) {
        self.entry().picture(b"p", b"q", picture);
    }

    /// Sets how long messages live after they were sent, in seconds; 0 for always.
    pub fn timer_seconds(&mut self, seconds: i64) {
        self.entry().positive(b"E", seconds);
    }

    /// Sets when the group was made, in seconds.
    pub fn created(&mut self, seconds: i64) {
        self.entry().positive(b"c", seconds);
    }

    /// All delete messages that were sent earlier, in seconds. It never goes back.
    pub fn delete_before(&mut self, seconds: i64) {
        let seconds = seconds.max(self.0.delete_before());
        self.entry().positive(b"d", seconds);
    }

    /// All delete messages with attachments that were sent earlier, in seconds. It never goes back.
    pub fn delete_attachments_before(&mut self, seconds: i64) {
        let seconds = seconds.max(self.0.delete_attachments_before());
        self.entry().positive(b"D", seconds);
    }

    /// The group is gone, for good.
    pub fn destroy(&mut self) {
        self.entry().flag(b"!", true);
    }

    /// Sets what members may do.
    pub fn rules(&mut self, rules: GroupRules) {
        let mut entry = EntryEditor {
            editor: self.0.state.edit_own(),
            path: &[RULES],
        };
        entry.flag(b"a", rules.members_may_add);
        entry.flag(b"e", rules.all_are_admins);
    }
}

/// The text up to [`MAX_DESCRIPTION`] bytes, whole characters.
fn cut(text: &str) -> &str {
    let end = text.floor_char_boundary(MAX_DESCRIPTION);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> GroupSecret {
        GroupSecret::from_seed(&[1; 32])
    }

    #[test]
    fn everything_reads_as_it_was_set_and_goes_again() {
        let (mut info, secret) = (GroupInfo::default(), secret());
        let picture = Picture {
            url: "http://filev2.getsession.org/file/1".to_owned(),
            key: [2; 32],
        };
        let rules = GroupRules {
            members_may_add: true,
            all_are_admins: false,
        };
        let mut edit = info.edit(&secret);
        edit.name("Rowers");
        edit.description("Thursdays");
        edit.picture(Some(&picture));
        edit.timer_seconds(60);
        edit.created(5);
        edit.rules(rules);
        assert_eq!(
            (info.name(), info.description(), info.picture()),
            ("Rowers".into(), "Thursdays".into(), Some(picture))
        );
        assert_eq!(
            (info.timer_seconds(), info.created(), info.rules()),
            (60, 5, rules)
        );
        let mut edit = info.edit(&secret);
        edit.description("");
        edit.picture(None);
        edit.timer_seconds(0);
        edit.rules(GroupRules::default());
        assert_eq!((info.description(), info.picture()), (String::new(), None));
        assert_eq!((info.timer_seconds(), info.rules()), (0, GroupRules::default()));
    }

    #[test]
    fn what_was_deleted_and_destroyed_stays_so() {
        let (mut info, secret) = (GroupInfo::default(), secret());
        let mut edit = info.edit(&secret);
        edit.delete_before(9);
        edit.delete_before(4);
        edit.delete_attachments_before(7);
        edit.delete_attachments_before(0);
        edit.destroy();
        assert_eq!((info.delete_before(), info.delete_attachments_before()), (9, 7));
        assert!(info.is_destroyed());
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let (mut info, secret) = (GroupInfo::default(), secret());
        let mut edit = info.edit(&secret);
        edit.name(&"é".repeat(10_000));
        edit.description(&format!("x{}", "é".repeat(10_000)));
        assert_eq!(info.name(), "é".repeat(50));
        assert_eq!(info.description().len(), 1_999);
    }

    #[test]
    fn setting_the_same_again_stores_nothing() {
        let (mut info, secret) = (GroupInfo::default(), secret());
        info.edit(&secret).description("");
        info.edit(&secret).rules(GroupRules::default());
        assert!(!info.state().needs_push());
    }
}
