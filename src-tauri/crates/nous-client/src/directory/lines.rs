//! Running text: an ID in a line with a name before or behind it, a name above its ID, an ID
//! broken over lines.

use nous_protocol::account::AccountId;
use nous_protocol::address::account_ids;

use super::{List, Stopped};

/// An ID is broken over at most so many lines.
const MOST_LINES: usize = 6;
/// So many hexadecimal digits in a row may be a piece of an ID.
const PIECE: usize = 8;

/// Lines that may belong to the ID of a line below.
#[derive(Default)]
struct Waiting<'t> {
    lines: Vec<(u32, &'t str)>,
    /// Whether a piece of an ID is among them.
    has_piece: bool,
}

/// Reads a text without columns.
pub(super) fn read(text: &str, list: &mut List<'_, '_>) -> Result<(), Stopped> {
    let mut waiting = Waiting::default();
    let mut number = 0_u32;
    for line in text.lines() {
        number = number.saturating_add(1);
        list.reached(number)?;
        if line.trim().is_empty() {
            // A name may stand apart from its ID; a broken ID does not.
            if waiting.has_piece {
                flush(&mut waiting, list);
            }
        } else {
            take(number, line, &mut waiting, list);
        }
    }
    flush(&mut waiting, list);
    Ok(())
}

fn take<'t>(number: u32, line: &'t str, waiting: &mut Waiting<'t>, list: &mut List<'_, '_>) {
    let found = account_ids(line);
    if !found.is_empty() {
        take_ids(number, line, &found, waiting, list);
        return;
    }
    let is_piece = has_piece(line);
    if waiting.lines.is_empty() || !is_piece || waiting.lines.len() >= MOST_LINES {
        flush(waiting, list);
    }
    waiting.lines.push((number, line));
    waiting.has_piece |= is_piece;
    if waiting.lines.len() > 1 {
        try_joined(waiting, list);
    }
}

/// A line that holds whole IDs.
fn take_ids(
    number: u32,
    line: &str,
    found: &[AccountId],
    waiting: &mut Waiting<'_>,
    list: &mut List<'_, '_>,
) {
    let [only] = found else {
        flush(waiting, list);
        for account in found {
            list.add(number, *account, "", "");
        }
        return;
    };
    let name = beside(line, only);
    match waiting.lines.as_slice() {
        // A name in the line above.
        [(_, above)] if name.is_empty() && !waiting.has_piece => {
            list.add(number, *only, trimmed(above), "");
            waiting.lines.clear();
        }
        _ => {
            flush(waiting, list);
            list.add(number, *only, &name, "");
        }
    }
}

/// Whether the lines that wait make an ID together.
fn try_joined(waiting: &mut Waiting<'_>, list: &mut List<'_, '_>) {
    let joined: Vec<&str> = waiting.lines.iter().map(|(_, line)| *line).collect();
    let joined = joined.join("\n");
    if let [only] = account_ids(&joined).as_slice() {
        let first = waiting.lines.first().map_or(0, |(number, _)| *number);
        list.add(first, *only, &beside(&joined, only), "");
        *waiting = Waiting::default();
    }
}

/// What waits is no ID after all.
fn flush(waiting: &mut Waiting<'_>, list: &mut List<'_, '_>) {
    let lines = std::mem::take(waiting).lines;
    if let [(first, _), _, ..] = lines.as_slice() {
        let joined: Vec<&str> = lines.iter().map(|(_, line)| *line).collect();
        list.refuse_without_id(*first, &joined.join(" "));
    } else if let [(number, line)] = lines.as_slice()
        && !is_remark(line)
    {
        list.refuse_without_id(*number, line);
    }
}

/// Lines that say themselves that they are none of the list.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//") || line.chars().all(|c| !c.is_alphanumeric())
}

fn has_piece(line: &str) -> bool {
    let mut run = 0;
    line.chars().any(|c| {
        run = if c.is_ascii_hexdigit() { run + 1 } else { 0 };
        run >= PIECE
    })
}

/// What stands beside an ID in a text: the name, without marks and words that only announce
/// the ID.
pub(super) fn beside(text: &str, account: &AccountId) -> String {
    let Some((start, end)) = place_of(text, account) else {
        return String::new();
    };
    let (before, behind) = (text.get(..start).unwrap_or(""), text.get(end..).unwrap_or(""));
    let (before, behind) = without_link(before, behind);
    let before = without_label(trimmed(before));
    let behind = trimmed(behind);
    match (before.is_empty(), behind.is_empty()) {
        (true, _) => behind.to_owned(),
        (_, true) => before.to_owned(),
        (false, false) => format!("{before} {behind}"),
    }
}

/// Where an ID stands, in bytes: its digits in order, whatever is between them.
fn place_of(text: &str, account: &AccountId) -> Option<(usize, usize)> {
    let (mut digits, mut places) = (String::new(), Vec::new());
    for (at, c) in text.char_indices() {
        if let Some(digit) = digit(c) {
            digits.push(digit);
            places.push((at, at + c.len_utf8()));
        }
    }
    let wanted = account.to_string();
    let first = digits.find(&wanted)?;
    let last = first + wanted.len() - 1;
    Some((places.get(first)?.0, places.get(last)?.1))
}

/// The digit that a character stands for, in lower case; full-width forms count.
fn digit(c: char) -> Option<char> {
    let plain = match c {
        '\u{ff10}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xfee0)?,
        _ => c,
    };
    plain.is_ascii_hexdigit().then(|| plain.to_ascii_lowercase())
}

/// Takes away the rest of a link that carried the ID.
fn without_link<'t>(before: &'t str, behind: &'t str) -> (&'t str, &'t str) {
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let glued = before.get(start..).unwrap_or("");
    let is_link = glued.contains("://") || glued.ends_with("session:") || glued.ends_with("entre-nous:");
    if !is_link {
        return (before, behind);
    }
    let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '»' | '>' | ')');
    let end = behind.find(quotes).unwrap_or(behind.len());
    let kept = glued.rfind(['"', '«', '<', '(']).map_or(start, |at| start + at);
    (before.get(..kept).unwrap_or(""), behind.get(end..).unwrap_or(""))
}

/// A text without marks around it, and without the number or bullet of a list.
fn trimmed(text: &str) -> &str {
    let marks = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ':' | ','
                    | ';'
                    | '='
                    | '|'
                    | '-'
                    | '–'
                    | '—'
                    | '→'
                    | '•'
                    | '*'
                    | '·'
                    | '"'
                    | '«'
                    | '»'
                    | '“'
                    | '”'
                    | '<'
                    | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '\t'
            )
    };
    let text = text.trim_matches(marks);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.strip_prefix(['.', ')']) {
        Some(name) if rest.len() < text.len() => name.trim_start_matches(marks),
        // Nothing but the number of the line.
        None if rest.is_empty() => "",
        _ => text,
    }
}

/// Words that only announce an ID.
const LABELS: [&str; 8] = [
    "my account id",
    "my session id",
    "account id",
    "session id",
    "mon id",
    "my id",
    "identifiant",
    "id",
];

fn without_label(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    for label in LABELS {
        let Some(rest) = lower.strip_suffix(label) else {
            continue;
        };
        if rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric()) {
            return trimmed(text.get(..rest.len()).unwrap_or(""));
        }
    }
    text
}
