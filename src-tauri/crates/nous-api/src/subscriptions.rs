//! Events to the faces.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};

/// Says that a batch was taken; the next may come.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn ack_events(app: &App, seq: u32) -> Result<(), ApiError> {
    let _ = (app, seq,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Says whether a window is used: sets the pace of polling.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_window_focus(app: &App, focused: bool) -> Result<(), ApiError> {
    let _ = (app, focused,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
