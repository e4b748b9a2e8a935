//! What a file shows: pictures made ready to be sent, small pictures, lengths and waveforms.
//!
//! Files of strangers are read here and nowhere else, within the limits of [`nous_media`], in the
//! narrow pool of [`crate::cpu`], and no longer than the patience of a person. What cannot be read is
//! still a file: it can be kept, and opened elsewhere.
//!
//! Source: `messages.md` §11.5 and §11.6.

use std::sync::Arc;

use nous_media::audio::clip::{self, Clip};
use nous_media::audio::limit::Deadline;
use nous_media::pictures::prepare::{PrepareError, prepare};
use nous_media::pictures::preview::{self, PreviewPicture};
use nous_media::pictures::still::{self, Pixels, Still};
use nous_media::pictures::{Thumbnail, thumbnail};
use nous_media::sniff::{self, Family, Format};
use nous_protocol::attachment::MAX_FILE;
use nous_storage::attachments::{FileFacts, FileKind};

use crate::cpu::CpuPool;
use crate::pictures::PictureError;
use crate::pictures::process::{in_pool, in_pool_until};

/// A file that was looked at.
pub(crate) struct Looked {
    /// What was said of it, put right by what it holds.
    pub(crate) facts: FileFacts,
    /// A small JPEG, for a picture.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// A file that is ready to be sent.
pub(crate) struct Ready {
    /// What goes out, before padding and encryption.
    pub(crate) bytes: Vec<u8>,
    /// What it is.
    pub(crate) facts: FileFacts,
    /// A small JPEG, for a picture.
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

/// Looks at a file that came. `said`: what its sender says of it. It waits for its turn, however busy
/// the pool is; what cannot be read in time then is taken for a file that nothing is shown of.
pub(crate) async fn look(media: &CpuPool, said: FileFacts, file: Arc<Vec<u8>>) -> Looked {
    let unread = said.clone();
    let looked = in_pool_until(media, move |deadline| Ok(look_now(said, &file, deadline))).await;
    looked.unwrap_or_else(|error| {
        tracing::debug!(%error, "a file was not looked at");
        Looked {
            facts: nothing_shown(unread),
            thumbnail: None,
        }
    })
}

/// Makes a chosen file ready. `chosen`: its name, and what the person says of it. A picture loses
/// its metadata and is made smaller if need be, unless it is to be sent as it is. A photograph of a kind
/// that is not written anew here goes as it is or not at all.
///
/// # Errors
/// [`PictureError`] for a picture that can only be sent as a file; [`PictureError::TooLarge`].
pub(crate) async fn ready(
    media: &CpuPool,
    chosen: FileFacts,
    file: Vec<u8>,
    is_as_it_is: bool,
) -> Result<Ready, PictureError> {
    in_pool_until(media, move |deadline| {
        let format = sniff::format(&file);
        if !is_as_it_is && format.family() == Family::Picture {
            return picture_ready(chosen, &file);
        }
        // It would say where it was taken, and nobody has said yes to that.
        if !is_as_it_is && format.keeps_metadata() {
            return Err(PictureError::Unknown);
        }
        if file.len() > MAX_FILE {
            return Err(PictureError::TooLarge(MAX_FILE));
        }
        let Looked { facts, thumbnail } = look_now(chosen, &file, deadline);
        Ok(Ready {
            bytes: file,
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

/// A poster that a page drew of a video, as it is kept: a small JPEG, and the size of what was drawn.
///
/// # Errors
/// [`PictureError`]: it is no picture.
pub(crate) async fn poster(media: &CpuPool, drawn: Vec<u8>) -> Result<(Vec<u8>, u32, u32), PictureError> {
    in_pool(media, move || {
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
pub(crate) async fn preview(media: &CpuPool, file: Vec<u8>) -> Result<(Vec<u8>, u32, u32), PictureError> {
    in_pool(media, move || {
        let PreviewPicture { jpeg, width, height } = preview::preview(&file)?;
        Ok((jpeg, width, height))
    })
    .await
}

/// A picture as a page shows it large: never the bytes that came, which its own decoder would read
/// without limits.
///
/// # Errors
/// [`PictureError`]: it is no picture, or too much of one.
pub(crate) async fn still(media: &CpuPool, file: Vec<u8>) -> Result<Still, PictureError> {
    in_pool(media, move || Ok(still::still(&file)?)).await
}

/// The pixels of a picture, to be copied.
///
/// # Errors
/// As [`still`].
pub(crate) async fn pixels(media: &CpuPool, file: Vec<u8>) -> Result<Pixels, PictureError> {
    in_pool(media, move || Ok(still::pixels_of(&file)?)).await
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

fn look_now(said: FileFacts, file: &[u8], deadline: &Deadline) -> Looked {
    let format = sniff::format(file);
    let facts = FileFacts {
        content_type: content_type(format, &said.content_type),
        size: Some(file.len() as u64),
        is_program: sniff::is_program(&said.name, file),
        ..said
    };
    match format.family() {
        Family::Picture => match thumbnail(file) {
            Ok(thumbnail) => of_picture(facts, thumbnail),
            Err(_) => of_file(facts),
        },
        Family::Audio => of_sound(facts, file, deadline),
        // The containers of films carry voices too.
        Family::Video if is_said_to_sound(&facts) => of_sound(facts, file, deadline),
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

fn of_sound(facts: FileFacts, file: &[u8], deadline: &Deadline) -> Looked {
    let measured = clip::measure_until(file.to_vec(), deadline.clone());
    let Ok(Clip { length, waveform }) = measured else {
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

    fn looked(said: FileFacts, file: &[u8]) -> Looked {
        look_now(said, file, &Deadline::never())
    }

    #[test]
    fn a_sound_that_nobody_waits_for_any_more_is_not_decoded() {
        let deadline = Deadline::never();
        deadline.stop();
        let given_up = look_now(said("v", "audio/mp3", FileKind::Voice), &voice(), &deadline);
        assert!(given_up.facts.waveform.is_empty());
    }

    #[test]
    fn a_picture_has_the_size_that_it_has_and_a_thumbnail() {
        let looked = looked(said("a.txt", "text/plain", FileKind::File), &photo());
        assert_eq!(looked.facts.kind, FileKind::Picture);
        assert_eq!(looked.facts.content_type, "image/jpeg");
        assert_eq!((looked.facts.width, looked.facts.height), (Some(900), Some(300)));
        assert!(!looked.facts.is_animated && looked.facts.waveform.is_empty());
        let thumbnail = image::load_from_memory(&looked.thumbnail.unwrap()).unwrap();
        // The widest picture of a timeline has 352 px of the page, at two pixels each.
        assert_eq!((thumbnail.width(), thumbnail.height()), (704, 235));
    }

    #[test]
    fn a_voice_message_has_a_length_and_a_waveform_and_other_sound_is_none() {
        let heard = looked(said("v", "audio/mp3", FileKind::Voice), &voice());
        assert_eq!(heard.facts.kind, FileKind::Voice);
        assert_eq!(heard.facts.waveform.len(), 64);
        assert!((1_900..2_200).contains(&heard.facts.duration_ms.unwrap()));
        let heard = looked(said("song.mp3", "audio/mpeg", FileKind::File), &voice());
        assert_eq!(heard.facts.kind, FileKind::Audio);
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
            let looked = looked(said("a", content_type, kind), bytes);
            assert_eq!(looked.facts.kind, FileKind::File);
            assert_eq!(looked.facts.content_type, wanted);
            assert!(looked.thumbnail.is_none() && looked.facts.duration_ms.is_none());
        }
    }

    #[test]
    fn a_program_is_one_whatever_it_is_called() {
        let disguised = looked(said("a.jpg", "image/jpeg", FileKind::Picture), b"\x7fELF");
        assert!(disguised.facts.is_program);
        let named = looked(said("a.exe", "x/y", FileKind::File), b"text");
        assert!(named.facts.is_program);
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
    async fn a_photograph_that_is_not_written_anew_goes_as_it_is_or_not_at_all() {
        let cpu = CpuPool::new();
        let starts: [&[u8]; 4] = [
            b"\0\0\0\x20ftypheic GPS",
            b"\0\0\0\x20ftypavif GPS",
            b"II\x2a\0\x08\0\0\0 GPS",
            b"FUJIFILMCCD-RAW GPS",
        ];
        for start in starts {
            let chosen = said("photo", "", FileKind::File);
            let refused = ready(&cpu, chosen.clone(), start.to_vec(), false).await.err();
            assert_eq!(refused, Some(PictureError::Unknown));
            let as_it_is = ready(&cpu, chosen, start.to_vec(), true).await.unwrap();
            assert_eq!(as_it_is.bytes, start);
            assert_eq!(as_it_is.facts.kind, FileKind::File);
            assert!(as_it_is.facts.content_type.starts_with("image/"));
        }
        // A document is no photograph.
        let document = ready(&cpu, said("a.svg", "", FileKind::File), b"<svg/>".to_vec(), false);
        assert!(document.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_picture_that_waits_for_its_turn_is_looked_at_all_the_same() {
        let media = CpuPool::narrow();
        let (releases, held): (Vec<_>, Vec<_>) = (0..media.width())
            .map(|_| std::sync::mpsc::sync_channel::<()>(1))
            .unzip();
        let busy = held
            .into_iter()
            .map(|held| media.run(move || held.recv().is_ok()));
        let busy = futures_util::future::join_all(busy);
        let looked = look(
            &media,
            said("a.jpg", "image/jpeg", FileKind::Picture),
            Arc::new(photo()),
        );
        let passes = async {
            tokio::task::yield_now().await;
            tokio::time::advance(std::time::Duration::from_secs(300)).await;
            drop(releases);
        };
        let (_, looked, ()) = tokio::join!(busy, looked, passes);
        assert_eq!(looked.facts.kind, FileKind::Picture);
        assert!(looked.thumbnail.is_some());
    }

    #[tokio::test]
    async fn a_page_gets_pixels_of_ours() {
        let media = CpuPool::narrow();
        let hidden = b"what a stranger hid behind the picture";
        let shown = still(&media, [photo(), hidden.to_vec()].concat()).await.unwrap();
        assert_eq!(shown.content_type, "image/jpeg");
        assert!(!shown.bytes.windows(hidden.len()).any(|part| part == hidden));
        let copied = pixels(&media, photo()).await.unwrap();
        assert_eq!((copied.width, copied.height), (900, 300));
        let none = still(&media, b"no picture".to_vec()).await.err();
        assert_eq!(none, Some(PictureError::Unknown));
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_by_name() {
        let large = vec![b'x'; MAX_FILE + 1];
        let chosen = said("a.bin", "", FileKind::File);
        let error = ready(&CpuPool::new(), chosen, large, false).await.err();
        assert_eq!(error, Some(PictureError::TooLarge(MAX_FILE)));
    }
}
