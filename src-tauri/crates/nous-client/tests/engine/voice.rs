//! Voice messages: recorded with a tone for a voice, heard, sent, and gone with their message and when
//! the profile closes.

use std::sync::Arc;
use std::time::Duration;

use nous_client::nous_media::audio::DeviceError;
use nous_client::nous_media::audio::device::SoundDevices;
use nous_client::nous_media::audio::play::PlaybackState;
use nous_client::nous_media::audio::record::{RecordError, RecordingState};
use nous_client::nous_media::audio::synthetic::{Nothing, Patch};
use nous_client::send::Draft;
use nous_client::storage::attachments::FileKind;
use nous_client::voice::{Sound, VoiceError};
use nous_client::{Client, ClientError, Password};

use crate::setup::{NoRoom, SECOND, alice, devices, draft, opened};

#[tokio::test]
async fn a_voice_message_is_recorded_and_heard_before_it_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, speaker) = devices();
    let client = alice(dir.path(), devices).await;
    client.record_voice(None).await.unwrap();
    let recording = client.voice().unwrap().recording.unwrap();
    assert_eq!(recording.state, RecordingState::Running);
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    let file = client.finish_recording(None).await.unwrap();
    assert!(!microphone.is_open());
    assert_eq!(file.facts.kind, FileKind::Voice);
    assert_eq!(file.facts.content_type, "audio/mp3");
    assert_eq!(file.facts.duration_ms, Some(2_000));
    assert_eq!(file.facts.waveform.len(), 64);

    let sound = Sound::Staged(file.id);
    client.play(sound.clone(), Duration::ZERO, 1.0).await.unwrap();
    let mut heard = 0;
    loop {
        heard += speaker.speak(480).len();
        let (plays, playback) = client.voice().unwrap().playing.unwrap();
        assert_eq!(plays, sound);
        if playback.state == PlaybackState::Ended {
            break;
        }
        tokio::task::yield_now().await;
    }
    let frames = u32::try_from(heard / 2).unwrap();
    assert!((2 * SECOND..3 * SECOND).contains(&frames), "{frames}");
    client.shutdown().await;
}

/// Two seconds of a voice, as a file that can be sent.
async fn recorded(client: &Client, microphone: &Patch) -> String {
    client.record_voice(None).await.unwrap();
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    client.finish_recording(None).await.unwrap().id
}

fn said(text: &str, file: &str) -> Draft {
    Draft {
        attachments: vec![file.into()],
        ..draft(text)
    }
}

/// Waits until nothing plays.
async fn silence(client: &Client, speaker: &Patch) {
    while client.voice().unwrap().playing.is_some() || speaker.is_open() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_voice_message_goes_without_a_text_and_beside_what_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    client.set_draft(own, "half a".into(), None).await.unwrap();
    let file = recorded(&client, &microphone).await;
    let refused = client.send(own, said("with a text", &file)).await;
    assert_eq!(
        refused.err(),
        Some(ClientError::Bug("a voice message with a text"))
    );
    let sent = client.send(own, said("", &file)).await.unwrap();
    assert_eq!((sent.body.as_str(), sent.attachments.len()), ("", 1));
    assert_eq!(sent.attachments[0].facts.kind, FileKind::Voice);
    let rows = client.conversations_with(vec![own.into()]).await.unwrap();
    assert_eq!(rows[0].draft, "half a", "nobody has sent that");
    client.shutdown().await;
}

#[tokio::test]
async fn a_sound_ends_when_its_message_is_deleted_or_its_recording_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, speaker) = devices();
    let client = alice(dir.path(), devices).await;
    let own = client.own_id().unwrap();
    let file = recorded(&client, &microphone).await;
    let message = client.send(own, said("", &file)).await.unwrap().key;
    let sound = Sound::Message { message, place: 0 };
    client.play(sound.clone(), Duration::ZERO, 1.0).await.unwrap();
    assert!(speaker.is_open());
    client.delete_messages(vec![message]).await.unwrap();
    silence(&client, &speaker).await;
    let again = client.play(sound, Duration::ZERO, 1.0).await.err();
    assert_eq!(again, Some(VoiceError::NotHere));

    let file = recorded(&client, &microphone).await;
    let preview = Sound::Staged(file.clone());
    client.play(preview, Duration::ZERO, 1.0).await.unwrap();
    client.discard_staged(vec![file], None).await.unwrap();
    silence(&client, &speaker).await;
    client.shutdown().await;
}

#[tokio::test]
async fn a_message_that_comes_ends_no_sound() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    let own = client.own_id().unwrap();
    let file = recorded(&client, &microphone).await;
    let message = client.send(own, said("", &file)).await.unwrap().key;
    let sound = Sound::Message { message, place: 0 };
    client.play(sound.clone(), Duration::ZERO, 1.0).await.unwrap();
    client.send(own, draft("a text")).await.unwrap();
    // The change has been looked at.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let (plays, _) = client.voice().unwrap().playing.unwrap();
    assert_eq!(plays, sound);
    client.shutdown().await;
}

