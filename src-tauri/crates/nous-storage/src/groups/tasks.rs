//! What has to be done for groups. A task leaves only when it is done, or with its group.

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::time::Timestamp;
use rusqlite::Row;

use crate::columns::{count, json, maybe_moment, moment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// What kind of work it is, in the order in which one request does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// A member's permission is made valid again.
    Unrevoke,
    /// A key message with older keys for new members.
    Supplement,
    /// A content for all, into the box of messages.
    Announce,
    /// Stored messages are deleted; the data is a JSON list of hashes.
    DeleteHashes,
    /// Every stored message is deleted.
    DeleteAll,
    /// A member's invitation goes out to them.
    Invite,
    /// A member's promotion goes out to them.
    Promote,
    /// Once they are out, they are added again; the data is 1 if with history.
    AddAgain,
    /// We leave.
    Leave,
    /// The group is gone for all; then it goes here.
    Destroy,
    /// A member's wish to add somebody (`member`); the data is who asked.
    AddForMember,
    /// A member's wish to have the group's state stored again; the data is who asked.
    SendState,
    /// We tell the group that we are in it.
    SayJoined,
    /// The message that invited us is deleted in our swarm; the data is its hash.
    ForgetInvitation,
    /// A picture is uploaded and becomes the group's; the data is JSON, its file in `blob`.
    Picture,
}

impl TaskKind {
    const ALL: [Self; 15] = [
        Self::Unrevoke,
        Self::Supplement,
        Self::Announce,
        Self::DeleteHashes,
        Self::DeleteAll,
        Self::Invite,
        Self::Promote,
        Self::AddAgain,
        Self::Leave,
        Self::Destroy,
        Self::AddForMember,
        Self::SendState,
        Self::SayJoined,
        Self::ForgetInvitation,
        Self::Picture,
    ];

    /// These wait for something else than a moment.
    const WAITING: [Self; 5] = [
        Self::ForgetInvitation,
        Self::AddAgain,
        Self::SayJoined,
        Self::Leave,
        Self::Destroy,
    ];

    /// Whether it is done when its moment has come; else when something else is.
    #[must_use]
    pub fn is_timed(self) -> bool {
        !Self::WAITING.contains(&self)
    }

    fn code(self) -> i64 {
        Self::ALL
            .iter()
            .zip(0..)
            .find_map(|(kind, code)| (*kind == self).then_some(code))
            .unwrap_or(-1)
    }

    fn from_code(code: i64) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }
}

/// A task to write down.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTask {
    /// For which group.
    pub group: GroupId,
    /// What.
    pub kind: TaskKind,
    /// About whom.
    pub member: Option<AccountId>,
    /// In a form of its kind.
    pub data: Vec<u8>,
    /// Of a content: its sent time.
    pub sent: Option<Timestamp>,
    /// Of a content: its life in ms.
    pub ttl_ms: i64,
    /// Not before.
    pub due: Timestamp,
    /// Now.
    pub now: Timestamp,
}

impl NewTask {
    /// One that is due at once, about nobody and without data.
    #[must_use]
    pub const fn new(group: GroupId, kind: TaskKind, now: Timestamp) -> Self {
        Self {
            group,
            kind,
            member: None,
            data: Vec::new(),
            sent: None,
            ttl_ms: 0,
            due: now,
            now,
        }
    }

    /// The same about a member.
    #[must_use]
    pub const fn about(group: GroupId, kind: TaskKind, member: AccountId, now: Timestamp) -> Self {
        let mut task = Self::new(group, kind, now);
        task.member = Some(member);
        task
    }
}

/// Shows no data.
impl std::fmt::Debug for NewTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTask")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A task's number. No number is given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey(pub i64);

/// A task.
#[derive(Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub key: TaskKey,
    /// What.
    pub kind: TaskKind,
    /// About whom.
    pub member: Option<AccountId>,
    /// In a form of its kind.
    pub data: Vec<u8>,
    /// Of a content: its sent time.
    pub sent: Option<Timestamp>,
    /// Of a content: its life in ms.
    pub ttl_ms: i64,
    /// Tries so far.
    pub attempts: u32,
    /// Not before.
    pub due: Timestamp,
    /// When it was written down.
    pub created: Timestamp,
}

