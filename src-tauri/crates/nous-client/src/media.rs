//! What a file shows: pictures made ready to be sent, small pictures, lengths and waveforms.
//!
//! Files of strangers are read here and nowhere else, within the limits of [`nous_media`], in the
//! pool of [`crate::cpu`], and no longer than the patience of a person. What cannot be read is
//! still a file: it can be kept, and opened elsewhere.
//!
//! Source: `messages.md` §11.5 and §11.6.

use nous_media::audio::clip::{self, Clip};
use nous_media::pictures::prepare::{PrepareError, prepare};
use nous_media::pictures::preview::{self, PreviewPicture};
use nous_media::pictures::{Thumbnail, thumbnail};
use nous_media::sniff::{self, Family, Format};
use nous_protocol::attachment::MAX_FILE;
use nous_storage::attachments::{FileFacts, FileKind};

use crate::cpu::CpuPool;
use crate::pictures::PictureError;
use crate::pictures::process::in_pool;

/// A file that was looked at.
pub(crate) struct Looked {
    /// What was said of it, put right by what it holds.
    pub(crate) facts: FileFacts,
    /// A JPEG of at most 640 px, for a picture.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// A file that is ready to be sent.
pub(crate) struct Ready {
    /// What goes out, before padding and encryption.
    pub(crate) bytes: Vec<u8>,
    /// What it is.
    pub(crate) facts: FileFacts,
    /// A JPEG of at most 640 px, for a picture.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

impl From<PrepareError> for PictureError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Decode(error) => error.into(),
            PrepareError::TooLarge(limit) => Self::TooLarge(limit),
        }
    }
}

/// Looks at a file that came. `said`: what its sender says of it. What cannot be read in time is
/// taken for a file that nothing is shown of.
pub(crate) async fn look(cpu: &CpuPool, said: FileFacts, file: Vec<u8>) -> Looked {
    let unread = said.clone();
    let looked = in_pool(cpu, move || Ok(look_now(said, file))).await;
    looked.unwrap_or_else(|error| {
        tracing::debug!(%error, "a file was not looked at");
        Looked {
            facts: nothing_shown(unread),
            thumbnail: None,
        }
    })
}

/// Makes a chosen file ready. `chosen`: its name, and what the person says of it. A picture loses
/// its metadata and is made smaller if need be, unless it is to be sent as it is.
///
/// # Errors
/// [`PictureError`] for a picture that can only be sent as a file; [`PictureError::TooLarge`].
pub(crate) async fn ready(
    cpu: &CpuPool,
    chosen: FileFacts,
    file: Vec<u8>,
    is_as_it_is: bool,
) -> Result<Ready, PictureError> {
    in_pool(cpu, move || {
        let is_picture = sniff::format(&file).family() == Family::Picture;
        if is_picture && !is_as_it_is {
            return picture_ready(chosen, &file);
        }
        if file.len() > MAX_FILE {
            return Err(PictureError::TooLarge(MAX_FILE));
        }
        let bytes = file.clone();
        let Looked { facts, thumbnail } = look_now(chosen, file);
        Ok(Ready {
            bytes,
            facts,
            thumbnail,
        })
    })
    .await
}

fn picture_ready(chosen: FileFacts, file: &[u8]) -> Result<Ready, PictureError> {
    let prepared = prepare(file, MAX_FILE)?;
    let stem = chosen
        .name
        .rsplit_once('.')
        .map_or(chosen.name.as_str(), |(stem, _)| stem);
    let name = if stem.is_empty() {
        String::new()
    } else {
        format!("{stem}.{}", prepared.format.extension())
    };
    Ok(Ready {
        facts: FileFacts {
            name,
            content_type: prepared.format.content_type().to_owned(),
            kind: FileKind::Picture,
            size: Some(prepared.bytes.len() as u64),
            width: Some(prepared.width),
            height: Some(prepared.height),
            duration_ms: None,
            waveform: Vec::new(),
            is_animated: prepared.is_animated,
            is_program: false,
            caption: chosen.caption,
        },
        thumbnail: Some(prepared.thumbnail),
        bytes: prepared.bytes,
    })
}

