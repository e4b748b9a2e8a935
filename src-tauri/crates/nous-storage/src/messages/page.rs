//! Reading messages: one indexed query a page.

use std::collections::BTreeSet;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{GroupEvent, Message, MessageKind, SendState, TimelinePlace, cards, quotes};
use crate::attachments;
use crate::columns::{account, conversation, count, json, maybe_moment, moment};
use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::names;
use crate::people::timer_of;
use crate::reactions;

/// The most characters of a text in a row of the timeline.
const SHOWN_CHARS: usize = 4_000;

fn columns() -> String {
    format!(
        "m.id, m.conversation, c.account_id, m.author,
         coalesce((SELECT {name} FROM conversations a WHERE a.account_id = m.author), ''),
         m.is_own, m.kind, substr(m.body, 1, 4001), m.folded_count, m.sent_ms, m.order_ms, m.received_ms,
         m.state, iif(m.error <> '', m.error, coalesce(o.error, '')), o.next_attempt_ms, m.attempts,
         m.is_unread, m.read_ms, m.stored_ms, m.server_hash, m.expires_ms, m.event, m.mentions_us,
         m.timer_kind AS timer_kind, m.timer_s AS timer_s, m.ends_ms AS ends_ms,
         (m.timer_kind = c.timer_start AND m.timer_s = c.timer_s) AS is_timer_followed,
         m.card AS card, m.card_url AS card_url, m.card_title AS card_title,
         coalesce(o.may_be_stored, m.is_own) AS may_have_left
         FROM messages m JOIN conversations c ON c.id = m.conversation AND m.is_hidden = 0
         LEFT JOIN outbox o ON m.state IN (1, 2, 4, 6)
              AND o.id = (SELECT min(first.id) FROM outbox first WHERE first.message = m.id)",
        name = names::told("a"),
    )
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Message> {
    let mut body: String = row.get(7)?;
    let end = body.char_indices().nth(SHOWN_CHARS).map(|(at, _)| at);
    if let Some(end) = end {
        body.truncate(end);
    }
    let state = SendState::from_code(row.get(12)?);
    let waits = matches!(state, Some(SendState::Queued | SendState::NotSynced));
    Ok(Message {
        key: row.get(0)?,
        conversation: row.get(1)?,
        peer: conversation(row, 2)?,
        author: account(row, 3)?,
        author_name: row.get(4)?,
        is_own: row.get(5)?,
        kind: MessageKind::from_code(row.get(6)?),
        body,
        is_truncated: end.is_some(),
        folded_count: count(row, 8)?,
        sent: moment(row, 9)?,
        order: moment(row, 10)?,
        received: moment(row, 11)?,
        state,
        error: row.get(13)?,
        next_attempt: maybe_moment(row, 14)?.filter(|_| waits),
        attempts: count(row, 15)?,
        may_have_left: row.get("may_have_left")?,
        is_unread: row.get(16)?,
        read: maybe_moment(row, 17)?,
        stored: maybe_moment(row, 18)?,
        server_hash: row.get(19)?,
        expires: maybe_moment(row, 20)?,
        event: GroupEvent::from_json(&row.get::<_, String>(21)?),
        mentions_us: row.get(22)?,
        quote: None,
        reactions: Vec::new(),
        attachments: Vec::new(),
        card: cards::read(row)?,
        card_picture: None,
        timer: timer_of(row.get("timer_kind")?, row.get("timer_s")?),
        ends: row.get::<_, Option<i64>>("ends_ms")?.map(Timestamp::from_ms),
        is_timer_followed: row.get("is_timer_followed")?,
    })
}

/// Messages as a statement gives them, with what they answer, the reactions to them and their files:
/// three queries for all.
fn whole(
    reader: &Reader<'_>,
    rows: impl Iterator<Item = rusqlite::Result<Message>>,
) -> Result<Vec<Message>, StorageError> {
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    if !rows.is_empty() {
        quotes::fill(reader, &mut rows)?;
        reactions::fill(reader, &mut rows)?;
        attachments::fill(reader, &mut rows)?;
        cards::take_pictures(&mut rows);
    }
    Ok(rows)
}

fn before_sql() -> String {
    let columns = columns();
    format!(
        "SELECT {columns} WHERE m.conversation = ?1 AND (m.order_ms, m.received_ms, m.id) < (?2, ?3, ?4)
         ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT ?5"
    )
}

fn after_sql() -> String {
    let columns = columns();
    format!(
        "SELECT {columns} WHERE m.conversation = ?1 AND (m.order_ms, m.received_ms, m.id) > (?2, ?3, ?4)
         ORDER BY m.order_ms, m.received_ms, m.id LIMIT ?5"
    )
}

/// Messages before a place (`None`: from the end), newest first.
///
/// # Errors
/// What the database said.
pub fn before(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    place: Option<TimelinePlace>,
    limit: u32,
) -> Result<Vec<Message>, StorageError> {
    let end = TimelinePlace {
        order: Timestamp::from_ms(i64::MAX),
        received: Timestamp::from_ms(i64::MAX),
        key: MessageKey(i64::MAX),
    };
    beside(reader, &before_sql(), conversation, place.unwrap_or(end), limit)
}

/// Messages after a place, oldest first.
///
/// # Errors
/// What the database said.
pub fn after(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    place: TimelinePlace,
    limit: u32,
) -> Result<Vec<Message>, StorageError> {
    beside(reader, &after_sql(), conversation, place, limit)
}

fn beside(
    reader: &Reader<'_>,
    sql: &str,
    conversation: ConversationKey,
    place: TimelinePlace,
    limit: u32,
) -> Result<Vec<Message>, StorageError> {
    let mut statement = reader.conn().prepare_cached(sql)?;
    let values = (
        conversation,
        place.order.as_ms(),
        place.received.as_ms(),
        place.key,
        limit,
    );
    let rows = statement.query_map(values, read_row)?;
    whole(reader, rows)
}

/// Some messages in the order of their numbers; missing ones are left out.
///
/// # Errors
/// What the database said.
pub fn by_keys(reader: &Reader<'_>, keys: &[MessageKey]) -> Result<Vec<Message>, StorageError> {
    let columns = columns();
    let sql = format!("SELECT {columns} WHERE m.id IN (SELECT value FROM json_each(?1)) ORDER BY m.id");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map(
        [json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?],
        read_row,
    )?;
    whole(reader, rows)
}

/// Where a message stands, and in which conversation.
///
/// # Errors
/// What the database said.
pub fn place_of(
    reader: &Reader<'_>,
    key: MessageKey,
) -> Result<Option<(ConversationKey, TimelinePlace)>, StorageError> {
    let sql = "SELECT conversation, order_ms, received_ms FROM messages WHERE id = ?1 AND is_hidden = 0";
    let place = reader.conn().prepare_cached(sql)?.query_row([key], |row| {
        Ok((
            row.get(0)?,
            TimelinePlace {
                order: moment(row, 1)?,
                received: moment(row, 2)?,
                key,
            },
        ))
    });
    Ok(place.optional()?)
}

/// The whole text of a message.
///
/// # Errors
/// What the database said.
pub fn full_text(reader: &Reader<'_>, key: MessageKey) -> Result<Option<String>, StorageError> {
    let text = reader
        .conn()
        .prepare_cached("SELECT body FROM messages WHERE id = ?1 AND is_hidden = 0")?
        .query_row([key], |row| row.get(0));
    Ok(text.optional()?)
}

const FIRST_UNREAD: &str =
    "SELECT id FROM messages WHERE conversation = ?1 AND is_unread = 1 AND is_hidden = 0
    ORDER BY order_ms, received_ms, id LIMIT 1";

/// The first unread message of a conversation.
///
/// # Errors
/// What the database said.
pub fn first_unread(
    reader: &Reader<'_>,
    conversation: ConversationKey,
) -> Result<Option<MessageKey>, StorageError> {
    first(reader, FIRST_UNREAD, conversation)
}

const FIRST_MENTION: &str = "SELECT id FROM messages
    WHERE conversation = ?1 AND is_unread = 1 AND mentions_us = 1 AND is_hidden = 0
    ORDER BY order_ms, received_ms, id LIMIT 1";

/// The first unread message of a conversation that mentions us.
///
/// # Errors
/// What the database said.
pub fn first_unread_mention(
    reader: &Reader<'_>,
    conversation: ConversationKey,
) -> Result<Option<MessageKey>, StorageError> {
    first(reader, FIRST_MENTION, conversation)
}

fn first(
    reader: &Reader<'_>,
    sql: &str,
    conversation: ConversationKey,
) -> Result<Option<MessageKey>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| row.get(0))
        .optional()?)
}

