//! What is said in as many messages as that takes: others show one file of a message, or pictures and
//! films as an album. Pure.
//!
//! Source: `messages.md` §11.5.

use std::collections::BTreeSet;

use nous_storage::attachments::FileKind;

use crate::files::MOST_FILES;

/// What goes into one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parcel<T> {
    pub(super) text: String,
    /// Its files, as whoever asks calls them.
    pub(super) files: Vec<T>,
}

/// Splits what is said. Pictures and films stand together where the first of them stood, every other file
/// alone. The text goes with the first; a voice message has none.
///
/// `files`: in their order, by names that have the same.
pub(super) fn parcels<T: Copy + Ord>(text: &str, files: &[(T, FileKind)]) -> Vec<Parcel<T>> {
    let of_album = files.iter().filter(|(_, kind)| kind.is_of_album());
    let album: Vec<T> = of_album.map(|(name, _)| *name).collect();
    let albums = album.chunks(MOST_FILES).map(<[T]>::to_vec);
    let others = files.iter().filter(|(_, kind)| !kind.is_of_album());
    let mut all: Vec<Vec<T>> = albums.chain(others.map(|(name, _)| vec![*name])).collect();
    all.sort();
    let voices = files.iter().filter(|(_, kind)| *kind == FileKind::Voice);
    let voices: BTreeSet<T> = voices.map(|(name, _)| *name).collect();
    let mut text_left = Some(text).filter(|text| !text.trim().is_empty());
    let mut parcels = Vec::with_capacity(all.len() + 1);
    for files in all {
        let is_voice = files.first().is_some_and(|name| voices.contains(name));
        let text = if is_voice { None } else { text_left.take() };
        parcels.push(Parcel {
            text: text.unwrap_or_default().to_owned(),
            files,
        });
    }
    if let Some(text) = text_left {
        parcels.push(Parcel {
            text: text.to_owned(),
            files: Vec::new(),
        });
    }
    parcels
}

#[cfg(test)]
mod tests {
    use nous_storage::attachments::FileKind::{Audio, File, Picture, Video, Voice};

    use super::*;

    /// The places of the files of each message, and whether it has the text.
    fn split(text: &str, kinds: &[FileKind]) -> Vec<(Vec<u32>, bool)> {
        let files: Vec<(u32, FileKind)> = (0..).zip(kinds.iter().copied()).collect();
        let parcels = parcels(text, &files).into_iter();
        parcels
            .map(|parcel| (parcel.files, parcel.text == "said"))
            .collect()
    }

    #[test]
    fn what_goes_into_one_message_goes_in_one() {
        assert_eq!(split("said", &[]), [(vec![], true)]);
        assert_eq!(split("", &[File]), [(vec![0], false)]);
        assert_eq!(split("said", &[Picture, Video]), [(vec![0, 1], true)]);
    }

    #[test]
    fn files_that_do_not_go_together_go_one_by_one_and_pictures_as_an_album() {
        let mixed = [File, Picture, Audio, Video];
        let expected = [(vec![0], true), (vec![1, 3], false), (vec![2], false)];
        assert_eq!(split("said", &mixed), expected);
        let many = [Picture; MOST_FILES + 1];
        assert_eq!(split("", &many).len(), 2);
    }

    #[test]
    fn a_text_does_not_go_with_a_voice_message() {
        assert_eq!(split("said", &[Voice]), [(vec![0], false), (vec![], true)]);
        let expected = [(vec![0], false), (vec![1], true)];
        assert_eq!(split("said", &[Voice, File]), expected);
    }
}
