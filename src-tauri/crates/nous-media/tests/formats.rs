//! Voice messages of other programs: files that ffmpeg makes while the test runs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nous_media::audio::clip;
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
fn tone(folder: &Path, name: &str, coder: &[&str]) -> Vec<u8> {
    let file = folder.join(name);
    let made = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:duration=3",
        ])
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

fn crossings(samples: &[f32], channels: usize) -> usize {
    let first: Vec<f32> = samples.iter().copied().step_by(channels).collect();
    first
        .windows(2)
        .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
        .count()
}

/// Name, what makes it, what it is.
const KINDS: [(&str, &[&str], Format); 8] = [
    ("phone.m4a", &["-c:a", "aac", "-ar", "44100"], Format::M4a),
    ("desktop.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"], Format::Mp3),
    (
        "variable.mp3",
        &["-c:a", "libmp3lame", "-q:a", "4", "-metadata", "title=x"],
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
        let file = tone(folder.path(), name, coder);
        assert_eq!(sniff::format(&file), format, "{name}");
        let clip = clip::measure(file.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let length = clip.length.unwrap();
        let apart = length.abs_diff(Duration::from_secs(3));
        assert!(apart < Duration::from_millis(120), "{name}: {length:?}");
        assert_eq!(clip.waveform.len(), 64, "{name}");
        assert!(clip.waveform[5..59].iter().all(|pillar| *pillar > 200), "{name}");
        let mut reader = SoundReader::open(file).unwrap();
        let mut samples = Vec::new();
        while reader.read_on(&mut samples) {}
        let height = crossings(&samples, reader.channels());
        assert!((1_300..=1_345).contains(&height), "{name}: {height}");
    }
}

#[test]
fn files_of_other_programs_play_from_any_place() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, coder, _) in KINDS {
        let mut reader = SoundReader::open(tone(folder.path(), name, coder)).unwrap();
        for (from, left) in [(2_000, 1_000), (500, 2_500)] {
            reader.seek(Duration::from_millis(from)).unwrap();
            let mut samples = Vec::new();
            while reader.read_on(&mut samples) {}
            let frames = u64::try_from(samples.len() / reader.channels()).unwrap();
            let found = Duration::from_millis(frames * 1_000 / u64::from(reader.rate()));
            let apart = found.abs_diff(Duration::from_millis(left));
            assert!(
                apart < Duration::from_millis(250),
                "{name} from {from}: {found:?}"
            );
        }
    }
}

#[test]
fn files_that_are_cut_off_end_early_and_nothing_else() {
    if !has_ffmpeg() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, coder, _) in KINDS {
        let file = tone(folder.path(), name, coder);
        for part in [2, 3, 10, 50] {
            // It may be no sound any more; it may not be longer than it was.
            if let Ok(clip) = clip::measure(file[..file.len() / part].to_vec()) {
                let most = Duration::from_millis(3_200);
                assert!(clip.length.is_none_or(|length| length < most), "{name}");
            }
        }
    }
}
