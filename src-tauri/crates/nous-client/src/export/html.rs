//! Pages to read in a browser: no script, no address, and every text as text.
//!
//! What others sent is named by them. So nothing of a message becomes part of the page but through
//! [`escaped`], and of the files only those are opened by the page which a browser shows and does not
//! run: pictures, films, sound, and two kinds of documents. The rest is named.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use nous_protocol::time::Timestamp;

use super::entry::{Entry, FileEntry, QuoteEntry, ReactionEntry};
use super::{Words, put_in};

/// Messages of one page: more of them make a browser slow.
pub(super) const MESSAGES: u32 = 2_000;

/// The name of a page, from 1.
pub(super) fn page_name(number: u32) -> String {
    if number == 1 {
        "index.html".to_owned()
    } else {
        format!("page-{number}.html")
    }
}

/// Whether a file is one of the pages.
pub(super) fn is_page(name: &str) -> bool {
    let number = name
        .strip_prefix("page-")
        .and_then(|rest| rest.strip_suffix(".html"));
    name == "index.html" || number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// A moment as the pages tell it: its day, and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) day: String,
    pub(super) time: String,
}

/// A moment in a zone; strangers write any number into their messages.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> Moment {
    let (mut day, mut time) = (String::new(), String::new());
    if let Ok(at) = jiff::Timestamp::from_millisecond(at.as_ms()) {
        let zoned = at.to_zoned(zone.clone());
        day = zoned.strftime("%Y-%m-%d").to_string();
        time = zoned.strftime("%H:%M").to_string();
    }
    Moment { day, time }
}

/// A moment for programs; empty for one that is none.
pub(super) fn machine_time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms()).map_or_else(|_| String::new(), |at| at.to_string())
}

/// The beginning of a page. `lead`: when this was written.
pub(super) fn head(words: &Words, lead: &str, number: u32) -> String {
    let (language, title) = (escaped(&words.language), escaped(&words.title));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; \
         media-src 'self' file:; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1><bdi>{title}</bdi></h1>\n<p class=\"lead\">{}</p>\n",
        escaped(lead)
    );
    if number > 1 {
        link(&mut page, &page_name(number - 1), &words.earlier);
    }
    page
}

/// The end of a page. `has_more`: another one follows; else `left_out` messages are told of.
pub(super) fn foot(words: &Words, number: u32, has_more: bool, left_out: u32) -> String {
    let mut page = String::new();
    if has_more {
        link(&mut page, &page_name(number + 1), &words.later);
    } else if left_out > 0 {
        let told = put_in(&words.left_out, "count", &left_out.to_string());
        let _ = writeln!(page, "<p class=\"lead\">{}</p>", escaped(&told));
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn link(page: &mut String, to: &str, text: &str) {
    let _ = writeln!(
        page,
        "<p class=\"pages\"><a href=\"{to}\">{}</a></p>",
        escaped(text)
    );
}

/// The heading of a day.
pub(super) fn day(day: &str) -> String {
    format!("<h2>{}</h2>\n", escaped(day))
}

/// A message.
pub(super) fn entry(entry: &Entry, at: &Moment, words: &Words) -> String {
    let mut page = String::from(if entry.is_own {
        "<article class=\"own\">"
    } else {
        "<article>"
    });
    let _ = write!(
        page,
        "<p class=\"by\"><b><bdi>{}</bdi></b> <time datetime=\"{}\">{}</time></p>",
        escaped(&entry.name),
        machine_time(entry.sent),
        escaped(&at.time)
    );
    if let Some(quoted) = &entry.quote {
        quote(&mut page, quoted);
    }
    match &entry.line {
        Some(line) => paragraph(&mut page, "line", line),
        None if entry.text.is_empty() => {}
        None => paragraph(&mut page, "text", &entry.text),
    }
    for one in &entry.files {
        file(&mut page, one, words);
    }
    for one in &entry.reactions {
        reaction(&mut page, one);
    }
    page.push_str("</article>\n");
    page
}

fn paragraph(page: &mut String, class: &str, text: &str) {
    let _ = write!(page, "<p class=\"{class}\" dir=\"auto\">{}</p>", escaped(text));
}

fn quote(page: &mut String, quoted: &QuoteEntry) {
    let _ = write!(page, "<blockquote><b><bdi>{}</bdi></b>", escaped(&quoted.name));
    match &quoted.text {
        Some(text) => paragraph(page, "text", text),
        None => paragraph(page, "line", &quoted.instead),
    }
    page.push_str("</blockquote>");
}

fn reaction(page: &mut String, reacted: &ReactionEntry) {
    let names = reacted.names.join(", ");
    let more = usize::try_from(reacted.count)
        .unwrap_or(0)
        .saturating_sub(reacted.names.len());
    let more = if more > 0 {
        format!(" +{more}")
    } else {
        String::new()
    };
    let _ = write!(
        page,
        "<p class=\"reaction\">{} <bdi>{}</bdi>{more}</p>",
        escaped(&reacted.emoji),
        escaped(&names)
    );
}

/// How a browser may open a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Picture,
    Film,
    Sound,
    Document,
    /// Not at all: it could run it.
    Named,
}

fn look(saved: &str) -> Look {
    let ending = saved
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_lowercase();
    match ending.as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" => Look::Picture,
        "mp4" | "webm" | "mov" => Look::Film,
        "mp3" | "m4a" | "aac" | "ogg" | "oga" | "opus" | "flac" | "wav" => Look::Sound,
        "pdf" | "txt" => Look::Document,
        _ => Look::Named,
    }
}

