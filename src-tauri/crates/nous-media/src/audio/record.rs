//! Recording: a thread that has the microphone, measures what it hears, and writes MP3.
//!
//! The microphone is open only while it is recorded: a pause closes it. The only clock is the
//! number of frames that came. Whoever watches is told ten times a second of sound, and when
//! something changes.
//!
//! Source: `product.md` §13, `messages.md` §11.6.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::device::{Microphone, OpenDevice};
use super::encode::{EncodeError, VOICE_RATE, VoiceEncoder};
use super::level::Loudness;
use super::owner::{self, Orders, Owner, Shown};
use super::resample::{Converter, to_mono};
use super::ring::Ring;
use super::{DeviceError, OnChange, frames_in, time_of};

/// The longest voice message.
pub const MAX_LENGTH: Duration = Duration::from_secs(300);
/// What is shorter was a mistake of the hand.
pub const MIN_LENGTH: Duration = Duration::from_secs(1);
/// Samples that have a place before they are taken: a second of eight channels.
const RING: usize = 8 * 48_000;

/// Why there is no recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The microphone.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// It cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// It is shorter than [`MIN_LENGTH`].
    #[error("shorter than a second")]
    TooShort,
}

/// What a recording does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingState {
    /// It hears.
    Running,
    /// The microphone is closed until it goes on.
    Paused,
    /// [`MAX_LENGTH`] is reached: it can be finished or given up.
    Full,
    /// The microphone is gone; what was heard before it can be finished.
    Failed(DeviceError),
}

/// How a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording {
    /// What it does.
    pub state: RecordingState,
    /// How much was recorded.
    pub length: Duration,
    /// How loud the last tenth of a second was: 0 to 100.
    pub level: u8,
}

/// A voice message that can be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Recorded {
    /// MP3.
    pub bytes: Vec<u8>,
    /// How long it is.
    pub length: Duration,
    /// 64 pillars of 0 to 255.
    pub waveform: Vec<u8>,
}

impl std::fmt::Debug for Recorded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorded(…)")
    }
}

enum Command {
    Pause,
    Resume(SyncSender<Result<(), DeviceError>>),
    Finish(SyncSender<Result<Recorded, RecordError>>),
}

/// A recording that goes on. Dropping it gives it up.
pub struct Recorder {
    commands: Orders<Command>,
    shown: Shown<Recording>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder(…)")
    }
}

impl Recorder {
    /// Opens the microphone and begins. Waits until it is open.
    ///
    /// # Errors
    /// [`RecordError::Device`].
    pub fn start(microphone: Arc<dyn Microphone>, on_change: OnChange) -> Result<Self, RecordError> {
        Self::start_within(microphone, on_change, MAX_LENGTH)
    }

    pub(crate) fn start_within(
        microphone: Arc<dyn Microphone>,
        on_change: OnChange,
        most: Duration,
    ) -> Result<Self, RecordError> {
        let shown = Shown::new(Recording {
            state: RecordingState::Running,
            length: Duration::ZERO,
            level: 0,
        });
        let work = Work {
            microphone,
            on_change,
            shown: shown.clone(),
            most: frames_in(most, VOICE_RATE),
            encoder: VoiceEncoder::new()?,
            loudness: Loudness::new(VOICE_RATE),
            frames: 0,
            announced: 0,
            voice: Vec::new(),
            failure: None,
        };
        let commands = owner::begin(work)?;
        Ok(Self { commands, shown })
    }

    /// How it stands.
    #[must_use]
    pub fn now(&self) -> Recording {
        self.shown.now()
    }

    /// Closes the microphone for a while.
    ///
    /// # Errors
    /// [`DeviceError::Failed`] if the thread is gone.
    pub fn pause(&self) -> Result<(), DeviceError> {
        self.commands.give(Command::Pause)
    }

    /// Opens it again, behind what there is. Waits until it is open.
    ///
    /// # Errors
    /// [`DeviceError`]: it stays paused.
    pub fn resume(&self) -> Result<(), DeviceError> {
        self.commands.ask(Command::Resume)
    }

    /// Closes the microphone and answers what was recorded. Nothing can be done with the recorder
    /// after it.
    ///
    /// # Errors
    /// [`RecordError::TooShort`], [`RecordError::Encode`].
    pub fn finish(&self) -> Result<Recorded, RecordError> {
        self.commands.ask(Command::Finish)
    }
}

/// The open microphone. It stays on the thread.
struct Ear {
    device: OpenDevice,
    ring: Arc<Ring>,
    converter: Converter,
    /// Samples that make no whole frame yet.
    heard: Vec<f32>,
    mono: Vec<f32>,
}

