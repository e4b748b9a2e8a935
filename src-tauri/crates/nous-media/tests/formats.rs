//! Voice messages of other programs: files that ffmpeg makes while the test runs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nous_media::audio::clip;
use nous_media::audio::encode::{VOICE_RATE, VoiceEncoder};
use nous_media::audio::read::SoundReader;
use nous_media::sniff::{self, Format};

/// Whether there is one; the set-up of this repository installs it, so a test run must have it.
fn has_ffmpeg() -> bool {
    let found = Command::new("ffmpeg").arg("-version").output().is_ok();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "ffmpeg is missing: cargo xtask test installs it"
    );
    if !found {
        eprintln!("left out: no ffmpeg here");
    }
    found
}

/// Three seconds of a tone of 440 Hz.
const TONE: &str = "sine=frequency=440:duration=3";
/// Eight seconds of a tone that rises, so that no place sounds like another.
const RISING: &str = "aevalsrc=0.5*sin(2*PI*(200*t+50*t*t)):d=8:s=44100";

fn made(folder: &Path, name: &str, sound: &str, coder: &[&str]) -> Vec<u8> {
    let file = folder.join(name);
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", sound])
        .args(coder)
        .arg(&file)
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    std::fs::read(file).unwrap()
}

/// How often a sound comes from below zero to above it, without what nobody hears: an MP3 file
/// that does not say where its sound begins has some noise of the encoder at both ends.
fn crossings(samples: &[f32], channels: usize) -> usize {
    let first = samples.iter().step_by(channels);
    let (mut count, mut is_above) = (0, false);
    for sample in first.filter(|sample| sample.abs() > 0.01) {
        count += usize::from(*sample > 0.0 && !is_above);
        is_above = *sample > 0.0;
    }
    count
}

/// Name, what makes it, what it is.
const KINDS: [(&str, &[&str], Format); 11] = [
    ("phone.m4a", &["-c:a", "aac", "-ar", "44100"], Format::M4a),
    (
        "pieces.m4a",
        &[
            "-c:a",
            "aac",
            "-movflags",
            "frag_keyframe+empty_moov",
            "-frag_duration",
            "500000",
        ],
        Format::M4a,
    ),
    ("plain.aac", &["-c:a", "aac"], Format::Aac),
    ("desktop.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"], Format::Mp3),
    (
        "variable.mp3",
        &["-c:a", "libmp3lame", "-q:a", "4", "-metadata", "title=x"],
        Format::Mp3,
    ),
    (
        "untagged.mp3",
        &["-c:a", "libmp3lame", "-b:a", "48k", "-write_xing", "0"],
        Format::Mp3,
    ),
    ("opus.ogg", &["-c:a", "libopus", "-b:a", "24k"], Format::Ogg),
    ("stereo.ogg", &["-c:a", "libopus", "-ac", "2"], Format::Ogg),
    ("vorbis.ogg", &["-c:a", "libvorbis"], Format::Ogg),
    ("opus.webm", &["-c:a", "libopus"], Format::WebM),
    ("plain.wav", &["-c:a", "pcm_s16le"], Format::Wav),
];

#[test]
fn files_of_other_programs_have_their_length_their_height_and_a_waveform() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, coder, format) in KINDS {
        let file = made(folder.path(), name, TONE, coder);
        assert_eq!(sniff::format(&file), format, "{name}");
        let clip = clip::measure(file.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let length = clip.length.unwrap();
        let apart = length.abs_diff(Duration::from_secs(3));
        assert!(apart < Duration::from_millis(120), "{name}: {length:?}");
        assert_eq!(clip.waveform.len(), 64, "{name}");
        assert!(clip.waveform[5..59].iter().all(|pillar| *pillar > 200), "{name}");
        let mut reader = SoundReader::open(file).unwrap();
        // What a container does not know is not known: nought would end a sound before it began.
        if let Some(said) = reader.length() {
            assert!(
                said.abs_diff(length) < Duration::from_millis(120),
                "{name}: {said:?}"
            );
        }
        let samples = rest(&mut reader);
        let height = crossings(&samples, reader.channels());
        assert!((1_310..=1_330).contains(&height), "{name}: {height}");
    }
}

