//! A group's row, read and written.

use nous_protocol::account::GroupId;
use nous_protocol::config::group_info::GroupInfo;
use nous_protocol::config::group_members::GroupMembers;
use nous_protocol::group::keys::GroupKeys;
use nous_protocol::group::state::GroupState;
use nous_protocol::time::Timestamp;
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::groups::{self, GroupRow};

/// A group as it was kept.
pub(crate) struct Kept {
    /// Keys, information, members.
    pub(crate) state: GroupState,
    /// Whether it was read as an admin.
    pub(crate) is_admin: bool,
}

/// A group as it was kept, and whether it was read as an admin; `None` if its swarm is not followed.
///
/// # Errors
/// [`StorageError::Bug`] if its row cannot be read; else what the database said.
pub(crate) fn load(reader: &Reader<'_>, id: &GroupId) -> Result<Option<Kept>, StorageError> {
    let Some(row) = groups::load(reader, id)? else {
        return Ok(None);
    };
    let unreadable = |error: &dyn std::fmt::Display| StorageError::Bug {
        what: format!("a group cannot be read: {error}"),
    };
    let keys = GroupKeys::load_dump(*id, &row.keys).map_err(|error| unreadable(&error))?;
    let info = GroupInfo::load(&row.info).map_err(|error| unreadable(&error))?;
    let members = GroupMembers::load(&row.members).map_err(|error| unreadable(&error))?;
    Ok(Some(Kept {
        state: GroupState::of(keys, info, members),
        is_admin: row.is_admin,
    }))
}

/// Keeps a group. `is_admin`: it was read as an admin.
///
/// # Errors
/// What the database said.
pub(crate) fn save(
    writer: &mut Writer<'_>,
    group: &mut GroupState,
    is_admin: bool,
) -> Result<(), StorageError> {
    let keys = group.keys();
    let newest = keys.loaded().next().map(|key| key.stored().as_ms().max(1));
    // One that is pending was not stored yet.
    let newest = newest.or_else(|| (!keys.is_empty()).then_some(1));
    let row = GroupRow {
        newest_key: newest.map(Timestamp::from_ms),
        is_admin,
        id: group.id(),
        is_push_due: group.needs_push(),
        keys: group.keys_mut().dump(),
        info: group.info_mut().state_mut().dump(),
        members: group.members_mut().state_mut().dump(),
    };
    groups::save(writer, &row)
}
