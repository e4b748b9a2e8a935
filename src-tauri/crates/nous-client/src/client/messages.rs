//! Messages: pages, sending, forwarding, trying again, deleting on this device.

use std::collections::BTreeSet;

use nous_protocol::account::{ConversationId, GroupId};
use nous_protocol::time::Timestamp;
use nous_storage::conversations::{self, Conversation};
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, Message, TimelinePlace};
use nous_storage::outbox::{self, OutboxRow};

use super::Client;
use crate::deleting;
use crate::error::ClientError;
use crate::events::Change;
use crate::files::tidy;
use crate::receipts;
use crate::send::{self, Draft, Forwarded};

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The newest.
    Latest,
    /// Around one message.
    Around(MessageKey),
    /// Older than a place.
    Before(TimelinePlace),
    /// Newer than a place.
    After(TimelinePlace),
}

/// A page of a timeline, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub rows: Vec<Message>,
    /// There are older ones.
    pub has_older: bool,
    /// There are newer ones.
    pub has_newer: bool,
    /// The first unread message of the conversation.
    pub first_unread: Option<MessageKey>,
    /// The first unread message that mentions us.
    pub first_unread_mention: Option<MessageKey>,
}

impl Client {
    /// A page of a timeline.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], [`ClientError::NoMessage`], or what the database said.
    pub async fn messages(
        &self,
        with: impl Into<ConversationId>,
        anchor: Anchor,
        limit: u32,
    ) -> Result<Page, ClientError> {
        let with = with.into();
        let db = self.db()?;
        if let (ConversationId::Group(id), Anchor::Latest | Anchor::Around(_)) = (with, &anchor) {
            self.look_at(id);
        }
        let read = db.read(move |reader| {
            let Some(key) = conversations::find(reader, with)? else {
                return Ok(Err(ClientError::NoConversation));
            };
            let mut page = page(reader, key, anchor, limit.max(1))?;
            if let Some(page) = &mut page {
                receipts::hide(reader, &mut page.rows)?;
            }
            Ok(page.ok_or(ClientError::NoMessage))
        });
        read.await?
    }

    /// What is looked at is polled soon, however quiet it was.
    fn look_at(&self, id: GroupId) {
        // A profile that is closing polls nothing.
        if let Ok(session) = self.session() {
            session.core.looked_at.note(id);
            session.core.groups_stirred.notify_one();
        }
    }

    /// Some messages; missing ones are left out.
    ///
    /// # Errors
    /// What the database said.
    pub async fn messages_by_key(&self, keys: Vec<MessageKey>) -> Result<Vec<Message>, ClientError> {
        Ok(self
            .db()?
            .read(move |reader| {
                let mut rows = messages::by_keys(reader, &keys)?;
                receipts::hide(reader, &mut rows)?;
                Ok(rows)
            })
            .await?)
    }

    /// One message.
    ///
    /// # Errors
    /// [`ClientError::NoMessage`], or what the database said.
    pub async fn message(&self, key: MessageKey) -> Result<Message, ClientError> {
        self.messages_by_key(vec![key])
            .await?
            .pop()
            .ok_or(ClientError::NoMessage)
    }

    /// The whole text of a message.
    ///
    /// # Errors
    /// [`ClientError::NoMessage`], or what the database said.
    pub async fn full_text(&self, key: MessageKey) -> Result<String, ClientError> {
        self.db()?
            .read(move |reader| messages::full_text(reader, key))
            .await?
            .ok_or(ClientError::NoMessage)
    }

    /// Writes a message down; it goes out by itself. With files that do not go into one message it becomes
    /// several, which come in their order.
    ///
    /// # Errors
    /// As [`send::submit_all`].
    pub async fn send_all(
        &self,
        to: impl Into<ConversationId>,
        draft: Draft,
    ) -> Result<Vec<Message>, ClientError> {
        let (core, to) = (self.session()?.core, to.into());
        let keys = send::submit_all(&core, to, draft).await?;
        if let Some(person) = to.person() {
            core.typing.sent(&person);
        }
        self.messages_by_key(keys).await
    }

