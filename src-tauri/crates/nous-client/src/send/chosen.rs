//! The chosen files of a message: what goes together, and how a message gets them.
//!
//! Source: `messages.md` §11.5, §11.6.

use std::collections::BTreeSet;

use nous_storage::attachments::FileKind;
use nous_storage::attachments::staged;
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::MessageKey;
use nous_storage::outbox;

use super::parcels::{Parcel, parcels};

/// What goes into one message: a text, and chosen files by their places.
pub(super) type Part = Parcel<usize>;

/// What the chosen files of a message are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    /// None, or some that go in so many messages.
    Fine(Vec<Part>),
    /// A voice message.
    Voice(Vec<Part>),
    /// A voice message, which has no text.
    VoiceWithText,
    /// One is not there any more, or stands there twice.
    Missing,
}

/// Looks at the files that were chosen for a message. `text`: what it says beside them.
pub(super) fn look(writer: &Writer<'_>, ids: &[String], text: &str) -> Result<Chosen, StorageError> {
    let distinct: BTreeSet<&String> = ids.iter().collect();
    let files = staged::by_ids(&writer.reader(), ids)?;
    if files.len() != ids.len() || distinct.len() != ids.len() {
        return Ok(Chosen::Missing);
    }
    let kinds: Vec<FileKind> = files.iter().map(|file| file.facts.kind).collect();
    Ok(judge(&kinds, text))
}

fn judge(kinds: &[FileKind], text: &str) -> Chosen {
    let numbered: Vec<(usize, FileKind)> = kinds.iter().copied().enumerate().collect();
    match kinds {
        [FileKind::Voice] if !text.is_empty() => Chosen::VoiceWithText,
        [FileKind::Voice] => Chosen::Voice(parcels(text, &numbered)),
        _ => Chosen::Fine(parcels(text, &numbered)),
    }
}

/// Gives the files to their message: it goes out once they are uploaded.
pub(super) fn attach(
    writer: &mut Writer<'_>,
    message: MessageKey,
    ids: &[String],
) -> Result<(), StorageError> {
    if ids.is_empty() {
        return Ok(());
    }
    staged::attach(writer, message, ids)?;
    outbox::await_uploads(writer, message)
}

#[cfg(test)]
mod tests {
    use nous_storage::attachments::FileKind::{File, Picture, Video, Voice};

    use super::*;

    fn part(text: &str, files: &[usize]) -> Part {
        Part {
            text: text.to_owned(),
            files: files.to_vec(),
        }
    }

    #[test]
    fn an_album_or_one_file_goes_in_a_message_and_others_in_several() {
        assert_eq!(judge(&[], "said"), Chosen::Fine(vec![part("said", &[])]));
        let album = judge(&[Picture, Video, Picture], "said");
        assert_eq!(album, Chosen::Fine(vec![part("said", &[0, 1, 2])]));
        let mixed = judge(&[File, Picture, File, Picture], "said");
        let parts = vec![part("said", &[0]), part("", &[1, 3]), part("", &[2])];
        assert_eq!(mixed, Chosen::Fine(parts));
    }

    #[test]
    fn a_voice_message_has_no_text() {
        assert_eq!(judge(&[Voice], ""), Chosen::Voice(vec![part("", &[0])]));
        assert_eq!(judge(&[Voice], "said"), Chosen::VoiceWithText);
    }
}
