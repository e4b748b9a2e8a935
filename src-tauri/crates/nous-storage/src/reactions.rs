//! Reactions to messages: an emoji of somebody each.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | those that came, and what messages show of them |
//! | [`own`] | ours: on their way, used last, and how often |
//! | [`pending`] | those to messages that are not here yet |
//!
//! Source: `messages.md` §8.

mod own;
mod pending;

use std::collections::BTreeMap;

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;

use crate::columns::{account, conversation, count, json, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey, ReactionKey};
use crate::messages::{Message, MessageKind};

pub use own::{
    MOST_A_MINUTE, OwnReaction, Target, call_back, fix_sent, give_up, note_used, of_us, recent, set_own,
    take_turn, target,
};
pub use pending::{KEPT, MOST_PENDING, prune, take_pending};

/// The most emoji of one person that one message takes.
pub const MOST_OF_ONE: u32 = 50;
/// So many people are named with an emoji; the others are counted.
pub const NAMED: usize = 20;

/// An emoji of a message, with those who reacted with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reacted {
    /// Which.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// We are among them.
    pub is_own: bool,
    /// The first ones of them.
    pub people: Vec<AccountId>,
}

/// A reaction, or that one is taken back.
#[derive(Clone, PartialEq, Eq)]
pub struct NewReaction {
    /// Who reacts.
    pub sender: AccountId,
    /// That is us.
    pub is_own: bool,
    /// With what.
    pub emoji: String,
    /// It is taken back.
    pub is_removal: bool,
    /// Network time of sending.
    pub sent: Timestamp,
    /// It may disturb whoever wrote the message.
    pub may_notify: bool,
}

/// Shows nobody and no emoji.
impl std::fmt::Debug for NewReaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewReaction")
            .field("is_removal", &self.is_removal)
            .finish_non_exhaustive()
    }
}

/// What became of a reaction that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Its message shows another thing now.
    Shown(MessageKey),
    /// It says nothing new.
    Known,
    /// Its message is not here yet: it waits for it.
    Waits,
    /// Its message was deleted, or is none to react to.
    Refused,
}

/// Takes in a reaction to the message of this author and sent time.
///
/// # Errors
/// What the database said.
pub fn receive(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    named: (AccountId, Timestamp),
    new: &NewReaction,
    now: Timestamp,
) -> Result<Received, StorageError> {
    let (author, sent) = named;
    let found = of_name(writer, conversation, &author, sent)?;
    let shown = found
        .iter()
        .find(|(_, kind, _)| matches!(kind, MessageKind::Text | MessageKind::Unsupported));
    match shown {
        Some((message, _, is_to_us)) => Ok(if apply(writer, *message, *is_to_us, new)? {
            Received::Shown(*message)
        } else {
            Received::Known
        }),
        None if !found.is_empty() || is_erased(writer, conversation, &author, sent)? => Ok(Received::Refused),
        None => {
            pending::keep(writer, conversation, named, new, now)?;
            Ok(Received::Waits)
        }
    }
}