/// How many messages of a conversation are shown.
///
/// # Errors
/// What the database said.
pub fn shown_count(reader: &Reader<'_>, conversation: ConversationKey) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM messages WHERE conversation = ?1 AND is_hidden = 0";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([conversation], |row| count(row, 0))?)
}

const AT_DATE: &str = "SELECT id FROM messages WHERE conversation = ?1 AND order_ms >= ?2 AND is_hidden = 0
    ORDER BY order_ms, received_ms, id LIMIT 1";

/// The first message of a conversation at or after a moment.
///
/// # Errors
/// What the database said.
pub fn at_date(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    at: Timestamp,
) -> Result<Option<MessageKey>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(AT_DATE)?
        .query_row((conversation, at.as_ms()), |row| row.get(0))
        .optional()?)
}

/// Every failed message, oldest first; at most 500.
///
/// # Errors
/// What the database said.
pub fn failed(reader: &Reader<'_>) -> Result<Vec<Message>, StorageError> {
    let columns = columns();
    let sql = format!("SELECT {columns} WHERE m.state = 6 ORDER BY m.id LIMIT 500");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([], read_row)?;
    whole(reader, rows)
}

/// How many messages failed.
///
/// # Errors
/// What the database said.
pub fn failed_count(reader: &Reader<'_>) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM messages WHERE state = 6";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| count(row, 0))?)
}

