//! How long messages stay.

use nous_api::ids::{ConversationId, MessageId};
use nous_api::rows::Timer;
use nous_api::timers as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Sets how long messages stay in a conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_timer(
    shell: State<'_, Shell>,
    conversation: ConversationId,
    timer: Timer,
) -> Answer<()> {
    api::set_timer(&shell.app().await?, conversation, timer).await
}

/// Takes over the setting that a message tells of.
#[tauri::command]
#[specta::specta]
pub(crate) async fn follow_timer(shell: State<'_, Shell>, message: MessageId) -> Answer<()> {
    api::follow_timer(&shell.app().await?, message).await
}
