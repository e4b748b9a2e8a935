//! What the configs of an account have in common: how names, pictures, times and settings
//! are kept.
//!
//! Source: `config.md` §9.

use std::collections::BTreeSet;

use super::data::{Dict, Path, Scalar};
use super::state::Editor;
pub use crate::content::profile::Picture;
use crate::identity::cut_name;

/// The longest link of a picture, in bytes.
pub const MAX_PICTURE_URL: usize = 223;

/// The last bit of a set of features.
const LAST_BIT: i64 = 63;

/// What may disturb a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum NotifyMode {
    /// As the app is set.
    #[default]
    Default,
    /// Every message.
    All,
    /// None.
    Disabled,
    /// Those that name the person; in groups and communities.
    MentionsOnly,
}

impl NotifyMode {
    pub(super) const fn of(number: i64) -> Self {
        match number {
            1 => Self::All,
            2 => Self::Disabled,
            3 => Self::MentionsOnly,
            _ => Self::Default,
        }
    }

    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Default => 0,
            Self::All => 1,
            Self::Disabled => 2,
            Self::MentionsOnly => 3,
        }
    }

    /// Between two people there are no mentions: they count as all.
    #[must_use]
    pub const fn between_two(self) -> Self {
        match self {
            Self::MentionsOnly => Self::All,
            Self::Default | Self::All | Self::Disabled => self,
        }
    }
}

/// Until when a conversation is silent that is silent until somebody says otherwise: a moment in
/// the year 2255, the last one that every client reads as seconds.
pub const MUTED_FOR_GOOD: i64 = 9_000_000_000;

/// Up to where the messages of a conversation were cleared. A field of ours, which other clients
/// keep and pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cleared {
    /// The place in the timeline of the newest message that was cleared, in ms; 0: nothing was.
    pub up_to_ms: i64,
    /// When, in ms: what a swarm stored later was not seen then.
    pub at_ms: i64,
}

const CLEARED_UP_TO: &[u8] = b"nous.cleared";
const CLEARED_AT: &[u8] = b"nous.clearedAt";

impl Cleared {
    /// Nothing was cleared.
    pub const NONE: Self = Self {
        up_to_ms: 0,
        at_ms: 0,
    };

    pub(super) fn read(entry: &Dict) -> Self {
        Self {
            up_to_ms: entry.number(CLEARED_UP_TO).max(0),
            at_ms: entry.number(CLEARED_AT).max(0),
        }
    }

    pub(super) fn write(self, entry: &mut EntryEditor<'_, '_>) {
        entry.positive(CLEARED_UP_TO, self.up_to_ms);
        entry.positive(CLEARED_AT, self.at_ms);
    }

    /// Both: what either says was cleared.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            up_to_ms: self.up_to_ms.max(other.up_to_ms),
            at_ms: self.at_ms.max(other.at_ms),
        }
    }

    /// Whether a message was cleared that has this place in the timeline and was stored then, in ms.
    #[must_use]
    pub const fn covers(self, place_ms: i64, stored_ms: i64) -> bool {
        place_ms <= self.up_to_ms && stored_ms <= self.at_ms
    }
}

/// From when on a message's life is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimerStart {
    /// When it is sent.
    Sent,
    /// When it is read.
    Read,
}

/// How long messages of a conversation live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer {
    /// From when on.
    pub start: TimerStart,
    /// For how long, in seconds; more than 0.
    pub seconds: i64,
}

/// Seconds since 1970 from a value that some clients wrote in ms or µs.
pub(super) const fn seconds(value: i64) -> i64 {
    match value {
        9_000_000_000_001.. => value.saturating_div(1_000_000),
        9_000_000_001.. => value.saturating_div(1_000),
        _ => value,
    }
}

/// Reading the fields of an entry.
pub(super) trait Fields {
    /// An integer, 0 if there is none.
    fn number(&self, key: &[u8]) -> i64;
    /// Whether there is an integer but 0.
    fn is_set(&self, key: &[u8]) -> bool;
    /// A moment in seconds, 0 for none.
    fn moment(&self, key: &[u8]) -> i64;
    /// A name as it stands, cut to the longest one.
    fn name(&self, key: &[u8]) -> String;
    /// A string of exactly this size.
    fn fixed<const N: usize>(&self, key: &[u8]) -> Option<[u8; N]>;
    /// A link and a key, both or none.
    fn picture(&self, url: &[u8], key: &[u8]) -> Option<Picture>;
    /// The numbers of the bits that are on.
    fn bits(&self, key: &[u8]) -> BTreeSet<u8>;
}

impl Fields for Dict {
    fn number(&self, key: &[u8]) -> i64 {
        self.integer(key).unwrap_or(0)
    }

    fn is_set(&self, key: &[u8]) -> bool {
        self.number(key) != 0
    }

    fn moment(&self, key: &[u8]) -> i64 {
        seconds(self.number(key)).max(0)
    }

