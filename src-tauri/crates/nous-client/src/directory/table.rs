//! Comma, semicolon and tab separated values, with or without a line of headings, the name
//! and the ID in any order.

use nous_protocol::account::AccountId;
use nous_protocol::address::account_ids;

use super::{List, Stopped, lines};

/// Lines that are looked at to find the separator.
const LOOKED_AT: usize = 200;
/// A quoted field spans at most so many lines; more is a stray quotation mark.
const MOST_LINES: usize = 30;

/// The separator, if the text is a table.
pub(super) fn delimiter(text: &str) -> Option<u8> {
    let looked_at: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(LOOKED_AT)
        .collect();
    let fits = |delimiter: char| -> usize { looked_at.iter().map(|line| fitness(line, delimiter)).sum() };
    let candidates = ['\t', ';', ','].map(|delimiter| (fits(delimiter), delimiter));
    let best = candidates.iter().rev().max_by_key(|(fitness, _)| *fitness)?;
    (best.0 > 0).then_some(match best.1 {
        '\t' => b'\t',
        ';' => b';',
        _ => b',',
    })
}

/// How well a line is cut by a separator: 2 if a cell is an ID and nothing else, 1 if a cell
/// holds one.
fn fitness(line: &str, delimiter: char) -> usize {
    let cells: Vec<&str> = line.split(delimiter).collect();
    if cells.len() < 2 {
        return 0;
    }
    let fits = |cell: &&str| {
        let bare = cell.trim_matches(|c: char| c == '"' || c.is_whitespace());
        match account_ids(cell).len() {
            0 => 0,
            1 if bare.len() == 66 => 2,
            _ => 1,
        }
    };
    cells.iter().map(fits).max().unwrap_or(0)
}

/// Reads a table.
pub(super) fn read(text: &str, delimiter: u8, list: &mut List<'_, '_>) -> Result<(), Stopped> {
    let mut columns = None;
    for block in blocks(text, delimiter) {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .quoting(block.is_quoted)
            .buffer_capacity(block.text.len().clamp(64, 1 << 16))
            .from_reader(block.text.as_bytes());
        let mut row = csv::StringRecord::new();
        // A text cannot be no UTF-8, and nothing is read from a disk.
        while reader.read_record(&mut row).unwrap_or(false) {
            let line = block
                .first
                .saturating_add(lines_before(block.text, row.position()));
            list.reached(line)?;
            if !block.is_quoted {
                row = row.iter().map(|cell| cell.trim().trim_matches('"')).collect();
            }
            take(line, &row, &mut columns, list);
        }
    }
    Ok(())
}

/// How many lines stand before a row; the place of a row may lie before blank lines.
fn lines_before(text: &str, place: Option<&csv::Position>) -> u32 {
    let Some(place) = place else { return 0 };
    let start = usize::try_from(place.byte()).unwrap_or(usize::MAX);
    let rest = text.get(start..).unwrap_or("");
    let blank = rest.chars().take_while(|c| matches!(c, '\r' | '\n'));
    let blank = blank.filter(|c| *c == '\n').count();
    let before = usize::try_from(place.line().saturating_sub(1)).unwrap_or(usize::MAX);
    u32::try_from(before.saturating_add(blank)).unwrap_or(u32::MAX)
}

/// Lines that are read together.
struct Block<'t> {
    /// The number of its first line.
    first: u32,
    text: &'t str,
    /// Whether quotation marks hold fields together in it.
    is_quoted: bool,
}

/// Cuts a text where a stray quotation mark would swallow what follows.
fn blocks(text: &str, delimiter: u8) -> Vec<Block<'_>> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut blocks = Vec::new();
    let (mut begun, mut begun_line, mut at, mut place) = (0, 0, 0, 0);
    while let Some(line) = lines.get(at) {
        if !is_open_after(line, delimiter, false) {
            (at, place) = (at + 1, place + line.len());
            continue;
        }
        let end = closing(&lines, at, delimiter).map_or(at + 1, |closing| closing + 1);
        let is_closed = end > at + 1;
        let length: usize = lines.iter().take(end).skip(at).map(|line| line.len()).sum();
        if !is_closed {
            push(&mut blocks, begun_line, text.get(begun..place), true);
            push(&mut blocks, at, text.get(place..place + length), false);
            (begun, begun_line) = (place + length, end);
        }
        (at, place) = (end, place + length);
    }
    push(&mut blocks, begun_line, text.get(begun..), true);
    blocks
}

fn push<'t>(blocks: &mut Vec<Block<'t>>, first: usize, text: Option<&'t str>, is_quoted: bool) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        blocks.push(Block {
            first: u32::try_from(first).unwrap_or(u32::MAX).saturating_add(1),
            text,
            is_quoted,
        });
    }
}

