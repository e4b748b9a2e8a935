//! Leaving: log out, delete the account, erase a profile that nobody can open; and the lock.

use nous_client::client::{Deletion, DeletionState as EngineState};
use nous_client::password::{self, Strength};

use crate::app::App;
use crate::errors::{ApiError, ErrorCode};
use crate::requests::DeleteAccountRequest;
use crate::rows::{DeletionRow, DeletionState, PasswordCheck, PasswordStrength};

/// Deletes the account from this device, with everything on the disk; `from_network`: first
/// everything that the network keeps of it. That happens in the background:
/// [`get_deletion`] says how it stands after every `AccountChanged`, and one that was
/// interrupted goes on at the next start.
///
/// # Errors
/// `WrongPassword`, `TooManyTries`, `NoAccount`, or what the disk said.
pub async fn delete_account(app: &App, request: DeleteAccountRequest) -> Result<(), ApiError> {
    let DeleteAccountRequest {
        password,
        from_network,
    } = request;
    Ok(app.client.delete_account(password, from_network).await?)
}

/// The deletion that goes on, or the last one of this run.
///
/// # Errors
/// None today.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn get_deletion(app: &App) -> Result<Option<DeletionRow>, ApiError> {
    Ok(app.client.deletion().map(deletion_row))
}

/// Asks the nodes again that have not confirmed.
///
/// # Errors
/// `Unexpected` if nothing is being deleted.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn retry_deletion(app: &App) -> Result<(), ApiError> {
    Ok(app.client.retry_deletion()?)
}

/// Takes back a deletion that not every node confirmed: the account stays on this device.
///
/// # Errors
/// `Unexpected` if there is none; else what the database said.
pub async fn cancel_deletion(app: &App) -> Result<(), ApiError> {
    Ok(app.client.cancel_deletion().await?)
}

/// Deletes the account from this device, though not every node confirmed.
///
/// # Errors
/// What the disk said.
pub async fn end_deletion(app: &App) -> Result<(), ApiError> {
    if app.client.deletion().is_none() {
        return Err(ApiError::new(ErrorCode::NoAccount));
    }
    Ok(app.client.end_deletion().await?)
}

/// Erases a profile that is locked or damaged, without its password: what is in it can only
/// come back by the recovery phrase.
///
/// # Errors
/// `AccountExists` if it is open; else what the disk said.
pub async fn erase_profile(app: &App) -> Result<(), ApiError> {
    Ok(app.client.erase_closed_profile().await?)
}

/// Says that a person uses the app: it locks when nobody did for as long as the settings say.
///
/// # Errors
/// What the database said.
pub async fn note_use(app: &App) -> Result<(), ApiError> {
    Ok(app.client.note_use().await?)
}

/// Looks at a new password while it is typed.
///
/// # Errors
/// None today.
pub async fn check_password(app: &App, password: String) -> Result<PasswordCheck, ApiError> {
    let name = app.client.account().await.map(|account| account.display_name);
    let strength = match password::strength_of(&password, &[&name.unwrap_or_default()]) {
        Strength::NotAllowed => PasswordStrength::NotAllowed,
        Strength::Weak => PasswordStrength::Weak,
        Strength::Fair => PasswordStrength::Fair,
        Strength::Strong => PasswordStrength::Strong,
    };
    Ok(PasswordCheck { strength })
}

fn deletion_row(deletion: Deletion) -> DeletionRow {
    let Deletion { state, deleted } = deletion;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    DeletionRow {
        state: match state {
            EngineState::Running => DeletionState::Running,
            EngineState::Partly => DeletionState::Partly,
            EngineState::Done => DeletionState::Done,
        },
        nodes: count(deleted.members.union(&deleted.confirmed).count()),
        confirmed: count(deleted.confirmed.len()),
        deleted: count(deleted.hashes.len()),
        error: deleted.failure.map(ApiError::from),
    }
}
