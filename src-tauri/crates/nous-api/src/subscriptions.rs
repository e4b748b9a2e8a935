//! Events to the faces; the stream itself is [`App::subscribe`].

use crate::app::App;
use crate::errors::ApiError;

/// Says that a batch was taken; the next may come.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn ack_events(app: &App, seq: u32) -> Result<(), ApiError> {
    app.client.hub().acknowledge(seq);
    Ok(())
}

/// Says whether a window is used: sets the pace of polling.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn set_window_focus(app: &App, focused: bool) -> Result<(), ApiError> {
    app.client.set_used(focused);
    Ok(())
}
