//! Settings of this device.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::requests::SetSettingsRequest;
use crate::rows::SettingsRow;

/// All settings.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_settings(app: &App) -> Result<SettingsRow, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Changes some of them.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_settings(app: &App, request: SetSettingsRequest) -> Result<SettingsRow, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
