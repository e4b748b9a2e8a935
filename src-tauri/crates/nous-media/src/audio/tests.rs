#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use super::device::{Microphone, OpenDevice, Speaker};
use super::encode::{VOICE_RATE, VoiceEncoder};
use super::level::BUCKETS;
use super::play::{PlayError, Playback, PlaybackState, Player};
use super::read::SoundReader;
use super::record::{RecordError, Recorder, RecordingState};
use super::ring::Ring;
use super::synthetic::{Nothing, Patch};
use super::*;

/// Longer than any of these tests may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn tone(frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / VOICE_RATE as f32).sin() * 0.5)
        .collect()
}

/// A voice message with a tone of so many seconds.
fn voice(length: usize) -> Vec<u8> {
    let mut encoder = VoiceEncoder::new().unwrap();
    encoder.push(&tone(length * VOICE_RATE as usize)).unwrap();
    encoder.finish().unwrap()
}

/// How often a sound comes from below zero to above it. What nobody hears does not count: the
/// filter of another rate rings on for a millisecond where a tone breaks off.
fn crossings(samples: &[f32]) -> usize {
    let (mut count, mut is_above) = (0, false);
    for sample in samples.iter().filter(|sample| sample.abs() > 0.02) {
        count += usize::from(*sample > 0.0 && !is_above);
        is_above = *sample > 0.0;
    }
    count
}

fn told() -> (OnChange, Receiver<()>) {
    let (tell, told) = sync_channel(1_000);
    let on_change = move || {
        let _ = tell.try_send(());
    };
    (Box::new(on_change), told)
}

#[test]
fn what_is_encoded_is_read_again_with_its_length_and_its_height() {
    let file = voice(3);
    // 48 kbit a second, and a frame or two around it.
    assert!((18_000..19_500).contains(&file.len()), "{}", file.len());
    let mut reader = SoundReader::open(file.clone()).unwrap();
    assert_eq!((reader.rate(), reader.channels()), (VOICE_RATE, 1));
    let mut samples = Vec::new();
    while reader.read_on(&mut samples) {}
    assert!((1_315..=1_325).contains(&crossings(&samples)));
    // No frame more than there was, though the encoder adds some at both ends.
    assert_eq!(samples.len(), 3 * VOICE_RATE as usize);
    assert_eq!(reader.length(), Some(seconds(3.0)));
    let clip = clip::measure(file).unwrap();
    assert_eq!(clip.length, Some(seconds(3.0)));
    assert_eq!(clip.waveform.len(), BUCKETS);
}

#[test]
fn reading_goes_on_from_another_place() {
    let mut reader = SoundReader::open(voice(4)).unwrap();
    reader.seek(seconds(3.0)).unwrap();
    let mut samples = Vec::new();
    while reader.read_on(&mut samples) {}
    assert_eq!(samples.len(), VOICE_RATE as usize);
    reader.seek(seconds(0.0)).unwrap();
    samples.clear();
    while reader.read_on(&mut samples) {}
    assert_eq!(samples.len(), 4 * VOICE_RATE as usize);
}

#[test]
fn what_is_no_sound_is_said_to_be_none() {
    for bytes in [b"".as_slice(), b"hello", &[0_u8; 5_000], b"RIFF\0\0\0\0WAVE"] {
        assert!(SoundReader::open(bytes.to_vec()).is_err());
        assert!(clip::measure(bytes.to_vec()).is_err());
    }
}

#[test]
fn changed_bytes_never_panic_nor_go_on_for_ever() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand::rngs::StdRng::seed_from_u64(3);
    let file = voice(1);
    for _ in 0..60 {
        let mut bytes = file.clone();
        for _ in 0..rng.random_range(1..20) {
            let place = rng.random_range(0..bytes.len());
            bytes[place] = rng.random();
        }
        bytes.truncate(rng.random_range(0..=bytes.len()));
        let _ = clip::measure(bytes);
    }
}