/// Shows no data.
impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Option<Task>> {
    let Some(kind) = TaskKind::from_code(row.get(1)?) else {
        return Ok(None);
    };
    let member: Option<Vec<u8>> = row.get(2)?;
    Ok(Some(Task {
        key: TaskKey(row.get(0)?),
        kind,
        member: member.and_then(|bytes| AccountId::from_bytes(&bytes)),
        data: row.get(3)?,
        sent: maybe_moment(row, 4)?.filter(|at| at.as_ms() > 0),
        ttl_ms: row.get(5)?,
        attempts: count(row, 6)?,
        due: moment(row, 7)?,
        created: moment(row, 8)?,
    }))
}

/// Writes a task down. One that says the same already stands for both.
///
/// # Errors
/// What the database said.
pub fn add(writer: &mut Writer<'_>, new: &NewTask) -> Result<(), StorageError> {
    let (group, member) = (new.group.to_bytes(), new.member.map(|id| id.to_bytes().to_vec()));
    let conn = writer.conn();
    let is_there: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM group_tasks
                 WHERE group_id = ?1 AND kind = ?2 AND member IS ?3 AND data = ?4)",
        )?
        .query_row((group.as_slice(), new.kind.code(), &member, &new.data), |row| {
            row.get(0)
        })?;
    if is_there {
        return Ok(());
    }
    conn.prepare_cached(
        "INSERT INTO group_tasks (group_id, kind, member, data, sent_ms, ttl_ms, next_attempt_ms, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        group.as_slice(),
        new.kind.code(),
        member,
        &new.data,
        new.sent.map_or(0, Timestamp::as_ms),
        new.ttl_ms,
        new.due.as_ms(),
        new.now.as_ms(),
    ))?;
    Ok(())
}

