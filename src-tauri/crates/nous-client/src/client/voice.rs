//! Voice messages, as a face records and plays them. A sound ends when its message is deleted or
//! disappears.

use std::sync::{Arc, Weak};
use std::time::Duration;

use nous_media::audio::encode::VOICE_TYPE;
use nous_media::audio::play::{PlayError, Player};
use nous_media::audio::record::{RecordError, Recorded, Recorder};
use nous_media::audio::{DeviceError, OnChange};
use nous_protocol::account::ConversationId;
use nous_storage::attachments::staged::{self, StagedFile};
use nous_storage::attachments::{self, FileFacts, FileKind};
use nous_storage::sealed_files::SealedFile;

use super::{Client, Inner};
use crate::core::Core;
use crate::error::ClientError;
use crate::events::Change;
use crate::files::staging::stage_ready;
use crate::media::Ready;
use crate::voice::{Sound, Unsaved, VoiceError, VoiceNow};

/// What a voice message is called, for those who save it.
const NAME: &str = "voice.mp3";
/// No sound that is kept here is longer.
const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Runs what waits for a device or a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, VoiceError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| ClientError::Bug("sound").into())
}

fn play_error(error: DeviceError) -> VoiceError {
    PlayError::Device(error).into()
}

impl Client {
    fn on_voice(&self) -> OnChange {
        let hub = self.inner.hub.clone();
        Box::new(move || hub.announce([Change::Voice]))
    }

    /// Opens the microphone and begins a voice message. What plays ends, and a recording that
    /// was not finished, or could not be kept, is given up. `conversation`: in whose draft it is kept if the
    /// profile closes meanwhile.
    ///
    /// # Errors
    /// [`VoiceError::Record`] without a microphone.
    pub async fn record_voice(&self, conversation: Option<ConversationId>) -> Result<(), VoiceError> {
        self.session()?;
        let voice = &self.inner.voice;
        let _turn = voice.turn.lock().await;
        voice.stop();
        let (microphone, on_change) = (Arc::clone(&voice.devices.microphone), self.on_voice());
        let begun = blocking(move || Recorder::start(microphone, on_change)).await;
        let kept = begun.and_then(|begun| {
            let recorder = begun?;
            // The profile may have been locked meanwhile.
            self.session()?;
            voice.set_recorder(Some(Arc::new(recorder)));
            voice.set_spoken_in(conversation);
            Ok(())
        });
        self.inner.hub.announce([Change::Voice]);
        kept
    }

    /// Closes the microphone for a while.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`] if nothing is recorded.
    pub fn pause_recording(&self) -> Result<(), VoiceError> {
        let paused = self.inner.voice.recorder()?.pause();
        paused.map_err(|error| VoiceError::Record(error.into()))
    }

    /// Opens the microphone again.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`], or [`VoiceError::Record`] without a microphone: it stays paused.
    pub async fn resume_recording(&self) -> Result<(), VoiceError> {
        let voice = &self.inner.voice;
        let _turn = voice.turn.lock().await;
        let recorder = voice.recorder()?;
        let resumed = blocking(move || recorder.resume()).await?;
        resumed.map_err(|error| VoiceError::Record(error.into()))
    }

    /// Gives the recording up. Nothing is left of it.
    pub fn discard_recording(&self) {
        self.inner.voice.set_recorder(None);
        self.inner.voice.set_unsaved(None);
        self.inner.hub.announce([Change::Voice]);
    }

    /// Ends the recording; it can be heard and sent as a chosen file. `conversation`: in whose draft it
    /// stands from now on, also after a restart. One that cannot be kept, as on a full disk, waits in
    /// memory: this can be asked again.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`]; [`VoiceError::Record`] if it is shorter than a second: then
    /// nothing is left of it; [`VoiceError::File`] if it waits.
    pub async fn finish_recording(
        &self,
        conversation: Option<ConversationId>,
    ) -> Result<StagedFile, VoiceError> {
        let core = self.session()?.core;
        let voice = &self.inner.voice;
        let _turn = voice.turn.lock().await;
        let recorded = match voice.set_recorder(None) {
            Some(recorder) => {
                let recorded = blocking(move || recorder.finish()).await;
                self.inner.hub.announce([Change::Voice]);
                recorded??
            }
            None => voice.set_unsaved(None).ok_or(VoiceError::Nothing)?.recorded,
        };
        let staged = stage_ready(&core, conversation, ready(recorded.clone())).await;
        // The profile may have been locked meanwhile: then nothing of it stays.
        if let Err(error) = &staged
            && self.session().is_ok()
        {
            voice.set_unsaved(Some(Unsaved {
                recorded,
                error: error.clone(),
            }));
        }
        self.inner.hub.announce([Change::Voice]);
        Ok(staged?)
    }

    /// The profile closes: what is spoken just now, or waits, is kept in the draft where it was begun.
    pub(super) async fn keep_recording(&self) {
        let Some(conversation) = self.inner.voice.spoken_in() else {
            return;
        };
        match self.finish_recording(Some(conversation)).await {
            Ok(_) | Err(VoiceError::Nothing | VoiceError::Record(RecordError::TooShort)) => {}
            Err(error) => tracing::warn!(%error, "a recording could not be kept"),
        }
    }

    /// How recording and playing stand.
    ///
    /// # Errors
    /// [`VoiceError::Client`] if the profile is not open.
    pub fn voice(&self) -> Result<VoiceNow, VoiceError> {
        self.session()?;
        Ok(self.inner.voice.now())
    }

