//! What is looked at in a file of MPEG-4 before its demuxer reads on: whether it can hold the
//! samples and tracks that it says, and which part of a track is to be heard.
//!
//! The demuxer counts through what a fragment says that it holds, believes any number, and keeps
//! a note for every track of every fragment. It passes the edit list by.
//!
//! Source: ISO/IEC 14496-12, sections 4.2, 8.6.6, 8.8.8.

use std::time::Duration;

use super::AudioError;

/// A film with sound in every language has fewer.
const MOST_TRACKS: usize = 64;
/// Notes that a demuxer keeps, one for every track of every fragment.
const MOST_NOTES: usize = 1 << 20;
/// The usual speed, as an edit list writes it.
const USUAL_RATE: u32 = 0x0001_0000;

/// What is to be heard of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// Where it begins, in the time base of the track.
    pub(super) start: u32,
    /// How long it is; `None`: to the end.
    pub(super) length: Option<Duration>,
}

/// The parts of each track that are to be heard.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    edits: Vec<(u32, Edit)>,
}

impl Outline {
    pub(super) fn edit_of(&self, track: u32) -> Option<Edit> {
        let mut edits = self.edits.iter().rev();
        edits.find_map(|(number, edit)| (*number == track).then_some(*edit))
    }
}

/// Looks at a file; `None`: it is no MPEG-4.
///
/// # Errors
/// [`AudioError::Damaged`] if it says that it holds more than it can.
pub(super) fn outline(file: &[u8]) -> Result<Option<Outline>, AudioError> {
    if file.get(4..8) != Some(b"ftyp".as_slice()) {
        return Ok(None);
    }
    let mut outline = Outline::default();
    let (mut tracks, mut fragments, mut samples) = (0_usize, 0, 0_u64);
    for (kind, body) in Boxes(file) {
        match &kind {
            b"moov" => {
                tracks += Boxes(body)
                    .filter(|(kind, _)| matches!(kind, b"trak" | b"trex"))
                    .count();
                if tracks > 2 * MOST_TRACKS {
                    return Err(AudioError::Damaged);
                }
                outline.edits.extend(edits(body));
            }
            b"moof" => {
                fragments += 1;
                samples = samples.saturating_add(samples_of(body));
            }
            _ => {}
        }
    }
    // A sample has a byte at least.
    if samples > file.len() as u64 || tracks.saturating_mul(fragments) > 2 * MOST_NOTES {
        return Err(AudioError::Damaged);
    }
    Ok(Some(outline))
}

/// How many samples a fragment says that it holds.
fn samples_of(fragment: &[u8]) -> u64 {
    let tracks = Boxes(fragment).filter(|(kind, _)| kind == b"traf");
    let runs = tracks.flat_map(|(_, track)| Boxes(track).filter(|(kind, _)| kind == b"trun"));
    runs.filter_map(|(_, run)| number(run, 4)).map(u64::from).sum()
}

fn edits(film: &[u8]) -> Vec<(u32, Edit)> {
    let by_version = |body: &[u8], old, new| number(body, if body.first() == Some(&0) { old } else { new });
    let scale = child(film, b"mvhd").and_then(|header| by_version(header, 12, 20));
    // The pieces of a film that comes in pieces are not known where its tracks are described.
    let scale = scale.filter(|scale| *scale > 0 && child(film, b"mvex").is_none());
    let tracks = Boxes(film).filter(|(kind, _)| kind == b"trak");
    tracks
        .filter_map(|(_, track)| {
            let track_number = by_version(child(track, b"tkhd")?, 12, 20)?;
            let list = child(child(track, b"edts")?, b"elst")?;
            Some((track_number, edit(list, scale)?))
        })
        .collect()
}

/// The one part that an edit list names. Silence before it is left out; a list of several parts
/// is none of a voice.
fn edit(list: &[u8], scale: Option<u32>) -> Option<Edit> {
    let is_wide = list.first()? == &1;
    let count = usize::try_from(number(list, 4)?).ok()?;
    let mut entries = list
        .get(8..)?
        .chunks_exact(if is_wide { 20 } else { 12 })
        .take(count);
    let is_silence = |entry: &[u8]| {
        let time = entry.get(if is_wide { 8..16 } else { 4..8 }).unwrap_or_default();
        time.iter().all(|byte| *byte == 0xFF)
    };
    let entry = entries.find(|entry| !is_silence(entry))?;
    let (ticks, start, rate) = if is_wide {
        // What does not fit into the lower half is no beginning of a voice.
        let start = number(entry, 12).filter(|_| number(entry, 8) == Some(0))?;
        let ticks = u64::from(number(entry, 0)?) << 32 | u64::from(number(entry, 4)?);
        (ticks, start, number(entry, 16)?)
    } else {
        (u64::from(number(entry, 0)?), number(entry, 4)?, number(entry, 8)?)
    };
    if rate != USUAL_RATE || start > u32::MAX / 2 || entries.next().is_some() {
        return None;
    }
    let length = scale.filter(|_| ticks > 0).map(|scale| {
        let micros = u128::from(ticks) * 1_000_000 / u128::from(scale);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    });
    Some(Edit { start, length })
}

