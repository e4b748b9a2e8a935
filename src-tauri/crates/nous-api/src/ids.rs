//! Opaque names and units that cross to the faces.

use serde::{Deserialize, Serialize};

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque!(
    /// A conversation: for one-to-one the other's account ID. Opaque to faces.
    ConversationId
);
opaque!(
    /// A message of this profile. Opaque to faces; never given again after a deletion.
    MessageId
);
opaque!(
    /// A place in a list; stays valid when rows come and go.
    Cursor
);
opaque!(
    /// A picture as a page asks for it: see [`crate::pictures::get_media`]. Another picture has
    /// another id.
    PictureId
);
opaque!(
    /// A file that was chosen or recorded and is not sent yet.
    StagedFileId
);
opaque!(
    /// A preview of a link that is not sent yet.
    LinkPreviewId
);
opaque!(
    /// Work that takes longer than a command may: progress comes as events.
    JobId
);

/// A moment: milliseconds since 1970-01-01 UTC, exported to TypeScript as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(transparent)]
pub struct TimestampMs(
    // Below 2⁵³, so a plain number of TypeScript; specta refuses 64-bit integers.
    #[cfg_attr(feature = "bindings", specta(type = i32))] pub i64,
);
