//! What all devices of an account share of a person, and of Note to Self.
//!
//! Source: `config.md` §10, §11, §12.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::config::fields::{Cleared, NotifyMode, Timer, TimerStart};
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{account, conversation, moment};
use crate::contacts;
use crate::conversations::{self, PersonProfile};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};

/// What is shared of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub account: AccountId,
    /// The name they gave themselves; empty: unknown.
    pub name: String,
    /// The name we gave them; empty for none.
    pub nickname: String,
    /// Link and key of their picture.
    pub picture: Option<(String, [u8; 32])>,
    /// When their profile was changed, in seconds; 0: never told.
    pub profile_updated_s: u64,
    /// We accepted them.
    pub is_approved: bool,
    /// They accepted us.
    pub has_approved_me: bool,
    /// Blocked by us.
    pub is_blocked: bool,
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// What may disturb.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until_s: i64,
    /// How long messages live.
    pub timer: Option<Timer>,
    /// Since when they are known; 0 if nobody tells.
    pub created: Timestamp,
    /// Which messages were cleared.
    pub cleared: Cleared,
}

/// Shows nothing that names a person.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl Person {
    /// The name that they gave themselves, where others see it: what a request says of its
    /// sender stays inside the request. Empty if there is none.
    #[must_use]
    pub fn told_name(&self) -> &str {
        if self.is_approved && self.has_approved_me {
            &self.name
        } else {
            ""
        }
    }

    /// The name that is shown: the nickname, else [`Self::told_name`].
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.nickname.is_empty() {
            self.told_name()
        } else {
            &self.nickname
        }
    }

    /// Whether anybody agreed to anything, or refused it.
    #[must_use]
    pub const fn is_somebody(&self) -> bool {
        self.is_approved || self.has_approved_me || self.is_blocked
    }
}

/// How far a conversation was read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPosition {
    /// With whom.
    pub id: ConversationId,
    /// Everything up to here was read.
    pub last_read: Timestamp,
    /// Marked as unread by hand.
    pub is_marked_unread: bool,
}

pub(crate) const COLUMNS: &str =
    "id, account_id, name, nickname, picture_url, picture_key, profile_updated_s,
    is_approved, has_approved_me, is_blocked, priority, notify_mode, mute_until_s, timer_start, timer_s,
    created_ms, cleared_up_to_ms, cleared_at_ms FROM conversations";

/// No group, whose IDs come before those of people.
pub(crate) const IS_PERSON: &str = "account_id >= x'05'";

pub(crate) const fn notify_code(mode: NotifyMode) -> i64 {
    match mode {
        NotifyMode::Default => 0,
        NotifyMode::All => 1,
        NotifyMode::Disabled => 2,
        NotifyMode::MentionsOnly => 3,
    }
}

pub(crate) const fn notify_of(code: i64) -> NotifyMode {
    match code {
        1 => NotifyMode::All,
        2 => NotifyMode::Disabled,
        3 => NotifyMode::MentionsOnly,
        _ => NotifyMode::Default,
    }
}

pub(crate) const fn timer_codes(timer: Option<Timer>) -> (i64, i64) {
    match timer {
        None => (0, 0),
        Some(Timer { start, seconds }) => match start {
            TimerStart::Sent => (1, seconds),
            TimerStart::Read => (2, seconds),
        },
    }
}

pub(crate) fn timer_of(start: i64, seconds: i64) -> Option<Timer> {
    let start = match start {
        1 => TimerStart::Sent,
        2 => TimerStart::Read,
        _ => return None,
    };
    (seconds > 0).then_some(Timer { start, seconds })
}

