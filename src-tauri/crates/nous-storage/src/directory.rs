//! Account IDs that people publish, with names: the directory of this device.
//!
//! It is kept on this device only. Nothing here is ever written into a config or a message.
//!
//! Source: `product.md` §5.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;
use nous_protocol::time::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::columns::{account, count, json, json_ids};
use crate::db::{Reader, Writer};
use crate::error::StorageError;
use crate::folding::fold;

/// Somebody in the directory.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose account.
    pub account: AccountId,
    /// Cleaned, at most 100 bytes; empty if none was given.
    pub name: String,
    /// Cleaned; empty for none.
    pub note: String,
}

/// Shows nothing that names a person.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// A place in the list, which is in the order of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What names are sorted by.
    pub sort_key: String,
    /// Which of several with the same name.
    pub account: AccountId,
}

impl Entry {
    /// Its place in the list. Entries without a name stand at the end.
    #[must_use]
    pub fn place(&self) -> Place {
        let name = fold(&self.name);
        Place {
            sort_key: if name.is_empty() { LAST.to_owned() } else { name },
            account: self.account,
        }
    }

    fn search(&self) -> String {
        format!(
            "{}{} {}",
            folded_words(&self.name),
            folded_words(&self.note),
            self.account
        )
    }
}

/// The words of a text, each after a space, so that the beginning of a word is found behind one.
fn folded_words(text: &str) -> String {
    words_of(&fold(text)).map(|word| format!(" {word}")).collect()
}

/// Letters and digits that stand together.
fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Sorts behind every name.
const LAST: &str = "\u{10ffff}";

/// What was done with entries that came from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// They were not known.
    pub added: u32,
    /// They were known and got a name or a note.
    pub changed: u32,
    /// They were known, and stayed as they were.
    pub kept: u32,
}

impl std::ops::AddAssign for Merged {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.kept += other.kept;
    }
}

/// Which name and note win where an entry is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// What stands here; only what is missing is filled.
    Known,
    /// What comes; what it does not say stays.
    New,
}

const COLUMNS: &str = "account_id, name, note FROM directory";

fn read_row(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        account: account(row, 0)?,
        name: row.get(1)?,
        note: row.get(2)?,
    })
}

/// The statement of a page; `?1`, `?2`: the place before it.
fn page_sql() -> String {
    format!(
        "SELECT {COLUMNS} WHERE (sort_key, account_id) > (?1, ?2) AND {FITS}
         ORDER BY sort_key, account_id LIMIT ?3"
    )
    .replace("?words", "?4")
}

/// Every word that is looked for begins a word of the entry.
const FITS: &str = "NOT EXISTS (SELECT 1 FROM json_each(?words) w WHERE instr(search, ' ' || w.value) = 0)";

fn asked_words(search: &str) -> Result<String, StorageError> {
    json(&words_of(&fold(search)).collect::<Vec<_>>())
}

