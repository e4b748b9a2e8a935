//! The directory, as faces show it.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;
use crate::ids::{Cursor, PictureId};

/// Somebody in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryRow {
    /// 66 hex digits.
    pub account_id: String,
    /// `null`: show the shortened account ID.
    pub name: Option<String>,
    /// Empty for none.
    pub note: String,
    /// The person's picture, if it is here and may be shown.
    pub picture: Option<PictureId>,
}

/// One page of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryPage {
    /// In the order of names; those without one at the end.
    pub rows: Vec<DirectoryRow>,
    /// For the next page; `null` at the end.
    pub next: Option<Cursor>,
    /// Number of all entries that fit the search.
    pub total: u32,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ImportStage {
    /// The list is read.
    Reading,
    /// It was read; nothing is written yet.
    Ready,
    /// It is written.
    Writing,
    /// It was written.
    Done,
    /// It was stopped. What was written stays.
    Stopped,
    /// It could not go on. What was written stays.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        error: ApiError,
    },
}

/// In what form a list came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ImportFormat {
    /// Lines of text.
    Text,
    /// Separated values.
    Table,
    /// An address book.
    VCard,
}

/// What was done with entries that came from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct MergedCounts {
    /// They were not known.
    pub added: u32,
    /// They were known and got a name or a note.
    pub changed: u32,
    /// They were known, and stayed as they were.
    pub kept: u32,
}

/// A line that gives no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BadLineRow {
    /// From 1.
    pub line: u32,
    /// Why: `NotAnAccountId`, `AccountIdMistyped`, `GroupId`, `BlindedId` or `OwnAccountId`.
    pub reason: ApiError,
    /// Its beginning.
    pub excerpt: String,
}

/// A list on its way into the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryImport {
    /// How far it is.
    pub stage: ImportStage,
    /// Lines read, or entries written.
    pub done: u32,
    /// Lines or entries in all.
    pub total: u32,
    /// Its form, once it was read.
    pub format: Option<ImportFormat>,
    /// Accounts in the list.
    pub entries: u32,
    /// Lines about an account that stood in the list before: the first line wins, later ones
    /// fill what it does not say.
    pub duplicates: u32,
    /// What writing would do where known names and notes stay.
    pub keeping: MergedCounts,
    /// The same where the list's names and notes win.
    pub replacing: MergedCounts,
    /// What was written so far.
    pub written: MergedCounts,
    /// The first entries.
    pub preview: Vec<DirectoryRow>,
    /// The first 500 lines that give no entry.
    pub bad_lines: Vec<BadLineRow>,
    /// How many lines give no entry.
    pub bad_count: u32,
}

/// A file that was written for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// The folder it is in.
    pub folder: String,
}