fn file(page: &mut String, file: &FileEntry, words: &Words) {
    match &file.saved {
        None => {
            let told = put_in(&words.file_missing, "name", &file.name);
            paragraph(page, "line", &told);
        }
        Some(saved) => saved_file(page, file, saved),
    }
    if !file.caption.is_empty() {
        paragraph(page, "text", &file.caption);
    }
}

fn saved_file(page: &mut String, file: &FileEntry, saved: &str) {
    let (to, name) = (path(saved), escaped(saved.rsplit('/').next().unwrap_or(saved)));
    let size = file.size.map(size_text).unwrap_or_default();
    let _ = match look(saved) {
        Look::Picture => write!(
            page,
            "<p><a href=\"{to}\"><img src=\"{to}\" alt=\"{name}\" loading=\"lazy\"></a></p>"
        ),
        Look::Film => write!(
            page,
            "<p><video src=\"{to}\" controls preload=\"none\"></video></p>"
        ),
        Look::Sound => write!(
            page,
            "<p><audio src=\"{to}\" controls preload=\"none\"></audio></p>"
        ),
        Look::Document => write!(
            page,
            "<p class=\"file\"><a href=\"{to}\"><bdi>{name}</bdi></a> {size}</p>"
        ),
        Look::Named => write!(page, "<p class=\"file\"><bdi>{name}</bdi> {size}</p>"),
    };
}

fn size_text(bytes: u64) -> String {
    let units = [(1_000_000, "MB"), (1_000, "kB")];
    let unit = units.into_iter().find(|(size, _)| bytes >= *size);
    unit.map_or_else(
        || format!("{bytes} B"),
        |(size, unit)| format!("{}.{} {unit}", bytes / size, bytes % size * 10 / size),
    )
}

/// A path inside the folder as an address: what is no plain letter is a number there.
fn path(saved: &str) -> String {
    let mut safe = String::with_capacity(saved.len());
    for byte in saved.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}

/// Text as HTML text or attribute; what no page can hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1rem/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:CanvasText;background:Canvas}\
h1{font-size:1.4rem}h2{font-size:.95rem;margin:2rem 0 .5rem;text-align:center}\
article{max-width:85%;width:fit-content;margin:.5rem 0;padding:.5rem .8rem;border:1px solid #8886;border-radius:.8rem;overflow-wrap:anywhere}\
article.own{margin-left:auto;background:#8882}p{margin:.2rem 0}.by,.lead,.file,.reaction{font-size:.85rem}\
.text{white-space:pre-wrap}.line{font-style:italic}time{opacity:.7;margin-left:.4rem}\
blockquote{margin:.3rem 0;padding-left:.6rem;border-left:3px solid #8886}\
img,video{max-width:100%;max-height:30rem;border-radius:.4rem}audio{width:100%;min-width:14rem}.pages{text-align:center}";

#[cfg(test)]
mod tests;