    /// The same; answers the first of the messages.
    ///
    /// # Errors
    /// As [`send::submit_all`].
    pub async fn send(&self, to: impl Into<ConversationId>, draft: Draft) -> Result<Message, ClientError> {
        let first = self.send_all(to, draft).await?.into_iter().next();
        first.ok_or(ClientError::NoMessage)
    }

    /// Sends messages again to one or several conversations. `token`: made by the face; with the same
    /// token nothing goes twice.
    ///
    /// # Errors
    /// As [`send::forward`].
    pub async fn forward(
        &self,
        keys: Vec<MessageKey>,
        to: Vec<ConversationId>,
        token: Option<String>,
    ) -> Result<Forwarded, ClientError> {
        send::forward(&self.session()?.core, keys, to, token).await
    }

    /// Sends a text to one or several conversations, beside what is being written there. `token`: made by
    /// the face; with the same token nothing goes twice.
    ///
    /// # Errors
    /// As [`send::share`].
    pub async fn share(
        &self,
        text: String,
        to: Vec<ConversationId>,
        token: Option<String>,
    ) -> Result<Forwarded, ClientError> {
        send::share(&self.session()?.core, text, to, token).await
    }

    /// The first message of a conversation at or after a moment.
    ///
    /// # Errors
    /// [`ClientError::NoConversation`], or what the database said.
    pub async fn message_at(
        &self,
        with: impl Into<ConversationId>,
        at: Timestamp,
    ) -> Result<Option<MessageKey>, ClientError> {
        let with = with.into();
        let db = self.db()?;
        let read = db.read(move |reader| match conversations::find(reader, with)? {
            Some(key) => messages::at_date(reader, key, at).map(Some),
            None => Ok(None),
        });
        read.await?.ok_or(ClientError::NoConversation)
    }

    /// Tries a failed message, or a missing own copy, again.
    ///
    /// # Errors
    /// [`ClientError::NoMessage`] if it is gone, [`ClientError::Blocked`] while the recipient is
    /// blocked; else what the database said.
    pub async fn try_again(&self, key: MessageKey) -> Result<(), ClientError> {
        let core = self.session()?.core;
        self.message(key).await?;
        send::try_again(&core, key).await?;
        Ok(())
    }

    /// Tries every failed message again; answers how many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn try_all_again(&self) -> Result<u32, ClientError> {
        let core = self.session()?.core;
        send::try_all_again(&core).await
    }

    /// Deletes messages on this device; what waits to go out is cancelled, what was just being
    /// sent is unsent.
    ///
    /// # Errors
    /// [`ClientError::NoAccount`], or what the database said.
    pub async fn delete_messages(&self, keys: Vec<MessageKey>) -> Result<(), ClientError> {
        let core = self.session()?.core;
        let rows = self.messages_by_key(keys.clone()).await?;
        let changed = core.db.read(move |reader| {
            let rows = rows.iter().map(|row| (row.peer, row.key));
            deleting::changed_with(reader, rows)
        });
        let changed = changed.await?;
        send::delete(&core, keys).await?;
        tidy::stop_unwanted(&core).await?;
        tidy::remove_gone(&core).await?;
        let changes = changed.into_iter().flat_map(|(peer, key)| {
            [
                Change::Messages(peer, vec![key]),
                Change::Conversations(vec![peer]),
            ]
        });
        self.inner.hub.announce(changes.chain([Change::Connectivity]));
        Ok(())
    }

    /// Every failed message, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn failed_messages(&self) -> Result<Vec<Message>, ClientError> {
        Ok(self.db()?.read(messages::failed).await?)
    }

    /// What came from the swarm after another message, in order of arrival.
    ///
    /// # Errors
    /// What the database said.
    pub async fn received_since(&self, after: MessageKey, limit: u32) -> Result<Vec<Message>, ClientError> {
        Ok(self
            .db()?
            .read(move |reader| {
                let mut rows = messages::received_since(reader, after, limit)?;
                receipts::hide(reader, &mut rows)?;
                Ok(rows)
            })
            .await?)
    }

    /// The last message that came from the swarm.
    ///
    /// # Errors
    /// What the database said.
    pub async fn latest_arrival(&self) -> Result<MessageKey, ClientError> {
        Ok(self.db()?.read(messages::latest_arrival).await?)
    }

    /// What waits to go out, oldest first, and its conversations.
    ///
    /// # Errors
    /// What the database said.
    pub async fn outbox(&self) -> Result<Vec<(OutboxRow, Option<Conversation>)>, ClientError> {
        let rows = self.db()?.read(outbox::list).await?;
        let peers: BTreeSet<ConversationId> = rows.iter().map(|row| row.peer).collect();
        let known = self.conversations_with(peers.into_iter().collect()).await?;
        let with = |peer: &ConversationId| known.iter().find(|one| one.id == *peer).cloned();
        let beside = |row: OutboxRow| {
            let known = with(&row.peer);
            (row, known)
        };
        Ok(rows.into_iter().map(beside).collect())
    }
}

