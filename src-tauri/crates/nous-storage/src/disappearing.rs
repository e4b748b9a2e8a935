//! Messages that disappear: how long each of them lives, and those whose end has come.
//!
//! Ends are network time. What is past its end is hidden: no list shows it and nothing counts it, but
//! it comes back if it was the clock that was wrong. Only [`erase`] takes it away.
//!
//! Source: `messages.md` §9.

use std::time::Duration;

use nous_protocol::account::ConversationId;
use nous_protocol::config::fields::{Timer, TimerStart};
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Params, Row};

use crate::columns::{conversation, json, maybe_moment, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::people::{timer_codes, timer_of};
use crate::{conversations, deletions, inbox, messages};

/// What our own swarm has to do with the life of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeTask {
    /// Nothing.
    None,
    /// It is to forget the message at its end.
    Shorten,
    /// It is to say when another device of ours read the message.
    Ask,
}

impl LifeTask {
    const fn code(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Shorten => 1,
            Self::Ask => 2,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Shorten,
            2 => Self::Ask,
            _ => Self::None,
        }
    }
}

/// The life of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// How long it is.
    pub timer: Timer,
    /// Its end; `None`: its time has not begun.
    pub ends: Option<Timestamp>,
    /// What our swarm has to do with it.
    pub task: LifeTask,
}

/// A moment at which the time of messages begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// Network time.
    pub at: Timestamp,
    /// What this machine's clock says, if no node has told the time in this run: then `at` is a
    /// guess, and [`settle_guesses`] corrects it.
    pub local: Option<Timestamp>,
}

impl Beginning {
    /// A moment of which the network has just told the time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self { at: now, local: None }
    }

    fn local_ms(self) -> i64 {
        self.local.map_or(0, |at| at.as_ms().max(1))
    }
}

/// A message that is shown no more, or again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// With whom the conversation is.
    pub peer: ConversationId,
    /// Which.
    pub message: MessageKey,
}

/// What there is to do about messages that disappear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// Some are to be hidden, or to be shown again.
    pub is_stale: bool,
    /// Some are hidden.
    pub has_hidden: bool,
    /// Contents for a later version that have ended are kept.
    pub has_parked: bool,
    /// When the time of some began is a guess.
    pub has_guesses: bool,
    /// Our swarm has something to do with some.
    pub has_tasks: bool,
    /// The next end.
    pub next: Option<Timestamp>,
}

/// A life with which our swarm has something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLife {
    /// Of which message.
    pub message: MessageKey,
    /// Its hash in our swarm.
    pub hash: String,
    /// How long it is, in seconds.
    pub seconds: i64,
    /// Its end, as far as is known here.
    pub ends: Timestamp,
    /// Its place in the timeline: nobody has read it before.
    pub order: Timestamp,
    /// What is to do.
    pub task: LifeTask,
}

/// How long messages of a conversation live.
///
/// # Errors
/// What the database said.
pub fn setting(reader: &Reader<'_>, key: ConversationKey) -> Result<Option<Timer>, StorageError> {
    let sql = "SELECT c.timer_start, c.timer_s, g.timer_s FROM conversations c
               LEFT JOIN group_details g ON g.conversation = c.id WHERE c.id = ?1";
    let read = |row: &Row<'_>| match row.get::<_, Option<i64>>(2)? {
        Some(seconds) => Ok((seconds > 0).then_some(Timer {
            start: TimerStart::Sent,
            seconds,
        })),
        None => Ok(timer_of(row.get(0)?, row.get(1)?)),
    };
    let found = reader.conn().prepare_cached(sql)?.query_row([key], read);
    Ok(found.optional()?.flatten())
}

/// Sets how long messages of a conversation with a person, or of Note to Self, live.
///
/// # Errors
/// What the database said.
pub fn set_setting(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    timer: Option<Timer>,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET timer_start = ?2, timer_s = ?3 WHERE id = ?1";
    let (start, seconds) = timer_codes(timer);
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, start, seconds))?;
    Ok(())
}

