//! How long messages stay.

use serde::{Deserialize, Serialize};

use crate::ids::TimestampMs;

/// What begins the time of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum TimerKind {
    /// It stays.
    Off,
    /// That it was read.
    AfterRead,
    /// That it was sent.
    AfterSend,
}

/// How long messages of a conversation stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Timer {
    /// What begins their time.
    pub kind: TimerKind,
    /// How long they stay from then on; 0 if they stay for good.
    pub seconds: u32,
}

/// A message that disappears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DisappearsRow {
    /// What begins its time.
    pub kind: TimerKind,
    /// How long it stays from then on.
    pub seconds: u32,
    /// Network time of its end; `null` while its time has not begun.
    pub ends_at: Option<TimestampMs>,
}
