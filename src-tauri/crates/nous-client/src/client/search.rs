//! Searching messages.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::ids::MessageKey;
use nous_storage::messages::{self, Message};
use nous_storage::search::{self, FoundPage, Has, Query, Search, Snippet};

use super::Client;
use crate::error::ClientError;
use crate::receipts;

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct MessageSearch {
    /// Beginnings of words, as typed.
    pub text: String,
    /// Only there.
    pub conversation: Option<ConversationId>,
    /// Only what they wrote.
    pub author: Option<AccountId>,
    /// Only what stands then or later.
    pub after: Option<Timestamp>,
    /// Only what stands before.
    pub before: Option<Timestamp>,
    /// Only what has all of these.
    pub has: Has,
}

/// A page of what a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// Newest first, each with the piece of its text that shows why.
    pub rows: Vec<(Message, Snippet)>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<MessageKey>,
    /// How many there are, if they were counted.
    pub total: Option<u32>,
    /// Whether every message is searched: after an update the older ones come by and by.
    pub is_complete: bool,
}

impl Client {
    /// A page of the messages that fit a search, newest first.
    ///
    /// `before`: from the page before; `None` for the first.
    ///
    /// # Errors
    /// [`ClientError::NothingToSearch`], [`ClientError::NoConversation`], or what the database said.
    pub async fn search(
        &self,
        asked: MessageSearch,
        before: Option<MessageKey>,
        limit: u32,
    ) -> Result<SearchPage, ClientError> {
        let db = self.db()?;
        let read = db.read(move |reader| {
            let conversation = match asked.conversation {
                None => None,
                Some(id) => match conversations::find(reader, id)? {
                    Some(key) => Some(key),
                    None => return Ok(Err(ClientError::NoConversation)),
                },
            };
            let query = Query {
                text: asked.text,
                conversation,
                author: asked.author,
                after: asked.after,
                before: asked.before,
                has: asked.has,
            };
            let Some(search) = Search::of(query) else {
                return Ok(Err(ClientError::NothingToSearch));
            };
            let page = search::page(reader, &search, before, limit.max(1))?;
            let keys: Vec<MessageKey> = page.rows.iter().map(|found| found.message).collect();
            let mut rows = messages::by_keys(reader, &keys)?;
            receipts::hide(reader, &mut rows)?;
            Ok(Ok(joined(page, rows)))
        });
        read.await?
    }
}

/// The rows of a page in its order.
fn joined(page: FoundPage, mut rows: Vec<Message>) -> SearchPage {
    let whole = page.rows.into_iter().filter_map(|found| {
        let at = rows.iter().position(|row| row.key == found.message)?;
        Some((rows.swap_remove(at), found.snippet))
    });
    SearchPage {
        rows: whole.collect(),
        next: page.next,
        total: page.total,
        is_complete: page.is_complete,
    }
}
