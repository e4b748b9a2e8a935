//! Files that a message tells of: read and told; written down with it, and wanted if they come by
//! themselves.
//!
//! Source: `messages.md` §4.4 and §11.6.

use nous_protocol::content::Attachment;
use nous_storage::attachments::{self, FileFacts, FileKind, PointedFile, Pointer, transfers};
use nous_storage::db::{Reader, Writer};
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::settings;

use super::MOST_FILES;
use super::policy::{self, Origin};
use crate::media;

/// The type of a file of which nothing is said.
const UNKNOWN: &str = "application/octet-stream";
/// No picture that is shown is wider or higher.
const MOST_PIXELS: u32 = 65_535;

/// Files as messages tell of them, as rows keep them.
pub(crate) fn pointed(files: &[Attachment]) -> Vec<PointedFile> {
    files.iter().take(MOST_FILES).map(one).collect()
}

fn one(file: &Attachment) -> PointedFile {
    let content_type = file.content_type.clone().filter(|said| !said.is_empty());
    let content_type = content_type.unwrap_or_else(|| UNKNOWN.to_owned());
    let name = file.file_name.clone().unwrap_or_default();
    // A hint, and of both sides only.
    let size = file.width.zip(file.height);
    let size = size.filter(|(width, height)| is_sound(*width) && is_sound(*height));
    PointedFile {
        pointer: Pointer {
            url: file.url.clone(),
            key: file.key.clone(),
            digest: file.digest,
        },
        facts: FileFacts {
            kind: kind_of(&content_type, file.voice),
            is_program: media::is_program(&name, b""),
            name,
            content_type,
            size: file.size.map(u64::from),
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            duration_ms: None,
            waveform: Vec::new(),
            is_animated: false,
            caption: file.caption.clone().unwrap_or_default(),
        },
    }
}

/// Own files as the content of their message tells of them.
pub(crate) fn told(files: &[PointedFile]) -> Vec<Attachment> {
    let tell = |PointedFile { pointer, facts }: &PointedFile| Attachment {
        url: pointer.url.clone(),
        content_type: Some(facts.content_type.clone()).filter(|said| !said.is_empty()),
        key: pointer.key.clone(),
        size: facts.size.and_then(|size| u32::try_from(size).ok()),
        digest: pointer.digest,
        file_name: Some(facts.name.clone()).filter(|name| !name.is_empty()),
        voice: facts.kind == FileKind::Voice,
        width: facts.width,
        height: facts.height,
        caption: Some(facts.caption.clone()).filter(|caption| !caption.is_empty()),
    };
    files.iter().map(tell).collect()
}

fn is_sound(pixels: u32) -> bool {
    (1..=MOST_PIXELS).contains(&pixels)
}

/// What a file is until it is here: what its sender says.
fn kind_of(content_type: &str, is_voice: bool) -> FileKind {
    if is_voice {
        return FileKind::Voice;
    }
    match content_type.split_once('/') {
        Some(("image", "jpeg" | "jpg" | "png" | "gif" | "webp")) => FileKind::Picture,
        Some(("video", _)) => FileKind::Video,
        Some(("audio", _)) => FileKind::Audio,
        _ => FileKind::File,
    }
}

/// Writes down what came with a message, and wants what comes by itself.
///
/// # Errors
/// What the database said.
pub(crate) fn take(
    writer: &mut Writer<'_>,
    message: MessageKey,
    conversation: ConversationKey,
    is_own: bool,
    files: &[PointedFile],
) -> Result<(), StorageError> {
    if files.is_empty() {
        return Ok(());
    }
    let keys = attachments::insert_received(writer, message, files)?;
    if !comes_by_itself(&writer.reader(), conversation, is_own)? {
        return Ok(());
    }
    for (key, file) in keys.into_iter().zip(files) {
        if policy::may_exist(file.facts.size) {
            transfers::want(writer, key, true)?;
        }
    }
    Ok(())
}

/// Whether files of a conversation are fetched without a click.
pub(crate) fn comes_by_itself(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    is_own: bool,
) -> Result<bool, StorageError> {
    let is_allowed = settings::get(reader, policy::BY_ITSELF)?.unwrap_or(true);
    Ok(policy::is_fetched_by_itself(Origin {
        is_allowed,
        is_own,
        trust: attachments::trust(reader, conversation)?,
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn said(content_type: &str, name: &str) -> Attachment {
        Attachment {
            url: "http://files.test/file/1".into(),
            content_type: Some(content_type.into()),
            file_name: Some(name.into()),
            width: Some(4_000_000_000),
            height: Some(10),
            size: Some(4_000_000_000),
            ..Attachment::default()
        }
    }

    #[test]
    fn a_file_is_shown_as_its_sender_says_until_it_is_here() {
        let cases = [
            ("image/png", FileKind::Picture),
            ("image/svg+xml", FileKind::File),
            ("image/heic", FileKind::File),
            ("video/x", FileKind::Video),
            ("audio/mpeg", FileKind::Audio),
            ("", FileKind::File),
        ];
        for (content_type, kind) in cases {
            assert_eq!(one(&said(content_type, "a")).facts.kind, kind, "{content_type}");
        }
        let voice = Attachment {
            voice: true,
            ..said("audio/mp3", "v")
        };
        assert_eq!(one(&voice).facts.kind, FileKind::Voice);
    }

    #[test]
    fn a_size_that_no_picture_has_is_none_and_a_program_is_known_by_its_name() {
        let facts = one(&said("image/png", "holiday.png.exe")).facts;
        assert_eq!((facts.width, facts.height), (None, None));
        assert_eq!(facts.size, Some(4_000_000_000));
        assert!(facts.is_program);
    }

    #[test]
    fn what_is_told_is_read_as_it_was() {
        let mut files = pointed(&[said("image/png", "a.png")]);
        for file in &mut files {
            file.facts.width = Some(4);
            file.facts.height = Some(3);
            file.facts.caption = "c".into();
            file.pointer.key = Some(vec![1; 64]);
            file.pointer.digest = Some([2; 32]);
        }
        assert_eq!(pointed(&told(&files)), files);
    }

    #[test]
    fn a_voice_message_is_told_as_one() {
        let mut files = pointed(&[said("audio/mp3", "voice.mp3")]);
        assert!(!told(&files).first().unwrap().voice);
        for file in &mut files {
            file.facts.kind = FileKind::Voice;
        }
        assert!(told(&files).first().unwrap().voice);
        assert_eq!(pointed(&told(&files)), files);
    }

    #[test]
    fn no_more_files_are_taken_than_a_message_has() {
        let many = vec![said("image/png", "a"); 40];
        assert_eq!(pointed(&many).len(), MOST_FILES);
        let first = pointed(&many).remove(0);
        assert_eq!(first.facts.content_type, "image/png");
        let nothing_said = one(&said("", ""));
        assert_eq!(nothing_said.facts.content_type, UNKNOWN);
        assert_eq!(nothing_said.pointer.url, many.first().unwrap().url);
    }
}
