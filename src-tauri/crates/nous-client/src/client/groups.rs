//! Groups and communities that cannot be opened yet.

use nous_storage::kept_groups::{self, KeptGroup};

use super::Client;
use crate::error::ClientError;

impl Client {
    /// Groups and communities of the account, pinned first; hidden ones are left out.
    ///
    /// # Errors
    /// What the database said.
    pub async fn kept_groups(&self) -> Result<Vec<KeptGroup>, ClientError> {
        let mut groups = self.db()?.read(kept_groups::list).await?;
        groups.retain(|group| group.priority >= 0);
        Ok(groups)
    }
}
