use nous_media::audio::read::SoundReader;
use std::time::Duration;
#[test]
fn probe() {
    let kinds: [(&str, &[&str]); 11] = [
        ("phone.m4a", &["-c:a", "aac", "-ar", "44100"]),
        (
            "frag.m4a",
            &[
                "-c:a",
                "aac",
                "-ar",
                "44100",
                "-movflags",
                "frag_keyframe+empty_moov",
                "-frag_duration",
                "500000",
            ],
        ),
        ("adts.aac", &["-c:a", "aac", "-ar", "44100"]),
        ("desktop.mp3", &["-c:a", "libmp3lame", "-b:a", "64k"]),
        (
            "variable.mp3",
            &["-c:a", "libmp3lame", "-q:a", "4", "-metadata", "title=x"],
        ),
        (
            "untagged.mp3",
            &[
                "-c:a",
                "libmp3lame",
                "-b:a",
                "48k",
                "-ar",
                "32000",
                "-write_xing",
                "0",
            ],
        ),
        ("opus.ogg", &["-c:a", "libopus", "-b:a", "160k"]),
        ("vorbis.ogg", &["-c:a", "libvorbis", "-q:a", "9"]),
        ("opus.webm", &["-c:a", "libopus"]),
        ("vorbis.webm", &["-c:a", "libvorbis"]),
        ("plain.wav", &["-c:a", "pcm_s16le"]),
    ];
    for (name, coder) in kinds {
        let out = format!("/tmp/probe_{name}");
        let st = std::process::Command::new("ffmpeg")
            .args([
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "aevalsrc=0.5*sin(2*PI*(200*t+15*t*t)):d=90:s=44100",
            ])
            .args(coder)
            .arg(&out)
            .status()
            .unwrap();
        assert!(st.success());
        let file = std::fs::read(&out).unwrap();
        let Ok(mut r) = SoundReader::open(file.clone()) else {
            println!("{name}: cannot");
            continue;
        };
        let mut all = Vec::new();
        while r.read_on(&mut all) {}
        let ch = r.channels();
        let all: Vec<f32> = all.iter().step_by(ch).copied().collect();
        print!(
            "{name} len {:?} rate {} frames {} = {:.4}s:",
            r.length(),
            r.rate(),
            all.len(),
            all.len() as f64 / r.rate() as f64
        );
        for ms in [0u64, 400, 3000, 13333, 45000, 88000, 89500] {
            let mut r = SoundReader::open(file.clone()).unwrap();
            if let Err(e) = r.seek(Duration::from_millis(ms)) {
                print!(" [{ms}: {e}]");
                continue;
            }
            let mut s = Vec::new();
            while r.read_on(&mut s) {}
            let s: Vec<f32> = s.iter().step_by(ch).copied().collect();
            let want = ms as i64 * r.rate() as i64 / 1000;
            // compare 40 ms that begin 100 ms... of what was read
            let from = (r.rate() / 50) as usize;
            let n = (r.rate() / 20) as usize;
            if s.len() < from + n {
                print!(" [{ms}: short {}]", s.len());
                continue;
            }
            let mut best = (f32::MAX, 0i64);
            for off in -4000i64..4000 {
                let a = want + off + from as i64;
                if a < 0 || a as usize + n > all.len() {
                    continue;
                }
                let e: f32 = (0..n).map(|i| (all[a as usize + i] - s[from + i]).powi(2)).sum();
                if e < best.0 {
                    best = (e, off);
                }
            }
            print!(
                " [{ms}: off {} err {:.5} tail {}]",
                best.1,
                best.0,
                (want + best.1 + s.len() as i64) - all.len() as i64
            );
        }
        println!();
    }
}