#[tokio::test]
async fn what_is_too_short_or_given_up_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    client.record_voice(None).await.unwrap();
    microphone.hear_tone(SECOND / 2, 0.5);
    assert_eq!(
        client.finish_recording(None).await.err(),
        Some(VoiceError::Record(RecordError::TooShort))
    );
    assert_eq!(
        client.finish_recording(None).await.err(),
        Some(VoiceError::Nothing)
    );
    client.record_voice(None).await.unwrap();
    client.discard_recording();
    assert_eq!(client.voice().unwrap().recording, None);
    assert_eq!(client.pause_recording().err(), Some(VoiceError::Nothing));
    client.shutdown().await;
}

#[tokio::test]
async fn a_recording_that_cannot_be_kept_waits_and_is_kept_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    client.record_voice(None).await.unwrap();
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    let no_room = NoRoom::in_profile(dir.path());
    for _ in 0..2 {
        let refused = client.finish_recording(Some(own.into())).await;
        assert!(matches!(refused, Err(VoiceError::File(_))), "{refused:?}");
        let now = client.voice().unwrap();
        assert_eq!(now.recording, None, "the microphone is closed");
        assert_eq!(now.unsaved.unwrap().recorded.length.as_millis(), 2_000);
    }
    drop(no_room);
    let file = client.finish_recording(Some(own.into())).await.unwrap();
    assert_eq!(file.facts.duration_ms, Some(2_000));
    assert_eq!(client.voice().unwrap().unsaved, None);
    let gone = client.finish_recording(Some(own.into())).await.err();
    assert_eq!(gone, Some(VoiceError::Nothing));
    client.shutdown().await;
}

#[tokio::test]
async fn a_recording_that_waits_is_given_up_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    client.record_voice(None).await.unwrap();
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    let no_room = NoRoom::in_profile(dir.path());
    assert!(client.finish_recording(None).await.is_err());
    client.discard_recording();
    drop(no_room);
    assert_eq!(client.voice().unwrap().unsaved, None);
    assert_eq!(
        client.finish_recording(None).await.err(),
        Some(VoiceError::Nothing)
    );
    client.shutdown().await;
}

#[tokio::test]
async fn a_recording_stands_in_the_draft_and_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (sound, microphone, _) = devices();
    let client = alice(dir.path(), sound).await;
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    client.record_voice(None).await.unwrap();
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    let file = client.finish_recording(Some(own.into())).await.unwrap();
    client.shutdown().await;
    drop(client);

    let (sound, _, _) = devices();
    let client = opened(dir.path(), sound).await;
    let draft = client.staged_files(own.into()).await.unwrap();
    assert_eq!(draft, std::slice::from_ref(&file));
    assert_eq!(draft[0].facts.kind, FileKind::Voice);
    client.send(own, said("", &file.id)).await.unwrap();
    assert!(client.staged_files(own.into()).await.unwrap().is_empty());
    client.shutdown().await;
}

#[tokio::test]
async fn without_a_microphone_or_a_loudspeaker_it_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = SoundDevices {
        microphone: Arc::new(Nothing(DeviceError::Missing)),
        speaker: Arc::new(Nothing(DeviceError::Refused)),
    };
    let client = alice(dir.path(), nothing).await;
    assert_eq!(
        client.record_voice(None).await.err(),
        Some(VoiceError::Record(RecordError::Device(DeviceError::Missing)))
    );
    assert_eq!(client.voice().unwrap().recording, None);
    let gone = Sound::Staged("00".repeat(16));
    let error = client.play(gone, Duration::ZERO, 1.0).await.err();
    assert_eq!(error, Some(VoiceError::NotHere));
    client.shutdown().await;
}

#[tokio::test]
async fn locking_closes_the_microphone_and_keeps_what_was_spoken_in_the_draft() {
    let dir = tempfile::tempdir().unwrap();
    let (devices, microphone, _) = devices();
    let client = alice(dir.path(), devices).await;
    client
        .set_password(None, Some("correct horse".into()))
        .await
        .unwrap();
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    client.record_voice(Some(own.into())).await.unwrap();
    assert!(microphone.is_open());
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    client.lock().await.unwrap();
    while microphone.is_open() {
        tokio::task::yield_now().await;
    }
    assert!(client.voice().is_err());
    assert!(client.record_voice(Some(own.into())).await.is_err());
    assert!(!microphone.is_open());
    client
        .unlock(Password::new("correct horse".into()))
        .await
        .unwrap();
    let draft = client.staged_files(own.into()).await.unwrap();
    assert_eq!(draft[0].facts.duration_ms, Some(2_000));
    client.shutdown().await;
}

#[tokio::test]
async fn closing_the_app_keeps_what_was_spoken_in_the_draft() {
    let dir = tempfile::tempdir().unwrap();
    let (sound, microphone, _) = devices();
    let client = alice(dir.path(), sound).await;
    let own = client.own_id().unwrap();
    client.open_conversation(own).await.unwrap();
    client.record_voice(Some(own.into())).await.unwrap();
    assert_eq!(microphone.hear_tone(2 * SECOND, 0.5), 2 * SECOND);
    client.shutdown().await;
    assert!(!microphone.is_open());
    drop(client);

    let (sound, _, _) = devices();
    let client = opened(dir.path(), sound).await;
    let draft = client.staged_files(own.into()).await.unwrap();
    assert_eq!(draft[0].facts.kind, FileKind::Voice);
    client.shutdown().await;
}
