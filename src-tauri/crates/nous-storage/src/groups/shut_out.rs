//! Members whom this device's admin shuts out of the swarm.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::time::Timestamp;

use crate::columns::account;
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// Another admin's word that somebody is in again comes sooner.
const KEPT_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Notes that members are about to be shut out.
///
/// `generation`: of the newest key, as they are told.
///
/// # Errors
/// What the database said.
pub fn note(
    writer: &mut Writer<'_>,
    group: &GroupId,
    members: &[AccountId],
    generation: i64,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT OR REPLACE INTO group_shut_out (group_id, member, noted_ms, generation)
               VALUES (?1, ?2, ?3, ?4)";
    let mut statement = writer.conn().prepare_cached(sql)?;
    for member in members {
        statement.execute((group.to_bytes(), member.to_bytes(), now.as_ms(), generation))?;
    }
    Ok(())
}

/// Forgets what was noted long ago. Answers how many that were.
///
/// `now`: network time that is sure.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let sql = "DELETE FROM group_shut_out WHERE noted_ms < ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute([now.earlier(KEPT_FOR).as_ms()])?)
}

/// Who was noted and not forgotten, with the generation of the newest key of which they were told;
/// `None`: they have no later one.
///
/// # Errors
/// What the database said.
pub fn of_group(reader: &Reader<'_>, group: &GroupId) -> Result<Vec<(AccountId, Option<i64>)>, StorageError> {
    let sql = "SELECT member, generation FROM group_shut_out WHERE group_id = ?1";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([group.to_bytes()], |row| Ok((account(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who may have a later key than the one they were told of, and that one's generation.
///
/// # Errors
/// What the database said.
pub fn unsettled(reader: &Reader<'_>, group: &GroupId) -> Result<Vec<(AccountId, i64)>, StorageError> {
    let all = of_group(reader, group)?.into_iter();
    Ok(all.filter_map(|(member, told)| Some((member, told?))).collect())
}

/// They have no later key than they were told of.
///
/// # Errors
/// What the database said.
pub fn settle(writer: &mut Writer<'_>, group: &GroupId, members: &[AccountId]) -> Result<(), StorageError> {
    let sql = "UPDATE group_shut_out SET generation = NULL WHERE group_id = ?1 AND member = ?2";
    let mut statement = writer.conn().prepare_cached(sql)?;
    for member in members {
        statement.execute((group.to_bytes(), member.to_bytes()))?;
    }
    Ok(())
}

/// Forgets one.
///
/// # Errors
/// What the database said.
pub fn forget(writer: &mut Writer<'_>, group: &GroupId, member: &AccountId) -> Result<(), StorageError> {
    let sql = "DELETE FROM group_shut_out WHERE group_id = ?1 AND member = ?2";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((group.to_bytes(), member.to_bytes()))?;
    Ok(())
}

/// Forgets those of a group.
///
/// # Errors
/// What the database said.
pub fn forget_group(writer: &mut Writer<'_>, group: &GroupId) -> Result<(), StorageError> {
    let sql = "DELETE FROM group_shut_out WHERE group_id = ?1";
    writer.conn().prepare_cached(sql)?.execute([group.to_bytes()])?;
    Ok(())
}
