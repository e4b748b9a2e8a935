//! Communities and groups of the old kind of the account: what all its devices share of them, shown and kept
//! while they cannot be opened here.
//!
//! Source: `config.md` §13.

use nous_protocol::config::fields::NotifyMode;

use crate::columns::json;
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::people::{notify_code, notify_of};

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeptKind {
    /// A room of a community.
    Community,
    /// A group of the old kind.
    Legacy,
}

/// A room, or a group of the old kind.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptGroup {
    /// What it is.
    pub kind: KeptKind,
    /// Of a group its ID (66 hexadecimal digits); of a room base URL, `/`, token in lower case.
    pub id: String,
    /// Its cleaned name; of a room its token as written. Empty: unknown.
    pub name: String,
    /// −1 hidden, 0 normal, more when pinned.
    pub priority: i64,
    /// When it was joined, in seconds; 0: nobody knows.
    pub joined_s: i64,
    /// What may disturb.
    pub notify: NotifyMode,
    /// Until when nothing disturbs, in seconds; 0 for not at all.
    pub mute_until_s: i64,
}

/// Shows nothing that names anything.
impl std::fmt::Debug for KeptGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptGroup")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

const fn kind_code(kind: KeptKind) -> i64 {
    match kind {
        KeptKind::Community => 1,
        KeptKind::Legacy => 2,
    }
}

const fn kind_of(code: i64) -> KeptKind {
    match code {
        1 => KeptKind::Community,
        _ => KeptKind::Legacy,
    }
}

/// There are few: they are sorted here, without an index.
const LIST: &str = "SELECT kind, id, name, priority, joined_s, notify_mode, mute_until_s
    FROM kept_groups ORDER BY max(priority, 0) DESC, name, kind, id";

/// All of them: pinned first (higher is nearer the top), then by name.
///
/// # Errors
/// What the database said.
pub fn list(reader: &Reader<'_>) -> Result<Vec<KeptGroup>, StorageError> {
    let mut statement = reader.conn().prepare_cached(LIST)?;
    let rows = statement.query_map([], |row| {
        Ok(KeptGroup {
            kind: kind_of(row.get(0)?),
            id: row.get(1)?,
            name: row.get(2)?,
            priority: row.get(3)?,
            joined_s: row.get(4)?,
            notify: notify_of(row.get(5)?),
            mute_until_s: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes `groups` all there are. Whether that changed anything.
///
/// # Errors
/// What the database said.
pub fn replace(writer: &mut Writer<'_>, groups: &[KeptGroup]) -> Result<bool, StorageError> {
    let mut known = list(&writer.reader())?;
    let mut wanted: Vec<KeptGroup> = groups.to_vec();
    let place = |group: &KeptGroup| (group.kind, group.id.clone());
    known.sort_by_key(place);
    wanted.sort_by_key(place);
    if known == wanted {
        return Ok(false);
    }
    writer
        .conn()
        .prepare_cached("DELETE FROM kept_groups")?
        .execute([])?;
    let rows: Vec<_> = wanted
        .iter()
        .map(|group| {
            (
                kind_code(group.kind),
                &group.id,
                &group.name,
                group.priority,
                group.joined_s,
                notify_code(group.notify),
                group.mute_until_s,
            )
        })
        .collect();
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO kept_groups (kind, id, name, priority, joined_s, notify_mode, mute_until_s)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
             FROM json_each(?1)",
        )?
        .execute([json(&rows)?])?;
    Ok(true)
}
