//! Recording and playing.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{MessageId, StagedFileId};

/// What a recording does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RecordingState {
    /// It hears.
    Running,
    /// The microphone is closed until it goes on.
    Paused,
    /// Five minutes are reached: it can be finished or given up.
    Full,
    /// The microphone is gone; what was heard before can be finished.
    Failed,
    /// It ended, and could not be kept: it can be finished again, or given up.
    Unsaved,
}

/// A recording that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RecordingRow {
    /// What it does.
    pub state: RecordingState,
    /// How much was recorded.
    pub length_ms: u32,
    /// How loud it is now: 0 to 100.
    pub level: u8,
    /// Why it failed.
    pub error: Option<ApiError>,
}

/// Which sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum SoundRef {
    /// A file of a message.
    #[serde(rename_all = "camelCase")]
    Message {
        /// The message.
        message: MessageId,
        /// Its place among the files of the message, from 0.
        index: u32,
    },
    /// A file that was recorded or chosen and is not sent yet.
    #[serde(rename_all = "camelCase")]
    Staged {
        /// The file.
        file: StagedFileId,
    },
}

/// What a player does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PlaybackState {
    /// It is heard.
    Playing,
    /// It waits at its place.
    Paused,
    /// It was heard to its end.
    Ended,
    /// The loudspeaker is gone; it can be asked to go on.
    Failed,
}

/// What plays, or played last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PlaybackRow {
    /// Which sound.
    pub sound: SoundRef,
    /// What it does.
    pub state: PlaybackState,
    /// Where it is.
    pub position_ms: u32,
    /// How long it is, if that is known.
    pub length_ms: Option<u32>,
    /// How fast it goes: 100 to 200.
    pub speed_percent: u32,
    /// Why it failed.
    pub error: Option<ApiError>,
}

/// How recording and playing stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VoiceRow {
    /// The recording, if there is one.
    pub recording: Option<RecordingRow>,
    /// What plays or played last.
    pub playback: Option<PlaybackRow>,
}

/// A voice message that was recorded and is not sent yet: it is sent with a message of no text, or
/// discarded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VoiceDraft {
    /// The file, as for any other that was chosen.
    pub file: StagedFileId,
    /// How long it is.
    pub length_ms: u32,
    /// 64 pillars of 0 to 255.
    pub waveform: Vec<u8>,
}
