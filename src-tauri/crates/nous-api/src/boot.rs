//! Starting: unlock, create, restore.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::ids::JobId;
use crate::requests::{CreateAccountRequest, RestoreAccountRequest};
use crate::rows::{AccountRow, BootState, PhraseCheck};

/// How far the profile is, and what the first screen needs.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn get_boot_state(app: &App) -> Result<BootState, ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Opens a profile that is behind a password.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn unlock(app: &App, password: String) -> Result<(), ApiError> {
    let _ = (app, password,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Puts the newest good backup in the place of a damaged database.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn restore_backup(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Makes an account in an empty profile.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn create_account(app: &App, request: CreateAccountRequest) -> Result<AccountRow, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Forgets an account that was just made.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn discard_account(app: &App) -> Result<(), ApiError> {
    let _ = (app, );
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Looks at a recovery phrase while it is typed.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn check_phrase(app: &App, phrase: String) -> Result<PhraseCheck, ApiError> {
    let _ = (app, phrase,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Restores an account in the background.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn start_restore(app: &App, request: RestoreAccountRequest) -> Result<JobId, ApiError> {
    let _ = (app, request,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Stops a job.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn cancel_job(app: &App, job: JobId) -> Result<(), ApiError> {
    let _ = (app, job,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