/// The messages of this name; rows about the conversation are none.
fn of_name(
    writer: &Writer<'_>,
    conversation: ConversationKey,
    author: &AccountId,
    sent: Timestamp,
) -> Result<Vec<(MessageKey, MessageKind, bool)>, StorageError> {
    let sql = "SELECT id, kind, is_own FROM messages WHERE author = ?2 AND sent_ms = ?3 AND conversation = ?1
                 AND kind NOT IN (3, 4, 8, 9) AND folded_count = 0";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let values = (conversation, author.to_bytes(), sent.as_ms());
    let rows = statement.query_map(values, |row| {
        Ok((row.get(0)?, MessageKind::from_code(row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a message of this name was deleted here, or unsent by its author.
fn is_erased(
    writer: &Writer<'_>,
    conversation: ConversationKey,
    author: &AccountId,
    sent: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversations AS c CROSS JOIN erased AS e
                              ON e.conversation = c.account_id
                              WHERE c.id = ?1 AND e.author = ?2 AND e.sent_ms = ?3)
                   OR EXISTS (SELECT 1 FROM conversations AS c CROSS JOIN unsent AS u
                              WHERE c.id = ?1 AND c.account_id >= x'05' AND u.author = ?2 AND u.sent_ms = ?3)";
    let values = (conversation, author.to_bytes(), sent.as_ms());
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

/// What is known of one person's emoji.
struct Known {
    id: i64,
    is_removed: bool,
    sent: Timestamp,
}

fn find(writer: &Writer<'_>, message: MessageKey, new: &NewReaction) -> Result<Option<Known>, StorageError> {
    let sql =
        "SELECT id, is_removed, sent_ms FROM reactions WHERE message = ?1 AND sender = ?2 AND emoji = ?3";
    let values = (message, new.sender.to_bytes(), &new.emoji);
    let known = writer.conn().prepare_cached(sql)?.query_row(values, |row| {
        Ok(Known {
            id: row.get(0)?,
            is_removed: row.get(1)?,
            sent: moment(row, 2)?,
        })
    });
    Ok(known.optional()?)
}

/// Whether the message shows another thing now. What was said before something that is known says
/// nothing any more, in whatever order it comes.
fn apply(
    writer: &mut Writer<'_>,
    message: MessageKey,
    is_to_us: bool,
    new: &NewReaction,
) -> Result<bool, StorageError> {
    match find(writer, message, new)? {
        Some(known) if new.sent <= known.sent => Ok(false),
        Some(known) if known.is_removed == new.is_removal || new.is_removal => {
            let sql = "UPDATE reactions SET is_removed = ?2, sent_ms = ?3, notifies = iif(?2, 0, notifies),
                           outbox = iif(is_removed = ?2, outbox, NULL)
                       WHERE id = ?1";
            let values = (known.id, new.is_removal, new.sent.as_ms());
            writer.conn().prepare_cached(sql)?.execute(values)?;
            Ok(known.is_removed != new.is_removal)
        }
        Some(known) => {
            // It stands behind the others now.
            delete(writer, known.id)?;
            insert(writer, message, is_to_us, new)?;
            Ok(true)
        }
        None if is_full(writer, message, &new.sender)? => Ok(false),
        None => {
            insert(writer, message, is_to_us, new)?;
            Ok(!new.is_removal)
        }
    }
}

fn delete(writer: &Writer<'_>, id: i64) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("DELETE FROM reactions WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

fn insert(
    writer: &Writer<'_>,
    message: MessageKey,
    is_to_us: bool,
    new: &NewReaction,
) -> Result<(), StorageError> {
    let notifies = new.may_notify && is_to_us && !new.is_own && !new.is_removal;
    let sql = "INSERT INTO reactions (message, sender, emoji, is_own, is_removed, sent_ms, notifies)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    writer.conn().prepare_cached(sql)?.execute((
        message,
        new.sender.to_bytes(),
        &new.emoji,
        new.is_own,
        new.is_removal,
        new.sent.as_ms(),
        notifies,
    ))?;
    Ok(())
}

/// Whether a message has as many emoji of somebody as it takes.
fn is_full(writer: &Writer<'_>, message: MessageKey, sender: &AccountId) -> Result<bool, StorageError> {
    let sql = "SELECT count(*) FROM reactions WHERE message = ?1 AND sender = ?2";
    let total = writer
        .conn()
        .prepare_cached(sql)?
        .query_row((message, sender.to_bytes()), |row| count(row, 0))?;
    Ok(total >= MOST_OF_ONE)
}

/// The statement of [`of_messages`].
const SHOWN: &str = "SELECT r.message, r.id, r.emoji, r.sender, r.is_own
    FROM json_each(?1) AS asked CROSS JOIN reactions AS r ON r.message = asked.value WHERE r.is_removed = 0";

/// One row of [`SHOWN`].
struct Shown {
    message: MessageKey,
    id: i64,
    emoji: String,
    sender: AccountId,
    is_own: bool,
}

/// The reactions to these messages, with at most `named` people of each emoji; in the order of the
/// first of each.
fn of_messages(
    reader: &Reader<'_>,
    keys: &[MessageKey],
    named: usize,
) -> Result<BTreeMap<MessageKey, Vec<Reacted>>, StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let mut statement = reader.conn().prepare_cached(SHOWN)?;
    let rows = statement.query_map([keys], |row| {
        Ok(Shown {
            message: row.get(0)?,
            id: row.get(1)?,
            emoji: row.get(2)?,
            sender: account(row, 3)?,
            is_own: row.get(4)?,
        })
    })?;
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|row| row.id);
    let mut all: BTreeMap<MessageKey, Vec<Reacted>> = BTreeMap::new();
    for row in rows {
        let of_message = all.entry(row.message).or_default();
        match of_message.iter_mut().find(|reacted| reacted.emoji == row.emoji) {
            Some(reacted) => {
                reacted.count = reacted.count.saturating_add(1);
                reacted.is_own |= row.is_own;
                if reacted.people.len() < named {
                    reacted.people.push(row.sender);
                }
            }
            None => of_message.push(Reacted {
                emoji: row.emoji,
                count: 1,
                is_own: row.is_own,
                people: vec![row.sender],
            }),
        }
    }
    Ok(all)
}

/// Says of each message who reacted to it; one query for all.
pub(crate) fn fill(reader: &Reader<'_>, rows: &mut [Message]) -> Result<(), StorageError> {
    let keys: Vec<MessageKey> = rows.iter().map(|row| row.key).collect();
    let mut all = of_messages(reader, &keys, NAMED)?;
    for row in rows {
        row.reactions = all.remove(&row.key).unwrap_or_default();
    }
    Ok(())
}

/// The reactions to one message, with everybody.
///
/// # Errors
/// What the database said.
pub fn of_message(reader: &Reader<'_>, message: MessageKey) -> Result<Vec<Reacted>, StorageError> {
    let all = of_messages(reader, &[message], usize::MAX)?;
    Ok(all.into_values().next().unwrap_or_default())
}

/// A reaction of somebody else, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its number.
    pub key: ReactionKey,
    /// To which message.
    pub message: MessageKey,
    /// Where that stands.
    pub peer: ConversationId,
    /// Who reacted.
    pub sender: AccountId,
    /// With what.
    pub emoji: String,
    /// It may disturb: the message is ours, in a conversation of two.
    pub notifies: bool,
}

/// The statement of [`received_since`].
const RECEIVED: &str = "SELECT r.id, r.message, c.account_id, r.sender, r.emoji, r.notifies
    FROM reactions AS r CROSS JOIN messages AS m ON m.id = r.message
    CROSS JOIN conversations AS c ON c.id = m.conversation
    WHERE r.id > ?1 AND r.is_own = 0 AND r.is_removed = 0 ORDER BY r.id LIMIT ?2";

/// The reactions of others that came after another one, in order; those taken back since are left
/// out.
///
/// # Errors
/// What the database said.
pub fn received_since(
    reader: &Reader<'_>,
    after: ReactionKey,
    limit: u32,
) -> Result<Vec<Arrival>, StorageError> {
    let mut statement = reader.conn().prepare_cached(RECEIVED)?;
    let rows = statement.query_map((after, limit), |row| {
        Ok(Arrival {
            key: row.get(0)?,
            message: row.get(1)?,
            peer: conversation(row, 2)?,
            sender: account(row, 3)?,
            emoji: row.get(4)?,
            notifies: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of the last reaction; 0 if there is none.
///
/// # Errors
/// What the database said.
pub fn latest(reader: &Reader<'_>) -> Result<ReactionKey, StorageError> {
    let sql = "SELECT coalesce(max(id), 0) FROM reactions";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![SHOWN.to_owned(), RECEIVED.to_owned(), pending::TAKEN.to_owned()]
}
