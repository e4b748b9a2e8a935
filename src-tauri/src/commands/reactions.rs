//! Reactions to messages.

use nous_api::ids::MessageId;
use nous_api::reactions as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Reacts to a message, or takes a reaction back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn react(
    shell: State<'_, Shell>,
    message: MessageId,
    emoji: String,
    remove: bool,
) -> Answer<()> {
    api::react(&shell.app().await?, message, emoji, remove).await
}

/// The six emoji that were last reacted with, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_reactions(shell: State<'_, Shell>) -> Answer<Vec<String>> {
    api::recent_reactions(&shell.app().await?).await
}
