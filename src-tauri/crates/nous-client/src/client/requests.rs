//! Message requests.

use nous_protocol::account::ConversationId;
use nous_storage::requests::{Inside, Request, RequestPlace};

use super::Client;
use crate::error::ClientError;
use crate::requests;

impl Client {
    /// A page of the requests and the number of all.
    ///
    /// # Errors
    /// What the database said.
    pub async fn requests(
        &self,
        after: Option<RequestPlace>,
        limit: u32,
    ) -> Result<(Vec<Request>, u32), ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            Ok((
                nous_storage::requests::page(reader, after, limit)?,
                nous_storage::requests::total(reader)?,
            ))
        });
        Ok(read.await?)
    }

    /// The inside of a request.
    ///
    /// # Errors
    /// [`ClientError::NoRequest`], or what the database said.
    pub async fn request(&self, id: impl Into<ConversationId>) -> Result<Inside, ClientError> {
        let id = id.into();
        self.db()?
            .read(move |reader| nous_storage::requests::find(reader, id))
            .await?
            .ok_or(ClientError::NoRequest)
    }

    /// Accepts a request.
    ///
    /// # Errors
    /// As [`requests::accept`].
    pub async fn accept_request(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        requests::accept(&self.session()?.core, id).await
    }

    /// Declines a request.
    ///
    /// # Errors
    /// As [`requests::decline`].
    pub async fn decline_request(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        requests::decline(&self.session()?.core, id).await
    }

    /// Blocks who asks.
    ///
    /// # Errors
    /// As [`requests::block`].
    pub async fn block_request(&self, id: impl Into<ConversationId>) -> Result<(), ClientError> {
        requests::block(&self.session()?.core, id).await
    }

    /// Declines every request; answers how many there were.
    ///
    /// # Errors
    /// As [`requests::clear`].
    pub async fn clear_requests(&self) -> Result<u32, ClientError> {
        requests::clear(&self.session()?.core).await
    }
}