fn received_sql() -> String {
    let columns = columns();
    format!("SELECT {columns} WHERE m.is_received = 1 AND m.id > ?1 ORDER BY m.id LIMIT ?2")
}

/// Messages that came from a swarm after another, in order of arrival.
///
/// # Errors
/// What the database said.
pub fn received_since(
    reader: &Reader<'_>,
    after: MessageKey,
    limit: u32,
) -> Result<Vec<Message>, StorageError> {
    let mut statement = reader.conn().prepare_cached(&received_sql())?;
    let rows = statement.query_map((after, limit), read_row)?;
    whole(reader, rows)
}

/// The number of the last message that came from a swarm; 0 if none did.
///
/// # Errors
/// What the database said.
pub fn latest_arrival(reader: &Reader<'_>) -> Result<MessageKey, StorageError> {
    let sql = "SELECT coalesce(max(id), 0) FROM messages WHERE is_received = 1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

const KNOWN_AMONG: &str = "SELECT c.account_id, m.author, m.sent_ms FROM json_each(?1) AS asked
    CROSS JOIN messages AS m CROSS JOIN conversations AS c ON c.id = m.conversation
    WHERE m.author = unhex(asked.value ->> 0) AND m.sent_ms = asked.value ->> 1 AND m.kind <> 3
        AND m.folded_count = 0
    UNION ALL
    SELECT e.conversation, e.author, e.sent_ms FROM json_each(?1) AS asked
    CROSS JOIN erased AS e
    WHERE length(e.conversation) = 33 AND e.author = unhex(asked.value ->> 0) AND e.sent_ms = asked.value ->> 1";

/// A message's name: with whom the conversation is, its author, its sent time. (Two devices of
/// an account may write in the same millisecond, to different people.)
pub type MessageName = (ConversationId, AccountId, Timestamp);

/// Which of these (author, sent time) there are, or were deleted here in the last 30 days;
/// one query for all. A row that stands for what this version cannot read is none of them.
///
/// # Errors
/// What the database said.
pub fn known_among(
    reader: &Reader<'_>,
    names: &[(AccountId, Timestamp)],
) -> Result<BTreeSet<MessageName>, StorageError> {
    let names: Vec<(String, i64)> = names
        .iter()
        .map(|(author, sent)| (author.to_string(), sent.as_ms()))
        .collect();
    let mut statement = reader.conn().prepare_cached(KNOWN_AMONG)?;
    let rows = statement.query_map([json(&names)?], |row| {
        Ok((conversation(row, 0)?, account(row, 1)?, moment(row, 2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![
        before_sql(),
        after_sql(),
        received_sql(),
        FIRST_UNREAD.to_owned(),
        AT_DATE.to_owned(),
        KNOWN_AMONG.to_owned(),
    ]
}
