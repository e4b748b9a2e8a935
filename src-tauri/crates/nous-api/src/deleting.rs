//! Deleting further than on this device, and taking back what has not gone out.

use crate::app::App;
use crate::convert::{message_id, message_key};
use crate::errors::ApiError;
use crate::ids::MessageId;
use crate::rows::TakenBack;

/// Deletes messages for everyone: own ones, in a group as an admin anybody's. What has not gone out
/// never will; what was deleted already goes from here.
///
/// # Errors
/// `NotDeletable` for what others wrote and for rows that are no messages, `NotGroupAdmin`,
/// `GroupClosed`, `Blocked` while the recipient is; `Offline`, `TimedOut` and the like if our own nodes
/// did not delete their copies: then the messages are as they were. Else what the database said.
pub async fn delete_for_everyone(app: &App, ids: Vec<MessageId>) -> Result<(), ApiError> {
    let keys = ids.iter().filter_map(|id| message_key(id).ok()).collect();
    Ok(app.client.delete_for_everyone(keys).await?)
}

/// Deletes messages of Note to Self on all own devices.
///
/// # Errors
/// `NotDeletable` for messages of other conversations; `Offline`, `TimedOut` and the like if our own
/// nodes did not delete their copies: then the messages are as they were. Else what the database said.
pub async fn delete_on_all_devices(app: &App, messages: Vec<MessageId>) -> Result<(), ApiError> {
    let keys = messages.iter().filter_map(|id| message_key(id).ok()).collect();
    Ok(app.client.delete_on_all_devices(keys).await?)
}

/// Takes back a message that has not gone out yet, or failed: it is gone, and can be written anew. Its text
/// and its files stand in the draft of its conversation, before what was typed there.
///
/// # Errors
/// `MessageNotFound`; `NotDeletable` if something of it has left this device, or may have; or what the
/// database said.
pub async fn take_back_queued(app: &App, message: MessageId) -> Result<TakenBack, ApiError> {
    let taken = app.client.take_back_queued(message_key(&message)?).await?;
    Ok(TakenBack {
        text: taken.text,
        quote: taken.quote.map(message_id),
    })
}
