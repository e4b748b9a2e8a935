//! Playing: a thread that has the loudspeaker and decodes ahead of it.
//!
//! The loudspeaker is open only while it plays: a pause closes it. What was played is the number
//! of samples that the device took, so no clock is needed. Whoever watches is told ten times a
//! second of sound, and when something changes.
//!
//! Source: `product.md` §13.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::device::{OpenDevice, Speaker, StreamShape};
use super::limit::Deadline;
use super::owner::{self, Orders, Owner, Shown};
use super::read::SoundReader;
use super::resample::{Converter, spread};
use super::ring::Ring;
use super::stretch::{SPEEDS, Stretch};
use super::{AudioError, DeviceError, OnChange, frames_in, time_of};

/// How long the ring is filled before whoever orders something is heard: a file may be slow.
const FILLING: Duration = Duration::from_millis(200);
/// How far is decoded ahead.
const AHEAD: Duration = Duration::from_millis(500);
/// Silence at the end, so that the device speaks the last word before it is closed.
const TAIL: Duration = Duration::from_millis(250);
/// Samples that have a place: more than is decoded ahead on any device.
const RING: usize = 8 * 96_000;

/// Why nothing plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// The loudspeaker.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The file.
    #[error(transparent)]
    Audio(#[from] AudioError),
}

/// What a player does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaybackState {
    /// It is heard.
    Playing,
    /// It waits at its place, with the loudspeaker closed.
    Paused,
    /// It was heard to its end.
    Ended,
    /// The loudspeaker is gone; it can be asked to go on.
    Failed(DeviceError),
}

/// How a player stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Playback {
    /// What it does.
    pub state: PlaybackState,
    /// Where it is.
    pub position: Duration,
    /// How long the sound is, if its container says so.
    pub length: Option<Duration>,
    /// How fast it goes, 1 to 2.
    pub speed: f64,
}

enum Command {
    Pause,
    Resume(SyncSender<Result<(), DeviceError>>),
    Seek(Duration),
    Speed(f64),
}

/// A sound that plays. Dropping it ends it.
pub struct Player {
    commands: Orders<Command>,
    shown: Shown<Playback>,
    deadline: Deadline,
}

impl Drop for Player {
    /// Nobody hears what is still decoded.
    fn drop(&mut self) {
        self.deadline.stop();
    }
}

impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Player(…)")
    }
}

impl Player {
    /// Opens the loudspeaker and begins at a place of the sound. Waits until it is open.
    ///
    /// # Errors
    /// [`PlayError`].
    pub fn start(
        speaker: Arc<dyn Speaker>,
        file: Vec<u8>,
        from: Duration,
        speed: f64,
        on_change: OnChange,
    ) -> Result<Self, PlayError> {
        let deadline = Deadline::never();
        let reader = SoundReader::open_until(file, deadline.clone())?;
        let shown = Shown::new(Playback {
            state: PlaybackState::Playing,
            position: from,
            length: reader.length(),
            speed: within(speed),
        });
        let work = Work {
            speaker,
            on_change,
            shown: shown.clone(),
            speed: within(speed),
            base: from,
            source: Source::new(reader),
        };
        let commands = owner::begin(work)?;
        Ok(Self {
            commands,
            shown,
            deadline,
        })
    }

    /// How it stands.
    #[must_use]
    pub fn now(&self) -> Playback {
        self.shown.now()
    }

    /// Closes the loudspeaker and keeps the place.
    ///
    /// # Errors
    /// [`DeviceError::Failed`] if the thread is gone.
    pub fn pause(&self) -> Result<(), DeviceError> {
        self.commands.give(Command::Pause)
    }

    /// Goes on, from the beginning if it was heard to its end. Waits until the loudspeaker is
    /// open.
    ///
    /// # Errors
    /// [`DeviceError`]: it stays where it is.
    pub fn resume(&self) -> Result<(), DeviceError> {
        self.commands.ask(Command::Resume)
    }

    /// Goes to another place, playing or not.
    ///
    /// # Errors
    /// [`DeviceError::Failed`] if the thread is gone.
    pub fn seek(&self, to: Duration) -> Result<(), DeviceError> {
        self.commands.give(Command::Seek(to))
    }