pub(crate) fn read_row(row: &Row<'_>) -> rusqlite::Result<(ConversationKey, Person)> {
    let (url, key): (String, Option<[u8; 32]>) = (row.get(4)?, row.get(5)?);
    let person = Person {
        account: account(row, 1)?,
        name: row.get(2)?,
        nickname: row.get(3)?,
        picture: key.filter(|_| !url.is_empty()).map(|key| (url, key)),
        profile_updated_s: row.get::<_, i64>(6)?.unsigned_abs(),
        is_approved: row.get(7)?,
        has_approved_me: row.get(8)?,
        is_blocked: row.get(9)?,
        priority: row.get(10)?,
        notify: notify_of(row.get(11)?),
        mute_until_s: row.get(12)?,
        timer: timer_of(row.get(13)?, row.get(14)?),
        created: moment(row, 15)?,
        cleared: Cleared {
            up_to_ms: row.get(16)?,
            at_ms: row.get(17)?,
        },
    };
    Ok((row.get(0)?, person))
}

/// A person, if there is a row of them.
///
/// # Errors
/// What the database said.
pub fn find(
    reader: &Reader<'_>,
    account: &AccountId,
) -> Result<Option<(ConversationKey, Person)>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(&format!("SELECT {COLUMNS} WHERE account_id = ?1"))?
        .query_row([account.to_bytes().as_slice()], read_row)
        .optional()?)
}

/// Everybody who agreed to anything, or whom we refused.
///
/// # Errors
/// What the database said.
pub fn known(reader: &Reader<'_>) -> Result<Vec<Person>, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE {IS_PERSON} AND (is_approved = 1 OR has_approved_me = 1 OR is_blocked = 1)"
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([], |row| read_row(row).map(|(_, person)| person))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps what all devices share of a person. Who is hidden leaves the list; who is approved
/// stands in it.
///
/// # Errors
/// What the database said.
pub fn save(writer: &mut Writer<'_>, key: ConversationKey, person: &Person) -> Result<(), StorageError> {
    let profile = PersonProfile {
        name: Some(person.name.clone()),
        picture: person.picture.clone(),
        updated_s: person.profile_updated_s,
    };
    // Folded once, with the nickname: names and approvals are known then.
    conversations::write_profile(writer, key, &profile)?;
    let (timer_start, timer_s) = timer_codes(person.timer);
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET is_approved = ?2, has_approved_me = ?3, is_blocked = ?4, notify_mode = ?5,
                 mute_until_s = ?6, timer_start = ?7, timer_s = ?8, created_ms = min(created_ms, ?9)
             WHERE id = ?1",
        )?
        .execute((
            key,
            person.is_approved,
            person.has_approved_me,
            person.is_blocked,
            notify_code(person.notify),
            person.mute_until_s,
            timer_start,
            timer_s,
            person.created.as_ms(),
        ))?;
    contacts::set_cleared(writer, key, person.cleared)?;
    set_nickname(writer, key, &person.nickname)?;
    set_priority(writer, key, person.priority)
}

/// Sets or (empty) removes the name that we gave.
///
/// # Errors
/// What the database said.
pub fn set_nickname(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    nickname: &str,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET nickname = ?2 WHERE id = ?1")?
        .execute((key, nickname))?;
    conversations::refold(writer, key)
}

/// Pins or unpins. Who was hidden is shown.
///
/// # Errors
/// What the database said.
pub fn set_pinned(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    is_pinned: bool,
) -> Result<(), StorageError> {
    set_priority(writer, key, is_pinned.into())
}

/// Hides, shows or pins. Who is hidden leaves the list; who is approved, or has messages,
/// stands in it.
///
/// # Errors
/// What the database said.
pub fn set_priority(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    priority: i64,
) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET priority = ?2,
                 is_listed = iif(?2 < 0, 0, max(is_listed, is_approved, last_message IS NOT NULL))
             WHERE id = ?1",
        )?
        .execute((key, priority))?;
    Ok(())
}

