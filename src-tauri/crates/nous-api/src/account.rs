//! The own account.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::requests::SetPasswordRequest;
use crate::rows::{AccountRow, RecoveryPhraseRow};

/// The own account.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_account(app: &App) -> Result<AccountRow, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Changes the name given to others.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_display_name(app: &App, name: String) -> Result<AccountRow, ApiError> {
    let _ = (app, name,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// The recovery phrase; behind the password if one is set.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_recovery_phrase(app: &App, password: Option<String>) -> Result<RecoveryPhraseRow, ApiError> {
    let _ = (app, password,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Remembers that the phrase was looked at.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_phrase_seen(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Sets, changes or removes the password of this device.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_password(app: &App, request: SetPasswordRequest) -> Result<AccountRow, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Remembers that the password page was answered or skipped.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn set_protection_asked(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}