#[test]
fn a_recording_is_as_long_as_what_was_heard() {
    let microphone = Patch::new(48_000, 2);
    let (on_change, _told) = told();
    let recorder = Recorder::start(Arc::new(microphone.clone()), on_change).unwrap();
    assert!(microphone.is_open());
    assert_eq!(microphone.hear_tone(96_000, 0.5), 96_000);
    let recorded = recorder.finish().unwrap();
    assert_eq!(recorded.length, seconds(2.0));
    assert_eq!(recorded.waveform.len(), BUCKETS);
    assert!(!microphone.is_open());
    let mut samples = Vec::new();
    let mut reader = SoundReader::open(recorded.bytes).unwrap();
    while reader.read_on(&mut samples) {}
    assert!((875..=885).contains(&crossings(&samples)));
    assert_eq!(samples.len(), 2 * VOICE_RATE as usize);
}

#[test]
fn a_pause_closes_the_microphone_and_is_not_heard() {
    let microphone = Patch::new(32_000, 1);
    let (on_change, told) = told();
    let recorder = Recorder::start(Arc::new(microphone.clone()), on_change).unwrap();
    microphone.hear_tone(32_000, 0.5);
    recorder.pause().unwrap();
    while recorder.now().state != RecordingState::Paused {
        told.recv_timeout(PATIENCE).unwrap();
    }
    assert!(!microphone.is_open());
    assert_eq!(recorder.now().length, seconds(1.0));
    assert_eq!(recorder.now().level, 0);
    recorder.resume().unwrap();
    assert!(microphone.is_open());
    microphone.hear_tone(16_000, 0.5);
    assert_eq!(recorder.finish().unwrap().length, seconds(1.5));
}

#[test]
fn the_meter_shows_how_loud_it_is() {
    let microphone = Patch::new(32_000, 1);
    let (on_change, told) = told();
    let recorder = Recorder::start(Arc::new(microphone.clone()), on_change).unwrap();
    microphone.hear_tone(16_000, 0.9);
    while recorder.now().level == 0 {
        told.recv_timeout(PATIENCE).unwrap();
    }
    assert!(recorder.now().level > 80);
}

#[test]
fn what_is_shorter_than_a_second_is_no_voice_message() {
    let microphone = Patch::new(32_000, 1);
    let recorder = Recorder::start(Arc::new(microphone.clone()), Box::new(|| {})).unwrap();
    microphone.hear_tone(31_000, 0.5);
    assert_eq!(recorder.finish(), Err(RecordError::TooShort));
}

#[test]
fn a_recording_ends_by_itself_at_its_limit() {
    let microphone = Patch::new(32_000, 1);
    let (on_change, told) = told();
    let recorder = Recorder::start_within(Arc::new(microphone.clone()), on_change, seconds(2.0)).unwrap();
    microphone.hear_tone(96_000, 0.5);
    while recorder.now().state != RecordingState::Full {
        told.recv_timeout(PATIENCE).unwrap();
    }
    assert!(!microphone.is_open());
    assert_eq!(recorder.finish().unwrap().length, seconds(2.0));
}

#[test]
fn a_microphone_that_is_pulled_out_leaves_what_was_heard() {
    let microphone = Patch::new(32_000, 1);
    let (on_change, told) = told();
    let recorder = Recorder::start(Arc::new(microphone.clone()), on_change).unwrap();
    microphone.hear_tone(64_000, 0.5);
    microphone.fail();
    while recorder.now().state != RecordingState::Failed(DeviceError::Lost) {
        told.recv_timeout(PATIENCE).unwrap();
    }
    assert_eq!(recorder.finish().unwrap().length, seconds(2.0));
}

#[test]
fn without_a_device_there_is_an_error_that_says_so() {
    let nothing = Arc::new(Nothing(DeviceError::Missing));
    let recorder = Recorder::start(nothing.clone(), Box::new(|| {}));
    assert_eq!(recorder.err(), Some(RecordError::Device(DeviceError::Missing)));
    let play = |file| Player::start(nothing.clone(), file, Duration::ZERO, 1.0, Box::new(|| {}));
    assert_eq!(
        play(voice(1)).err(),
        Some(PlayError::Device(DeviceError::Missing))
    );
    assert!(matches!(play(b"hello".to_vec()).err(), Some(PlayError::Audio(_))));
}

/// A driver on a machine without any sound.
struct Panics;

