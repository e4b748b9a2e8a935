//! The list of conversations.

use nous_protocol::account::{AccountId, ConversationId};
use nous_protocol::config::fields::{NotifyMode, Timer, TimerStart};
use nous_protocol::time::Timestamp;
use rusqlite::Row;

use crate::attachments::FileKind;
use crate::columns::{account, conversation, count, json_ids, maybe_moment, moment};
use crate::contacts::searched;
use crate::db::Reader;
use crate::error::StorageError;
use crate::groups::details::{Standing as GroupStanding, Trouble};
use crate::ids::{ConversationKey, MessageKey};
use crate::messages::{GroupEvent, MessageKind, SendState};
use crate::names;
use crate::people::{notify_of, timer_of};

/// A conversation as in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its number.
    pub key: ConversationKey,
    /// With whom.
    pub id: ConversationId,
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
    /// The message that it answers.
    pub draft_quote: Option<MessageKey>,
    /// How screens call the picture, if there is one and it may be shown.
    pub picture: Option<String>,
    /// What the list needs of a group; `None` for a person.
    pub group: Option<ListedGroup>,
    /// How long messages live there; `None`: they stay.
    pub timer: Option<Timer>,
    /// Files from there are fetched without a click.
    pub auto_download: bool,
    /// Files that wait beside the unsent text.
    pub staged_files: u32,
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
    /// What its first file is, if it has one.
    pub file: Option<FileKind>,
    /// It invites to a community.
    pub is_invitation: bool,
    /// What happened, of [`MessageKind::GroupEvent`].
    pub event: Option<GroupEvent>,
    /// Who wrote it.
    pub author: AccountId,
    /// Ours.
    pub is_own: bool,
    /// The state, for own messages.
    pub state: Option<SendState>,
    /// Why it failed, as the code of the face; empty if it did not.
    pub error: String,
    /// Network time of sending.
    pub sent: Timestamp,
}

/// What the list needs of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedGroup {
    /// How we stand to it.
    pub standing: GroupStanding,
    /// Whether we are an admin.
    pub is_admin: bool,
    /// Members who are not being removed.
    pub member_count: u32,
    /// Unread messages that mention us.
    pub unread_mentions: u32,
    /// The last poll that brought its state; 0: none.
    pub heard: Timestamp,
    /// What keeps it from going on.
    pub trouble: Trouble,
}

/// A place in the list, which is in the order of its fields, downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPlace {
    /// The pin of the row there.
    pub pin_rank: i64,
    /// Its last activity.
    pub last_activity: Timestamp,
    /// With whom.
    pub id: ConversationId,
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
            id: self.id,
        }
    }
}

fn columns() -> String {
    format!(
        "c.id, c.account_id, {name}, c.is_approved, c.has_approved_me,
         c.is_blocked, c.pin_rank, c.is_listed, c.last_activity_ms, c.unread_count, c.draft,
         substr(m.body, 1, 200), m.kind, m.is_own, m.state, m.sent_ms, m.error,
         c.is_marked_unread, c.notify_mode, c.mute_until_s, p.small_name, {from_directory},
         c.unread_mentions, g.standing, g.is_admin, g.heard_ms,
         (SELECT count(*) FROM group_members gm WHERE gm.conversation = g.conversation
              AND gm.is_removed = 0 AND gm.is_proposed = 0),
         m.author, m.event, g.trouble,
         c.timer_start AS timer_start, c.timer_s AS timer_s, g.timer_s AS group_timer_s,
         c.auto_download AS auto_download, c.draft_quote AS draft_quote,
         (SELECT count(*) FROM staged_files s WHERE s.conversation = c.id) AS staged_files,
         (SELECT f.kind FROM attachments f WHERE f.message = m.id AND f.place < 32
              ORDER BY f.place LIMIT 1) AS file_kind,
         coalesce(m.card = 2, 0) AS is_invitation
         FROM conversations c LEFT JOIN messages m ON m.id = c.last_message
         LEFT JOIN pictures p ON p.account_id = c.account_id AND c.is_approved = 1
         LEFT JOIN group_details g ON g.conversation = c.id",
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
            file: row.get::<_, Option<i64>>("file_kind")?.map(FileKind::from_code),
            is_invitation: row.get("is_invitation")?,
            event: GroupEvent::from_json(&row.get::<_, String>(28)?),
            author: account(row, 27)?,
            is_own: row.get(13)?,
            state: SendState::from_code(row.get(14)?),
            error: row.get(16)?,
            sent,
        }),
    };
    Ok(Conversation {
        key: row.get(0)?,
        id: conversation(row, 1)?,
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
        draft_quote: row.get("draft_quote")?,
        picture: row.get(20)?,
        group: read_group(row)?,
        timer: read_timer(row)?,
        auto_download: row.get("auto_download")?,
        staged_files: row.get("staged_files")?,
        last_message,
    })
}

/// A group's is its own, and begins when a message is sent.
fn read_timer(row: &Row<'_>) -> rusqlite::Result<Option<Timer>> {
    match row.get::<_, Option<i64>>("group_timer_s")? {
        Some(seconds) => Ok((seconds > 0).then_some(Timer {
            start: TimerStart::Sent,
            seconds,
        })),
        None => Ok(timer_of(row.get("timer_start")?, row.get("timer_s")?)),
    }
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<Option<ListedGroup>> {
    let Some(standing) = row.get::<_, Option<i64>>(23)? else {
        return Ok(None);
    };
    Ok(Some(ListedGroup {
        standing: GroupStanding::from_code(standing),
        is_admin: row.get(24)?,
        member_count: count(row, 26)?,
        unread_mentions: count(row, 22)?,
        heard: moment(row, 25)?,
        trouble: Trouble::from_code(row.get(29)?),
    }))
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
        (place.pin_rank, place.last_activity.as_ms(), place.id.to_bytes())
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
pub fn by_ids(reader: &Reader<'_>, ids: &[ConversationId]) -> Result<Vec<Conversation>, StorageError> {
    let sql = format!(
        "SELECT {} WHERE c.account_id IN (SELECT unhex(value) FROM json_each(?1))",
        columns()
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([json_ids(ids)?], read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statement whose plan is tested.
#[cfg(test)]
pub(crate) fn list_statement() -> String {
    page_sql()
}