/// `None` if the message of the anchor is gone or stands elsewhere.
fn page(
    reader: &Reader<'_>,
    key: ConversationKey,
    anchor: Anchor,
    limit: u32,
) -> Result<Option<Page>, StorageError> {
    let (rows, has_older, has_newer) = match anchor {
        Anchor::Latest => {
            let (rows, has_older) = older(reader, key, None, limit)?;
            (rows, has_older, false)
        }
        Anchor::Before(place) => {
            let (rows, has_older) = older(reader, key, Some(place), limit)?;
            (rows, has_older, true)
        }
        Anchor::After(place) => {
            let (rows, has_newer) = newer(reader, key, place, limit)?;
            (rows, true, has_newer)
        }
        Anchor::Around(message) => match messages::place_of(reader, message)? {
            Some((conversation, place)) if conversation == key => around(reader, key, place, limit)?,
            _ => return Ok(None),
        },
    };
    Ok(Some(Page {
        rows,
        has_older,
        has_newer,
        first_unread: messages::first_unread(reader, key)?,
        first_unread_mention: messages::first_unread_mention(reader, key)?,
    }))
}

/// The rows around a place, and whether there are older and newer ones.
fn around(
    reader: &Reader<'_>,
    key: ConversationKey,
    place: TimelinePlace,
    limit: u32,
) -> Result<(Vec<Message>, bool, bool), StorageError> {
    let (mut rows, has_older) = older(reader, key, Some(place), limit / 2)?;
    rows.extend(messages::by_keys(reader, &[place.key])?);
    let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
    let (after, has_newer) = newer(reader, key, place, left)?;
    rows.extend(after);
    Ok((rows, has_older, has_newer))
}

/// One more than asked tells whether there are more.
fn older(
    reader: &Reader<'_>,
    key: ConversationKey,
    place: Option<TimelinePlace>,
    limit: u32,
) -> Result<(Vec<Message>, bool), StorageError> {
    let mut rows = messages::before(reader, key, place, limit.saturating_add(1))?;
    let has_more = cut(&mut rows, limit);
    rows.reverse();
    Ok((rows, has_more))
}

fn newer(
    reader: &Reader<'_>,
    key: ConversationKey,
    place: TimelinePlace,
    limit: u32,
) -> Result<(Vec<Message>, bool), StorageError> {
    let mut rows = messages::after(reader, key, place, limit.saturating_add(1))?;
    let has_more = cut(&mut rows, limit);
    Ok((rows, has_more))
}

fn cut(rows: &mut Vec<Message>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    has_more
}
