//! Names that lead to account IDs (ONS).
//!
//! Source: `network.md` §4.9, `identity.md` §8.

use nous_protocol::account::AccountId;
use nous_protocol::error::{ErrorKind, HasKind, HasRetry, Retry};
use nous_protocol::ons::{OnsError, OnsName};
use serde_json::json;

use crate::error::SwarmError;
use crate::network::Network;
use crate::storage_rpc::oxend;

/// Why a name leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// This network has no names.
    #[error("no names here")]
    Unsupported,
    /// The text cannot be a name, or the answer does not belong to it.
    #[error(transparent)]
    Name(#[from] OnsError),
    /// Nobody registered it.
    #[error("unknown name")]
    Unknown,
    /// Three nodes did not say the same.
    #[error("nodes disagree")]
    Disagreement,
    /// The nodes could not be asked.
    #[error(transparent)]
    Swarm(#[from] SwarmError),
}

impl HasKind for NameError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unsupported | Self::Unknown => ErrorKind::NotFound,
            Self::Name(error) => error.kind(),
            Self::Disagreement => ErrorKind::NodeTrouble,
            Self::Swarm(error) => error.kind(),
        }
    }
}

impl HasRetry for NameError {
    fn retry(&self) -> Retry {
        match self {
            Self::Unsupported | Self::Unknown => Retry::Never,
            Self::Name(error) => error.retry(),
            Self::Disagreement => Retry::Now,
            Self::Swarm(error) => error.retry(),
        }
    }
}

impl Network {
    /// The account ID behind a name, as three random nodes say alike.
    ///
    /// `name`: as typed; white space around it is dropped, case does not matter.
    ///
    /// # Errors
    /// [`NameError`].
    pub async fn resolve_name(&self, name: &str) -> Result<AccountId, NameError> {
        if !self.inner.config.file.ons {
            return Err(NameError::Unsupported);
        }
        let name = OnsName::parse(name)?;
        let request = oxend(
            "ons_resolve",
            json!({ "type": 0, "name_hash": name.hash_base64() }),
        );
        let ask = self.inner.agreed_answer(&request, |reply| reply.name().ok());
        let answer = self
            .inner
            .until_shutdown(ask)
            .await?
            .ok_or(NameError::Disagreement)?;
        let value = answer.encrypted_value.ok_or(NameError::Unknown)?;
        Ok(name.open(&value, answer.nonce.as_deref())?)
    }
}
