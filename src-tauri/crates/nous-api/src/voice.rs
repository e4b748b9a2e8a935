//! Voice messages: recorded, heard before they are sent; and sound of others, played.

use std::time::Duration;

use nous_client::files::FilesError;
use nous_client::nous_media::audio::play::{PlayError, Playback, PlaybackState as Played};
use nous_client::nous_media::audio::record::{RecordError, Recording, RecordingState as Recorded};
use nous_client::nous_media::audio::{AudioError, DeviceError};
use nous_client::voice::{Sound, Unsaved, VoiceError, VoiceNow};

use crate::app::App;
use crate::convert::{conversation_of, message_id, message_key, unexpected};
use crate::errors::{ApiError, ErrorCode};
use crate::ids::{ConversationId, StagedFileId};
use crate::requests::{PlaySoundRequest, PlaybackAction, RecordingAction};
use crate::rows::{PlaybackRow, PlaybackState, RecordingRow, RecordingState, SoundRef, VoiceDraft, VoiceRow};

impl From<VoiceError> for ApiError {
    fn from(error: VoiceError) -> Self {
        match error {
            VoiceError::Record(RecordError::Device(error)) => microphone(error),
            VoiceError::Record(RecordError::TooShort) => Self::new(ErrorCode::VoiceTooShort),
            VoiceError::Record(RecordError::Encode(error)) => unexpected(&error),
            VoiceError::Play(PlayError::Device(error)) => speaker(error),
            VoiceError::Play(PlayError::Audio(AudioError::Unknown | AudioError::Damaged)) => {
                Self::new(ErrorCode::SoundUnreadable)
            }
            VoiceError::Nothing => Self::new(ErrorCode::VoiceGone),
            VoiceError::NotHere => Self::new(ErrorCode::SoundNotHere),
            VoiceError::File(FilesError::Client(error)) | VoiceError::Client(error) => error.into(),
            VoiceError::File(error) => unexpected(&error),
        }
    }
}

const fn microphone(error: DeviceError) -> ApiError {
    ApiError::new(match error {
        DeviceError::Missing => ErrorCode::NoMicrophone,
        DeviceError::Refused => ErrorCode::MicrophoneRefused,
        DeviceError::Lost | DeviceError::Failed => ErrorCode::MicrophoneLost,
    })
}

