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

/// What the chosen files of a message are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    /// None, an album, or one file.
    Fine,
    /// A voice message.
    Voice,
    /// A voice message, which has no text.
    VoiceWithText,
    /// They do not go into one message.
    OfDifferentKinds,
    /// One is not there any more, or stands there twice.
    Missing,
}

/// Looks at the files that were chosen for a message. `has_text`: it says something beside them.
pub(super) fn look(writer: &Writer<'_>, ids: &[String], has_text: bool) -> Result<Chosen, StorageError> {
    if ids.is_empty() {
        return Ok(Chosen::Fine);
    }
    let distinct: BTreeSet<&String> = ids.iter().collect();
    let files = staged::by_ids(&writer.reader(), ids)?;
    if files.len() != ids.len() || distinct.len() != ids.len() {
        return Ok(Chosen::Missing);
    }
    let kinds: Vec<FileKind> = files.iter().map(|file| file.facts.kind).collect();
    Ok(judge(&kinds, has_text))
}

/// Others show one file of a message, or pictures and films as an album.
fn judge(kinds: &[FileKind], has_text: bool) -> Chosen {
    let is_album = kinds.iter().all(|kind| kind.is_of_album());
    match kinds {
        [FileKind::Voice] if has_text => Chosen::VoiceWithText,
        [FileKind::Voice] => Chosen::Voice,
        [_, _, ..] if !is_album => Chosen::OfDifferentKinds,
        _ => Chosen::Fine,
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

    #[test]
    fn an_album_or_one_file_goes_in_a_message() {
        let none: &[FileKind] = &[];
        for kinds in [none, &[File], &[Picture, Video, Picture]] {
            assert_eq!(judge(kinds, true), Chosen::Fine, "{kinds:?}");
        }
        for kinds in [&[File, File][..], &[Picture, Voice], &[Voice, Voice]] {
            assert_eq!(judge(kinds, false), Chosen::OfDifferentKinds, "{kinds:?}");
        }
    }

    #[test]
    fn a_voice_message_has_no_text() {
        assert_eq!(judge(&[Voice], false), Chosen::Voice);
        assert_eq!(judge(&[Voice], true), Chosen::VoiceWithText);
    }
}
