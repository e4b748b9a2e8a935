//! Voice messages and other sound: recorded and played by the program, never by the page.

use nous_api::ids::ConversationId;
use nous_api::requests::{PlaySoundRequest, PlaybackAction, RecordingAction};
use nous_api::rows::{VoiceDraft, VoiceRow};
use nous_api::voice as api;
use tauri::State;

use super::Answer;
use crate::shell::Shell;

/// Begins a voice message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_record(
    shell: State<'_, Shell>,
    conversation: Option<ConversationId>,
) -> Answer<VoiceRow> {
    api::voice_record(&shell.app().await?, conversation).await
}

/// Pauses the recording, goes on, or gives it up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_recording(shell: State<'_, Shell>, action: RecordingAction) -> Answer<VoiceRow> {
    api::voice_recording(&shell.app().await?, action).await
}

/// Ends the recording; it is not sent yet, and stands in a draft.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_finish(
    shell: State<'_, Shell>,
    conversation: Option<ConversationId>,
) -> Answer<VoiceDraft> {
    api::voice_finish(&shell.app().await?, conversation).await
}

/// How recording and playing stand.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_status(shell: State<'_, Shell>) -> Answer<VoiceRow> {
    api::voice_status(&shell.app().await?).await
}

/// Plays a sound.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_play(shell: State<'_, Shell>, request: PlaySoundRequest) -> Answer<VoiceRow> {
    api::voice_play(&shell.app().await?, request).await
}

/// Pauses what plays, goes on, ends it, goes to another place or another speed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn voice_playback(shell: State<'_, Shell>, action: PlaybackAction) -> Answer<VoiceRow> {
    api::voice_playback(&shell.app().await?, action).await
}