/// A poster that a page drew of a video, as it is kept: a JPEG of at most 640 px, and the size of
/// what was drawn.
///
/// # Errors
/// [`PictureError`]: it is no picture.
pub(crate) async fn poster(cpu: &CpuPool, drawn: Vec<u8>) -> Result<(Vec<u8>, u32, u32), PictureError> {
    in_pool(cpu, move || {
        let Thumbnail {
            jpeg, width, height, ..
        } = thumbnail(&drawn)?;
        Ok((jpeg, width, height))
    })
    .await
}

/// The picture of a page as it is sent with a preview: a JPEG of at most 640 px, and its size.
///
/// # Errors
/// [`PictureError`]: it is no picture, or too much of one.
pub(crate) async fn preview(cpu: &CpuPool, file: Vec<u8>) -> Result<(Vec<u8>, u32, u32), PictureError> {
    in_pool(cpu, move || {
        let PreviewPicture { jpeg, width, height } = preview::preview(&file)?;
        Ok((jpeg, width, height))
    })
    .await
}

/// Whether a file that is to be opened would run.
pub(crate) fn is_program(name: &str, start: &[u8]) -> bool {
    sniff::is_program(name, start)
}

/// Nothing is shown of a file but its name.
fn nothing_shown(said: FileFacts) -> FileFacts {
    FileFacts {
        kind: FileKind::File,
        width: None,
        height: None,
        duration_ms: None,
        waveform: Vec::new(),
        is_animated: false,
        ..said
    }
}

fn look_now(said: FileFacts, file: Vec<u8>) -> Looked {
    let format = sniff::format(&file);
    let facts = FileFacts {
        content_type: content_type(format, &said.content_type),
        size: Some(file.len() as u64),
        is_program: sniff::is_program(&said.name, &file),
        ..said
    };
    match format.family() {
        Family::Picture => match thumbnail(&file) {
            Ok(thumbnail) => of_picture(facts, thumbnail),
            Err(_) => of_file(facts),
        },
        Family::Audio => of_sound(facts, file),
        // The containers of films carry voices too.
        Family::Video if is_said_to_sound(&facts) => of_sound(facts, file),
        Family::Video => Looked {
            facts: FileFacts {
                kind: FileKind::Video,
                waveform: Vec::new(),
                is_animated: false,
                ..facts
            },
            thumbnail: None,
        },
        Family::Program | Family::File => of_file(facts),
    }
}

/// What the first bytes say; the sender is believed where they say little.
fn content_type(format: Format, said: &str) -> String {
    let is_shown = ["image/", "video/", "audio/"]
        .iter()
        .any(|kind| said.starts_with(kind));
    match format {
        Format::Zip | Format::Other if !said.is_empty() && !is_shown => said.to_owned(),
        _ if format.family() == Family::Video && said.starts_with("audio/") => said.to_owned(),
        _ => format.content_type().to_owned(),
    }
}

fn is_said_to_sound(facts: &FileFacts) -> bool {
    facts.kind == FileKind::Voice || facts.content_type.starts_with("audio/")
}

fn of_file(facts: FileFacts) -> Looked {
    Looked {
        facts: nothing_shown(facts),
        thumbnail: None,
    }
}

fn of_picture(facts: FileFacts, thumbnail: Thumbnail) -> Looked {
    Looked {
        facts: FileFacts {
            kind: FileKind::Picture,
            width: Some(thumbnail.width),
            height: Some(thumbnail.height),
            duration_ms: None,
            waveform: Vec::new(),
            is_animated: thumbnail.is_animated,
            ..facts
        },
        thumbnail: Some(thumbnail.jpeg),
    }
}

