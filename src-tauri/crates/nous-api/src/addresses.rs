//! What people paste and type as an address.

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::rows::RecognisedAddress;

/// Finds account IDs or a name in a text.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn recognise_address(app: &App, text: String) -> Result<RecognisedAddress, ApiError> {
    let _ = (app, text,);
    Err(ApiError::new(ErrorCode::Unexpected))
}

/// Asks the network for the account ID (66 hex digits) behind a name.
///
/// # Errors
/// An [`ApiError`] that says why not.
pub async fn lookup_name(app: &App, name: String) -> Result<String, ApiError> {
    let _ = (app, name,);
    Err(ApiError::new(ErrorCode::Unexpected))
}
