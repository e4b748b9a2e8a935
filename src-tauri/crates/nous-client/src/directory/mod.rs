//! Lists of account IDs that people publish: read from whatever they come in, and written.
//!
//! Pure: bytes in, entries and a report of bad lines out. What the entries become is decided
//! in [`crate::client`]; where they are kept in `nous_storage::directory`. Nothing of a
//! directory is ever sent or shared with other devices.
//!
//! | Module | What it holds |
//! | --- | --- |
//! | this one | [`parse`], what it finds |
//! | `decode` | bytes to text |
//! | `lines` | an ID and a name in running text |
//! | `table` | comma, semicolon and tab separated values |
//! | `vcard` | address books |
//! | [`export`] | CSV and a page to print |
//!
//! Source: `product.md` §5.

mod decode;
pub mod export;
mod lines;
mod table;
mod vcard;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use nous_protocol::account::AccountId;
use nous_protocol::address::{NearMiss, OtherKind, Recognised, recognise};
use nous_protocol::identity::{received_name, received_text};
use nous_storage::directory::Entry;

/// The largest list that is read, in bytes.
pub const MAX_IMPORT_BYTES: usize = 64 << 20;
/// The longest note, in UTF-8 bytes.
pub const MAX_NOTE_BYTES: usize = 1_000;
/// Bad lines that are kept with their reason; all are counted.
pub const MAX_BAD_LINES: usize = 500;
/// How much of a bad line is kept, in UTF-8 bytes.
const EXCERPT_BYTES: usize = 80;
/// Progress is told after so many lines.
const TELL_EACH: u32 = 500;

/// In what form a list came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines of text with an ID in each, or near it.
    Text,
    /// Values separated by commas, semicolons or tabs.
    Table,
    /// An address book.
    VCard,
}

/// Why a line gives no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no account ID in it.
    NoId,
    /// Nearly an account ID: a character at this place (from 1) cannot be in one.
    WrongDigit(usize, char),
    /// Nearly an account ID: so many digits instead of 66.
    Length(usize),
    /// The ID of a group.
    Group,
    /// An ID that holds in one community only.
    Blinded,
    /// The own account ID.
    Own,
}

/// A line that gives no entry.
#[derive(Clone, PartialEq, Eq)]
pub struct BadLine {
    /// From 1, as editors count.
    pub line: u32,
    /// Why.
    pub reason: Reason,
    /// Its beginning, cleaned.
    pub excerpt: String,
}

/// Shows nothing that was written there.
impl std::fmt::Debug for BadLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BadLine")
            .field("line", &self.line)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Its form.
    pub format: Format,
    /// Each account once, in the order of the list. Of lines about the same account the first
    /// wins; later ones fill what it does not say.
    pub entries: Vec<Entry>,
    /// Lines about an account that stood in the list before.
    pub duplicates: u32,
    /// The first [`MAX_BAD_LINES`] lines that give no entry.
    pub bad: Vec<BadLine>,
    /// How many lines give no entry.
    pub bad_count: u32,
    /// Lines in all.
    pub lines: u32,
}

/// Reading was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

/// What is told while a list is read: lines done, lines in all.
pub type Tell<'a> = dyn FnMut(u32, u32) -> ControlFlow<()> + 'a;

/// Reads a list of account IDs with names, in any form that people use.
///
/// `bytes`: a whole file, or a pasted text in UTF-8. `own`: the account that reads; its own ID
/// is left out. `tell`: told about each 500 lines; may stop it.
///
/// # Errors
/// [`Stopped`] if `tell` said so. A list without an ID is no error: all its lines are bad.
///
/// Source: `product.md` §5.
pub fn parse(bytes: &[u8], own: Option<&AccountId>, tell: &mut Tell<'_>) -> Result<Parsed, Stopped> {
    let text = decode::text(bytes);
    let total = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let mut list = List::new(own.copied(), total, tell);
    let format = if vcard::is_one(&text) {
        vcard::read(&text, &mut list)?;
        Format::VCard
    } else if let Some(delimiter) = table::delimiter(&text) {
        table::read(&text, delimiter, &mut list)?;
        Format::Table
    } else {
        lines::read(&text, &mut list)?;
        Format::Text
    };
    Ok(list.finish(format))
}

/// What was found so far.
struct List<'a, 't> {
    own: Option<AccountId>,
    entries: Vec<Entry>,
    places: BTreeMap<AccountId, usize>,
    duplicates: u32,
    bad: Vec<BadLine>,
    bad_count: u32,
    total: u32,
    told: u32,
    tell: &'a mut Tell<'t>,
}

impl<'a, 't> List<'a, 't> {
    fn new(own: Option<AccountId>, total: u32, tell: &'a mut Tell<'t>) -> Self {
        Self {
            own,
            entries: Vec::new(),
            places: BTreeMap::new(),
            duplicates: 0,
            bad: Vec::new(),
            bad_count: 0,
            total,
            told: 0,
            tell,
        }
    }

    /// Lines up to here were read.
    fn reached(&mut self, line: u32) -> Result<(), Stopped> {
        if line < self.told.saturating_add(TELL_EACH) {
            return Ok(());
        }
        self.told = line;
        match (self.tell)(line, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped),
        }
    }

    /// Somebody was found.
    fn add(&mut self, line: u32, account: AccountId, name: &str, note: &str) {
        if self.own == Some(account) {
            self.refuse(line, Reason::Own, name);
            return;
        }
        let name = received_name(unguarded(name)).unwrap_or_default();
        let note = received_text(unguarded(note), MAX_NOTE_BYTES).unwrap_or_default();
        if let Some(known) = self.places.get(&account).and_then(|at| self.entries.get_mut(*at)) {
            self.duplicates = self.duplicates.saturating_add(1);
            if known.name.is_empty() {
                known.name = name;
            }
            if known.note.is_empty() {
                known.note = note;
            }
            return;
        }
        self.places.insert(account, self.entries.len());
        self.entries.push(Entry { account, name, note });
    }

    /// A line gives no entry.
    fn refuse(&mut self, line: u32, reason: Reason, text: &str) {
        self.bad_count = self.bad_count.saturating_add(1);
        if self.bad.len() < MAX_BAD_LINES {
            let excerpt = received_text(text, EXCERPT_BYTES).unwrap_or_default();
            self.bad.push(BadLine {
                line,
                reason,
                excerpt,
            });
        }
    }

    /// A line without an account ID: says why as well as it can be known.
    fn refuse_without_id(&mut self, line: u32, text: &str) {
        self.refuse_near(line, text, text);
    }

    /// The same, where only a part of the line may have been meant as an ID.
    fn refuse_near(&mut self, line: u32, nearest: &str, text: &str) {
        let reason = match recognise(nearest, None) {
            Recognised::Nearly(NearMiss::Digit { place, found }) => Reason::WrongDigit(place, found),
            Recognised::Nearly(NearMiss::Length(length)) => Reason::Length(length),
            Recognised::Other(OtherKind::Group) => Reason::Group,
            Recognised::Other(OtherKind::Blinded) => Reason::Blinded,
            _ => Reason::NoId,
        };
        self.refuse(line, reason, text);
    }

    fn finish(self, format: Format) -> Parsed {
        Parsed {
            format,
            entries: self.entries,
            duplicates: self.duplicates,
            bad: self.bad,
            bad_count: self.bad_count,
            lines: self.total,
        }
    }
}

/// A cell without the mark that keeps spreadsheets from running it ([`export::csv`]).
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if export::is_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests;
