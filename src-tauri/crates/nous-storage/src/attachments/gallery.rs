//! The files of one conversation, newest first.
//!
//! Source: `product.md` §13.

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::Row;

use super::{Attachment, FACTS, FileKind, FileState, read_facts};
use crate::columns::{account, count, json, moment};
use crate::db::Reader;
use crate::error::StorageError;
use crate::ids::{ConversationKey, MessageKey};
use crate::messages::TimelinePlace;

/// A file in its place among all of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryFile {
    /// The file.
    pub file: Attachment,
    /// Who sent it.
    pub author: AccountId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Where its message stands.
    pub at: TimelinePlace,
}

/// A message with a link in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GalleryLink {
    /// Who sent it.
    pub author: AccountId,
    /// Network time of sending.
    pub sent: Timestamp,
    /// Where it stands.
    pub at: TimelinePlace,
    /// The first 4,000 characters of its text.
    pub body: String,
}

fn files_sql() -> String {
    format!(
        "SELECT f.id, f.message, f.place, f.state, f.error, f.thumbnail_name, f.local_name IS NOT NULL, {FACTS},
                m.author, m.sent_ms, m.order_ms, m.received_ms
         FROM messages AS m INDEXED BY messages_with_media CROSS JOIN attachments AS f ON f.message = m.id
         WHERE m.conversation = ?1 AND m.media <> 0 AND m.is_hidden = 0
           AND (m.order_ms, m.received_ms, m.id) < (?2, ?3, ?4)
           AND f.kind IN (SELECT value FROM json_each(?5)) AND f.place < 32
         ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT ?6"
    )
}

fn read_file(row: &Row<'_>) -> rusqlite::Result<GalleryFile> {
    let message: MessageKey = row.get(1)?;
    Ok(GalleryFile {
        file: Attachment {
            key: row.get(0)?,
            message,
            place: count(row, 2)?,
            state: FileState::from_code(row.get(3)?),
            error: row.get(4)?,
            thumbnail: row.get(5)?,
            is_here: row.get(6)?,
            facts: read_facts(row, 7)?,
        },
        author: account(row, 18)?,
        sent: moment(row, 19)?,
        at: TimelinePlace {
            order: moment(row, 20)?,
            received: moment(row, 21)?,
            key: message,
        },
    })
}

const END: (i64, i64, i64) = (i64::MAX, i64::MAX, i64::MAX);

fn place(before: Option<TimelinePlace>) -> (i64, i64, i64) {
    before.map_or(END, |place| {
        (place.order.as_ms(), place.received.as_ms(), place.key.0)
    })
}

/// Files of these kinds before a place, newest first, those of a message together; at most `limit`
/// and what else the last message has.
///
/// # Errors
/// What the database said.
pub fn files(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    kinds: &[FileKind],
    before: Option<TimelinePlace>,
    limit: u32,
) -> Result<Vec<GalleryFile>, StorageError> {
    let codes: Vec<i64> = kinds.iter().map(|kind| kind.code()).collect();
    let (order, received, key) = place(before);
    let mut statement = reader.conn().prepare_cached(&files_sql())?;
    // A message has at most 32: its files are not torn apart.
    let most = limit.saturating_add(31);
    let rows = statement.query_map(
        (conversation, order, received, key, json(&codes)?, most),
        read_file,
    )?;
    let mut files: Vec<GalleryFile> = rows.collect::<Result<_, _>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if let Some(last) = files.get(limit.saturating_sub(1)).map(|file| file.file.message) {
        let end = files
            .iter()
            .skip(limit)
            .position(|file| file.file.message != last)
            .map_or(files.len(), |more| limit + more);
        files.truncate(end);
    }
    Ok(files)
}

