//! Voice messages: recorded here, and played with other sound. One recording and one sound at a
//! time; nothing of them is on the disk before a recording is finished. One that cannot be kept then
//! waits in memory.
//!
//! Source: `messages.md` §11.6, `product.md` §13.

use std::sync::{Arc, Mutex, PoisonError};

use nous_media::audio::device::SoundDevices;
use nous_media::audio::play::{PlayError, Playback, Player};
use nous_media::audio::record::{RecordError, Recorded, Recorder, Recording, RecordingState};
use nous_protocol::account::ConversationId;
use nous_protocol::error::{Cause, ErrorKind, HasKind, HasRetry, Retry};
use nous_storage::ids::MessageKey;

use crate::error::ClientError;
use crate::files::FilesError;

/// What plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// A file of a message.
    Message {
        /// The message.
        message: MessageKey,
        /// Its place among the files of the message, from 0.
        place: u32,
    },
    /// A file that was chosen or recorded and is not sent yet.
    Staged(String),
}

/// A recording that ended and could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// What was recorded.
    pub recorded: Recorded,
    /// Why it could not be kept.
    pub error: FilesError,
}

/// How recording and playing stand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VoiceNow {
    /// The recording, if there is one.
    pub recording: Option<Recording>,
    /// One that ended and waits to be kept; never beside another.
    pub unsaved: Option<Unsaved>,
    /// What plays or played last, and how it stands.
    pub playing: Option<(Sound, Playback)>,
}

/// Why a voice message cannot be recorded or played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// The microphone, or the recording.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The loudspeaker, or the file.
    #[error(transparent)]
    Play(#[from] PlayError),
    /// Nothing is recorded, or nothing plays.
    #[error("nothing is recorded or played")]
    Nothing,
    /// The file is not on this device.
    #[error("the file is not here")]
    NotHere,
    /// The recording cannot be kept.
    #[error(transparent)]
    File(#[from] FilesError),
    /// Anything else.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl HasKind for VoiceError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Record(RecordError::TooShort) => ErrorKind::InvalidInput,
            Self::Record(RecordError::Device(_)) | Self::Play(PlayError::Device(_)) => ErrorKind::NotAllowed,
            Self::Record(RecordError::Encode(_)) => ErrorKind::Bug,
            Self::Play(PlayError::Audio(_)) => ErrorKind::Damaged,
            Self::Nothing | Self::NotHere => ErrorKind::NotFound,
            Self::File(error) => error.kind(),
            Self::Client(error) => error.kind(),
        }
    }
}

impl HasRetry for VoiceError {
    fn retry(&self) -> Retry {
        match self {
            Self::File(error) => error.retry(),
            Self::Client(error) => error.retry(),
            Self::Record(RecordError::Device(_)) | Self::Play(PlayError::Device(_)) => {
                Retry::AfterChange(Cause::Person)
            }
            _ => Retry::Never,
        }
    }
}

/// What is recorded and what plays in a profile.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) devices: SoundDevices,
    /// One beginning or ending at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
    recorder: Mutex<Option<Arc<Recorder>>>,
    /// Where what is recorded is spoken.
    spoken_in: Mutex<Option<ConversationId>>,
    unsaved: Mutex<Option<Unsaved>>,
    player: Mutex<Option<(Sound, Arc<Player>)>>,
}

impl Voice {
    pub(crate) fn new(devices: SoundDevices) -> Self {
        Self {
            devices,
            turn: tokio::sync::Mutex::default(),
            recorder: Mutex::default(),
            spoken_in: Mutex::default(),
            unsaved: Mutex::default(),
            player: Mutex::default(),
        }
    }

    pub(crate) fn recorder(&self) -> Result<Arc<Recorder>, VoiceError> {
        let recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        recorder.clone().ok_or(VoiceError::Nothing)
    }

    /// Puts a recording in the place of the one before, which is given up.
    pub(crate) fn set_recorder(&self, recorder: Option<Arc<Recorder>>) -> Option<Arc<Recorder>> {
        let mut place = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, recorder)
    }

    /// Notes where it is spoken from now on.
    pub(crate) fn set_spoken_in(&self, conversation: Option<ConversationId>) {
        *self.spoken_in.lock().unwrap_or_else(PoisonError::into_inner) = conversation;
    }

    /// Where the last recording was spoken.
    pub(crate) fn spoken_in(&self) -> Option<ConversationId> {
        *self.spoken_in.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody speaks just now.
    pub(crate) fn is_heard(&self) -> bool {
        let recording = self.now().recording;
        recording.is_some_and(|recording| recording.state == RecordingState::Running)
    }

    /// Puts a recording that could not be kept in the place of the one before.
    pub(crate) fn set_unsaved(&self, unsaved: Option<Unsaved>) -> Option<Unsaved> {
        let mut place = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, unsaved)
    }

    fn unsaved(&self) -> Option<Unsaved> {
        self.unsaved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn player(&self) -> Result<Arc<Player>, VoiceError> {
        let player = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, player) = player.as_ref().ok_or(VoiceError::Nothing)?;
        Ok(Arc::clone(player))
    }

    /// What plays, or played last.
    pub(crate) fn sound(&self) -> Option<Sound> {
        let player = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        player.as_ref().map(|(sound, _)| sound.clone())
    }

    /// Ends a sound, unless another plays meanwhile; whether it did.
    pub(crate) fn end(&self, sound: &Sound) -> bool {
        let mut place = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        place.take_if(|(plays, _)| plays == sound).is_some()
    }

    /// Puts a sound in the place of the one before, which ends.
    pub(crate) fn set_player(&self, player: Option<(Sound, Arc<Player>)>) {
        let mut place = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        *place = player;
    }

    /// How both stand.
    pub(crate) fn now(&self) -> VoiceNow {
        let player = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        VoiceNow {
            recording: self.recorder().ok().map(|recorder| recorder.now()),
            unsaved: self.unsaved(),
            playing: player
                .as_ref()
                .map(|(sound, player)| (sound.clone(), player.now())),
        }
    }

    /// Gives up the recording and ends the sound: the profile closes.
    pub(crate) fn stop(&self) {
        self.set_recorder(None);
        self.set_unsaved(None);
        self.set_player(None);
    }
}
