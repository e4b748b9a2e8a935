//! Reading and typing, and what others are told of them.

use nous_protocol::account::{AccountId, ConversationId};
use nous_storage::ids::MessageKey;

use super::Client;
use crate::config_sync::actions;
use crate::error::ClientError;
use crate::events::Change;
use crate::privacy::{self, Privacy};
use crate::receipts;

impl Client {
    /// What the person allowed; nothing while the profile is not open.
    ///
    /// # Errors
    /// What the database said.
    pub async fn privacy(&self) -> Result<Privacy, ClientError> {
        let Ok(db) = self.db() else {
            return Ok(Privacy::default());
        };
        Ok(db.read(privacy::load).await?)
    }

    /// Keeps what the person allows.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn set_privacy(&self, privacy: Privacy) -> Result<(), ClientError> {
        privacy::set(&self.session()?.core, privacy).await
    }

    /// Whether people of communities may send requests; `false` while the profile is not open.
    ///
    /// # Errors
    /// What the database said.
    pub async fn takes_community_requests(&self) -> Result<bool, ClientError> {
        let Ok(db) = self.db() else {
            return Ok(false);
        };
        Ok(db.read(actions::takes_community_requests).await?)
    }

    /// Lets people of communities send requests or not, on all devices.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn set_community_requests(&self, accepts: bool) -> Result<(), ClientError> {
        actions::set_community_requests(&self.session()?.core, accepts).await
    }

    /// Marks what was seen as read, up to one message, or everything; tells the others who
    /// are to know.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn mark_read(
        &self,
        id: impl Into<ConversationId>,
        up_to: Option<MessageKey>,
    ) -> Result<(), ClientError> {
        let id = id.into();
        let read = receipts::read(&self.session()?.core, id, up_to).await?;
        if !read.is_empty() {
            self.inner.hub.announce([Change::Messages(id, read)]);
        }
        Ok(())
    }

    /// Marks everything in every conversation of the list as read; tells the others who are to know.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn mark_all_read(&self) -> Result<(), ClientError> {
        for (id, read) in receipts::read_all(&self.session()?.core).await? {
            self.inner.hub.announce([Change::Messages(id, read)]);
        }
        Ok(())
    }

    /// The person typed to somebody, or emptied the field or left. Never waits; nothing is
    /// kept.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`].
    pub fn set_typing(&self, account: AccountId, is_typing: bool) -> Result<(), ClientError> {
        self.session()?.core.typing.typed(account, is_typing);
        Ok(())
    }

    /// Who types to us now.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`].
    pub fn who_types(&self) -> Result<Vec<AccountId>, ClientError> {
        Ok(self.session()?.core.typing.who())
    }
}
