//! People we talk to, and Note to Self.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;
use nous_protocol::config::fields::{Cleared, NotifyMode};
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{account, count, json, json_ids, maybe_moment, moment};
use crate::contacts::searched;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::folding::fold;
use crate::ids::ConversationKey;
use crate::messages::{MessageKind, SendState};
use crate::names;
use crate::people::notify_of;

/// A conversation as in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its number.
    pub key: ConversationKey,
    /// With whom.
    pub account: AccountId,
    /// What they are called here, as [`crate::names`] says; empty: by the shortened ID.
    pub name: String,
    /// The name is that of the directory.
    pub is_directory_name: bool,
    /// We accepted them.
    pub is_approved: bool,
    /// They accepted us.
    pub has_approved_me: bool,
    /// Blocked by us.
    pub is_blocked: bool,
    /// 0 is not pinned; a higher pin stands above a lower one.
    pub pin_rank: i64,
    /// Stands in the list.
    pub is_listed: bool,
    /// Time of the last activity.
    pub last_activity: Timestamp,
    /// Unread messages.
    pub unread_count: u32,
    /// Marked as unread by hand.
    pub is_marked_unread: bool,
    /// What may disturb.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until_s: i64,
    /// Unsent text.
    pub draft: String,
    /// How screens call the picture, if there is one and it may be shown.
    pub picture: Option<String>,
    /// The newest message.
    pub last_message: Option<LastMessage>,
}

/// The newest message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    /// The first 200 characters.
    pub preview: String,
    /// What it is.
    pub kind: MessageKind,
    /// Ours.
    pub is_own: bool,
    /// The state, for own messages.
    pub state: Option<SendState>,
    /// Why it failed, as the code of the face; empty if it did not.
    pub error: String,
    /// Network time of sending.
    pub sent: Timestamp,
}

/// A place in the list, which is in the order of its fields, downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPlace {
    /// The pin of the row there.
    pub pin_rank: i64,
    /// Its last activity.
    pub last_activity: Timestamp,
    /// With whom.
    pub account: AccountId,
}

impl Conversation {
    /// Stands above the others.
    #[must_use]
    pub const fn is_pinned(&self) -> bool {
        self.pin_rank > 0
    }

    /// They wrote, and we have neither accepted nor blocked them.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        self.is_listed && !self.is_approved && !self.is_blocked
    }

    /// Its place in the list.
    #[must_use]
    pub const fn place(&self) -> ListPlace {
        ListPlace {
            pin_rank: self.pin_rank,
            last_activity: self.last_activity,
            account: self.account,
        }
    }
}

/// What deciding about a received message needs of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub key: ConversationKey,
    /// We accepted them.
    pub is_approved: bool,
    /// They accepted us.
    pub has_approved_me: bool,
    /// Blocked by us.
    pub is_blocked: bool,
    /// When the known profile was changed, in seconds; 0: never told.
    pub profile_updated_s: u64,
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// Everything up to here was read.
    pub last_read: Timestamp,
    /// Since when they are known; 0 if nobody tells.
    pub created: Timestamp,
    /// Which messages were cleared.
    pub cleared: Cleared,
}

fn columns() -> String {
    format!(
        "c.id, c.account_id, {name}, c.is_approved, c.has_approved_me,
         c.is_blocked, c.pin_rank, c.is_listed, c.last_activity_ms, c.unread_count, c.draft,
         substr(m.body, 1, 200), m.kind, m.is_own, m.state, m.sent_ms, m.error,
         c.is_marked_unread, c.notify_mode, c.mute_until_s, p.small_name, {from_directory}
         FROM conversations c LEFT JOIN messages m ON m.id = c.last_message
         LEFT JOIN pictures p ON p.account_id = c.account_id AND c.is_approved = 1",
        name = names::shown("c"),
        from_directory = names::is_from_directory("c"),
    )
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let last_message = match maybe_moment(row, 15)? {
        None => None,
        Some(sent) => Some(LastMessage {
            preview: row.get(11)?,
            kind: MessageKind::from_code(row.get(12)?),
            is_own: row.get(13)?,
            state: SendState::from_code(row.get(14)?),
            error: row.get(16)?,
            sent,
        }),
    };
    Ok(Conversation {
        key: row.get(0)?,
        account: account(row, 1)?,
        name: row.get(2)?,
        is_directory_name: row.get(21)?,
        is_approved: row.get(3)?,
        has_approved_me: row.get(4)?,
        is_blocked: row.get(5)?,
        pin_rank: row.get(6)?,
        is_listed: row.get(7)?,
        last_activity: moment(row, 8)?,
        unread_count: count(row, 9)?,
        is_marked_unread: row.get(17)?,
        notify: notify_of(row.get(18)?),
        mute_until_s: row.get(19)?,
        draft: row.get(10)?,
        picture: row.get(20)?,
        last_message,
    })
}

/// Who is not accepted is a request, and stands in the list of those.
const IN_LIST: &str = "c.is_listed = 1 AND c.is_approved = 1";

