//! Groups and communities: kept as other devices set them up, and not opened yet.

use nous_client::protocol::config::fields::NotifyMode;
use nous_client::storage::kept_groups::{KeptGroup, KeptKind, KeptStanding};

use crate::app::App;
use crate::errors::ApiError;
use crate::ids::TimestampMs;
use crate::rows::{GroupKind, GroupNotifications, GroupStanding, KeptGroupRow};

/// Groups and communities of the account, pinned first, then by name.
///
/// # Errors
/// `Locked`, or what the database said.
pub async fn list_kept_groups(app: &App) -> Result<Vec<KeptGroupRow>, ApiError> {
    let groups = app.client.kept_groups().await?;
    Ok(groups.into_iter().map(row).collect())
}

fn row(group: KeptGroup) -> KeptGroupRow {
    let (kind, word) = match group.kind {
        KeptKind::Group => (GroupKind::Group, "group"),
        KeptKind::Community => (GroupKind::Community, "community"),
        KeptKind::Legacy => (GroupKind::Legacy, "legacy"),
    };
    KeptGroupRow {
        id: format!("{word}:{}", group.id),
        kind,
        name: Some(group.name).filter(|name| !name.is_empty()),
        address: group.id,
        is_pinned: group.priority > 0,
        joined_at: moment_of(group.joined_s),
        standing: match group.standing {
            KeptStanding::Joined => GroupStanding::Joined,
            KeptStanding::Invited => GroupStanding::Invited,
            KeptStanding::Removed => GroupStanding::Removed,
            KeptStanding::Destroyed => GroupStanding::Destroyed,
        },
        notifications: match group.notify {
            NotifyMode::Default => GroupNotifications::Default,
            NotifyMode::All => GroupNotifications::All,
            NotifyMode::MentionsOnly => GroupNotifications::Mentions,
            NotifyMode::Disabled => GroupNotifications::None,
        },
        muted_until: moment_of(group.mute_until_s),
    }
}

/// A moment in seconds; 0: none.
fn moment_of(seconds: i64) -> Option<TimestampMs> {
    (seconds > 0).then(|| TimestampMs(seconds.saturating_mul(1_000)))
}
