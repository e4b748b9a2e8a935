//! What takes up space.

use nous_protocol::account::ConversationId;
use nous_protocol::time::Timestamp;

use super::Client;
use crate::error::ClientError;
use crate::space::{self, Chosen, Files, Used};

impl Client {
    /// What the profile takes up on the disk.
    ///
    /// # Errors
    /// As [`space::used`].
    pub async fn space_used(&self) -> Result<Used, ClientError> {
        let backups = self.opened()?.profile()?.folder().backups();
        space::used(&self.session()?.core, backups).await
    }

    /// How many files would go, and their bytes.
    ///
    /// # Errors
    /// As [`space::count_files`].
    pub async fn count_files(&self, chosen: Chosen) -> Result<Files, ClientError> {
        space::count_files(&self.session()?.core, chosen).await
    }

    /// Removes files from this device, and what that leaves empty in the database with the next
    /// upkeep.
    ///
    /// # Errors
    /// As [`space::delete_files`].
    pub async fn delete_files(&self, chosen: Chosen) -> Result<Files, ClientError> {
        space::delete_files(&self.session()?.core, chosen).await
    }

    /// How many messages of a conversation stand before a moment and have nothing to do any more.
    ///
    /// # Errors
    /// As [`space::count_old`].
    pub async fn count_old(&self, id: ConversationId, before: Timestamp) -> Result<u32, ClientError> {
        space::count_old(&self.session()?.core, id, before).await
    }

    /// Removes those messages from this device.
    ///
    /// # Errors
    /// As [`space::clear_old`].
    pub async fn clear_old(&self, id: ConversationId, before: Timestamp) -> Result<u32, ClientError> {
        space::clear_old(&self.session()?.core, id, before).await
    }
}