const LINKS: &str = "SELECT m.id, m.author, m.sent_ms, m.order_ms, m.received_ms, substr(m.body, 1, 4000)
    FROM messages AS m INDEXED BY messages_with_links
    WHERE m.conversation = ?1 AND m.kind = 0 AND m.is_hidden = 0
      AND (m.order_ms, m.received_ms, m.id) < (?2, ?3, ?4)
      AND (instr(lower(m.body), 'https://') > 0 OR instr(lower(m.body), 'http://') > 0)
    ORDER BY m.order_ms DESC, m.received_ms DESC, m.id DESC LIMIT ?5";

/// Messages with links before a place, newest first.
///
/// # Errors
/// What the database said.
pub fn links(
    reader: &Reader<'_>,
    conversation: ConversationKey,
    before: Option<TimelinePlace>,
    limit: u32,
) -> Result<Vec<GalleryLink>, StorageError> {
    let (order, received, key) = place(before);
    let mut statement = reader.conn().prepare_cached(LINKS)?;
    let rows = statement.query_map((conversation, order, received, key, limit), |row| {
        Ok(GalleryLink {
            author: account(row, 1)?,
            sent: moment(row, 2)?,
            at: TimelinePlace {
                order: moment(row, 3)?,
                received: moment(row, 4)?,
                key: row.get(0)?,
            },
            body: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(super) fn statements() -> Vec<String> {
    vec![files_sql(), LINKS.to_owned()]
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::conversations;
    use crate::db::{Database, DatabaseOptions};
    use crate::messages::{self, MessageKind, NewMessage};
    use crate::secret::DatabaseKey;

    const BOB: AccountId = AccountId::from_x25519([2; 32]);

    fn said(conversation: ConversationKey, at: i64, body: &str) -> NewMessage {
        let at = Timestamp::from_ms(at);
        NewMessage {
            conversation,
            author: BOB,
            is_own: false,
            is_received: true,
            kind: MessageKind::Text,
            body: body.to_owned(),
            sent: at,
            received: at,
            order: at,
            state: None,
            is_unread: false,
            client_token: None,
            server_hash: String::new(),
            expires: None,
            content: None,
            event: None,
            mentions_us: false,
            quote: None,
        }
    }

    #[tokio::test]
    async fn links_are_found_without_looking_at_messages_that_have_none() {
        let dir = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes([1; 32]);
        let db = Database::open(&dir.path().join("nous.db"), &key, DatabaseOptions::default()).unwrap();
        let began = Timestamp::from_ms(1);
        let writing = db.write(move |writer| conversations::ensure(writer, BOB, began));
        let conversation = writing.await.unwrap();
        let bodies = [
            "no link",
            "see HTTPS://a.example",
            "http://b.example",
            "http is old",
            "https://c.example",
        ];
        let writing = db.write(move |writer| {
            let numbered = (1..).zip(bodies);
            let keys = numbered.map(|(at, body)| messages::insert(writer, &said(conversation, at, body)));
            keys.collect::<Result<Vec<_>, _>>()
        });
        let deleted = writing.await.unwrap()[2];
        let deleting = db.write(move |writer| messages::delete_here(writer, &[deleted], began));
        deleting.await.unwrap();

        let all = db.read(move |reader| links(reader, conversation, None, 10));
        let all = all.await.unwrap();
        let bodies: Vec<_> = all.iter().map(|link| link.body.as_str()).collect();
        assert_eq!(bodies, ["https://c.example", "see HTTPS://a.example"]);
        let newest = all[0].at;
        let older = db.read(move |reader| links(reader, conversation, Some(newest), 10));
        assert_eq!(older.await.unwrap(), all[1..]);

        let plan = db.read(|reader| {
            let sql = format!("EXPLAIN QUERY PLAN {LINKS}");
            let first: String = reader.conn().query_row(&sql, (0, 0, 0, 0, 0), |row| row.get(3))?;
            Ok(first)
        });
        let plan = plan.await.unwrap();
        assert!(
            plan.contains("INDEX messages_with_links (conversation=? AND"),
            "{plan}"
        );
    }
}
