//! Address books: vCard 2.1, 3.0 and 4.0. The ID may stand in any property.

use nous_protocol::address::account_ids;

use super::{List, Stopped};

/// Whether a text is an address book.
pub(super) fn is_one(text: &str) -> bool {
    text.lines().any(|line| is_line(line, "BEGIN:VCARD"))
}

fn is_line(line: &str, wanted: &str) -> bool {
    line.trim().eq_ignore_ascii_case(wanted)
}

/// One card while it is read.
#[derive(Default)]
struct Card {
    first: u32,
    /// `FN`, else what `N` and `NICKNAME` make.
    full_name: String,
    structured_name: String,
    nickname: String,
    note: String,
    /// Every other value: one of them holds the ID.
    values: Vec<String>,
}

/// Reads an address book.
pub(super) fn read(text: &str, list: &mut List<'_, '_>) -> Result<(), Stopped> {
    let mut card: Option<Card> = None;
    for (number, line) in unfolded(text) {
        list.reached(number)?;
        if is_line(&line, "BEGIN:VCARD") {
            close(card.take(), list);
            card = Some(Card {
                first: number,
                ..Card::default()
            });
        } else if is_line(&line, "END:VCARD") {
            close(card.take(), list);
        } else if let Some(card) = &mut card {
            take(&line, card);
        }
    }
    close(card, list);
    Ok(())
}

/// Whole lines: what begins with a blank goes on, and so does what ends in `=` where it is
/// written as quoted-printable.
fn unfolded(text: &str) -> Vec<(u32, String)> {
    let mut lines: Vec<(u32, String)> = Vec::new();
    let mut is_open = false;
    for (at, line) in text.lines().enumerate() {
        let number = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
        let folded = line.strip_prefix([' ', '\t']);
        match (lines.last_mut(), folded) {
            (Some((_, last)), _) if is_open => {
                last.pop();
                last.push_str(line);
            }
            (Some((_, last)), Some(rest)) => last.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
        is_open = lines
            .last()
            .is_some_and(|(_, last)| last.ends_with('=') && is_quoted_printable(last));
    }
    lines
}

fn is_quoted_printable(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or("");
    head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

fn take(line: &str, card: &mut Card) {
    let Some((head, value)) = line.split_once(':') else {
        return;
    };
    let value = if is_quoted_printable(line) {
        unquoted(value)
    } else {
        value.to_owned()
    };
    // `item1.URL;TYPE=home` is the property `URL`.
    let property = head.split(';').next().unwrap_or("");
    let property = property.rsplit('.').next().unwrap_or("").to_ascii_uppercase();
    match property.as_str() {
        "FN" => card.full_name = unescaped(&value),
        "N" => card.structured_name = structured(&value),
        "NICKNAME" => card.nickname = unescaped(&value),
        "NOTE" => card.note = unescaped(&value),
        // Pictures are long, and hold no ID but by chance.
        "PHOTO" | "LOGO" | "SOUND" | "KEY" => {}
        _ => card.values.push(unescaped(&value)),
    }
}

/// `Family;Given;Middle;Prefix;Suffix` as a name.
fn structured(value: &str) -> String {
    let parts: Vec<String> = value
        .split(';')
        .map(|part| unescaped(part).trim().to_owned())
        .collect();
    let part = |at: usize| parts.get(at).map_or("", String::as_str);
    let words: Vec<&str> = [part(1), part(0)]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn unescaped(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push(' '),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

/// Quoted-printable bytes as text.
fn unquoted(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    super::decode::text(&bytes)
}

fn close(card: Option<Card>, list: &mut List<'_, '_>) {
    let Some(card) = card else { return };
    let name = [&card.full_name, &card.nickname, &card.structured_name]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .map_or("", String::as_str);
    let mut found: Vec<_> = card.values.iter().flat_map(|value| account_ids(value)).collect();
    let in_note = account_ids(&card.note);
    // A note that carries the ID is no note.
    let note = if in_note.is_empty() {
        card.note.as_str()
    } else {
        ""
    };
    found.extend(in_note);
    if found.is_empty() {
        let nearest = card.values.iter().chain([&card.note]);
        let digits = |value: &&String| value.chars().filter(char::is_ascii_hexdigit).count();
        let nearest = nearest.max_by_key(digits).map_or("", String::as_str);
        list.refuse_near(card.first, nearest, name);
    }
    found.dedup();
    for account in found {
        list.add(card.first, account, name, note);
    }
}
