//! What a person decides about people; all devices of the account follow.

use nous_protocol::account::{AccountId, ConversationId};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::ConversationKey;
use nous_storage::people;

use super::Client;
use crate::config_sync::actions;
use crate::error::ClientError;
use crate::events::Change;
use crate::send;

impl Client {
    /// Changes what all devices know of a person or a group.
    pub(super) async fn change_shared(
        &self,
        id: impl Into<ConversationId>,
        change: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<(), StorageError> + Send + 'static,
    ) -> Result<(), ClientError> {
        let core = self.session()?.core;
        actions::change_conversation(&core, id.into(), change).await
    }

    /// Pins or unpins.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn set_pinned(
        &self,
        id: impl Into<ConversationId>,
        is_pinned: bool,
    ) -> Result<(), ClientError> {
        self.change_shared(id, move |writer, key| people::set_pinned(writer, key, is_pinned))
            .await
    }

    /// Blocks or unblocks. What waits for somebody who is blocked fails; a request is refused.
    ///
    /// # Errors
    /// As [`send::set_blocked`].
    pub async fn set_blocked(&self, account: AccountId, is_blocked: bool) -> Result<(), ClientError> {
        let core = self.session()?.core;
        let known = core.db.read(move |reader| people::find(reader, &account)).await?;
        let asks = known.is_some_and(|(_, person)| person.has_approved_me && !person.is_approved);
        if is_blocked && asks {
            return self.block_request(account).await;
        }
        send::set_blocked(&core, account, is_blocked).await
    }

    /// Gives or (empty) takes back a nickname.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn set_nickname(&self, account: AccountId, nickname: String) -> Result<(), ClientError> {
        self.change_shared(account, move |writer, key| {
            people::set_nickname(writer, key, &nickname)
        })
        .await
    }

    /// Marks a conversation as unread.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn mark_unread(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        self.change_shared(id, people::mark_unread).await
    }

    /// Deletes the messages and takes the conversation out of the list, on all devices; what
    /// waited there is cancelled. Of groups only those that are over for us.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn delete_conversation(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        let account = match id.into() {
            ConversationId::Person(account) => account,
            ConversationId::Group(group) => return self.forget_group(group).await,
        };
        let is_deleted = send::delete_conversation(&self.session()?.core, account).await?;
        self.announce_deletion(account.into(), is_deleted)
    }

    /// Deletes a contact and the conversation, on all devices.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn delete_contact(&self, account: AccountId) -> Result<(), ClientError> {
        let is_deleted = send::delete_contact(&self.session()?.core, account).await?;
        self.announce_deletion(account.into(), is_deleted)
    }

    pub(super) fn announce_deletion(&self, id: ConversationId, is_deleted: bool) -> Result<(), ClientError> {
        if !is_deleted {
            return Err(ClientError::NoConversation);
        }
        self.inner.hub.announce([
            Change::Conversations(vec![id]),
            Change::AllMessages(id),
            Change::Requests,
            Change::Connectivity,
        ]);
        Ok(())
    }
}
