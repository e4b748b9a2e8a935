//! What people paste and type as an address.

use std::collections::BTreeMap;

use nous_client::ClientError;
use nous_client::protocol::account::AccountId;
use nous_client::protocol::address::{NearMiss, OtherKind, Recognised, recognise};
use nous_client::qr::QrError;
use nous_client::storage::conversations::Conversation;

use crate::app::App;
use crate::convert::name_error;
use crate::errors::{ApiError, ErrorCode};
use crate::files;
use crate::ids::PictureId;
use crate::rows::{RecognisedAccount, RecognisedAddress, SavedFile};

/// Finds account IDs or a name in a text.
///
/// # Errors
/// What the database said; what is wrong with the text is part of the answer.
pub async fn recognise_address(app: &App, text: String) -> Result<RecognisedAddress, ApiError> {
    let own = app.client.own_id().ok();
    Ok(match recognise(&text, own.as_ref()) {
        Recognised::Empty => RecognisedAddress::Empty,
        Recognised::Account(account) => accounts(app, vec![account], own).await?,
        Recognised::Several(all) => accounts(app, all, own).await?,
        Recognised::Own => accounts(app, own.into_iter().collect(), own).await?,
        Recognised::Name(name) => RecognisedAddress::Name {
            name: name.as_str().to_owned(),
        },
        Recognised::Other(OtherKind::Group) => error(ApiError::new(ErrorCode::GroupId)),
        Recognised::Other(OtherKind::Blinded) => error(ApiError::new(ErrorCode::BlindedId)),
        Recognised::Nearly(miss) => error(near_miss(&miss)),
        Recognised::Nothing => error(ApiError::new(ErrorCode::NotAnAccountId)),
    })
}

const fn error(error: ApiError) -> RecognisedAddress {
    RecognisedAddress::Error { error }
}

fn near_miss(miss: &NearMiss) -> ApiError {
    let mistyped = ApiError::new(ErrorCode::AccountIdMistyped);
    match miss {
        NearMiss::Digit { place, found } => mistyped.with("position", place).with("character", found),
        NearMiss::Length(length) => mistyped.with("length", length),
        NearMiss::Prefix(_) => ApiError::new(ErrorCode::NotAnAccountId),
    }
}

/// The conversations with some accounts, and what the directory calls them.
async fn known(
    app: &App,
    accounts: Vec<AccountId>,
) -> Result<(Vec<Conversation>, BTreeMap<AccountId, String>), ClientError> {
    let ids = accounts.iter().copied().map(Into::into).collect();
    let known = app.client.conversations_with(ids).await?;
    Ok((known, app.client.directory_names(accounts).await?))
}

async fn accounts(
    app: &App,
    all: Vec<AccountId>,
    own: Option<AccountId>,
) -> Result<RecognisedAddress, ApiError> {
    let (known, mut listed) = match known(app, all.clone()).await {
        Ok(known) => known,
        // Pasting works before there is a profile to look into.
        Err(ClientError::Locked) => (Vec::new(), BTreeMap::new()),
        Err(error) => return Err(error.into()),
    };
    let accounts = all.into_iter().map(|account| {
        let known = known.iter().find(|known| known.id == account);
        let listed = listed.remove(&account).filter(|_| known.is_none());
        RecognisedAccount {
            account_id: account.to_string(),
            is_directory_name: known.map_or(listed.is_some(), |known| known.is_directory_name),
            name: known
                .map(|known| known.name.clone())
                .filter(|name| !name.is_empty())
                .or(listed),
            picture: known.and_then(|known| known.picture.clone()).map(PictureId),
            is_self: own == Some(account),
        }
    });
    Ok(RecognisedAddress::Accounts {
        accounts: accounts.collect(),
    })
}

/// Asks the network for the account ID (66 hex digits) behind a name.
///
/// # Errors
/// `NameUnknown`, `NameMalformed`, `NamesUnsupported`, `NamesDisagree` if three nodes do not say
/// the same, `NameLookupFailed` if they cannot be asked, or `Offline` while no path stands.
pub async fn lookup_name(app: &App, name: String) -> Result<String, ApiError> {
    let found = app.client.lookup_name(&name).await?;
    Ok(found.map_err(name_error)?.to_string())
}

/// Finds account IDs in the QR codes of a picture file (PNG, JPEG, GIF, WebP).
///
/// # Errors
/// What the database said; what is wrong with the picture is part of the answer:
/// `QrPictureTooLarge`, `PictureUnreadable`, `QrNotFound` or `QrNotAnAccountId`.
pub async fn read_qr_file(app: &App, file: Vec<u8>) -> Result<RecognisedAddress, ApiError> {
    let read = app.client.read_qr_file(file).await?;
    qr_answer(app, read).await
}

/// The same for a picture as pixels, row by row, four bytes each: as a clipboard gives it.
///
/// # Errors
/// As [`read_qr_file`].
pub async fn read_qr_pixels(
    app: &App,
    width: u32,
    height: u32,
    rgba: Vec<u8>,
) -> Result<RecognisedAddress, ApiError> {
    let read = app.client.read_qr_pixels(width, height, rgba).await?;
    qr_answer(app, read).await
}

async fn qr_answer(app: &App, read: Result<Vec<AccountId>, QrError>) -> Result<RecognisedAddress, ApiError> {
    let code = match read {
        Ok(found) => return accounts(app, found, app.client.own_id().ok()).await,
        Err(QrError::TooLarge) => ErrorCode::QrPictureTooLarge,
        Err(QrError::NotAPicture) => ErrorCode::PictureUnreadable,
        Err(QrError::NoCode) => ErrorCode::QrNotFound,
        Err(QrError::NotAnAccountId) => ErrorCode::QrNotAnAccountId,
    };
    Ok(error(ApiError::new(code)))
}

/// The QR code of the own account ID as a new picture in the folder for downloads.
///
/// `title`: the name of the file, without ending.
///
/// # Errors
/// `NoAccount`, or what the disk said.
pub async fn save_own_qr(app: &App, title: String) -> Result<SavedFile, ApiError> {
    files::save(app, &title, "png", app.client.own_qr()?).await
}
