//! A conversation that is written into files.

use serde::{Deserialize, Serialize};

use super::SavedFile;
use crate::errors::ApiError;

/// How an export stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ExportStage {
    /// It goes on.
    Running,
    /// It is written.
    #[serde(rename_all = "camelCase")]
    Done {
        /// The folder, and where it is.
        saved: SavedFile,
    },
    /// It was stopped. Nothing is left of it.
    Stopped,
    /// It could not go on. Nothing is left of it.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// A conversation on its way into files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportRow {
    /// How it stands.
    pub stage: ExportStage,
    /// Messages that were looked at.
    pub done: u32,
    /// Messages in all.
    pub total: u32,
    /// Files that were written.
    pub files: u32,
    /// Files that are not on this device.
    pub missing: u32,
    /// Messages that disappear, and were left out.
    pub left_out: u32,
}