/// The line in which the quotation mark is closed that the line `at` leaves open. More than
/// one line with an ID on the way says that it was no such mark.
fn closing(lines: &[&str], at: usize, delimiter: u8) -> Option<usize> {
    let mut with_id = 0;
    for (place, line) in lines.iter().enumerate().skip(at).take(MOST_LINES) {
        with_id += usize::from(!account_ids(line).is_empty());
        if with_id > 1 {
            return None;
        }
        if place > at && !is_open_after(line, delimiter, true) {
            return Some(place);
        }
    }
    None
}

/// Whether a quoted cell goes on after a line. `is_open`: whether one goes on before it.
fn is_open_after(line: &str, delimiter: u8, is_open: bool) -> bool {
    let (mut is_open, mut begins_cell) = (is_open, !is_open);
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if is_open && bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            b'"' if is_open => is_open = false,
            b'"' if begins_cell => is_open = true,
            _ => {}
        }
        begins_cell = byte == delimiter && !is_open;
    }
    is_open
}

/// Which columns hold what, from a line of headings.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    name: Option<usize>,
    note: Option<usize>,
}

const NAMES: [&str; 13] = [
    "name",
    "nom",
    "full name",
    "fullname",
    "display name",
    "displayname",
    "nickname",
    "pseudo",
    "prénom",
    "prenom",
    "first name",
    "nom complet",
    "contact",
];
const NOTES: [&str; 10] = [
    "note",
    "notes",
    "comment",
    "comments",
    "commentaire",
    "remarque",
    "remarques",
    "description",
    "remark",
    "info",
];
const IDS: [&str; 12] = [
    "id",
    "account id",
    "account_id",
    "accountid",
    "session id",
    "session_id",
    "sessionid",
    "identifiant",
    "session",
    "account",
    "compte",
    "adresse",
];

/// The columns, if a row without an ID names them.
fn headings(row: &csv::StringRecord) -> Option<Columns> {
    let titles: Vec<String> = row.iter().map(|cell| cell.trim().to_lowercase()).collect();
    let find = |words: &[&str]| titles.iter().position(|title| words.contains(&title.as_str()));
    let columns = Columns {
        name: find(&NAMES),
        note: find(&NOTES),
    };
    (columns.name.is_some() || find(&IDS).is_some()).then_some(columns)
}

fn take(line: u32, row: &csv::StringRecord, columns: &mut Option<Columns>, list: &mut List<'_, '_>) {
    if row.iter().all(|cell| cell.trim().is_empty()) {
        return;
    }
    let found = row.iter().enumerate().find_map(|(at, cell)| {
        let ids = account_ids(cell);
        (!ids.is_empty()).then_some((at, ids))
    });
    let Some((at, ids)) = found else {
        if columns.is_none()
            && let Some(named) = headings(row)
        {
            *columns = Some(named);
            return;
        }
        refuse(line, row, list);
        return;
    };
    let (name, note) = name_and_note(row, at, ids.first(), columns.unwrap_or_default());
    for account in ids {
        list.add(line, account, &name, &note);
    }
}

/// Name and note of a row whose ID stands in the cell `at`.
fn name_and_note(
    row: &csv::StringRecord,
    at: usize,
    account: Option<&AccountId>,
    columns: Columns,
) -> (String, String) {
    let cell = |at: usize| row.get(at).unwrap_or("").trim();
    let mut others: Vec<&str> = (0..row.len())
        .filter(|other| *other != at && Some(*other) != columns.note)
        .map(cell)
        .filter(|text| !text.is_empty())
        .collect();
    let named = columns.name.filter(|name| *name != at).map(cell);
    let note = columns.note.filter(|note| *note != at).map(cell);
    let name = match named {
        Some(name) => name.to_owned(),
        // The ID and the name in one cell.
        None if others.is_empty() => account.map_or_else(String::new, |id| lines::beside(cell(at), id)),
        None => others.remove(0).to_owned(),
    };
    let note = match (note, named) {
        (Some(note), _) => note.to_owned(),
        (None, Some(_)) => String::new(),
        (None, None) => others.join(", "),
    };
    (name, note)
}

/// A row without an ID: the cell that is nearest to one says why.
fn refuse(line: u32, row: &csv::StringRecord, list: &mut List<'_, '_>) {
    let digits = |cell: &&str| cell.chars().filter(char::is_ascii_hexdigit).count();
    let nearest = row.iter().max_by_key(digits).unwrap_or("");
    let whole: Vec<&str> = row.iter().collect();
    list.refuse_near(line, nearest, &whole.join(", "));
}
