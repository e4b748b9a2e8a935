//! The files, or the links, of one conversation, page by page.

use nous_client::protocol::account::ConversationId;
use nous_client::storage::attachments::FileKind;
use nous_client::storage::attachments::gallery::GalleryFile;
use nous_client::storage::messages::TimelinePlace;

use super::attachment_row;
use crate::app::App;
use crate::convert::{conversation_of, message_id, moment, timeline_cursor, timeline_place};
use crate::errors::ApiError;
use crate::ids::Cursor;
use crate::people_names::PeopleNames;
use crate::requests::{GalleryKind, GalleryRequest};
use crate::rows::{GalleryPage, GalleryRow};

/// The most rows of a page.
const MOST_ROWS: u32 = 100;

/// A page of the files, or of the links, of a conversation, newest first.
///
/// # Errors
/// `ConversationNotFound`, or what the database said.
pub async fn gallery(app: &App, request: GalleryRequest) -> Result<GalleryPage, ApiError> {
    let with = conversation_of(&request.conversation)?;
    let before = request.cursor.as_ref().map(timeline_place).transpose()?;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let kinds = match request.kind {
        GalleryKind::Media => vec![FileKind::Picture, FileKind::Video],
        GalleryKind::Files => vec![FileKind::Audio, FileKind::Voice, FileKind::File],
        GalleryKind::Links => return links(app, with, before, limit).await,
    };
    let files = app.client.gallery(with, kinds, before, limit).await?;
    let next = next_after(files.last().map(|last| last.at), files.len(), limit);
    let authors = files.iter().map(|file| file.author).collect();
    let names = PeopleNames::of_people(app, authors).await?;
    let rows = files.into_iter().map(|found| {
        let GalleryFile {
            file, author, sent, ..
        } = found;
        GalleryRow {
            message: message_id(file.message),
            author: names.person(&author),
            sent_at: moment(sent),
            file: Some(attachment_row(app, file)),
            links: Vec::new(),
        }
    });
    Ok(GalleryPage {
        rows: rows.collect(),
        next,
    })
}

async fn links(
    app: &App,
    with: ConversationId,
    before: Option<TimelinePlace>,
    limit: u32,
) -> Result<GalleryPage, ApiError> {
    let found = app.client.gallery_links(with, before, limit).await?;
    let next = next_after(found.last().map(|last| last.at), found.len(), limit);
    let authors = found.iter().map(|link| link.author).collect();
    let names = PeopleNames::of_people(app, authors).await?;
    let rows = found.into_iter().map(|link| GalleryRow {
        message: message_id(link.at.key),
        author: names.person(&link.author),
        sent_at: moment(link.sent),
        file: None,
        links: links_in(&link.body),
    });
    Ok(GalleryPage {
        rows: rows.filter(|row| !row.links.is_empty()).collect(),
        next,
    })
}

/// Where the next page begins, after a full one.
fn next_after(last: Option<TimelinePlace>, count: usize, limit: u32) -> Option<Cursor> {
    let is_full = count >= usize::try_from(limit).unwrap_or(usize::MAX);
    last.filter(|_| is_full).map(timeline_cursor)
}

/// The web addresses in a text, each once.
fn links_in(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let lower = word.to_ascii_lowercase();
        let start = lower.find("https://").or_else(|| lower.find("http://"));
        let Some(link) = start.and_then(|start| word.get(start..)) else {
            continue;
        };
        let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'']);
        let has_host = link.split_once("://").is_some_and(|(_, rest)| !rest.is_empty());
        if has_host && !links.iter().any(|known| known == link) {
            links.push(link.to_owned());
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_without_what_ends_the_sentence() {
        let text = "see https://a.example/x?y=1, (http://b.example) and https://a.example/x?y=1. https:// é";
        assert_eq!(links_in(text), ["https://a.example/x?y=1", "http://b.example"]);
    }
}
