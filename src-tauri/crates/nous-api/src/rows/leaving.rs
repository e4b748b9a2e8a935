//! Leaving an account, and the password that protects it.

use serde::{Deserialize, Serialize};

use crate::errors::ApiError;

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DeletionState {
    /// Going on.
    Running,
    /// Not every node confirmed: it can be tried again, ended on this device, or taken back.
    Partly,
    /// The account is gone from this device.
    Done,
}

/// A deletion of the account, going on or done in this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeletionRow {
    /// How far it is.
    pub state: DeletionState,
    /// The nodes that keep data of the account, as far as known; 0 if none was asked.
    pub nodes: u32,
    /// Those that signed that they hold nothing of it any more.
    pub confirmed: u32,
    /// The messages and settings that they deleted.
    pub deleted: u32,
    /// Why the last of the others did not confirm.
    pub error: Option<ApiError>,
}

/// How hard a password is to guess, for somebody with a copy of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PasswordStrength {
    /// Shorter than 6 characters, or longer than 256.
    NotAllowed,
    /// Found within hours.
    Weak,
    /// Found within months.
    Fair,
    /// Not found within years.
    Strong,
}

/// A password while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PasswordCheck {
    /// How hard it is to guess.
    pub strength: PasswordStrength,
}
