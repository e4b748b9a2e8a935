//! The recovery phrase.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;

/// The recovery phrase, for the page that shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryPhraseRow {
    /// 13 words separated by spaces.
    pub words: String,
    /// The seed as 32 hex digits, content of the recovery QR code.
    pub qr_text: String,
}

impl std::fmt::Debug for RecoveryPhraseRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryPhraseRow(…)")
    }
}

/// One word of a phrase while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PhraseWord {
    /// The word as typed, lower case.
    pub text: String,
    /// Whether it stands for a word of the list.
    pub is_known: bool,
    /// Up to five words that may be meant.
    pub suggestions: Vec<String>,
}

/// A phrase while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PhraseCheck {
    /// Every word found.
    pub words: Vec<PhraseWord>,
    /// What is wrong with the whole, `null` when the phrase is right.
    pub error: Option<ApiError>,
    /// The account that a right phrase belongs to (66 hex digits).
    pub account_id: Option<String>,
}
