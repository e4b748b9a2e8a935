//! Files that were made to keep a machine busy, built by hand, and files of no sense at all.
//!
//! None of these tests looks at a clock: what a file takes is counted in packets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use proptest::prelude::*;

use super::clip::{measure, measure_until};
use super::encode::{VOICE_RATE, VoiceEncoder};
use super::limit::Deadline;
use super::read::SoundReader;
use super::{AudioError, time_of};

/// Good and bad packets that may be read of a file with these bytes, with what is free in any case.
fn most_packets(file: &[u8]) -> u64 {
    file.len() as u64 + 1_000
}

/// Frames of the whole sound.
fn heard(reader: &mut SoundReader) -> Vec<f32> {
    let mut samples = Vec::new();
    while reader.read_on(&mut samples) {}
    samples
}

fn boxed(kind: &[u8; 4], parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).unwrap();
    [size.to_be_bytes().as_slice(), kind, &body].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// PCM with 16 bits, one channel, 8,000 frames a second: every frame is a sample of two bytes.
fn pcm_entry() -> Vec<u8> {
    let fields = numbers(&[0, 1, 0, 0, 0x0001_0010, 0, 8_000 << 16]);
    boxed(b"sowt", &[fields])
}

/// The other form of the entry, with 16 channels of 32 bits and so many frames in a packet.
fn large_pcm_entry(frames: u32) -> Vec<u8> {
    let before = numbers(&[0, 1, 2 << 16, 0, 0x0003_0010, 0xFFFE_0000, 0x0001_0000, 72]);
    let rate = 8_000_f64.to_be_bytes().to_vec();
    let after = numbers(&[16, 0x7F00_0000, 32, 0b1100, 64, frames]);
    boxed(b"lpcm", &[before, rate, after])
}

/// The head of an MPEG-4 whose track says of itself what `tables` hold.
fn film(entry: &[u8], tables: &[Vec<u8>], edits: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let entries = boxed(b"stsd", &[numbers(&[0, 1]), entry.to_vec()]);
    let table = boxed(b"stbl", &[&[entries], tables].concat());
    let media = [
        boxed(b"mdhd", &[numbers(&[0, 0, 0, 8_000, 0, 0])]),
        boxed(
            b"hdlr",
            &[numbers(&[0, 0]), b"soun".to_vec(), numbers(&[0, 0, 0, 0])],
        ),
        boxed(b"minf", &[table]),
    ];
    let track = [
        &[boxed(b"tkhd", &[numbers(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0])])],
        edits,
        &[boxed(b"mdia", &media)],
    ];
    let header = boxed(
        b"mvhd",
        &[numbers(&[0, 0, 0, 1_000, 0, 0x0001_0000, 0x0100_0000])],
    );
    let head = [&[header, boxed(b"trak", &track.concat())], more].concat();
    [boxed(b"ftyp", &[b"M4A \0\0\0\0".to_vec()]), boxed(b"moov", &head)].concat()
}

/// An MPEG-4 in pieces: one fragment with runs of so many samples of so many bytes each, and room
/// behind it.
fn fragmented(entry: &[u8], runs: &[(u32, u32)], room: usize) -> Vec<u8> {
    let none = [0, 0, 0].map(|_| numbers(&[0, 0]));
    let [times, chunks, places] = none;
    let tables = [
        boxed(b"stts", &[times]),
        boxed(b"stsc", &[chunks]),
        boxed(b"stsz", &[numbers(&[0, 0, 0])]),
        boxed(b"stco", &[places]),
    ];
    let extends = boxed(b"mvex", &[boxed(b"trex", &[numbers(&[0, 1, 1, 1, 0, 0])])]);
    let head = film(entry, &tables, &[], &[extends]);
    let fragment = |offset: u32| {
        let tracks = runs.iter().map(|(size, count)| {
            let (track, run) = (numbers(&[0x10, 1, *size]), numbers(&[1, *count, offset]));
            boxed(b"traf", &[boxed(b"tfhd", &[track]), boxed(b"trun", &[run])])
        });
        boxed(
            b"moof",
            &[
                &[boxed(b"mfhd", &[numbers(&[0, 1])])],
                &tracks.collect::<Vec<_>>()[..],
            ]
            .concat(),
        )
    };
    let offset = u32::try_from(fragment(0).len() + 8).unwrap();
    [head, fragment(offset), boxed(b"mdat", &[vec![1; room]])].concat()
}