    /// Goes faster or slower: 1 to 2.
    ///
    /// # Errors
    /// [`DeviceError::Failed`] if the thread is gone.
    pub fn set_speed(&self, speed: f64) -> Result<(), DeviceError> {
        self.commands.give(Command::Speed(speed))
    }
}

fn within(speed: f64) -> f64 {
    if speed.is_finite() {
        speed.clamp(*SPEEDS.start(), *SPEEDS.end())
    } else {
        *SPEEDS.start()
    }
}

/// The file, on its way to the shape of a device.
struct Source {
    reader: SoundReader,
    way: Option<(Stretch, Converter)>,
    read: Vec<f32>,
    stretched: Vec<f32>,
    /// Frames that found no place in the ring yet.
    ready: Vec<f32>,
}

impl Source {
    fn new(reader: SoundReader) -> Self {
        Self {
            reader,
            way: None,
            read: Vec::new(),
            stretched: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// Begins anew from a place, for a device with this rate.
    fn begin(&mut self, from: Duration, speed: f64, rate: u32) -> Result<(), DeviceError> {
        let (own, channels) = (self.reader.rate(), self.reader.channels());
        let converter = Converter::new(own, rate, channels).ok_or(DeviceError::Failed)?;
        self.ready.clear();
        // A file that does not let itself be read from there is at its end.
        self.way = self
            .reader
            .seek(from)
            .ok()
            .map(|()| (Stretch::new(own, channels, speed), converter));
        Ok(())
    }

    fn has_ended(&self) -> bool {
        self.way.is_none() && self.ready.is_empty()
    }

    /// Decodes one packet further.
    fn step(&mut self, rate: u32) {
        let Some((stretch, converter)) = &mut self.way else {
            return;
        };
        self.read.clear();
        self.stretched.clear();
        if self.reader.read_on(&mut self.read) {
            stretch.push(&self.read, &mut self.stretched);
            converter.push(&self.stretched, &mut self.ready);
            return;
        }
        let Some((mut stretch, mut converter)) = self.way.take() else {
            return;
        };
        let channels = self.reader.channels();
        // What does not fill a piece is pushed out by silence.
        self.read.resize(stretch.rest() * channels, 0.0);
        stretch.push(&self.read, &mut self.stretched);
        stretch.finish(&mut self.stretched);
        converter.push(&self.stretched, &mut self.ready);
        converter.finish(&mut self.ready);
        let silence = usize::try_from(frames_in(TAIL, rate)).unwrap_or(0) * channels;
        self.ready.resize(self.ready.len() + silence, 0.0);
    }
}

/// The open loudspeaker. It stays on the thread.
struct Mouth {
    device: OpenDevice,
    ring: Arc<Ring>,
    /// Samples that had been put in when the place was set.
    base: u64,
    /// Samples that had been played when the watcher was told last.
    announced: u64,
}

impl Mouth {
    fn shape(&self) -> StreamShape {
        self.device.shape
    }

    /// How long the device has spoken since the place was set.
    fn spoken(&self) -> Duration {
        let samples = self.ring.read().saturating_sub(self.base);
        time_of(samples / self.shape().channels as u64, self.shape().rate)
    }

    fn fill(&self, source: &mut Source) {
        let StreamShape { rate, channels } = self.shape();
        let ahead = frames_in(AHEAD, rate) * channels as u64;
        // A machine that decodes more slowly than it plays must still hear what it is told.
        let most = self.ring.written() + ahead;
        let turn = Deadline::after(FILLING);
        while self.ring.written() < (self.ring.read() + ahead).min(most) {
            if source.ready.is_empty() {
                if source.has_ended() || turn.has_passed() {
                    return;
                }
                source.step(rate);
                continue;
            }
            let width = source.reader.channels();
            let frames = (self.ring.free() / channels).min(source.ready.len() / width);
            if frames == 0 {
                return;
            }
            for frame in source.ready.chunks_exact(width).take(frames) {
                for sample in spread(frame, channels) {
                    self.ring.push(sample);
                }
            }
            source.ready.drain(..frames * width);
        }
    }

    fn is_silent(&self) -> bool {
        self.ring.read() >= self.ring.written()
    }
}

/// What the thread has beside the loudspeaker.
struct Work {
    speaker: Arc<dyn Speaker>,
    on_change: OnChange,
    shown: Shown<Playback>,
    speed: f64,
    /// The place that was set last.
    base: Duration,
    source: Source,
}

impl Owner for Work {
    const NAME: &'static str = "playing";
    type Order = Command;
    type Open = Mouth;

    fn open(&mut self) -> Result<Mouth, DeviceError> {
        let (device, ring) = owner::open(RING, |ring| self.speaker.open(ring))?;
        self.source.begin(self.base, self.speed, device.shape.rate)?;
        Ok(Mouth {
            device,
            ring,
            base: 0,
            announced: 0,
        })
    }

    fn run(mut self, mouth: Mouth, orders: &Receiver<Command>) {
        let mut mouth = Some(mouth);
        loop {
            if let Some(mouth) = &mouth {
                mouth.fill(&mut self.source);
            }
            let order = owner::next(orders, mouth.is_some());
            match order {
                Ok(Command::Pause) => {
                    if let Some(mouth) = mouth.take() {
                        self.base = self.position(Some(&mouth));
                        self.close(mouth, PlaybackState::Paused);
                    }
                }
                Ok(Command::Resume(answer)) => {
                    let _ = answer.send(self.resume(&mut mouth));
                }
                Ok(Command::Seek(to)) => self.go(to, &mut mouth),
                Ok(Command::Speed(speed)) => {
                    self.speed = within(speed);
                    let here = self.position(mouth.as_ref());
                    self.go(here, &mut mouth);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            mouth = mouth.and_then(|mouth| self.look(mouth));
        }
    }
}

impl Work {
    /// Where the sound is.
    fn position(&self, mouth: Option<&Mouth>) -> Duration {
        let spoken = mouth.map_or(Duration::ZERO, Mouth::spoken).mul_f64(self.speed);
        let here = self.base + spoken;
        self.source
            .reader
            .length()
            .map_or(here, |length| here.min(length))
    }

    fn resume(&mut self, mouth: &mut Option<Mouth>) -> Result<(), DeviceError> {
        if mouth.is_some() {
            return Ok(());
        }
        if self.state() == PlaybackState::Ended {
            self.base = Duration::ZERO;
        }
        *mouth = Some(self.open()?);
        self.set(PlaybackState::Playing, mouth.as_ref());
        Ok(())
    }

    fn go(&mut self, to: Duration, mouth: &mut Option<Mouth>) {
        self.base = to;
        let Some(open) = mouth else {
            // Whoever goes to a place after the end wants to hear what is there.
            let state = match self.state() {
                PlaybackState::Ended => PlaybackState::Paused,
                other => other,
            };
            self.set(state, None);
            return;
        };
        open.ring.discard();
        open.base = open.ring.written();
        let state = match self.source.begin(to, self.speed, open.shape().rate) {
            Ok(()) => PlaybackState::Playing,
            Err(error) => PlaybackState::Failed(error),
        };
        if state != PlaybackState::Playing {
            *mouth = None;
        }
        self.set(state, mouth.as_ref());
    }

    /// Looks at what became of the device; it comes back unless it is not needed any more.
    fn look(&mut self, mut mouth: Mouth) -> Option<Mouth> {
        if let Some(error) = mouth.device.trouble.reported() {
            self.base = self.position(Some(&mouth));
            self.close(mouth, PlaybackState::Failed(error));
            return None;
        }
        if self.source.has_ended() && mouth.is_silent() {
            self.base = self.source.reader.length().unwrap_or_else(|| {
                let spoken = mouth.spoken().saturating_sub(TAIL);
                self.base + spoken.mul_f64(self.speed)
            });
            self.close(mouth, PlaybackState::Ended);
            return None;
        }
        let step = u64::from(mouth.shape().rate / 10) * mouth.shape().channels as u64;
        if mouth.ring.read().saturating_sub(mouth.announced) >= step {
            mouth.announced = mouth.ring.read();
            self.set(PlaybackState::Playing, Some(&mouth));
        }
        Some(mouth)
    }

    /// Whoever is told that it does not play may count on a closed loudspeaker.
    fn close(&self, mouth: Mouth, state: PlaybackState) {
        drop(mouth);
        self.set(state, None);
    }

    fn state(&self) -> PlaybackState {
        self.shown.now().state
    }

    fn set(&self, state: PlaybackState, mouth: Option<&Mouth>) {
        let now = Playback {
            state,
            position: self.position(mouth),
            length: self.source.reader.length(),
            speed: self.speed,
        };
        self.shown.set(now);
        (self.on_change)();
    }
}
