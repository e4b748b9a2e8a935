//! The index kept in order: messages of older versions, pages with words of messages that are gone.

use rusqlite::Connection;

use super::pages::{self, Level};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::ids::ConversationKey;
use crate::words;

/// So many messages are taken in at once.
const PORTION: u32 = 1_000;
/// So many pages of the index are written anew at once.
const PAGES: i64 = 200;
/// From so many messages on, their words leave the pages of the index later.
const MANY: u32 = 200;

/// What a state of `search_state.tidying` means.
const NOTHING: i64 = 0;
const TO_TIDY: i64 = 1;
const TIDYING: i64 = 2;

/// Empties the index, and has every message taken in again.
const START_OVER: &str = "INSERT INTO message_words (message_words) VALUES ('delete-all');
    UPDATE search_state SET tidying = 0, indexed_from = (SELECT coalesce(max(id), 0) + 1 FROM messages);";

/// Whether the messages of older versions are all in the index.
///
/// # Errors
/// What the database said.
pub fn is_complete(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT indexed_from <= 1 FROM search_state";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Whether there is something to do for [`work`].
///
/// # Errors
/// What the database said.
pub fn is_due(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT indexed_from > 1 OR tidying > 0 FROM search_state";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Bytes of the pages of the index, and of the texts of all messages. Looks at all of both.
///
/// # Errors
/// What the database said.
pub fn sizes(reader: &Reader<'_>) -> Result<(u64, u64), StorageError> {
    let sql = "SELECT (SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name GLOB 'message_words_*'),
                      (SELECT coalesce(sum(octet_length(body)), 0) FROM messages)";
    let mut statement = reader.conn().prepare_cached(sql)?;
    let (index, texts): (i64, i64) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((
        u64::try_from(index).unwrap_or(0),
        u64::try_from(texts).unwrap_or(0),
    ))
}

/// Does one portion of what there is to do.
///
/// # Errors
/// What the database said.
pub fn work(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let sql = "SELECT indexed_from, tidying FROM search_state";
    let mut statement = writer.conn().prepare_cached(sql)?;
    let (indexed_from, tidying) = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if indexed_from > 1 {
        take_in(writer, indexed_from)
    } else if tidying != NOTHING {
        tidy(writer, tidying)
    } else {
        Ok(())
    }
}

/// Takes in the newest messages of those that are not in the index.
fn take_in(writer: &mut Writer<'_>, indexed_from: i64) -> Result<(), StorageError> {
    let conn = writer.conn();
    let sql =
        "SELECT coalesce(min(id), 0) FROM (SELECT id FROM messages WHERE id < ?1 ORDER BY id DESC LIMIT ?2)";
    let from: i64 = conn
        .prepare_cached(sql)?
        .query_row((indexed_from, PORTION), |row| row.get(0))?;
    conn.prepare_cached(
        "INSERT INTO message_words (rowid, words)
         SELECT id, search_words(body, conversation, author, order_ms, media) FROM messages
         WHERE id >= ?1 AND id < ?2 AND kind = 0 AND (body <> '' OR media <> 0) ORDER BY id",
    )?
    .execute((from, indexed_from))?;
    conn.prepare_cached("UPDATE search_state SET indexed_from = ?1")?
        .execute([from])?;
    Ok(())
}

/// Writes some pages of the index anew, without the words of messages that are gone.
fn tidy(writer: &mut Writer<'_>, tidying: i64) -> Result<(), StorageError> {
    let conn = writer.conn();
    if tidying == TO_TIDY {
        // What was just taken out stands there as such, too.
        conn.prepare_cached("INSERT INTO message_words (message_words) VALUES ('flush')")?
            .execute([])?;
        if !pages::levels(conn)?.is_some_and(|levels| merges_to_the_oldest(&levels)) {
            return start_over(writer);
        }
    }
    // The first time all of the index is to become one piece.
    let pages = if tidying == TO_TIDY { -PAGES } else { PAGES };
    let before = conn.total_changes();
    conn.prepare_cached("INSERT INTO message_words (message_words, rank) VALUES ('merge', ?1)")?
        .execute([pages])?;
    // One change is that of the statement itself.
    let is_done = conn.total_changes().saturating_sub(before) < 2;
    set_tidying(conn, if is_done { NOTHING } else { TIDYING })
}

/// Whether the piece that all of the index is merged into stands on the last level. On another one FTS5
/// keeps the words that were taken out with a note that they were, for there might be older pieces.
///
/// It puts pieces of several levels on a new last one before. Those of one level go to the next.
fn merges_to_the_oldest(levels: &[Level]) -> bool {
    let count = |level: &Level| level.segments.len();
    let all: usize = levels.iter().map(count).sum();
    if all < 2 {
        // A single piece is not merged.
        return false;
    }
    let is_alone = |level: &Level| {
        let own = count(level);
        own > 0 && (own == all || (own + 1 == all && level.merging == own))
    };
    match levels.iter().position(is_alone) {
        None => true,
        Some(at) if at + 2 == levels.len() => count(&levels[at + 1]) <= 1,
        Some(at) => at + 1 == levels.len(),
    }
}

/// Takes all messages in anew: no word of others is left then.
fn start_over(writer: &mut Writer<'_>) -> Result<(), StorageError> {
    let conn = writer.conn();
    conn.execute_batch(START_OVER)?;
    let from = conn.query_row("SELECT indexed_from FROM search_state", [], |row| row.get(0))?;
    take_in(writer, from)
}

fn set_tidying(conn: &Connection, tidying: i64) -> Result<(), StorageError> {
    conn.prepare_cached("UPDATE search_state SET tidying = ?1")?
        .execute([tidying])?;
    Ok(())
}

/// Whether so many messages are many: see [`in_bulk`].
pub(crate) fn are_many(count: usize) -> bool {
    u32::try_from(count).is_ok_and(|count| count > MANY)
}

/// Whether a conversation has many messages: see [`in_bulk`].
///
/// # Errors
/// What the database said.
pub(crate) fn has_many(reader: &Reader<'_>, key: ConversationKey) -> Result<bool, StorageError> {
    let sql = "SELECT count(*) > ?2 FROM (SELECT 1 FROM messages WHERE conversation = ?1 LIMIT ?2 + 1)";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row((key, MANY), |row| row.get(0))?)
}

/// Carries out a deletion. Are the messages many, none is found any more at once, but their words
/// leave the pages of the index with the next turns of [`work`]: one by one that takes a millisecond
/// each.
///
/// # Errors
/// What the database said.
pub(crate) fn in_bulk<T>(
    writer: &mut Writer<'_>,
    are_many: bool,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    if !are_many {
        return work(writer);
    }
    set_thorough(writer.conn(), false)?;
    let done = work(writer);
    set_thorough(writer.conn(), true)?;
    set_tidying(writer.conn(), TO_TIDY)?;
    done
}

/// Whether words leave the pages of the index at once. What was done before is written first.
fn set_thorough(conn: &Connection, is_thorough: bool) -> Result<(), StorageError> {
    conn.prepare_cached("INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', ?1)")?
        .execute([i64::from(is_thorough)])?;
    Ok(())
}

/// Has the index made anew where this version makes words in another way than the one before.
///
/// # Errors
/// What the database said.
pub(crate) fn settle(conn: &Connection) -> Result<(), StorageError> {
    let form = words::form();
    let known: String = conn.query_row("SELECT form FROM search_state", [], |row| row.get(0))?;
    if known == form {
        return Ok(());
    }
    let transaction = conn.unchecked_transaction()?;
    if !known.is_empty() {
        transaction.execute_batch(START_OVER)?;
    }
    transaction.execute("UPDATE search_state SET form = ?1", [form])?;
    Ok(transaction.commit()?)
}

/// Empties the index of a fresh backup, before anything is removed from it: it is made again when
/// the backup is used. An older version has none.
///
/// # Errors
/// What the disk said.
pub(crate) fn empty_copy(conn: &Connection) -> Result<(), StorageError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'search_state')";
    let has_index: bool = conn.query_row(sql, [], |row| row.get(0))?;
    if has_index {
        let transaction = conn.unchecked_transaction()?;
        transaction.execute_batch(START_OVER)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::pages::Segment;

    fn level(merging: usize, count: usize) -> Level {
        let segment = Segment {
            number: 1,
            is_used_up: false,
        };
        Level {
            merging,
            segments: vec![segment; count],
        }
    }

    #[test]
    fn words_are_dropped_where_all_is_merged_into_the_last_level() {
        let merges = |levels: &[(usize, usize)]| {
            let levels: Vec<Level> = levels
                .iter()
                .map(|(merging, count)| level(*merging, *count))
                .collect();
            merges_to_the_oldest(&levels)
        };
        // On several levels: they are put on a new one.
        assert!(merges(&[(0, 1), (0, 0), (0, 1)]) && merges(&[(2, 3), (0, 1)]));
        // On one level: the next one is the last, or not.
        assert!(merges(&[(0, 3)]) && merges(&[(0, 3), (0, 0)]));
        assert!(!merges(&[(0, 3), (0, 0), (0, 0)]));
        // All but what a merge has written so far.
        assert!(merges(&[(2, 2), (0, 1)]) && !merges(&[(2, 2), (0, 1), (0, 0)]));
        // Nothing to merge.
        assert!(!merges(&[]) && !merges(&[(0, 1)]));
    }
}
