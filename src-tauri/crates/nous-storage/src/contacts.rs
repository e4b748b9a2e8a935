//! The list of contacts, and what is decided about one: what disturbs, what is cleared.
//!
//! Source: `config.md` §9, §11; `product.md` §5, §9.

use nous_protocol::account::AccountId;
use nous_protocol::config::fields::{Cleared, NotifyMode};
use nous_protocol::time::Timestamp;
use rusqlite::Params;

use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::folding::fold;
use crate::ids::{ConversationKey, MessageKey, OutboxKey};
use crate::people::{self, Person};
use crate::search;

/// Whom a list of people holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Who accepted us and was accepted, and is not blocked.
    Contacts,
    /// Who is blocked.
    Blocked,
    /// Everybody who agreed to anything, or whom we refused.
    Everybody,
}

impl Which {
    const fn condition(self) -> &'static str {
        match self {
            Self::Contacts => "is_approved = 1 AND has_approved_me = 1 AND is_blocked = 0",
            Self::Blocked => "is_blocked = 1",
            Self::Everybody => {
                "account_id >= x'05' AND (is_approved = 1 OR has_approved_me = 1 OR is_blocked = 1)"
            }
        }
    }
}

/// A place in a list of people: in the order of names, those without one at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPlace {
    /// The name without case and accents; empty: none.
    pub folded: String,
    /// The number of the conversation.
    pub key: ConversationKey,
}

/// The statement of a page; `?1` the own account, `?2` to `?4` the place before it.
fn page_sql(which: Which) -> String {
    format!(
        "SELECT {} WHERE {} AND account_id <> ?1 AND (name_folded = '', name_folded, id) > (?2, ?3, ?4)
           AND (?6 = '' OR name_folded LIKE ?6 || '%' OR name_folded LIKE '% ' || ?6 || '%'
                OR lower(hex(account_id)) LIKE ?6 || '%')
         ORDER BY name_folded = '', name_folded, id LIMIT ?5",
        people::COLUMNS,
        which.condition(),
    )
}

/// A page of people in the order of their names (nickname, else name), without `own`.
///
/// `filter`: the beginning of a word of the name, or of the account ID; empty for all.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    own: &AccountId,
    which: Which,
    after: Option<&ContactPlace>,
    filter: &str,
    limit: u32,
) -> Result<Vec<(ContactPlace, Person)>, StorageError> {
    let (is_unnamed, folded, key) = after.map_or((-1, "", 0), |place| {
        (
            i64::from(place.folded.is_empty()),
            place.folded.as_str(),
            place.key.0,
        )
    });
    let filter = searched(filter);
    let own = own.to_bytes();
    let mut statement = reader.conn().prepare_cached(&page_sql(which))?;
    let rows = statement.query_map(
        (own.as_slice(), is_unnamed, folded, key, limit, filter),
        people::read_row,
    )?;
    let place = |key, person: Person| {
        let folded = fold(person.shown());
        (ContactPlace { folded, key }, person)
    };
    rows.map(|row| row.map(|(key, person)| place(key, person)))
        .collect::<Result<_, _>>()
        .map_err(StorageError::from)
}

/// A filter as it is compared with folded names: folded, without the signs of patterns.
pub(crate) fn searched(filter: &str) -> String {
    fold(filter).replace(['\\', '%', '_'], "")
}

fn execute(writer: &mut Writer<'_>, sql: &str, values: impl Params) -> Result<(), StorageError> {
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Sets what may disturb. Between two people there are no mentions: they count as all.
///
/// # Errors
/// What the database said.
pub fn set_notify(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    mode: NotifyMode,
) -> Result<(), StorageError> {
    let codes = [mode, mode.between_two()].map(people::notify_code);
    let sql = "UPDATE conversations SET notify_mode = iif(account_id < x'05', ?2, ?3) WHERE id = ?1";
    let [in_group, between_two] = codes;
    execute(writer, sql, (key, in_group, between_two))
}

/// Sets until when nothing disturbs, in seconds since 1970; 0 for not at all.
///
/// # Errors
/// What the database said.
pub fn set_mute(writer: &mut Writer<'_>, key: ConversationKey, until_s: i64) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET mute_until_s = ?2 WHERE id = ?1";
    execute(writer, sql, (key, until_s))
}

/// Notes that everything that stands in a conversation was cleared at `now`.
///
/// # Errors
/// What the database said.
pub fn note_cleared(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET cleared_at_ms = max(cleared_at_ms, ?2),
                   cleared_up_to_ms = max(cleared_up_to_ms,
                       (SELECT max(order_ms) FROM messages WHERE conversation = ?1))
               WHERE id = ?1 AND EXISTS (SELECT 1 FROM messages WHERE conversation = ?1)";
    execute(writer, sql, (key, now.as_ms()))
}

/// Keeps up to where a conversation was cleared.
///
/// # Errors
/// What the database said.
pub fn set_cleared(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    cleared: Cleared,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET cleared_up_to_ms = ?2, cleared_at_ms = ?3 WHERE id = ?1";
    execute(writer, sql, (key, cleared.up_to_ms, cleared.at_ms))
}

/// Which messages are cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All: the person asked for it here.
    All,
    /// Those up to a place of the timeline, in ms, but none that has still to go out: the person
    /// asked for it on another device.
    Delivered(i64),
}

/// Deletes messages of a conversation; it keeps its place in the list. Each deletion is noted
/// for restores.
///
/// # Errors
/// What the database said.
pub fn clear(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    extent: Extent,
    now: Timestamp,
) -> Result<(), StorageError> {
    const CLEARED: &str = "m.conversation = ?1 AND m.order_ms <= ?2
        AND (?3 = 0 OR m.id NOT IN (SELECT message FROM outbox
                                    WHERE conversation = ?1 AND kind IN (0, 2, 4) AND message IS NOT NULL))";
    let (up_to, keeps_waiting) = match extent {
        Extent::All => (i64::MAX, false),
        Extent::Delivered(up_to) => (up_to, true),
    };
    let noted = format!(
        "INSERT INTO erased (conversation, author, sent_ms, erased_ms)
         SELECT c.account_id, m.author, m.sent_ms, ?4 FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE {CLEARED}
         ON CONFLICT (conversation, author, sent_ms) DO UPDATE SET erased_ms = excluded.erased_ms"
    );
    execute(writer, &noted, (key, up_to, keeps_waiting, now.as_ms()))?;
    let deleted = format!("DELETE FROM messages AS m WHERE {CLEARED}");
    let are_many = search::has_many(&writer.reader(), key)?;
    search::in_bulk(writer, are_many, |writer| {
        execute(writer, &deleted, (key, up_to, keeps_waiting))
    })?;
    crate::conversations::refresh(writer, &[key])
}

/// The recipients' copies that wait in a conversation, with their messages.
///
/// # Errors
/// What the database said.
pub fn undelivered(
    reader: &Reader<'_>,
    key: ConversationKey,
) -> Result<Vec<(OutboxKey, MessageKey)>, StorageError> {
    let sql = "SELECT id, message FROM outbox WHERE conversation = ?1 AND kind IN (0, 4) AND is_stopped = 0";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) fn statements() -> Vec<String> {
    vec![page_sql(Which::Contacts), page_sql(Which::Blocked)]
}
