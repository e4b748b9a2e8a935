//! `key.json`.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::wrap::{Argon2Settings, Sealed, SecretText, is_proof, proof};
use super::{KeyError, Protection};
use crate::files;
use crate::secret::DatabaseKey;

/// The format that this version writes and reads.
const FORMAT: u32 = 1;

/// The wrapped key and how it is wrapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(super) enum Wrapped {
    /// Under a password.
    Password {
        /// How the password becomes a key.
        argon2: Argon2Settings,
        /// The key.
        sealed: Sealed,
    },
    /// Under a key in the system keyring, entry `entre-nous` / profile id.
    Keyring {
        /// The key.
        sealed: Sealed,
    },
    /// Under a key beside it.
    File {
        /// That key.
        wrapping_key: SecretText,
        /// The key.
        sealed: Sealed,
    },
}

impl Wrapped {
    pub(super) const fn sealed(&self) -> &Sealed {
        match self {
            Self::Password { sealed, .. } | Self::Keyring { sealed } | Self::File { sealed, .. } => sealed,
        }
    }
}

/// The content of `key.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeyFile {
    format: u32,
    profile_id: String,
    /// The database was made and migrated once: a missing or empty one is damage.
    has_database: bool,
    /// Proves the key.
    #[serde(with = "super::digits")]
    proof: [u8; 32],
    wrapped: Wrapped,
}

/// Read before the rest, so that a newer format is known as such.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl KeyFile {
    pub(super) fn new(profile_id: String, key: &DatabaseKey, wrapped: Wrapped) -> Self {
        let proof = proof(key, &profile_id);
        Self {
            format: FORMAT,
            profile_id,
            has_database: false,
            proof,
            wrapped,
        }
    }

    pub(super) fn with(&self, wrapped: Wrapped) -> Self {
        Self {
            wrapped,
            ..self.clone()
        }
    }

    pub(super) const fn wrapped(&self) -> &Wrapped {
        &self.wrapped
    }

    pub(super) fn proves(&self, key: &DatabaseKey) -> bool {
        is_proof(key, &self.profile_id, &self.proof)
    }

    /// Random, made with the profile: 32 hexadecimal digits.
    pub(crate) fn profile_id(&self) -> &str {
        &self.profile_id
    }

    /// What protects the key.
    pub(crate) const fn protection(&self) -> Protection {
        match self.wrapped {
            Wrapped::Password { .. } => Protection::Password,
            Wrapped::Keyring { .. } => Protection::Keyring,
            Wrapped::File { .. } => Protection::File,
        }
    }

    /// Whether the database was made and migrated once.
    pub(crate) const fn has_database(&self) -> bool {
        self.has_database
    }

    /// The same, after the database was made.
    pub(crate) fn with_database(&self) -> Self {
        Self {
            has_database: true,
            ..self.clone()
        }
    }

    /// `None` if there is no file.
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, KeyError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Format { format } = serde_json::from_slice(&bytes).map_err(|_| KeyError::Damaged)?;
        if format != FORMAT {
            return Err(KeyError::NewerVersion { found: format });
        }
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| KeyError::Damaged)
    }

    /// Writes it as one step.
    pub(crate) fn save(&self, path: &Path) -> Result<(), KeyError> {
        let text = serde_json::to_vec_pretty(self).map_err(|_| KeyError::Damaged)?;
        Ok(files::replace_file(path, &Zeroizing::new(text))?)
    }
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(bytes)
}