const fn speaker(error: DeviceError) -> ApiError {
    ApiError::new(match error {
        DeviceError::Missing => ErrorCode::NoSpeaker,
        DeviceError::Refused => ErrorCode::SpeakerRefused,
        DeviceError::Lost | DeviceError::Failed => ErrorCode::SpeakerLost,
    })
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

fn recording_row(recording: Recording) -> RecordingRow {
    let (state, error) = match recording.state {
        Recorded::Running => (RecordingState::Running, None),
        Recorded::Paused => (RecordingState::Paused, None),
        Recorded::Full => (RecordingState::Full, None),
        Recorded::Failed(error) => (RecordingState::Failed, Some(microphone(error))),
    };
    RecordingRow {
        state,
        length_ms: millis(recording.length),
        level: recording.level,
        error,
    }
}

/// A recording that ended and waits to be kept.
fn unsaved_row(unsaved: Unsaved) -> RecordingRow {
    RecordingRow {
        state: RecordingState::Unsaved,
        length_ms: millis(unsaved.recorded.length),
        level: 0,
        error: Some(VoiceError::File(unsaved.error).into()),
    }
}

fn playback_row(sound: Sound, playback: Playback) -> PlaybackRow {
    let (state, error) = match playback.state {
        Played::Playing => (PlaybackState::Playing, None),
        Played::Paused => (PlaybackState::Paused, None),
        Played::Ended => (PlaybackState::Ended, None),
        Played::Failed(error) => (PlaybackState::Failed, Some(speaker(error))),
    };
    PlaybackRow {
        sound: match sound {
            Sound::Message { message, place } => SoundRef::Message {
                message: message_id(message),
                index: place,
            },
            Sound::Staged(id) => SoundRef::Staged {
                file: StagedFileId(id),
            },
        },
        state,
        position_ms: millis(playback.position),
        length_ms: playback.length.map(millis),
        speed_percent: percent(playback.speed),
        error,
    }
}

/// The hundredths of a speed between 1 and 2.
fn percent(speed: f64) -> u32 {
    millis(Duration::from_secs_f64(speed.clamp(1.0, 2.0) / 10.0))
}

fn speed(percent: u32) -> f64 {
    f64::from(percent) / 100.0
}

fn voice_row(now: VoiceNow) -> VoiceRow {
    VoiceRow {
        recording: now
            .recording
            .map(recording_row)
            .or_else(|| now.unsaved.map(unsaved_row)),
        playback: now.playing.map(|(sound, playback)| playback_row(sound, playback)),
    }
}

/// Opens the microphone and begins a voice message. What plays ends. `conversation`: in whose draft it
/// stands if the profile closes meanwhile.
///
/// # Errors
/// `NoMicrophone`, `MicrophoneRefused`, `MicrophoneLost`, `NoAccount`, `InvalidId`.
pub async fn voice_record(app: &App, conversation: Option<ConversationId>) -> Result<VoiceRow, ApiError> {
    let with = conversation.as_ref().map(conversation_of).transpose()?;
    app.client.record_voice(with).await?;
    voice_status(app).await
}

/// Pauses the recording, goes on, or gives it up.
///
/// # Errors
/// `VoiceGone` if nothing is recorded; those of [`voice_record`] to go on.
pub async fn voice_recording(app: &App, action: RecordingAction) -> Result<VoiceRow, ApiError> {
    match action {
        RecordingAction::Pause => app.client.pause_recording()?,
        RecordingAction::Resume => app.client.resume_recording().await?,
        RecordingAction::Discard => app.client.discard_recording(),
    }
    voice_status(app).await
}

/// Ends the recording. The file can be heard, sent with a message that has no text, or discarded.
/// `conversation`: in whose draft it stands until then.
///
/// # Errors
/// `VoiceGone` if nothing is recorded, `VoiceTooShort`; or what the disk said: then the recording waits,
/// and this can be asked again.
pub async fn voice_finish(app: &App, conversation: Option<ConversationId>) -> Result<VoiceDraft, ApiError> {
    let with = conversation.as_ref().map(conversation_of).transpose()?;
    let staged = app.client.finish_recording(with).await?;
    Ok(VoiceDraft {
        file: StagedFileId(staged.id),
        length_ms: staged.facts.duration_ms.unwrap_or(0),
        waveform: staged.facts.waveform,
    })
}

/// How recording and playing stand.
///
/// # Errors
/// `NoAccount`.
#[expect(clippy::unused_async, reason = "every function of the contract is async")]
pub async fn voice_status(app: &App) -> Result<VoiceRow, ApiError> {
    Ok(voice_row(app.client.voice()?))
}

/// Plays a sound that is on this device; what played before ends.
///
/// # Errors
/// `SoundNotHere`, `SoundUnreadable`, `NoSpeaker`, `SpeakerRefused`, `SpeakerLost`,
/// `MessageNotFound` for an id that is none.
pub async fn voice_play(app: &App, request: PlaySoundRequest) -> Result<VoiceRow, ApiError> {
    let sound = match request.sound {
        SoundRef::Message { message, index } => Sound::Message {
            message: message_key(&message)?,
            place: index,
        },
        SoundRef::Staged { file } => Sound::Staged(file.0),
    };
    let from = Duration::from_millis(request.from_ms.into());
    app.client.play(sound, from, speed(request.speed_percent)).await?;
    voice_status(app).await
}

/// Pauses what plays, goes on, ends it, goes to another place or another speed.
///
/// # Errors
/// `VoiceGone` if nothing plays; those of [`voice_play`] to go on.
pub async fn voice_playback(app: &App, action: PlaybackAction) -> Result<VoiceRow, ApiError> {
    match action {
        PlaybackAction::Pause => app.client.pause_playing()?,
        PlaybackAction::Resume => app.client.resume_playing().await?,
        PlaybackAction::Stop => app.client.stop_playing(),
        PlaybackAction::Seek { position_ms } => {
            app.client
                .seek_playing(Duration::from_millis(position_ms.into()))?;
        }
        PlaybackAction::Speed { percent } => app.client.set_playing_speed(speed(percent))?,
    }
    voice_status(app).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_hundredths() {
        for hundredths in [100, 125, 150, 175, 200] {
            assert_eq!(percent(speed(hundredths)), hundredths);
        }
        assert_eq!(percent(9.0), 200);
    }

    #[test]
    fn a_recording_that_cannot_be_kept_says_why_and_how_long_it_is() {
        let full = nous_client::storage::error::StorageError::DiskFull;
        let row = unsaved_row(Unsaved {
            recorded: nous_client::nous_media::audio::record::Recorded {
                bytes: vec![1],
                length: Duration::from_millis(2_500),
                waveform: Vec::new(),
            },
            error: full.into(),
        });
        assert_eq!((row.state, row.length_ms), (RecordingState::Unsaved, 2_500));
        assert_eq!(row.error, Some(ApiError::new(ErrorCode::DiskFull)));
    }

    #[test]
    fn devices_have_an_error_each() {
        assert_eq!(microphone(DeviceError::Missing).code, ErrorCode::NoMicrophone);
        assert_eq!(speaker(DeviceError::Missing).code, ErrorCode::NoSpeaker);
    }
}