fn child<'a>(of: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    Boxes(of).find_map(|(found, body)| (found == *kind).then_some(body))
}

/// Four bytes at a place.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// The boxes that stand one behind the other, as the demuxer finds them: one that goes beyond
/// what it stands in is the end.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.0.get(4..8)?.try_into().ok()?;
        let (header, size) = match number(self.0, 0)? {
            0 => (8, self.0.len()),
            1 => {
                let large = u64::from(number(self.0, 8)?) << 32 | u64::from(number(self.0, 12)?);
                (16, usize::try_from(large).ok()?)
            }
            size => (8, usize::try_from(size).ok()?),
        };
        let body = self.0.get(header..size)?;
        self.0 = self.0.get(size..)?;
        Some((kind, body))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap();
        [&size.to_be_bytes(), kind.as_slice(), body].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    fn film(list: &[u32], more: &[u8]) -> Vec<u8> {
        let list = boxed(b"edts", &boxed(b"elst", &numbers(list)));
        let track = [boxed(b"tkhd", &numbers(&[0, 0, 0, 5])), list].concat();
        let header = boxed(b"mvhd", &numbers(&[0, 0, 0, 1_000]));
        let film = [header, boxed(b"trak", &track), more.to_vec()].concat();
        [boxed(b"ftyp", b"M4A "), boxed(b"moov", &film)].concat()
    }

    fn edit_of(list: &[u32]) -> Option<Edit> {
        outline(&film(list, &[])).unwrap().unwrap().edit_of(5)
    }

    #[test]
    fn the_part_to_be_heard_is_the_one_that_an_edit_list_names() {
        let part = Some(Edit {
            start: 1_024,
            length: Some(Duration::from_millis(2_500)),
        });
        assert_eq!(edit_of(&[0, 1, 2_500, 1_024, USUAL_RATE]), part);
        let wide = [0x0100_0000, 1, 0, 2_500, 0, 1_024, USUAL_RATE];
        assert_eq!(edit_of(&wide), part);
        let after_silence = [0, 2, 70, u32::MAX, USUAL_RATE, 2_500, 1_024, USUAL_RATE];
        assert_eq!(edit_of(&after_silence), part);
        // Several parts, another speed, no part, cut off.
        let several = [0, 2, 1, 0, USUAL_RATE, 2_500, 1_024, USUAL_RATE];
        for none in [
            &several[..],
            &[0, 1, 2_500, 0, 2 * USUAL_RATE],
            &[0, 0],
            &[0, 9, 1],
        ] {
            assert_eq!(edit_of(none), None);
        }
        let to_the_end = Some(Edit {
            start: 1_024,
            length: None,
        });
        assert_eq!(edit_of(&[0, 1, 0, 1_024, USUAL_RATE]), to_the_end);
        let in_pieces = film(&[0, 1, 2_500, 1_024, USUAL_RATE], &boxed(b"mvex", &[]));
        assert_eq!(outline(&in_pieces).unwrap().unwrap().edit_of(5), to_the_end);
        assert_eq!(outline(&in_pieces).unwrap().unwrap().edit_of(6), None);
    }

    #[test]
    fn more_samples_than_bytes_and_more_tracks_than_any_film_are_damage() {
        let fragment = |samples: &[u32]| {
            let runs = samples.iter().map(|count| boxed(b"trun", &numbers(&[0, *count])));
            let runs: Vec<u8> = runs.flatten().collect();
            let fragment = boxed(b"moof", &boxed(b"traf", &runs));
            [boxed(b"ftyp", b"M4A "), fragment].concat()
        };
        assert!(outline(&fragment(&[10, 20])).is_ok());
        let half = u32::MAX / 2 + 1;
        for samples in [&[u32::MAX][..], &[half, half], &[60, 60]] {
            assert_eq!(outline(&fragment(samples)), Err(AudioError::Damaged));
        }
        let tracks = |count| film(&[0, 0], &boxed(b"trak", &[]).repeat(count));
        assert!(outline(&tracks(100)).is_ok());
        assert_eq!(outline(&tracks(200)), Err(AudioError::Damaged));
        let notes = |fragments| [tracks(100), boxed(b"moof", &[]).repeat(fragments)].concat();
        assert!(outline(&notes(10_000)).is_ok());
        assert_eq!(outline(&notes(30_000)), Err(AudioError::Damaged));
    }

    #[test]
    fn other_files_and_boxes_without_end_are_passed_by() {
        assert_eq!(outline(b""), Ok(None));
        assert_eq!(outline(b"RIFF\0\0\0\0WAVE"), Ok(None));
        for size in [0_u32, 1, 2, 7, 8, u32::MAX] {
            let file = [
                boxed(b"ftyp", b"M4A "),
                size.to_be_bytes().to_vec(),
                b"moof".to_vec(),
            ]
            .concat();
            assert_eq!(outline(&file), Ok(Some(Outline::default())));
        }
    }
}