impl Microphone for Panics {
    fn open(&self, _: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        panic!("no sound is set up");
    }
}

impl Speaker for Panics {
    fn open(&self, _: Arc<Ring>) -> Result<OpenDevice, DeviceError> {
        panic!("no sound is set up");
    }
}

#[test]
fn a_driver_that_panics_is_a_device_that_is_missing() {
    let recorder = Recorder::start(Arc::new(Panics), Box::new(|| {}));
    assert_eq!(recorder.err(), Some(RecordError::Device(DeviceError::Missing)));
    let player = Player::start(Arc::new(Panics), voice(1), Duration::ZERO, 1.0, Box::new(|| {}));
    assert_eq!(player.err(), Some(PlayError::Device(DeviceError::Missing)));
}

/// Speaks until the player has come to a state; what was heard, one channel of it.
fn heard_until(speaker: &Patch, player: &Player, is_it: impl Fn(&Playback) -> bool) -> Vec<f32> {
    let mut heard = Vec::new();
    while !is_it(&player.now()) {
        heard.extend(speaker.speak(480));
        std::thread::yield_now();
    }
    heard.chunks_exact(2).map(|frame| frame[0]).collect()
}

fn has_ended(now: &Playback) -> bool {
    now.state == PlaybackState::Ended
}

#[test]
fn a_sound_plays_to_its_end_and_closes_the_loudspeaker() {
    let speaker = Patch::new(48_000, 2);
    let start = |speed| {
        let speaker = Arc::new(speaker.clone());
        Player::start(speaker, voice(2), Duration::ZERO, speed, Box::new(|| {})).unwrap()
    };
    let player = start(1.0);
    let heard = heard_until(&speaker, &player, has_ended);
    assert!((875..=885).contains(&crossings(&heard)), "{}", crossings(&heard));
    assert!(!speaker.is_open());
    // Two seconds, and a quarter of silence for the device.
    assert_eq!(heard.len(), 96_000 + 12_000);
    let twice = start(2.0);
    let heard = heard_until(&speaker, &twice, has_ended);
    assert!((58_000..=63_000).contains(&heard.len()), "{}", heard.len());
    // Half as long, and as high.
    assert!((415..=465).contains(&crossings(&heard)), "{}", crossings(&heard));
}

#[test]
fn a_pause_keeps_the_place_and_a_place_can_be_gone_to() {
    let speaker = Patch::new(48_000, 2);
    let (on_change, told) = told();
    let player = Player::start(
        Arc::new(speaker.clone()),
        voice(4),
        Duration::ZERO,
        1.0,
        on_change,
    )
    .unwrap();
    let heard = heard_until(&speaker, &player, |now| now.position >= seconds(1.0));
    player.pause().unwrap();
    while player.now().state != PlaybackState::Paused {
        told.recv_timeout(PATIENCE).unwrap();
    }
    assert!(!speaker.is_open());
    // This device takes samples as fast as they come, so the place is somewhere behind that.
    assert_eq!(player.now().position, time_of(heard.len() as u64, 48_000));
    player.seek(seconds(3.0)).unwrap();
    player.resume().unwrap();
    assert!(speaker.is_open());
    assert!(player.now().position >= seconds(3.0));
    let rest = heard_until(&speaker, &player, has_ended);
    assert!((435..=445).contains(&crossings(&rest)), "{}", crossings(&rest));
    player.resume().unwrap();
    assert!(player.now().position < seconds(0.5), "again from the beginning");
}

#[test]
fn a_loudspeaker_that_is_pulled_out_is_an_error_and_the_sound_can_go_on() {
    let speaker = Patch::new(48_000, 2);
    let (on_change, told) = told();
    let player = Player::start(Arc::new(speaker.clone()), voice(2), seconds(0.5), 1.0, on_change).unwrap();
    speaker.fail();
    while player.now().state != PlaybackState::Failed(DeviceError::Lost) {
        told.recv_timeout(PATIENCE).unwrap();
    }
    player.resume().unwrap();
    assert_eq!(player.now().state, PlaybackState::Playing);
    heard_until(&speaker, &player, has_ended);
}