    fn name(&self, key: &[u8]) -> String {
        let bytes = self.string(key).unwrap_or_default();
        // Longer ones are cut anyway: what is behind need not be looked at.
        let start = bytes.get(..256).unwrap_or(bytes);
        cut_name(&String::from_utf8_lossy(start)).to_owned()
    }

    fn fixed<const N: usize>(&self, key: &[u8]) -> Option<[u8; N]> {
        self.string(key)?.try_into().ok()
    }

    fn picture(&self, url: &[u8], key: &[u8]) -> Option<Picture> {
        let url = std::str::from_utf8(self.string(url)?).ok()?;
        let key = self.fixed(key)?;
        is_picture_url(url).then(|| Picture {
            url: url.to_owned(),
            key,
        })
    }

    fn bits(&self, key: &[u8]) -> BTreeSet<u8> {
        let scalars = self.set(key).into_iter().flatten();
        scalars.filter_map(bit).collect()
    }
}

fn is_picture_url(url: &str) -> bool {
    (1..=MAX_PICTURE_URL).contains(&url.len())
}

/// The number of a bit, if the scalar is one.
fn bit(scalar: &Scalar) -> Option<u8> {
    match scalar {
        Scalar::Integer(number @ 0..=LAST_BIT) => u8::try_from(*number).ok(),
        Scalar::Integer(_) | Scalar::String(_) => None,
    }
}

/// Writing the fields of an entry at a path.
pub(super) struct EntryEditor<'a, 'p> {
    /// What changes the config.
    pub(super) editor: Editor<'a>,
    /// Where the entry is.
    pub(super) path: &'p Path<'p>,
}

impl EntryEditor<'_, '_> {
    /// The entry as it stands.
    pub(super) fn entry(&self) -> Option<&Dict> {
        self.editor.data().dict_at(self.path)
    }

    /// A name, cut, absent when empty unless it is `always` there.
    pub(super) fn name(&mut self, key: &[u8], name: &str, always: bool) {
        let name = cut_name(name);
        if always {
            self.string(key, name.as_bytes());
        } else {
            self.with(key, |editor, path| editor.text(path, name));
        }
    }

    /// A string, even an empty one.
    pub(super) fn string(&mut self, key: &[u8], bytes: &[u8]) -> bool {
        self.with(key, |editor, path| editor.string(path, bytes))
    }

    /// A string, or nothing.
    pub(super) fn optional(&mut self, key: &[u8], bytes: Option<&[u8]>) -> bool {
        self.with(key, |editor, path| match bytes {
            Some(bytes) => editor.string(path, bytes),
            None => editor.remove(path),
        })
    }

    /// 1, or nothing.
    pub(super) fn flag(&mut self, key: &[u8], is_set: bool) {
        self.with(key, |editor, path| editor.flag(path, is_set));
    }

    /// An integer, or nothing.
    pub(super) fn integer(&mut self, key: &[u8], number: Option<i64>) -> bool {
        self.with(key, |editor, path| editor.integer(path, number))
    }

    /// An integer above 0, or nothing.
    pub(super) fn positive(&mut self, key: &[u8], number: i64) {
        self.with(key, |editor, path| editor.positive(path, number));
    }

    /// An integer but 0, or nothing.
    pub(super) fn nonzero(&mut self, key: &[u8], number: i64) {
        self.with(key, |editor, path| editor.nonzero(path, number));
    }

    /// A link and a key, both or none; a link that is too long counts as none. Whether that
    /// changed anything.
    pub(super) fn picture(&mut self, url: &[u8], key: &[u8], picture: Option<&Picture>) -> bool {
        let picture = picture.filter(|picture| is_picture_url(&picture.url));
        let first = self.optional(url, picture.map(|picture| picture.url.as_bytes()));
        let second = self.optional(key, picture.map(|picture| picture.key.as_slice()));
        first || second
    }

    /// A set without an empty form.
    pub(super) fn set(&mut self, key: &[u8], set: BTreeSet<Scalar>) -> bool {
        self.with(key, |editor, path| editor.set(path, set))
    }

    /// The bits that are on; what else is in the set stays.
    pub(super) fn bits(&mut self, key: &[u8], bits: &BTreeSet<u8>) -> bool {
        let known = self.entry().and_then(|entry| entry.set(key));
        let others = known.into_iter().flatten().filter(|scalar| bit(scalar).is_none());
        let bits = bits.iter().map(|number| Scalar::Integer(i64::from(*number)));
        let set = others.cloned().chain(bits.filter(|scalar| bit(scalar).is_some()));
        let set = set.collect();
        self.set(key, set)
    }

    fn with(&mut self, key: &[u8], change: impl FnOnce(&mut Editor<'_>, &Path<'_>) -> bool) -> bool {
        let path: Vec<&[u8]> = self.path.iter().copied().chain([key]).collect();
        change(&mut self.editor, &path)
    }
}