/// Gives a message its life. One that has ended already is never shown.
///
/// # Errors
/// What the database said.
pub fn set_life(
    writer: &mut Writer<'_>,
    message: MessageKey,
    life: &Life,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET timer_kind = ?2, timer_s = ?3, ends_ms = ?4, life_task = ?5,
                   is_hidden = coalesce(?4 <= ?6, 0)
               WHERE id = ?1";
    let (kind, seconds) = timer_codes(Some(life.timer));
    writer.conn().prepare_cached(sql)?.execute((
        message,
        kind,
        seconds,
        life.ends.map(Timestamp::as_ms),
        life.task.code(),
        now.as_ms(),
    ))?;
    Ok(())
}

/// The time of what others wrote begins, for it was read here: up to one message with all that stand
/// at the same time, or all of it. Our swarm is to forget it in time. How many began.
///
/// # Errors
/// What the database said.
pub fn begin_read(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    up_to: Option<MessageKey>,
    beginning: Beginning,
) -> Result<usize, StorageError> {
    let sql = "UPDATE messages SET ends_ms = ?3 + timer_s * 1000, begun_local_ms = ?4,
                   life_task = iif(server_hash <> '', 1, 0)
               WHERE conversation = ?1 AND timer_kind = 2 AND ends_ms IS NULL AND is_own = 0
                 AND order_ms <= coalesce((SELECT order_ms FROM messages
                                           WHERE id = ?2 AND conversation = ?1), ?5)";
    let without_place = if up_to.is_some() { i64::MIN } else { i64::MAX };
    let values = (
        conversation,
        up_to,
        beginning.at.as_ms(),
        beginning.local_ms(),
        without_place,
    );
    Ok(writer.conn().prepare_cached(sql)?.execute(values)?)
}

/// The time of what others wrote has begun, for another device of ours has read up to `up_to`. Our
/// swarm is to say when; until it has, it counts as read at `beginning`. How many began.
///
/// # Errors
/// What the database said.
pub fn begin_elsewhere(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    up_to: Timestamp,
    beginning: Beginning,
) -> Result<usize, StorageError> {
    let sql = "UPDATE messages SET ends_ms = ?3 + timer_s * 1000, begun_local_ms = ?4,
                   life_task = iif(server_hash <> '', 2, 0)
               WHERE conversation = ?1 AND timer_kind = 2 AND ends_ms IS NULL AND is_own = 0
                 AND order_ms <= ?2";
    let values = (
        conversation,
        up_to.as_ms(),
        beginning.at.as_ms(),
        beginning.local_ms(),
    );
    Ok(writer.conn().prepare_cached(sql)?.execute(values)?)
}

/// A node has told the time: lives that began by a guess begin when they really did. A clock that was
/// set meanwhile tells nothing: then it is now.
///
/// `offset_ms`: what this machine's clock says more than the network's.
///
/// # Errors
/// What the database said.
pub fn settle_guesses(
    writer: &mut Writer<'_>,
    offset_ms: i64,
    now: Timestamp,
) -> Result<usize, StorageError> {
    let sql = "UPDATE messages SET begun_local_ms = 0, ends_ms = timer_s * 1000
                   + iif(begun_local_ms - ?1 BETWEEN ?2 - 1209600000 AND ?2, begun_local_ms - ?1, ?2)
               WHERE begun_local_ms > 0";
    let values = (offset_ms, now.as_ms());
    Ok(writer.conn().prepare_cached(sql)?.execute(values)?)
}

const OUTLOOK: &str = "SELECT
    EXISTS (SELECT 1 FROM messages WHERE ends_ms <= ?1 AND is_hidden = 0)
        OR EXISTS (SELECT 1 FROM messages WHERE is_hidden = 1 AND ends_ms > ?1),
    EXISTS (SELECT 1 FROM messages WHERE is_hidden = 1),
    EXISTS (SELECT 1 FROM parked WHERE ends_ms <= ?1),
    EXISTS (SELECT 1 FROM messages WHERE begun_local_ms > 0),
    EXISTS (SELECT 1 FROM messages WHERE life_task > 0 AND ends_ms IS NOT NULL AND is_hidden = 0),
    (SELECT min(ends_ms) FROM messages WHERE ends_ms > ?1)";

/// What there is to do at `now`.
///
/// # Errors
/// What the database said.
pub fn outlook(reader: &Reader<'_>, now: Timestamp) -> Result<Outlook, StorageError> {
    let read = |row: &Row<'_>| {
        Ok(Outlook {
            is_stale: row.get(0)?,
            has_hidden: row.get(1)?,
            has_parked: row.get(2)?,
            has_guesses: row.get(3)?,
            has_tasks: row.get(4)?,
            next: maybe_moment(row, 5)?,
        })
    };
    Ok(reader
        .conn()
        .prepare_cached(OUTLOOK)?
        .query_row([now.as_ms()], read)?)
}

