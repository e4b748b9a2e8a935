//! What is shown of a group, whether its swarm is followed or not.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::moment;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::ConversationKey;
use crate::search;

/// How we stand to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// We are in it.
    Joined,
    /// We were invited and have not answered.
    Invited,
    /// We were removed.
    Removed,
    /// It is gone for everybody.
    Destroyed,
    /// Its keys are gone, and this device has none.
    Expired,
}

impl Standing {
    const fn code(self) -> i64 {
        match self {
            Self::Joined => 0,
            Self::Invited => 1,
            Self::Removed => 2,
            Self::Destroyed => 3,
            Self::Expired => 4,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Invited,
            2 => Self::Removed,
            3 => Self::Destroyed,
            4 => Self::Expired,
            _ => Self::Joined,
        }
    }

    /// Whether something may be written there.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Joined)
    }
}

/// What keeps a group from going on, and what is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Other nodes are asked for the keys.
    AskingNodes,
    /// Admins' apps were asked to send them again.
    AskingAdmins,
    /// Nobody has them.
    NeedsInvitation,
}

impl Trouble {
    const fn code(self) -> i64 {
        match self {
            Self::None => 0,
            Self::AskingNodes => 1,
            Self::AskingAdmins => 2,
            Self::NeedsInvitation => 3,
        }
    }

    pub(crate) const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::AskingNodes,
            2 => Self::AskingAdmins,
            3 => Self::NeedsInvitation,
            _ => Self::None,
        }
    }
}

/// What a group says of itself, and how we stand to it.
#[derive(Clone, PartialEq, Eq)]
pub struct GroupDetails {
    /// How we stand to it.
    pub standing: Standing,
    /// Whether we are an admin.
    pub is_admin: bool,
    /// Empty if it says nothing.
    pub description: String,
    /// How long messages live, in seconds; 0: for good.
    pub timer_s: i64,
    /// Whether members may have others added.
    pub members_may_add: bool,
    /// Whether every member becomes an admin.
    pub all_are_admins: bool,
    /// Who invited us.
    pub inviter: Option<AccountId>,
    /// Messages sent before that moment, in seconds, were deleted for all.
    pub delete_before_s: i64,
    /// The same for messages with attachments.
    pub delete_attachments_before_s: i64,
    /// The last poll that brought its state; 0: none.
    pub heard: Timestamp,
    /// What keeps it from going on.
    pub trouble: Trouble,
    /// When that began.
    pub trouble_since: Timestamp,
    /// Since when all nodes that were asked refuse us; 0: they do not.
    pub refused_since: Timestamp,
}

/// Shows nothing that names anything.
impl std::fmt::Debug for GroupDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupDetails")
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl GroupDetails {
    /// Of a group of which nothing is known.
    #[must_use]
    pub const fn new(standing: Standing) -> Self {
        Self {
            standing,
            is_admin: false,
            description: String::new(),
            timer_s: 0,
            members_may_add: false,
            all_are_admins: false,
            inviter: None,
            delete_before_s: 0,
            delete_attachments_before_s: 0,
            heard: Timestamp::from_ms(0),
            trouble: Trouble::None,
            trouble_since: Timestamp::from_ms(0),
            refused_since: Timestamp::from_ms(0),
        }
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<GroupDetails> {
    let inviter: Option<Vec<u8>> = row.get(6)?;
    Ok(GroupDetails {
        standing: Standing::from_code(row.get(0)?),
        is_admin: row.get(1)?,
        description: row.get(2)?,
        timer_s: row.get(3)?,
        members_may_add: row.get(4)?,
        all_are_admins: row.get(5)?,
        inviter: inviter.and_then(|bytes| AccountId::from_bytes(&bytes)),
        delete_before_s: row.get(7)?,
        delete_attachments_before_s: row.get(8)?,
        heard: moment(row, 9)?,
        trouble: Trouble::from_code(row.get(10)?),
        trouble_since: moment(row, 11)?,
        refused_since: moment(row, 12)?,
    })
}

/// What is shown of a group; `None` for a conversation that is none.
///
/// # Errors
/// What the database said.
pub fn load(reader: &Reader<'_>, key: ConversationKey) -> Result<Option<GroupDetails>, StorageError> {
    let sql = "SELECT standing, is_admin, description, timer_s, members_may_add, all_are_admins, inviter,
                      delete_before_s, delete_attachments_before_s, heard_ms, trouble, trouble_ms, refused_ms
               FROM group_details WHERE conversation = ?1";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([key], read_row)
        .optional()?)
}

/// Keeps what is shown of a group.
///
/// # Errors
/// What the database said.
pub fn save(
    writer: &mut Writer<'_>,
    key: ConversationKey,
    details: &GroupDetails,
) -> Result<(), StorageError> {
    let inviter = details.inviter.map(|id| id.to_bytes().to_vec());
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO group_details (conversation, standing, is_admin, description, timer_s, members_may_add,
                 all_are_admins, inviter, delete_before_s, delete_attachments_before_s, heard_ms, trouble, trouble_ms,
                 refused_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT (conversation) DO UPDATE SET standing = excluded.standing, is_admin = excluded.is_admin,
                 description = excluded.description, timer_s = excluded.timer_s,
                 members_may_add = excluded.members_may_add, all_are_admins = excluded.all_are_admins,
                 inviter = excluded.inviter, delete_before_s = excluded.delete_before_s,
                 delete_attachments_before_s = excluded.delete_attachments_before_s,
                 heard_ms = excluded.heard_ms, trouble = excluded.trouble, trouble_ms = excluded.trouble_ms,
                 refused_ms = excluded.refused_ms",
        )?
        .execute((
            key,
            details.standing.code(),
            details.is_admin,
            &details.description,
            details.timer_s,
            details.members_may_add,
            details.all_are_admins,
            inviter,
            details.delete_before_s,
            details.delete_attachments_before_s,
            details.heard.as_ms(),
            details.trouble.code(),
            details.trouble_since.as_ms(),
            details.refused_since.as_ms(),
        ))?;
    Ok(())
}

/// A group's conversation goes, with everything in it.
///
/// # Errors
/// What the database said.
pub fn erase(writer: &mut Writer<'_>, key: ConversationKey) -> Result<(), StorageError> {
    let are_many = search::has_many(&writer.reader(), key)?;
    search::in_bulk(writer, are_many, |writer| {
        let sql = "DELETE FROM conversations WHERE id = ?1 AND account_id < x'05'";
        writer.conn().prepare_cached(sql)?.execute([key])?;
        Ok(())
    })
}
