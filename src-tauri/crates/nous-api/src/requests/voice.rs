//! What faces ask for about recording and playing.

use serde::{Deserialize, Serialize};

use crate::rows::SoundRef;

/// What is to become of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RecordingAction {
    /// Close the microphone for a while.
    Pause,
    /// Open it again.
    Resume,
    /// Give the recording up.
    Discard,
}

/// Play a sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PlaySoundRequest {
    /// Which.
    pub sound: SoundRef,
    /// From which place on.
    pub from_ms: u32,
    /// How fast: 100 to 200.
    pub speed_percent: u32,
}

/// What is to become of what plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum PlaybackAction {
    /// Close the loudspeaker and keep the place.
    Pause,
    /// Go on; from the beginning if it was heard to its end.
    Resume,
    /// End it.
    Stop,
    /// Go to another place.
    #[serde(rename_all = "camelCase")]
    Seek {
        /// Which.
        position_ms: u32,
    },
    /// Go faster or slower.
    #[serde(rename_all = "camelCase")]
    Speed {
        /// How fast: 100 to 200.
        percent: u32,
    },
}
