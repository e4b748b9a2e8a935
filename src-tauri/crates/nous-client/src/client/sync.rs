//! What all devices of the account share, seen from outside.

use super::Client;
use crate::config_sync::status::{self, ConfigStatus};
use crate::error::ClientError;

impl Client {
    /// How each config stands.
    ///
    /// # Errors
    /// What the database said.
    pub async fn sync_status(&self) -> Result<Vec<ConfigStatus>, ClientError> {
        Ok(self.db()?.read(status::read).await?)
    }
}