/// The tasks of a group, in the order of their kinds, then as they were written down.
///
/// # Errors
/// What the database said.
pub fn of_group(reader: &Reader<'_>, group: &GroupId) -> Result<Vec<Task>, StorageError> {
    let sql = "SELECT id, kind, member, data, sent_ms, ttl_ms, attempts, next_attempt_ms, created_ms
               FROM group_tasks WHERE group_id = ?1 ORDER BY kind, id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([group.to_bytes().as_slice()], read_row)?;
    let rows: Vec<Option<Task>> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Removes tasks that are done. How many there were.
///
/// # Errors
/// What the database said.
pub fn done(writer: &mut Writer<'_>, keys: impl IntoIterator<Item = TaskKey>) -> Result<usize, StorageError> {
    let mut count = 0;
    for key in keys {
        let sql = "DELETE FROM group_tasks WHERE id = ?1";
        count += writer.conn().prepare_cached(sql)?.execute([key.0])?;
    }
    Ok(count)
}

/// A try of a task failed: the next one is not before `due`.
///
/// # Errors
/// What the database said.
pub fn postpone(writer: &mut Writer<'_>, key: TaskKey, due: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE group_tasks SET attempts = attempts + 1, next_attempt_ms = ?2 WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute((key.0, due.as_ms()))?;
    Ok(())
}

/// Forgets the tasks of one kind about a member. How many there were.
///
/// # Errors
/// What the database said.
pub fn forget_about(
    writer: &mut Writer<'_>,
    group: &GroupId,
    kind: TaskKind,
    member: &AccountId,
) -> Result<usize, StorageError> {
    let sql = "DELETE FROM group_tasks WHERE group_id = ?1 AND kind = ?2 AND member = ?3";
    Ok(writer.conn().prepare_cached(sql)?.execute((
        group.to_bytes().as_slice(),
        kind.code(),
        member.to_bytes().as_slice(),
    ))?)
}

/// Gives a task the sent time of its message.
///
/// # Errors
/// What the database said.
pub fn fix_sent(writer: &mut Writer<'_>, key: TaskKey, sent: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE group_tasks SET sent_ms = ?2 WHERE id = ?1";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((key.0, sent.as_ms()))?;
    Ok(())
}

/// Notes that the others are told of it: it only waits until they were.
///
/// # Errors
/// What the database said.
pub fn note_told(writer: &mut Writer<'_>, key: TaskKey) -> Result<(), StorageError> {
    let sql = "UPDATE group_tasks SET data = x'01' WHERE id = ?1";
    writer.conn().prepare_cached(sql)?.execute([key.0])?;
    Ok(())
}

/// Whether we are leaving a group, or ending it for everybody.
///
/// # Errors
/// What the database said.
pub fn is_ending(reader: &Reader<'_>, group: &GroupId) -> Result<bool, StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM group_tasks WHERE group_id = ?1 AND kind IN (?2, ?3))";
    Ok(reader.conn().prepare_cached(sql)?.query_row(
        (
            group.to_bytes().as_slice(),
            TaskKind::Leave.code(),
            TaskKind::Destroy.code(),
        ),
        |row| row.get(0),
    )?)
}

/// Forgets all tasks of a group, but those in our own swarm.
///
/// # Errors
/// What the database said.
pub fn forget_group(writer: &mut Writer<'_>, group: &GroupId) -> Result<(), StorageError> {
    let sql = "DELETE FROM group_tasks WHERE group_id = ?1 AND kind <> ?2";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((group.to_bytes().as_slice(), TaskKind::ForgetInvitation.code()))?;
    Ok(())
}

/// The messages that invited us and are still in our swarm: task and hash of each.
///
/// # Errors
/// What the database said.
pub fn invitations_to_forget(reader: &Reader<'_>) -> Result<Vec<(TaskKey, String)>, StorageError> {
    let sql = "SELECT id, data FROM group_tasks WHERE kind = ?1 ORDER BY id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([TaskKind::ForgetInvitation.code()], |row| {
        let hash: Vec<u8> = row.get(1)?;
        Ok((TaskKey(row.get(0)?), String::from_utf8_lossy(&hash).into_owned()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The groups for which something has to be done, with the moment of the first of it.
///
/// # Errors
/// What the database said.
pub fn due_groups(reader: &Reader<'_>) -> Result<Vec<(GroupId, Timestamp)>, StorageError> {
    let sql = "SELECT group_id, min(next_attempt_ms) FROM group_tasks
               WHERE kind NOT IN (SELECT value FROM json_each(?1)) GROUP BY group_id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let waiting = json(&TaskKind::WAITING.map(TaskKind::code))?;
    let rows = statement.query_map([waiting], |row| {
        let id: Vec<u8> = row.get(0)?;
        Ok((GroupId::from_bytes(&id), moment(row, 1)?))
    })?;
    let rows: Vec<(Option<GroupId>, Timestamp)> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter_map(|(id, at)| Some((id?, at))).collect())
}

/// How many wishes of a kind were fulfilled in a group since a moment: all, or those of one member.
///
/// # Errors
/// What the database said.
pub fn fulfilled(
    reader: &Reader<'_>,
    group: &GroupId,
    kind: TaskKind,
    member: Option<&AccountId>,
    since: Timestamp,
) -> Result<u32, StorageError> {
    let sql = "SELECT count(*) FROM group_wishes
               WHERE group_id = ?1 AND kind = ?2 AND (?3 IS NULL OR member = ?3) AND done_ms > ?4";
    let member = member.map(|id| id.to_bytes().to_vec());
    Ok(reader.conn().prepare_cached(sql)?.query_row(
        (group.to_bytes().as_slice(), kind.code(), member, since.as_ms()),
        |row| count(row, 0),
    )?)
}

/// Notes that a member's wish was fulfilled; what is older than `since` is forgotten.
///
/// # Errors
/// What the database said.
pub fn note_fulfilled(
    writer: &mut Writer<'_>,
    group: &GroupId,
    kind: TaskKind,
    member: &AccountId,
    (now, since): (Timestamp, Timestamp),
) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.prepare_cached("DELETE FROM group_wishes WHERE done_ms <= ?1")?
        .execute([since.as_ms()])?;
    conn.prepare_cached(
        "INSERT INTO group_wishes (group_id, member, kind, done_ms) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((
        group.to_bytes().as_slice(),
        member.to_bytes().as_slice(),
        kind.code(),
        now.as_ms(),
    ))?;
    Ok(())
}