/// An MPEG-4 in one piece: frames that count from one on, of which a part is to be heard.
fn counted(frames: u16, part: &[u32]) -> Vec<u8> {
    let count = u32::from(frames);
    let make = |place: u32| {
        let tables = [
            boxed(b"stts", &[numbers(&[0, 1, count, 1])]),
            boxed(b"stsc", &[numbers(&[0, 1, 1, count, 1])]),
            boxed(b"stsz", &[numbers(&[0, 2, count])]),
            boxed(b"stco", &[numbers(&[0, 1, place])]),
        ];
        let edits = boxed(b"edts", &[boxed(b"elst", &[numbers(part)])]);
        film(&pcm_entry(), &tables, &[edits], &[])
    };
    let place = u32::try_from(make(0).len() + 8).unwrap();
    let sound = (1..=frames).flat_map(u16::to_le_bytes).collect();
    [make(place), boxed(b"mdat", &[sound])].concat()
}

/// An element of Matroska.
fn element(id: &[u8], parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let size = 1_u64 << 56 | body.len() as u64;
    [id, &size.to_be_bytes(), &body].concat()
}

/// A WebM with PCM of 16 bits and one channel as its first track.
fn webm(seeks: &[Vec<u8>], blocks: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let head = element(
        &[0x1A, 0x45, 0xDF, 0xA3],
        &[element(&[0x42, 0x82], &[b"webm".to_vec()])],
    );
    let track = |number: u8| {
        let audio = [
            element(&[0xB5], &[8_000_f32.to_be_bytes().to_vec()]),
            element(&[0x9F], &[vec![1]]),
            element(&[0x62, 0x64], &[vec![16]]),
        ];
        let track = [
            element(&[0xD7], &[vec![number]]),
            element(&[0x73, 0xC5], &[vec![number]]),
            element(&[0x83], &[vec![2]]),
            element(&[0x86], &[b"A_PCM/INT/LIT".to_vec()]),
            element(&[0xE1], &audio),
        ];
        element(&[0xAE], &track)
    };
    let info = [
        element(&[0x2A, 0xD7, 0xB1], &[1_000_000_u32.to_be_bytes().to_vec()]),
        element(&[0x4D, 0x80], &[b"a".to_vec()]),
        element(&[0x57, 0x41], &[b"a".to_vec()]),
    ];
    let parts = [
        element(&[0x11, 0x4D, 0x9B, 0x74], seeks),
        element(&[0x15, 0x49, 0xA9, 0x66], &info),
        element(&[0x16, 0x54, 0xAE, 0x6B], &[track(1), track(2)]),
        element(
            &[0x1F, 0x43, 0xB6, 0x75],
            &[&[element(&[0xE7], &[vec![0]])], blocks].concat(),
        ),
    ];
    [
        head,
        element(&[0x18, 0x53, 0x80, 0x67], &[&parts[..], more].concat()),
    ]
    .concat()
}

fn block(track: u8, frames: &[u8]) -> Vec<u8> {
    element(&[0xA3], &[vec![0x80 | track, 0, 0, 0x80], frames.to_vec()])
}

/// A block with 256 frames of nothing.
fn empty_block(track: u8) -> Vec<u8> {
    element(&[0xA3], &[vec![0x80 | track, 0, 0, 0x84, 0xFF]])
}