/// A page of the directory in the order of names.
///
/// `search`: beginnings of words of the name, of the note, or of the account ID, in any
/// order, without regard to case and accents; empty for all.
///
/// # Errors
/// What the database said.
pub fn page(
    reader: &Reader<'_>,
    after: Option<&Place>,
    search: &str,
    limit: u32,
) -> Result<Vec<Entry>, StorageError> {
    let account = after.map_or([0; 33], |place| place.account.to_bytes());
    let sort_key = after.map_or("", |place| place.sort_key.as_str());
    let mut statement = reader.conn().prepare_cached(&page_sql())?;
    let words = asked_words(search)?;
    let rows = statement.query_map((sort_key, account.as_slice(), limit, words), read_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many entries fit a search; empty for all.
///
/// # Errors
/// What the database said.
pub fn total(reader: &Reader<'_>, search: &str) -> Result<u32, StorageError> {
    let sql = format!("SELECT count(*) FROM directory WHERE {FITS}").replace("?words", "?1");
    Ok(reader
        .conn()
        .prepare_cached(&sql)?
        .query_row([asked_words(search)?], |row| count(row, 0))?)
}

/// The entry of an account.
///
/// # Errors
/// What the database said.
pub fn find(reader: &Reader<'_>, account: &AccountId) -> Result<Option<Entry>, StorageError> {
    Ok(reader
        .conn()
        .prepare_cached(&format!("SELECT {COLUMNS} WHERE account_id = ?1"))?
        .query_row([account.to_bytes().as_slice()], read_row)
        .optional()?)
}

/// The entries of some accounts; one query for all. Unknown ones are left out.
///
/// # Errors
/// What the database said.
pub fn by_accounts(
    reader: &Reader<'_>,
    accounts: &[AccountId],
) -> Result<BTreeMap<AccountId, Entry>, StorageError> {
    let ids = json_ids(accounts)?;
    let sql = format!("SELECT {COLUMNS} WHERE account_id IN (SELECT unhex(value) FROM json_each(?1))");
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([ids], |row| read_row(row).map(|entry| (entry.account, entry)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes entries as they are, new ones and known ones.
///
/// # Errors
/// What the database said.
pub fn save(writer: &mut Writer<'_>, entries: &[Entry], now: Timestamp) -> Result<(), StorageError> {
    let rows: Vec<[String; 5]> = entries
        .iter()
        .map(|entry| {
            let (id, sort_key) = (entry.account.to_string(), entry.place().sort_key);
            [
                id,
                entry.name.clone(),
                entry.note.clone(),
                sort_key,
                entry.search(),
            ]
        })
        .collect();
    writer
        .conn()
        .prepare_cached(
            "INSERT INTO directory (account_id, name, note, sort_key, search, added_ms)
             SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2
             FROM json_each(?1) WHERE true
             ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, note = excluded.note,
                 sort_key = excluded.sort_key, search = excluded.search",
        )?
        .execute((json(&rows)?, now.as_ms()))?;
    Ok(())
}

/// Takes entries in that came from elsewhere, one account at most once.
///
/// # Errors
/// What the database said.
pub fn merge(
    writer: &mut Writer<'_>,
    entries: &[Entry],
    winner: Winner,
    now: Timestamp,
) -> Result<Merged, StorageError> {
    let (merged, changed) = merging(&writer.reader(), entries, winner)?;
    save(writer, &changed, now)?;
    Ok(merged)
}

/// What [`merge`] would do, without doing it.
///
/// # Errors
/// What the database said.
pub fn would_merge(reader: &Reader<'_>, entries: &[Entry], winner: Winner) -> Result<Merged, StorageError> {
    merging(reader, entries, winner).map(|(merged, _)| merged)
}

fn merging(
    reader: &Reader<'_>,
    entries: &[Entry],
    winner: Winner,
) -> Result<(Merged, Vec<Entry>), StorageError> {
    let accounts: Vec<AccountId> = entries.iter().map(|entry| entry.account).collect();
    let known = by_accounts(reader, &accounts)?;
    let (mut merged, mut changed) = (Merged::default(), Vec::new());
    for new in entries {
        let Some(old) = known.get(&new.account) else {
            merged.added += 1;
            changed.push(new.clone());
            continue;
        };
        let both = together(old, new, winner);
        if both == *old {
            merged.kept += 1;
        } else {
            merged.changed += 1;
            changed.push(both);
        }
    }
    Ok((merged, changed))
}

/// One entry of two about the same account.
fn together(old: &Entry, new: &Entry, winner: Winner) -> Entry {
    let (first, second) = match winner {
        Winner::Known => (old, new),
        Winner::New => (new, old),
    };
    let pick = |first: &str, second: &str| {
        if first.is_empty() {
            second.to_owned()
        } else {
            first.to_owned()
        }
    };
    Entry {
        account: old.account,
        name: pick(&first.name, &second.name),
        note: pick(&first.note, &second.note),
    }
}

/// Removes the entries of some accounts; answers how many there were.
///
/// # Errors
/// What the database said.
pub fn remove(writer: &mut Writer<'_>, accounts: &[AccountId]) -> Result<u32, StorageError> {
    let ids = json_ids(accounts)?;
    let sql = "DELETE FROM directory WHERE account_id IN (SELECT unhex(value) FROM json_each(?1))";
    let removed = writer.conn().prepare_cached(sql)?.execute([ids])?;
    Ok(u32::try_from(removed).unwrap_or(u32::MAX))
}

/// The statement of a page, for the test that it goes by an index.
#[cfg(test)]
pub(crate) fn list_statement() -> String {
    page_sql()
}