/// Hides what has ended, and shows again what has not: the clock was wrong.
///
/// # Errors
/// What the database said.
pub fn hide_ended(writer: &mut Writer<'_>, now: Timestamp) -> Result<Vec<Changed>, StorageError> {
    let hidden = "UPDATE messages SET is_hidden = 1, hidden_for_ms = 0 WHERE ends_ms <= ?1 AND is_hidden = 0
                  RETURNING id, conversation";
    let shown = "UPDATE messages SET is_hidden = 0, hidden_for_ms = 0 WHERE is_hidden = 1 AND ends_ms > ?1
                 RETURNING id, conversation";
    let mut changed = rows_of(writer, hidden, [now.as_ms()])?;
    changed.extend(rows_of(writer, shown, [now.as_ms()])?);
    changed.extend(answering(writer, &changed)?);
    brought_up_to_date(writer, &changed)
}

/// The app has run for so long without a network that confirms the time.
///
/// # Errors
/// What the database said.
pub fn count_hidden_time(writer: &mut Writer<'_>, time: Duration) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET hidden_for_ms = hidden_for_ms + ?1 WHERE is_hidden = 1";
    let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    writer.conn().prepare_cached(sql)?.execute([ms])?;
    Ok(())
}

/// What of the hidden is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasable {
    /// All that has ended: the time is confirmed.
    Ended,
    /// What was hidden for so long while the app ran.
    HiddenFor(Duration),
}

/// Erases messages that are hidden, with all that belongs to them, and contents for a later version that
/// have ended. Each message is noted for restores, and for our own swarm if that would keep it longer.
///
/// # Errors
/// What the database said.
pub fn erase(writer: &mut Writer<'_>, which: Erasable, now: Timestamp) -> Result<Vec<Changed>, StorageError> {
    let mut found = match which {
        Erasable::Ended => {
            let sql = "SELECT id, conversation FROM messages WHERE is_hidden = 1 AND ends_ms <= ?1";
            rows_of(writer, sql, [now.as_ms()])?
        }
        Erasable::HiddenFor(time) => {
            let sql = "SELECT id, conversation FROM messages WHERE is_hidden = 1 AND hidden_for_ms >= ?1";
            let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            rows_of(writer, sql, [ms])?
        }
    };
    let keys: Vec<MessageKey> = found.iter().map(|(message, _)| *message).collect();
    found.extend(answering(writer, &found)?);
    deletions::note_untold(writer, &keys, now)?;
    messages::remove(writer, &keys, now)?;
    if which == Erasable::Ended {
        found.extend(inbox::erase_ended(writer, now)?);
    }
    brought_up_to_date(writer, &found)
}

type RowKeys = (MessageKey, ConversationKey);

fn rows_of(writer: &Writer<'_>, sql: &str, values: impl Params) -> Result<Vec<RowKeys>, StorageError> {
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What answers some messages shows another thing when they go or come back.
fn answering(writer: &Writer<'_>, rows: &[RowKeys]) -> Result<Vec<RowKeys>, StorageError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<MessageKey> = rows.iter().map(|(message, _)| *message).collect();
    let keys = messages::quoting(&writer.reader(), &keys)?;
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    let sql = "SELECT id, conversation FROM messages WHERE id IN (SELECT value FROM json_each(?1))";
    rows_of(writer, sql, [keys])
}

/// Brings the conversations of some messages up to date, and says with whom they are.
///
/// # Errors
/// What the database said.
pub(crate) fn brought_up_to_date(
    writer: &mut Writer<'_>,
    rows: &[(MessageKey, ConversationKey)],
) -> Result<Vec<Changed>, StorageError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut keys: Vec<ConversationKey> = rows.iter().map(|(_, conversation)| *conversation).collect();
    keys.sort_unstable();
    keys.dedup();
    conversations::refresh(writer, &keys)?;
    with_peers(writer, rows)
}

