//! How each config stands.

use nous_protocol::config::kind::ConfigKind;
use nous_protocol::config::state::Phase;
use nous_protocol::time::Timestamp;
use nous_storage::db::Reader;
use nous_storage::error::StorageError;
use nous_storage::{configs, people};

use super::kept::{self, IN_ORDER, with_config};

/// How a config stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigStatus {
    /// Which.
    pub kind: ConfigKind,
    /// Whether it is stored.
    pub phase: Phase,
    /// The seqno of what it says.
    pub seqno: i64,
    /// The same on all devices that agree; `None` while it is being changed.
    pub digest: Option<[u8; 32]>,
    /// The last push that was confirmed.
    pub pushed: Option<Timestamp>,
    /// It holds more than the network takes: what is changed stays on this device.
    pub is_too_large: bool,
}

/// How each config stands that has begun.
///
/// # Errors
/// What the database said.
pub(crate) fn read(reader: &Reader<'_>) -> Result<Vec<ConfigStatus>, StorageError> {
    let standings = configs::standings(reader)?;
    let mut all = Vec::new();
    for kind in IN_ORDER {
        let standing = standings.iter().find(|one| one.namespace == kind.namespace());
        if let Some(standing) = standing {
            let digest = with_config!(kind, C => kept::load::<C>(reader)?.state().digest());
            // Read positions are collected in the table; they go into the config at the push.
            let waits = kind == ConfigKind::ConvoInfoVolatile && people::has_unshared(reader)?;
            let phase = if waits { Phase::Dirty } else { standing.phase };
            all.push(ConfigStatus {
                kind,
                phase,
                seqno: standing.seqno,
                digest,
                pushed: standing.pushed,
                is_too_large: standing.is_too_large,
            });
        }
    }
    Ok(all)
}