/// Makes somebody a stranger again, whom nobody knew before `now`. Their messages are deleted
/// before; how far they were read stays, and which were cleared: should they become known again,
/// that keeps what was deleted away from devices that are restored later.
///
/// # Errors
/// What the database said.
pub fn forget(writer: &mut Writer<'_>, key: ConversationKey, now: Timestamp) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET name = '', nickname = '', name_folded = '', profile_updated_s = 0,
                 picture_url = '', picture_key = NULL, is_approved = 0, has_approved_me = 0, is_blocked = 0,
                 priority = 0, is_listed = 0, notify_mode = 0, mute_until_s = 0, timer_start = 0,
                 timer_s = 0, created_ms = ?2
             WHERE id = ?1",
        )?
        .execute((key, now.as_ms()))?;
    Ok(())
}

/// Notes that somebody was known at `at` already.
///
/// # Errors
/// What the database said.
pub fn known_since(writer: &mut Writer<'_>, key: ConversationKey, at: Timestamp) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET created_ms = min(created_ms, ?2) WHERE id = ?1")?
        .execute((key, at.as_ms()))?;
    Ok(())
}

/// Takes the mark as unread back; nothing of it is left to share.
///
/// # Errors
/// What the database said.
pub fn clear_mark(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET is_marked_unread = 0, is_read_unshared = 0 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// Takes the mark as unread back that another device has erased, unless ours is newer.
///
/// # Errors
/// What the database said.
pub fn mark_erased_elsewhere(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET is_marked_unread = 0 WHERE id = ?1 AND is_read_unshared = 0";
    writer.conn().prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// Takes the read position of another device; it only moves forward. One that is behind ours
/// is to be replaced by ours. Answers which messages were unread.
///
/// # Errors
/// What the database said.
///
/// Source: `config.md` §12.
pub fn read_elsewhere(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    last_read: Timestamp,
    is_marked_unread: bool,
) -> Result<Vec<MessageKey>, StorageError> {
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET last_read_ms = max(last_read_ms, ?2),
                 is_marked_unread = iif(is_read_unshared = 1, is_marked_unread, ?3),
                 is_read_unshared = max(is_read_unshared, last_read_ms > ?2)
             WHERE id = ?1",
        )?
        .execute((key, last_read.as_ms(), is_marked_unread))?;
    let sql = "UPDATE messages SET is_unread = 0 WHERE conversation = ?1 AND is_unread = 1 AND order_ms <= ?2
               RETURNING id";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map((key, last_read.as_ms()), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks a conversation as unread by hand.
///
/// # Errors
/// What the database said.
pub fn mark_unread(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET is_marked_unread = 1, is_read_unshared = 1 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute([key])?;
    Ok(())
}

/// How far one conversation was read.
///
/// # Errors
/// What the database said.
pub fn read_position(
    reader: &Reader<'_>,
    id: impl Into<ConversationId>,
) -> Result<Option<ReadPosition>, StorageError> {
    let sql = "SELECT account_id, last_read_ms, is_marked_unread FROM conversations WHERE account_id = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([id.into().to_bytes().as_slice()], read_place)
        .optional()?)
}

/// How far every conversation was read.
///
/// # Errors
/// What the database said.
pub fn read_positions(reader: &Reader<'_>) -> Result<Vec<ReadPosition>, StorageError> {
    let sql = "SELECT account_id, last_read_ms, is_marked_unread FROM conversations";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], read_place)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether there are read positions that the other devices do not know.
///
/// # Errors
/// What the database said.
pub fn has_unshared(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversations WHERE is_read_unshared = 1)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Takes the read positions that the other devices do not know: they are shared now.
///
/// # Errors
/// What the database said.
pub fn take_unshared(writer: &mut Writer<'_>) -> Result<Vec<ReadPosition>, StorageError> {
    let sql = "UPDATE conversations SET is_read_unshared = 0 WHERE is_read_unshared = 1
               RETURNING account_id, last_read_ms, is_marked_unread";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let rows = statement.query_map([], read_place)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_place(row: &Row<'_>) -> rusqlite::Result<ReadPosition> {
    Ok(ReadPosition {
        id: conversation(row, 0)?,
        last_read: moment(row, 1)?,
        is_marked_unread: row.get(2)?,
    })
}
