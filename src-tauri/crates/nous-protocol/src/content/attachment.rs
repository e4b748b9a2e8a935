//! Files that messages point to.
//!
//! Source: `messages.md` §4.4 and §11.6.

use super::ContentError;
use crate::wire::protobuf::AttachmentPointer;

/// The longest file name, in bytes.
const MAX_FILE_NAME: usize = 120;

/// A file on a server.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attachment {
    /// Where it is.
    pub url: String,
    /// MIME type, at most 100 bytes.
    pub content_type: Option<String>,
    /// 64 bytes (legacy) or 32 (stream); absent in communities.
    pub key: Option<Vec<u8>>,
    /// Plaintext bytes without padding.
    pub size: Option<u32>,
    /// SHA-256 of the encrypted bytes; legacy only.
    pub digest: Option<[u8; 32]>,
    /// A clean name: no path, no controls, at most 120 bytes.
    pub file_name: Option<String>,
    /// Whether it is a voice message.
    pub voice: bool,
    /// Pixels; a hint only.
    pub width: Option<u32>,
    /// Pixels; a hint only.
    pub height: Option<u32>,
    /// Alternative text, at most 2,000 code points.
    pub caption: Option<String>,
}

/// Shows nothing: link and key let anybody read the file.
impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attachment(…)")
    }
}

/// Reads a pointer; `None` without a link.
pub(super) fn read(pointer: AttachmentPointer) -> Result<Option<Attachment>, ContentError> {
    let Some(url) = pointer.url.filter(|url| !url.is_empty()) else {
        return Ok(None);
    };
    let bound = |ok: bool, name| {
        if ok {
            Ok(())
        } else {
            Err(ContentError::Bound(name))
        }
    };
    bound(url.len() <= 2_048, "attachment.url")?;
    bound(
        pointer.content_type.as_ref().is_none_or(|kind| kind.len() <= 100),
        "contentType",
    )?;
    let key = pointer.key.filter(|key| !key.is_empty());
    bound(key.as_ref().is_none_or(|key| matches!(key.len(), 32 | 64)), "key")?;
    let digest = pointer.digest.filter(|digest| !digest.is_empty());
    let digest = digest.map(<[u8; 32]>::try_from).transpose();
    Ok(Some(Attachment {
        url,
        content_type: pointer.content_type,
        key,
        size: pointer.size,
        digest: digest.map_err(|_| ContentError::Bound("digest"))?,
        file_name: pointer.file_name.as_deref().and_then(clean_file_name),
        voice: pointer.flags.unwrap_or(0) & 1 == 1,
        width: pointer.width,
        height: pointer.height,
        caption: pointer
            .caption
            .map(|caption| caption.chars().take(2_000).collect()),
    }))
}

/// The protobuf form.
pub(super) fn write(attachment: &Attachment) -> AttachmentPointer {
    AttachmentPointer {
        deprecated_id: Some(numeric_id(&attachment.url)),
        content_type: attachment.content_type.clone(),
        key: attachment.key.clone(),
        size: attachment.size,
        digest: attachment.digest.map(|digest| digest.to_vec()),
        file_name: attachment.file_name.clone(),
        flags: attachment.voice.then_some(1),
        width: attachment.width,
        height: attachment.height,
        caption: attachment.caption.clone(),
        url: Some(attachment.url.clone()),
        thumbnail: None,
    }
}

/// The file id of a link if it is a number below 2⁶³, else 0.
fn numeric_id(url: &str) -> u64 {
    let path = url.split(['#', '?']).next().unwrap_or_default();
    let id = path.rsplit('/').next().unwrap_or_default();
    id.parse::<i64>()
        .ok()
        .and_then(|id| u64::try_from(id).ok())
        .unwrap_or(0)
}

/// A file name that can do no harm: the last part of a path, without controls, with U+FFFD
/// for characters that turn the direction, cut at 120 bytes before its extension. `None` if
/// nothing remains.
#[must_use]
pub fn clean_file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let kept = last.chars().filter(|c| !c.is_control());
    let clean: String = kept.map(|c| if turns(c) { '\u{fffd}' } else { c }).collect();
    let clean = clean.trim();
    if clean.is_empty() || clean.chars().all(|c| c == '.') {
        return None;
    }
    Some(cut_before_extension(clean))
}

fn cut_before_extension(name: &str) -> String {
    if name.len() <= MAX_FILE_NAME {
        return name.to_owned();
    }
    let extension = name
        .rfind('.')
        .and_then(|dot| name.get(dot..))
        .filter(|text| text.len() <= 20);
    let extension = extension.unwrap_or_default();
    let room = MAX_FILE_NAME.saturating_sub(extension.len());
    let stem = name.get(..name.floor_char_boundary(room)).unwrap_or_default();
    format!("{stem}{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_last_part() {
        assert_eq!(clean_file_name("../../etc/passwd").unwrap(), "passwd");
        assert_eq!(clean_file_name("C:\\x\\a.txt").unwrap(), "a.txt");
        assert_eq!(clean_file_name(".."), None);
        assert_eq!(clean_file_name("a/"), None);
    }

    #[test]
    fn tricks_with_the_direction_show() {
        assert_eq!(
            clean_file_name("photo\u{202e}gpj.exe").unwrap(),
            "photo\u{fffd}gpj.exe"
        );
        assert_eq!(clean_file_name("a\u{0}b\n.txt").unwrap(), "ab.txt");
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = clean_file_name(&format!("{}.jpeg", "é".repeat(100))).unwrap();
        assert!(name.len() <= 120 && name.ends_with("é.jpeg"), "{name}");
    }

    #[test]
    fn the_old_id_is_the_number_in_the_link() {
        assert_eq!(numeric_id("http://h/file/900#d"), 900);
        assert_eq!(numeric_id("http://h/file/abcd"), 0);
        assert_eq!(numeric_id("http://h/file/9223372036854775808"), 0);
    }

    #[test]
    fn a_pointer_without_link_is_dropped_and_a_strange_key_rejected() {
        assert!(read(AttachmentPointer::default()).unwrap().is_none());
        let pointer = AttachmentPointer {
            url: Some("u".into()),
            key: Some(vec![1; 5]),
            ..AttachmentPointer::default()
        };
        assert!(matches!(read(pointer), Err(ContentError::Bound("key"))));
    }
}