/// The statement of a page; `?1` to `?3`: the place before it.
fn page_sql() -> String {
    format!(
        "SELECT {columns} WHERE {IN_LIST} AND (c.pin_rank, c.last_activity_ms, c.account_id) < (?1, ?2, ?3)
         ORDER BY c.pin_rank DESC, c.last_activity_ms DESC, c.account_id DESC LIMIT ?4",
        columns = columns(),
    )
}

/// A page of the list: pinned ones first, then by last activity. `filter`: the beginning of a
/// word of the name, or of the account ID; empty for all.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    after: Option<ListPlace>,
    filter: &str,
    limit: u32,
) -> Result<Vec<Conversation>, StorageError> {
    let after = after.map_or((i64::MAX, i64::MAX, [u8::MAX; 33]), |place| {
        (
            place.pin_rank,
            place.last_activity.as_ms(),
            place.account.to_bytes(),
        )
    });
    if filter.is_empty() {
        let mut statement = reader.conn().prepare_cached(&page_sql())?;
        let rows = statement.query_map((after.0, after.1, after.2, limit), read_row)?;
        return Ok(rows.collect::<Result<_, _>>()?);
    }
    let folded = searched(filter);
    let sql = format!(
        "SELECT {columns} WHERE {IN_LIST} AND (c.pin_rank, c.last_activity_ms, c.account_id) < (?1, ?2, ?3)
           AND ({is_given} AND (c.name_folded LIKE ?5 || '%' OR c.name_folded LIKE '% ' || ?5 || '%')
                OR {in_directory} OR lower(hex(c.account_id)) LIKE ?5 || '%')
         ORDER BY c.pin_rank DESC, c.last_activity_ms DESC, c.account_id DESC LIMIT ?4",
        columns = columns(),
        is_given = names::is_given("c"),
        in_directory = names::fits_directory("c", "?5"),
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map((after.0, after.1, after.2, limit, folded), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many conversations stand in the list.
///
/// # Errors
/// What the database said.
pub fn total(reader: &Reader<'_>) -> Result<u32, StorageError> {
    let sql = format!("SELECT count(*) FROM conversations c WHERE {IN_LIST}");
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([], |row| count(row, 0))?)
}

/// Some conversations, in no order; missing ones are left out.
///
/// # Errors
/// What the database said.
pub fn by_accounts(reader: &Reader<'_>, accounts: &[AccountId]) -> Result<Vec<Conversation>, StorageError> {
    let sql = format!(
        "SELECT {} WHERE c.account_id IN (SELECT unhex(value) FROM json_each(?1))",
        columns()
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([json_ids(accounts)?], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The number of the conversation with an account.
///
/// # Errors
/// What the database said.
pub fn find(reader: &Reader<'_>, account: &AccountId) -> Result<Option<ConversationKey>, StorageError> {
    let sql = "SELECT id FROM conversations WHERE account_id = ?1";
    let key = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([account.to_bytes().as_slice()], |row| row.get(0));
    Ok(key.optional()?)
}

/// What deciding needs of the conversations with these accounts; one query for all.
///
/// # Errors
/// What the database said.
pub fn standings(
    reader: &Reader<'_>,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, Standing>, StorageError> {
    let sql = "SELECT account_id, id, is_approved, has_approved_me, is_blocked, profile_updated_s,
                      priority, last_read_ms, cleared_up_to_ms, cleared_at_ms, created_ms
               FROM conversations WHERE account_id IN (SELECT unhex(value) FROM json_each(?1))";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([json_ids(accounts)?], |row| {
        let standing = Standing {
            key: row.get(1)?,
            is_approved: row.get(2)?,
            has_approved_me: row.get(3)?,
            is_blocked: row.get(4)?,
            profile_updated_s: row.get::<_, i64>(5)?.unsigned_abs(),
            priority: row.get(6)?,
            last_read: moment(row, 7)?,
            created: moment(row, 10)?,
            cleared: Cleared {
                up_to_ms: row.get(8)?,
                at_ms: row.get(9)?,
            },
        };
        Ok((account(row, 0)?, standing))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The conversation with an account; made, unlisted, if there is none.
///
/// # Errors
/// What the database said.
pub fn ensure(
    writer: &mut Writer<'_>,
    account: &AccountId,
    now: Timestamp,
) -> Result<ConversationKey, StorageError> {
    if let Some(key) = find(&writer.reader(), account)? {
        return Ok(key);
    }
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO conversations (account_id, created_ms, last_activity_ms) VALUES (?1, ?2, ?2)",
        )?
        .execute((account.to_bytes().as_slice(), now.as_ms()))?;
    Ok(ConversationKey(writer.conn().last_insert_rowid()))
}

/// Keeps what was typed; empty removes it.
///
/// # Errors
/// What the database said.
pub fn set_draft(writer: &mut Writer<'_>, key: ConversationKey, draft: &str) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET draft = ?2 WHERE id = ?1")?
        .execute((key, draft))?;
    Ok(())
}

/// Blocks or unblocks.
///
/// # Errors
/// What the database said.
pub fn set_blocked(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    is_blocked: bool,
) -> Result<(), StorageError> {
    let sql = "UPDATE conversations SET is_blocked = ?2 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key, is_blocked))?;
    Ok(())
}

/// Whose approval is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// We accepted them.
    Ours,
    /// They accepted us.
    Theirs,
}

/// Notes an approval; it is never taken back here.
///
/// # Errors
/// What the database said.
pub fn approve(writer: &mut Writer<'_>, key: ConversationKey, by: Approval) -> Result<(), StorageError> {
    let sql = match by {
        Approval::Ours => "UPDATE conversations SET is_approved = 1 WHERE id = ?1",
        Approval::Theirs => "UPDATE conversations SET has_approved_me = 1 WHERE id = ?1",
    };
    writer.conn().prepare_cached(sql)?.execute([key])?;
    refold(writer, key)
}

/// Keeps the name that is shown as it is searched and put in order: what may not be shown must
/// not be found either. Every change of names or approvals ends with it.
///
/// # Errors
/// What the database said.
pub(crate) fn refold(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let sql = format!(
        "SELECT {} FROM conversations c WHERE c.id = ?1",
        names::given("c")
    );
    let shown: Option<String> = writer
        .conn()
        .prepare_cached(&sql)?
        .query_row([key], |row| row.get(0))
        .optional()?;
    writer
        .conn()
        .prepare_cached("UPDATE conversations SET name_folded = ?2 WHERE id = ?1")?
        .execute((key, fold(&shown.unwrap_or_default())))?;
    Ok(())
}

/// A person's profile, as the newest message carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonProfile {
    /// Cleaned; `None` keeps the known name.
    pub name: Option<String>,
    /// Link and key; `None` removes the known picture.
    pub picture: Option<(String, [u8; 32])>,
    /// When it was changed, in seconds; 0: never told.
    pub updated_s: u64,
}

/// Keeps a profile; which one wins was decided before.
///
/// # Errors
/// What the database said.
pub fn set_profile(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    profile: &PersonProfile,
) -> Result<(), StorageError> {
    write_profile(writer, key, profile)?;
    refold(writer, key)
}

/// The columns of a profile; the caller ends with [`refold`].
pub(crate) fn write_profile(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    profile: &PersonProfile,
) -> Result<(), StorageError> {
    let (url, picture_key) = match &profile.picture {
        Some((url, key)) => (url.as_str(), Some(key.as_slice())),
        None => ("", None),
    };
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET name = coalesce(?2, name), picture_url = ?3, picture_key = ?4,
                 profile_updated_s = ?5
             WHERE id = ?1",
        )?
        .execute((
            key,
            profile.name.as_deref(),
            url,
            picture_key,
            i64::try_from(profile.updated_s).unwrap_or(i64::MAX),
        ))?;
    Ok(())
}

/// Deletes the messages and takes the conversation out of the list; the person stays
/// known. Each deletion is noted for restores.
///
/// # Errors
/// What the database said.
pub fn delete(writer: &mut Writer<'_>, key: ConversationKey, now: Timestamp) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached(
        "INSERT INTO erased (conversation, author, sent_ms, erased_ms)
         SELECT c.account_id, m.author, m.sent_ms, ?2 FROM messages m JOIN conversations c ON c.id = m.conversation
         WHERE m.conversation = ?1
         ON CONFLICT (conversation, author, sent_ms) DO UPDATE SET erased_ms = excluded.erased_ms",
    )?
    .execute((key, now.as_ms()))?;
    conn.prepare_cached("DELETE FROM messages WHERE conversation = ?1")?
        .execute([key])?;
    conn.prepare_cached(
        "UPDATE conversations SET is_listed = 0, priority = min(priority, 0),
             is_read_unshared = max(is_read_unshared, is_marked_unread), is_marked_unread = 0, draft = '', unread_count = 0, last_message = NULL
         WHERE id = ?1",
    )?
    .execute([key])?;
    Ok(())
}

/// Brings what a conversation shows of its messages up to date. Every transaction that
/// adds, removes or marks messages ends with it.
///
/// # Errors
/// What the database said.
pub fn refresh(writer: &mut Writer<'_>, keys: &[ConversationKey]) -> Result<(), StorageError> {
    let keys = json(&keys.iter().map(|key| key.0).collect::<Vec<_>>())?;
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET
                 last_message = (SELECT m.id FROM messages m WHERE m.conversation = conversations.id
                                 ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT 1),
                 unread_count = (SELECT count(*) FROM messages m
                                 WHERE m.conversation = conversations.id AND m.is_unread = 1)
             WHERE id IN (SELECT value FROM json_each(?1))",
        )?
        .execute([&keys])?;
    writer
        .conn()
        .prepare_cached(
            "UPDATE conversations SET is_listed = 1,
                 last_activity_ms = (SELECT m.order_ms FROM messages m WHERE m.id = conversations.last_message)
             WHERE id IN (SELECT value FROM json_each(?1)) AND last_message IS NOT NULL",
        )?
        .execute([&keys])?;
    Ok(())
}

#[cfg(test)]
pub(crate) fn list_statement() -> String {
    page_sql()
}
