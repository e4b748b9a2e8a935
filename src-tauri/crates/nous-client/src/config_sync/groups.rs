//! Groups and communities, in the table that shows them while they cannot be opened.
//!
//! Nothing here writes the config: what other devices know of them stays byte for byte.
//!
//! Source: `config.md` §13.

use nous_protocol::config::user_groups::{Community, Group, GroupSettings, LegacyGroup, Removal, UserGroups};
use nous_protocol::identity::received_name;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::kept_groups::{self, KeptGroup, KeptKind, KeptStanding};

use super::kept;

/// Shows what the config says. Whether that is something new.
///
/// # Errors
/// What the database said.
pub(crate) fn show(writer: &mut Writer<'_>, config: &UserGroups) -> Result<bool, StorageError> {
    let groups = config.groups().map(|group| of_group(&group));
    let rooms = config.communities().map(|room| of_room(&room));
    let legacy = config.legacy_groups().map(|group| of_legacy(&group));
    let all: Vec<KeptGroup> = groups.chain(rooms).chain(legacy).collect();
    kept_groups::replace(writer, &all)
}

/// Shows what the kept config says: it may have been merged by a version that showed nothing.
///
/// # Errors
/// What the database said.
pub(super) fn show_kept(writer: &mut Writer<'_>) -> Result<bool, StorageError> {
    let config: UserGroups = kept::load(&writer.reader())?;
    show(writer, &config)
}

fn of_group(group: &Group) -> KeptGroup {
    let standing = match group.removal {
        Removal::Destroyed => KeptStanding::Destroyed,
        Removal::Kicked => KeptStanding::Removed,
        Removal::None if group.settings.is_invitation => KeptStanding::Invited,
        Removal::None => KeptStanding::Joined,
    };
    kept(
        KeptKind::Group,
        hex::encode(group.id.to_bytes()),
        &group.name,
        &group.settings,
        standing,
    )
}

fn of_room(room: &Community) -> KeptGroup {
    let id = format!("{}/{}", room.address.base_url(), room.address.room());
    kept(
        KeptKind::Community,
        id,
        &room.token,
        &room.settings,
        KeptStanding::Joined,
    )
}

fn of_legacy(group: &LegacyGroup) -> KeptGroup {
    kept(
        KeptKind::Legacy,
        group.id.to_string(),
        &group.name,
        &group.settings,
        KeptStanding::Joined,
    )
}

fn kept(
    kind: KeptKind,
    id: String,
    name: &str,
    settings: &GroupSettings,
    standing: KeptStanding,
) -> KeptGroup {
    KeptGroup {
        kind,
        id,
        name: received_name(name).unwrap_or_default(),
        priority: settings.priority,
        joined_s: settings.joined,
        notify: settings.notify,
        mute_until_s: settings.mute_until,
        standing,
    }
}
