//! Groups and communities.

use nous_api::groups as api;
use nous_api::ids::ConversationId;
use nous_api::requests::{
    AddGroupMembersRequest, ChangeGroupRequest, CreateGroupRequest, GroupMemberActionRequest, GroupWords,
    LeaveGroupRequest, SetGroupPictureRequest,
};
use nous_api::rows::{AddedMembers, ConversationRow, GroupDetails, GroupSyncRow, KeptGroupRow};
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Communities and groups of the old kind, which are kept and cannot be opened yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_kept_groups(shell: State<'_, Shell>) -> Answer<Vec<KeptGroupRow>> {
    api::list_kept_groups(&shell.app().await?).await
}

/// Makes a group; its members are invited in the background.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_group(
    shell: State<'_, Shell>,
    request: CreateGroupRequest,
) -> Answer<ConversationRow> {
    api::create_group(&shell.app().await?, request).await
}

/// Everything about a group.
#[tauri::command]
#[specta::specta]
pub(crate) async fn get_group(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<GroupDetails> {
    api::get_group(&shell.app().await?, conversation).await
}

/// Changes what a group says of itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_group(
    shell: State<'_, Shell>,
    request: ChangeGroupRequest,
) -> Answer<GroupDetails> {
    api::change_group(&shell.app().await?, request).await
}

/// Takes a staged picture as a group's, or takes its picture away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_group_picture(
    shell: State<'_, Shell>,
    request: SetGroupPictureRequest,
) -> Answer<GroupDetails> {
    api::set_group_picture(&shell.app().await?, request).await
}

/// Adds people to a group, or asks its admins' apps to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_group_members(
    shell: State<'_, Shell>,
    request: AddGroupMembersRequest,
) -> Answer<AddedMembers> {
    api::add_group_members(&shell.app().await?, request).await
}

/// Does something with members.
#[tauri::command]
#[specta::specta]
pub(crate) async fn act_on_group_members(
    shell: State<'_, Shell>,
    request: GroupMemberActionRequest,
) -> Answer<()> {
    api::act_on_group_members(&shell.app().await?, request).await
}

/// Leaves a group, or ends it for everybody.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_group(shell: State<'_, Shell>, request: LeaveGroupRequest) -> Answer<()> {
    api::leave_group(&shell.app().await?, request).await
}

/// Asks for a group's keys again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconnect_group(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::reconnect_group(&shell.app().await?, conversation).await
}

/// Asks whoever invited us, and the admins, for a new invitation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ask_for_invitation(shell: State<'_, Shell>, conversation: ConversationId) -> Answer<()> {
    api::ask_for_invitation(&shell.app().await?, conversation).await
}

/// The sentences that the engine writes in our name from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_group_words(shell: State<'_, Shell>, words: GroupWords) -> Answer<()> {
    api::set_group_words(&shell.app().await?, words);
    Ok(())
}

/// How each group stands with its swarm.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_group_sync(shell: State<'_, Shell>) -> Answer<Vec<GroupSyncRow>> {
    api::list_group_sync(&shell.app().await?).await
}
