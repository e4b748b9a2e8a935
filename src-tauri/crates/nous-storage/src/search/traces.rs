//! What stays in the index of words that are gone: their beginnings, and used up segments.
//!
//! With its option `secure-delete` FTS5 takes a word off the page on which it stands, when its last message
//! goes. Two traces stay:
//! - **Separators.** Each row of `%_idx` holds a beginning of the first word that a page had when it was
//!   written: one letter more than it has in common with the word before, so perhaps nearly all of it. It
//!   stays when that word goes, until the page is empty.
//! - **Used up segments.** Of a segment that a merge has read to its end the pages stay until the whole merge
//!   ends, and nobody looks there for a word that goes.
//!
//! FTS5 offers `merge` and `optimize` against both, which write all of the index anew for one word. Here only
//! the traces are removed. A separator whose page begins with another word by now gets the shortest
//! beginning of that one which still parts the pages; one without a page goes. The pages of used up segments
//! go as FTS5 removes them at the end of the merge. Nothing that a search reads becomes another: a
//! separator may be anything that is greater than the words before and not greater than its page's first.
//!
//! Triggers note that something was erased (`search_state.traces`). A look at all separators is made in
//! portions; what is erased meanwhile asks for another look. The index of a million messages has a few
//! thousand separators.

use rusqlite::{Connection, OptionalExtension};

use super::pages::{self, Beginning, Segment};
use crate::db::{Reader, Writer};
use crate::error::StorageError;

/// So many separators are looked at in one transaction: a few milliseconds.
const PORTION: u32 = 200;

/// A look for traces that goes on.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Its number in `search_state`.
    number: i64,
    /// The last separator that was looked at.
    last: Place,
}

/// The place of a separator.
#[derive(Debug, Clone, Default)]
struct Place {
    segment: i64,
    separator: Vec<u8>,
}

/// Whether something was erased since the last look for traces.
///
/// # Errors
/// What the database said.
pub fn has_traces(reader: &Reader<'_>) -> Result<bool, StorageError> {
    let sql = "SELECT traces > 0 FROM search_state";
    Ok(reader
        .conn()
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?)
}

/// Begins a look for traces; `None` if nothing was erased.
///
/// # Errors
/// What the database said.
pub(crate) fn begin_look(writer: &mut Writer<'_>) -> Result<Option<Look>, StorageError> {
    let conn = writer.conn();
    let sql = "UPDATE search_state SET traces = 2 + abs(random() >> 2) WHERE traces > 0 RETURNING traces";
    let begun = conn.prepare_cached(sql)?.query_row([], |row| row.get(0));
    let Some(number) = begun.optional()? else {
        return Ok(None);
    };
    // What leaves the index in this transaction leaves it now.
    conn.prepare_cached("INSERT INTO message_words (message_words) VALUES ('flush')")?
        .execute([])?;
    remove_used_up(conn)?;
    let last = Place::default();
    Ok(Some(Look { number, last }))
}

/// Goes on with a look for traces; `None` at its end.
///
/// # Errors
/// What the database said.
pub(crate) fn look_on(writer: &mut Writer<'_>, look: &Look) -> Result<Option<Look>, StorageError> {
    let conn = writer.conn();
    let places = places_behind(conn, &look.last)?;
    for (place, page) in &places {
        match standing(conn, place, *page)? {
            Standing::Right => {}
            Standing::Stale(better) => replace(conn, place, &better)?,
            Standing::Needless => remove(conn, place)?,
        }
    }
    let is_full = u32::try_from(places.len()).is_ok_and(|count| count == PORTION);
    if let Some((last, _)) = places.into_iter().next_back().filter(|_| is_full) {
        let number = look.number;
        return Ok(Some(Look { number, last }));
    }
    // What was erased since has given another number.
    conn.prepare_cached("UPDATE search_state SET traces = 0 WHERE traces = ?1")?
        .execute([look.number])?;
    Ok(None)
}

/// Removes the pages of segments that are used up.
fn remove_used_up(conn: &Connection) -> Result<(), StorageError> {
    let levels = pages::levels(conn)?.unwrap_or_default();
    let segments = levels.iter().flat_map(|level| &level.segments);
    for segment in segments.filter(|segment| segment.is_used_up) {
        conn.prepare_cached("DELETE FROM message_words_data WHERE id >= ?1 AND id < ?2")?
            .execute((
                Segment::page(segment.number, 0),
                Segment::page(segment.number + 1, 0),
            ))?;
    }
    Ok(())
}

/// Separators with letters, and the numbers of their pages. Where a segment begins there is one without.
fn places_behind(conn: &Connection, last: &Place) -> Result<Vec<(Place, i64)>, StorageError> {
    let mut statement = conn.prepare_cached(
        "SELECT segid, term, pgno >> 1 FROM message_words_idx
         WHERE (segid, term) > (?1, ?2) AND length(term) > 0 ORDER BY segid, term LIMIT ?3",
    )?;
    let places = statement.query_map((last.segment, &last.separator, PORTION), |row| {
        let place = Place {
            segment: row.get(0)?,
            separator: row.get(1)?,
        };
        Ok((place, row.get(2)?))
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}

/// How a separator stands to the words of its page.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// It is the beginning of the first one.
    Right,
    /// It was; this one is.
    Stale(Vec<u8>),
    /// There is no page, or no word on it.
    Needless,
}

fn standing(conn: &Connection, place: &Place, page: i64) -> Result<Standing, StorageError> {
    let mut statement = conn.prepare_cached("SELECT block FROM message_words_data WHERE id = ?1")?;
    let page = Segment::page(place.segment, page);
    let found = statement.query_row([page], |row| {
        Ok(match pages::beginning(row.get_ref(0)?.as_blob()?) {
            Beginning::Word(word) => match better(&place.separator, word) {
                Some(better) => Standing::Stale(better.to_vec()),
                None => Standing::Right,
            },
            Beginning::Nothing => Standing::Needless,
            Beginning::Unknown => Standing::Right,
        })
    });
    Ok(found.optional()?.unwrap_or(Standing::Needless))
}

/// The shortest beginning of a page's first word that is not smaller than the separator before it;
/// `None` if that one is a beginning of the word itself.
fn better<'w>(separator: &[u8], word: &'w [u8]) -> Option<&'w [u8]> {
    let pairs = separator.iter().zip(word);
    let common = pairs.take_while(|(a, b)| a == b).count();
    let (before, now) = (separator.get(common)?, word.get(common)?);
    if now > before { word.get(..=common) } else { None }
}

fn replace(conn: &Connection, place: &Place, better: &[u8]) -> Result<(), StorageError> {
    conn.prepare_cached("UPDATE message_words_idx SET term = ?3 WHERE segid = ?1 AND term = ?2")?
        .execute((place.segment, &place.separator, better))?;
    Ok(())
}

fn remove(conn: &Connection, place: &Place) -> Result<(), StorageError> {
    conn.prepare_cached("DELETE FROM message_words_idx WHERE segid = ?1 AND term = ?2")?
        .execute((place.segment, &place.separator))?;
    Ok(())
}

#[cfg(test)]
mod tests;
