//! Deletions in groups that meet their messages later: own ones that were on their way, and those
//! that others deleted before they could be read here.

use std::time::Duration;

use nous_protocol::account::{AccountId, GroupId};
use nous_protocol::time::Timestamp;

use crate::columns::moment;
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// The swarm keeps messages no longer.
const KEPT_FOR: Duration = Duration::from_secs(14 * 86_400);

/// The most that are kept of one group; older ones go first.
const MOST: u32 = 5_000;

/// Whether our message of this sent time was deleted here while it was on its way. It is asked
/// once: then it is forgotten.
///
/// # Errors
/// What the database said.
pub fn take_unsaid(writer: &mut Writer<'_>, group: &GroupId, sent: Timestamp) -> Result<bool, StorageError> {
    let sql = "DELETE FROM group_unsaid WHERE group_id = ?1 AND sent_ms = ?2";
    let values = (group.to_bytes(), sent.as_ms());
    Ok(writer.conn().prepare_cached(sql)?.execute(values)? > 0)
}

/// What was deleted for all, and is perhaps still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// One message, by its hash on the server; `None`: all of the author.
    pub hash: Option<String>,
    /// Whose; `None`: an admin said so, whoever wrote it.
    pub author: Option<AccountId>,
    /// Only what was written before.
    pub before: Timestamp,
}

impl Erased {
    /// Whether it is about this message.
    #[must_use]
    pub fn is_about(&self, hash: &str, author: &AccountId, sent: Timestamp) -> bool {
        let is_it = self.hash.as_ref().is_none_or(|erased| erased == hash);
        let is_theirs = self.author.as_ref().is_none_or(|erased| erased == author);
        is_it && is_theirs && sent < self.before
    }
}

/// Notes deletions; of too many in one group the oldest go.
///
/// # Errors
/// What the database said.
pub fn note_erased(
    writer: &mut Writer<'_>,
    group: &GroupId,
    erased: &[Erased],
    now: Timestamp,
) -> Result<(), StorageError> {
    if erased.is_empty() {
        return Ok(());
    }
    let conn = writer.conn();
    let mut insert = conn.prepare_cached(
        "INSERT INTO group_erased (group_id, hash, author, before_ms, noted_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for one in erased {
        insert.execute((
            group.to_bytes(),
            one.hash.as_deref().unwrap_or_default(),
            one.author.map(|author| author.to_bytes()),
            one.before.as_ms(),
            now.as_ms(),
        ))?;
    }
    let too_many = "DELETE FROM group_erased WHERE group_id = ?1 AND id <= (
                        SELECT id FROM group_erased WHERE group_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    conn.prepare_cached(too_many)?.execute((group.to_bytes(), MOST))?;
    Ok(())
}

/// Forgets deletions for which no message can be waiting any more. Answers how many.
///
/// `now`: network time that is sure.
///
/// # Errors
/// What the database said.
pub fn prune(writer: &mut Writer<'_>, now: Timestamp) -> Result<usize, StorageError> {
    let sql = "DELETE FROM group_erased WHERE noted_ms < ?1";
    Ok(writer
        .conn()
        .prepare_cached(sql)?
        .execute([now.earlier(KEPT_FOR).as_ms()])?)
}

/// What was deleted in a group.
///
/// # Errors
/// What the database said.
pub fn erased(reader: &Reader<'_>, group: &GroupId) -> Result<Vec<Erased>, StorageError> {
    let sql = "SELECT hash, author, before_ms FROM group_erased WHERE group_id = ?1";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([group.to_bytes()], |row| {
        let hash: String = row.get(0)?;
        let author: Option<[u8; 33]> = row.get(1)?;
        Ok(Erased {
            hash: Some(hash).filter(|hash| !hash.is_empty()),
            author: author.and_then(|bytes| AccountId::from_bytes(&bytes)),
            before: moment(row, 2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets those of a group.
///
/// # Errors
/// What the database said.
pub fn forget_group(writer: &mut Writer<'_>, group: &GroupId) -> Result<(), StorageError> {
    for table in ["group_unsaid", "group_erased"] {
        let sql = format!("DELETE FROM {table} WHERE group_id = ?1");
        writer.conn().prepare_cached(&sql)?.execute([group.to_bytes()])?;
    }
    Ok(())
}
