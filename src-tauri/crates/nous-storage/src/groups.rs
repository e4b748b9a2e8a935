//! Groups whose swarm is followed: keys, information and members of each, in one row.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | what is kept of a group's swarm |
//! | [`conversation`] | how it stands in the list; deleting for all |
//! | [`details`] | what is shown of a group |
//! | [`members`] | who is in it |
//! | [`parked`] | messages that no key opens yet |
//! | [`tasks`] | what has to be done |
//!
//! Source: `groups.md` §20.

pub mod conversation;
pub mod deletions;
pub mod details;
pub mod members;
pub mod parked;
pub mod shut_out;
pub mod tasks;

use nous_protocol::account::{GroupId, SwarmAccount};
use nous_protocol::time::Timestamp;
use rusqlite::OptionalExtension;
use zeroize::Zeroizing;

use crate::columns::moment;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::{cursors, seen_hashes};

/// A group to write down.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Which.
    pub id: GroupId,
    /// Its keys. Wiped when dropped.
    pub keys: Zeroizing<Vec<u8>>,
    /// What it says of itself.
    pub info: Vec<u8>,
    /// Who is in it.
    pub members: Vec<u8>,
    /// Whether it was read as an admin.
    pub is_admin: bool,
    /// Whether something is not stored in the swarm.
    pub is_push_due: bool,
    /// When the swarm stored its newest key; `None`: no key is here.
    pub newest_key: Option<Timestamp>,
}

/// Shows no keys.
impl std::fmt::Debug for GroupRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How a group stands with its swarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupStanding {
    /// Which.
    pub id: GroupId,
    /// Whether something is not stored.
    pub is_push_due: bool,
    /// When the swarm stored the newest key; `None`: no key is here.
    pub newest_key: Option<Timestamp>,
    /// The last poll that a node answered.
    pub last_poll: Option<Timestamp>,
    /// When the lives of keys, information and members were last extended.
    pub extended: Option<Timestamp>,
}

/// A group; `None` if its swarm is not followed.
///
/// # Errors
/// What the database said.
pub fn load(reader: &Reader<'_>, id: &GroupId) -> Result<Option<GroupRow>, StorageError> {
    let sql = "SELECT keys_dump, info_dump, members_dump, is_admin, is_push_due, newest_key_ms FROM groups WHERE group_id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(GroupRow {
            id: *id,
            keys: Zeroizing::new(row.get(0)?),
            info: row.get(1)?,
            members: row.get(2)?,
            is_admin: row.get(3)?,
            is_push_due: row.get(4)?,
            newest_key: Some(moment(row, 5)?).filter(|at| at.as_ms() > 0),
        })
    };
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([id.to_bytes().as_slice()], read)
        .optional()?)
}

/// Keeps a group.
///
/// # Errors
/// What the database said.
pub fn save(writer: &mut Writer<'_>, row: &GroupRow) -> Result<(), StorageError> {
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO groups (group_id, keys_dump, info_dump, members_dump, is_admin, is_push_due,
                 newest_key_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (group_id) DO UPDATE SET keys_dump = excluded.keys_dump,
                 info_dump = excluded.info_dump, members_dump = excluded.members_dump,
                 is_admin = excluded.is_admin, is_push_due = excluded.is_push_due,
                 newest_key_ms = excluded.newest_key_ms",
        )?
        .execute((
            row.id.to_bytes().as_slice(),
            row.keys.as_slice(),
            &row.info,
            &row.members,
            row.is_admin,
            row.is_push_due,
            row.newest_key.map_or(0, Timestamp::as_ms),
        ))?;
    Ok(())
}

const STANDINGS: &str = "SELECT group_id, is_push_due, newest_key_ms, last_poll_ms, extended_ms FROM groups";

/// `None` for a row that is no group's.
fn read_standing(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<GroupStanding>> {
    let known = |at: Timestamp| Some(at).filter(|at| at.as_ms() > 0);
    let [newest_key, last_poll, extended] = [moment(row, 2)?, moment(row, 3)?, moment(row, 4)?].map(known);
    let is_push_due = row.get(1)?;
    let id: Vec<u8> = row.get(0)?;
    Ok(GroupId::from_bytes(&id).map(|id| GroupStanding {
        id,
        is_push_due,
        newest_key,
        last_poll,
        extended,
    }))
}

/// All groups whose swarm is followed, the first one first.
///
/// # Errors
/// [`StorageError::Bug`] for a row that is no group's; else what the database said.
pub fn standings(reader: &Reader<'_>) -> Result<Vec<GroupStanding>, StorageError> {
    let mut statement = reader
        .conn()
        .prepare_cached(&format!("{STANDINGS} ORDER BY id"))?;
    let rows = statement.query_map([], read_standing)?;
    rows.map(|row| {
        row?.ok_or_else(|| StorageError::Bug {
            what: "a group's row has no group's ID".to_owned(),
        })
    })
    .collect()
}

/// One of them; `None` if its swarm is not followed.
///
/// # Errors
/// What the database said.
pub fn standing(reader: &Reader<'_>, id: &GroupId) -> Result<Option<GroupStanding>, StorageError> {
    let sql = format!("{STANDINGS} WHERE group_id = ?1");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let found = statement
        .query_row([id.to_bytes().as_slice()], read_standing)
        .optional()?;
    Ok(found.flatten())
}

/// Notes a poll that a node answered.
///
/// # Errors
/// What the database said.
pub fn note_polled(writer: &mut Writer<'_>, id: &GroupId, now: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE groups SET last_poll_ms = max(last_poll_ms, ?2) WHERE group_id = ?1";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((id.to_bytes().as_slice(), now.as_ms()))?;
    Ok(())
}

/// Notes that the lives of keys, information and members were extended.
///
/// # Errors
/// What the database said.
pub fn note_extended(writer: &mut Writer<'_>, id: &GroupId, now: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE groups SET extended_ms = max(extended_ms, ?2) WHERE group_id = ?1";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((id.to_bytes().as_slice(), now.as_ms()))?;
    Ok(())
}

/// Forgets a group: its keys, what waits for others, and how far its swarm was read. What has to
/// be done stays. Whether it was there.
///
/// # Errors
/// What the database said.
pub fn forget(writer: &mut Writer<'_>, id: &GroupId) -> Result<bool, StorageError> {
    let account = SwarmAccount::from(*id);
    cursors::forget_account(writer, &account)?;
    seen_hashes::forget_account(writer, &account)?;
    parked::forget_group(writer, id)?;
    let sql = "DELETE FROM groups WHERE group_id = ?1";
    let count = writer
        .conn()
        .prepare_cached(sql)?
        .execute([id.to_bytes().as_slice()])?;
    Ok(count > 0)
}
