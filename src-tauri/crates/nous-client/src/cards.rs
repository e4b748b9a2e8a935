//! Cards below messages: what comes with them, and what is told of ours.
//!
//! What is received is shown as it came: nobody asks the site of a link that somebody else wrote, and
//! nothing is joined.
//!
//! Source: `messages.md` §4.2, §8, §13.

use nous_network::preview::link;
use nous_protocol::content::{Message, Preview};
use nous_storage::attachments::{self, PointedFile, transfers};
use nous_storage::db::Writer;
use nous_storage::error::StorageError;
use nous_storage::ids::{ConversationKey, MessageKey};
use nous_storage::messages::{self, Card};

use crate::files::{policy, received};

/// The longest title or name, in code points.
const LONGEST: usize = 200;

/// A card that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCard {
    /// What it shows.
    pub card: Card,
    /// The picture of a preview.
    pub picture: Option<Box<PointedFile>>,
}

/// The card of a message, if it has one. An invitation goes before a preview; a link that could mislead
/// has none.
pub(crate) fn received(message: &Message) -> Option<ReceivedCard> {
    if let Some(invitation) = &message.invitation {
        return Some(ReceivedCard {
            card: Card::Invitation {
                url: invitation.url.trim().to_owned(),
                name: line(&invitation.name),
            },
            picture: None,
        });
    }
    let preview = message.preview.as_ref()?;
    link::parse(&preview.url)?;
    let title = preview.title.as_deref().map(line).unwrap_or_default();
    let picture = preview.image.as_ref().map(std::slice::from_ref);
    let picture = picture.and_then(|picture| received::pointed(picture).pop().map(Box::new));
    if title.is_empty() && picture.is_none() {
        return None;
    }
    Some(ReceivedCard {
        card: Card::Preview {
            url: preview.url.clone(),
            title,
        },
        picture,
    })
}

/// Writes down the card that came with a message, and wants its picture if files from there come by
/// themselves.
///
/// # Errors
/// What the database said.
pub(crate) fn take(
    writer: &mut Writer<'_>,
    message: MessageKey,
    conversation: ConversationKey,
    is_own: bool,
    came: &ReceivedCard,
) -> Result<(), StorageError> {
    messages::set_card(writer, message, &came.card)?;
    let Some(picture) = came.picture.as_deref() else {
        return Ok(());
    };
    let key = attachments::insert_of_preview(writer, message, picture)?;
    let comes = received::comes_by_itself(&writer.reader(), conversation, is_own)?;
    if comes && policy::may_exist(picture.facts.size) {
        transfers::want(writer, key, true)?;
    }
    Ok(())
}

/// The preview of an own message as its content tells of it; `None` if nothing is left to show.
pub(crate) fn told(card: Card, picture: Option<PointedFile>) -> Option<Preview> {
    let Card::Preview { url, title } = card else {
        return None;
    };
    let title = Some(title).filter(|title| !title.is_empty());
    let image = picture.and_then(|picture| received::told(&[picture]).pop());
    (title.is_some() || image.is_some()).then_some(Preview { url, title, image })
}

/// A text in one line, without signs that cannot be seen or turn the direction, and cut.
pub(crate) fn line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}');
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use nous_protocol::content::{Attachment, Invitation};

    use super::*;

    const LINK: &str = "https://example.org/seeds";

    fn previewed(title: Option<&str>, image: Option<Attachment>) -> Message {
        Message {
            body: format!("look at {LINK}"),
            preview: Some(Preview {
                url: LINK.to_owned(),
                title: title.map(str::to_owned),
                image,
            }),
            ..Message::default()
        }
    }

    fn picture() -> Attachment {
        Attachment {
            url: "http://files.test/file/1".into(),
            content_type: Some("image/jpeg".into()),
            key: Some(vec![1; 64]),
            digest: Some([2; 32]),
            size: Some(9),
            ..Attachment::default()
        }
    }

    #[test]
    fn what_is_told_of_a_preview_is_received_as_it_was() {
        let came = received(&previewed(Some("Seeds"), Some(picture()))).unwrap();
        assert_eq!(came.picture.as_deref().unwrap().pointer.key, Some(vec![1; 64]));
        let told = told(came.card, came.picture.map(|picture| *picture)).unwrap();
        assert!(told == previewed(Some("Seeds"), Some(picture())).preview.unwrap());
    }

    #[test]
    fn a_link_that_misleads_gets_no_card() {
        for url in [
            "https://example.org@evil.test/",
            "http://example.org/",
            "javascript:alert(1)",
        ] {
            let mut message = previewed(Some("Seeds"), None);
            message.preview.as_mut().unwrap().url = url.to_owned();
            assert_eq!(received(&message), None, "{url}");
        }
    }

    #[test]
    fn a_title_is_one_line_that_turns_nothing() {
        let came = received(&previewed(Some("a\u{202e}\n b\u{7}\t c"), None)).unwrap();
        assert!(matches!(came.card, Card::Preview { title, .. } if title == "a b c"));
        assert_eq!(
            received(&previewed(Some("\u{202e}\n"), None)),
            None,
            "nothing is left to show"
        );
        assert!(
            told(
                Card::Preview {
                    url: LINK.into(),
                    title: String::new()
                },
                None
            )
            .is_none()
        );
    }

    #[test]
    fn an_invitation_is_a_card_with_name_and_link() {
        let message = Message {
            invitation: Some(Invitation {
                url: " https://example.org/room?public_key=00 ".into(),
                name: "The\nroom".into(),
            }),
            ..previewed(Some("no"), None)
        };
        let wanted = Card::Invitation {
            url: "https://example.org/room?public_key=00".into(),
            name: "The room".into(),
        };
        assert!(received(&message).unwrap().card == wanted);
        assert_eq!(received(&Message::default()), None);
        assert!(told(wanted, None).is_none());
    }
}
