//! People: the list of contacts, what is decided about one, Note to Self.

use nous_api::contacts as api;
use nous_api::ids::ConversationId;
use nous_api::requests::{ListContactsRequest, SetMuteRequest, SetNicknameRequest, SetNotifyRequest};
use nous_api::rows::{ContactDetails, ContactPage};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// A page of people, in the order of their names.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_contacts(
    shell: State<'_, Shell>,
    request: ListContactsRequest,
) -> Answer<ContactPage> {
    api::list_contacts(&shell.app().await?, request).await
}

/// Everything about one person.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_contact(
    shell: State<'_, Shell>,
    conversation: ConversationId,
) -> Answer<ContactDetails> {
    api::get_contact(&shell.app().await?, conversation).await
}

/// Gives or (empty) takes back a nickname.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_nickname(shell: State<'_, Shell>, request: SetNicknameRequest) -> Answer<()> {
    api::set_nickname(&shell.app().await?, request).await
}

/// Blocks or unblocks.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_blocked(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    blocked: bool,
) -> Answer<()> {
    api::set_blocked(&shell.app().await?, conversation, blocked).await
}

/// Sets what may disturb.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_notify(shell: State<'_, Shell>, request: SetNotifyRequest) -> Answer<()> {
    api::set_notify(&shell.app().await?, request).await
}

/// Mutes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_mute(shell: State<'_, Shell>, request: SetMuteRequest) -> Answer<()> {
    api::set_mute(&shell.app().await?, request).await
}

/// Marks a conversation as unread.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_unread(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::mark_unread(&shell.app().await?, conversation).await
}

/// Deletes the messages of a conversation on all devices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_messages(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::clear_messages(&shell.app().await?, conversation).await
}

/// Deletes a contact and the conversation on all devices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_contact(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::delete_contact(&shell.app().await?, conversation).await
}

/// Takes Note to Self out of the list, or puts it there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_note_hidden(shell: State<'_, Shell>, hidden: bool) -> Answer<()> {
    api::set_note_hidden(&shell.app().await?, hidden).await
}
