//! The list of conversations.

use nous_protocol::account::{AccountId, ConversationId};
use nous_storage::conversations::{self, Conversation, ListPlace};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages;

use super::Client;
use crate::error::ClientError;
use crate::events::Change;
use crate::receipts;

impl Client {
    /// The own address.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`].
    pub fn own_id(&self) -> Result<AccountId, ClientError> {
        Ok(self.session()?.core.own)
    }

    /// A page of the list and the number of all listed conversations.
    ///
    /// # Errors
    /// What the database said.
    pub async fn conversations(
        &self,
        after: Option<ListPlace>,
        filter: String,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u32), ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            let mut rows = conversations::page(reader, after, &filter, limit)?;
            receipts::hide_in_list(reader, &mut rows)?;
            Ok((rows, conversations::total(reader)?))
        });
        Ok(read.await?)
    }

    /// Some conversations, in the order asked; missing ones are left out.
    ///
    /// # Errors
    /// What the database said.
    pub async fn conversations_with(
        &self,
        ids: Vec<ConversationId>,
    ) -> Result<Vec<Conversation>, ClientError> {
        let asked = ids.clone();
        let mut found = self
            .db()?
            .read(move |reader| {
                let mut rows = conversations::by_ids(reader, &asked)?;
                receipts::hide_in_list(reader, &mut rows)?;
                Ok(rows)
            })
            .await?;
        found.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
        Ok(found)
    }

    /// The conversation with a person; made, unlisted, if there is none.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_conversation(&self, account: AccountId) -> Result<Conversation, ClientError> {
        let now = self.now();
        self.db()?
            .write(move |writer| conversations::ensure(writer, account, now))
            .await?;
        self.conversations_with(vec![account.into()])
            .await?
            .pop()
            .ok_or(ClientError::NoConversation)
    }

    async fn change<T: Send + 'static>(
        &self,
        id: ConversationId,
        change: impl FnOnce(&mut Writer<'_>, ConversationKey) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ClientError> {
        let db = self.db()?;
        let changed = db.write(move |writer| match conversations::find(&writer.reader(), id)? {
            Some(key) => change(writer, key).map(Some),
            None => Ok(None),
        });
        let result = changed.await?.ok_or(ClientError::NoConversation)?;
        self.inner.hub.announce([Change::Conversations(vec![id])]);
        Ok(result)
    }

    /// Keeps what was typed, and which message of the conversation it answers; empty removes it.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn set_draft(
        &self,
        id: impl Into<ConversationId>,
        text: String,
        quote: Option<MessageKey>,
    ) -> Result<(), ClientError> {
        self.change(id.into(), move |writer, key| {
            conversations::set_draft(writer, key, &text, quote)
        })
        .await
    }

    /// How many messages failed, anywhere.
    ///
    /// # Errors
    /// What the database said.
    pub async fn failed_count(&self) -> Result<u32, ClientError> {
        Ok(self.db()?.read(messages::failed_count).await?)
    }
}