    /// Plays a sound from a place on; what played before ends.
    ///
    /// # Errors
    /// [`VoiceError::NotHere`], or [`VoiceError::Play`] for a file that cannot be played or
    /// without a loudspeaker.
    pub async fn play(&self, sound: Sound, from: Duration, speed: f64) -> Result<(), VoiceError> {
        let core = self.session()?.core;
        let voice = &self.inner.voice;
        let _turn = voice.turn.lock().await;
        voice.set_player(None);
        let file = find(&core, sound.clone()).await?.ok_or(VoiceError::NotHere)?;
        let (speaker, on_change) = (Arc::clone(&voice.devices.speaker), self.on_voice());
        let (files, from) = (core.files.clone(), from.min(LONGEST));
        let begin = move || -> Result<Player, VoiceError> {
            let read = files
                .reader(&file)
                .and_then(|mut reader| reader.read_whole(0).ok());
            let bytes = read.ok_or(VoiceError::NotHere)?;
            Ok(Player::start(speaker, bytes, from, speed, on_change)?)
        };
        let begun = blocking(begin).await;
        let kept = begun.and_then(|begun| {
            let player = begun?;
            self.session()?;
            voice.set_player(Some((sound, Arc::new(player))));
            Ok(())
        });
        self.inner.hub.announce([Change::Voice]);
        // Its message may have been deleted since the file was found.
        self.inner.hub.stir_sounds();
        kept
    }

    /// Closes the loudspeaker and keeps the place.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`] if nothing plays.
    pub fn pause_playing(&self) -> Result<(), VoiceError> {
        self.inner.voice.player()?.pause().map_err(play_error)
    }

    /// Goes on.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`], or [`VoiceError::Play`] without a loudspeaker.
    pub async fn resume_playing(&self) -> Result<(), VoiceError> {
        let voice = &self.inner.voice;
        let _turn = voice.turn.lock().await;
        let player = voice.player()?;
        blocking(move || player.resume()).await?.map_err(play_error)
    }

    /// Goes to another place of what plays.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`] if nothing plays.
    pub fn seek_playing(&self, to: Duration) -> Result<(), VoiceError> {
        let player = self.inner.voice.player()?;
        player.seek(to.min(LONGEST)).map_err(play_error)
    }

    /// Plays faster or slower: 1 to 2.
    ///
    /// # Errors
    /// [`VoiceError::Nothing`] if nothing plays.
    pub fn set_playing_speed(&self, speed: f64) -> Result<(), VoiceError> {
        let player = self.inner.voice.player()?;
        player.set_speed(speed).map_err(play_error)
    }

    /// Ends what plays.
    pub fn stop_playing(&self) {
        self.inner.voice.set_player(None);
        self.inner.hub.announce([Change::Voice]);
    }

    /// Ends what plays when its file goes, as long as there is a client.
    pub(super) fn watch_sounds(&self) {
        let (inner, hub) = (Arc::downgrade(&self.inner), self.inner.hub.clone());
        drop(self.inner.tasks.spawn("sounds", async move {
            loop {
                hub.sounds_stirred().await;
                if look(&inner).await.is_none() {
                    return;
                }
            }
        }));
    }

    /// What has gone is not heard any more.
    async fn end_gone_sound(&self) -> Result<(), VoiceError> {
        let Some(sound) = self.inner.voice.sound() else {
            return Ok(());
        };
        // A profile that closed has ended it.
        let Ok(session) = self.session() else {
            return Ok(());
        };
        let is_gone = find(&session.core, sound.clone()).await?.is_none();
        if is_gone && self.inner.voice.end(&sound) {
            self.inner.hub.announce([Change::Voice]);
        }
        Ok(())
    }
}

/// Looks whether the file of what plays is still there. `None` when the client is gone.
async fn look(inner: &Weak<Inner>) -> Option<()> {
    let client = Client {
        inner: inner.upgrade()?,
    };
    if let Err(error) = client.end_gone_sound().await {
        tracing::warn!(%error, "it cannot be seen whether a sound is still there");
    }
    // What others show goes at the same moments.
    if let Err(error) = client.remove_gone_copies().await {
        tracing::warn!(%error, "it cannot be seen whether files are still there");
    }
    Some(())
}

/// The file of a sound, if it is here.
async fn find(core: &Core, sound: Sound) -> Result<Option<SealedFile>, VoiceError> {
    let found = core.db.read(move |reader| match sound {
        Sound::Staged(id) => staged::local(reader, &id),
        Sound::Message { message, place } => match attachments::find(reader, message, place)? {
            Some(file) => attachments::local(reader, file.key),
            None => Ok(None),
        },
    });
    Ok(found.await.map_err(ClientError::from)?)
}

/// A recording, as a file that is ready to be sent.
fn ready(recorded: Recorded) -> Ready {
    let Recorded {
        bytes,
        length,
        waveform,
    } = recorded;
    Ready {
        facts: FileFacts {
            name: NAME.to_owned(),
            content_type: VOICE_TYPE.to_owned(),
            kind: FileKind::Voice,
            size: Some(bytes.len() as u64),
            width: None,
            height: None,
            duration_ms: Some(u32::try_from(length.as_millis()).unwrap_or(u32::MAX)),
            waveform,
            is_animated: false,
            is_program: false,
            caption: String::new(),
        },
        bytes,
        thumbnail: None,
    }
}
