//! Cards below the text of a message: the preview of a link in it, or an invitation to a community.
//!
//! The picture of a preview is a file of its message like others, at a place of its own:
//! [`OF_PREVIEW`](crate::attachments::OF_PREVIEW).
//!
//! Source: `messages.md` §4.2, §8 and §13.

use rusqlite::{OptionalExtension, Row};

use super::Message;
use crate::attachments::{self, OF_PREVIEW, PointedFile};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::MessageKey;

/// What a card shows.
#[derive(Clone, PartialEq, Eq)]
pub enum Card {
    /// A page that the text links to.
    Preview {
        /// The link, as it stands in the text.
        url: String,
        /// The page's title; empty: none.
        title: String,
    },
    /// A room of a community.
    Invitation {
        /// The link by which one joins.
        url: String,
        /// The room's name.
        name: String,
    },
}

/// Shows the kind only.
impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Preview { .. } => "Preview(…)",
            Self::Invitation { .. } => "Invitation(…)",
        })
    }
}

impl Card {
    const fn code(&self) -> i64 {
        match self {
            Self::Preview { .. } => 1,
            Self::Invitation { .. } => 2,
        }
    }

    fn parts(&self) -> (&str, &str) {
        match self {
            Self::Preview { url, title } => (url, title),
            Self::Invitation { url, name } => (url, name),
        }
    }

    fn of(code: i64, url: String, title: String) -> Option<Self> {
        match code {
            1 => Some(Self::Preview { url, title }),
            2 => Some(Self::Invitation { url, name: title }),
            _ => None,
        }
    }
}

/// What the columns `card`, `card_url` and `card_title` of a row say.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Card>> {
    Ok(Card::of(
        row.get("card")?,
        row.get("card_url")?,
        row.get("card_title")?,
    ))
}

/// Takes the picture of each preview from among the files of its message.
pub(super) fn take_pictures(rows: &mut [Message]) {
    for row in rows {
        // It stands behind all others.
        row.card_picture = row.attachments.pop_if(|file| file.place == OF_PREVIEW);
    }
}

/// Gives a message its card.
///
/// # Errors
/// What the database said.
pub fn set_card(writer: &mut Writer<'_>, message: MessageKey, card: &Card) -> Result<(), StorageError> {
    let sql = "UPDATE messages SET card = ?2, card_url = ?3, card_title = ?4 WHERE id = ?1";
    let (url, title) = card.parts();
    let values = (message, card.code(), url, title);
    writer.conn().prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Gives a message a card that an earlier version could not show; it is shown as what it is. `false`
/// if it has one, or is gone.
///
/// # Errors
/// What the database said.
pub fn give_card(
    writer: &mut Writer<'_>,
    message: MessageKey,
    card: &Card,
    picture: Option<&PointedFile>,
) -> Result<bool, StorageError> {
    let sql = "UPDATE messages SET kind = 0
               WHERE id = ?1 AND kind IN (0, 2) AND card = 0 AND is_hidden = 0 AND folded_count = 0";
    if writer.conn().prepare_cached(sql)?.execute([message])? == 0 {
        return Ok(false);
    }
    set_card(writer, message, card)?;
    if let Some(picture) = picture {
        attachments::insert_of_preview(writer, message, picture)?;
    }
    Ok(true)
}

/// The card of an own message as its content tells of it, with the picture of a preview if that is
/// at the server.
///
/// # Errors
/// What the database said.
pub fn sendable_card(
    reader: &Reader<'_>,
    message: MessageKey,
) -> Result<Option<(Card, Option<PointedFile>)>, StorageError> {
    let sql = "SELECT card, card_url, card_title FROM messages WHERE id = ?1";
    let found = reader
        .conn()
        .prepare_cached(sql)?
        .query_row([message], read)
        .optional()?;
    match found.flatten() {
        Some(card) => Ok(Some((card, attachments::sendable_of_preview(reader, message)?))),
        None => Ok(None),
    }
}
