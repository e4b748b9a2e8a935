//! Pictures of profiles.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::PictureId;

/// How far the own picture is on its way to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum PictureUpload {
    /// There is nothing to upload.
    Done,
    /// It waits, and goes out by itself.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// Why the last try failed; `null` before the first.
        error: Option<ApiError>,
    },
}

/// A picture that was chosen and is not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StagedPictureRow {
    /// Its name, also for showing it.
    pub id: PictureId,
    /// Its width, upright.
    pub width_px: u32,
    /// Its height.
    pub height_px: u32,
    /// It moves: it is sent whole.
    pub is_animated: bool,
}