fn of_sound(facts: FileFacts, file: Vec<u8>) -> Looked {
    let Ok(Clip { length, waveform }) = clip::measure(file) else {
        return of_file(facts);
    };
    let length = length.map(|length| u32::try_from(length.as_millis()).unwrap_or(u32::MAX));
    let kind = match facts.kind {
        FileKind::Voice => FileKind::Voice,
        _ => FileKind::Audio,
    };
    Looked {
        facts: FileFacts {
            kind,
            width: None,
            height: None,
            duration_ms: length,
            waveform,
            is_animated: false,
            ..facts
        },
        thumbnail: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use nous_media::audio::encode::VoiceEncoder;
    use nous_media::pictures::pixels;

    use super::*;

    fn said(name: &str, content_type: &str, kind: FileKind) -> FileFacts {
        FileFacts {
            name: name.into(),
            content_type: content_type.into(),
            kind,
            size: Some(9),
            width: Some(9),
            height: Some(9),
            duration_ms: Some(9),
            waveform: vec![9],
            is_animated: true,
            is_program: false,
            caption: "c".into(),
        }
    }

    fn photo() -> Vec<u8> {
        pixels::jpeg(&image::RgbImage::new(900, 300), 90).unwrap()
    }

    fn voice() -> Vec<u8> {
        let mut encoder = VoiceEncoder::new().unwrap();
        encoder.push(&[0.1; 64_000]).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_picture_has_the_size_that_it_has_and_a_thumbnail() {
        let looked = look_now(said("a.txt", "text/plain", FileKind::File), photo());
        assert_eq!(looked.facts.kind, FileKind::Picture);
        assert_eq!(looked.facts.content_type, "image/jpeg");
        assert_eq!((looked.facts.width, looked.facts.height), (Some(900), Some(300)));
        assert!(!looked.facts.is_animated && looked.facts.waveform.is_empty());
        let thumbnail = image::load_from_memory(&looked.thumbnail.unwrap()).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), (640, 213));
    }

    #[test]
    fn a_voice_message_has_a_length_and_a_waveform_and_other_sound_is_none() {
        let looked = look_now(said("v", "audio/mp3", FileKind::Voice), voice());
        assert_eq!(looked.facts.kind, FileKind::Voice);
        assert_eq!(looked.facts.waveform.len(), 64);
        assert!((1_900..2_200).contains(&looked.facts.duration_ms.unwrap()));
        let looked = look_now(said("song.mp3", "audio/mpeg", FileKind::File), voice());
        assert_eq!(looked.facts.kind, FileKind::Audio);
    }

    #[test]
    fn what_is_not_what_it_was_said_to_be_is_a_file_that_nothing_is_shown_of() {
        let cases: [(&str, FileKind, &[u8], &str); 4] = [
            (
                "image/png",
                FileKind::Picture,
                b"hello",
                "application/octet-stream",
            ),
            ("audio/mp3", FileKind::Voice, b"hello", "application/octet-stream"),
            ("image/png", FileKind::Picture, b"\x89PNG\r\n\x1a\nx", "image/png"),
            ("application/x", FileKind::File, b"hello", "application/x"),
        ];
        for (content_type, kind, bytes, wanted) in cases {
            let looked = look_now(said("a", content_type, kind), bytes.to_vec());
            assert_eq!(looked.facts.kind, FileKind::File);
            assert_eq!(looked.facts.content_type, wanted);
            assert!(looked.thumbnail.is_none() && looked.facts.duration_ms.is_none());
        }
    }

    #[test]
    fn a_program_is_one_whatever_it_is_called() {
        let looked = look_now(
            said("a.jpg", "image/jpeg", FileKind::Picture),
            b"\x7fELF".to_vec(),
        );
        assert!(looked.facts.is_program);
        let looked = look_now(said("a.exe", "x/y", FileKind::File), b"text".to_vec());
        assert!(looked.facts.is_program);
    }

    #[tokio::test]
    async fn a_chosen_picture_is_written_anew_unless_it_is_to_stay_as_it_is() {
        let cpu = CpuPool::new();
        let chosen = said("holiday.jpeg", "", FileKind::File);
        let anew = ready(&cpu, chosen.clone(), photo(), false).await.unwrap();
        assert_eq!(anew.facts.name, "holiday.jpg");
        assert_ne!(anew.bytes, photo());
        let as_it_is = ready(&cpu, chosen, photo(), true).await.unwrap();
        assert_eq!(as_it_is.bytes, photo());
        assert_eq!(as_it_is.facts.name, "holiday.jpeg");
        assert!(as_it_is.thumbnail.is_some());
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_by_name() {
        let large = vec![b'x'; MAX_FILE + 1];
        let chosen = said("a.bin", "", FileKind::File);
        let error = ready(&CpuPool::new(), chosen, large, false).await.err();
        assert_eq!(error, Some(PictureError::TooLarge(MAX_FILE)));
    }
}
