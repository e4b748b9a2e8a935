//! The network as this device sees it.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::rows::{ConnectionTest, Connectivity, OutboxItem};

/// The state of the network.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_connectivity(app: &App) -> Result<Connectivity, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Builds other paths.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn rotate_paths(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Sends one request through a path.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn test_connection(app: &App) -> Result<ConnectionTest, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// What waits to go out.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn list_outbox(app: &App) -> Result<Vec<OutboxItem>, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Tries everything that waits at once.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn send_now(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}
