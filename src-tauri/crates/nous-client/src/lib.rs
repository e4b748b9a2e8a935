//! The engine: account, sending, receiving, polling.

/// Which network; replaced by the network crate's type.
#[derive(Debug, Clone)]
pub struct NetworkConfig(String);

/// A network description that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("network description")]
pub struct NetworkConfigError;

impl NetworkConfig {
    /// The real network.
    #[must_use]
    pub fn mainnet() -> Self {
        Self("mainnet".into())
    }
    /// The test network.
    #[must_use]
    pub fn testnet() -> Self {
        Self("testnet".into())
    }
    /// A network described by a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn from_json(text: &str) -> Result<Self, NetworkConfigError> {
        Ok(Self(text.into()))
    }
}