/// Says with whom the conversations of some messages are.
fn with_peers(writer: &Writer<'_>, rows: &[RowKeys]) -> Result<Vec<Changed>, StorageError> {
    let keys = json(&rows.iter().map(|(_, key)| key.0).collect::<Vec<_>>())?;
    let sql = "SELECT id, account_id FROM conversations WHERE id IN (SELECT value FROM json_each(?1))";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let found = statement.query_map([keys], |row| Ok((row.get(0)?, conversation(row, 1)?)))?;
    let peers: Vec<(ConversationKey, ConversationId)> = found.collect::<Result<_, _>>()?;
    let changed = rows.iter().filter_map(|(message, conversation)| {
        let (_, peer) = peers.iter().find(|(key, _)| key == conversation)?;
        Some(Changed {
            peer: *peer,
            message: *message,
        })
    });
    Ok(changed.collect())
}

const OPEN_LIVES: &str = "SELECT id, server_hash, timer_s, ends_ms, order_ms, life_task FROM messages
    WHERE life_task > 0 AND ends_ms IS NOT NULL AND is_hidden = 0 ORDER BY id LIMIT ?1";

/// Lives with which our swarm has something to do. Of what has ended, it hears when that is erased.
///
/// # Errors
/// What the database said.
pub fn open_lives(reader: &Reader<'_>, limit: u32) -> Result<Vec<OpenLife>, StorageError> {
    let mut statement = reader.conn().prepare_cached(OPEN_LIVES)?;
    let rows = statement.query_map([limit], |row| {
        Ok(OpenLife {
            message: row.get(0)?,
            hash: row.get(1)?,
            seconds: row.get(2)?,
            ends: moment(row, 3)?,
            order: moment(row, 4)?,
            task: LifeTask::from_code(row.get(5)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps what our swarm said of a life: its end, if it said one, and what is left to do. Answers the
/// message if it may show another end now.
///
/// # Errors
/// What the database said.
pub fn settle(
    writer: &mut Writer<'_>,
    message: MessageKey,
    ends: Option<Timestamp>,
    left: LifeTask,
) -> Result<Vec<Changed>, StorageError> {
    let sql = "UPDATE messages SET life_task = ?3, ends_ms = coalesce(?2, ends_ms)
               WHERE id = ?1 AND life_task > 0 RETURNING id, conversation";
    let rows = rows_of(writer, sql, (message, ends.map(Timestamp::as_ms), left.code()))?;
    if ends.is_some() {
        with_peers(writer, &rows)
    } else {
        Ok(Vec::new())
    }
}

/// Makes room for a line that says that the timer was changed: of these a conversation shows the newest.
/// Answers the older ones, which are gone; `None` if a newer one stands there.
///
/// `received`: the place of one that came from a swarm (what it says itself may be far ahead); it takes none
/// away that has still to go out.
/// `None`: we have just set it here, and nobody has to hear of what was before.
///
/// # Errors
/// What the database said.
pub fn replace_timer_changes(
    writer: &mut Writer<'_>,
    conversation: ConversationKey,
    received: Option<Timestamp>,
) -> Result<Option<Vec<MessageKey>>, StorageError> {
    let newer =
        "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND kind = 8 AND order_ms > ?2)";
    let conn = writer.conn();
    let order_ms = received.map_or(i64::MAX, Timestamp::as_ms);
    let has_newer: bool = conn
        .prepare_cached(newer)?
        .query_row((conversation, order_ms), |row| row.get(0))?;
    if has_newer {
        return Ok(None);
    }
    let older = "DELETE FROM messages WHERE conversation = ?1 AND kind = 8
                   AND (?2 = 0 OR NOT EXISTS (SELECT 1 FROM outbox WHERE message = messages.id AND kind IN (0, 2)))
                 RETURNING id";
    let mut statement = conn.prepare_cached(older)?;
    let rows = statement.query_map((conversation, received.is_some()), |row| row.get(0))?;
    Ok(Some(rows.collect::<Result<_, _>>()?))
}

/// A content that waits for a later version disappears with its copy in the swarm.
///
/// # Errors
/// What the database said.
pub fn end_parked(writer: &mut Writer<'_>, hash: &str, ends: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE parked SET ends_ms = ?2 WHERE hash = ?1";
    writer.conn().prepare_cached(sql)?.execute((hash, ends.as_ms()))?;
    Ok(())
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![OUTLOOK.to_owned(), OPEN_LIVES.to_owned()]
}
