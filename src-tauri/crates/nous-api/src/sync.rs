//! What all devices of the account share.

use nous_client::config_sync::status::ConfigStatus;
use nous_client::protocol::config::kind::ConfigKind;
use nous_client::protocol::config::state::Phase;

use crate::app::App;
use crate::convert::moment;
use crate::errors::ApiError;
use crate::rows::{SyncPhase, SyncRow, SyncedConfig};

/// How each config stands: those of an account that has just been restored may not have begun.
///
/// # Errors
/// What the database said.
pub async fn get_sync_status(app: &App) -> Result<Vec<SyncRow>, ApiError> {
    Ok(app.client.sync_status().await?.iter().map(row).collect())
}

fn row(status: &ConfigStatus) -> SyncRow {
    SyncRow {
        config: match status.kind {
            ConfigKind::UserProfile => SyncedConfig::UserProfile,
            ConfigKind::Contacts => SyncedConfig::Contacts,
            ConfigKind::ConvoInfoVolatile => SyncedConfig::ConvoInfoVolatile,
            ConfigKind::UserGroups => SyncedConfig::UserGroups,
        },
        state: match status.phase {
            Phase::Clean => SyncPhase::Clean,
            Phase::Dirty => SyncPhase::Dirty,
            Phase::Pending => SyncPhase::Pending,
        },
        seqno: status.seqno,
        digest: status.digest.map(hex::encode),
        pushed_at: status.pushed.map(moment),
        is_too_large: status.is_too_large,
    }
}