fn voice() -> Vec<u8> {
    let mut encoder = VoiceEncoder::new().unwrap();
    encoder.push(&vec![0.25; VOICE_RATE as usize]).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_small_file_that_says_it_holds_four_billion_packets_is_damaged() {
    let file = fragmented(&pcm_entry(), &[(0, u32::MAX)], 0);
    assert!(file.len() < 700, "{}", file.len());
    assert_eq!(SoundReader::open(file.clone()).err(), Some(AudioError::Damaged));
    assert_eq!(measure(file), Err(AudioError::Damaged));
    let file = fragmented(&pcm_entry(), &[(2, 100), (0, u32::MAX)], 1_000);
    assert_eq!(measure(file), Err(AudioError::Damaged));
}

#[test]
fn packets_that_hold_nothing_end_a_sound_however_well_they_are_decoded() {
    let good = fragmented(&pcm_entry(), &[(2, 400)], 2_000);
    let mut reader = SoundReader::open(good).unwrap();
    assert_eq!((heard(&mut reader).len(), reader.packets()), (400, 400));
    // As many as the file has bytes, so that it could hold them.
    let empty = fragmented(&pcm_entry(), &[(0, 90_000)], 100_000);
    assert_eq!(SoundReader::open(empty).err(), Some(AudioError::Damaged));
    let blocks = [vec![block(1, &[1; 8])], vec![empty_block(1); 200]].concat();
    let mut reader = SoundReader::open(webm(&[], &blocks, &[])).unwrap();
    assert_eq!(heard(&mut reader).len(), 4);
    assert_eq!(reader.packets(), 1 + 51);
    assert!(!reader.is_out_of_time());
    // From any place.
    reader.seek(Duration::ZERO).unwrap();
    assert_eq!((heard(&mut reader).len(), reader.packets()), (4, 2 * 52));
}

#[test]
fn packets_of_another_track_are_not_more_than_a_file_can_hold() {
    let blocks = [
        vec![block(1, &[1; 8])],
        vec![empty_block(2); 2_000],
        vec![block(1, &[1; 8])],
    ]
    .concat();
    let file = webm(&[], &blocks, &[]);
    let most = most_packets(&file);
    assert!(most < 2_000 * 256);
    let mut reader = SoundReader::open(file).unwrap();
    assert_eq!(heard(&mut reader).len(), 4);
    assert_eq!(reader.packets(), most);
    reader.seek(Duration::from_secs(1)).unwrap();
    assert!(heard(&mut reader).is_empty());
    assert_eq!(reader.packets(), 2 * most);
}

#[test]
fn opening_does_not_read_the_same_bytes_again_and_again() {
    // A title of 60,000 bytes, which is pointed at from many places.
    let text = element(&[0x44, 0x87], &[vec![b'a'; 60_000]]);
    let title = element(
        &[0x67, 0xC8],
        &[element(&[0x45, 0xA3], &[b"TITLE".to_vec()]), text],
    );
    let tags = element(&[0x12, 0x54, 0xC3, 0x67], &[element(&[0x73, 0x73], &[title])]);
    let file = |count: usize| {
        let seeks = |place: usize| {
            let place = u32::try_from(place).unwrap().to_be_bytes().to_vec();
            let seek = [
                element(&[0x53, 0xAB], &[vec![0x12, 0x54, 0xC3, 0x67]]),
                element(&[0x53, 0xAC], &[place]),
            ];
            vec![element(&[0x4D, 0xBB], &seek); count]
        };
        let blocks = [block(1, &[1; 800])];
        let before = webm(&seeks(0), &blocks, &[]);
        let start = before
            .windows(4)
            .position(|id| id == [0x11, 0x4D, 0x9B, 0x74])
            .unwrap();
        webm(&seeks(before.len() - start), &blocks, std::slice::from_ref(&tags))
    };
    assert_eq!(heard(&mut SoundReader::open(file(3)).unwrap()).len(), 400);
    assert!(file(1_000).len() < 150_000);
    assert!(SoundReader::open(file(1_000)).is_err());
}

#[test]
fn a_packet_of_billions_of_frames_takes_no_memory_before_it_is_there() {
    let file = fragmented(&large_pcm_entry(u32::MAX), &[(64, 10)], 2_000);
    let mut reader = SoundReader::open(file).unwrap();
    assert_eq!(reader.channels(), 2);
    assert_eq!(heard(&mut reader).len(), 20);
}

#[test]
fn whoever_is_stopped_or_out_of_time_gives_up() {
    let passed = Deadline::after(Duration::ZERO);
    assert!(SoundReader::open_until(voice(), passed.clone()).is_err());
    assert!(measure_until(voice(), passed).is_err());
    let deadline = Deadline::never();
    let mut reader = SoundReader::open_until(voice(), deadline.clone()).unwrap();
    let packets = reader.packets();
    let mut samples = Vec::new();
    deadline.stop();
    // What is decoded already is given.
    assert!(reader.read_on(&mut samples) && !reader.read_on(&mut samples));
    assert!(reader.is_out_of_time() && reader.packets() == packets);
    let _ = reader.seek(Duration::ZERO);
    assert!(!reader.read_on(&mut samples));
}

#[test]
fn only_the_part_that_an_edit_list_names_is_heard() {
    let usual = 0x0001_0000;
    let value = |frame: u16| f32::from(frame) / 32_768.0;
    let mut whole = SoundReader::open(counted(8_000, &[0, 0])).unwrap();
    assert_eq!(whole.length(), Some(Duration::from_secs(1)));
    assert_eq!(heard(&mut whole).len(), 8_000);
    // From frame 1,024 on, half a second of it.
    let file = counted(8_000, &[0, 1, 500, 1_024, usual]);
    let mut part = SoundReader::open(file.clone()).unwrap();
    assert_eq!(part.length(), Some(Duration::from_millis(500)));
    let samples = heard(&mut part);
    assert_eq!((samples.len(), samples[0]), (4_000, value(1_025)));
    assert_eq!(measure(file).unwrap().length, Some(Duration::from_millis(500)));
    part.seek(Duration::from_millis(250)).unwrap();
    let samples = heard(&mut part);
    assert_eq!((samples.len(), samples[0]), (2_000, value(3_025)));
    part.seek(Duration::ZERO).unwrap();
    assert_eq!(heard(&mut part)[0], value(1_025));
    // To the end, and one that begins behind all of it.
    let mut rest = SoundReader::open(counted(8_000, &[0, 1, 0, 4_000, usual])).unwrap();
    assert_eq!(rest.length(), Some(Duration::from_millis(500)));
    assert_eq!(heard(&mut rest).len(), 4_000);
    assert!(SoundReader::open(counted(8_000, &[0, 1, 0, 9_000, usual])).is_err());
}

/// How files begin that are taken for sound.
const STARTS: [&[u8]; 9] = [
    b"",
    b"\0\0\0\x10ftypM4A \0\0\0\0",
    b"RIFF\xFF\xFF\xFF\x7FWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data",
    b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x02",
    b"\x1A\x45\xDF\xA3\x84\x42\x82\x81w\x18\x53\x80\x67\xFF",
    b"ID3\x04\0\0\0\0\0\x0A",
    b"\xFF\xFB\x90\x64",
    b"\xFF\xF1\x50\x80",
    b"fLaC\0\0\0\x22",
];

fn good_files() -> Vec<Vec<u8>> {
    let blocks = [block(1, &[1; 800]), block(2, &[1; 80]), block(1, &[2; 800])];
    vec![
        voice(),
        fragmented(&pcm_entry(), &[(2, 300), (2, 500)], 2_000),
        counted(3_000, &[0, 1, 300, 100, 0x0001_0000]),
        webm(&[], &blocks, &[]),
    ]
}

/// Whatever it is, it is read with no more packets than it can hold, and from any place.
fn is_within_limits(file: &[u8]) {
    if let Ok(clip) = measure(file.to_vec()) {
        assert!(matches!(clip.waveform.len(), 0 | 64));
    }
    let Ok(mut reader) = SoundReader::open(file.to_vec()) else {
        return;
    };
    assert!(matches!(reader.channels(), 1 | 2) && reader.rate() > 0);
    let mut frames = 0;
    let mut samples = Vec::new();
    // No longer than is measured: ten minutes of one file can be some thousand bytes.
    while reader.read_on(&mut samples) && time_of(frames, reader.rate()) < super::clip::MEASURED {
        assert_eq!(samples.len() % reader.channels(), 0);
        frames += (samples.len() / reader.channels()) as u64;
        samples.clear();
    }
    assert!(reader.packets() <= most_packets(file));
    if reader.seek(Duration::from_millis(20)).is_ok() {
        reader.read_on(&mut samples);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bytes_of_no_sense_never_panic_and_end(
        start in 0..STARTS.len(),
        rest in proptest::collection::vec(any::<u8>(), 0..4_000),
    ) {
        is_within_limits(&[STARTS[start], &rest].concat());
    }

    #[test]
    fn changed_files_never_panic_and_end(
        number in 0_usize..4,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..20),
        length in any::<proptest::sample::Index>(),
        is_whole in any::<bool>(),
    ) {
        let mut file = good_files().swap_remove(number);
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if !is_whole {
            file.truncate(length.index(file.len()));
        }
        is_within_limits(&file);
    }

    #[test]
    fn extreme_numbers_in_good_files_never_panic_and_end(
        number in 0_usize..4,
        places in proptest::collection::vec(any::<proptest::sample::Index>(), 1..4),
        value in prop::sample::select(vec![0_u32, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]),
    ) {
        let mut file = good_files().swap_remove(number);
        // Where a file describes itself.
        let head = file.len().min(600) - 4;
        for place in places {
            let place = place.index(head);
            file[place..place + 4].copy_from_slice(&value.to_be_bytes());
        }
        is_within_limits(&file);
    }
}
