//! Communities and groups of the old kind, in the table that shows them while they cannot be
//! opened; and groups, which are conversations.
//!
//! Nothing here writes the config: what other devices know of them stays byte for byte.
//!
//! Source: `config.md` §13.

use nous_protocol::config::user_groups::{Community, GroupSettings, LegacyGroup, UserGroups};
use nous_protocol::identity::received_name;
use nous_protocol::time::Timestamp;
use nous_storage::conversations;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::kept_groups::{self, KeptGroup, KeptKind};

use super::kept;
use crate::groups::show;

/// Shows the communities and groups of the old kind that the config has. Whether that is
/// something new.
///
/// # Errors
/// What the database said.
pub(crate) fn show(writer: &mut Writer<'_>, config: &UserGroups) -> Result<bool, StorageError> {
    let rooms = config.communities().map(|room| of_room(&room));
    let legacy = config.legacy_groups().map(|group| of_legacy(&group));
    let all: Vec<KeptGroup> = rooms.chain(legacy).collect();
    kept_groups::replace(writer, &all)
}

/// Shows what the kept config says: it may have been merged by a version that showed less.
///
/// # Errors
/// What the database said.
pub(super) fn show_kept(writer: &mut Writer<'_>, now: Timestamp) -> Result<bool, StorageError> {
    let config: UserGroups = kept::load(&writer.reader())?;
    let mut is_new = show(writer, &config)?;
    for entry in config.groups() {
        if conversations::find(&writer.reader(), entry.id)?.is_none() {
            show::entry(writer, &entry, now)?;
            is_new = true;
        }
    }
    Ok(is_new)
}

fn of_room(room: &Community) -> KeptGroup {
    let id = format!("{}/{}", room.address.base_url(), room.address.room());
    kept(KeptKind::Community, id, &room.token, &room.settings)
}

fn of_legacy(group: &LegacyGroup) -> KeptGroup {
    kept(
        KeptKind::Legacy,
        group.id.to_string(),
        &group.name,
        &group.settings,
    )
}

fn kept(kind: KeptKind, id: String, name: &str, settings: &GroupSettings) -> KeptGroup {
    KeptGroup {
        kind,
        id,
        name: received_name(name).unwrap_or_default(),
        priority: settings.priority,
        joined_s: settings.joined,
        notify: settings.notify,
        mute_until_s: settings.mute_until,
    }
}
