//! What faces ask of the directory.

use serde::{Deserialize, Serialize};

use crate::ids::{Cursor, JobId};

/// A page of the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListDirectoryRequest {
    /// From the page before; `null` for the first.
    pub cursor: Option<Cursor>,
    /// At most 100.
    pub limit: u32,
    /// Beginnings of words of name, note or ID; empty for all.
    pub search: String,
}

/// Write an entry of the directory, new or known.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SaveDirectoryEntryRequest {
    /// 66 hex digits.
    pub account_id: String,
    /// At most 100 bytes once cleaned; empty for none.
    pub name: String,
    /// At most 1,000 bytes; empty for none.
    pub note: String,
}

/// Write a list that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WriteDirectoryImportRequest {
    /// Which.
    pub job: JobId,
    /// The list's names and notes win over those that stand here; else they only fill what
    /// is missing.
    pub replaces: bool,
}

/// As what the directory is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DirectoryFormat {
    /// Comma separated values.
    Csv,
    /// A page to print, with QR codes (HTML).
    Page,
}

/// Export entries of the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportDirectoryRequest {
    /// 66 hex digits each; `null` for all entries.
    pub accounts: Option<Vec<String>>,
    /// As what.
    pub format: DirectoryFormat,
    /// Language of the page, as a BCP 47 tag.
    pub language: String,
    /// Its heading; also the name of the file.
    pub title: String,
    /// What an ID deserves, in words.
    pub warning: String,
}
