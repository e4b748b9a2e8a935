//! The network as this device sees it.

use nous_client::network::{Connectivity as NetworkConnectivity, HopView, LinkState};

use crate::app::App;
use crate::convert::{conversation_id, kept_failure, message_id, moment};
use crate::errors::ApiError;
use crate::rows::{ConnectionTest, Connectivity, ConnectivityState, OutboxItem, PathHop};

fn state(now: &NetworkConnectivity) -> ConnectivityState {
    match now.state {
        LinkState::Offline => ConnectivityState::Offline,
        LinkState::Connected if now.paths.len() >= now.wanted_paths => ConnectivityState::Connected,
        LinkState::Connected | LinkState::Building => ConnectivityState::Building,
    }
}

/// The state of the network.
///
/// # Errors
/// What the database said.
pub async fn get_connectivity(app: &App) -> Result<Connectivity, ApiError> {
    let standing = app.client.standing().await?;
    let now = &standing.connectivity;
    let hop = |view: &HopView| PathHop {
        ip: view.ip.to_string(),
        country: (app.face.country_of)(view.ip).map(str::to_owned),
    };
    Ok(Connectivity {
        state: state(now),
        paths: now
            .paths
            .iter()
            .map(|path| path.hops.iter().map(hop).collect())
            .collect(),
        hops_ready: if now.paths.is_empty() { 0 } else { 3 },
        known_nodes: u32::try_from(now.directory_size).unwrap_or(u32::MAX),
        clock_deviation_ms: now.clock_offset_ms,
        last_sync_at: standing.last_sync.map(moment),
        waiting: standing.waiting,
        failed: standing.failed,
        parked: standing.parked,
        dropped: standing.dropped,
    })
}

/// Builds other paths.
///
/// # Errors
/// `NoAccount`: nothing touches the network before there is one.
pub async fn rotate_paths(app: &App) -> Result<(), ApiError> {
    Ok(app.client.rotate_paths().await?)
}

/// Sends one request through a path.
///
/// # Errors
/// `NoAccount`; what the network says is part of the answer.
pub async fn test_connection(app: &App) -> Result<ConnectionTest, ApiError> {
    match app.client.test_connection().await {
        Ok(took) => {
            let round_trip_ms = Some(u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
            Ok(ConnectionTest {
                ok: true,
                round_trip_ms,
                error: None,
            })
        }
        Err(error @ nous_client::ClientError::Swarm(_)) => Ok(ConnectionTest {
            ok: false,
            round_trip_ms: None,
            error: Some(error.into()),
        }),
        Err(error) => Err(error.into()),
    }
}

/// The messages that wait to go out, oldest first.
///
/// # Errors
/// What the database said.
pub async fn list_outbox(app: &App) -> Result<Vec<OutboxItem>, ApiError> {
    let rows = app.client.outbox().await?;
    let items = rows.into_iter().filter_map(|(row, known)| {
        Some(OutboxItem {
            message_id: message_id(row.message?),
            conversation: conversation_id(row.peer),
            is_directory_name: known.as_ref().is_some_and(|known| known.is_directory_name),
            conversation_name: known.map(|known| known.name).filter(|name| !name.is_empty()),
            is_own_copy: row.kind == nous_client::storage::outbox::CopyKind::Own,
            queued_at: moment(row.queued),
            next_attempt_at: Some(row.next_attempt)
                .filter(|at| row.attempts > 0 && at.as_ms() > 0)
                .map(moment),
            attempts: row.attempts,
            error: kept_failure(&row.error),
        })
    });
    Ok(items.collect())
}

/// Tries everything that waits at once.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn send_now(app: &App) -> Result<(), ApiError> {
    Ok(app.client.send_now().await?)
}