fn rest(reader: &mut SoundReader) -> Vec<f32> {
    let mut samples = Vec::new();
    while reader.read_on(&mut samples) {}
    samples
}

#[test]
fn what_an_encoder_of_m4a_puts_before_and_behind_a_sound_is_not_heard() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let loud = "aevalsrc=0.5*sin(2*PI*440*t):d=3:s=44100";
    for (name, coder) in [
        ("phone.m4a", &["-c:a", "aac"][..]),
        ("film.mov", &["-c:a", "aac"]),
    ] {
        let file = made(folder.path(), name, loud, coder);
        assert_eq!(
            clip::measure(file.clone()).unwrap().length,
            Some(Duration::from_secs(3))
        );
        let mut reader = SoundReader::open(file).unwrap();
        assert_eq!(reader.length(), Some(Duration::from_secs(3)));
        let samples = rest(&mut reader);
        assert_eq!(samples.len(), 3 * 44_100, "{name}");
        // It is as loud at once, and to its end.
        let is_loud = |part: &[f32]| part.iter().any(|sample| sample.abs() > 0.3);
        assert!(
            is_loud(&samples[..100]) && is_loud(&samples[samples.len() - 100..]),
            "{name}"
        );
        reader.seek(Duration::from_secs(2)).unwrap();
        assert_eq!(rest(&mut reader).len(), 44_100, "{name}");
    }
}

#[test]
fn files_of_other_programs_play_from_any_place() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, coder, _) in KINDS {
        let mut reader = SoundReader::open(made(folder.path(), name, RISING, coder)).unwrap();
        let whole = rest(&mut reader);
        let per_second = usize::try_from(reader.rate()).unwrap() * reader.channels();
        // Each time from the end of the file, and the last place is behind it.
        for from in [7_000, 500, 0, 2_345, 7_900, 60_000] {
            reader
                .seek(Duration::from_millis(u64::try_from(from).unwrap()))
                .unwrap();
            let heard = rest(&mut reader);
            // WebM knows no time between two milliseconds.
            let expected = whole.len().saturating_sub(from * per_second / 1_000);
            assert!(
                heard.len().abs_diff(expected) <= per_second / 500,
                "{name} from {from}: {} and not {expected}",
                heard.len()
            );
            let same = &whole[whole.len() - heard.len()..];
            let apart = heard.iter().zip(same).map(|(heard, same)| (heard - same).abs());
            let most = apart.fold(0.0, f32::max);
            assert!(most < 0.02, "{name} from {from}: {most} apart");
        }
    }
}

#[test]
fn other_programs_read_a_voice_message_as_long_as_it_was() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("voice.mp3");
    let spoken: Vec<f32> = (0..3 * VOICE_RATE)
        .map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / VOICE_RATE as f32).sin() * 0.5)
        .collect();
    let mut encoder = VoiceEncoder::new().unwrap();
    encoder.push(&spoken).unwrap();
    std::fs::write(&file, encoder.finish().unwrap()).unwrap();
    let read = Command::new("ffmpeg")
        .arg("-i")
        .arg(&file)
        .args(["-f", "f32le", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(said.contains("mp3"), "{said}");
    assert!(said.contains("32000 Hz, mono"), "{said}");
    assert!(said.contains("48 kb/s"), "{said}");
    let heard: Vec<f32> = read
        .stdout
        .chunks_exact(4)
        .map(|sample| f32::from_le_bytes(sample.try_into().unwrap()))
        .collect();
    assert_eq!(heard.len(), spoken.len());
    assert!((1_318..=1_322).contains(&crossings(&heard, 1)));
}

#[test]
fn files_that_are_cut_off_end_early_and_nothing_else() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, coder, _) in KINDS {
        let file = made(folder.path(), name, TONE, coder);
        for part in [2, 3, 10, 50] {
            // It may be no sound any more; it may not be longer than it was.
            if let Ok(clip) = clip::measure(file[..file.len() / part].to_vec()) {
                let most = Duration::from_millis(3_200);
                assert!(clip.length.is_none_or(|length| length < most), "{name}");
            }
        }
    }
}
