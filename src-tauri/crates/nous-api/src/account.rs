//! The own account.

use nous_client::storage::account::{Account, Milestone};

use crate::app::App;
use crate::convert::{protection, restore_error};
use crate::errors::ApiError;
use crate::ids::PictureId;
use crate::pictures::upload;
use crate::requests::SetPasswordRequest;
use crate::rows::{AccountRow, RecoveryPhraseRow};

pub(crate) async fn account_row(app: &App, account: Account) -> Result<AccountRow, ApiError> {
    let (picture, on_its_way) = app.client.own_picture().await?;
    Ok(AccountRow {
        account_id: account.id.to_string(),
        display_name: account.display_name,
        picture: picture.map(PictureId),
        picture_upload: upload(on_its_way),
        protection: protection(app.client.protection()?),
        phrase_seen: account.is_phrase_seen,
        protection_asked: account.is_protection_asked,
        is_restoring: account.is_restoring,
    })
}

/// The own account.
///
/// # Errors
/// `NoAccount`, or what the database said.
pub async fn get_account(app: &App) -> Result<AccountRow, ApiError> {
    let account = app.client.account().await?;
    account_row(app, account).await
}

/// Changes the name given to others.
///
/// # Errors
/// `NameEmpty`, `NameTooLong`, or what the database said.
pub async fn set_display_name(app: &App, name: String) -> Result<AccountRow, ApiError> {
    let account = app
        .client
        .set_display_name(&name)
        .await
        .map_err(|error| restore_error(error, ""))?;
    account_row(app, account).await
}

/// The recovery phrase; behind the password if one is set.
///
/// # Errors
/// `WrongPassword`, `TooManyTries`, `NoAccount`, or what the database said.
pub async fn get_recovery_phrase(app: &App, password: Option<String>) -> Result<RecoveryPhraseRow, ApiError> {
    let phrase = app.client.recovery_phrase(password).await?;
    Ok(RecoveryPhraseRow {
        words: phrase.words.expose().to_owned(),
        qr_text: phrase.seed_hex.as_str().to_owned(),
    })
}

/// Remembers that the phrase was looked at, or its reminder hidden.
///
/// # Errors
/// What the database said.
pub async fn set_phrase_seen(app: &App) -> Result<(), ApiError> {
    Ok(app.client.reach(Milestone::PhraseSeen).await?)
}

/// Sets, changes or removes the password of this device.
///
/// # Errors
/// `WrongPassword`, `TooManyTries`, `PasswordLength`, or what the disk said.
pub async fn set_password(app: &App, request: SetPasswordRequest) -> Result<AccountRow, ApiError> {
    app.client.set_password(request.current, request.new).await?;
    get_account(app).await
}

/// Remembers that the password page was answered or skipped.
///
/// # Errors
/// What the database said.
pub async fn set_protection_asked(app: &App) -> Result<(), ApiError> {
    Ok(app.client.reach(Milestone::ProtectionAsked).await?)
}