impl Ear {
    /// Everything that waits in the ring, at the rate of a voice message, behind `into`.
    fn listen(&mut self, into: &mut Vec<f32>) {
        self.heard.extend(std::iter::from_fn(|| self.ring.pop()));
        let channels = self.device.shape.channels;
        let whole = self.heard.len() / channels * channels;
        to_mono(
            self.heard.get(..whole).unwrap_or_default(),
            channels,
            &mut self.mono,
        );
        self.heard.drain(..whole);
        self.converter.push(&self.mono, into);
        self.mono.clear();
    }

    /// The same once more, and what the filter still held.
    fn close(mut self, into: &mut Vec<f32>) {
        self.listen(into);
        self.converter.finish(into);
    }
}

/// What the thread has beside it.
struct Work {
    microphone: Arc<dyn Microphone>,
    on_change: OnChange,
    shown: Shown<Recording>,
    /// Frames of the longest voice.
    most: u64,
    encoder: VoiceEncoder,
    loudness: Loudness,
    /// Frames of the voice so far.
    frames: u64,
    /// How many of them there were when the watcher was told last.
    announced: u64,
    voice: Vec<f32>,
    failure: Option<EncodeError>,
}

impl Owner for Work {
    const NAME: &'static str = "recording";
    type Order = Command;
    type Open = Ear;

    fn open(&mut self) -> Result<Ear, DeviceError> {
        let (device, ring) = owner::open(RING, |ring| self.microphone.open(ring))?;
        let converter = Converter::new(device.shape.rate, VOICE_RATE, 1).ok_or(DeviceError::Failed)?;
        Ok(Ear {
            device,
            ring,
            converter,
            heard: Vec::new(),
            mono: Vec::new(),
        })
    }

    fn run(mut self, ear: Ear, orders: &Receiver<Command>) {
        let mut ear = Some(ear);
        loop {
            let order = owner::next(orders, ear.is_some());
            ear = ear.and_then(|ear| self.hear(ear));
            match order {
                Ok(Command::Pause) => {
                    if let Some(ear) = ear.take() {
                        self.close(ear, RecordingState::Paused);
                    }
                }
                Ok(Command::Resume(answer)) => {
                    let resumed = self.resume(&mut ear);
                    let _ = answer.send(resumed);
                }
                Ok(Command::Finish(answer)) => {
                    if let Some(ear) = ear.take() {
                        self.close(ear, RecordingState::Paused);
                    }
                    let _ = answer.send(self.finish());
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

impl Work {
    fn resume(&mut self, ear: &mut Option<Ear>) -> Result<(), DeviceError> {
        if ear.is_none() && self.left() > 0 {
            *ear = Some(self.open()?);
            self.set(RecordingState::Running);
        }
        Ok(())
    }

    /// Takes what was heard; the microphone comes back unless it is not needed any more.
    fn hear(&mut self, mut ear: Ear) -> Option<Ear> {
        ear.listen(&mut self.voice);
        self.write();
        let trouble = ear.device.trouble.reported();
        if let Some(error) = trouble.or(self.failure.map(|_| DeviceError::Failed)) {
            self.close(ear, RecordingState::Failed(error));
            return None;
        }
        if self.left() == 0 {
            // Whoever is told that it is full may count on a closed microphone.
            drop(ear);
            self.set(RecordingState::Full);
            return None;
        }
        if self.frames - self.announced >= u64::from(VOICE_RATE / 10) {
            self.set(RecordingState::Running);
        }
        Some(ear)
    }

    fn close(&mut self, ear: Ear, state: RecordingState) {
        ear.close(&mut self.voice);
        self.write();
        self.set(state);
    }

    /// Frames that still have a place.
    fn left(&self) -> u64 {
        self.most.saturating_sub(self.frames)
    }

    /// Measures and writes what was heard.
    fn write(&mut self) {
        let left = usize::try_from(self.left()).unwrap_or(usize::MAX);
        self.voice.truncate(left);
        self.loudness.push(&self.voice);
        if let Err(error) = self.encoder.push(&self.voice) {
            self.failure = Some(error);
        }
        self.frames += self.voice.len() as u64;
        self.voice.clear();
    }

    fn set(&mut self, state: RecordingState) {
        self.announced = self.frames;
        let now = Recording {
            state,
            length: time_of(self.frames, VOICE_RATE),
            level: match state {
                RecordingState::Running => self.loudness.meter(),
                RecordingState::Paused | RecordingState::Full | RecordingState::Failed(_) => 0,
            },
        };
        self.shown.set(now);
        (self.on_change)();
    }

    fn finish(self) -> Result<Recorded, RecordError> {
        if let Some(error) = self.failure {
            return Err(error.into());
        }
        let length = time_of(self.frames, VOICE_RATE);
        if length < MIN_LENGTH {
            return Err(RecordError::TooShort);
        }
        Ok(Recorded {
            bytes: self.encoder.finish()?,
            length,
            waveform: self.loudness.waveform(),
        })
    }
}
