//! Who is in a group, as its list of members says.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;

use crate::columns::{account, count, json_ids};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::ConversationKey;

/// How far an invitation or a promotion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Accepted, or none was needed.
    Done,
    /// Sent.
    Sent,
    /// Could not be sent.
    Failed,
    /// Not sent yet.
    NotSent,
}

impl Step {
    const fn code(self) -> i64 {
        match self {
            Self::Done => 0,
            Self::Sent => 1,
            Self::Failed => 2,
            Self::NotSent => 3,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Sent,
            2 => Self::Failed,
            3 => Self::NotSent,
            _ => Self::Done,
        }
    }
}

/// A member of a group.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub id: AccountId,
    /// As they call themselves there, cleaned; empty: unknown.
    pub name: String,
    /// An admin, also while the promotion is on its way.
    pub is_admin: bool,
    /// How far their invitation is.
    pub invitation: Step,
    /// How far their promotion is.
    pub promotion: Step,
    /// Being removed.
    pub is_removed: bool,
    /// No member yet: we asked admins to add them.
    pub is_proposed: bool,
}

/// Shows nothing that names anybody.
impl std::fmt::Debug for MemberRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Who is in a group, in the order of their IDs; also those whom we asked admins to add.
///
/// # Errors
/// What the database said.
pub fn list(reader: &Reader<'_>, key: ConversationKey) -> Result<Vec<MemberRow>, StorageError> {
    let sql = "SELECT account_id, name, is_admin, invitation, promotion, is_removed, is_proposed
               FROM group_members WHERE conversation = ?1 ORDER BY account_id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([key], |row| {
        Ok(MemberRow {
            id: account(row, 0)?,
            name: row.get(1)?,
            is_admin: row.get(2)?,
            invitation: Step::from_code(row.get(3)?),
            promotion: Step::from_code(row.get(4)?),
            is_removed: row.get(5)?,
            is_proposed: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Replaces the members of a group. Whom we asked admins to add stays, until they are in; so does a
/// name that the list does not have.
///
/// # Errors
/// What the database said.
pub fn replace(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    members: &[MemberRow],
) -> Result<(), StorageError> {
    let told: BTreeMap<AccountId, String> = list(&writer.reader(), key)?
        .into_iter()
        .map(|member| (member.id, member.name))
        .collect();
    let conn = writer.conn();
    conn.prepare_cached("DELETE FROM group_members WHERE conversation = ?1 AND is_proposed = 0")?
        .execute([key])?;
    let mut insert = conn.prepare_cached(
        "INSERT OR REPLACE INTO group_members (conversation, account_id, name, is_admin, invitation, promotion,
             is_removed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for member in members {
        insert.execute((
            key,
            member.id.to_bytes().as_slice(),
            told.get(&member.id)
                .filter(|_| member.name.is_empty())
                .unwrap_or(&member.name),
            member.is_admin,
            member.invitation.code(),
            member.promotion.code(),
            member.is_removed,
        ))?;
    }
    Ok(())
}

/// We asked admins to add somebody, who is no member yet.
///
/// # Errors
/// What the database said.
pub fn propose(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    id: &AccountId,
    now: Timestamp,
) -> Result<(), StorageError> {
    let sql = "INSERT INTO group_members (conversation, account_id, invitation, is_proposed, proposed_ms)
               VALUES (?1, ?2, 3, 1, ?3)
               ON CONFLICT (conversation, account_id) DO UPDATE SET proposed_ms = ?3 WHERE is_proposed = 1";
    let values = (key, id.to_bytes(), now.as_ms());
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Whom we asked admins to add before that moment, in vain, is asked for no more. Whether there was
/// anybody.
///
/// # Errors
/// What the database said.
pub fn forget_proposed(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    before: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "DELETE FROM group_members WHERE conversation = ?1 AND is_proposed = 1 AND proposed_ms <= ?2";
    let values = (key, before.as_ms());
    Ok(writer.conn().prepare_cached(sql)?.execute(values)? > 0)
}

/// A member calls themselves so, as a message of theirs says.
///
/// # Errors
/// What the database said.
pub fn note_name(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    id: &AccountId,
    name: &str,
) -> Result<(), StorageError> {
    let sql = "UPDATE group_members SET name = ?3 WHERE conversation = ?1 AND account_id = ?2 AND name <> ?3";
    writer
        .conn()
        .prepare_cached(sql)?
        .execute((key, id.to_bytes().as_slice(), name))?;
    Ok(())
}

/// How these people call themselves in groups, as far as it is known.
///
/// # Errors
/// What the database said.
pub fn names_of(reader: &Reader<'_>, ids: &[AccountId]) -> Result<BTreeMap<AccountId, String>, StorageError> {
    let sql = "SELECT account_id, max(name) FROM group_members WHERE name <> ''
               AND account_id IN (SELECT unhex(value) FROM json_each(?1)) GROUP BY account_id";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([json_ids(ids)?], |row| Ok((account(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Names of the groups that somebody is in with us, as far as it is known.
///
/// # Errors
/// What the database said.
pub fn groups_of(reader: &Reader<'_>, id: &AccountId) -> Result<Vec<String>, StorageError> {
    let sql = "SELECT c.name FROM group_members gm JOIN conversations c ON c.id = gm.conversation
               WHERE gm.account_id = ?1 AND gm.is_removed = 0 AND gm.is_proposed = 0 AND c.name <> ''";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let rows = statement.query_map([id.to_bytes().as_slice()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many are in a group and not being removed.
///
/// # Errors
/// What the database said.
pub fn total(reader: &Reader<'_>, key: ConversationKey) -> Result<u32, StorageError> {
    let sql =
        "SELECT count(*) FROM group_members WHERE conversation = ?1 AND is_removed = 0 AND is_proposed = 0";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], |row| count(row, 0))?)
}
